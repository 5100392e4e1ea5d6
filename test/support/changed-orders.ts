import { sql } from 'kysely'
import { expect } from 'vitest'
import { compareWithErp, type HubAmount } from '../../simulator/erp/compare.ts'
import type { ErpLedger } from '../../simulator/erp/ledger.ts'
import type { Db } from '../../store/database.ts'

/** What an order holds of each SKU, in units. */
async function unitsHeld(db: Db, orderId: string): Promise<Record<string, number>> {
  const { rows } = await sql<{ sku: string; units: number }>`
    select sku_id as sku, sum(quantity)::int as units from reservation
    where order_id = ${orderId} and state in ('held', 'confirmed') group by 1 order by 1`.execute(db)
  return Object.fromEntries(rows.map(({ sku, units }) => [sku, units]))
}

/** What an order's lines say that has not left yet and can be supplied, in units by SKU. */
async function unitsWanted(db: Db, orderId: string): Promise<Record<string, number>> {
  const { rows } = await sql<{ sku: string; units: number }>`
    select sku, sum(units)::int as units from (
      select sku_id as sku, quantity as units from order_line where order_id = ${orderId}
      union all
      select line ->> 'skuId', -(line ->> 'quantity')::int from pick_task, jsonb_array_elements(lines) as line
      where order_id = ${orderId} and state = 'packed'
      union all
      select line ->> 'skuId', -unfillable.value::int
      from order_snapshot, jsonb_each_text(state -> 'unfillable') as unfillable,
        jsonb_array_elements(state -> 'placed' -> 'lines') as line
      where order_id = ${orderId} and line ->> 'lineNumber' = unfillable.key
    ) as parts group by 1 having sum(units) <> 0 order by 1`.execute(db)
  return Object.fromEntries(rows.map(({ sku, units }) => [sku, units]))
}

/** Money for goods that stayed sold, and for units that nobody could supply. */
async function givenBackCents(db: Db, orderId: string): Promise<number> {
  const { rows } = await sql<{ cents: number }>`
    select coalesce(sum(amount_cents), 0)::int as cents from refund
    where order_id = ${orderId} and reason in ('allowance', 'short_picked')`.execute(db)
  return rows[0]?.cents ?? 0
}

/**
 * What holds of every paid order that nobody is about to change: its holds are its lines, and what was paid less what
 * goes back is what is due less what is still to be paid. One that ended before it left holds and keeps nothing.
 */
export async function expectStockAndMoney(db: Db, orderId: string): Promise<void> {
  const order = await db.selectFrom('orders').selectAll().where('id', '=', orderId).executeTakeFirstOrThrow()
  const isOff = order.status === 'cancelled' || order.status === 'expired'
  const units = isOff ? {} : await unitsWanted(db, orderId)
  const cents = isOff ? 0 : order.amount_cents - order.supplement_cents - (await givenBackCents(db, orderId))
  const held = await unitsHeld(db, orderId)
  expect({ orderId, units: held, cents: order.paid_cents - order.refunded_cents }).toEqual({
    ...{ orderId, units, cents },
  })
}

/** Whatever the ERP was told of changes: each order is worth there what it is worth here. */
export async function expectErpAgrees(db: Db, ledger: ErpLedger, orders: HubAmount[]): Promise<void> {
  const rows = await db
    .selectFrom('orders')
    .select(['id', 'paid_cents', 'refunded_cents', 'supplement_cents'])
    .where(
      'id',
      'in',
      orders.map((order) => order.orderId),
    )
    .execute()
  const now = new Map(rows.map((row) => [row.id, row.paid_cents - row.refunded_cents + row.supplement_cents]))
  const amounts = orders.map((order) => ({ ...order, amountCents: now.get(order.orderId) ?? 0 }))
  expect(compareWithErp(amounts, ledger)).toEqual([])
}
