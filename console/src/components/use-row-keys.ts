import { useEffect, useRef, useState } from 'react'
import { isTyping } from './keyboard.ts'

/**
 * Moves a mark through the rows of a list with J and K, opens the marked one with Enter, and ticks it with X (with Shift everything since
 * the last tick). Whoever types into a field types;
 * whoever has focused a button or link presses that with Enter.
 *
 * @returns which row is marked; null before the first key
 */
export function useRowKeys<Row>(
  rows: readonly Row[],
  options: {
    open: (row: Row) => void
    /** Absent where rows are not ticked. */
    tick?: ((index: number, isRange: boolean) => void) | undefined
    isOff?: boolean
  },
): { marked: number | null; mark: (index: number | null) => void } {
  const [marked, mark] = useState<number | null>(null)
  const latest = useRef({ rows, marked, options })
  latest.current = { rows, marked, options }

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const { rows: present, marked: at, options: wanted } = latest.current
      if (
        wanted.isOff ||
        present.length === 0 ||
        isTyping(event) ||
        event.ctrlKey ||
        event.metaKey ||
        event.altKey
      )
        return
      const next = stepped(at, event.key, present.length)
      if (next !== null) {
        event.preventDefault()
        return mark(next)
      }
      if (at !== null && (event.key === 'x' || event.key === 'X')) return wanted.tick?.(at, event.shiftKey)
      const row = at === null ? undefined : present[at]
      const isFree =
        event.target === document.body || (event.target instanceof Element && event.target.id === 'content')
      if (event.key === 'Enter' && row !== undefined && isFree) wanted.open(row)
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])

  return { marked: marked !== null && marked < rows.length ? marked : null, mark }
}

/** Where a key moves the mark to in a list of so many rows; null for a key that moves nothing. */
export function stepped(at: number | null, key: string, count: number): number | null {
  if (key === 'j' || key === 'J') return at === null ? 0 : Math.min(at + 1, count - 1)
  if (key === 'k' || key === 'K') return at === null ? 0 : Math.max(at - 1, 0)
  return null
}
