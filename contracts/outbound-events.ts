import { z } from 'zod'
import { CHANGE_TYPES } from '../domain/change.ts'
import {
  CHANGE_REQUEST_MEANING,
  CHANGE_REQUEST_STATUSES,
  type ChangeRequestStatus,
} from '../domain/change-request-state.ts'
import { ORDER_STATUS_MEANING, ORDER_STATUSES, PARCEL_STATES, RETURN_STATES } from '../domain/order-state.ts'
import { auditHead } from './audit.ts'
import { cents, instant, orderId } from './common.ts'

/** What events can be about. A subscription may name a whole family, also one that has no type yet. */
const EVENT_FAMILIES = ['order', 'stock', 'change', 'audit'] as const

const orderFacts = z.object({
  orderId,
  externalOrderId: z.string().nullable(),
  storeId: z.string(),
  channel: z.string(),
  version: z.int().describe('of the order after what happened; of two events the higher one is the newer'),
})
const statusChange = orderFacts.extend({
  oldStatus: z.enum(ORDER_STATUSES).nullable(),
  newStatus: z.enum(ORDER_STATUSES),
  amountCents: cents.describe('what the buyer owes, freight included'),
})
const REFUND_STATES = ['due', 'done', 'failed'] as const

export type OutboundEventType = {
  en: string
  zh: string
  data: z.ZodType
  /** Says how something is now: where several wait for a receiver, the newest is enough. */
  isState?: boolean
}

/** The type of an order's change of status; its first one is that it was placed. */
export function statusEventType(oldStatus: string | null, newStatus: string): `order.${string}` {
  return oldStatus === null ? 'order.placed' : `order.${newStatus}`
}

const statusEvents = Object.fromEntries(
  ORDER_STATUSES.map((status): [string, OutboundEventType] => [
    `order.${status}`,
    { ...ORDER_STATUS_MEANING[status], data: statusChange },
  ]),
)

/** The type of a change request's step. */
export function changeEventType(status: ChangeRequestStatus): `change.${string}` {
  return status === 'submitted' ? 'change.requested' : `change.${status}`
}

const changeStep = z.object({
  changeId: z.uuid(),
  changeNumber: z.string(),
  requestVersion: z.int().describe('grows when a rejected request is asked for again'),
  version: z.int().describe('of the request after what happened; of two events the higher one is the newer'),
  orderId,
  storeId: z.string(),
  changeType: z.enum(CHANGE_TYPES),
  oldStatus: z.enum(CHANGE_REQUEST_STATUSES).nullable(),
  newStatus: z.enum(CHANGE_REQUEST_STATUSES),
  differenceCents: z.int().describe('what the buyer owes more, or less below 0'),
})
const changeEvents = Object.fromEntries(
  CHANGE_REQUEST_STATUSES.map((status): [string, OutboundEventType] => [
    changeEventType(status),
    { ...CHANGE_REQUEST_MEANING[status], data: changeStep },
  ]),
)

/** Every event that other systems can receive: the one place where a type is added. Events hold no personal data. */
export const OUTBOUND_EVENTS: Record<string, OutboundEventType> = {
  'order.placed': { en: 'the order is known to the hub', zh: '订单已进入中台', data: statusChange },
  ...statusEvents,
  'order.payment_received': {
    en: 'money came in for the order',
    zh: '收到订单付款',
    data: orderFacts.extend({ paymentId: z.string(), amountCents: cents }),
  },
  'order.refund_changed': {
    en: 'a refund became due, was done, or failed',
    zh: '退款产生、完成或失败',
    data: orderFacts.extend({
      refundId: z.string(),
      amountCents: cents,
      oldState: z.enum(REFUND_STATES).nullable(),
      newState: z.enum(REFUND_STATES),
    }),
  },
  'order.parcel_packed': {
    en: 'a parcel was packed and has its waybill',
    zh: '包裹已打包并取得运单号',
    data: orderFacts.extend({ parcelId: z.string(), courier: z.string(), waybillNumber: z.string() }),
  },
  'order.parcel_changed': {
    en: 'a parcel is on its way, delivered, on its way back, or lost',
    zh: '包裹物流状态变更',
    data: orderFacts.extend({
      parcelId: z.string(),
      oldState: z.enum(PARCEL_STATES),
      newState: z.enum(PARCEL_STATES),
    }),
  },
  'order.return_changed': {
    en: 'a return was asked for or went on',
    zh: '退货单状态变更',
    data: orderFacts.extend({
      returnId: z.string(),
      oldState: z.enum(RETURN_STATES).nullable(),
      newState: z.enum(RETURN_STATES),
    }),
  },
  'order.changed': {
    en: 'an authorised change was made: lines, price, contact, or money given back',
    zh: '订单经审批变更：商品、价格、收货信息或退款',
    data: orderFacts.extend({
      changeNumber: z.string(),
      changeType: z.enum(CHANGE_TYPES),
      oldAmountCents: cents,
      newAmountCents: cents,
    }),
  },
  ...changeEvents,
  'stock.level_changed': {
    en: 'the counters of a SKU in a warehouse changed; several changes in a moment are one event',
    zh: '仓库 SKU 库存变更（短时间内合并）',
    isState: true,
    data: z.object({
      skuId: z.string(),
      warehouseId: z.string(),
      total: z.int(),
      shipped: z.int(),
      reserved: z.int(),
      available: z.int(),
      shortfall: z.int(),
      safetyStock: z.int(),
    }),
  },
  'audit.head': {
    en: 'a day has ended: the head of the audit chain that it ended with, to be kept elsewhere',
    zh: '审计链每日链头，请在中台之外留存',
    data: auditHead.pick({ day: true, sequence: true, hash: true }),
  },
}

/** What a subscription is sent when somebody asks for a test; nobody subscribes to it. */
export const TEST_EVENT = 'subscription.test'

/** The body of every webhook, as Standard Webhooks have it. */
export const outboundEvent = z.object({
  type: z.string(),
  timestamp: instant.describe('when it happened, not when it was sent'),
  data: z.record(z.string(), z.unknown()),
})
export type OutboundEvent = z.output<typeof outboundEvent>

/** One type, or a family: `order.*`. */
export const eventPattern = z
  .string()
  .max(100)
  .refine(
    (value) =>
      Object.hasOwn(OUTBOUND_EVENTS, value) || EVENT_FAMILIES.some((family) => value === `${family}.*`),
    `must be an event type or one of ${EVENT_FAMILIES.map((family) => `${family}.*`).join(', ')}`,
  )
