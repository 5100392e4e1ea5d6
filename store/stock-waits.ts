import { sql } from 'kysely'
import type { AllocationShortage } from '../domain/allocation.ts'
import type { OrderPlaced } from '../domain/order.ts'
import { type Place, placeOf } from '../domain/place.ts'
import { customerStandingOf } from './customer-service.ts'
import type { Db, Tx } from './database.ts'
import { appendInbox } from './inbox.ts'
import { markListingsDue } from './listing-due.ts'
import { lockOrder } from './order-lock.ts'
import { turnOfWait } from './owed-units.ts'
import { type ReserveRequest, reserve } from './reservation.ts'
import { openWorkItem, resolveOpenWorkItem } from './work-items.ts'

/**
 * Orders of channels that wait for stock. A platform has sold the goods already, so its order is never refused; it
 * reserves nothing and waits here, is served oldest-paid-first within its customer's priority, and lowers what every store
 * shows meanwhile.
 *
 * Locks: the order's row, then its row here, then stock.
 */

/** Puts an order into the queue. Again, after a payment that found nothing left: once more. */
export async function awaitStock(
  tx: Tx,
  wait: Pick<OrderPlaced, 'orderId' | 'lines' | 'placedAt'> & { paidAt: string | null; holdUntil: Date },
): Promise<void> {
  const { orderId, lines, placedAt, paidAt, holdUntil } = wait
  const { service } = await customerStandingOf(tx, orderId)
  await sql`
    insert into stock_wait (order_id, paid_at, placed_at, hold_until, priority)
    values (${orderId}, ${paidAt}::timestamptz, ${placedAt}::timestamptz, ${holdUntil}, ${service.allocationPriority})
    on conflict (order_id) do update set state = 'waiting', settled_at = null,
      paid_at = coalesce(excluded.paid_at, stock_wait.paid_at)`.execute(tx)
  await sql`
    insert into stock_wait_line (order_id, sku_id, quantity)
    select ${orderId}::uuid, sku_id, sum(quantity) from unnest(${lines.map((line) => line.skuId)}::text[],
      ${lines.map((line) => line.quantity)}::int[]) as line (sku_id, quantity) group by sku_id
    on conflict (order_id, sku_id) do update set waiting = true`.execute(tx)
  await raiseWait(tx, orderId, lines)
  await markListingsDue(
    tx,
    lines.map((line) => line.skuId),
    0,
  )
}

function raiseWait(
  tx: Tx,
  orderId: string,
  lines: readonly { skuId: string; quantity: number }[],
): Promise<void> {
  const missing = lines.map((line) => `${line.skuId} ×${line.quantity}`).join(', ')
  return openWorkItem(tx, {
    kind: 'awaiting_stock',
    key: orderId,
    orderId,
    detail: { lines: missing.slice(0, 500) },
  })
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
 * Serves the orders that wait for a SKU, unpaid ones last, until one cannot be served: those of segments with a higher
 * priority first, among them the oldest payment first, so that nobody of the same priority who paid later overtakes. One
 * whose change is being decided is left out; what is owed to it stays its own.
 *
 * @param limit orders looked at; as many served as that means that there may be more
 * @returns how many were served
 */
export async function serveWaiting(db: Db, skuId: string, limit: number): Promise<number> {
  const { rows } = await sql<{ orderId: string }>`
    select wait.order_id as "orderId" from stock_wait_line as line join stock_wait as wait using (order_id)
    where line.sku_id = ${skuId} and line.waiting and wait.change_id is null
    order by ${turnOfWait('wait')} limit ${limit}`.execute(db)
  let served = 0
  for (const { orderId } of rows) {
    const { result } = await db.transaction().execute((tx) => serve(tx, orderId, { operator: 'system' }))
    if (result === 'short') break
    if (result === 'served') served += 1
  }
  return served
}

/**
 * Takes up the orders that are to be looked at again: those with a reason to be served without new stock are served in the
 * order of their queues, and of those that a person let wait the work item comes back.
 *
 * @returns how many were taken up
 */
export async function takeUpWaiting(db: Db, limit: number): Promise<number> {
  const { rows } = await sql<{ orderId: string; tryAt: string | null; lookAgainAt: string | null }>`
    select order_id as "orderId",
      case when try_at <= statement_timestamp() then try_at::text end as "tryAt",
      case when look_again_at <= statement_timestamp() then look_again_at::text end as "lookAgainAt"
    from stock_wait
    where state = 'waiting' and (try_at is not null or look_again_at is not null)
      and least(try_at, look_again_at) <= statement_timestamp()
    order by least(try_at, look_again_at) limit ${limit}`.execute(db)
  for (const { orderId, tryAt, lookAgainAt } of rows) {
    if (tryAt !== null) await tryAgain(db, orderId, tryAt, limit)
    if (lookAgainAt !== null) await lookAgain(db, orderId, lookAgainAt)
  }
  return rows.length
}

async function tryAgain(db: Db, orderId: string, tryAt: string, limit: number): Promise<void> {
  for (const { skuId } of await waitingLines(db, orderId)) await serveWaiting(db, skuId, limit)
  // Only now: a process that dies before is succeeded by one that tries once more.
  await sql`update stock_wait set try_at = null where order_id = ${orderId} and try_at = ${tryAt}::timestamptz`.execute(
    db,
  )
}

async function lookAgain(db: Db, orderId: string, lookAgainAt: string): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const { rows } = await sql`
      update stock_wait set look_again_at = null
      where order_id = ${orderId} and state = 'waiting' and look_again_at = ${lookAgainAt}::timestamptz
      returning 1`.execute(tx)
    if (rows.length > 0) await raiseWait(tx, orderId, await waitingLines(tx, orderId))
  })
}

