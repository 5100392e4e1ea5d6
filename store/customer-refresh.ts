import { sql } from 'kysely'
import type { CustomerMeasure } from './customer-count.ts'
import { beginGrading, gradeNext } from './customer-grading.ts'
import { countOrders } from './customer-orders.ts'
import { type FigureState, LONGEST_STATEMENT, lockFigures } from './customer-state.ts'
import type { Db, Tx } from './database.ts'
import { currentFeedPosition, type FeedPosition, readFeed } from './event-feed.ts'

/** What one transaction does at most; each is far below what a statement may take. */
const LOG_ENTRIES_A_ROUND = 5_000
const ORDERS_A_ROUND = 1_000
const CUSTOMERS_A_ROUND = 5_000

/** What a round has done. `isDone`: there was nothing more to do, or somebody else is at it. */
export type CustomerRound = { orders: number; graded: number; isDone: boolean }

/**
 * One round of bringing customers up to date: looks again at orders that have changed, and when nothing is left, and a
 * new day of China or another policy has begun, grades the next customers anew. Each round is a transaction; whoever dies
 * in one leaves nothing half done. Repeat until it is done.
 *
 * @param now orders of the policy's window up to this day are counted
 */
export async function refreshCustomers(
  db: Db,
  request: { now: Date; ordersARound?: number; customersARound?: number },
): Promise<CustomerRound> {
  const { now, ordersARound = ORDERS_A_ROUND, customersARound = CUSTOMERS_A_ROUND } = request
  return db.transaction().execute(async (tx) => {
    const figures = await lockFigures(tx, now, 'skip')
    if (!figures) return { orders: 0, graded: 0, isDone: true }
    const isRead = await readChanges(tx, figures.state)
    const orders = await refreshOrders(tx, ordersARound, figures.measure)
    if (orders > 0 || !isRead) return { orders, graded: 0, isDone: false }
    const begun = await beginGrading(tx, figures)
    if (begun === 'begun') return { orders: 0, graded: 0, isDone: false }
    const graded = begun === 'graded' ? 0 : await gradeNext(tx, begun, customersARound)
    if (graded === 0) await noteRefreshed(tx, now)
    return { orders: 0, graded, isDone: graded === 0 }
  })
}

/**
 * Notes the orders that the operation log speaks of since the last time. The first time, or where the log is another
 * server's, every order is noted instead.
 *
 * @returns whether the log was read to its end
 */
async function readChanges(tx: Tx, state: FigureState): Promise<boolean> {
  const before = { transactionId: BigInt(state.transactionId), id: state.logId }
  // Before anything is noted: what commits from now on is in the log after this.
  const present = await currentFeedPosition(tx)
  // A place that is yet to come is one of another server: a restored copy counts its transactions anew.
  if (!state.started || before.transactionId > present.transactionId) {
    await sql`select set_config('statement_timeout', ${LONGEST_STATEMENT}, true)`.execute(tx)
    await sql`insert into customer_due (order_id) select id from orders order by created_at, id`.execute(tx)
    await savePosition(tx, present)
    return true
  }
  const { events, position } = await readFeed(tx, before, LOG_ENTRIES_A_ROUND)
  const orderIds = [...new Set(events.map(({ orderId }) => orderId))]
  await sql`insert into customer_due (order_id) select * from unnest(${orderIds}::uuid[])`.execute(tx)
  await savePosition(tx, position)
  return events.length < LOG_ENTRIES_A_ROUND
}

async function savePosition(tx: Tx, { transactionId, id }: FeedPosition): Promise<void> {
  await sql`
    update customer_state set started = true, transaction_id = ${transactionId.toString()}::xid8, log_id = ${id}`.execute(
    tx,
  )
}

/** Looks at the next orders that were noted, and counts their customers. Returns how many notes there were. */
async function refreshOrders(tx: Tx, limit: number, measure: CustomerMeasure): Promise<number> {
  const { rows } = await sql<{ orderId: string }>`
    delete from customer_due where id in (select id from customer_due order by id limit ${limit})
    returning order_id as "orderId"`.execute(tx)
  const orderIds = [...new Set(rows.map(({ orderId }) => orderId))]
  await countOrders(tx, orderIds, measure)
  return rows.length
}

async function noteRefreshed(tx: Tx, now: Date): Promise<void> {
  await tx.updateTable('customer_state').set({ refreshed_at: now }).execute()
}
