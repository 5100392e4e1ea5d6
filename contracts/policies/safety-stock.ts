import { z } from 'zod'
import { code, text } from '../common.ts'
import { definePolicy } from './definition.ts'

const units = z.int().min(0).max(1_000_000)
/** Above any merchant's number of categories and stores; a document stays small enough to read and to edit. */
const MAX_ENTRIES = 2_000
const bounded = <Value extends z.ZodType>(key: z.ZodType<string, string>, value: Value) =>
  z
    .record(key, value)
    .refine((entries) => Object.keys(entries).length <= MAX_ENTRIES, `has more than ${MAX_ENTRIES} entries`)

/** What a store shows of an article that is at or below its threshold. */
const listingRule = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('take-down') }),
  z.strictObject({
    action: z.literal('reduce'),
    /** By the store's recent sales, or to the store of the lowest priority number first. */
    by: z.enum(['proportional', 'priority']),
    priority: z.int().min(1).max(1_000).default(100),
  }),
])

const schema = z.strictObject({
  thresholds: z.strictObject({
    /** For a level that has no threshold of its own and no category below. */
    fallbackUnits: units,
    unitsByCategory: bounded(text(64), units),
  }),
  listings: z.strictObject({ fallback: listingRule, byStore: bounded(code, listingRule) }),
  /** Published again only when so many units lie above the threshold, so that a listing doesn't flap. */
  hysteresisUnits: units,
  /** The days of sales that "proportional" looks at. */
  salesWindowDays: z.int().min(1).max(90),
})

export const safetyStock = definePolicy({
  title: { en: 'Safety stock and listings', zh: '安全库存与上下架' },
  schema,
  initial: {
    thresholds: { fallbackUnits: 0, unitsByCategory: {} },
    listings: { fallback: { action: 'take-down' }, byStore: {} },
    hysteresisUnits: 5,
    salesWindowDays: 14,
  },
})
