import { z } from 'zod'
import { CHANNEL_ORDER_STATUSES, HELD_REASONS, PLATFORMS } from '../domain/channel-order.ts'
import { cents, code, externalId, instant, orderId, page, pageQuery } from './common.ts'

const STATES = ['held', 'placed', 'ignored'] as const

/** An order as its platform last told it; without the receiver, who is shown at the hub's own order. */
export const channelOrderView = z.object({
  shopId: code,
  platform: z.enum(PLATFORMS),
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

/**
 * What to do for an order that waits for stock: serve it now if it can be, or ship what there is and give up the rest.
 * Waiting needs no decision, a transfer is asked for at `/v1/transfers`, and the end of it is a cancellation.
 */
export const stockWaitBody = z.strictObject({ decision: z.enum(['serve-now', 'ship-what-there-is']) })
export const stockWaitAnswer = z.object({ orderId, result: z.literal('served') })
