import { type RawBuilder, sql } from 'kysely'
import { PREPARED, type Tx } from './database.ts'
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

/** Which operation moved the units, and in whose name. */
export type MovedBy = { operationId: string; operator: string }

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
  await stockLock(skuIds, warehouseId).execute(tx)
}

/** The same as a statement, for `together`. */
export function stockLock(skuIds: readonly string[], warehouseId?: string): RawBuilder<unknown> {
  const within = warehouseId === undefined ? sql`true` : sql`warehouse_id = ${warehouseId}`
  return sql`${PREPARED}
    select 1 from stock_level where sku_id = any(${[...new Set(skuIds)]}::text[]) and ${within}
    order by sku_id, warehouse_id for update`
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
  context: MovedBy & { physical: boolean },
): Promise<Shortfall[]> {
  const { operationId, operator, physical } = context
  return applyMovements(
    tx,
    movements.map((movement) => ({ ...movement, operationId, operator })),
    physical,
  )
}

/** The same for movements of several operations at once. No physical fact: a shortfall can only fall. */
export async function moveReserved(tx: Tx, movements: (StockMovement & MovedBy)[]): Promise<void> {
  await applyMovements(tx, movements, false)
}

/** Columns travel as arrays: a group moves more levels than a statement may have parameters. */
async function applyMovements(
  tx: Tx,
  movements: (StockMovement & MovedBy)[],
  physical: boolean,
): Promise<Shortfall[]> {
  if (movements.length === 0) return []
  const column = <Value>(value: (movement: StockMovement & MovedBy) => Value) => movements.map(value)
  const { rows } = await sql<ChangedLevel>`${PREPARED}
    with movement as (
      select * from unnest(${column((movement) => movement.skuId)}::text[],
        ${column((movement) => movement.warehouseId)}::text[], ${column((movement) => movement.kind)}::text[],
        ${column((movement) => movement.totalDelta ?? 0)}::int[],
        ${column((movement) => movement.shippedDelta ?? 0)}::int[],
        ${column((movement) => movement.reservedDelta ?? 0)}::int[],
        ${column((movement) => movement.operationId)}::text[], ${column((movement) => movement.operator)}::text[],
        ${column((movement) => movement.orderId ?? null)}::uuid[],
        ${column((movement) => movement.reason ?? null)}::text[])
        with ordinality as movement (sku_id, warehouse_id, kind, total, shipped, reserved, operation_id, operator,
          order_id, reason, place)
    ), ${changedLevels(physical)}`.execute(tx)
  return rows
    .filter((row) => row.after > row.before)
    .map((row) => ({
      skuId: row.sku_id,
      warehouseId: row.warehouse_id,
      shortfall: row.after,
      raisedBy: row.after - row.before,
    }))
}

/** A level that a statement has changed, with its shortfall before and after. */
type ChangedLevel = { sku_id: string; warehouse_id: string; before: number; after: number }

/**
 * The end of a statement that begins with a CTE `movement` (sku_id, warehouse_id, kind, total, shipped, reserved,
 * operation_id, operator, order_id, reason, place): counters and ledger change together, and the changed levels come
 * back. A change of the shortfall is written on the level's last movement, so that the ledger rebuilds every counter. The
 * statement fails if a level that is to change does not exist.
 */
function changedLevels(physical: boolean): RawBuilder<ChangedLevel> {
  return sql`change as (
      select sku_id, warehouse_id, sum(total)::int as total, sum(shipped)::int as shipped,
        sum(reserved)::int as reserved, max(place) as last
      from movement group by sku_id, warehouse_id
    ), changed as (
      update stock_level as level set
        total = level.total + change.total,
        shipped = level.shipped + change.shipped,
        reserved = level.reserved + change.reserved,
        shortfall = least(
          case when ${physical} then null else level.shortfall end,
          greatest(0, level.shipped + change.shipped + level.reserved + change.reserved - level.total - change.total)),
        updated_at = now()
      from change
      where level.sku_id = change.sku_id and level.warehouse_id = change.warehouse_id
      returning level.sku_id, level.warehouse_id, change.last, old.shortfall as before, new.shortfall as after
    ), written as (
      insert into stock_ledger (sku_id, warehouse_id, kind, total_delta, shipped_delta, reserved_delta,
        shortfall_delta, operation_id, order_id, operator, reason)
      select sku_id, warehouse_id, kind, total, shipped, reserved, case when place = last then after - before else 0 end,
        operation_id, order_id, operator, reason
      from movement join changed using (sku_id, warehouse_id) order by place
    )
    select sku_id, warehouse_id, before, after from changed
    union all select null, null, null, null
    where (select count(*) from change) <> (select count(*) from changed)
      and refuse('a movement names a stock level that does not exist')`
}
