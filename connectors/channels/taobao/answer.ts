import { z } from 'zod'
import { RefusedError } from '../../outside-errors.ts'
import { instantOfChina } from '../values.ts'

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
