import { isShippedThere } from '../domain/channel-placing.ts'
import { takePayment } from './channel-order-money.ts'
import { type ChannelOrderReport, type KnownOrder, logLine } from './channel-order-report.ts'
import { separateOrder } from './combined-shipping.ts'
import type { Tx } from './database.ts'
import { appendInbox } from './inbox.ts'
import { openWorkItem } from './work-items.ts'

/** What a new version of a placed order changes. */
export async function applyDifference(
  tx: Tx,
  report: ChannelOrderReport,
  known: KnownOrder & { orderId: string },
  contactChanged: boolean,
): Promise<void> {
  const { shop, order } = report
  const { orderId, canonical: before } = known
  if (before.rawStatus !== order.rawStatus) {
    await logLine(tx, report, orderId, {
      field: 'channel_status',
      oldValue: before.rawStatus,
      newValue: order.rawStatus,
    })
  }
  if (order.status === null && before.rawStatus !== order.rawStatus) {
    await raiseChange(
      tx,
      report,
      orderId,
      `the platform says ${order.rawStatus}, which the hub does not know`,
    )
  }
  const asked = order.lines.filter((line) => line.refund === 'open')
  const askedBefore = new Set(
    before.lines.filter((line) => line.refund === 'open').map((line) => line.platformLineId),
  )
  const isClosed = order.status === 'closed' && before.status !== 'closed'
  const changes = [
    ...(contactChanged ? ['the receiver changed'] : []),
    ...(order.shippingForbidden && !before.shippingForbidden ? ['the platform forbids to ship'] : []),
    ...(asked.some((line) => !askedBefore.has(line.platformLineId)) ? ['the buyer asks for money back'] : []),
  ]
  // Before the money, whose holds come after pick tasks in the order of locks.
  const [reason = isClosed ? 'the platform closed the order' : undefined] = changes
  if (reason) await separateOrder(tx, { orderId, operator: shop.platform, reason })
  if (isClosed) await closeOrder(tx, report, orderId)
  await takePayment(tx, report, orderId)
  if (isShippedThere(order) && !isShippedThere(before)) await raiseIfNothingLeft(tx, report, orderId)
  for (const change of changes) await raiseChange(tx, report, orderId, change)
}

async function closeOrder(tx: Tx, report: ChannelOrderReport, orderId: string): Promise<void> {
  const { shop, order } = report
  await appendInbox(tx, {
    source: shop.platform,
    shop: shop.shopId,
    sourceEventId: `${order.platformOrderId}/closed/${order.modifiedAt}`,
    type: 'channel.closed',
    orderKey: orderId,
    occurredAt: order.modifiedAt,
    body: { reason: order.rawStatus, operator: shop.platform, occurredAt: order.modifiedAt },
    traceParent: report.traceParent,
  })
}

async function raiseIfNothingLeft(tx: Tx, report: ChannelOrderReport, orderId: string): Promise<void> {
  const parcel = await tx.selectFrom('parcel').select('id').where('order_id', '=', orderId).executeTakeFirst()
  if (parcel) return
  await openWorkItem(tx, {
    kind: 'contradiction',
    key: `${orderId}/shipped`,
    orderId,
    detail: { reason: `the platform says ${report.order.rawStatus}, no parcel has left here` },
  })
}

function raiseChange(tx: Tx, report: ChannelOrderReport, orderId: string, reason: string): Promise<void> {
  const { shop, order } = report
  const detail = { shopId: shop.shopId, platformOrderId: order.platformOrderId, reason }
  return openWorkItem(tx, { kind: 'channel_change', key: `${orderId}/${reason}`, orderId, detail })
}
