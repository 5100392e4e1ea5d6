import { type RawBuilder, sql } from 'kysely'
import { z } from 'zod'
import type {
  CountedSkus,
  CountedSkusQuery,
  HealthOutcomes,
  HealthOutcomesQuery,
} from '../contracts/health-score.ts'
import { type HealthPeriod, periodOf } from '../domain/health-period.ts'
import type { HealthComponent } from '../domain/health-score.ts'
import type { Db } from './database.ts'
import type { HealthSource } from './health-due.ts'
import { healthRowsOf } from './health-figures.ts'
import { HEALTH_VIEWS } from './health-refresh.ts'
import { boundsOf, momentOf } from './health-score.ts'
import type { Scope } from './identity.ts'
import { exactInstant, Keyset } from './paging.ts'

const outcomePosition = z.tuple([exactInstant, z.uuid(), z.string().max(100)])

type OutcomeRow = {
  sourceId: string
  part: string
  happenedAt: Date
  at: string
  channel: string
  storeId: string
  warehouseId: string
  orderId: string | null
  measured: number
  missed: number
}

/** One page of what a component's figure of a period is made of. */
export async function listHealthOutcomes(
  db: Db,
  { component, query }: { component: HealthComponent; query: HealthOutcomesQuery },
  scope: Scope,
  now: Date,
): Promise<HealthOutcomes> {
  const { grain, limit, missed, sort } = query
  const period = periodOf(grain, momentOf(query, now))
  const keyset = new Keyset(`health-outcomes/${component}`, query, outcomePosition)
  const after = keyset.after(query.cursor)
  const [comparison, direction] = sort === 'newest' ? [sql`<`, sql`desc`] : [sql`>`, sql`asc`]
  const position = sql`(happened_at, source_id, part)`
  const beyond = after
    ? sql`${position} ${comparison} (${after[0]}::timestamptz, ${after[1]}::uuid, ${after[2]}::text)`
    : sql`true`
  const { rows } = await sql<OutcomeRow>`
    select source_id as "sourceId", part, happened_at as "happenedAt", happened_at::text as at, channel,
      store_id as "storeId", warehouse_id as "warehouseId", order_id as "orderId", measured, missed
    from health_outcome
    where component = ${component} and ${within(period)} and ${healthRowsOf(query, scope)}
      and ${missed === undefined ? sql`true` : missed ? sql`missed > 0` : sql`missed = 0`} and ${beyond}
    order by happened_at ${direction}, source_id ${direction}, part ${direction} limit ${limit + 1}`.execute(
    db,
  )
  const details = await detailsOf(db, component, rows.slice(0, limit))
  const page = keyset.page(
    rows,
    limit,
    (row) => [row.at, row.sourceId, row.part],
    ({ at: _, ...row }) => ({
      ...row,
      component,
      url: urlOf(HEALTH_VIEWS[component].source, row.sourceId),
      happenedAt: row.happenedAt.toISOString(),
      channel: row.channel || null,
      storeId: row.storeId || null,
      warehouseId: row.warehouseId || null,
      detail: details.get(`${row.sourceId}/${row.part}`) ?? null,
    }),
  )
  return { ...page, ...boundsOf(period) }
}

/** Of a period what is summed already: what is still to come would be read as missed. */
function within({ fromMs, toMs }: HealthPeriod): RawBuilder<boolean> {
  return sql`happened_at >= ${new Date(fromMs)} and happened_at < least(${new Date(toMs)}::timestamptz,
    (select coalesce(counted_until, '-infinity') from health_state))`
}

/** What the component's view says of these now; of what has changed since they were read, nothing. */
async function detailsOf(
  db: Db,
  component: HealthComponent,
  rows: readonly OutcomeRow[],
): Promise<Map<string, Record<string, unknown>>> {
  const ids = [...new Set(rows.map(({ sourceId }) => sourceId))]
  if (ids.length === 0) return new Map()
  const found = await sql<{ sourceId: string; part: string; detail: Record<string, unknown> }>`
    select source_id as "sourceId", part, detail from ${HEALTH_VIEWS[component].view}
    where source_id = any(${ids}::uuid[])`.execute(db)
  return new Map(found.rows.map(({ sourceId, part, detail }) => [`${sourceId}/${part}`, detail]))
}

function urlOf(source: HealthSource, id: string): string {
  switch (source) {
    case 'order':
      return `/v1/orders/${id}`
    case 'change':
      return `/v1/change-requests/${id}`
    case 'count':
      return `/v1/stock/counts/${id}/lines`
  }
}

const skuPosition = z.tuple([z.int(), z.string().max(64)])

/** One page of the SKUs that were counted in a period, those with the most wrong units first. */
export async function listCountedSkus(
  db: Db,
  query: CountedSkusQuery,
  scope: Scope,
  now: Date,
): Promise<CountedSkus> {
  const period = periodOf(query.grain, momentOf(query, now))
  const keyset = new Keyset('health-counted-skus', query, skuPosition)
  const after = keyset.after(query.cursor)
  const isWorst = query.sort === 'worst'
  const beyond = !after
    ? sql`true`
    : isWorst
      ? sql`(-sum(missed), part) > (${-after[0]}::bigint, ${after[1]}::text)`
      : sql`part > ${after[1]}::text`
  const { rows } = await sql<{
    skuId: string
    counts: number
    differentCounts: number
    units: number
    missedUnits: number
  }>`
    select part as "skuId", count(*)::int as counts, count(*) filter (where missed > 0)::int as "differentCounts",
      sum(measured)::bigint as units, sum(missed)::bigint as "missedUnits"
    from health_outcome
    where component = 'stockAccuracy' and ${within(period)} and ${healthRowsOf(query, scope)}
    group by part having ${beyond}
    order by ${isWorst ? sql`sum(missed) desc, part` : sql`part`} limit ${query.limit + 1}`.execute(db)
  const page = keyset.page(
    rows,
    query.limit,
    ({ missedUnits, skuId }) => [missedUnits, skuId],
    (row) => ({
      ...row,
      accuracy: row.units === 0 ? null : Math.round((1 - row.missedUnits / row.units) * 1e6) / 1e6,
    }),
  )
  return { ...page, ...boundsOf(period) }
}
