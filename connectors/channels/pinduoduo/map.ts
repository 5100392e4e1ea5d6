import { z } from 'zod'
import type { ChannelOrder, ChannelOrderLine, ChannelOrderStatus } from '../../../domain/channel-order.ts'
import { chinaInstantOrNull, instant, optionalText, wholeNumber, yuan, yuanOrNothing } from '../answer.ts'
import { amountsAfterDiscount, lineIdsOf } from '../whole-orders.ts'
import { courierOf } from './carriers.ts'

/** `refund_status`: 1 none or closed, 2 being dealt with, 3 being paid back, 4 done. Another is taken for one under way. */
const REFUNDS: Readonly<Record<string, ChannelOrderLine['refund']>> = {
  '': 'none',
  '1': 'none',
  '2': 'open',
  '3': 'open',
  '4': 'done',
}

const id = z.string().min(1).max(64)

const popItem = z.looseObject({
  goods_id: id,
  /** 0 of goods without SKUs. */
  sku_id: optionalText,
  outer_id: optionalText,
  goods_name: optionalText,
  goods_spec: optionalText,
  goods_price: yuan,
  goods_count: wholeNumber,
})

export const popOrder = z.looseObject({
  order_sn: id,
  /** 1 to be sent, 2 sent, 3 received. */
  order_status: optionalText,
  /** 0 not concluded, 1 concluded, 2 cancelled. */
  confirm_status: optionalText,
  /** 0 the group is still open, 1 complete, 2 failed. */
  group_status: optionalText,
  refund_status: optionalText,
  /** 1: the platform examines the order; it must not be sent. */
  risk_control_status: optionalText,
  created_time: instant,
  updated_at: instant,
  pay_time: chinaInstantOrNull,
  confirm_time: chinaInstantOrNull,
  receive_time: chinaInstantOrNull,
  last_ship_time: chinaInstantOrNull,
  pay_no: optionalText,
  pay_amount: yuan,
  discount_amount: yuanOrNothing,
  postage: yuanOrNothing,
  item_list: z.array(popItem).min(1).max(500),
  tracking_number: optionalText,
  logistics_id: optionalText,
  province: optionalText,
  city: optionalText,
  town: optionalText,
  receiver_name: optionalText,
  receiver_name_mask: optionalText,
  receiver_phone: optionalText,
  receiver_phone_mask: optionalText,
  address: optionalText,
  address_mask: optionalText,
  open_address_id: optionalText,
  buyer_memo: optionalText,
})
type PopOrder = z.output<typeof popOrder>

/** An order of Pinduoduo as the hub's. What the hub does not know of its status stays as it is, with null. */
export function channelOrderOf(order: PopOrder): ChannelOrder {
  const paidAt = paidAtOf(order)
  return {
    platformOrderId: order.order_sn,
    status: statusOf(order, paidAt !== null),
    rawStatus: rawStatusOf(order),
    createdAt: order.created_time,
    modifiedAt: order.updated_at,
    paidAt,
    payUntil: null,
    shipUntil: order.last_ship_time,
    buyerId: null,
    paymentId: paidAt === null ? null : order.pay_no || null,
    amountCents: order.pay_amount,
    freightCents: order.postage,
    lines: linesOf(order),
    receiver: receiverOf(order),
    buyerRemark: order.buyer_memo,
    // Only what the platform says is free to go may go: examined no longer, and the group complete.
    shippingForbidden:
      !['', '0'].includes(order.risk_control_status) || !['', '1'].includes(order.group_status),
    waybills: order.tracking_number
      ? [
          {
            courier: courierOf(order.logistics_id),
            waybillNumber: order.tracking_number,
            platformLineIds: idsOf(order),
          },
        ]
      : [],
  }
}

function statusOf(order: PopOrder, isPaid: boolean): ChannelOrderStatus | null {
  if (order.confirm_status === '2' || order.refund_status === '4') return 'closed'
  if (order.confirm_status === '0') return isPaid ? 'paid' : 'unpaid'
  if (order.confirm_status !== '1') return null
  switch (order.order_status) {
    case '1':
      return 'paid'
    case '2':
      return 'shipped'
    case '3':
      return order.receive_time === null ? 'delivered' : 'completed'
    default:
      return null
  }
}

function paidAtOf(order: PopOrder): string | null {
  return order.pay_time ?? (order.confirm_status === '1' ? order.confirm_time : null)
}

/** Where an order stands, whatever became of requests to give money back. */
export function standingOf(order: PopOrder): ChannelOrderStatus | null {
  return statusOf({ ...order, refund_status: '' }, paidAtOf(order) !== null)
}

/** All the numbers that the status is made of, by their names. */
function rawStatusOf(order: PopOrder): string {
  const names = [
    'order_status',
    'confirm_status',
    'refund_status',
    'group_status',
    'risk_control_status',
  ] as const
  return names.map((name) => `${name}=${order[name]}`).join(' ')
}

function idsOf({ order_sn, item_list: items }: PopOrder): string[] {
  return lineIdsOf(order_sn, items.map(skuIdOf))
}

function skuIdOf({ goods_id: goodsId, sku_id: skuId }: z.output<typeof popItem>): string {
  return skuId === '' || skuId === '0' ? goodsId : skuId
}

function linesOf(order: PopOrder): ChannelOrderLine[] {
  const items = order.item_list
  const ids = idsOf(order)
  const amounts = amountsAfterDiscount(
    items.map((item) => item.goods_price * item.goods_count),
    order.discount_amount,
  )
  return items.map((item, at) => ({
    platformLineId: ids[at] ?? order.order_sn,
    platformSkuId: skuIdOf(item),
    outerSkuId: item.outer_id || null,
    title: `${item.goods_name} ${item.goods_spec}`.trim(),
    quantity: item.goods_count,
    amountCents: amounts[at] ?? 0,
    refund: REFUNDS[order.refund_status] ?? 'open',
  }))
}

/** Ciphertexts have a mask beside them; without a mask the value is clear. */
function receiverOf(order: PopOrder): ChannelOrder['receiver'] {
  const ciphertext: Record<string, string> = {}
  const shown = (name: 'receiver_name' | 'receiver_phone' | 'address', mask: string) => {
    if (mask && order[name]) ciphertext[name] = order[name]
    return mask || order[name]
  }
  const receiver = {
    name: shown('receiver_name', order.receiver_name_mask),
    phone: shown('receiver_phone', order.receiver_phone_mask),
    province: order.province,
    city: order.city,
    district: order.town,
    address: shown('address', order.address_mask),
  }
  // The same of all orders to one address: what ships together is known by it.
  if (order.open_address_id) ciphertext.open_address_id = order.open_address_id
  return { ...receiver, ciphertext }
}
