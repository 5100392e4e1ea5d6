import { type RawBuilder, sql } from 'kysely'
import { z } from 'zod'
import { ProblemError } from '../contracts/errors.ts'
import type {
  ListReplenishmentQuery,
  ReplenishmentDetail,
  ReplenishmentFilters,
  ReplenishmentView,
} from '../contracts/replenishment.ts'
import type { Db } from './database.ts'
import { everyRow, Keyset, type Page } from './paging.ts'
import { reasonOf, type WordRow, wordOf } from './replenishment.ts'

const HOUR_MS = 3_600_000
/** Days of demand that are shown with a level. */
const SHOWN_DAYS = 90

type Row = WordRow & {
  rank: number
  sku_id: string
  warehouse_id: string
  category: string
  supplier_id: string | null
  safety_units: number
  reorder_point: number
  order_up_to: number
  suggested_units: number
  transfer_units: number
  purchase_units: number
  excess_units: number
  unit_cost_cents: number
  on_day: string
  run_id: string
  policy_version: number
  updated_at: Date
}

const position = z.tuple([z.number(), z.string().max(64), z.string().max(64)])
type Position = z.output<typeof position>

/** By what the list goes, lowest first; an index has each of them. */
const RANKS: Record<ListReplenishmentQuery['sort'], RawBuilder<number>> = {
  sku: sql`0`,
  urgency: sql`coalesce(cover_days, 1e9)`,
  excess: sql`-excess_units`,
}

const ONLY: Record<NonNullable<ReplenishmentFilters['only']>, RawBuilder<boolean>> = {
  suggested: sql`suggested_units > 0`,
  // Both are needs, and the index of those is in the order of their urgency.
  purchase: sql`suggested_units > 0 and purchase_units > 0`,
  transfer: sql`suggested_units > 0 and transfer_units > 0`,
  excess: sql`excess_units > 0`,
}

/** One page of last night's word on levels. */
export async function listReplenishment(
  db: Db,
  query: ListReplenishmentQuery,
): Promise<Page<ReplenishmentView>> {
  const keyset = new Keyset('replenishment', query, position)
  const rows = await read(db, query, keyset.after(query.cursor), query.limit + 1)
  return keyset.page(rows, query.limit, positionOf, viewOf)
}

/** All that fit, by SKU, read as fast as they are taken. */
export async function* exportReplenishment(
  db: Db,
  filters: ReplenishmentFilters,
): AsyncGenerator<ReturnType<typeof exportedOf>> {
  const rows = everyRow<Row, Position>(
    (after, limit) => read(db, { ...filters, sort: 'sku' }, after, limit),
    positionOf,
  )
  for await (const row of rows) yield exportedOf(viewOf(row))
}
export type ExportedReplenishment = ReturnType<typeof exportedOf>

/** One level with what led to the word on it. @throws ProblemError `replenishment-not-found` */
export async function findReplenishment(
  db: Db,
  { skuId, warehouseId }: { skuId: string; warehouseId: string },
): Promise<ReplenishmentDetail> {
  const [row] = await read(db, { skuId, warehouseId, sort: 'sku' }, null, 1)
  if (!row) throw new ProblemError('replenishment-not-found')
  const { rows: days } = await sql<{ day: string; units: number; promotion_units: number; out_ms: number }>`
    select day::text, units, promotion_units, out_ms from demand_day
    where sku_id = ${skuId} and warehouse_id = ${warehouseId} and day >= ${row.on_day}::date - ${SHOWN_DAYS}::int
    order by day`.execute(db)
  return {
    ...viewOf(row),
    residuals: row.facts.forecast.residuals,
    residualDays: row.facts.forecast.residualDays,
    demand: days.map(({ day, units, promotion_units: promotionUnits, out_ms: outMs }) => ({
      ...{ day, units, promotionUnits },
      hoursWithoutStock: Math.round((outMs / HOUR_MS) * 10) / 10,
    })),
  }
}

async function read(
  db: Db,
  query: ReplenishmentFilters & Pick<ListReplenishmentQuery, 'sort'>,
  after: Position | null,
  limit: number,
): Promise<Row[]> {
  const rank = RANKS[query.sort]
  const place = query.sort === 'sku' ? sql`sku_id, warehouse_id` : sql`${rank}, sku_id, warehouse_id`
  const from =
    after === null
      ? null
      : query.sort === 'sku'
        ? sql<boolean>`(sku_id, warehouse_id) > (${after[1]}, ${after[2]})`
        : sql<boolean>`(${rank}, sku_id, warehouse_id) > (${after[0]}::float8, ${after[1]}, ${after[2]})`
  const conditions = [
    query.skuId === undefined ? null : sql<boolean>`sku_id = ${query.skuId}`,
    query.warehouseId === undefined ? null : sql<boolean>`warehouse_id = ${query.warehouseId}`,
    query.supplierId === undefined ? null : sql<boolean>`supplier_id = ${query.supplierId}`,
    query.only === undefined ? null : ONLY[query.only],
    from,
  ].filter((condition) => condition !== null)
  const where = conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `)
  const { rows } = await sql<Row>`
    select *, ${rank} as rank, day::text as on_day from replenishment where ${where} order by ${place} limit ${limit}`.execute(
    db,
  )
  return rows
}

function positionOf(row: Row): Position {
  return [row.rank, row.sku_id, row.warehouse_id]
}

function viewOf(row: Row): ReplenishmentView {
  const { method, pattern, historyDays, censoredDays, promotionDays } = row.facts.forecast
  return {
    ...wordOf(row),
    skuId: row.sku_id,
    warehouseId: row.warehouse_id,
    category: row.category,
    supplierId: row.supplier_id,
    safetyUnits: row.safety_units,
    reorderPoint: row.reorder_point,
    orderUpTo: row.order_up_to,
    suggestedUnits: row.suggested_units,
    transferUnits: row.transfer_units,
    purchaseUnits: row.purchase_units,
    purchaseCents: row.purchase_units * row.unit_cost_cents,
    excessUnits: row.excess_units,
    stock: row.facts.stock,
    forecast: { method, pattern, historyDays, censoredDays, promotionDays },
    reason: reasonOf(row),
    day: row.on_day,
    runId: row.run_id,
    policyVersion: row.policy_version,
    updatedAt: row.updated_at.toISOString(),
  }
}

/** A row of a sheet. */
function exportedOf({ leadTime, stock, forecast, reason, ...view }: ReplenishmentView) {
  return {
    ...view,
    ...stock,
    leadTimeDays: leadTime.days,
    leadTimeSource: leadTime.source,
    method: forecast.method,
    reasonZh: reason.zh,
    reasonEn: reason.en,
  }
}
