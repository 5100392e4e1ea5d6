import { monthBounds } from './working-time.ts'

/** What changes of a month are counted by. */
export const STATISTIC_KEYS = ['store', 'person', 'type'] as const
export type StatisticKey = (typeof STATISTIC_KEYS)[number]
export const STATISTIC_SORTS = ['requests', 'applied', 'concession', 'difference', 'key'] as const
export type StatisticSort = (typeof STATISTIC_SORTS)[number]

export type ChangeFigures = {
  requests: number
  applied: number
  rejected: number
  /** Of those that were applied, in cents; negative is a reduction. */
  differenceCents: number
  concessionCents: number
}
export type ChangeFiguresRow = {
  key: string
  now: ChangeFigures
  before: ChangeFigures
  requestsPerDay: number
  growthPercent: { requests: number | null; concession: number | null }
}

const NONE: ChangeFigures = { requests: 0, applied: 0, rejected: 0, differenceCents: 0, concessionCents: 0 }
const DAY_MS = 86_400_000

/**
 * The figures of a month beside those of the month before, by key: also what was there in one of the two only.
 *
 * @param days of the month that are over or under way, at least 1
 */
export function compareMonths(
  now: ReadonlyMap<string, ChangeFigures>,
  before: ReadonlyMap<string, ChangeFigures>,
  { days, sort }: { days: number; sort: StatisticSort },
): ChangeFiguresRow[] {
  return [...new Set([...now.keys(), ...before.keys()])]
    .map((key) => {
      const [present, past] = [now.get(key) ?? NONE, before.get(key) ?? NONE]
      return {
        key,
        now: present,
        before: past,
        requestsPerDay: Math.round((present.requests * 100) / Math.max(1, days)) / 100,
        growthPercent: {
          requests: growthOf(present.requests, past.requests),
          concession: growthOf(present.concessionCents, past.concessionCents),
        },
      }
    })
    .sort((a, b) => weightOf(b, sort) - weightOf(a, sort) || (a.key < b.key ? -1 : 1))
}

/** All of it. */
export function sumOf(figures: Iterable<ChangeFigures>): ChangeFigures {
  const sum = { ...NONE }
  for (const each of figures) {
    sum.requests += each.requests
    sum.applied += each.applied
    sum.rejected += each.rejected
    sum.differenceCents += each.differenceCents
    sum.concessionCents += each.concessionCents
  }
  return sum
}

/** Days of a month that have begun: of one that is over all, of one that is to come none. */
export function daysBegun(month: string, nowMs: number): number {
  const { from, to } = monthBounds(month)
  const until = Math.min(nowMs, to.getTime())
  return Math.max(0, Math.ceil((until - from.getTime()) / DAY_MS))
}

function weightOf({ now }: ChangeFiguresRow, sort: StatisticSort): number {
  switch (sort) {
    case 'requests':
      return now.requests
    case 'applied':
      return now.applied
    case 'concession':
      return now.concessionCents
    case 'difference':
      return -now.differenceCents
    case 'key':
      return 0
  }
}

function growthOf(now: number, before: number): number | null {
  return before === 0 ? null : Math.round(((now - before) * 1_000) / before) / 10
}
