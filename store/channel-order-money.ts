import type { Platform } from '../domain/channel-order.ts'
import { isPaidThere } from '../domain/channel-placing.ts'
import type { ChannelOrderReport } from './channel-order-report.ts'
import type { Db, Tx } from './database.ts'
import { appendInbox } from './inbox.ts'
import { recordPayment } from './payments.ts'
import { confirmHolds } from './reservation.ts'
import { notePaidWhileWaiting } from './stock-waits.ts'

/** The money that the platform holds, once; while it forbids to ship, the order does not hear of it. */
export async function takePayment(tx: Tx, report: ChannelOrderReport, orderId: string): Promise<void> {
  const { shop, order } = report
  if (!isPaidThere(order) || order.paidAt === null || order.shippingForbidden) return
  const paymentId = order.paymentId ?? `${shop.platform}/${order.platformOrderId}`
  const known = await tx.selectFrom('payment').select('id').where('order_id', '=', orderId).executeTakeFirst()
  if (known) return
  const { amount_cents: amountCents } = await tx
    .selectFrom('orders')
    .select('amount_cents')
    .where('id', '=', orderId)
    .executeTakeFirstOrThrow()
  await notePaidWhileWaiting(tx, orderId, order.paidAt)
  const { paidAt } = order
  const { traceParent } = report
  if (amountCents > 0) {
    const body = { paymentId, amountCents, method: 'other' as const, paidAt }
    await recordPayment(tx, { orderId, body, operator: shop.platform, traceParent })
    return
  }
  // Given away: there is no money to record, but the order must hear that nothing is missing.
  const holdsConfirmed = await confirmHolds(tx, orderId)
  await appendInbox(tx, {
    source: shop.platform,
    shop: shop.shopId,
    sourceEventId: `${order.platformOrderId}/nothing-to-pay`,
    type: 'payment.received',
    orderKey: orderId,
    occurredAt: paidAt,
    body: { paymentId, amountCents, paidAt, holdsConfirmed },
    traceParent,
  })
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
