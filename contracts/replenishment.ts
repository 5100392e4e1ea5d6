import { z } from 'zod'
import { cents, code, instant, page, pageQuery } from './common.ts'

const sentence = z.object({ en: z.string(), zh: z.string() })
const units = z.int().min(0)

/** Tonight's word on a SKU in a warehouse. */
export const replenishmentView = z.object({
  skuId: z.string(),
  warehouseId: z.string(),
  category: z.string(),
  supplierId: z.string().nullable(),
  /** Units a day that are expected, with growth. */
  perDay: z.number(),
  growthPercent: z.number().nullable(),
  /** Days that what may be sold lasts; null where nothing is sold. */
  coverDays: z.number().nullable(),
  leadTime: z.object({
    days: z.number(),
    deviationDays: z.number(),
    source: z.enum(['receipts', 'supplier', 'category', 'fallback']),
  }),
  safetyUnits: units,
  reorderPoint: units,
  orderUpTo: units,
  suggestedUnits: units,
  /** Of the suggestion: what other warehouses can give, and what is left to buy. */
  transferUnits: units,
  purchaseUnits: units,
  purchaseCents: cents,
  /** What could be given to another warehouse. */
  excessUnits: units,
  stock: z.object({ available: z.int(), inTransit: z.int(), onOrder: z.int() }),
  forecast: z.object({
    method: z.string(),
    pattern: z.enum(['none', 'smooth', 'erratic', 'intermittent', 'lumpy']),
    historyDays: units,
    censoredDays: units,
    promotionDays: units,
  }),
  reason: sentence,
  /** The day in China whose morning it is for. */
  day: z.iso.date(),
  runId: z.uuid(),
  policyVersion: z.int(),
  updatedAt: instant,
})
export type ReplenishmentView = z.output<typeof replenishmentView>
export const replenishmentPage = page(replenishmentView)

/** What is asked of a list and of its export. */
export const replenishmentFilters = {
  skuId: code.optional(),
  warehouseId: code.optional(),
  supplierId: code.optional(),
  /** What is needed, what of it is to be bought or moved, what there is too much of; without it every level. */
  only: z.enum(['suggested', 'purchase', 'transfer', 'excess']).optional(),
}
export const listReplenishmentQuery = pageQuery.extend({
  ...replenishmentFilters,
  /** `urgency`: what lasts shortest first. `excess`: the most first. */
  sort: z.enum(['sku', 'urgency', 'excess']).default('urgency'),
})
export type ListReplenishmentQuery = z.output<typeof listReplenishmentQuery>
export type ReplenishmentFilters = z.output<z.ZodObject<typeof replenishmentFilters>>

export const replenishmentParams = z.object({ skuId: code, warehouseId: code })
export const replenishmentDetail = replenishmentView.extend({
  /** What it was short of before, over `residualDays` days each. */
  residuals: z.array(z.number()),
  residualDays: z.int(),
  /** The last 90 days that have anything to tell, the oldest first. */
  demand: z.array(
    z.object({
      day: z.iso.date(),
      units: z.int(),
      promotionUnits: z.int(),
      hoursWithoutStock: z.number().min(0).max(24),
    }),
  ),
})
export type ReplenishmentDetail = z.output<typeof replenishmentDetail>

export const replenishmentRun = z.object({
  runId: z.uuid(),
  day: z.iso.date(),
  state: z.enum(['running', 'done', 'cancelled']),
  policyVersion: z.int(),
  /** How many there are, and how many are done. */
  skus: units,
  skusDone: units,
  levels: units,
  startedAt: instant,
  updatedAt: instant,
  finishedAt: instant.nullable(),
})
export type ReplenishmentRunView = z.output<typeof replenishmentRun>
export const replenishmentRunPage = page(replenishmentRun)
export const replenishmentRunParams = z.object({ runId: z.uuid() })
export const listRunsQuery = pageQuery.extend({
  state: z.enum(['running', 'done', 'cancelled']).optional(),
  sort: z.enum(['newest', 'oldest']).default('newest'),
})
export type ListRunsQuery = z.output<typeof listRunsQuery>

const lot = z.int().min(1).max(1_000_000)
/** From whom a SKU is bought, and how. */
export const supplyBody = z.strictObject({
  supplierId: code,
  packUnits: lot.default(1),
  minimumUnits: lot.default(1),
  /** Null: the SKU's standard price. */
  unitCostCents: cents.nullable().default(null),
})
export type SupplyBody = z.output<typeof supplyBody>
export const supplyParams = z.object({ skuId: code })
export const supplyView = supplyBody.extend({
  skuId: z.string(),
  changedBy: z.string(),
  changedAt: instant,
})
export type SupplyView = z.output<typeof supplyView>
export const supplyPage = page(supplyView)
export const listSuppliesQuery = pageQuery.extend({
  supplierId: code.optional(),
  sort: z.enum(['sku', '-sku']).default('sku'),
})
export type ListSuppliesQuery = z.output<typeof listSuppliesQuery>
