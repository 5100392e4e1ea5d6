import { z } from 'zod'
import type { HttpAnswer } from '../http-call.ts'
import { parseLossless } from '../lossless-json.ts'
import { RateLimitedError, RefusedError, UnreachableError } from '../outside-errors.ts'
import { mayPass } from '../outside-http.ts'
import { centsOfYuan, instantOfChina } from './values.ts'

const PATIENCE_MS = 1_000
const MAX_PATIENCE_MS = 60_000

const envelope = z.record(z.string(), z.unknown())

/**
 * The JSON object that a gateway answered with, its numbers as text. What the status of HTTP says comes first.
 *
 * @throws RateLimitedError for 429, UnreachableError for 5xx, for what may pass and for what is no JSON object, RefusedError
 *   for other 4xx
 */
export function objectOf(method: string, { status, headers, text }: HttpAnswer): Record<string, unknown> {
  if (status === 429)
    throw new RateLimitedError(`${method}: 429`, patienceOf(headers.get('retry-after') ?? ''))
  // 401 is said of a secret that is wrong: a platform's does not change by itself.
  if (mayPass(status) && status !== 401) throw new UnreachableError(`${method}: ${status}`)
  if (status >= 400) throw new RefusedError(status, `${method}: ${status}`)
  const answer = envelope.safeParse(readJson(method, text))
  if (!answer.success) throw new UnreachableError(`${method}: the answer is no object`)
  return answer.data
}

function readJson(method: string, text: string): unknown {
  try {
    return parseLossless(text)
  } catch {
    throw new UnreachableError(`${method}: the answer is no JSON`)
  }
}

/** `This ban will last for 3 more seconds` → 3000 ms, within reason; a second where the text names no time. */
export function patienceOf(text: string): number {
  const seconds = /\d+/.exec(text)?.[0]
  return seconds === undefined ? PATIENCE_MS : Math.min(Number(seconds) * 1_000, MAX_PATIENCE_MS)
}

/**
 * Reads an answer by its schema.
 *
 * @throws RefusedError naming the path that is not understood, never its value: to ask again would bring the same
 */
export function understood<Value>(method: string, schema: z.ZodType<Value>, answer: unknown): Value {
  const parsed = schema.safeParse(answer)
  if (parsed.success) return parsed.data
  const where = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new RefusedError(200, `${method}: the answer is not understood (${where.slice(0, 3).join('; ')})`)
}

/** A text that a function can read; where that throws, the issue has the function's words, which never quote the text. */
export const readBy = <Value>(read: (text: string) => Value) =>
  z.string().transform((text, context): Value => {
    try {
      return read(text)
    } catch (error) {
      context.addIssue({
        code: 'custom',
        message: error instanceof RangeError ? error.message : 'unreadable',
      })
      return z.NEVER
    }
  })

/** A time of Beijing that must be there. */
export const instant = readBy((text) => {
  const moment = instantOfChina(text)
  if (moment === null) throw new RangeError('a time is missing')
  return moment
})

/** A text that need not be there. */
export const optionalText = z
  .string()
  .nullish()
  .transform((value) => value ?? '')

/** A count or a quantity. */
export const wholeNumber = readBy((text) => {
  if (!/^\d{1,9}$/.test(text)) throw new RangeError('not a whole number')
  return Number(text)
})

/** An amount in yuan, as cents. */
export const yuan = readBy(centsOfYuan)
/** The same, where a platform leaves out what is nothing. */
export const yuanOrNothing = yuan.nullish().transform((value) => value ?? 0)
/** A time of Beijing; null where there is none. */
export const chinaInstantOrNull = readBy(instantOfChina)
  .nullish()
  .transform((value) => value ?? null)
