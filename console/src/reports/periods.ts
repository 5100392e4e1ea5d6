export type Grain = 'hour' | 'day' | 'week' | 'month'

const CHINA_MS = 8 * 3_600_000

/** A period by its beginning, in China's time, as the hub counts it: `11-28`, `11-28 14:00`, `2026-11`. A week by its Monday. */
export function periodName(from: string, grain: Grain): string {
  const local = new Date(Date.parse(from) + CHINA_MS).toISOString()
  if (grain === 'month') return local.slice(0, 7)
  return grain === 'hour' ? `${local.slice(5, 10)} ${local.slice(11, 16)}` : local.slice(5, 10)
}

/** This month of China, as the API names it: `2026-11`. */
export function monthOf(now: Date): string {
  return new Date(now.getTime() + CHINA_MS).toISOString().slice(0, 7)
}

/** A day of China so many days before another moment's: `2026-11-28`. */
export function dayBefore(now: Date, days: number): string {
  return new Date(now.getTime() + CHINA_MS - days * 86_400_000).toISOString().slice(0, 10)
}
