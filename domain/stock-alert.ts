type AlertState = 'raised' | 'cleared' | null

/**
 * An alert is over only when so much more than the threshold is there: a level that goes up and down around its
 * threshold by a few units would otherwise alert somebody each time.
 */
export const RECOVERY_PERCENT = 20

/**
 * What to do about a level's alert. Quantities are units.
 *
 * @param level.everHeld whether there ever were units: a level that is waiting for its first ones has lost none
 * @param state what was last done; null when nothing ever was
 */
export function decideStockAlert(
  level: { available: number; threshold: number; everHeld: boolean },
  state: AlertState,
): 'raise' | 'clear' | null {
  if (level.available <= level.threshold) return state !== 'raised' && level.everHeld ? 'raise' : null
  return state === 'raised' && level.available >= recoveredFrom(level.threshold) ? 'clear' : null
}

/** From so many available units on, an alert at this threshold is over: always at least two above it. */
function recoveredFrom(threshold: number): number {
  return threshold + 1 + Math.max(1, Math.ceil((threshold * RECOVERY_PERCENT) / 100))
}
