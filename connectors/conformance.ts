import { z } from 'zod'
import type { ChannelConnectors } from './channels/channel.ts'
import { CHANNEL_CONNECTORS } from './channels/registry.ts'
import { type ConformanceCheck, conformanceVector } from './conformance-vector.ts'
import { COURIER_CHECKS } from './couriers/conformance.ts'
import { NOTIFY_CHECKS } from './notify/conformance.ts'
import { WECOM_CHECKS } from './wecom/conformance.ts'

/**
 * By `system/kind`, `*` for every other kind of a system. Channels bring their own; every other connector that signs or seals adds
 * its own here.
 */
export function conformanceChecks(channels: ChannelConnectors): Readonly<Record<string, ConformanceCheck>> {
  return {
    ...NOTIFY_CHECKS,
    ...COURIER_CHECKS,
    ...WECOM_CHECKS,
    ...Object.fromEntries(Object.values(channels).flatMap((channel) => Object.entries(channel.conformance))),
  }
}
const CHECKS = conformanceChecks(CHANNEL_CONNECTORS)

export type ConformanceResult = { id: string; ok: boolean; expected: unknown; actual: unknown }

const file = z.union([z.array(z.unknown()), z.looseObject({ vectors: z.array(z.unknown()) })])

/** A file of vectors that cannot be read as one. */
export class VectorFileError extends Error {
  override readonly name = 'VectorFileError'
}

/**
 * The entries of a file of vectors: a list, or an object with a list named `vectors`.
 *
 * @throws VectorFileError
 */
export function readVectors(text: string): unknown[] {
  const parsed = file.safeParse(parseJson(text))
  if (!parsed.success) throw new VectorFileError('it is neither a list nor an object with a list "vectors"')
  return Array.isArray(parsed.data) ? parsed.data : parsed.data.vectors
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    throw new VectorFileError(`it is no JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/**
 * Runs one entry of a file. What is no vector fails, and so does a system or kind that nobody knows, and a check that throws.
 */
export function checkConformance(entry: unknown, checks = CHECKS): ConformanceResult {
  const parsed = conformanceVector.safeParse(entry)
  if (!parsed.success) {
    const { id, expected } = isRecord(entry) ? entry : {}
    const where = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')
    return { id: String(id ?? '(no id)'), ok: false, expected, actual: `no vector: ${where}` }
  }
  const { id, system, kind, expected, negative } = parsed.data
  const check = checkOf(checks, system, kind)
  if (!check) return { id, ok: false, expected, actual: `no connector knows ${system}/${kind}` }
  try {
    const actual = check(parsed.data)
    const ok = agrees(expected, actual) && (negative === undefined || !agrees(negative, actual))
    return { id, ok, expected, actual }
  } catch (error) {
    return { id, ok: false, expected, actual: error instanceof Error ? error.message : String(error) }
  }
}

/** What tells one kind from another, the more telling words first. */
const KIND_WORDS = [
  'plain',
  'decrypt',
  'encrypt',
  'path',
  'handshake',
  'verify',
  'message',
  'push',
  'callback',
  'sign',
]

/** The check of that name; of a system or a kind that is called a little differently, the one that is meant. */
function checkOf(checks: typeof CHECKS, system: string, kind: string): ConformanceCheck | undefined {
  const exact = checks[`${system}/${kind}`]
  if (exact) return exact
  const family = (name: string) => /^[a-z0-9]+/i.exec(name)?.[0].toLowerCase() ?? name
  const known = Object.entries(checks)
    .map(([name, check]) => ({
      name,
      system: name.split('/')[0] ?? '',
      kind: name.split('/')[1] ?? '',
      check,
    }))
    .filter((row) => row.system === system || family(row.system) === family(system))
  const word = KIND_WORDS.find((candidate) => kind.toLowerCase().includes(candidate))
  const row =
    known.find((candidate) => candidate.kind === kind) ??
    known.find((candidate) => word !== undefined && candidate.kind.includes(word))
  return row?.check ?? checks[`${system}/*`]
}

/** Equal, as far as the expectation goes: of an object each named part is compared, of a number its digits. */
function agrees(expected: unknown, actual: unknown): boolean {
  if (typeof expected === 'number') return String(expected) === String(actual)
  if (!isRecord(expected)) return expected === actual
  return isRecord(actual) && Object.entries(expected).every(([name, value]) => agrees(value, actual[name]))
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
