import { z } from 'zod'
import { PARCEL_STATES } from '../domain/order-state.ts'
import { MIXED_ORDERS } from '../domain/presale.ts'
import { cents, channel, instant } from './common.ts'

/** Bodies of inbox rows, by type: what the relay reads from the database and hands to an order's workflow. */
const fulfilmentLine = z.object({ lineNumber: z.int(), skuId: z.string(), quantity: z.int() })

export const factBodies = {
  'payment.received': z.object({
    paymentId: z.string(),
    amountCents: cents,
    paidAt: instant,
    /** Absent in messages from before it was recorded. */
    operator: z.string().optional(),
    holdsConfirmed: z.boolean(),
    /** No money yet: the buyer pays whoever brings the goods. */
    onDelivery: z.boolean().optional(),
  }),
  'fulfilment.packed': z.object({
    fulfilmentId: z.string(),
    courier: z.string(),
    waybillNumber: z.string(),
    operator: z.string(),
    occurredAt: instant,
  }),
  'fulfilment.short': z.object({
    eventId: z.string(),
    fulfilmentId: z.string(),
    lines: z.array(fulfilmentLine),
    taskClosed: z.boolean(),
    operator: z.string(),
    occurredAt: instant,
  }),
  'presale.arrived': z.object({
    units: z.array(
      fulfilmentLine.extend({ holdId: z.string(), warehouseId: z.string(), quantity: z.int().min(1) }),
    ),
  }),
  'presale.given_up': z.object({
    units: z.array(fulfilmentLine.extend({ holdId: z.string() })),
    operator: z.string(),
  }),
  'stock.granted': z.object({
    allocations: z.array(fulfilmentLine.extend({ warehouseId: z.string() })),
    confirmed: z.boolean(),
    expiresAt: instant,
    givenUp: z.array(z.object({ lineNumber: z.int(), quantity: z.int().min(1) })),
    operator: z.string(),
  }),
  'channel.closed': z.object({ reason: z.string(), operator: z.string(), occurredAt: instant }),
  'refund.retry_requested': z.object({ refundId: z.string(), operator: z.string() }),
  'attention.cleared': z.object({ operator: z.string() }),
  'check.released': z.object({ number: z.int().min(1), operator: z.string() }),
  'parcel.news': z.object({ parcelId: z.string(), state: z.enum(PARCEL_STATES), occurredAt: instant }),
  'parcel.silent': z.object({ parcelId: z.string(), silentSince: instant, detail: z.string() }),
} as const

/** Types of inbox rows that move an order. `order.placed` starts it; its body is the order itself. */
export type FactType = keyof typeof factBodies
export const ORDER_PLACED = 'order.placed'
/** A courier's push, in its own words; it becomes facts once it has been read. */
export const COURIER_PUSH = 'courier.push'

export const orderPlacedBody = z.object({
  orderId: z.string(),
  channel: z.string(),
  storeId: z.string(),
  contactId: z.string(),
  divisionCode: z.string(),
  lines: z.array(
    z.object({ lineNumber: z.int(), skuId: z.string(), quantity: z.int(), unitPriceCents: cents }),
  ),
  allocations: z.array(
    z.object({ lineNumber: z.int(), skuId: z.string(), warehouseId: z.string(), quantity: z.int() }),
  ),
  freightCents: cents,
  amountCents: cents,
  placedAt: instant,
  reservationExpiresAt: instant,
  deadlines: z.object({
    trackingIntervalSeconds: z.number(),
    afterSalesWindowSeconds: z.number(),
    latePaymentWindowSeconds: z.number(),
    parcelSilenceSeconds: z.number().optional(),
  }),
  policyVersions: z.record(z.string(), z.int()).optional(),
  platform: channel.optional(),
  awaitsStock: z.boolean().optional(),
  isChecked: z.boolean().optional(),
  presale: z
    .object({
      mixedOrders: z.enum(MIXED_ORDERS),
      lines: z.array(
        fulfilmentLine.extend({ holdId: z.string(), presaleId: z.string(), expectedOn: z.string() }),
      ),
    })
    .optional(),
})
