import { sql } from 'kysely'
import type { Allocation, FulfilmentLine, OrderPlaced, RefusalCode } from '../domain/order.ts'
import { OPEN_PICK_TASK_STATES } from '../domain/order-state.ts'
import { queuePdaMessage } from './commit.ts'
import type { Db, Tx } from './database.ts'
import { withOperation } from './operation.ts'
import { checkReservation, releaseHolds, reserve } from './reservation.ts'
import type { Reservations } from './reservation-groups.ts'

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
    demand: placed.lines,
    expiresAt: new Date(),
    operationId,
    confirmed: true,
    operator: 'system',
  })
  return { allocations: result.ok ? result.allocations : null }
}

export type CancellationRefusal = { code: RefusalCode; detail: string }

/**
 * Cancels an order as far as the database is concerned, or says who was first: withdraws its open pick tasks and
 * gives its holds back, unless a parcel is packed, or it is paid and the caller may not cancel a paid order.
 */
export async function decideCancellation(
  db: Db,
  request: { orderId: string; mayCancelPaid: boolean; operationId: string; operator: string },
): Promise<{ refusal: CancellationRefusal | null }> {
  const { orderId, operationId, operator } = request
  return withOperation(db, operationId, async (tx) => {
    // The payment route locks the same row first: either it sees a cancelled order or we see its payment. "No key",
    // because a packing report that already has the task adds a parcel, and must not wait for us who wait for the task.
    await sql`select 1 from orders where id = ${orderId} for no key update`.execute(tx)
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
    if (!request.mayCancelPaid && (await isPaid(tx, orderId))) {
      return { refusal: { code: 'paid-cancellation-forbidden', detail: 'the order has been paid meanwhile' } }
    }
    const open = tasks.filter((task) => OPEN_PICK_TASK_STATES.some((state) => state === task.state))
    for (const task of open) {
      await tx
        .updateTable('pick_task')
        .set({ state: 'withdrawn', updated_at: sql`clock_timestamp()` })
        .where('id', '=', task.id)
        .execute()
      const { warehouse_id: warehouseId, lines } = task
      await queuePdaMessage(tx, 'pick_task_withdrawn', { orderId, pickTaskId: task.id, warehouseId, lines })
    }
    await releaseHolds(tx, { orderId, operationId, operator, kind: 'release' })
    return { refusal: null }
  })
}

async function isPaid(tx: Tx, orderId: string): Promise<boolean> {
  const hold = await tx
    .selectFrom('reservation')
    .select('id')
    .where('order_id', '=', orderId)
    .where('state', '=', 'confirmed')
    .limit(1)
    .executeTakeFirst()
  return hold !== undefined
}

/** Looks for the missing units of a short pick in the other warehouses; what is found is confirmed at once. */
export async function settleShortage(
  db: Db,
  request: { placed: OrderPlaced; lines: FulfilmentLine[]; warehouseId: string; operationId: string },
): Promise<{ allocations: Allocation[] }> {
  const { placed, operationId } = request
  return withOperation(db, operationId, async (tx) => {
    await sql`select 1 from orders where id = ${placed.orderId} for no key update`.execute(tx)
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
    .limit(1)
    .executeTakeFirst()
  return task !== undefined
}
