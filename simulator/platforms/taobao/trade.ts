import { createHash } from 'node:crypto'
import { numberOf } from '../json.ts'
import type { MarketLine, MarketOrder, MarketReceiver, MarketStatus } from '../market.ts'
import { beijing, yuan } from '../values.ts'

const STATUSES: Record<MarketStatus, string> = {
  unpaid: 'WAIT_BUYER_PAY',
  paid: 'WAIT_SELLER_SEND_GOODS',
  part_shipped: 'SELLER_CONSIGNED_PART',
  shipped: 'WAIT_BUYER_CONFIRM_GOODS',
  received: 'TRADE_BUYER_SIGNED',
  finished: 'TRADE_FINISHED',
  closed_unpaid: 'TRADE_CLOSED_BY_TAOBAO',
  closed_refunded: 'TRADE_CLOSED',
}
const REFUNDS: Record<MarketLine['refund'], string> = {
  none: 'NO_REFUND',
  open: 'WAIT_SELLER_AGREE',
  done: 'SUCCESS',
}
/** Company code → the hub's code, and the name that trades show. */
export const COMPANIES: Readonly<Record<string, { courier: string; name: string }>> = {
  SF: { courier: 'sf', name: '顺丰速运' },
  YTO: { courier: 'yto', name: '圆通速递' },
  ZTO: { courier: 'zto', name: '中通快递' },
  STO: { courier: 'sto', name: '申通快递' },
  YUNDA: { courier: 'yunda', name: '韵达快递' },
  EMS: { courier: 'ems', name: 'EMS' },
  DBKD: { courier: 'deppon', name: '德邦快递' },
  JD: { courier: 'jd', name: '京东快递' },
}

export function statusOf(order: MarketOrder): string {
  return order.status === 'paid' && order.shippingForbidden ? 'PAID_FORBID_CONSIGN' : STATUSES[order.status]
}

/** An order as a trade with all its fields: ids are numbers, amounts are texts in yuan, the receiver is masked. */
export function tradeOf(order: MarketOrder): Record<string, unknown> {
  return {
    tid: numberOf(order.orderId),
    tid_str: order.orderId,
    status: statusOf(order),
    type: 'fixed',
    payment: yuan(order.totalCents),
    post_fee: yuan(order.freightCents),
    total_fee: yuan(order.lines.reduce((sum, line) => sum + line.unitPriceCents * line.quantity, 0)),
    created: beijing(order.createdAtMs),
    modified: beijing(order.modifiedAtMs),
    ...(order.paidAtMs === null ? {} : { pay_time: beijing(order.paidAtMs), alipay_no: order.paymentId }),
    ...(order.status === 'unpaid' ? { timeout_action_time: beijing(order.payUntilMs) } : {}),
    ...(order.finishedAtMs === null ? {} : { end_time: beijing(order.finishedAtMs) }),
    buyer_open_uid: order.buyerId,
    ...(order.remark ? { buyer_message: order.remark } : {}),
    ...masked(order),
    orders: { order: order.lines.map((line) => lineOf(line, order)) },
  }
}

function lineOf(line: MarketLine, order: MarketOrder): Record<string, unknown> {
  const shipment = order.shipments.find(
    ({ lineIds }) => lineIds.length === 0 || lineIds.includes(line.lineId),
  )
  const company = Object.values(COMPANIES).find(({ courier }) => courier === shipment?.courier)
  const status = order.status === 'part_shipped' && shipment ? STATUSES.shipped : null
  // Of a trade with a single line the platform shows the trade's payment, freight included.
  const payment = order.lines.length === 1 ? order.totalCents : line.paidCents
  return {
    oid: numberOf(line.lineId),
    oid_str: line.lineId,
    num_iid: numberOf(line.itemId),
    ...(line.skuId === line.itemId ? {} : { sku_id: line.skuId }),
    ...(line.outerSkuId ? { outer_sku_id: line.outerSkuId } : {}),
    title: line.title,
    num: line.quantity,
    price: yuan(line.unitPriceCents),
    total_fee: yuan(line.unitPriceCents * line.quantity),
    payment: yuan(payment),
    divide_order_fee: yuan(line.paidCents),
    status: status ?? (order.status === 'part_shipped' ? STATUSES.paid : statusOf(order)),
    refund_status: REFUNDS[line.refund],
    ...(line.refund === 'none' ? {} : { refund_id: numberOf(refundIdOf(line)) }),
    ...(shipment
      ? {
          invoice_no: shipment.waybillNumber,
          logistics_company: company?.name ?? shipment.courier,
          consign_time: beijing(shipment.atMs),
        }
      : {}),
  }
}

/** A refund has a number of its own, which its line's does not tell. */
export const refundIdOf = ({ lineId }: Pick<MarketLine, 'lineId'>) => `7${lineId}`

function masked({ orderId, receiver }: { orderId: string; receiver: MarketReceiver }) {
  const [initial = ''] = receiver.name
  return {
    oaid: createHash('sha256')
      .update(JSON.stringify([orderId, receiver]))
      .digest('base64'),
    receiver_name: `${initial}**`,
    receiver_mobile: `*******${receiver.phone.slice(-4)}`,
    receiver_state: receiver.province,
    receiver_city: receiver.city,
    receiver_district: receiver.district,
    receiver_address: `${[...receiver.address].slice(0, 3).join('')}***`,
  }
}
