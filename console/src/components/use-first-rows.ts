import { startTransition, useEffect, useState } from 'react'

/**
 * The rows of a list that are drawn: those that can be seen at once when it is shown first, and then a screenful at a time, so that
 * nobody waits for what is below the edge of the screen, and the page answers between two of them.
 *
 * @param screenful rows that fill a screen
 */
export function useFirstRows<Row>(rows: readonly Row[], screenful: number): readonly Row[] {
  const [drawn, setDrawn] = useState(screenful)
  const isMissingSome = drawn < rows.length
  // biome-ignore lint/correctness/useExhaustiveDependencies: goes on for as long as some are missing
  useEffect(() => {
    if (isMissingSome) startTransition(() => setDrawn((before) => before + screenful))
  }, [isMissingSome, drawn, screenful])
  return isMissingSome ? rows.slice(0, drawn) : rows
}
