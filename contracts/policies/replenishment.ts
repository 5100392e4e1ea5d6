import { z } from 'zod'
import { PURCHASE_APPROVERS } from '../../domain/purchase.ts'
import { code, text } from '../common.ts'
import { definePolicy } from './definition.ts'

/** Above any merchant's number of categories and suppliers; a document stays small enough to read and to edit. */
const MAX_ENTRIES = 2_000
const bounded = <Value extends z.ZodType>(key: z.ZodType<string, string>, value: Value) =>
  z
    .record(key, value)
    .refine((entries) => Object.keys(entries).length <= MAX_ENTRIES, `has more than ${MAX_ENTRIES} entries`)

const serviceLevel = z.number().min(50).max(99.9)
/** 0 days: it arrives on the day on which it is ordered. */
const leadTime = z.strictObject({
  days: z.number().min(0).max(365),
  deviationDays: z.number().min(0).max(180),
})

const amount = z.int().min(0).max(1_000_000_000_000)
const INITIAL_APPROVAL = {
  automaticMaxCents: 0,
  steps: [
    { maxCents: 5_000_000, roles: ['regional_director' as const, 'finance' as const, 'admin' as const] },
    { maxCents: null, roles: ['finance' as const, 'admin' as const] },
  ],
}

const schema = z.strictObject({
  /** How often the stock is to last until the next delivery, in percent. */
  serviceLevelPercent: serviceLevel,
  serviceLevelByCategory: bounded(text(100), serviceLevel).default({}),
  /** How long a purchase takes where nothing has been measured yet. */
  leadTimes: z.strictObject({
    fallback: leadTime,
    byCategory: bounded(text(100), leadTime).default({}),
    bySupplier: bounded(code, leadTime).default({}),
    /** From so many receipts on, what was measured counts. */
    minimumReceipts: z.int().min(1).max(100),
  }),
  /** How often is bought, in days. */
  reviewPeriodDays: z.int().min(1).max(90),
  /** How much of a week's growth the forecast takes over. */
  growthBlendPercent: z.int().min(0).max(100),
  /** Days of sales that forecasts are made of. */
  historyDays: z.int().min(28).max(730),
  /** A day on which stock was out for a larger part says nothing of demand. */
  censorAboveOutPercent: z.int().min(1).max(99),
  /** What lasts longer than so many days is excess, which other warehouses may have. */
  excessCoverDays: z.int().min(7).max(730),
  /** Who decides on a purchase list, by its amount. */
  approval: z
    .strictObject({
      /** Smaller lists need nobody; 0: every list needs somebody. */
      automaticMaxCents: amount,
      steps: z
        .array(
          z.strictObject({
            maxCents: amount.nullable(),
            roles: z.array(z.enum(PURCHASE_APPROVERS)).min(1),
          }),
        )
        .min(1)
        .max(10)
        .refine((steps) => steps.at(-1)?.maxCents === null, 'the last step must decide on everything'),
    })
    .default(INITIAL_APPROVAL),
})
export type ReplenishmentPolicy = z.output<typeof schema>

export const replenishment = definePolicy({
  title: { en: 'Replenishment', zh: '补货' },
  schema,
  initial: {
    serviceLevelPercent: 95,
    serviceLevelByCategory: {},
    leadTimes: {
      fallback: { days: 7, deviationDays: 2 },
      byCategory: {},
      bySupplier: {},
      minimumReceipts: 3,
    },
    reviewPeriodDays: 7,
    growthBlendPercent: 30,
    historyDays: 365,
    censorAboveOutPercent: 25,
    excessCoverDays: 60,
    approval: INITIAL_APPROVAL,
  },
})
