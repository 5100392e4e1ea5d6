import { z } from 'zod'
import { code, instant, page, pageQuery } from './common.ts'

export const STOCK_MOVEMENT_KINDS = [
  'receive',
  'adjust',
  'count',
  'reserve',
  'release',
  'expire',
  'ship',
  'return',
  'write_off',
  'transfer_out',
  'transfer_in',
  'promotion_hold',
  'snapshot',
] as const

export const stockHistoryParams = z.object({ skuId: code })
const ofSku = { warehouseId: code.optional(), sort: z.enum(['newest', 'oldest']).default('newest') }

export const listStockLedgerQuery = pageQuery.extend({
  ...ofSku,
  /** True: only what moved goods, and not what was only promised or given up. */
  physical: z.stringbool().optional(),
})
export type ListStockLedgerQuery = z.output<typeof listStockLedgerQuery>

/** By how much one movement changed a level; what `stock_level` says is their sum. */
export const stockLedgerEntry = z.object({
  entryId: z.int(),
  warehouseId: z.string(),
  kind: z.enum(STOCK_MOVEMENT_KINDS),
  totalDelta: z.int(),
  shippedDelta: z.int(),
  reservedDelta: z.int(),
  shortfallDelta: z.int(),
  /** Null: of none, or of one outside the caller's scope. */
  orderId: z.uuid().nullable(),
  operator: z.string(),
  reason: z.string().nullable(),
  recordedAt: instant,
})
export type StockLedgerEntry = z.output<typeof stockLedgerEntry>
export const stockLedgerPage = page(stockLedgerEntry)

export const listStockHoldsQuery = pageQuery.extend({
  ...ofSku,
  /** `held` until a moment, or `confirmed` by payment. Default: both. */
  state: z.enum(['held', 'confirmed']).optional(),
})
export type ListStockHoldsQuery = z.output<typeof listStockHoldsQuery>

/** Units that nobody else may have. */
export const stockHold = z.object({
  holdId: z.uuid(),
  warehouseId: z.string(),
  quantity: z.int(),
  state: z.enum(['held', 'confirmed']),
  heldFor: z.enum(['order_line', 'promotion', 'transfer']),
  /** Null: of none, or of one outside the caller's scope. */
  orderId: z.uuid().nullable(),
  /** When they are free again unless paid; null where that does not end by itself. */
  expiresAt: instant.nullable(),
  createdAt: instant,
})
export type StockHold = z.output<typeof stockHold>
export const stockHoldPage = page(stockHold)
