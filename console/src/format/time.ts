/**
 * The one place where times become text. They are shown in the zone of whoever looks, to the second, with the zone on
 * hover; the API speaks RFC 3339 throughout.
 */

const pad = (value: number, length = 2) => String(value).padStart(length, '0')

/** `2026-11-28 13:05:09`, local: the same in both languages, sorts as text, and is what people paste into a message. */
export function formatMoment(at: string | Date): string {
  const date = new Date(at)
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`
  return `${day} ${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`
}

/** `UTC+08:00 Asia/Shanghai`: what "local" means at that moment. */
export function zoneOf(at: string | Date): string {
  const offset = -new Date(at).getTimezoneOffset()
  const sign = offset < 0 ? '-' : '+'
  const minutes = Math.abs(offset)
  zoneName ??= Intl.DateTimeFormat().resolvedOptions().timeZone
  return `UTC${sign}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)} ${zoneName}`
}
/** What sentences of the API count times in: the hub's own working hours and days are China's, wherever somebody reads of them. */
export const CHINA_ZONE = 'UTC+08:00 Asia/Shanghai'
/** Asked once: it is slow, and a list shows a hundred times. */
let zoneName: string | undefined

export type DurationUnit = 'day' | 'hour' | 'minute' | 'second'
const SECONDS: Record<DurationUnit, number> = { day: 86_400, hour: 3_600, minute: 60, second: 1 }
const UNITS: DurationUnit[] = ['day', 'hour', 'minute', 'second']

/**
 * A length of time by its two largest units, the smaller one only where it is not zero: 1 day 4 hours, 12 minutes 5
 * seconds. Never negative.
 *
 * @param seconds rounded down
 */
export function durationParts(seconds: number): { unit: DurationUnit; count: number }[] {
  const whole = Math.max(0, Math.floor(seconds))
  const first = UNITS.findIndex((unit) => whole >= SECONDS[unit])
  if (first === -1) return [{ unit: 'second', count: 0 }]
  let rest = whole
  return UNITS.slice(first, first + 2).flatMap((unit, index) => {
    const count = Math.floor(rest / SECONDS[unit])
    rest -= count * SECONDS[unit]
    return index > 0 && count === 0 ? [] : [{ unit, count }]
  })
}

/** The same in words of a language: `1天4小时`, `12 min 5 s`. */
export function formatDuration(seconds: number, language: string): string {
  const parts = durationParts(seconds).map(({ unit, count }) => formatOf(language, unit).format(count))
  return parts.join(language.startsWith('zh') ? '' : ' ')
}

/** Kept: making one takes longer than using it a thousand times, and countdowns use it every second. */
const formats = new Map<string, Intl.NumberFormat>()
function formatOf(language: string, unit: DurationUnit): Intl.NumberFormat {
  const key = `${language} ${unit}`
  const format =
    formats.get(key) ?? new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'short' })
  formats.set(key, format)
  return format
}
