import { sql } from 'kysely'
import type { Db, Tx } from './database.ts'
import type { Shortfall } from './stock-movement.ts'
import { openWorkItem } from './work-items.ts'

/** An order that holds units of a level, in the order in which holders lose them: newest unpaid first. */
export type OrderAtRisk = {
  orderId: string
  quantity: number
  isPaid: boolean
  createdAt: Date
  /** Whether this order is among those whose units make up the shortfall. */
  isShort: boolean
}

/** More holders than anybody reads; a level that is sold this often has other troubles. */
const ORDERS_SHOWN = 100
/** Named in the work item itself, where room is short. */
const ORDERS_NAMED = 5

/** Each level that has fewer units than are promised becomes a work item that names the orders at risk. */
export async function raiseShortfalls(tx: Tx, shortfalls: readonly Shortfall[]): Promise<void> {
  for (const { skuId, warehouseId, shortfall } of shortfalls) {
    const orders = (await ordersAtRisk(tx, skuId, warehouseId)).filter((order) => order.isShort)
    const named = orders.slice(0, ORDERS_NAMED).map((order) => order.orderId)
    await openWorkItem(tx, {
      kind: 'stock_shortfall',
      key: `${skuId}/${warehouseId}`,
      orderId: null,
      detail: {
        skuId,
        warehouseId,
        shortfall,
        ordersShort: orders.length,
        orders: `${named.join(' ')}${orders.length > named.length ? ' …' : ''}`,
      },
    })
  }
}

/** The orders that hold units of a level now, newest unpaid first, then newest paid. */
export async function ordersAtRisk(db: Db | Tx, skuId: string, warehouseId: string): Promise<OrderAtRisk[]> {
  const { rows } = await sql<OrderAtRisk>`
    with holder as (
      select hold.order_id, sum(hold.quantity)::int as quantity, bool_and(hold.state = 'confirmed') as is_paid,
        min(orders.created_at) as created_at
      from reservation as hold join orders on orders.id = hold.order_id
      where hold.sku_id = ${skuId} and hold.warehouse_id = ${warehouseId}
        and (hold.state = 'confirmed' or (hold.state = 'held' and hold.expires_at > statement_timestamp()))
      group by hold.order_id
    ), ranked as (
      select holder.*, sum(quantity) over (order by is_paid, created_at desc, order_id desc
        rows between unbounded preceding and current row) - quantity as before
      from holder
    )
    select order_id::text as "orderId", quantity, is_paid as "isPaid", created_at as "createdAt",
      before < coalesce((select shortfall from stock_level where sku_id = ${skuId} and warehouse_id = ${warehouseId}), 0)
        as "isShort"
    from ranked order by is_paid, created_at desc, order_id desc limit ${ORDERS_SHOWN}`.execute(db)
  return rows
}
