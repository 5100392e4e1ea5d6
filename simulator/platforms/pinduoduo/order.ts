import { createHash } from 'node:crypto'
import { numberOf } from '../json.ts'
import {
  type MarketOrder,
  type MarketReceiver,
  type MarketStatus,
  reasonOf,
  refundCentsOf,
} from '../market.ts'
import { beijing } from '../values.ts'

/** `[confirm_status, order_status, refund_status]` */
const STATUSES: Record<MarketStatus, readonly [number, number, number]> = {
  unpaid: [0, 1, 1],
  paid: [1, 1, 1],
  // It does not send orders in parts.
  part_shipped: [1, 2, 1],
  shipped: [1, 2, 1],
  received: [1, 3, 1],
  finished: [1, 3, 1],
  closed_unpaid: [2, 1, 1],
  closed_refunded: [1, 1, 4],
}
/** Number of the company → the hub's code. */
export const COMPANIES: Readonly<Record<string, string>> = {
  '1': 'sto',
  '44': 'sf',
  '85': 'yto',
  '115': 'zto',
  '118': 'ems',
  '120': 'jd',
  '121': 'yunda',
  '131': 'deppon',
}

/** An order as `pdd.order.information.get` shows it: amounts are numbers in yuan, the receiver is sealed and masked. */
export function informationOf(order: MarketOrder): Record<string, unknown> {
  const [shipment] = order.shipments
  const goodsCents = order.lines.reduce((sum, line) => sum + line.unitPriceCents * line.quantity, 0)
  return {
    order_sn: order.orderId,
    ...statusOf(order),
    created_time: beijing(order.createdAtMs),
    updated_at: beijing(order.modifiedAtMs),
    pay_time: order.paidAtMs === null ? '' : beijing(order.paidAtMs),
    confirm_time: order.paidAtMs === null ? null : beijing(order.paidAtMs),
    receive_time: order.finishedAtMs === null ? '' : beijing(order.finishedAtMs),
    shipping_time: shipment ? beijing(shipment.atMs) : '',
    ...(order.paidAtMs === null ? {} : { last_ship_time: beijing(order.paidAtMs + 48 * 3_600_000) }),
    pay_no: order.paymentId ?? '',
    pay_amount: asYuan(order.totalCents),
    goods_amount: asYuan(goodsCents),
    discount_amount: asYuan(goodsCents + order.freightCents - order.totalCents),
    postage: asYuan(order.freightCents),
    item_list: order.lines.map((line) => ({
      goods_id: numberOf(line.itemId),
      sku_id: line.skuId === line.itemId ? 0 : numberOf(line.skuId),
      outer_id: line.outerSkuId,
      goods_name: line.title,
      goods_spec: '',
      goods_price: asYuan(line.unitPriceCents),
      goods_count: line.quantity,
    })),
    tracking_number: shipment?.waybillNumber ?? '',
    logistics_id: shipment ? Number(companyOf(shipment.courier)) : 0,
    ...sealed(order),
    buyer_memo: order.remark,
  }
}

const ONLY_MONEY = 2
const WAITS_FOR_MERCHANT = 2
const REFUNDED = 10

/** What buyers ask back of an order: one request for each line, which it names by its goods. */
export function requestsOf(order: MarketOrder): Record<string, unknown>[] {
  return order.lines.flatMap((line, at) =>
    line.refund === 'none'
      ? []
      : [
          {
            id: numberOf(`${order.modifiedAtMs}${at}`),
            order_sn: order.orderId,
            after_sales_type: ONLY_MONEY,
            after_sales_status: line.refund === 'open' ? WAITS_FOR_MERCHANT : REFUNDED,
            after_sale_reason: reasonOf(line),
            goods_id: numberOf(line.itemId),
            sku_id: line.skuId === line.itemId ? '0' : line.skuId,
            goods_number: String(line.quantity),
            refund_amount: String(asYuan(refundCentsOf(line))),
            created_time: beijing(order.modifiedAtMs),
            updated_time: beijing(order.modifiedAtMs),
          },
        ],
  )
}

export function statusOf(order: MarketOrder): Record<string, number> {
  const [confirm_status, order_status, refund_status] = STATUSES[order.status]
  const isAskedBack = order.lines.some((line) => line.refund === 'open')
  const isBack = order.lines.some((line) => line.refund === 'done')
  return {
    confirm_status,
    order_status: order.status === 'closed_refunded' && order.shipments.length > 0 ? 2 : order_status,
    // Of all of the money or of a part.
    refund_status: isAskedBack ? 2 : isBack ? 4 : refund_status,
    group_status: order.status === 'closed_unpaid' ? 2 : order.status === 'unpaid' ? 0 : 1,
    risk_control_status: order.shippingForbidden ? 1 : 0,
    after_sales_status: isAskedBack ? 2 : 0,
  }
}

function companyOf(courier: string): string {
  return Object.entries(COMPANIES).find(([, code]) => code === courier)?.[0] ?? '0'
}

function sealed({ receiver }: { receiver: MarketReceiver }) {
  const seal = (value: string) => `~${createHash('sha256').update(value).digest('base64')}~0~`
  const [initial = ''] = receiver.name
  return {
    province: receiver.province,
    city: receiver.city,
    town: receiver.district,
    receiver_name: seal(receiver.name),
    receiver_name_mask: `${initial}**`,
    receiver_phone: seal(receiver.phone),
    receiver_phone_mask: `*******${receiver.phone.slice(-4)}`,
    address: seal(receiver.address),
    address_mask: `${[...receiver.address].slice(0, 3).join('')}***`,
    open_address_id: createHash('sha256').update(JSON.stringify(receiver)).digest('hex').slice(0, 24),
  }
}

/** A number of yuan, as this platform writes amounts: 1230 cents are 12.3. */
function asYuan(cents: number): number {
  return Number((cents / 100).toFixed(2))
}
