import { isShippedThere } from '../domain/channel-placing.ts'
import { takePayment } from './channel-order-money.ts'
import { type ChannelOrderReport, type KnownOrder, logLine } from './channel-order-report.ts'
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
  const { order } = report
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
  if (order.status === 'closed' && before.status !== 'closed') await closeOrder(tx, report, orderId)
  await takePayment(tx, report, orderId)
  if (isShippedThere(order) && !isShippedThere(before)) await raiseIfNothingLeft(tx, report, orderId)
  if (contactChanged) await raiseChange(tx, report, orderId, 'the receiver changed')
  if (order.shippingForbidden && !before.shippingForbidden) {
    await raiseChange(tx, report, orderId, 'the platform forbids to ship')
  }
  const asked = order.lines.filter((line) => line.refund === 'open')
  const askedBefore = new Set(
    before.lines.filter((line) => line.refund === 'open').map((line) => line.platformLineId),
  )
  if (asked.some((line) => !askedBefore.has(line.platformLineId))) {
    await raiseChange(tx, report, orderId, 'the buyer asks for money back')
  }
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
