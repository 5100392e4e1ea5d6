import { z } from 'zod'
import {
  CHANNEL_ORDER_STATUSES,
  type ChannelOrder,
  type ChannelOrderStatus,
} from '../../../domain/channel-order.ts'
import { refundedOf } from '../refunds.ts'

const id = z.string().min(1).max(128)
const time = z.iso.datetime({ offset: true })
/** Numbers come as text, whatever they are. */
const whole = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number)

/** An order as the mall tells it; `docs/channels.md` has the contract. */
export const mallOrder = z.looseObject({
  orderId: id,
  status: z.string().max(64),
  createdAt: time,
  modifiedAt: time,
  paidAt: time.nullable(),
  payUntil: time.nullable(),
  shipUntil: time.nullish(),
  buyerId: z.string().max(128).nullable(),
  paymentId: z.string().max(128).nullable(),
  amountCents: whole,
  freightCents: whole,
  /** What went back so far. */
  refundedCents: whole.nullish(),
  lines: z
    .array(
      z.looseObject({
        lineId: id,
        skuId: id,
        outerSkuId: z.string().max(128).nullish(),
        title: z.string().max(512),
        quantity: whole,
        amountCents: whole,
        refund: z.enum(['none', 'open', 'done']),
        refundReason: z.string().max(200).nullish(),
      }),
    )
    .max(500),
  receiver: z.looseObject({
    name: z.string(),
    phone: z.string(),
    province: z.string(),
    city: z.string(),
    district: z.string(),
    address: z.string(),
  }),
  buyerRemark: z.string().max(2_000),
  shippingForbidden: z.boolean(),
  shipments: z.array(z.looseObject({ courier: z.string(), waybillNumber: id, lineIds: z.array(id) })),
  /** Of a payment through the mini-program: what WeChat wants to hear about its shipment. */
  wechat: z.looseObject({ transactionId: id, openId: id }).nullish(),
  /** Of a buyer who follows the merchant's official account. */
  officialOpenId: id.nullish(),
})
export type MallOrder = z.output<typeof mallOrder>

/** The mall's order in the hub's words: the mall speaks them already, but may say more than the hub knows. */
export function toChannelOrder(order: MallOrder): ChannelOrder {
  const { name, phone, province, city, district, address } = order.receiver
  const known: ChannelOrder = {
    platformOrderId: order.orderId,
    status: statusOf(order.status),
    rawStatus: order.status,
    createdAt: order.createdAt,
    modifiedAt: order.modifiedAt,
    paidAt: order.paidAt,
    payUntil: order.payUntil,
    shipUntil: order.shipUntil ?? null,
    buyerId: order.buyerId,
    ...(order.officialOpenId ? { officialOpenId: order.officialOpenId } : {}),
    paymentId: order.paymentId,
    amountCents: order.amountCents,
    freightCents: order.freightCents,
    lines: order.lines.map((line) => ({
      platformLineId: line.lineId,
      platformSkuId: line.skuId,
      outerSkuId: line.outerSkuId || null,
      title: line.title,
      quantity: line.quantity,
      amountCents: line.amountCents,
      refund: line.refund,
      ...(line.refundReason ? { refundReason: line.refundReason } : {}),
    })),
    receiver: { name, phone, province, city, district, address, ciphertext: {} },
    buyerRemark: order.buyerRemark,
    shippingForbidden: order.shippingForbidden,
    waybills: order.shipments.map(({ courier, waybillNumber, lineIds }) => ({
      courier,
      waybillNumber,
      platformLineIds: lineIds,
    })),
  }
  const refundedCents = order.refundedCents ?? refundedOf(known, [])
  return refundedCents === null ? known : { ...known, refundedCents }
}

function statusOf(status: string): ChannelOrderStatus | null {
  return CHANNEL_ORDER_STATUSES.find((known) => known === status) ?? null
}
