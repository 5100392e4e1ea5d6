import { z } from 'zod'
import { DOUDIAN_CHECKS } from './channels/doudian/conformance.ts'
import { PINDUODUO_CHECKS } from './channels/pinduoduo/conformance.ts'
import { TAOBAO_CHECKS } from './channels/taobao/conformance.ts'

/** One line of a file of protocol vectors: what goes in, under which secret, and what must come out. */
export const conformanceVector = z.looseObject({
  id: z.string(),
  system: z.string(),
  kind: z.string(),
  /** Says which of several algorithms of one kind is meant, for example `sign_method=hmac`. */
  algorithm: z.string().default(''),
  input: z.record(z.string(), z.unknown()),
  secret: z.unknown(),
  expected: z.unknown(),
  /** What must not be accepted in place of `expected`. */
  negative: z.unknown().optional(),
})
export type ConformanceVector = z.output<typeof conformanceVector>

/** Computes with the connectors' own functions what a vector expects. */
export type ConformanceCheck = (vector: ConformanceVector) => unknown

/** By `system/kind`. Every connector that signs or seals adds its own here. */
const CHECKS: Readonly<Record<string, ConformanceCheck>> = {
  ...DOUDIAN_CHECKS,
  ...TAOBAO_CHECKS,
  ...PINDUODUO_CHECKS,
}

export type ConformanceResult = { id: string; ok: boolean; expected: unknown; actual: unknown }

/** Runs one vector. A system or kind that nobody knows fails, and so does a check that throws. */
export function checkConformance(vector: ConformanceVector): ConformanceResult {
  const { id, system, kind, expected, negative } = vector
  const check = CHECKS[`${system}/${kind}`]
  if (!check) return { id, ok: false, expected, actual: `no connector knows ${system}/${kind}` }
  try {
    const actual = check(vector)
    const ok = agrees(expected, actual) && (negative === undefined || !agrees(negative, actual))
    return { id, ok, expected, actual }
  } catch (error) {
    return { id, ok: false, expected, actual: error instanceof Error ? error.message : String(error) }
  }
}

/** Equal, as far as the expectation goes: of an object each named part is compared. */
function agrees(expected: unknown, actual: unknown): boolean {
  if (!isRecord(expected)) return expected === actual
  return isRecord(actual) && Object.entries(expected).every(([name, value]) => agrees(value, actual[name]))
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
