import type { WmsMapping } from '../../contracts/policies/wms-mapping.ts'
import type { WmsRowProblem } from '../../contracts/wms.ts'

/** A row as text, in the order of `columnsOf`. */
export type RawRow = (string | null)[]
export type ParsedRow = {
  skuId: string
  /** Null where the row is bad. */
  onHand: number | null
  problem: WmsRowProblem | null
  asOfMs: number | null
  cursor: string | null
}
export type WmsReadingRow = { skuId: string; onHand: number; asOfMs: number | null }
export type BadRow = { skuId: string; problem: WmsRowProblem }

const MAX_ON_HAND = 10_000_000
/** Longer than any SKU; whatever else stands there is cut off before it reaches a log or a screen. */
const MAX_SKU_CHARACTERS = 64

/** One row, judged by itself. */
export function parseRow(mapping: WmsMapping, row: RawRow): ParsedRow {
  const { quantity, subtract, updatedAt, cursor } = mapping.columns
  const skuId = (row[0] ?? '').trim().slice(0, MAX_SKU_CHARACTERS)
  const added = row.slice(1, 1 + quantity.length)
  const taken = row.slice(1 + quantity.length, 1 + quantity.length + subtract.length)
  const rest = row.slice(1 + quantity.length + subtract.length)
  const asOfMs = updatedAt ? parseTime(rest[0] ?? null, mapping) : null
  const at = cursor ? (rest[updatedAt ? 1 : 0] ?? null) : null
  const units = onHandOf(added, taken)
  const problem = skuId === '' ? 'no-sku' : typeof units === 'string' ? units : null
  return { skuId, onHand: typeof units === 'number' && !problem ? units : null, problem, asOfMs, cursor: at }
}

function onHandOf(added: (string | null)[], taken: (string | null)[]): number | WmsRowProblem {
  let sum = 0
  for (const [values, sign] of [
    [added, 1],
    [taken, -1],
  ] as const) {
    for (const value of values) {
      const units = parseQuantity(value)
      if (typeof units === 'string') return units
      sum += sign * units
    }
  }
  if (sum < 0) return 'negative'
  return sum > MAX_ON_HAND ? 'too-large' : sum
}

function parseQuantity(value: string | null): number | WmsRowProblem {
  if (value === null) return 'null'
  const found = /^\s*([+-]?\d{1,15})(?:\.(\d+))?\s*$/.exec(value)
  if (!found) return 'not-a-number'
  if (/[1-9]/.test(found[2] ?? '')) return 'fraction'
  const units = Number(found[1])
  if (units < 0) return 'negative'
  return units > MAX_ON_HAND ? 'too-large' : units
}

const DATE_TIME = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?$/

/** A moment in ms since 1970; null for whatever is not one. */
export function parseTime(
  value: string | null,
  { timeFormat, timeZone }: Pick<WmsMapping, 'timeFormat' | 'timeZone'>,
): number | null {
  if (value === null) return null
  if (timeFormat !== 'datetime') {
    const count = Number(value)
    if (!Number.isFinite(count) || count <= 0) return null
    return timeFormat === 'epoch-seconds' ? Math.round(count * 1_000) : Math.round(count)
  }
  const found = DATE_TIME.exec(value)
  if (!found) return null
  const [, year, month, day, hour, minute, second, fraction = ''] = found
  const local = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
    Number(fraction.padEnd(3, '0').slice(0, 3)),
  )
  // 0000-00-00 and 31 February are not moments; Date would make others of them.
  if (Number(month) === 0 || Number(day) === 0 || new Date(local).getUTCDate() !== Number(day)) return null
  return local - offsetMs(local, timeZone)
}

function offsetMs(localMs: number, timeZone: string): number {
  const offset = /^([+-])(\d\d):(\d\d)$/.exec(timeZone)
  if (offset) return (offset[1] === '-' ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3])) * 60_000
  // The zone's offset depends on the moment, which depends on the offset: the second look is at the right one.
  const first = zoneOffsetMs(localMs, timeZone)
  return zoneOffsetMs(localMs - first, timeZone)
}

