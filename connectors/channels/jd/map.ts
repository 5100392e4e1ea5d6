import { z } from 'zod'
import type { ChannelOrder, ChannelOrderLine, ChannelOrderStatus } from '../../../domain/channel-order.ts'
import { chinaInstantOrNull, instant, optionalText, wholeNumber, yuan, yuanOrNothing } from '../answer.ts'
import { amountsAfterDiscount, lineIdsOf } from '../whole-orders.ts'
import { courierOf } from './carriers.ts'

/** Their order state in the hub's words. `stopped`: whatever it was before, for the moment nothing may be done with it. */
const STATES: Readonly<Record<string, ChannelOrderStatus | 'stopped'>> = {
  NOT_PAY: 'unpaid',
  WAIT_SELLER_STOCK_OUT: 'paid',
  WAIT_SELLER_DELIVERY: 'paid',
  WAIT_SEND_CODE: 'paid',
  WAIT_GOODS_RECEIVE_CONFIRM: 'shipped',
  SEND_TO_DISTRIBUTION_CENER: 'shipped',
  DISTRIBUTION_CENTER_RECEIVED: 'shipped',
  RECEIPTS_CONFIRM: 'delivered',
  // On its way back: the money follows by an order of its own.
  DELIVERY_RETURN: 'shipped',
  FINISHED_L: 'completed',
  TRADE_CANCELED: 'closed',
  LOCKED: 'stopped',
  PAUSE: 'stopped',
  POP_ORDER_PAUSE: 'stopped',
}
/** The platform asks which states are wanted. */
export const ORDER_STATES = Object.keys(STATES)

/** States in which a decision about the money is pending. */
const REFUND_OPEN = new Set(['LOCKED', 'DELIVERY_RETURN'])

const id = z.string().min(1).max(64)

const josItem = z.looseObject({
  skuId: id,
  wareId: optionalText,
  outerSkuId: optionalText,
  skuName: optionalText,
  /** Of one piece. */
  jdPrice: yuan,
  /** How many pieces. */
  itemTotal: wholeNumber,
})
const consignee = z.looseObject({
  fullname: optionalText,
  mobile: optionalText,
  telephone: optionalText,
  province: optionalText,
  city: optionalText,
  county: optionalText,
  town: optionalText,
  fullAddress: optionalText,
})

export const josOrder = z.looseObject({
  orderId: id,
  orderState: z.string().max(64),
  orderStartTime: instant,
  modified: instant,
  /** Year 1: not paid. */
  paymentConfirmTime: chinaInstantOrNull,
  /** `1-货到付款`, `4-在线支付` and others; only the number is sure. */
  payType: optionalText,
  /** What the buyer still had to pay after using up a balance, freight included. */
  orderPayment: yuan,
  balanceUsed: yuanOrNothing,
  freightPrice: yuanOrNothing,
  sellerDiscount: yuanOrNothing,
  itemInfoList: z.array(josItem).min(1).max(500),
  consigneeInfo: consignee.nullish().transform((info) => info ?? consignee.parse({})),
  oaid: optionalText,
  open_id_buyer: optionalText,
  orderRemark: optionalText,
  logisticsId: optionalText,
  waybill: optionalText,
})
export type JosOrder = z.output<typeof josOrder>

/** The fields that `josOrder` reads, as the platform wants them named. */
export const ORDER_FIELDS = Object.keys(josOrder.shape).join(',')

/** An order of JD as the hub's. A state that the hub does not know stays as it is, with null. */
export function channelOrderOf(order: JosOrder): ChannelOrder {
  const state = STATES[order.orderState] ?? null
  return {
    platformOrderId: order.orderId,
    status: state === 'stopped' ? statusWhenStopped(order) : state,
    rawStatus: order.orderState,
    createdAt: order.orderStartTime,
    modifiedAt: order.modified,
    paidAt: order.paymentConfirmTime,
    ...(/^1(?!\d)/.test(order.payType) ? { cashOnDelivery: true } : {}),
    payUntil: null,
    shipUntil: null,
    buyerId: order.open_id_buyer || null,
    paymentId: null,
    amountCents: order.orderPayment + order.balanceUsed,
    freightCents: order.freightPrice,
    lines: linesOf(order),
    receiver: receiverOf(order),
    buyerRemark: order.orderRemark,
    shippingForbidden: state === 'stopped',
    waybills: waybillsOf(order),
  }
}

function statusWhenStopped({ waybill, paymentConfirmTime }: JosOrder): ChannelOrderStatus {
  if (waybill) return 'shipped'
  return paymentConfirmTime === null ? 'unpaid' : 'paid'
}

function idsOf({ orderId, itemInfoList: items }: JosOrder): string[] {
  return lineIdsOf(
    orderId,
    items.map(({ skuId }) => skuId),
  )
}

function linesOf(order: JosOrder): ChannelOrderLine[] {
  const items = order.itemInfoList
  const ids = idsOf(order)
  const amounts = amountsAfterDiscount(
    items.map((item) => item.jdPrice * item.itemTotal),
    order.sellerDiscount,
  )
  return items.map((item, at) => ({
    platformLineId: ids[at] ?? order.orderId,
    platformSkuId: item.skuId,
    outerSkuId: item.outerSkuId || null,
    title: item.skuName,
    quantity: item.itemTotal,
    amountCents: amounts[at] ?? 0,
    refund: refundOf(order),
  }))
}

function refundOf({ orderState, paymentConfirmTime }: JosOrder): ChannelOrderLine['refund'] {
  if (orderState === 'TRADE_CANCELED' && paymentConfirmTime !== null) return 'done'
  return REFUND_OPEN.has(orderState) ? 'open' : 'none'
}

function receiverOf({ consigneeInfo, oaid }: JosOrder): ChannelOrder['receiver'] {
  const { province, city, county, town, fullAddress } = consigneeInfo
  // Their full address begins with the division, which the hub keeps apart; masks may hide where it ends.
  const division = `${province}${city}${county}`
  const street = fullAddress.startsWith(division) ? fullAddress.slice(division.length) : fullAddress
  return {
    name: consigneeInfo.fullname,
    phone: consigneeInfo.mobile || consigneeInfo.telephone,
    province,
    city,
    district: county,
    address: street.startsWith(town) ? street : town + street,
    ciphertext: oaid ? { oaid } : {},
  }
}

function waybillsOf(order: JosOrder): ChannelOrder['waybills'] {
  if (!order.waybill) return []
  return [
    {
      courier: courierOf(order.logisticsId),
      waybillNumber: order.waybill,
      platformLineIds: idsOf(order),
    },
  ]
}
