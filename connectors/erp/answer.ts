import { patienceOf } from '../channels/answer.ts'
import type { HttpAnswer } from '../http-call.ts'
import { parseLossless, UnreadableJsonError } from '../lossless-json.ts'
import { RateLimitedError, UnreachableError } from '../outside-errors.ts'
import { mayPass } from '../outside-http.ts'

/** What an ERP said: a JSON object, its numbers as text, and whether HTTP calls it a success. */
export type ErpWords = { isOk: boolean; status: number; body: unknown }

/**
 * Reads an answer. What is no JSON object was not said by the ERP but by something in front of it, whatever its status.
 *
 * @throws RateLimitedError for 429; UnreachableError for what may pass and for what cannot be understood
 */
export function readErpAnswer(what: string, { status, headers, text }: HttpAnswer): ErpWords {
  if (status === 429) throw new RateLimitedError(`${what}: 429`, patienceOf(headers.get('retry-after') ?? ''))
  if (mayPass(status)) throw new UnreachableError(`${what}: ${status}`)
  const body = objectOf(text)
  if (body === null) throw new UnreachableError(`${what}: ${status} without a JSON object`)
  return { isOk: status >= 200 && status < 300, status, body }
}

function objectOf(text: string): object | null {
  try {
    const value = parseLossless(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null
  } catch (error) {
    if (error instanceof UnreadableJsonError) return null
    throw error
  }
}
