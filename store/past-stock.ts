import { sql } from 'kysely'
import type { AllocationWarehouse, StockLevel } from '../domain/allocation.ts'
import type { OrderWithStock } from '../domain/policy-trials.ts'
import type { Db, Tx } from './database.ts'
import type { PastOrderRow } from './past-orders.ts'
import { liveOrEnded } from './reservation.ts'

/** Every warehouse that is in use. */
export async function readActiveWarehouses(db: Db | Tx): Promise<AllocationWarehouse[]> {
  return db
    .selectFrom('warehouse')
    .select(['id as warehouseId', 'region', 'longitude', 'latitude'])
    .where('active', '=', true)
    .execute()
}

/**
 * Gives past orders the stock that they are planned over again: what is available today, and where that is less, the
 * units that the order itself was given at its checkout, which certainly were there then.
 */
export async function addStock(db: Db | Tx, rows: PastOrderRow[]): Promise<OrderWithStock[]> {
  const warehouses = await readActiveWarehouses(db)
  const levels = await readLevelsOf(db, rows)
  const given = await readGiven(db, rows)
  return rows.map(({ orderId, order }) => {
    const skuIds = [...new Set(order.lines.map((line) => line.skuId))]
    const ofOrder = skuIds.flatMap((skuId) => levels.get(skuId) ?? [])
    return {
      ...order,
      warehouses,
      levels: ofOrder.map((level) => ({
        ...level,
        available: Math.max(
          level.available,
          given.get(`${orderId} ${level.skuId} ${level.warehouseId}`) ?? 0,
        ),
      })),
    }
  })
}

async function readLevelsOf(db: Db | Tx, rows: PastOrderRow[]): Promise<Map<string, StockLevel[]>> {
  const skuIds = [...new Set(rows.flatMap(({ order }) => order.lines.map((line) => line.skuId)))]
  const { rows: levels } = await sql<StockLevel>`
    select level.sku_id as "skuId", level.warehouse_id as "warehouseId", sku.weight_grams as "weightGrams",
      level.safety_stock as "safetyStock", greatest(0, level.total - level.shipped - level.reserved) as available
    from stock_level as level join sku on sku.id = level.sku_id
    where level.sku_id = any(${skuIds}::text[])`.execute(db)
  return new Map(skuIds.map((skuId) => [skuId, levels.filter((level) => level.skuId === skuId)]))
}

async function readGiven(db: Db | Tx, rows: PastOrderRow[]): Promise<Map<string, number>> {
  const orderIds = rows.map(({ orderId }) => orderId)
  const { rows: holds } = await sql<{ key: string; units: number }>`
    select concat_ws(' ', order_id, sku_id, warehouse_id) as key, sum(quantity)::int as units from reservation
    where order_id = any(${orderIds}::uuid[]) and ${liveOrEnded('reservation')} and operation_id = order_id || '/checkout'
    group by order_id, sku_id, warehouse_id`.execute(db)
  return new Map(holds.map(({ key, units }) => [key, units]))
}
