import { z } from 'zod'
import { INITIAL_SAFETY_STOCK_POLICY } from '../../domain/safety-stock.ts'
import { channel, code, text } from '../common.ts'
import { definePolicy } from './definition.ts'

const units = z.int().min(0).max(1_000_000)
const percent = z.int().min(0).max(100)
/** Above any merchant's number of categories and stores; a document stays small enough to read and to edit. */
const MAX_ENTRIES = 2_000
const bounded = <Value extends z.ZodType>(key: z.ZodType<string, string>, value: Value) =>
  z
    .record(key, value)
    .refine((entries) => Object.keys(entries).length <= MAX_ENTRIES, `has more than ${MAX_ENTRIES} entries`)

/** What a store shows of an article that is at or below its threshold in every warehouse. */
const listingRule = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('take-down') }),
  z.discriminatedUnion('by', [
    /** In proportion to the store's recent sales. */
    z.strictObject({ action: z.literal('reduce'), by: z.literal('sales') }),
    /** The lowest number chooses first, at most `upToUnits` (null: no limit); the others divide what is left. */
    z.strictObject({
      action: z.literal('reduce'),
      by: z.literal('priority'),
      priority: z.int().min(1).max(1_000),
      upToUnits: units.nullable(),
    }),
  ]),
])

const schema = z
  .strictObject({
    thresholds: z.strictObject({
      /** For a level that has no threshold of its own and no category below. */
      fallbackUnits: units,
      unitsByCategory: bounded(text(100), units),
      /** How much of a threshold no store may ever show. */
      heldBackPercent: percent,
    }),
    listings: z.strictObject({ fallback: listingRule, byStore: bounded(code, listingRule) }),
    /** What is sold on a channel before its platform has heard of a sale elsewhere: so much less is shown there. */
    bufferUnitsByChannel: z.record(channel, units).default({}),
    hysteresis: z.strictObject({
      /** What was taken down is shown again only when so many units may be, so that it doesn't flap. */
      returnUnits: units,
      /** What is shown is raised by at least so many percent, or left. It is lowered at once, always. */
      raisePercent: percent,
    }),
    /** The days of sales by which units are divided among stores. */
    salesWindowDays: z.int().min(1).max(90),
    /** From here on a shown quantity is cut to two digits, so that not every sale of a plentiful SKU is sent. */
    exactBelowUnits: units,
    /** How long changes of a SKU are gathered before its listings are decided anew. */
    gatherMilliseconds: z.int().min(100).max(60_000),
  })
  .refine(
    ({ thresholds, listings }) =>
      thresholds.heldBackPercent < 100 ||
      [listings.fallback, ...Object.values(listings.byStore)].every((rule) => rule.action === 'take-down'),
    {
      path: ['thresholds', 'heldBackPercent'],
      message: 'must be below 100 for a store to show less: otherwise nothing is left at the threshold',
    },
  )

export const safetyStock = definePolicy({
  title: { en: 'Safety stock and listings', zh: '安全库存与上下架' },
  schema,
  initial: INITIAL_SAFETY_STOCK_POLICY,
})
