import { sql } from 'kysely'
import { ProblemError } from '../contracts/errors.ts'
import type { PaymentAnswer, PaymentBody } from '../contracts/payments.ts'
import type { Tx } from './database.ts'
import { appendInbox } from './inbox.ts'
import { confirmHolds } from './reservation.ts'
import { openWorkItem } from './work-items.ts'

/**
 * Records a payment, once, in one transaction with the confirmation of the order's holds and the inbox row that
 * tells the workflow. Who paid in time by the database's clock keeps the goods, even if nothing else runs for hours.
 *
 * A payment for an order that nobody knows is kept and raised: money is never turned away.
 *
 * @throws ProblemError `payment-mismatch` when the serial number is known with another amount or order
 */
export async function recordPayment(
  tx: Tx,
  input: { orderId: string; body: PaymentBody; operator: string; traceParent: string | null },
): Promise<PaymentAnswer> {
  const { orderId, body } = input
  // One payment of an order at a time: the second one must see the first one's amount.
  const order = await tx
    .selectFrom('orders')
    .select(['id', 'status', 'amount_cents', 'supplement_cents'])
    .where('id', '=', orderId)
    .forNoKeyUpdate()
    .executeTakeFirst()
  const inserted = await tx
    .insertInto('payment')
    .values({
      id: body.paymentId,
      order_id: order?.id ?? null,
      named_order_id: orderId,
      amount_cents: body.amountCents,
      method: body.method,
      paid_at: body.paidAt,
      outcome: order ? 'partial' : 'unmatched',
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirst()
  if (!inserted.numInsertedOrUpdatedRows) return repeatedPayment(tx, orderId, body)

  const complete = order !== undefined && (await netCents(tx, orderId)) >= order.amount_cents
  const holdsConfirmed = complete && order.status === 'reserved' && (await confirmHolds(tx, orderId))
  // A platform's order that waits for stock keeps its money: the goods are owed.
  const waits = complete && order.status === 'awaiting_stock'
  // Owed since a change made a paid order dearer.
  const owed = order?.supplement_cents ?? 0
  const isAccepted = holdsConfirmed || waits || (owed > 0 && body.amountCents >= owed)
  const outcome = !order ? 'unmatched' : isAccepted ? 'accepted' : complete && owed === 0 ? 'late' : 'partial'
  await tx.updateTable('payment').set({ outcome }).where('id', '=', body.paymentId).execute()
  const inboxId = await appendInbox(tx, {
    source: 'payments',
    sourceEventId: body.paymentId,
    type: 'payment.received',
    orderKey: orderId,
    occurredAt: body.paidAt,
    body: {
      paymentId: body.paymentId,
      amountCents: body.amountCents,
      paidAt: body.paidAt,
      operator: input.operator,
      holdsConfirmed,
    },
    traceParent: input.traceParent,
  })
  if (!order) {
    await openWorkItem(tx, {
      kind: 'unmatched_payment',
      key: body.paymentId,
      orderId: null,
      detail: {
        paymentId: body.paymentId,
        amountCents: body.amountCents,
        namedOrderId: orderId,
        inboxId: inboxId ?? 0,
      },
    })
  }
  return { paymentId: body.paymentId, orderId, outcome }
}

/** What the hub holds of the customer's money for this order. */
async function netCents(tx: Tx, orderId: string): Promise<number> {
  const { rows } = await sql<{ net: number }>`
    select coalesce((select sum(amount_cents) from payment where order_id = ${orderId}), 0)::bigint
      - coalesce((select sum(amount_cents) from refund where order_id = ${orderId}), 0)::bigint as net`.execute(
    tx,
  )
  return rows[0]?.net ?? 0
}

async function repeatedPayment(tx: Tx, orderId: string, body: PaymentBody): Promise<PaymentAnswer> {
  const known = await tx
    .selectFrom('payment')
    .selectAll()
    .where('id', '=', body.paymentId)
    .executeTakeFirstOrThrow()
  if (known.named_order_id !== orderId || known.amount_cents !== body.amountCents) {
    throw new ProblemError(
      'payment-mismatch',
      `payment ${body.paymentId} is recorded with ${known.amount_cents} cents for order ${known.named_order_id}`,
    )
  }
  return { paymentId: body.paymentId, orderId, outcome: known.outcome }
}

/** Tells a person that one serial number was reported with two contents. */
export async function raisePaymentMismatch(tx: Tx, orderId: string, body: PaymentBody): Promise<void> {
  const known = await tx.selectFrom('payment').selectAll().where('id', '=', body.paymentId).executeTakeFirst()
  await openWorkItem(tx, {
    kind: 'payment_mismatch',
    key: body.paymentId,
    orderId: known?.order_id ?? null,
    detail: {
      paymentId: body.paymentId,
      recordedCents: known?.amount_cents ?? 0,
      reportedCents: body.amountCents,
      recordedOrderId: known?.named_order_id ?? '',
      reportedOrderId: orderId,
    },
  })
}
