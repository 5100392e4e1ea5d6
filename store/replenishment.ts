import { sql } from 'kysely'
import type {
  KeptForecast,
  LeadTime,
  Replenishment,
  ReplenishmentFacts,
  SharedNeed,
} from '../domain/replenishment.ts'
import { replenishmentReason, type Sentence } from '../domain/replenishment-text.ts'
import { type Db, jsonTexts, type Tx } from './database.ts'

/** What a row says in short. */
export type WordRow = {
  per_day: number
  growth_percent: number | null
  cover_days: number | null
  lead_time_days: number
  lead_time_deviation_days: number
  lead_time_source: LeadTime['source']
  facts: ReplenishmentFacts
}

/** The same in the domain's words. */
export function wordOf(
  row: WordRow,
): Pick<Replenishment, 'perDay' | 'growthPercent' | 'coverDays' | 'leadTime'> {
  const { lead_time_days: days, lead_time_deviation_days: deviationDays, lead_time_source: source } = row
  return {
    perDay: row.per_day,
    growthPercent: row.growth_percent,
    coverDays: row.cover_days,
    leadTime: { days, deviationDays, source },
  }
}

/** And in people's. */
export function reasonOf(row: WordRow): Sentence {
  return replenishmentReason(row.facts, wordOf(row))
}

