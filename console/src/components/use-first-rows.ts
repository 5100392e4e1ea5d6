import { useDeferredValue } from 'react'

/**
 * The rows of a list that are drawn: those that can be seen at once when it is shown first, and right after all of them, so that
 * nobody waits for what is below the edge of the screen.
 *
 * @param first as many as fill a screen
 */
export function useFirstRows<Row>(rows: readonly Row[], first: number): readonly Row[] {
  const isThere = rows.length > 0
  const isDrawn = useDeferredValue(isThere, false)
  return isDrawn ? rows : rows.slice(0, first)
}
