import { z } from 'zod'
import type {
  ChannelOrder,
  ChannelOrderLine,
  ChannelOrderStatus,
  ChannelWaybill,
} from '../../../domain/channel-order.ts'
import { readBy } from '../answer.ts'
import { centsOfFen, chinaInstant, instantOfSeconds } from '../values.ts'
import { courierOf } from './couriers.ts'

/** `order_status`. What is not here is kept as it came and raised. */
const STATUSES: Readonly<Record<string, ChannelOrderStatus>> = {
  1: 'unpaid',
  105: 'paid',
  2: 'paid',
  101: 'part_shipped',
  3: 'shipped',
  4: 'closed',
  5: 'completed',
}
const UNPAID = '1'
/** Paid, and not yet released to the merchant: the platform looks at it, or waits for a group. */
const PAID_NOT_RELEASED = '105'

/** `after_sale_status` with nothing under way: refused, failed, withdrawn, exchanged. */
const NO_REFUND: ReadonlySet<string> = new Set(['', '0', '14', '27', '28', '51'])
const REFUND_DONE: ReadonlySet<string> = new Set(['12', '53'])

/** Text, whether it came as text or as a number; null and nothing are the empty text. */
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '')
const fen = readBy(centsOfFen)
/** Seconds since the epoch; none and 0 are "not yet". */
const moment = text.transform((seconds) => seconds || '0').pipe(readBy(instantOfSeconds))
const requiredMoment = readBy((seconds) => {
  const instant = instantOfSeconds(seconds)
  if (instant === null) throw new RangeError('a time is missing')
  return instant
})
const place = z
  .looseObject({ name: text })
  .nullish()
  .transform((value) => value?.name ?? '')

const line = z.looseObject({
  order_id: z.string().min(1),
  sku_id: z.string(),
  out_sku_id: text,
  code: text,
  product_name: text,
  item_num: z.string().regex(/^\d{1,9}$/),
  pay_amount: fen,
  after_sale_info: z.looseObject({ after_sale_status: text, refund_status: text }).nullish(),
})
const parcel = z.looseObject({
  tracking_no: text,
  company: text,
  product_info: z
    .array(z.looseObject({ sku_order_id: text }))
    .nullish()
    .transform((value) => value ?? []),
})

const detail = z.looseObject({
  order_id: z.string().min(1),
  order_status: z.string(),
  create_time: requiredMoment,
  update_time: requiredMoment,
  pay_time: moment,
  /** 0: paid on delivery, also shown of orders that are not paid yet. */
  pay_type: text,
  order_expire_time: text.pipe(z.string().regex(/^\d{0,11}$/)),
  exp_ship_time: moment,
  doudian_open_id: text,
  channel_payment_no: text,
  pay_amount: fen,
  post_amount: fen,
  buyer_words: text,
  mask_post_receiver: text,
  mask_post_tel: text,
  encrypt_post_receiver: text,
  encrypt_post_tel: text,
  open_address_id: text,
  post_addr: z
    .looseObject({ province: place, city: place, town: place, street: place, encrypt_detail: text })
    .nullish(),
  mask_post_addr: z.looseObject({ detail: text }).nullish(),
  sku_order_list: z.array(line).max(500),
  logistics_info: z
    .array(parcel)
    .nullish()
    .transform((value) => value ?? []),
})
type Detail = z.output<typeof detail>

/** `data.shop_order_detail` of `order.orderDetail` in the hub's words. */
export const doudianOrder = detail.transform(
  (order): ChannelOrder => ({
    platformOrderId: order.order_id,
    status: STATUSES[order.order_status] ?? null,
    rawStatus: order.order_status,
    createdAt: order.create_time,
    modifiedAt: order.update_time,
    paidAt: order.pay_time,
    ...(order.pay_type === '0' && order.pay_time === null && order.order_status !== UNPAID
      ? { cashOnDelivery: true }
      : {}),
    payUntil: deadlineOf(order.create_time, Number(order.order_expire_time)),
    shipUntil: order.exp_ship_time,
    buyerId: order.doudian_open_id || null,
    paymentId: order.channel_payment_no || null,
    amountCents: order.pay_amount,
    freightCents: order.post_amount,
    lines: order.sku_order_list.map(lineOf),
    receiver: receiverOf(order),
    buyerRemark: order.buyer_words,
    shippingForbidden: order.order_status === PAID_NOT_RELEASED,
    waybills: order.logistics_info.filter(({ tracking_no: number }) => number !== '').map(waybillOf),
  }),
)

function waybillOf(entry: z.output<typeof parcel>): ChannelWaybill {
  return {
    courier: courierOf(entry.company),
    waybillNumber: entry.tracking_no,
    platformLineIds: entry.product_info.map((product) => product.sku_order_id).filter((id) => id !== ''),
  }
}

function lineOf(entry: z.output<typeof line>): ChannelOrderLine {
  return {
    platformLineId: entry.order_id,
    platformSkuId: entry.sku_id,
    // `code` is what merchants type in by hand, `out_sku_id` what their systems set: the latter may be 0 for "none".
    outerSkuId: [entry.out_sku_id, entry.code].find((code) => code !== '' && code !== '0') ?? null,
    title: entry.product_name,
    quantity: Number(entry.item_num),
    amountCents: entry.pay_amount,
    refund: refundOf(
      entry.after_sale_info?.refund_status ?? '',
      entry.after_sale_info?.after_sale_status ?? '',
    ),
  }
}

/** What the two statuses of an after-sale mean, of a line as of a request. */
export function refundOf(refundStatus: string, afterSaleStatus: string): ChannelOrderLine['refund'] {
  if (refundStatus === '3' || REFUND_DONE.has(afterSaleStatus)) return 'done'
  return NO_REFUND.has(afterSaleStatus) ? 'none' : 'open'
}

function receiverOf(order: Detail): ChannelOrder['receiver'] {
  const address = order.post_addr
  const ciphertext = {
    encrypt_post_receiver: order.encrypt_post_receiver,
    encrypt_post_tel: order.encrypt_post_tel,
    encrypt_detail: address?.encrypt_detail ?? '',
    // The same of all orders to one address: what ships together is known by it.
    open_address_id: order.open_address_id,
  }
  return {
    name: order.mask_post_receiver,
    phone: order.mask_post_tel,
    province: address?.province ?? '',
    city: address?.city ?? '',
    district: address?.town ?? '',
    address: `${address?.street ?? ''}${order.mask_post_addr?.detail ?? ''}`,
    ciphertext: Object.fromEntries(Object.entries(ciphertext).filter(([, value]) => value !== '')),
  }
}

/** The document calls it a time and shows 1800: what would be before 2001 is seconds from the order's creation. */
function deadlineOf(createdAt: string, expireTime: number): string | null {
  if (expireTime === 0) return null
  if (expireTime >= 1_000_000_000) return instantOfSeconds(String(expireTime))
  return chinaInstant(new Date(Date.parse(createdAt) + expireTime * 1000))
}
