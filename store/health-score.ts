import { z } from 'zod'
import {
  dimensionsOf,
  type HealthBreakdown,
  type HealthBreakdownQuery,
  type HealthFilters,
  type HealthScoreQuery,
  type HealthScoreView,
  type HealthTrend,
  type HealthTrendQuery,
} from '../contracts/health-score.ts'
import {
  type HealthGrain,
  type HealthPeriod,
  periodBefore,
  periodOf,
  periodsBetween,
} from '../domain/health-period.ts'
import {
  type ComponentScore,
  HEALTH_DIMENSIONS,
  type HealthScore,
  healthScoreOf,
  whatMoved,
} from '../domain/health-score.ts'
import type { Db } from './database.ts'
import {
  addSums,
  freshnessOf,
  type HealthStanding,
  healthRowsOf,
  healthStanding,
  rounded,
  type SumsByComponent,
  shownScore,
  sumsByDimension,
  sumsByStart,
  sumsOf,
} from './health-figures.ts'
import type { Scope } from './identity.ts'
import { Keyset } from './paging.ts'

/** The score of one period, the one before it, and what has moved it since. */
export async function readHealthScore(
  db: Db,
  query: HealthScoreQuery,
  scope: Scope,
  now: Date,
): Promise<HealthScoreView> {
  const { grain } = query
  const standing = await healthStanding(db)
  const period = periodOf(grain, momentOf(query, now))
  const before = periodBefore(grain, period)
  const rows = healthRowsOf(query, scope)
  const [sums, sumsBefore] = await Promise.all([
    sumsOf(db, { grain, ...period }, rows),
    sumsOf(db, { grain, ...before }, rows),
  ])
  const judge = (found: SumsByComponent) => healthScoreOf(found, standing.rules, dimensionsOf(query))
  const [score, previous] = [judge(sums), judge(sumsBefore)]
  const moved = whatMoved(score, previous)
  const isKnown = score.score !== null && previous.score !== null
  return {
    grain,
    ...boundsOf(period),
    complete: isComplete(period, standing),
    ...shownScore(score),
    components: score.components.map((each) => shownComponent(each, period, query, grain)),
    previous: { ...boundsOf(before), ...shownScore(previous) },
    change: isKnown ? rounded((score.score ?? 0) - (previous.score ?? 0)) : null,
    moved:
      moved
        ?.toSorted((a, b) => Math.abs(b.points) - Math.abs(a.points))
        .map(({ component, points, byScore, byShare }) => ({
          component,
          points: rounded(points),
          byScore: rounded(byScore),
          byShare: rounded(byShare),
        })) ?? null,
    ...freshnessOf(standing),
  }
}

const startPosition = z.tuple([z.int()])
/** Periods of a trend that is asked for without a beginning. */
const USUAL_PERIODS = 30

/** One page of periods, each with its score. */
export async function readHealthTrend(
  db: Db,
  query: HealthTrendQuery,
  scope: Scope,
  now: Date,
): Promise<HealthTrend> {
  const { grain, sort, limit } = query
  const standing = await healthStanding(db)
  const keyset = new Keyset('health-trend', query, startPosition)
  const whole = trendBounds(query, now)
  const after = keyset.after(query.cursor)?.[0]
  const rest =
    after === undefined
      ? whole
      : sort === 'newest'
        ? { ...whole, toMs: after }
        : { ...whole, fromMs: periodOf(grain, after).toMs }
  const periods = periodsBetween(grain, rest, { sort, limit: limit + 1 })
  const scores = await scoresOf(db, { periods, grain, filters: query, scope, standing })
  const { items, nextCursor } = keyset.page(
    scores,
    limit,
    ({ period }) => [period.fromMs],
    ({ period, score }) => ({
      ...boundsOf(period),
      complete: isComplete(period, standing),
      ...shownScore(score),
      components: score.components.map(({ component, score: points, band }) => ({
        component,
        score: points === null ? null : rounded(points),
        band,
      })),
    }),
  )
  return { items, nextCursor, grain, ...freshnessOf(standing) }
}

function trendBounds({ grain, from, to }: HealthTrendQuery, now: Date): HealthPeriod {
  const toMs = to === undefined ? now.getTime() + 1 : Date.parse(to)
  if (from !== undefined) return { fromMs: Date.parse(from), toMs }
  const usual = periodsBetween(grain, { fromMs: 0, toMs }, { sort: 'newest', limit: USUAL_PERIODS })
  return { fromMs: usual.at(-1)?.fromMs ?? toMs, toMs }
}

