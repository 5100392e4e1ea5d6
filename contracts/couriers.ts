import { z } from 'zod'
import { PARCEL_STATES } from '../domain/order-state.ts'
import { externalId, instant, page, pageQuery } from './common.ts'

/** Couriers: how well the hub hears of the parcels that are under way with each, and what they pushed. */

/** Who is asked about a courier's parcels: itself, a service that knows many, or the merchant's gateway. */
const COURIER_SOURCES = ['gateway', 'sf', 'kuaidi100'] as const
/** Of them, who pushes. */
export const PUSHING_SOURCES = ['kuaidi100'] as const

const feed = {
  state: z.enum(['unknown', 'connected', 'ok', 'failing']),
  lagSeconds: z.number().nullable().describe('null while it is not known'),
  lagTargetSeconds: z.number(),
}

export const courierView = z.object({
  courier: z.string().describe('the hub’s code of it'),
  source: z.enum(COURIER_SOURCES),
  sourceUrl: z.string().describe('where the source is asked, as it is configured'),
  callsPerSecond: z.number().describe('of the source, for all its couriers together'),
  waybillsPerCall: z.int(),
  parcels: z.object({
    underWay: z.int().describe('of orders that are open; one of a shared waybill'),
    isCapped: z.boolean().describe('whether there are more than were looked at'),
    overdue: z.int().describe('not asked about for twice as long as they should be'),
    failing: z.int().describe('three or more calls in a row failed'),
    silent: z.int().describe('no scan for too long, which a person was told'),
  }),
  /** Null where the source pushes nothing, or not to us. */
  push: z
    .object({
      ...feed,
      lastMessageAt: instant.nullable().describe('of a parcel of this courier that is under way'),
      waiting: z.int().describe('pushes of the source that are kept and not read'),
      setAside: z.int().describe('pushes of the source that could not be read, or name no parcel of ours'),
    })
    .nullable(),
  poll: z.object({
    ...feed,
    lastSuccessAt: instant.nullable(),
    lastError: z.string().nullable().describe('of the parcel that failed last and still does'),
  }),
})
export type CourierView = z.output<typeof courierView>

export const listCouriersQuery = pageQuery.extend({
  /** With parcels that are overdue, failing or silent, or without any. */
  troubled: z.stringbool().optional(),
  sort: z.enum(['courier', '-courier']).default('courier'),
})
export type ListCouriersQuery = z.output<typeof listCouriersQuery>
export const courierPage = page(courierView)

const PARCEL_STANDINGS = ['overdue', 'failing', 'silent'] as const

/** A parcel under way, as it is followed. Neither whose it is nor where it goes. */
export const followedParcelView = z.object({
  parcelId: z.string(),
  orderId: z.uuid(),
  waybillNumber: z.string(),
  state: z.enum(PARCEL_STATES),
  standings: z.array(z.enum(PARCEL_STANDINGS)).describe('what is wrong with it; none: nothing'),
  lastNewsAt: instant.nullable().describe('a scan that had not been known'),
  lastPushAt: instant.nullable(),
  lastPollAt: instant.nullable().describe('also of a call that failed'),
  nextPollAt: instant.nullable(),
  failures: z.int().describe('calls in a row that failed'),
  lastError: z.string().nullable(),
  subscription: z
    .object({
      state: z.enum(['asked', 'active', 'refused', 'ended']),
      askedAt: instant,
      detail: z.string().nullable().describe('what the source answered'),
    })
    .nullable()
    .describe('the last time that its source was asked to push; null: never'),
  createdAt: instant,
})
export type FollowedParcelView = z.output<typeof followedParcelView>

export const listFollowedParcelsQuery = pageQuery.extend({
  standing: z.enum(PARCEL_STANDINGS).optional(),
  waybillNumber: externalId.optional(),
  sort: z.enum(['newest', 'oldest']).default('newest'),
})
export type ListFollowedParcelsQuery = z.output<typeof listFollowedParcelsQuery>
export const followedParcelPage = page(followedParcelView)

const MESSAGE_STATES = ['unread', 'read', 'set_aside', 'dismissed'] as const

/** A push as it came in; its text stays in the database: it says who signed for a parcel. */
export const courierMessageView = z.object({
  messageId: z.string().describe('the hub’s own number of it'),
  waybillNumber: z.string().nullable().describe('null: it is no longer kept'),
  orderId: z.uuid().nullable().describe('whose parcel it was read for'),
  state: z.enum(MESSAGE_STATES),
  attempts: z.int(),
  lastError: z.string().nullable(),
  nextAttemptAt: instant.nullable().describe('null: it is not tried any more'),
  receivedAt: instant,
  settledAt: instant.nullable(),
  canReplay: z.boolean(),
})
export type CourierMessageView = z.output<typeof courierMessageView>

export const listCourierMessagesQuery = pageQuery.extend({
  state: z.enum(MESSAGE_STATES).optional(),
  waybillNumber: externalId.optional(),
  sort: z.enum(['newest', 'oldest']).default('newest'),
})
export type ListCourierMessagesQuery = z.output<typeof listCourierMessagesQuery>
export const courierMessagePage = page(courierMessageView)
