import { sql } from 'kysely'
import type { OrderPlaced } from '../domain/order.ts'
import { orderedLines } from '../domain/order-money.ts'
import { placeOf } from '../domain/place.ts'
import type { Db, Tx } from './database.ts'
import { appendInbox } from './inbox.ts'
import { markListingsDue } from './listing-due.ts'
import { reserve } from './reservation.ts'
import { openWorkItem, resolveOpenWorkItem } from './work-items.ts'

/**
 * Orders of channels that wait for stock. A platform has sold the goods already, so its order is never refused; it
 * reserves nothing and waits here, is served oldest-paid-first, and lowers what every store shows meanwhile.
 *
 * Locks: the order's row, then its row here, then stock.
 */

/** Puts an order into the queue. Again, after a payment that found nothing left: once more. */
export async function awaitStock(
  tx: Tx,
  wait: Pick<OrderPlaced, 'orderId' | 'lines' | 'placedAt'> & { paidAt: string | null; holdUntil: Date },
): Promise<void> {
  const { orderId, lines, placedAt, paidAt, holdUntil } = wait
  await sql`
    insert into stock_wait (order_id, paid_at, placed_at, hold_until)
    values (${orderId}, ${paidAt}::timestamptz, ${placedAt}::timestamptz, ${holdUntil})
    on conflict (order_id) do update set state = 'waiting', settled_at = null,
      paid_at = coalesce(excluded.paid_at, stock_wait.paid_at)`.execute(tx)
  await sql`
    insert into stock_wait_line (order_id, sku_id, quantity)
    select ${orderId}::uuid, sku_id, sum(quantity) from unnest(${lines.map((line) => line.skuId)}::text[],
      ${lines.map((line) => line.quantity)}::int[]) as line (sku_id, quantity) group by sku_id
    on conflict (order_id, sku_id) do update set waiting = true`.execute(tx)
  await openWorkItem(tx, {
    kind: 'awaiting_stock',
    key: orderId,
    orderId,
    detail: {
      lines: lines
        .map((line) => `${line.skuId} ×${line.quantity}`)
        .join(', ')
        .slice(0, 500),
    },
  })
  await markListingsDue(
    tx,
    lines.map((line) => line.skuId),
    0,
  )
}

/** The customer has paid, by the platform's clock: from now on the order is served by that moment. */
export async function notePaidWhileWaiting(tx: Tx, orderId: string, paidAt: string): Promise<void> {
  await sql`
    update stock_wait set paid_at = ${paidAt}::timestamptz
    where order_id = ${orderId} and state = 'waiting' and paid_at is null`.execute(tx)
}

/** Ends the wait of an order that is cancelled or served. Returns whether it was waiting. */
export async function endStockWait(tx: Tx, orderId: string, state: 'served' | 'ended'): Promise<boolean> {
  const { rows } = await sql<{ sku_id: string }>`
    with ended as (
      update stock_wait set state = ${state}, settled_at = clock_timestamp()
      where order_id = ${orderId} and state = 'waiting' returning order_id
    )
    update stock_wait_line set waiting = false from ended
    where stock_wait_line.order_id = ended.order_id returning sku_id`.execute(tx)
  if (rows.length === 0) return false
  const resolution = state === 'served' ? 'stock came and was reserved' : 'the order ended'
  await resolveOpenWorkItem(tx, 'awaiting_stock', orderId, resolution)
  await markListingsDue(
    tx,
    rows.map((row) => row.sku_id),
    0,
  )
  return true
}

/**
 * Serves the orders that wait for a SKU, oldest payment first, unpaid ones last, oldest first, until one cannot be
 * served: nobody who paid later overtakes.
 *
 * @param limit orders looked at; as many served as that means that there may be more
 * @returns how many were served
 */
export async function serveWaiting(db: Db, skuId: string, limit: number): Promise<number> {
  const { rows } = await sql<{ orderId: string }>`
    select wait.order_id as "orderId" from stock_wait_line as line join stock_wait as wait using (order_id)
    where line.sku_id = ${skuId} and line.waiting
    order by wait.paid_at nulls last, wait.placed_at, wait.order_id limit ${limit}`.execute(db)
  let served = 0
  for (const { orderId } of rows) {
    const result = await db
      .transaction()
      .execute((tx) => serve(tx, orderId, { partial: false, operator: 'system' }))
    if (result === 'short') break
    if (result === 'served') served += 1
  }
  return served
}

/**
 * Reserves for one waiting order and tells its workflow, in one transaction. With `partial` what there is now, for an
 * order that is paid; the rest is given up.
 *
 * `short`: there is not enough. `gone`: it does not wait any more, or nobody pays for it in time.
 */
export async function serve(
  tx: Tx,
  orderId: string,
  how: { partial: boolean; operator: string },
): Promise<'served' | 'short' | 'gone'> {
  await sql`select 1 from orders where id = ${orderId} for no key update`.execute(tx)
  const { rows } = await sql<{ paid: boolean; inTime: boolean; holdUntil: Date; tries: number }>`
    select paid_at is not null as paid, hold_until > clock_timestamp() as "inTime", hold_until as "holdUntil",
      (select count(*)::int from inbox where order_key = ${orderId} and type = 'stock.granted') as tries
    from stock_wait where order_id = ${orderId} and state = 'waiting' for update`.execute(tx)
  const [wait] = rows
  if (!wait || !(wait.paid || wait.inTime) || (how.partial && !wait.paid)) return 'gone'
  const placed = await placedOrder(tx, orderId)
  const operationId = `${orderId}/stock-granted/${wait.tries + 1}`
  const result = await reserve(tx, {
    orderId,
    channel: placed.channel,
    divisionCode: placed.divisionCode,
    place: placeOf(placed.divisionCode),
    demand: orderedLines(placed),
    expiresAt: wait.holdUntil,
    operationId,
    confirmed: wait.paid,
    operator: how.operator,
    partial: how.partial,
    hasTurn: true,
  })
  if (!result.ok || result.allocations.length === 0) return 'short'
  const givenUp = orderedLines(placed).flatMap(({ lineNumber, quantity }) => {
    const got = result.allocations
      .filter((entry) => entry.lineNumber === lineNumber)
      .reduce((sum, entry) => sum + entry.quantity, 0)
    return got < quantity ? [{ lineNumber, quantity: quantity - got }] : []
  })
  await appendInbox(tx, {
    source: 'stock',
    sourceEventId: operationId,
    type: 'stock.granted',
    orderKey: orderId,
    occurredAt: new Date(),
    body: {
      allocations: result.allocations,
      confirmed: wait.paid,
      expiresAt: wait.holdUntil.toISOString(),
      givenUp,
      operator: how.operator,
    },
    traceParent: null,
  })
  await endStockWait(tx, orderId, 'served')
  return 'served'
}

type WaitingOrder = Pick<OrderPlaced, 'channel' | 'divisionCode' | 'lines'>

async function placedOrder(tx: Tx, orderId: string): Promise<WaitingOrder> {
  const order = await tx
    .selectFrom('orders')
    .select(['channel', 'division_code as divisionCode'])
    .where('id', '=', orderId)
    .executeTakeFirstOrThrow()
  const lines = await tx
    .selectFrom('order_line')
    .select([
      'line_number as lineNumber',
      'sku_id as skuId',
      'quantity',
      'unit_price_cents as unitPriceCents',
    ])
    .where('order_id', '=', orderId)
    .orderBy('line_number')
    .execute()
  return { ...order, lines }
}
