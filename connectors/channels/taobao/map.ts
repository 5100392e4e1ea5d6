import { z } from 'zod'
import type {
  ChannelOrder,
  ChannelOrderLine,
  ChannelOrderStatus,
  ChannelWaybill,
} from '../../../domain/channel-order.ts'
import { instant, readBy, wholeNumber, yuan } from '../answer.ts'
import { instantOfChina } from '../values.ts'
import { courierOf } from './carriers.ts'

/** Their trade status in the hub's words. https://open.taobao.com/doc.htm?docId=102856&docType=1 */
const STATUSES: Readonly<Record<string, ChannelOrderStatus>> = {
  TRADE_NO_CREATE_PAY: 'unpaid',
  WAIT_BUYER_PAY: 'unpaid',
  PAY_PENDING: 'unpaid',
  WAIT_PRE_AUTH_CONFIRM: 'unpaid',
  PAID_FORBID_CONSIGN: 'paid',
  WAIT_SELLER_SEND_GOODS: 'paid',
  SELLER_CONSIGNED_PART: 'part_shipped',
  WAIT_BUYER_CONFIRM_GOODS: 'shipped',
  TRADE_BUYER_SIGNED: 'delivered',
  TRADE_FINISHED: 'completed',
  TRADE_CLOSED: 'closed',
  TRADE_CLOSED_BY_TAOBAO: 'closed',
}

const NEVER_PAID = 'TRADE_CLOSED_BY_TAOBAO'

/** What their refund statuses mean for a line; one that is not here is taken for a refund under way. */
const REFUNDS: Readonly<Record<string, ChannelOrderLine['refund']>> = {
  '': 'none',
  NO_REFUND: 'none',
  CLOSED: 'none',
  WAIT_SELLER_AGREE: 'open',
  WAIT_BUYER_RETURN_GOODS: 'open',
  WAIT_SELLER_CONFIRM_GOODS: 'open',
  SELLER_REFUSE_BUYER: 'open',
  SUCCESS: 'done',
}

const id = z.string().min(1).max(64)
const text = z.string().default('')
const maybeInstant = readBy(instantOfChina).nullish()

const topLine = z.looseObject({
  oid: id,
  num_iid: id,
  sku_id: z.string().max(64).nullish(),
  outer_iid: text,
  outer_sku_id: text,
  title: text,
  num: wholeNumber,
  /** Of a trade with one line the trade's payment, freight included; otherwise the line's before shared discounts. */
  payment: yuan,
  /** The line's share after all discounts, where the platform computes it. */
  divide_order_fee: yuan.optional(),
  /** The line's part of the discounts that are shared by the trade. */
  part_mjz_discount: yuan.default(0),
  status: text,
  refund_status: text,
  /** Of the refund that was asked for last. */
  refund_id: z.string().max(64).nullish(),
  logistics_company: text,
  invoice_no: text,
})
type TopLine = z.output<typeof topLine>

export const topTrade = z.looseObject({
  tid: id,
  status: z.string().max(64),
  /** `cod`: the buyer pays the courier, and the trade has no pay time until then. */
  type: text,
  payment: yuan,
  post_fee: yuan,
  created: instant,
  modified: instant,
  pay_time: maybeInstant,
  timeout_action_time: maybeInstant,
  buyer_open_uid: z.string().max(128).nullish(),
  alipay_no: z.string().max(128).nullish(),
  oaid: text,
  receiver_name: text,
  receiver_mobile: text,
  receiver_phone: text,
  receiver_state: text,
  receiver_city: text,
  receiver_district: text,
  receiver_town: text,
  receiver_address: text,
  buyer_message: text,
  orders: z.looseObject({ order: z.array(topLine).min(1).max(500) }),
})
export type TopTrade = z.output<typeof topTrade>

/** The fields that `topTrade` reads, as `trade.fullinfo.get` wants them named. */
export const TRADE_FIELDS =
  'tid,status,type,payment,post_fee,created,modified,pay_time,timeout_action_time,buyer_open_uid,alipay_no,oaid,' +
  'receiver_name,receiver_mobile,receiver_phone,receiver_state,receiver_city,receiver_district,receiver_town,' +
  'receiver_address,buyer_message,orders'

/** A trade of Taobao or Tmall as the hub's order. A status that the hub does not know stays as it is, with null. */
export function channelOrderOf(trade: TopTrade): ChannelOrder {
  const status = STATUSES[trade.status] ?? null
  const isPaid = trade.pay_time != null
  const lines = trade.orders.order
  return {
    platformOrderId: trade.tid,
    status,
    rawStatus: trade.status,
    createdAt: trade.created,
    modifiedAt: trade.modified,
    paidAt: trade.pay_time ?? null,
    ...(trade.type === 'cod' ? { cashOnDelivery: true } : {}),
    payUntil: status === 'unpaid' ? (trade.timeout_action_time ?? null) : null,
    shipUntil: null,
    buyerId: trade.buyer_open_uid ?? null,
    paymentId: isPaid ? (trade.alipay_no ?? null) : null,
    amountCents: trade.payment,
    freightCents: trade.post_fee,
    lines: lines.map((line) => lineOf(line, trade)),
    receiver: receiverOf(trade),
    buyerRemark: trade.buyer_message,
    shippingForbidden: trade.status === 'PAID_FORBID_CONSIGN',
    waybills: waybillsOf(lines),
  }
}

function lineOf(line: TopLine, trade: TopTrade): ChannelOrderLine {
  return {
    platformLineId: line.oid,
    platformSkuId: line.sku_id || line.num_iid,
    outerSkuId: line.outer_sku_id || line.outer_iid || null,
    title: line.title,
    quantity: line.num,
    amountCents: amountOf(line, trade),
    refund: refundOf(line, trade),
  }
}

function amountOf(line: TopLine, trade: TopTrade): number {
  if (trade.orders.order.length === 1) return Math.max(trade.payment - trade.post_fee, 0)
  // Taken out before anything was paid: the trade's payment is without it.
  if (line.status === NEVER_PAID && line.status !== trade.status) return 0
  return line.divide_order_fee ?? Math.max(line.payment - line.part_mjz_discount, 0)
}

/** A line that was closed while its trade goes on is not to be sent either, paid or not. */
function refundOf(line: TopLine, trade: TopTrade): ChannelOrderLine['refund'] {
  const isClosedAlone = line.status.startsWith('TRADE_CLOSED') && line.status !== trade.status
  return isClosedAlone ? 'done' : (REFUNDS[line.refund_status] ?? 'open')
}

function receiverOf(trade: TopTrade): ChannelOrder['receiver'] {
  const { receiver_town: town, receiver_address: address } = trade
  return {
    name: trade.receiver_name,
    phone: trade.receiver_mobile || trade.receiver_phone,
    province: trade.receiver_state,
    city: trade.receiver_city,
    district: trade.receiver_district,
    address: address.startsWith(town) ? address : town + address,
    ciphertext: trade.oaid ? { oaid: trade.oaid } : {},
  }
}

function waybillsOf(lines: readonly TopLine[]): ChannelWaybill[] {
  const waybills = new Map<string, ChannelWaybill>()
  for (const { oid, invoice_no: waybillNumber, logistics_company: company } of lines) {
    if (!waybillNumber) continue
    const key = `${company} ${waybillNumber}`
    const known = waybills.get(key) ?? { courier: courierOf(company), waybillNumber, platformLineIds: [] }
    known.platformLineIds.push(oid)
    waybills.set(key, known)
  }
  return [...waybills.values()]
}
