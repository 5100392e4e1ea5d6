/** For how long people put something off with one press. */
export const SNOOZE_PRESETS = ['hour', 'tomorrow', 'monday'] as const
type SnoozePreset = (typeof SNOOZE_PRESETS)[number]

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** The business keeps the time of China, which has no summer time. */
const OFFSET_MS = 8 * HOUR_MS
const MORNING_MS = 9 * HOUR_MS
/** 1970-01-01 was a Thursday: so many days after a Monday. */
const DAYS_AFTER_MONDAY = 3

/** The moment that a preset stands for: an hour from now, or nine in the morning (+08:00) of tomorrow or of the coming Monday. */
export function snoozeUntil(preset: SnoozePreset, now: Date): string {
  const nowMs = now.getTime()
  if (preset === 'hour') return new Date(nowMs + HOUR_MS).toISOString()
  const today = Math.floor((nowMs + OFFSET_MS) / DAY_MS)
  const ahead = preset === 'tomorrow' ? 1 : 7 - ((today + DAYS_AFTER_MONDAY) % 7)
  return new Date((today + ahead) * DAY_MS + MORNING_MS - OFFSET_MS).toISOString()
}