const formats = new Map<string, Intl.DateTimeFormat>()

function zoneOffsetMs(atMs: number, timeZone: string): number {
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  formats.set(timeZone, format)
  const parts = new Map(format.formatToParts(atMs).map((part) => [part.type, Number(part.value)]))
  const at = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0
  const local = Date.UTC(at('year'), at('month') - 1, at('day'), at('hour'), at('minute'), at('second'))
  return local - Math.floor(atMs / 1_000) * 1_000
}

/** Gathers the rows of a reading by SKU, as the mapping says: one a SKU, added up, or the latest. */
export class RowCollector {
  readonly #mapping: WmsMapping
  readonly #bySku = new Map<string, ParsedRow>()
  readonly #bad = new Map<string, WmsRowProblem>()
  #hasRowsWithoutSku = false
  #cursor: string | null = null
  #newestMs: number | null = null
  readonly #latestMs: number

  /** @param latestMs times after this one are wrong: going on from such a row would pass over all others */
  constructor(mapping: WmsMapping, latestMs: number) {
    this.#mapping = mapping
    this.#latestMs = latestMs
  }

  add(raw: RawRow): void {
    const row = parseRow(this.#mapping, raw)
    if (row.cursor !== null && !this.#isAhead(row.cursor) && this.#isLater(row.cursor, this.#cursor))
      this.#cursor = row.cursor
    if (row.asOfMs !== null && row.asOfMs <= this.#latestMs)
      this.#newestMs = Math.max(this.#newestMs ?? row.asOfMs, row.asOfMs)
    if (row.problem === 'no-sku') this.#hasRowsWithoutSku = true
    else if (row.problem) this.#bad.set(row.skuId, row.problem)
    else this.#merge(row)
  }

  #merge(row: ParsedRow): void {
    const known = this.#bySku.get(row.skuId)
    if (!known) {
      this.#bySku.set(row.skuId, row)
      return
    }
    switch (this.#mapping.rows) {
      case 'one':
        this.#bad.set(row.skuId, 'duplicate')
        return
      case 'latest':
        // Two rows at the very same place: nobody can say which of them holds.
        if (row.cursor === known.cursor && row.onHand !== known.onHand) this.#bad.set(row.skuId, 'duplicate')
        else if (row.cursor !== null && this.#isLater(row.cursor, known.cursor))
          this.#bySku.set(row.skuId, row)
        return
      case 'sum': {
        const onHand = (known.onHand ?? 0) + (row.onHand ?? 0)
        // One row without a time leaves the sum without one.
        const asOfMs =
          known.asOfMs === null || row.asOfMs === null ? null : Math.max(known.asOfMs, row.asOfMs)
        if (onHand > MAX_ON_HAND) this.#bad.set(row.skuId, 'too-large')
        else this.#bySku.set(row.skuId, { ...known, onHand, asOfMs })
      }
    }
  }

  #isAhead(cursor: string): boolean {
    if (this.#mapping.columns.cursor?.type === 'number') return false
    const atMs = parseTime(cursor, this.#mapping)
    return atMs === null || atMs > this.#latestMs
  }

  #isLater(value: string, than: string | null): boolean {
    if (than === null) return true
    const isNumber =
      this.#mapping.columns.cursor?.type === 'number' || this.#mapping.timeFormat !== 'datetime'
    return isNumber ? Number(value) > Number(than) : value > than
  }

  /** A SKU with one bad row is bad: the others would be a part of its stock. */
  finish(): {
    rows: WmsReadingRow[]
    bad: BadRow[]
    cursor: string | null
    newestMs: number | null
  } {
    const rows: WmsReadingRow[] = []
    for (const { skuId, onHand, asOfMs } of this.#bySku.values()) {
      if (onHand !== null && !this.#bad.has(skuId)) rows.push({ skuId, onHand, asOfMs })
    }
    const bad = [...this.#bad].map(([skuId, problem]) => ({ skuId, problem }))
    if (this.#hasRowsWithoutSku) bad.push({ skuId: '', problem: 'no-sku' })
    return { rows, bad, cursor: this.#cursor, newestMs: this.#newestMs }
  }
}