/** SKUs after an id that were ever in a warehouse and are sold, in id order. */
export async function nextSkus(db: Db, afterSkuId: string, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from sku where id > ${afterSkuId} and active
      and exists (select 1 from demand_level where demand_level.sku_id = sku.id)
    order by id limit ${limit}`.execute(db)
  return rows.map((row) => row.id)
}

/** What is known of a level besides its demand. */
export type LevelSituation = {
  skuId: string
  warehouseId: string
  stock: ReplenishmentFacts['stock']
  supply: ReplenishmentFacts['supply']
  previous: KeptForecast | null
}

/** The levels of these SKUs in warehouses that are in use. Stock that is promised and missing counts as below zero. */
export async function readSituations(db: Db, skuIds: readonly string[]): Promise<LevelSituation[]> {
  const { rows } = await sql<{
    sku_id: string
    warehouse_id: string
    available: number
    in_transit: number
    on_order: number
    category: string
    supplier_id: string | null
    pack_units: number
    minimum_units: number
    unit_cost_cents: number
    facts: ReplenishmentFacts | null
    tried_on: string | null
  }>`
    select level.sku_id, level.warehouse_id, level.total - level.shipped - level.reserved as available,
      coalesce(moving.quantity, 0) as in_transit, coalesce(ordered.quantity, 0) as on_order, sku.category, supply.supplier_id,
      coalesce(supply.pack_units, 1) as pack_units, coalesce(supply.minimum_units, 1) as minimum_units,
      coalesce(supply.unit_cost_cents, sku.standard_price_cents) as unit_cost_cents,
      before.facts, before.tried_on::text
    from stock_level as level
      join sku on sku.id = level.sku_id
      join warehouse on warehouse.id = level.warehouse_id and warehouse.active
      left join sku_supply as supply on supply.sku_id = level.sku_id
      left join lateral (
        select sum(greatest(0, quantity - (select coalesce(sum(received + lost + returned), 0) from transfer_leg
          where transfer_id = transfer.id)))::int as quantity
        from transfer
        where sku_id = level.sku_id and destination_id = level.warehouse_id and closed_at is null and not called_back
      ) as moving on true
      left join lateral (
        select sum(units - received_units)::int as quantity from purchase_line
        where sku_id = level.sku_id and warehouse_id = level.warehouse_id and is_open
      ) as ordered on true
      left join replenishment as before on before.sku_id = level.sku_id and before.warehouse_id = level.warehouse_id
    where level.sku_id = any(${[...skuIds]}::text[])
    order by level.sku_id, level.warehouse_id`.execute(db)
  return rows.map((row) => ({
    skuId: row.sku_id,
    warehouseId: row.warehouse_id,
    stock: { available: row.available, inTransit: row.in_transit, onOrder: row.on_order },
    supply: {
      category: row.category,
      supplierId: row.supplier_id,
      packUnits: row.pack_units,
      minimumUnits: row.minimum_units,
      unitCostCents: row.unit_cost_cents,
    },
    previous: row.facts && { forecast: row.facts.forecast, triedOn: row.tried_on },
  }))
}

/** So many of the newest receipts say how long a supplier takes now. */
const MEASURED_RECEIPTS = 20

/** Lead times of the newest receipts in days, by SKU: its own, or those of its supplier where it has fewer than needed. */
export async function readLeadTimes(
  db: Db,
  skuIds: readonly string[],
  minimumReceipts: number,
): Promise<Map<string, number[]>> {
  const { rows } = await sql<{ sku_id: string; own: number[]; of_supplier: number[] }>`
    select supply.sku_id,
      array(select lead_days from purchase_receipt as receipt
        where receipt.sku_id = supply.sku_id and receipt.supplier_id = supply.supplier_id
        order by received_at desc limit ${MEASURED_RECEIPTS}) as own,
      array(select lead_days from purchase_receipt as receipt where receipt.supplier_id = supply.supplier_id
        order by received_at desc limit ${MEASURED_RECEIPTS}) as of_supplier
    from sku_supply as supply where supply.sku_id = any(${[...skuIds]}::text[])`.execute(db)
  return new Map(
    rows.map(({ sku_id, own, of_supplier }) => [sku_id, own.length >= minimumReceipts ? own : of_supplier]),
  )
}

/** The word of one night on one level. */
export type ReplenishmentRow = {
  skuId: string
  warehouseId: string
  facts: ReplenishmentFacts
  triedOn: string | null
  result: Replenishment
  shared: Pick<SharedNeed, 'transferUnits' | 'purchaseUnits'>
}

/** Writes a night's word on levels in place of the one before. */
export async function writeReplenishment(
  tx: Tx,
  rows: readonly ReplenishmentRow[],
  run: { id: string; day: string; policyVersion: number },
): Promise<void> {
  if (rows.length === 0) return
  const column = <Value>(value: (row: ReplenishmentRow) => Value) => rows.map(value)
  await sql`
    insert into replenishment (run_id, day, policy_version, updated_at, sku_id, warehouse_id, category, supplier_id, facts,
      tried_on, per_day, growth_percent, lead_time_days, lead_time_deviation_days, lead_time_source, safety_units,
      reorder_point, order_up_to, cover_days, suggested_units, transfer_units, purchase_units, excess_units, unit_cost_cents)
    select ${run.id}::uuid, ${run.day}::date, ${run.policyVersion}::int, clock_timestamp(), *
    from unnest(${column((row) => row.skuId)}::text[], ${column((row) => row.warehouseId)}::text[],
      ${column((row) => row.facts.supply.category)}::text[], ${column((row) => row.facts.supply.supplierId)}::text[],
      ${jsonTexts(column((row) => JSON.stringify(row.facts)))}::jsonb[], ${column((row) => row.triedOn)}::date[],
      ${column((row) => row.result.perDay)}::float8[], ${column((row) => row.result.growthPercent)}::float8[],
      ${column((row) => row.result.leadTime.days)}::float8[],
      ${column((row) => row.result.leadTime.deviationDays)}::float8[],
      ${column((row) => row.result.leadTime.source)}::text[], ${column((row) => row.result.safetyUnits)}::int[],
      ${column((row) => row.result.reorderPoint)}::int[], ${column((row) => row.result.orderUpTo)}::int[],
      ${column((row) => row.result.coverDays)}::float8[], ${column((row) => row.result.suggestedUnits)}::int[],
      ${column((row) => row.shared.transferUnits)}::int[], ${column((row) => row.shared.purchaseUnits)}::int[],
      ${column((row) => row.result.excessUnits)}::int[],
      ${column((row) => row.facts.supply.unitCostCents)}::bigint[])
    on conflict (sku_id, warehouse_id) do update set run_id = excluded.run_id, day = excluded.day,
      policy_version = excluded.policy_version, category = excluded.category, supplier_id = excluded.supplier_id,
      facts = excluded.facts, tried_on = excluded.tried_on, per_day = excluded.per_day,
      growth_percent = excluded.growth_percent, lead_time_days = excluded.lead_time_days,
      lead_time_deviation_days = excluded.lead_time_deviation_days, lead_time_source = excluded.lead_time_source,
      safety_units = excluded.safety_units, reorder_point = excluded.reorder_point, order_up_to = excluded.order_up_to,
      cover_days = excluded.cover_days, suggested_units = excluded.suggested_units,
      transfer_units = excluded.transfer_units, purchase_units = excluded.purchase_units,
      excess_units = excluded.excess_units, unit_cost_cents = excluded.unit_cost_cents, updated_at = excluded.updated_at`.execute(
    tx,
  )
}
