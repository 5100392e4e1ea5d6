import { z } from 'zod'
import { code, instant, page, pageQuery, text } from './common.ts'

export const stockLevelView = z.object({
  skuId: z.string(),
  warehouseId: z.string(),
  total: z.int(),
  shipped: z.int(),
  reserved: z.int(),
  /** total − shipped − reserved, never below zero: what is missing physically is in `shortfall`. */
  available: z.int(),
  shortfall: z.int(),
  safetyStock: z.int(),
  updatedAt: instant,
})
export const listStockQuery = pageQuery.extend({
  skuId: code.optional(),
  warehouseId: code.optional(),
  atOrBelowSafety: z.stringbool().optional(),
  sort: z.enum(['sku', 'available']).default('sku'),
})
export type ListStockQuery = z.output<typeof listStockQuery>
export const stockPage = page(stockLevelView)

export const stockAdjustmentBody = z.strictObject({
  skuId: code,
  warehouseId: code,
  /** Units received (positive) or written off (negative). */
  quantityDelta: z
    .int()
    .min(-10_000_000)
    .max(10_000_000)
    .refine((value) => value !== 0, 'must not be 0'),
  safetyStock: z.int().min(0).max(10_000_000).optional(),
  reason: text(200),
})
