import { z } from 'zod'
import { channel, externalId, instant, page, pageQuery } from './common.ts'

/** What one shop sent to the hub, and what the hub told it. Neither has what a customer is called or where they live. */

const MESSAGE_STATES = [
  'hint',
  'fetched',
  'set_aside',
  'dismissed',
  'pending',
  'waiting',
  'delivered',
  'late',
  'unread',
  'read',
] as const

/** A message as it came in; its text stays in the database. */
export const shopMessageView = z.object({
  messageId: z.string().describe('the hub’s own number of it'),
  platformMessageId: z.string(),
  type: z.string().describe('the platform’s own name of what happened'),
  platformOrderId: z.string().nullable().describe('null: it names no order, or the hub’s own'),
  state: z.enum(MESSAGE_STATES),
  attempts: z.int(),
  lastError: z.string().nullable(),
  nextAttemptAt: instant.nullable().describe('null: it is not tried any more'),
  occurredAt: instant,
  receivedAt: instant,
  settledAt: instant.nullable(),
  canReplay: z.boolean().describe('whether its order can be fetched because of it'),
})
export type ShopMessageView = z.output<typeof shopMessageView>

export const listShopMessagesQuery = pageQuery.extend({
  state: z.enum(MESSAGE_STATES).optional(),
  platformOrderId: externalId.optional(),
  sort: z.enum(['newest', 'oldest']).default('newest'),
})
export type ListShopMessagesQuery = z.output<typeof listShopMessagesQuery>
export const shopMessagePage = page(shopMessageView)

const SHOP_DELIVERY_KINDS = ['shipment', 'listing'] as const
const DELIVERY_STATES = ['pending', 'delivered', 'failed', 'withdrawn'] as const

/** Something that the platform is told: a waybill, or how many of an article its store may show. */
export const shopDeliveryView = z.object({
  deliveryId: z.uuid(),
  kind: z.enum(SHOP_DELIVERY_KINDS),
  orderId: z.uuid().nullable(),
  platformOrderId: z.string().nullable(),
  waybillNumber: z.string().nullable(),
  skuId: z.string().nullable(),
  quantity: z.int().nullable(),
  state: z.enum(DELIVERY_STATES),
  attempts: z.int(),
  lastStatus: z.int().nullable(),
  lastError: z.string().nullable(),
  nextAttemptAt: instant.nullable().describe('null: it is not tried any more'),
  createdAt: instant,
  settledAt: instant.nullable(),
  canReplay: z.boolean(),
})
export type ShopDeliveryView = z.output<typeof shopDeliveryView>

export const listShopDeliveriesQuery = pageQuery.extend({
  /** Waybills of the shop's own orders, or quantities of its store. */
  kind: z.enum(SHOP_DELIVERY_KINDS).default('shipment'),
  state: z.enum(DELIVERY_STATES).optional(),
  sort: z.enum(['newest', 'oldest']).default('newest'),
})
export type ListShopDeliveriesQuery = z.output<typeof listShopDeliveriesQuery>
export const shopDeliveryPage = page(shopDeliveryView)

/** What a platform wants of whoever connects a shop: for a form, so that nobody has to know it by heart. */
export const platformList = z.object({
  items: z.array(
    z.object({
      platform: channel,
      channel: z.string().describe('the channel of the stores whose orders come from it'),
      gatewayUrl: z.string().describe('where it listens unless a shop says otherwise'),
      pushUrl: z.string().nullable(),
      credentials: z.array(
        z.object({
          field: z.string(),
          isRequired: z.boolean(),
          mayBeEmpty: z.boolean(),
          default: z.string().nullable(),
          choices: z.array(z.string()).nullable().describe('null: any text'),
        }),
      ),
    }),
  ),
})
export type PlatformList = z.output<typeof platformList>
