import { z } from 'zod'
import { LISTING_REASONS } from '../domain/listing.ts'
import { channel, code, instant, page, pageQuery } from './common.ts'

export const LISTING_STATES = ['new', 'listed', 'delisted', 'removed'] as const

export const listingView = z.object({
  storeId: z.string(),
  skuId: z.string(),
  channel,
  /** `new`: nothing decided yet; `delisted`: shows nothing for now; `removed`: a person took it down. */
  state: z.enum(LISTING_STATES),
  reason: z.enum(['new', ...LISTING_REASONS]),
  /** Grows with every decision; an older one never overwrites a newer. 0: nothing decided yet. */
  version: z.int(),
  /** Units that the store should show. */
  quantity: z.int(),
  decidedAt: instant.nullable(),
  /** The last version that was queued for the store; behind `version` where its channel has no connector. */
  sentVersion: z.int(),
  /** The most that the store may be showing, by what it confirmed and what was sent since. */
  mayShow: z.int(),
  confirmed: z.object({ version: z.int(), quantity: z.int(), at: instant }).nullable(),
  /** The store has not confirmed what it should show. */
  stale: z.boolean(),
  updatedAt: instant,
})
export const listListingsQuery = pageQuery.extend({
  storeId: code.optional(),
  skuId: code.optional(),
  state: z.enum(LISTING_STATES).optional(),
  stale: z.stringbool().optional(),
  sort: z.enum(['store', 'sku', 'newest']).default('store'),
})
export type ListListingsQuery = z.output<typeof listListingsQuery>
export const listingPage = page(listingView)

/** One listing with its last messages to the store, the newest first. */
export const listingDetail = listingView.extend({
  deliveries: z.array(
    z.object({
      version: z.int(),
      quantity: z.int(),
      state: z.enum(['pending', 'delivered', 'failed', 'withdrawn']),
      attempts: z.int(),
      lastError: z.string().nullable(),
      createdAt: instant,
      settledAt: instant.nullable(),
    }),
  ),
})

/** What a store shows, as it says itself: in its answer to a change, or later by a confirmation of its own. */
export const listingConfirmation = z.strictObject({
  version: z.int().min(1).max(2_147_483_647),
  quantity: z.int().min(0).max(2_147_483_647),
  /** Since when, by the store's clock. */
  at: instant,
})
export type ListingConfirmation = z.output<typeof listingConfirmation>
/** `applied` is false for a confirmation that is older than one already known. */
export const confirmationAnswer = z.object({ applied: z.boolean(), listing: listingView })

/** What a delivery of kind `listing` carries. */
export const listingMessage = z.object({
  storeId: z.string(),
  skuId: z.string(),
  version: z.int(),
  quantity: z.int(),
  /** It takes units away that the store may be showing; failing to arrive it is a case for a person. */
  lowers: z.boolean(),
})
export type ListingMessage = z.output<typeof listingMessage>