function waitingLines(db: Db | Tx, orderId: string): Promise<{ skuId: string; quantity: number }[]> {
  return db
    .selectFrom('stock_wait_line')
    .select(['sku_id as skuId', 'quantity'])
    .where('order_id', '=', orderId)
    .where('waiting', '=', true)
    .orderBy('sku_id')
    .execute()
}

/**
 * Nothing is given to the order while a change of it is decided.
 *
 * @returns false where stock was given to it a moment ago, of which it has not heard
 */
export async function holdStockWait(tx: Tx, orderId: string, changeId: string): Promise<boolean> {
  const { rows } = await sql<{ unheard: boolean }>`
    select stock_wait.state = 'served' and orders.status = 'awaiting_stock' as unheard
    from stock_wait join orders on orders.id = stock_wait.order_id
    where order_id = ${orderId} for update of stock_wait`.execute(tx)
  const [wait] = rows
  if (!wait) return true
  if (wait.unheard) return false
  await sql`
    update stock_wait set change_id = ${changeId} where order_id = ${orderId} and state = 'waiting'`.execute(
    tx,
  )
  return true
}

/** The change is decided: whatever it made of the order, it is tried again at once. */
export async function resumeStockWait(tx: Tx, orderId: string): Promise<void> {
  await sql`
    update stock_wait set change_id = null, try_at = clock_timestamp()
    where order_id = ${orderId} and change_id is not null`.execute(tx)
}

/** What an order waits for is what it sells now: units of it were given up. */
export async function shrinkStockWait(tx: Tx, orderId: string): Promise<void> {
  const { rows } = await sql<{ skuId: string }>`
    update stock_wait_line as line
    set waiting = wanted.quantity is not null, quantity = coalesce(wanted.quantity, line.quantity)
    from stock_wait as wait, stock_wait_line as old left join (
      select sku_id, sum(quantity)::int as quantity from order_line
      where order_id = ${orderId} and quantity > 0 group by sku_id) as wanted using (sku_id)
    where wait.order_id = ${orderId} and wait.state = 'waiting' and old.order_id = wait.order_id
      and line.order_id = old.order_id and line.sku_id = old.sku_id and line.waiting
      and line.quantity is distinct from wanted.quantity
    returning line.sku_id as "skuId"`.execute(tx)
  await markListingsDue(
    tx,
    rows.map((row) => row.skuId),
    0,
  )
}

/** `on-hold`: a change of it is being decided. `gone`: it does not wait any more, or nobody pays for it in time. */
export type Served =
  | { result: 'served' | 'on-hold' | 'gone' }
  | { result: 'short'; shortages: AllocationShortage[] }

/**
 * Reserves for one waiting order and tells its workflow, in one transaction.
 *
 * @param how.warehouseIds a person's choice: only these send, whatever the policy's limits are
 */
export async function serve(
  tx: Tx,
  orderId: string,
  how: { operator: string; warehouseIds?: readonly string[] | undefined },
): Promise<Served> {
  await lockOrder(tx, orderId)
  const { rows } = await sql<{
    paid: boolean
    inTime: boolean
    held: boolean
    holdUntil: Date
    tries: number
  }>`
    select paid_at is not null as paid, hold_until > clock_timestamp() as "inTime", hold_until as "holdUntil",
      change_id is not null as held,
      (select count(*)::int from inbox where order_key = ${orderId} and type = 'stock.granted') as tries
    from stock_wait where order_id = ${orderId} and state = 'waiting' for update`.execute(tx)
  const [wait] = rows
  if (!wait || !(wait.paid || wait.inTime)) return { result: 'gone' }
  if (wait.held) return { result: 'on-hold' }
  const operationId = `${orderId}/stock-granted/${wait.tries + 1}`
  const result = await reserve(tx, {
    ...(await waitingDemand(tx, orderId)),
    expiresAt: wait.holdUntil,
    operationId,
    confirmed: wait.paid,
    operator: how.operator,
    chosenWarehouses: how.warehouseIds,
    hasTurn: true,
  })
  if (!result.ok) return { result: 'short', shortages: result.shortages }
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
      givenUp: [],
      operator: how.operator,
    },
    traceParent: null,
  })
  await endStockWait(tx, orderId, 'served')
  return { result: 'served' }
}

/** What a waiting order needs, and where it goes. */
export async function waitingDemand(
  tx: Tx,
  orderId: string,
): Promise<Pick<ReserveRequest, 'orderId' | 'channel' | 'divisionCode' | 'demand'> & { place: Place }> {
  const { channel, divisionCode } = await tx
    .selectFrom('orders')
    .select(['channel', 'division_code as divisionCode'])
    .where('id', '=', orderId)
    .executeTakeFirstOrThrow()
  const demand = await tx
    .selectFrom('order_line')
    .select(['line_number as lineNumber', 'sku_id as skuId', 'quantity'])
    .where('order_id', '=', orderId)
    .where('quantity', '>', 0)
    .orderBy('line_number')
    .execute()
  return { orderId, channel, divisionCode, place: placeOf(divisionCode), demand }
}
