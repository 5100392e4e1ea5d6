import { ProblemError } from '../contracts/errors.ts'
import { isShippedThere } from '../domain/channel-placing.ts'
import type { WorkItemDetail } from '../domain/work-item-facts.ts'
import { RECEIVER_CHANGED } from './change-records.ts'
import { submitForBuyer } from './change-requests.ts'
import { UNKNOWN_DIVISION } from './channel-order-contact.ts'
import { takePayment } from './channel-order-money.ts'
import { type ChannelOrderReport, channelOrderKey, type KnownOrder, logLine } from './channel-order-report.ts'
import { separateOrder } from './combined-shipping.ts'
import { keepRefundComplaints } from './complaints.ts'
import type { Tx } from './database.ts'
import { noteHealthDue } from './health-due.ts'
import { appendInbox } from './inbox.ts'
import { openWorkItem } from './work-items.ts'

/** What a new version of a placed order changes. */
export async function applyDifference(
  tx: Tx,
  report: ChannelOrderReport,
  known: KnownOrder & { orderId: string },
  contactId: string,
): Promise<void> {
  const { shop, order } = report
  const { orderId, canonical: before } = known
  const contactChanged = contactId !== known.contactId
  // First of all: whoever changes an order locks its row before anything else of it.
  const asked = contactChanged ? await askForReceiver(tx, report, orderId, contactId) : {}
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
  const refunds = order.lines.filter((line) => line.refund === 'open')
  const askedBefore = new Set(
    before.lines.filter((line) => line.refund === 'open').map((line) => line.platformLineId),
  )
  const isClosed = order.status === 'closed' && before.status !== 'closed'
  const changes = [
    ...(contactChanged ? [RECEIVER_CHANGED] : []),
    ...(order.shippingForbidden && !before.shippingForbidden ? ['the platform forbids to ship'] : []),
    ...(refunds.some((line) => !askedBefore.has(line.platformLineId))
      ? ['the buyer asks for money back']
      : []),
  ]
  // Before the money, whose holds come after pick tasks in the order of locks.
  const [reason = isClosed ? 'the platform closed the order' : undefined] = changes
  if (reason) await separateOrder(tx, { orderId, operator: shop.platform, reason })
  if (isClosed) await closeOrder(tx, report, orderId)
  await takePayment(tx, report, orderId)
  if (isShippedThere(order) && !isShippedThere(before)) await raiseIfNothingLeft(tx, report, orderId)
  await keepRefundComplaints(tx, {
    orderId,
    order,
    before,
    storeId: shop.storeId,
    channelKey: channelOrderKey(report),
    platform: shop.platform,
  })
  if (order.shipUntil !== before.shipUntil) await noteHealthDue(tx, 'order', [orderId])
  for (const change of changes) {
    await raiseChange(tx, report, orderId, change, change === RECEIVER_CHANGED ? asked : {})
  }
}

/**
 * A buyer who moves on the platform asks for a change like anybody else: it is approved and applied, or it is not. The item
 * about it names the request, or why there is none.
 */
async function askForReceiver(
  tx: Tx,
  { shop, order }: ChannelOrderReport,
  orderId: string,
  contactId: string,
): Promise<{ changeNumber: string } | { notAsked: string }> {
  const contact = await tx
    .selectFrom('contact')
    .select('division_code as divisionCode')
    .where('id', '=', contactId)
    .executeTakeFirstOrThrow()
  // As for everybody who asks: nobody can say where goods for no province go.
  if (contact.divisionCode === UNKNOWN_DIVISION) return { notAsked: 'the province of the address is unknown' }
  try {
    const { changeNumber } = await submitForBuyer(tx, {
      orderId,
      change: { type: 'address', contactId, ...contact },
      reasonCode: 'wrong_address',
      reason: `${shop.platform}: ${RECEIVER_CHANGED}`,
      platform: shop.platform,
      eventId: `${shop.shopId}/${order.platformOrderId}/receiver/${order.modifiedAt}`,
    })
    return { changeNumber }
  } catch (error) {
    // Packed already, closed, or asked for something else: a person looks at it.
    if (error instanceof ProblemError) return { notAsked: error.message }
    throw error
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

function raiseChange(
  tx: Tx,
  report: ChannelOrderReport,
  orderId: string,
  reason: string,
  more: WorkItemDetail = {},
): Promise<void> {
  const { shop, order } = report
  const detail = { shopId: shop.shopId, platformOrderId: order.platformOrderId, reason, ...more }
  // What nobody was asked for must not hide behind what somebody was.
  const key = more.notAsked === undefined ? reason : `${reason}/${order.modifiedAt}`
  return openWorkItem(tx, { kind: 'channel_change', key: `${orderId}/${key}`, orderId, detail })
}
