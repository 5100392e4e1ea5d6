import type { PaymentBody } from '../contracts/payments.ts'
import type { Platform } from '../domain/channel-order.ts'
import { isToBeSent, owedSince } from '../domain/channel-placing.ts'
import type { ChannelOrderReport } from './channel-order-report.ts'
import type { Db, Tx } from './database.ts'
import { appendInbox } from './inbox.ts'
import { lockOrder } from './order-lock.ts'
import { recordPayment } from './payments.ts'
import { confirmHolds } from './reservation.ts'
import { notePaidWhileWaiting } from './stock-waits.ts'

/**
 * The money that the platform holds, once; while it forbids to ship, the order does not hear of it. Of cash on delivery
 * (货到付款) first the release, once, and the money when the platform has it.
 */
export async function takePayment(tx: Tx, report: ChannelOrderReport, orderId: string): Promise<void> {
  const { shop, order } = report
  if (!isToBeSent(order) || order.shippingForbidden) return
  const ownId = `${shop.platform}/${order.platformOrderId}`
  const paymentId = order.paymentId ?? (order.cashOnDelivery && order.paidAt ? `${ownId}/paid` : ownId)
  const known = await tx.selectFrom('payment').select('id').where('order_id', '=', orderId).executeTakeFirst()
  if (known) return
  const { amount_cents: amountCents, closed_at: closedAt } = await tx
    .selectFrom('orders')
    .select(['amount_cents', 'closed_at'])
    .where('id', '=', orderId)
    .executeTakeFirstOrThrow()
  const since = owedSince(order)
  await notePaidWhileWaiting(tx, orderId, since)
  const { paidAt } = order
  const { traceParent } = report
  if (amountCents > 0 && paidAt !== null) {
    const body = { paymentId, amountCents, method: 'other' as const, paidAt }
    // What the courier has collected may come after the order's end: it is owed, and nobody's work.
    if (order.cashOnDelivery && closedAt !== null) return keepCollected(tx, orderId, body)
    await recordPayment(tx, { orderId, body, operator: shop.platform, traceParent })
    return
  }
  // Given away, or paid to whoever brings it: there is no money to record, but the order must hear that it may go.
  const release = {
    source: shop.platform,
    shop: shop.shopId,
    sourceEventId: `${order.platformOrderId}/nothing-to-pay`,
  }
  await lockOrder(tx, orderId)
  const heard = await tx
    .selectFrom('inbox')
    .select('id')
    .where('source', '=', release.source)
    .where('shop', '=', release.shop)
    .where('source_event_id', '=', release.sourceEventId)
    .executeTakeFirst()
  if (heard) return
  const holdsConfirmed = await confirmHolds(tx, orderId)
  const onDelivery = amountCents > 0 ? { onDelivery: true } : {}
  await appendInbox(tx, {
    ...release,
    type: 'payment.received',
    orderKey: orderId,
    occurredAt: since,
    body: { paymentId, amountCents: 0, paidAt: since, holdsConfirmed, ...onDelivery },
    traceParent,
  })
}

async function keepCollected(tx: Tx, orderId: string, body: PaymentBody): Promise<void> {
  await tx
    .insertInto('payment')
    .values({
      id: body.paymentId,
      order_id: orderId,
      named_order_id: orderId,
      amount_cents: body.amountCents,
      method: body.method,
      paid_at: body.paidAt,
      outcome: 'accepted',
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
}

/** The platform that keeps an order's money, and whether it has given it back; null for an order of the hub's own. */
export async function platformMoney(
  db: Db,
  orderId: string,
): Promise<{ platform: Platform; isReturned: boolean } | null> {
  const row = await db
    .selectFrom('channel_order')
    .innerJoin('shop', 'shop.id', 'channel_order.shop_id')
    .select(['shop.platform', 'channel_order.status'])
    .where('channel_order.order_id', '=', orderId)
    .executeTakeFirst()
  return row ? { platform: row.platform, isReturned: row.status === 'closed' } : null
}
