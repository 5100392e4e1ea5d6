import { createHash } from 'node:crypto'
import { numberOf } from '../json.ts'
import {
  type MarketOrder,
  type MarketReceiver,
  type MarketStatus,
  reasonOf,
  refundCentsOf,
} from '../market.ts'
import { beijing, yuan } from '../values.ts'

const STATES: Record<MarketStatus, string> = {
  unpaid: 'NOT_PAY',
  paid: 'WAIT_SELLER_STOCK_OUT',
  // It does not send orders in parts, and does not say that goods were delivered.
  part_shipped: 'WAIT_GOODS_RECEIVE_CONFIRM',
  shipped: 'WAIT_GOODS_RECEIVE_CONFIRM',
  received: 'WAIT_GOODS_RECEIVE_CONFIRM',
  finished: 'FINISHED_L',
  closed_unpaid: 'TRADE_CANCELED',
  closed_refunded: 'TRADE_CANCELED',
}
/** Every state that can be asked for. */
export const STATE_NAMES: ReadonlySet<string> = new Set([
  ...Object.values(STATES),
  'LOCKED',
  'PAUSE',
  'POP_ORDER_PAUSE',
  'WAIT_SELLER_DELIVERY',
  'DELIVERY_RETURN',
  'WAIT_SEND_CODE',
  'SEND_TO_DISTRIBUTION_CENER',
  'DISTRIBUTION_CENTER_RECEIVED',
  'RECEIPTS_CONFIRM',
])
/** Number of the carrier → the hub's code. */
export const CARRIERS: Readonly<Record<string, string>> = {
  '463': 'yto',
  '465': 'ems',
  '467': 'sf',
  '470': 'sto',
  '1327': 'yunda',
  '1499': 'zto',
  '2087': 'jd',
  '3046': 'deppon',
}
const NEVER = '0001-01-01 00:00:00'

/** A buyer who wants the money back before the goods are sent locks the order. */
export function stateOf(order: MarketOrder): string {
  if (order.status === 'paid' && order.lines.some((line) => line.refund === 'open')) return 'LOCKED'
  return order.status === 'paid' && order.shippingForbidden ? 'PAUSE' : STATES[order.status]
}

/** An order with all its fields: amounts are texts in yuan, the receiver is masked. */
export function orderInfoOf(order: MarketOrder): Record<string, unknown> {
  const [shipment] = order.shipments
  const goodsCents = order.lines.reduce((sum, line) => sum + line.unitPriceCents * line.quantity, 0)
  return {
    orderId: numberOf(order.orderId),
    venderId: order.platformShopId,
    orderState: stateOf(order),
    orderStartTime: beijing(order.createdAtMs),
    modified: beijing(order.modifiedAtMs),
    paymentConfirmTime: order.paidAtMs === null ? NEVER : beijing(order.paidAtMs),
    orderEndTime: order.finishedAtMs === null ? NEVER : beijing(order.finishedAtMs),
    orderTotalPrice: yuan(goodsCents),
    sellerDiscount: yuan(goodsCents + order.freightCents - order.totalCents),
    freightPrice: yuan(order.freightCents),
    orderPayment: yuan(order.totalCents),
    itemInfoList: order.lines.map((line) => ({
      skuId: numberOf(line.skuId),
      wareId: numberOf(line.itemId),
      outerSkuId: line.outerSkuId,
      skuName: line.title,
      jdPrice: yuan(line.unitPriceCents),
      itemTotal: String(line.quantity),
    })),
    open_id_buyer: order.buyerId,
    orderRemark: order.remark,
    ...masked(order),
    waybill: shipment?.waybillNumber ?? '',
    logisticsId: Object.entries(CARRIERS).find(([, code]) => code === shipment?.courier)?.[0] ?? '',
  }
}

const REFUND_DONE = 13

/** What buyers ask back of an order: a service bill for each line, which it names by its ware. */
export function billsOf(order: MarketOrder): Record<string, unknown>[] {
  return order.lines.flatMap((line, at) =>
    line.refund === 'none'
      ? []
      : [
          {
            sameOrderServiceBill: {
              serviceId: order.modifiedAtMs * 1_000 + at,
              orderId: numberOf(order.orderId),
              wareId: numberOf(line.skuId),
              wareName: line.title,
              afsApplyTime: order.modifiedAtMs,
              applyReason: reasonOf(line),
            },
            ...(line.refund === 'done'
              ? {
                  status: REFUND_DONE,
                  refoundAmount: yuan(refundCentsOf(line)),
                  completeTime: order.modifiedAtMs,
                }
              : {}),
          },
        ],
  )
}

function masked({ orderId, receiver }: { orderId: string; receiver: MarketReceiver }) {
  const [initial = ''] = receiver.name
  const { province, city, district, address } = receiver
  return {
    oaid: createHash('sha256')
      .update(JSON.stringify([orderId, receiver]))
      .digest('base64'),
    consigneeInfo: {
      fullname: `${initial}**`,
      mobile: `*******${receiver.phone.slice(-4)}`,
      telephone: '',
      province,
      city,
      county: district,
      town: '',
      fullAddress: `${province}${city}${district}${[...address].slice(0, 3).join('')}***`,
    },
  }
}
