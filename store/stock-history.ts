import { sql } from 'kysely'
import { z } from 'zod'
import type {
  ListStockHoldsQuery,
  ListStockLedgerQuery,
  StockHold,
  StockLedgerEntry,
} from '../contracts/stock-history.ts'
import type { Db } from './database.ts'
import { inScope, type Scope } from './identity.ts'
import { beyond, exact, Keyset, type Page, timeAndUuid } from './paging.ts'
import type { StockMovementKind } from './schema.ts'

type LedgerRow = {
  id: number
  warehouse_id: string
  kind: StockMovementKind
  total_delta: number
  shipped_delta: number
  reserved_delta: number
  shortfall_delta: number
  order_id: string | null
  operator: string
  reason: string | null
  recorded_at: Date
}
const place = z.tuple([z.int()])

/**
 * One page of what moved a SKU's levels. Each warehouse's part is read by the index of its level, as many rows as the page has, and
 * the parts are merged: a hot SKU's ledger is never read whole.
 */
export async function listStockLedger(
  db: Db,
  skuId: string,
  query: ListStockLedgerQuery,
  scope: Scope,
): Promise<Page<StockLedgerEntry>> {
  const keyset = new Keyset(`stock-ledger ${skuId}`, query, place)
  const after = keyset.after(query.cursor)?.[0] ?? null
  const [direction, comparison] = query.sort === 'newest' ? [sql`desc`, sql`<`] : [sql`asc`, sql`>`]
  const { rows } = await sql<LedgerRow>`
    select entry.id, entry.warehouse_id, entry.kind, entry.total_delta, entry.shipped_delta, entry.reserved_delta,
      entry.shortfall_delta, entry.operator, entry.reason, entry.recorded_at,
      case when ${inScope(scope, 'orders.store_id')} then entry.order_id end as order_id
    from (select warehouse_id from stock_level where sku_id = ${skuId}
        and (${query.warehouseId ?? null}::text is null or warehouse_id = ${query.warehouseId ?? null})) as level
      cross join lateral (
        select * from stock_ledger
        where sku_id = ${skuId} and warehouse_id = level.warehouse_id
          and ${after === null ? sql`true` : sql`id ${comparison} ${after}`}
          and ${physicalOnly(query.physical)}
        order by id ${direction} limit ${query.limit + 1}
      ) as entry
      left join orders on orders.id = entry.order_id
    order by entry.id ${direction} limit ${query.limit + 1}`.execute(db)
  return keyset.page(rows, query.limit, (row) => [row.id], entryOf)
}

/** In the words of the index that has only such rows. */
function physicalOnly(physical: boolean | undefined) {
  if (physical === undefined) return sql`true`
  return physical
    ? sql`(total_delta <> 0 or shipped_delta <> 0)`
    : sql`not (total_delta <> 0 or shipped_delta <> 0)`
}

function entryOf(row: LedgerRow): StockLedgerEntry {
  return {
    entryId: row.id,
    warehouseId: row.warehouse_id,
    kind: row.kind,
    totalDelta: row.total_delta,
    shippedDelta: row.shipped_delta,
    reservedDelta: row.reserved_delta,
    shortfallDelta: row.shortfall_delta,
    orderId: row.order_id,
    operator: row.operator,
    reason: row.reason,
    recordedAt: row.recorded_at.toISOString(),
  }
}

type HoldRow = {
  id: string
  warehouse_id: string
  quantity: number
  state: 'held' | 'confirmed'
  owner_kind: StockHold['heldFor']
  order_id: string | null
  expires_at: Date
  created_at: Date
  at: string
}

/** One page of a SKU's live holds. */
export async function listStockHolds(
  db: Db,
  skuId: string,
  query: ListStockHoldsQuery,
  scope: Scope,
): Promise<Page<StockHold>> {
  const keyset = new Keyset(`stock-holds ${skuId}`, query, timeAndUuid)
  const direction = query.sort === 'newest' ? sql`desc` : sql`asc`
  const { warehouseId = null, state = null } = query
  const { rows } = await sql<HoldRow>`
    select hold.id, hold.warehouse_id, quantity, hold.state, owner_kind, expires_at, hold.created_at,
      ${exact('hold.created_at')} as at,
      case when ${inScope(scope, 'orders.store_id')} then hold.order_id end as order_id
    from reservation as hold left join orders on orders.id = hold.order_id
    where hold.sku_id = ${skuId} and (hold.state = 'held' or hold.state = 'confirmed')
      and (${warehouseId}::text is null or hold.warehouse_id = ${warehouseId})
      and (${state}::text is null or hold.state = ${state})
      and ${beyond(['hold.created_at', 'hold.id'], query.sort, keyset.after(query.cursor))}
    order by hold.created_at ${direction}, hold.id ${direction} limit ${query.limit + 1}`.execute(db)
  return keyset.page(rows, query.limit, (row) => [row.at, row.id], holdOf)
}

function holdOf(row: HoldRow): StockHold {
  const endsByItself = row.owner_kind === 'order_line' && row.state === 'held'
  return {
    holdId: row.id,
    warehouseId: row.warehouse_id,
    quantity: row.quantity,
    state: row.state,
    heldFor: row.owner_kind,
    orderId: row.order_id,
    expiresAt: endsByItself ? row.expires_at.toISOString() : null,
    createdAt: row.created_at.toISOString(),
  }
}
