/** Whoever puts a work item off for longer has decided not to do it. */
export const LONGEST_SNOOZE_DAYS = 30
const DAY_MS = 86_400_000

/** Whether a work item may be put off until then. Times in ms since 1970. */
export function maySnoozeUntil(untilMs: number, nowMs: number): boolean {
  return untilMs > nowMs && untilMs <= nowMs + LONGEST_SNOOZE_DAYS * DAY_MS
}
