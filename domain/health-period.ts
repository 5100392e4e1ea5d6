import { chinaTimeOf, monthBounds, previousMonth } from './working-time.ts'

/** How long a period of the health score is. Days, weeks and months are China's; a week begins on Monday. */
export const HEALTH_GRAINS = ['hour', 'day', 'week', 'month'] as const
export type HealthGrain = (typeof HEALTH_GRAINS)[number]
/** In ms since the epoch; `toMs` is the beginning of the next one. */
export type HealthPeriod = { fromMs: number; toMs: number }

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** China has one zone and no summer time. */
const CHINA_MS = 8 * HOUR_MS
/** 1970-01-01 was a Thursday: this is the Monday before. */
const FIRST_MONDAY_MS = -3 * DAY_MS

/** The period that a moment lies in. */
export function periodOf(grain: HealthGrain, atMs: number): HealthPeriod {
  switch (grain) {
    case 'hour':
      return since(floorTo(atMs, HOUR_MS), HOUR_MS)
    case 'day':
      return since(floorTo(atMs + CHINA_MS, DAY_MS) - CHINA_MS, DAY_MS)
    case 'week': {
      const days = floorTo(atMs + CHINA_MS - FIRST_MONDAY_MS, 7 * DAY_MS)
      return since(days + FIRST_MONDAY_MS - CHINA_MS, 7 * DAY_MS)
    }
    case 'month':
      return boundsOf(chinaTimeOf(atMs).month)
  }
}

/** The one before it. */
export function periodBefore(grain: HealthGrain, { fromMs }: HealthPeriod): HealthPeriod {
  return grain === 'month'
    ? boundsOf(previousMonth(chinaTimeOf(fromMs).month))
    : periodOf(grain, fromMs - HOUR_MS)
}

/** The one after it. */
export function periodAfter(grain: HealthGrain, { toMs }: HealthPeriod): HealthPeriod {
  return periodOf(grain, toMs)
}

/** Periods of which any part lies between two moments, the newest or the oldest first, so many at most. */
export function periodsBetween(
  grain: HealthGrain,
  { fromMs, toMs }: HealthPeriod,
  { sort, limit }: { sort: 'newest' | 'oldest'; limit: number },
): HealthPeriod[] {
  const periods: HealthPeriod[] = []
  if (fromMs >= toMs) return periods
  let period = periodOf(grain, sort === 'newest' ? toMs - 1 : fromMs)
  while (periods.length < limit && period.toMs > fromMs && period.fromMs < toMs) {
    periods.push(period)
    period = sort === 'newest' ? periodBefore(grain, period) : periodAfter(grain, period)
  }
  return periods
}

function since(fromMs: number, lengthMs: number): HealthPeriod {
  return { fromMs, toMs: fromMs + lengthMs }
}

function floorTo(atMs: number, stepMs: number): number {
  return Math.floor(atMs / stepMs) * stepMs
}

function boundsOf(month: string): HealthPeriod {
  const { from, to } = monthBounds(month)
  return { fromMs: from.getTime(), toMs: to.getTime() }
}
