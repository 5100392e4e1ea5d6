/** Values as platforms write them, read once at the edge. */

/**
 * `"200.07"` yuan → 20007 cents, from text and never through a float.
 *
 * @throws RangeError for anything that is not an amount of at most two decimals
 */
export function centsOfYuan(text: string): number {
  const match = /^(\d{1,13})(?:\.(\d{1,2})0*)?$/.exec(text)
  if (!match) throw new RangeError('not an amount in yuan')
  const [, yuan = '', cents = ''] = match
  return Number(yuan) * 100 + Number(cents.padEnd(2, '0'))
}

/** `"20007"` fen → 20007. @throws RangeError for anything that is not a whole amount */
export function centsOfFen(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new RangeError('not an amount in fen')
  return Number(text)
}

/** 20007 cents → `"200.07"`. */
export function yuanOfCents(cents: number): string {
  return `${Math.trunc(cents / 100)}.${String(cents % 100).padStart(2, '0')}`
}

const CHINA_OFFSET_MS = 8 * 60 * 60 * 1000

/**
 * `"2026-11-11 00:00:01"` of Beijing → `"2026-11-11T00:00:01+08:00"`. Year 1, JD's word for "never", is null, as is "".
 *
 * @throws RangeError for anything else that is no such time
 */
export function instantOfChina(text: string): string | null {
  if (text === '' || text.startsWith('0001-01-01')) return null
  const match = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})(\.\d{1,3})?$/.exec(text)
  const instant = match && `${match[1]}T${match[2]}${match[3] ?? ''}+08:00`
  if (!instant || Number.isNaN(Date.parse(instant))) throw new RangeError('not a time of Beijing')
  return instant
}

/** `"1731254401"` seconds since the epoch → RFC 3339 at +08:00; `"0"` is null. @throws RangeError */
export function instantOfSeconds(text: string): string | null {
  if (!/^\d{1,11}$/.test(text)) throw new RangeError('not a time in seconds')
  return text === '0' ? null : chinaInstant(new Date(Number(text) * 1000))
}

/** A moment as RFC 3339 at +08:00. */
export function chinaInstant(moment: Date): string {
  return `${new Date(moment.getTime() + CHINA_OFFSET_MS).toISOString().slice(0, 19)}+08:00`
}

/** A moment as platforms want it in their parameters: `2026-11-11 00:00:01`, Beijing. */
export function chinaTimestamp(moment: Date): string {
  return chinaInstant(moment).slice(0, 19).replace('T', ' ')
}
