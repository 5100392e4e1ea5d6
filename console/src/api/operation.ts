import { useState } from 'react'
import { newIdempotencyKey } from './idempotency.ts'
import { problemOf } from './problem.ts'

type Header = { 'Idempotency-Key': string }
/** @param send whatever it throws must be a problem of the API, or nothing has answered */
type Once = <Result>(content: unknown, send: (header: Header) => Promise<Result>) => Promise<Result>

/**
 * What a form sends, carried out once however often it is pressed: after an answer that was lost, the same content goes under the
 * same key. Other content is another operation; so is the same again after it was done, or refused, as the API keeps a refusal
 * under its key and what stood in the way may be gone.
 */
export function createOperation(): Once {
  let last: { content: string; key: string } | null = null
  return async (content, send) => {
    const text = JSON.stringify(content)
    if (last?.content !== text) last = { content: text, key: newIdempotencyKey() }
    try {
      const result = await send({ 'Idempotency-Key': last.key })
      last = null
      return result
    } catch (error) {
      if (problemOf(error).isKept) last = null
      throw error
    }
  }
}

export function useOperation(): Once {
  const [once] = useState(createOperation)
  return once
}
