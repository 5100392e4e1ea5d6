import { sql } from 'kysely'
import type { Db } from './database.ts'
import { openWorkItem, resolveOtherWorkItems } from './work-items.ts'

/** Far above the presales that a hub runs at once. */
const PRESALES_AT_MOST = 1_000

/**
 * Raises presales whose goods lie in stock while orders that have paid wait for them: the one that has waited longest
 * could be served from the free units of one warehouse. Work items of presales that this is no longer true of are closed.
 *
 * @returns how many there are
 */
export async function raisePresaleGoodsInStock(db: Db): Promise<number> {
  const { rows } = await sql<{
    presaleId: string
    skuId: string
    warehouseId: string
    free: number
    waiting: number
  }>`
    select presale.id as "presaleId", sku_id as "skuId", best.warehouse_id as "warehouseId", best.free, waiting
    from presale cross join lateral (
      select quantity - served as units from presale_hold
      where presale_id = presale.id and state = 'waiting' order by paid_at, created_at limit 1
    ) as first cross join lateral (
      select warehouse_id, total - shipped - reserved as free
      from stock_level as level join warehouse on warehouse.id = level.warehouse_id and warehouse.active
      where level.sku_id = presale.sku_id order by total - shipped - reserved desc, warehouse_id limit 1
    ) as best
    where waiting > 0 and best.free >= first.units order by presale.id limit ${PRESALES_AT_MOST}`.execute(db)
  const kind = 'presale_goods_in_stock'
  await resolveOtherWorkItems(db, {
    kind,
    stillOpen: rows.map((row) => row.presaleId),
    resolution: 'no order waits for units that are free',
  })
  for (const detail of rows) await openWorkItem(db, { kind, key: detail.presaleId, orderId: null, detail })
  return rows.length
}
