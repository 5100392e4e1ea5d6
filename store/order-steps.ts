import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import type { Allocation, FulfilmentLine, OrderPlaced, RefusalCode } from '../domain/order.ts'
import { orderedLines } from '../domain/order-money.ts'
import { OPEN_PICK_TASK_STATES } from '../domain/order-state.ts'
import type { OrderPresale } from '../domain/presale.ts'
import { type BuyerCancellation, recordBuyerCancellation } from './change-requests.ts'
import type { Db, Tx } from './database.ts'
import { withOperation } from './operation.ts'
import { lockOrder } from './order-lock.ts'
import { queuePdaMessage } from './pda-messages.ts'
import { currentPolicy } from './policy.ts'
import { insertPresaleHolds, openBook, withHolds } from './presale-holds.ts'
import {
  checkReservation,
  decideReservations,
  readStock,
  releaseHolds,
  reserve,
  skusOf,
  writeReservations,
} from './reservation.ts'
import type { Reservations } from './reservation-groups.ts'
import { lockStock } from './stock-movement.ts'
import { awaitStock, endStockWait } from './stock-waits.ts'

/**
 * The questions that an order's workflow asks the database. Each is one transaction, keyed by its operation id, so
 * that asking again after a crash brings the first answer and no second effect.
 */
export async function askReservation(
  db: Db,
  request: { orderId: string; paidInFull: boolean; operationId: string },
): Promise<{ answer: 'confirmed' | 'expired' | 'held'; remainingMs: number }> {
  // Not remembered: "held" must be asked again, and "expired" and "confirmed" are in the rows themselves.
  return db.transaction().execute((tx) => checkReservation(tx, request))
}

/** Reserves an expired order's goods again for a customer who has paid, or says that they are gone. */
export async function reserveAgain(
  reservations: Reservations,
  request: { placed: OrderPlaced; operationId: string },
): Promise<{ allocations: Allocation[] | null }> {
  const { placed, operationId } = request
  const result = await reservations.reserve({
    orderId: placed.orderId,
    channel: placed.channel,
    divisionCode: placed.divisionCode,
    demand: orderedLines(placed),
    expiresAt: new Date(),
    operationId,
    confirmed: true,
    operator: 'system',
  })
  return { allocations: result.ok ? result.allocations : null }
}

/**
 * Puts a platform's paid order into the queue for stock, because nothing was left to reserve again. Once: the operation
 * that found nothing is remembered, and so is the row.
 */
export async function waitForStock(db: Db, placed: OrderPlaced): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await lockOrder(tx, placed.orderId)
    const { paidAt } = await tx
      .selectFrom('payment')
      .select((eb) => eb.fn.max('paid_at').as('paidAt'))
      .where('order_id', '=', placed.orderId)
      .executeTakeFirstOrThrow()
    // Without a payment it is paid on delivery, and owed since it was placed.
    await awaitStock(tx, {
      ...placed,
      paidAt: paidAt?.toISOString() ?? placed.placedAt,
      holdUntil: new Date(),
    })
  })
}

/**
 * The same for an order with presale lines: what stock cannot serve by now is taken from the open presales again. Its
 * mixed goods ship as they were placed.
 */
export async function reservePresaleAgain(
  db: Db,
  request: { placed: OrderPlaced; operationId: string },
): Promise<{ allocations: Allocation[] | null; presale?: OrderPresale }> {
  const { placed, operationId } = request
  const { orderId, channel, divisionCode, presale } = placed
  const demand = orderedLines(placed)
  const expiresAt = new Date()
  const wanted = {
    orderId,
    channel,
    divisionCode,
    demand,
    expiresAt,
    operationId,
    confirmed: true,
    operator: 'system',
  }
  return withOperation(db, operationId, async (tx) => {
    const policy = await currentPolicy(tx, 'allocation')
    const skuIds = skusOf([wanted])
    await lockStock(tx, skuIds)
    const book = await openBook(tx, skuIds, operationId)
    const decided = decideReservations(await readStock(tx, skuIds, operationId), [wanted], policy, { book })
    await writeReservations(tx, decided)
    const [member] = decided.members
    if (!member?.result.ok) return { allocations: null }
    const { allocations } = member.result
    if (!presale || member.presale.length === 0) return { allocations }
    const again = { mixedOrders: presale.mixedOrders, lines: withHolds(member.presale, uuid) }
    await insertPresaleHolds(tx, [{ ...wanted, presale: again }])
    return { allocations, presale: again }
  })
}

type CancellationDecided = {
  refusal: { code: RefusalCode; detail: string } | null
  /** The change request that a buyer's cancellation is recorded as. */
  change?: { changeId: string; changeNumber: string }
}

/**
 * Cancels an order as far as the database is concerned, or says who was first: withdraws its open pick tasks and
 * gives its holds back, unless a parcel is packed, or it is paid and the caller may not cancel a paid order.
 */
