import { type MarketEvent, type MarketOrder, type MarketStatus, refundCentsOf } from '../market.ts'

const STATUSES: Record<MarketStatus, string> = {
  unpaid: 'unpaid',
  paid: 'paid',
  part_shipped: 'part_shipped',
  shipped: 'shipped',
  received: 'delivered',
  finished: 'completed',
  closed_unpaid: 'closed',
  closed_refunded: 'closed',
}
export const TYPES: Record<MarketEvent, string> = {
  created: 'order.created',
  paid: 'order.paid',
  shipped: 'order.shipped',
  part_shipped: 'order.shipped',
  received: 'order.changed',
  finished: 'order.completed',
  closed: 'order.closed',
  changed: 'order.changed',
  refund: 'order.refund',
}

const isoOf = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())

/** Every second buyer follows the official account. */
export function officialOpenIdOf(buyerId: string): string | null {
  return buyerId.charCodeAt(buyerId.length - 1) % 2 === 0 ? `follower-${buyerId}` : null
}

/** The order as the mall tells it. Every payment there goes through its mini-program. */
export function mallOrderOf(order: MarketOrder): object {
  return {
    orderId: order.orderId,
    status: STATUSES[order.status],
    createdAt: isoOf(order.createdAtMs),
    modifiedAt: isoOf(order.modifiedAtMs),
    paidAt: isoOf(order.paidAtMs),
    payUntil: isoOf(order.payUntilMs),
    buyerId: order.buyerId,
    paymentId: order.paymentId,
    amountCents: order.totalCents,
    freightCents: order.freightCents,
    refundedCents: order.lines
      .filter(({ refund }) => refund === 'done')
      .reduce((sum, line) => sum + refundCentsOf(line), 0),
    lines: order.lines.map((line) => ({
      lineId: line.lineId,
      itemId: line.itemId,
      skuId: line.skuId,
      outerSkuId: line.outerSkuId,
      title: line.title,
      quantity: line.quantity,
      amountCents: line.paidCents,
      refund: line.refund,
      refundReason: line.refundReason ?? null,
    })),
    receiver: order.receiver,
    buyerRemark: order.remark,
    shippingForbidden: order.shippingForbidden,
    shipments: order.shipments.map(({ courier, waybillNumber, lineIds }) => ({
      courier,
      waybillNumber,
      lineIds,
    })),
    wechat: order.paymentId === null ? null : { transactionId: order.paymentId, openId: order.buyerId },
    officialOpenId: officialOpenIdOf(order.buyerId),
  }
}
