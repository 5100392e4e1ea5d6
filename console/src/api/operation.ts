import { useState } from 'react'
import { newIdempotencyKey } from './idempotency.ts'
import { problemOf } from './problem.ts'

export type OperationHeader = { 'Idempotency-Key': string }
/** @param send whatever it throws must be a problem of the API, or nothing has answered */
export type Once = <Result>(
  content: unknown,
  send: (header: OperationHeader) => Promise<Result>,
) => Promise<Result>

/** What was sent last and is not known to be over: its content, and the key that it went under. */
export type Sent = { content: string; key: string }
/** Where that is noted; null: nothing is under way. */
export type SentNote = { read: () => Sent | null; write: (sent: Sent | null) => void }

/**
 * What a form sends, carried out once however often it is pressed: after an answer that was lost, the same content goes under the
 * same key. Other content is another operation; so is the same again after it was done, or refused, as the API keeps a refusal
 * under its key and what stood in the way may be gone.
 *
 * @param note outlives the page where what is typed does, so that what was sent before a reload is not sent as something new
 */
export function createOperation(note: SentNote = inMemory()): Once {
  return async (content, send) => {
    const text = JSON.stringify(content)
    const last = note.read()
    const key = last?.content === text ? last.key : newIdempotencyKey()
    note.write({ content: text, key })
    try {
      const result = await send({ 'Idempotency-Key': key })
      note.write(null)
      return result
    } catch (error) {
      if (problemOf(error).isKept) note.write(null)
      throw error
    }
  }
}

function inMemory(): SentNote {
  let last: Sent | null = null
  return {
    read: () => last,
    write: (sent) => {
      last = sent
    },
  }
}

export function useOperation(): Once {
  const [once] = useState(() => createOperation())
  return once
}