async function scoresOf(
  db: Db,
  asked: {
    periods: HealthPeriod[]
    grain: HealthGrain
    filters: HealthFilters
    scope: Scope
    standing: HealthStanding
  },
): Promise<{ period: HealthPeriod; score: HealthScore }[]> {
  const { periods, grain, filters, scope, standing } = asked
  if (periods.length === 0) return []
  const whole = {
    fromMs: Math.min(...periods.map(({ fromMs }) => fromMs)),
    toMs: Math.max(...periods.map(({ toMs }) => toMs)),
  }
  const byStart = await sumsByStart(db, { grain, ...whole }, healthRowsOf(filters, scope))
  return periods.map((period) => {
    const within = [...byStart].filter(([atMs]) => atMs >= period.fromMs && atMs < period.toMs)
    const sums = addSums(within.map(([, each]) => each))
    return { period, score: healthScoreOf(sums, standing.rules, dimensionsOf(filters)) }
  })
}

const keyPosition = z.tuple([z.string().max(100)])

/** One page of a period's scores by channel, store or warehouse. */
export async function readHealthBreakdown(
  db: Db,
  { dimension, query }: { dimension: HealthBreakdown['dimension']; query: HealthBreakdownQuery },
  scope: Scope,
  now: Date,
): Promise<HealthBreakdown> {
  const { grain, limit } = query
  const standing = await healthStanding(db)
  const period = periodOf(grain, momentOf(query, now))
  const sums = await sumsByDimension(db, { grain, ...period }, healthRowsOf(query, scope), dimension)
  const cutBy = HEALTH_DIMENSIONS.filter((each) => each === dimension || dimensionsOf(query).includes(each))
  const scores = [...sums].map(([key, found]) => ({
    key,
    score: healthScoreOf(found, standing.rules, cutBy),
  }))
  const wanted = query.band === undefined ? scores : scores.filter(({ score }) => score.band === query.band)
  const sorted = wanted.sort((a, b) => compare(a, b, query.sort))
  const keyset = new Keyset(`health-breakdown/${dimension}`, query, keyPosition)
  const after = keyset.after(query.cursor)
  const first = after ? sorted.findIndex(({ key }) => key === after[0]) + 1 : 0
  const { items, nextCursor } = keyset.page(
    sorted.slice(first, first + limit + 1),
    limit,
    ({ key }) => [key],
    ({ key, score }) => ({
      key,
      ...shownScore(score),
      components: score.components.map((each) =>
        shownComponent(each, period, { ...query, [FILTER_OF[dimension]]: key }, grain),
      ),
    }),
  )
  return { items, nextCursor, dimension, grain, ...boundsOf(period), ...freshnessOf(standing) }
}

const FILTER_OF = { channel: 'channel', store: 'storeId', warehouse: 'warehouseId' } as const

type Keyed = { key: string; score: HealthScore }

function compare(a: Keyed, b: Keyed, sort: HealthBreakdownQuery['sort']): number {
  const byKey = a.key < b.key ? -1 : 1
  if (sort === 'key') return byKey
  const [one, other] = [a.score.score, b.score.score]
  if (one === null || other === null) return one === other ? byKey : one === null ? 1 : -1
  return (sort === 'worst' ? one - other : other - one) || byKey
}

/** The moment that a question is about. */
export function momentOf({ at }: { at?: string | undefined }, now: Date): number {
  return at === undefined ? now.getTime() : Date.parse(at)
}

/** A period as it is told. */
export function boundsOf({ fromMs, toMs }: HealthPeriod): { from: string; to: string } {
  return { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() }
}

function isComplete({ toMs }: HealthPeriod, { countedUntil }: HealthStanding): boolean {
  return countedUntil !== null && countedUntil.getTime() >= toMs
}

function shownComponent(
  each: ComponentScore,
  { fromMs }: HealthPeriod,
  filters: HealthFilters,
  grain: HealthGrain,
): HealthScoreView['components'][number] {
  const { sums, share, value, score, ...rest } = each
  const query = new URLSearchParams({ grain, at: new Date(fromMs).toISOString() })
  for (const name of Object.values(FILTER_OF)) {
    const given = filters[name]
    if (given !== undefined) query.set(name, given)
  }
  return {
    ...rest,
    share: Math.round(share * 10_000) / 10_000,
    value: value === null ? null : Math.round(value * 1e6) / 1e6,
    score: score === null ? null : rounded(score),
    ...sums,
    outcomesUrl: `/v1/health-score/components/${each.component}/outcomes?${query}`,
  }
}