export async function decideCancellation(
  db: Db,
  request: {
    orderId: string
    mayCancelPaid: boolean
    operationId: string
    operator: string
    /** A paid order is taken back by a change request, which the policy approves. */
    asRequest?: boolean
    reason?: string
  },
): Promise<CancellationDecided> {
  const { orderId, operationId, operator } = request
  return withOperation(db, operationId, async (tx) => {
    // The payment route locks the same row first: either it sees a cancelled order or we see its payment. "No key",
    // because a packing report that already has the task adds a parcel, and must not wait for us who wait for the task.
    await lockOrder(tx, orderId)
    const tasks = await tx
      .selectFrom('pick_task')
      .select(['id', 'state', 'warehouse_id', 'lines'])
      .where('order_id', '=', orderId)
      .orderBy('id')
      .forUpdate()
      .execute()
    const packed = tasks.find((task) => task.state === 'packed')
    if (packed) {
      return {
        refusal: { code: 'order-already-shipped', detail: `${packed.id} is packed and with the courier` },
      }
    }
    const paid = await isPaid(tx, orderId)
    if (!request.mayCancelPaid && paid) {
      return { refusal: { code: 'paid-cancellation-forbidden', detail: 'the order has been paid meanwhile' } }
    }
    const asked = request.asRequest && paid ? await askForCancellation(tx, request) : null
    if (asked?.refusal) return { refusal: { code: 'paid-cancellation-forbidden', detail: asked.refusal } }
    const open = tasks.filter((task) => OPEN_PICK_TASK_STATES.some((state) => state === task.state))
    for (const task of open) {
      await tx
        .updateTable('pick_task')
        .set({ state: 'withdrawn', recipient: null, change_id: null, updated_at: sql`clock_timestamp()` })
        .where('id', '=', task.id)
        .execute()
      await sql`
        insert into operation_log (order_id, store_id, version, field, old_value, new_value, operator, source, subject_id,
          request_id)
        select id, store_id, version, 'pick_task', ${task.state}, 'withdrawn', ${operator}, 'cancel_requested',
          ${task.id}, ${operationId}
        from orders where id = ${orderId}`.execute(tx)
      const { warehouse_id: warehouseId, lines } = task
      await queuePdaMessage(tx, 'pick_task_withdrawn', { orderId, pickTaskId: task.id, warehouseId, lines })
    }
    await endStockWait(tx, orderId, 'ended')
    await releaseHolds(tx, { orderId, operationId, operator, kind: 'release' })
    return { refusal: null, ...(asked?.change ? { change: asked.change } : {}) }
  })
}

function askForCancellation(
  tx: Tx,
  { orderId, operator, reason, operationId }: Parameters<typeof decideCancellation>[1],
): Promise<BuyerCancellation> {
  return recordBuyerCancellation(tx, { orderId, operator, reason: reason ?? '', eventId: operationId })
}

async function isPaid(tx: Tx, orderId: string): Promise<boolean> {
  const { rows } = await sql<{ paid: boolean }>`
    select exists (select from reservation where order_id = ${orderId} and state = 'confirmed')
      or exists (select from presale_hold where order_id = ${orderId} and state = 'waiting') as paid`.execute(
    tx,
  )
  return rows[0]?.paid ?? false
}

/** Looks for the missing units of a short pick in the other warehouses; what is found is confirmed at once. */
export async function settleShortage(
  db: Db,
  request: { placed: OrderPlaced; lines: FulfilmentLine[]; warehouseId: string; operationId: string },
): Promise<{ allocations: Allocation[] }> {
  const { placed, operationId } = request
  return withOperation(db, operationId, async (tx) => {
    await lockOrder(tx, placed.orderId)
    if (await isCancelled(tx, placed.orderId)) return { allocations: [] }
    const result = await reserve(tx, {
      orderId: placed.orderId,
      channel: placed.channel,
      divisionCode: placed.divisionCode,
      demand: request.lines,
      expiresAt: new Date(),
      operationId,
      confirmed: true,
      operator: 'system',
      // The warehouse has just said that it does not have them; its books may still claim so.
      excludedWarehouses: [request.warehouseId],
      partial: true,
      hasTurn: true,
    })
    return { allocations: result.ok ? result.allocations : [] }
  })
}

/** A cancellation withdraws every open task in its transaction, whether or not the workflow has heard of it yet. */
async function isCancelled(tx: Tx, orderId: string): Promise<boolean> {
  const task = await tx
    .selectFrom('pick_task')
    .select('id')
    .where('order_id', '=', orderId)
    .where('state', '=', 'withdrawn')
    // Those that a change has replaced live on in their successors.
    .where('change_id', 'is', null)
    .limit(1)
    .executeTakeFirst()
  return task !== undefined
}
