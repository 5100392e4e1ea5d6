/** When a store is open on a day, as `HH:MM` of China's time; `until` may be 24:00. */
export type Opening = { from: string; until: string }

/** What a day is to a store: of the official calendar, or as somebody has said otherwise. */
export type WorkingDay = {
  kind: 'work' | 'rest'
  /** What the day is called, such as a holiday's name; null where it has none. */
  name: string | null
  opening: Opening
}

/** Looked up by store and day, `2026-10-01`. */
export type WorkingCalendar = (storeId: string, day: string) => WorkingDay

/** Why a moment is outside working hours. */
export type OffHours = {
  reason: 'rest-day' | 'before-opening' | 'after-closing'
  day: string
  /** `HH:MM` in China. */
  time: string
  name: string | null
}

/** China has one zone and no summer time. */
const CHINA_MS = 8 * 3_600_000

/** Day, time and month of a moment in China: `2026-11-22`, `09:30`, `2026-11`. */
export function chinaTimeOf(atMs: number): { day: string; time: string; month: string } {
  const text = new Date(atMs + CHINA_MS).toISOString()
  return { day: text.slice(0, 10), time: text.slice(11, 16), month: text.slice(0, 7) }
}

/** Why nobody works in a store at this moment, or null where somebody does. */
export function offHours(calendar: WorkingCalendar, storeId: string, atMs: number): OffHours | null {
  const { day, time } = chinaTimeOf(atMs)
  const { kind, name, opening } = calendar(storeId, day)
  const found = (reason: OffHours['reason']) => ({ reason, day, time, name })
  if (kind === 'rest') return found('rest-day')
  if (time < opening.from) return found('before-opening')
  return time >= opening.until ? found('after-closing') : null
}

/** The month before: `2026-01` → `2025-12`. */
export function previousMonth(month: string): string {
  const [year = 0, number = 1] = month.split('-').map(Number)
  return number === 1 ? `${year - 1}-12` : `${year}-${String(number - 1).padStart(2, '0')}`
}

/** When a month begins and ends in China; the end is the next one's beginning. */
export function monthBounds(month: string): { from: Date; to: Date } {
  const [year = 0, number = 1] = month.split('-').map(Number)
  const at = (y: number, m: number) => new Date(Date.UTC(y, m - 1, 1) - CHINA_MS)
  return { from: at(year, number), to: number === 12 ? at(year + 1, 1) : at(year, number + 1) }
}
