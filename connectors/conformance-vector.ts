import { z } from 'zod'

/** One line of a file of protocol vectors: what goes in, under which secret, and what must come out. */
export const conformanceVector = z.looseObject({
  id: z.string(),
  system: z.string(),
  kind: z.string(),
  /** Says which of several algorithms of one kind is meant, for example `sign_method=hmac`. */
  algorithm: z
    .string()
    .nullish()
    .transform((words) => words ?? ''),
  input: z.record(z.string(), z.unknown()),
  secret: z.unknown(),
  expected: z.unknown(),
  /** What must not be accepted in place of `expected`. */
  negative: z.unknown().optional(),
})
export type ConformanceVector = z.output<typeof conformanceVector>

/** Computes with the connectors' own functions what a vector expects. */
export type ConformanceCheck = (vector: ConformanceVector) => unknown
