import { sql } from 'kysely'
import type { Tx } from './database.ts'
import type { StockMovementKind } from './schema.ts'

/** One movement of units on one (sku, warehouse). Deltas that are left out are 0. */
export type StockMovement = {
  kind: StockMovementKind
  skuId: string
  warehouseId: string
  totalDelta?: number
  shippedDelta?: number
  reservedDelta?: number
  orderId?: string | null
  reason?: string | null
}

/** How many units more than before are promised but do not exist, after a physical fact. */
export type Shortfall = { skuId: string; warehouseId: string; shortfall: number; raisedBy: number }

/**
 * Locks the stock rows of the given SKUs, always in (sku, warehouse) order and in one statement, so that two
 * transactions over the same SKUs queue up instead of blocking each other. Every path takes these locks before it
 * touches a hold. Read levels in the *next* statement: this one's snapshot is older than the locks.
 *
 * @param warehouseId locks this warehouse's rows only, for what touches no other
 */
export async function lockStock(tx: Tx, skuIds: readonly string[], warehouseId?: string): Promise<void> {
  const within = warehouseId === undefined ? sql`true` : sql`warehouse_id = ${warehouseId}`
  await sql`
    select 1 from stock_level where sku_id = any(${[...new Set(skuIds)]}::text[]) and ${within}
    order by sku_id, warehouse_id for update`.execute(tx)
}

/**
 * Applies movements to the counters and writes the ledger, one row a movement. Rows must be locked already.
 *
 * A shortfall is raised by a physical fact only (`physical`); every other change may only lower it. A change that
 * would need more is refused by the table's own constraint.
 *
 * @returns levels whose shortfall grew; the caller owes each a work item
 */
export async function moveStock(
  tx: Tx,
  movements: StockMovement[],
  context: { operationId: string; operator: string; physical: boolean },
): Promise<Shortfall[]> {
  if (movements.length === 0) return []
  const net = sumByLevel(movements)
  const columns = {
    sku: net.map((level) => level.skuId),
    warehouse: net.map((level) => level.warehouseId),
    total: net.map((level) => level.totalDelta),
    shipped: net.map((level) => level.shippedDelta),
    reserved: net.map((level) => level.reservedDelta),
  }
  const { rows } = await sql<{ sku_id: string; warehouse_id: string; before: number; after: number }>`
    update stock_level as level set
      total = level.total + change.total,
      shipped = level.shipped + change.shipped,
      reserved = level.reserved + change.reserved,
      shortfall = case when ${context.physical} then needed.shortfall else least(level.shortfall, needed.shortfall) end,
      updated_at = now()
    from unnest(${columns.sku}::text[], ${columns.warehouse}::text[], ${columns.total}::int[], ${columns.shipped}::int[],
      ${columns.reserved}::int[]) as change (sku_id, warehouse_id, total, shipped, reserved)
    cross join lateral (
      select greatest(0, stock.shipped + change.shipped + stock.reserved + change.reserved - stock.total - change.total)
        as shortfall
      from stock_level as stock where stock.sku_id = change.sku_id and stock.warehouse_id = change.warehouse_id
    ) as needed
    where level.sku_id = change.sku_id and level.warehouse_id = change.warehouse_id
    returning level.sku_id, level.warehouse_id, old.shortfall as before, new.shortfall as after`.execute(tx)
  if (rows.length !== net.length) throw new Error('a movement names a stock level that does not exist')
  await writeLedger(tx, movements, rows, context)
  return rows
    .filter((row) => row.after > row.before)
    .map((row) => ({
      skuId: row.sku_id,
      warehouseId: row.warehouse_id,
      shortfall: row.after,
      raisedBy: row.after - row.before,
    }))
}

function sumByLevel(movements: StockMovement[]) {
  const byLevel = new Map<
    string,
    Required<Pick<StockMovement, 'skuId' | 'warehouseId' | 'totalDelta' | 'shippedDelta' | 'reservedDelta'>>
  >()
  for (const { skuId, warehouseId, totalDelta = 0, shippedDelta = 0, reservedDelta = 0 } of movements) {
    const key = `${skuId} ${warehouseId}`
    const level = byLevel.get(key) ?? { skuId, warehouseId, totalDelta: 0, shippedDelta: 0, reservedDelta: 0 }
    level.totalDelta += totalDelta
    level.shippedDelta += shippedDelta
    level.reservedDelta += reservedDelta
    byLevel.set(key, level)
  }
  return [...byLevel.values()]
}

/**
 * A change of the shortfall is written on the level's last movement, so that the ledger rebuilds every counter. The
 * columns travel as arrays: an import moves more levels than a statement may have parameters.
 */
async function writeLedger(
  tx: Tx,
  movements: StockMovement[],
  changed: { sku_id: string; warehouse_id: string; before: number; after: number }[],
  context: { operationId: string; operator: string },
): Promise<void> {
  const shortfalls = new Map(
    changed.map((row) => [`${row.sku_id} ${row.warehouse_id}`, row.after - row.before]),
  )
  const shortfallDeltas = movements
    .toReversed()
    .map((movement) => {
      const key = `${movement.skuId} ${movement.warehouseId}`
      const delta = shortfalls.get(key) ?? 0
      shortfalls.delete(key)
      return delta
    })
    .toReversed()
  const column = <Value>(value: (movement: StockMovement) => Value) => movements.map(value)
  await sql`
    insert into stock_ledger (sku_id, warehouse_id, kind, total_delta, shipped_delta, reserved_delta, shortfall_delta,
      operation_id, order_id, operator, reason)
    select sku_id, warehouse_id, kind, total, shipped, reserved, shortfall, ${context.operationId}, order_id,
      ${context.operator}, reason
    from unnest(${column((movement) => movement.skuId)}::text[], ${column((movement) => movement.warehouseId)}::text[],
      ${column((movement) => movement.kind)}::text[], ${column((movement) => movement.totalDelta ?? 0)}::int[],
      ${column((movement) => movement.shippedDelta ?? 0)}::int[],
      ${column((movement) => movement.reservedDelta ?? 0)}::int[], ${shortfallDeltas}::int[],
      ${column((movement) => movement.orderId ?? null)}::uuid[], ${column((movement) => movement.reason ?? null)}::text[])
      with ordinality as moved (sku_id, warehouse_id, kind, total, shipped, reserved, shortfall, order_id, reason, place)
    order by place`.execute(tx)
}
