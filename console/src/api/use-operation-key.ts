import { useRef } from 'react'
import { newIdempotencyKey } from './idempotency.ts'

/**
 * The key of what a form sends. Pressed again after an answer that was lost, the same content goes under the same key and is
 * carried out once; other content is another operation, and so is the same again after it was done.
 */
export function useOperationKey(): { keyOf: (content: unknown) => string; done: () => void } {
  const last = useRef<{ content: string; key: string } | null>(null)
  return {
    keyOf: (content) => {
      const text = JSON.stringify(content)
      if (last.current?.content !== text) last.current = { content: text, key: newIdempotencyKey() }
      return last.current.key
    },
    done: () => {
      last.current = null
    },
  }
}
