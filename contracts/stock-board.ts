import { z } from 'zod'
import { code, instant, page, pageQuery, text } from './common.ts'

export const STOCK_LEVELS = ['ok', 'low', 'out'] as const
export type StockLevel = (typeof STOCK_LEVELS)[number]

const levelCounts = z.object({ ok: z.int(), low: z.int(), out: z.int() })
const figures = {
  total: z.int(),
  shipped: z.int(),
  reserved: z.int(),
  /** What may still be sold, never below zero. */
  available: z.int(),
  /** Units promised that do not exist. */
  shortfall: z.int(),
  /** The threshold: the level's own safety stock, else its category's or the general one of the policy. */
  safety: z.int(),
}

/** One row of the board: a SKU in a warehouse, over a region, or everywhere. */
const boardRow = z.object({
  skuId: z.string(),
  skuName: z.string(),
  category: z.string(),
  /** Null when the row sums several warehouses. */
  warehouseId: z.string().nullable(),
  /** Null when the row sums all regions. */
  region: z.string().nullable(),
  ...figures,
  /** Units on their way to these warehouses by transfers. */
  inTransit: z.int(),
  /**
   * How up to date the warehouse's own system (WMS) was read; null where none is, and for a row that sums several.
   * `late`: no success for three intervals.
   */
  freshness: z
    .object({ state: z.enum(['fresh', 'late', 'failing', 'never']), lastSuccessAt: instant.nullable() })
    .nullable(),
  /** `out`: nothing may be sold; `low`: at or below the threshold; `ok`: more. */
  level: z.enum(STOCK_LEVELS),
  /** How many of the warehouses that the row sums stand at each level. */
  warehouses: levelCounts,
})

const boardTotals = z.object({
  /** Levels (SKU × warehouse) that fit every filter but `level`, by what they are. */
  levels: levelCounts,
  ...figures,
  /** Warehouses whose WMS is read and not fresh, whatever the filter. */
  staleWarehouses: z.array(z.string()),
  regions: z.array(z.object({ region: z.string(), levels: levelCounts, ...figures })),
  warehouses: z.array(z.object({ warehouseId: z.string(), levels: levelCounts, ...figures })),
})

export const stockBoardQuery = pageQuery.extend({
  groupBy: z.enum(['warehouse', 'region', 'sku']).default('warehouse'),
  skuId: code.optional(),
  /** Part of a SKU's id or name, in any case. */
  text: text(100).optional(),
  category: text(100).optional(),
  warehouseId: code.optional(),
  region: text(100).optional(),
  level: z.enum(STOCK_LEVELS).optional(),
  /** True: only warehouses whose WMS is read and not fresh; false: only the others. */
  stale: z.stringbool().optional(),
  sort: z.enum(['sku', 'available', 'level', 'reserved']).default('sku'),
})
export type StockBoardQuery = z.output<typeof stockBoardQuery>
export type StockBoardRow = z.output<typeof boardRow>
export type StockBoardTotals = z.output<typeof boardTotals>
/** The totals belong to the first page; further pages have null. */
export const stockBoardPage = page(boardRow).extend({ totals: boardTotals.nullable() })
