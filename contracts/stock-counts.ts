import { z } from 'zod'
import { code, instant, page, pageQuery, text } from './common.ts'

export const COUNT_STATES = ['draft', 'submitted', 'approved', 'rejected', 'recount'] as const
/** Lines in one request; a longer count comes as CSV or in several. */
const MAX_LINES = 2_000

const countedUnits = z.int().min(0).max(10_000_000)
const line = z.strictObject({
  skuId: code,
  /** Null: still to be counted. */
  quantityCounted: countedUnits.nullable(),
})
export type CountLineInput = z.output<typeof line>

const lines = z
  .array(line)
  .max(MAX_LINES)
  .superRefine((given, context) => {
    const seen = new Map<string, number>()
    for (const [index, { skuId }] of given.entries()) {
      const earlier = seen.get(skuId)
      if (earlier !== undefined) {
        const message = `${skuId} is already in line ${earlier + 1} of the list`
        context.addIssue({ code: 'custom', path: [index, 'skuId'], message })
      }
      seen.set(skuId, index)
    }
  })

/** One line of the CSV; an empty quantity is still to be counted. */
export const countCsvLine = z.strictObject({ skuId: code, quantityCounted: countedUnits.optional() })

export const createCountBody = z.strictObject({
  warehouseId: code,
  /** Blind: who counts does not see what the books say. */
  blind: z.boolean().default(true),
  /** When these lines were counted; now if absent. */
  countedAt: instant.optional(),
  note: text(500).optional(),
  lines: lines.default([]),
})
export type CreateCountBody = z.output<typeof createCountBody>
export const countLinesBody = z.strictObject({ countedAt: instant.optional(), lines })
export const countDecisionBody = z.strictObject({
  decision: z.enum(['approve', 'reject', 'recount']),
  reason: text(500),
})
export type CountDecision = z.output<typeof countDecisionBody>

export const countView = z.object({
  countId: z.uuid(),
  warehouseId: z.string(),
  blind: z.boolean(),
  state: z.enum(COUNT_STATES),
  note: z.string().nullable(),
  /** The count that this one repeats. */
  recountOf: z.string().nullable(),
  /** The latest of its lines, from the submission on. */
  countedAt: instant,
  createdBy: z.string(),
  createdAt: instant,
  submittedBy: z.string().nullable(),
  submittedAt: instant.nullable(),
  decidedBy: z.string().nullable(),
  decidedAt: instant.nullable(),
  decisionReason: z.string().nullable(),
  /** What the count says about the books; null before it is submitted. */
  result: z
    .object({
      lines: z.int(),
      exactLines: z.int(),
      bookUnits: z.int(),
      missingUnits: z.int(),
      surplusUnits: z.int(),
      /** Of the units in the books, with two decimals; null where the books have none. */
      differencePercent: z.number().nullable(),
      /** All differences at standard price. */
      differenceCents: z.int(),
    })
    .nullable(),
})
export type CountView = z.output<typeof countView>

export const countLineView = z.object({
  skuId: z.string(),
  skuName: z.string(),
  quantityCounted: z.int().nullable(),
  countedBy: z.string().nullable(),
  countedAt: instant.nullable(),
  /** By the books at the time of the count; in a draft what they say now, and null while counting blind. */
  quantityBook: z.int().nullable(),
  difference: z.int().nullable(),
  differencePercent: z.number().nullable(),
  /** At standard price. */
  differenceCents: z.int().nullable(),
  /** By how much the approval changed the books. */
  adjusted: z.int().nullable(),
})
export type CountLineView = z.output<typeof countLineView>

export const listCountsQuery = pageQuery.extend({
  warehouseId: code.optional(),
  state: z.enum(COUNT_STATES).optional(),
  sort: z.enum(['newest', 'oldest']).default('newest'),
})
export type ListCountsQuery = z.output<typeof listCountsQuery>
export const countPage = page(countView)
export const listCountLinesQuery = pageQuery.extend({
  /** True: only lines whose quantity differs from the books. */
  different: z.stringbool().optional(),
})
export type ListCountLinesQuery = z.output<typeof listCountLinesQuery>
export const countLinePage = page(countLineView)

/** More than a year of counts in one answer would be a table, not a figure. */
const MAX_DAYS = 400
export const accuracyQuery = z
  .strictObject({ from: instant, to: instant, warehouseId: code.optional() })
  .refine(({ from, to }) => Date.parse(from) < Date.parse(to), {
    path: ['to'],
    message: 'must be after from',
  })
  .refine(({ from, to }) => Date.parse(to) - Date.parse(from) <= MAX_DAYS * 86_400_000, {
    path: ['to'],
    message: `must be at most ${MAX_DAYS} days after from`,
  })
const accuracy = z.object({
  counts: z.int(),
  lines: z.int(),
  exactLines: z.int(),
  bookUnits: z.int(),
  missingUnits: z.int(),
  surplusUnits: z.int(),
  /** From 0 to 1. */
  lineAccuracy: z.number().nullable(),
  unitAccuracy: z.number().nullable(),
})
export const accuracyReport = accuracy.extend({
  from: instant,
  to: instant,
  warehouses: z.array(accuracy.extend({ warehouseId: z.string() })),
})
