/**
 * Which changes of a shop to ask its platform for next. Everything before the watermark has been heard of; what the
 * platform's index shows late is caught by the overlap, what may still change within the same second by the delay.
 */

/** A change in the second that is being asked for could be followed by another one with the same time. */
const LEAST_DELAY_SECONDS = 2

export type PullLimits = { pullWindowSeconds: number; pullOverlapSeconds: number; pullDelaySeconds: number }

/** The next window, or null when all there may be is known. Times in ms since the epoch. */
export function nextPullWindow(
  watermarkMs: number,
  nowMs: number,
  limits: PullLimits,
): { fromMs: number; toMs: number; isLast: boolean } | null {
  const { pullWindowSeconds, pullOverlapSeconds, pullDelaySeconds } = limits
  const newestMs = nowMs - Math.max(LEAST_DELAY_SECONDS, pullDelaySeconds) * 1000
  const fromMs = watermarkMs - pullOverlapSeconds * 1000
  const toMs = Math.min(newestMs, fromMs + pullWindowSeconds * 1000)
  if (toMs <= watermarkMs) return null
  return { fromMs, toMs, isLast: toMs === newestMs }
}
