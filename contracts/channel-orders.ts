import { z } from 'zod'
import { CHANNEL_ORDER_STATUSES, HELD_REASONS } from '../domain/channel-order.ts'
import { STOCK_DECISIONS } from '../domain/stock-choices.ts'
import {
  cents,
  channel,
  code,
  externalId,
  instant,
  LIMITS,
  orderId,
  page,
  pageQuery,
  quantity,
  text,
} from './common.ts'

const STATES = ['held', 'placed', 'ignored'] as const

/** An order as its platform last told it; without the receiver, who is shown at the hub's own order. */
export const channelOrderView = z.object({
  shopId: code,
  platform: channel,
  storeId: code,
  platformOrderId: z.string(),
  /** `held`: kept, not placed; `ignored`: closed or shipped before the hub saw it. */
  state: z.enum(STATES),
  heldReason: z.enum(HELD_REASONS).nullable(),
  orderId: orderId.nullable(),
  status: z.enum(CHANNEL_ORDER_STATUSES).nullable(),
  rawStatus: z.string(),
  amountCents: cents,
  modifiedAt: instant,
  firstSeenAt: instant,
  updatedAt: instant,
})
export type ChannelOrderView = z.output<typeof channelOrderView>

export const channelOrderDetail = channelOrderView.extend({
  shippingForbidden: z.boolean(),
  lines: z.array(
    z.object({
      platformLineId: z.string(),
      platformSkuId: z.string(),
      outerSkuId: z.string().nullable(),
      title: z.string(),
      quantity: z.number(),
      amountCents: z.number(),
      refund: z.enum(['none', 'open', 'done']),
    }),
  ),
  /** Versions of the SKU mappings that the order was placed with, by platform SKU. */
  mappingVersions: z.record(z.string(), z.int()),
})

export const listChannelOrdersQuery = pageQuery.extend({
  state: z.enum(STATES).optional(),
  reason: z.enum(HELD_REASONS).optional(),
  shopId: code.optional(),
  platformOrderId: externalId.optional(),
  sort: z.enum(['newest', 'oldest']).default('newest'),
})
export type ListChannelOrdersQuery = z.output<typeof listChannelOrdersQuery>
export const channelOrderPage = page(channelOrderView)

const reason = text(500)

/**
 * What to do for an order that waits for stock. `partial` and `cancel` give up what was sold: they ask for a change of the order,
 * which whoever the policy names decides on.
 */
export const stockWaitBody = z
  .discriminatedUnion('decision', [
    z.strictObject({ decision: z.literal('serve-now') }),
    /** Only these send, whatever the policy's limits on distance and parcels are. */
    z.strictObject({
      decision: z.literal('other-warehouse'),
      warehouseIds: z.array(code).min(1).max(LIMITS.orderWarehouses),
    }),
    /** Asks for the missing units at `warehouseId`, by default where the choice says. */
    z.strictObject({ decision: z.literal('transfer'), warehouseId: code.optional(), reason: text(200) }),
    /** The work item comes back then. At most 30 days ahead. */
    z.strictObject({ decision: z.literal('wait'), until: instant }),
    z.strictObject({ decision: z.literal('partial'), reason }),
    z.strictObject({ decision: z.literal('cancel'), reason }),
  ])
  .meta({ examples: [{ decision: 'partial', reason: '客户同意先发一半' }] })
export type StockWaitBody = z.output<typeof stockWaitBody>

export const stockWaitAnswer = z.discriminatedUnion('result', [
  z.object({ orderId, result: z.literal('served') }),
  z.object({ orderId, result: z.literal('waiting'), until: instant }),
  z.object({
    orderId,
    result: z.literal('transfer-requested'),
    transfers: z.array(
      z.object({ transferId: z.uuid(), skuId: code, quantity, warehouseId: code, status: z.string() }),
    ),
  }),
  z.object({ orderId, result: z.literal('change-requested'), changeId: z.uuid(), changeNumber: z.string() }),
])
export type StockWaitAnswer = z.output<typeof stockWaitAnswer>

const units = z.object({ skuId: code, quantity: z.int() })
/** An order that waits for stock: what is there, and what can be decided now. */
export const stockWaitView = z.object({
  orderId,
  isPaid: z.boolean(),
  openChange: z.object({ changeId: z.uuid(), changeNumber: z.string() }).nullable(),
  lookAgainAt: instant.nullable(),
  lines: z.array(z.object({ lineNumber: z.int(), skuId: code, quantity: z.int(), served: z.int() })),
  warehouses: z.array(
    z.object({
      warehouseId: code,
      name: z.string(),
      kilometres: z.number().nullable(),
      units: z.array(units),
    }),
  ),
  transfers: z.array(
    z.object({
      ...{ skuId: code, quantity: z.int(), warehouseId: code },
      sources: z.array(z.object({ sourceId: code, quantity: z.int() })),
    }),
  ),
  incoming: z.array(
    z.object({
      ...{ transferId: z.uuid(), status: z.string(), skuId: code, warehouseId: code, quantity: z.int() },
    }),
  ),
  ordersAhead: z.int(),
  choices: z.array(
    z.object({
      decision: z.enum(STOCK_DECISIONS),
      isPossible: z.boolean(),
      text: z.object({ en: z.string(), zh: z.string() }),
    }),
  ),
})
export type StockWaitView = z.output<typeof stockWaitView>
