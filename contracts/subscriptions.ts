import { z } from 'zod'
import { EVENT_DELIVERY_STATES, SUBSCRIPTION_STATES } from '../domain/event-delivery.ts'
import { code, instant, page, pageQuery, text } from './common.ts'
import { eventPattern, outboundEvent } from './outbound-events.ts'

/** Far more than a business has systems: every one of them is looked at in each round. */
export const MAX_SUBSCRIPTIONS = 100
/** Secrets that are valid at one moment; each signs every message. */
export const MAX_SECRETS = 3

const url = z.string().min(1).max(2_000)
const eventTypes = z.array(eventPattern).min(1).max(50)
const storeIds = z.array(code).max(500)
const HAS_NO_STORE =
  'neither stock nor the audit trail belongs to a store: receive their events by a subscription without stores'
const fitsStores = (body: { eventTypes?: string[] | undefined; storeIds?: string[] | undefined }) =>
  !body.storeIds?.length || !body.eventTypes?.some((type) => /^(stock|audit)\./.test(type))

export const createSubscriptionBody = z
  .strictObject({
    name: text(100),
    url,
    eventTypes,
    /** Only what belongs to these stores; empty: everything. */
    storeIds: storeIds.default([]),
    /** Send what happened since then, too; default: what happens from now on. */
    startAt: instant.optional(),
  })
  .refine(fitsStores, { message: HAS_NO_STORE, path: ['storeIds'] })
  .meta({
    examples: [
      { name: 'ERP', url: 'https://erp.example.com/hooks/order-hub', eventTypes: ['order.*', 'change.*'] },
    ],
  })
export type CreateSubscriptionBody = z.output<typeof createSubscriptionBody>

export const changeSubscriptionBody = z
  .strictObject({
    name: text(100).optional(),
    url: url.optional(),
    eventTypes: eventTypes.optional(),
    storeIds: storeIds.optional(),
  })
  .refine((body) => Object.values(body).some((value) => value !== undefined), 'changes nothing')
export type ChangeSubscriptionBody = z.output<typeof changeSubscriptionBody>

export const subscriptionView = z.object({
  subscriptionId: z.uuid(),
  name: z.string(),
  url: z.string(),
  eventTypes: z.array(z.string()),
  storeIds: z.array(z.string()),
  state: z.enum(SUBSCRIPTION_STATES),
  stateReason: z.string().nullable(),
  pending: z.int().describe('deliveries under way'),
  behind: z.int().describe('events that were not looked at yet, wanted or not'),
  consecutiveFailures: z.int(),
  failingSince: instant.nullable(),
  throttledUntil: instant.nullable().describe('nothing is sent before'),
  lastSuccessAt: instant.nullable(),
  createdBy: z.string(),
  createdAt: instant,
  updatedAt: instant,
})
export type SubscriptionView = z.output<typeof subscriptionView>

export const listSubscriptionsQuery = pageQuery.extend({
  state: z.enum(SUBSCRIPTION_STATES).optional(),
  eventType: eventPattern.optional(),
  failing: z.stringbool().optional(),
  sort: z.enum(['newest', 'oldest', 'name']).default('newest'),
})
export type ListSubscriptionsQuery = z.output<typeof listSubscriptionsQuery>
export const subscriptionPage = page(subscriptionView)

/** Secrets that sign now, the newest first. */
export const subscriptionSecrets = z.object({
  secrets: z.array(
    z.object({
      secret: z.string(),
      createdBy: z.string(),
      createdAt: instant,
      expiresAt: instant.nullable().describe('null: until it is replaced'),
    }),
  ),
})
export type SubscriptionSecrets = z.output<typeof subscriptionSecrets>
export const rotateSecretBody = z.strictObject({
  /** How long the old secret goes on signing beside the new one. */
  overlapHours: z.number().min(0).max(168).default(24),
})

export const eventDeliveryView = z.object({
  deliveryId: z.uuid(),
  eventId: z.string().describe('the webhook-id: the same at every try and replay'),
  type: z.string(),
  key: z.string().describe('events of one key come in order'),
  happenedAt: instant,
  state: z.enum(EVENT_DELIVERY_STATES),
  attempts: z.int(),
  replays: z.int(),
  nextAttemptAt: instant.nullable(),
  lastStatus: z.int().nullable(),
  lastError: z.string().nullable(),
  lastMilliseconds: z.int().nullable(),
  createdAt: instant,
  lastAttemptAt: instant.nullable(),
  settledAt: instant.nullable(),
})
export type EventDeliveryView = z.output<typeof eventDeliveryView>
export const eventDeliveryDetail = eventDeliveryView.extend({
  body: outboundEvent,
  failures: z.array(
    z.object({ at: instant, status: z.int().nullable(), error: z.string(), milliseconds: z.int() }),
  ),
})
export type EventDeliveryDetail = z.output<typeof eventDeliveryDetail>

export const listEventDeliveriesQuery = pageQuery.extend({
  state: z.enum(EVENT_DELIVERY_STATES).optional(),
  type: text(100).optional(),
  key: text(200).optional(),
  createdFrom: instant.optional(),
  createdTo: instant.optional(),
  sort: z.enum(['newest', 'oldest']).default('newest'),
})
export type ListEventDeliveriesQuery = z.output<typeof listEventDeliveriesQuery>
export const eventDeliveryPage = page(eventDeliveryView)

export const replayPeriodBody = z
  .strictObject({
    /** By the time at which things happened. */
    from: instant,
    to: instant,
    /** Default: the subscription's own. */
    eventTypes: eventTypes.optional(),
  })
  .refine((body) => Date.parse(body.to) > Date.parse(body.from), {
    message: 'must be after from',
    path: ['to'],
  })
export type ReplayPeriodBody = z.output<typeof replayPeriodBody>
export const eventReplayView = z.object({
  replayId: z.uuid(),
  from: instant,
  to: instant,
  eventTypes: z.array(z.string()),
  state: z.enum(['running', 'done', 'cancelled']),
  queued: z.int(),
  requestedBy: z.string(),
  createdAt: instant,
  finishedAt: instant.nullable(),
})
export type EventReplayView = z.output<typeof eventReplayView>
export const eventReplayPage = page(eventReplayView)
export const listReplaysQuery = pageQuery

export const queuedDelivery = z.object({ deliveryId: z.uuid() })
export const eventTypeList = z.object({
  items: z.array(
    z.object({
      type: z.string(),
      title: z.object({ en: z.string(), zh: z.string() }),
      schema: z.record(z.string(), z.unknown()).describe('JSON Schema of `data`'),
    }),
  ),
})
