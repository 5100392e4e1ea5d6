import { chinaTimeOf } from './working-time.ts'

/** What one row of the stock ledger says of a level's demand and of whether it had any stock. */
export type DemandMove = {
  atMs: number
  /** By how much what may be sold changes. */
  availableDelta: number
  /** When the order was placed whose units these are; null where it is no order's. */
  orderedAtMs: number | null
  /** Units that the order holds more, or fewer: given back, or expired. What leaves as shipped was counted when it was held. */
  units: number
  /** Of these, units that a promotion's quota gave. */
  promotionUnits: number
}

/** How far a level's moves have been folded. */
export type DemandLevel = {
  available: number
  /** Since when there is nothing to sell; null while there is. */
  outSinceMs: number | null
  /** Before it nobody could buy it here: those days are no zeros. */
  firstAtMs: number
}

/** What moves add to a day, `2026-11-22` of China; negative where they take back what was counted. */
export type DemandChange = { day: string; units: number; promotionUnits: number; outMs: number }

const DAY_MS = 86_400_000
const CHINA_MS = 8 * 3_600_000

/**
 * Adds moves to a level's demand, in the order of the ledger. However they are cut into batches, the days and the level come to
 * the same. An order's units belong to the day on which it was placed, whenever they are heard of, and so do those that it
 * gives back.
 *
 * @param level null before its first move
 */
export function foldDemand(
  level: DemandLevel | null,
  moves: readonly DemandMove[],
): { level: DemandLevel | null; days: DemandChange[] } {
  const days = new Map<string, DemandChange>()
  const on = (day: string): DemandChange => {
    const change = days.get(day) ?? { day, units: 0, promotionUnits: 0, outMs: 0 }
    days.set(day, change)
    return change
  }
  let state = level
  for (const move of moves) {
    const before = state ?? { available: 0, outSinceMs: move.atMs, firstAtMs: move.atMs }
    const available = before.available + move.availableDelta
    const isOut = available <= 0
    if (before.outSinceMs !== null && !isOut) {
      for (const { day, ms } of timeByDay(before.outSinceMs, move.atMs)) on(day).outMs += ms
    }
    state = { ...before, available, outSinceMs: isOut ? (before.outSinceMs ?? move.atMs) : null }
    if (move.orderedAtMs === null) continue
    const change = on(chinaTimeOf(move.orderedAtMs).day)
    change.units += move.units
    change.promotionUnits += move.promotionUnits
  }
  const touched = [...days.values()].filter(
    ({ units, promotionUnits, outMs }) => units !== 0 || promotionUnits !== 0 || outMs !== 0,
  )
  return { level: state, days: touched }
}

/** How much of each day of China a time covers. */
function timeByDay(fromMs: number, toMs: number): { day: string; ms: number }[] {
  const parts: { day: string; ms: number }[] = []
  for (let atMs = fromMs; atMs < toMs; ) {
    const dayEndMs = Math.floor((atMs + CHINA_MS) / DAY_MS) * DAY_MS + DAY_MS - CHINA_MS
    const endMs = Math.min(dayEndMs, toMs)
    parts.push({ day: chinaTimeOf(atMs).day, ms: endMs - atMs })
    atMs = endMs
  }
  return parts
}

/** A day of a level as it is kept. */
export type DemandDay = { day: string; units: number; promotionUnits: number; outMs: number }

/** What a day said: units that were sold by themselves, or nothing that can be known. */
export type KnownDemand = {
  /** Oldest first, one a day; null where stock was out or a promotion sold most. */
  history: (number | null)[]
  censoredDays: number
  promotionDays: number
}

/**
 * The history that a forecast is made of: every day from the first on which it could be sold (or `days` ago) to yesterday. A
 * day on which stock was out for longer than the given share says nothing, and neither does one of which a promotion
 * sold at least half: both are left out, and are no zeros. Units that a promotion gave are never counted.
 *
 * @param today `2026-11-22`; it is not over, and left out
 * @param level its present time without stock counts, too
 */
export function knownDemand(
  rows: readonly DemandDay[],
  level: DemandLevel,
  options: { today: string; days: number; censorAboveOutPercent: number },
): KnownDemand {
  const todayMs = startOfDay(options.today)
  const fromMs = Math.max(todayMs - options.days * DAY_MS, startOfDay(chinaTimeOf(level.firstAtMs).day))
  // By number: names of days cost more than all the rest of a night.
  const byNumber = new Map(rows.map((row) => [Math.round((startOfDay(row.day) - fromMs) / DAY_MS), row]))
  const mostOutMs = (DAY_MS * options.censorAboveOutPercent) / 100
  const known: KnownDemand = { history: [], censoredDays: 0, promotionDays: 0 }
  for (let atMs = fromMs; atMs < todayMs; atMs += DAY_MS) {
    const { units = 0, promotionUnits = 0, outMs = 0 } = byNumber.get(known.history.length) ?? {}
    const stillOutMs =
      level.outSinceMs === null ? 0 : Math.max(0, atMs + DAY_MS - Math.max(atMs, level.outSinceMs))
    const isOut = outMs + stillOutMs > mostOutMs
    const isPromotion = promotionUnits > 0 && promotionUnits * 2 >= units
    if (isOut) known.censoredDays += 1
    else if (isPromotion) known.promotionDays += 1
    known.history.push(isOut || isPromotion ? null : Math.max(0, units - promotionUnits))
  }
  return known
}

/** When a day of China begins, in ms since the epoch. */
export function startOfDay(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) - CHINA_MS
}

/** The day so many days after another: `2026-02-28`, 1 → `2026-03-01`. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + Math.round(days) * DAY_MS).toISOString().slice(0, 10)
}
