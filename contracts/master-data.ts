import { z } from 'zod'
import { cents, channel, code, divisionCode, instant, page, pageQuery, text } from './common.ts'

const audit = { active: z.boolean(), createdAt: instant, updatedAt: instant }

export const skuBody = z.strictObject({
  id: code,
  name: text(200),
  category: text(100),
  standardPriceCents: cents,
  weightGrams: z.int().min(0).max(10_000_000),
})
export const skuView = skuBody.extend(audit)
export const warehouseBody = z.strictObject({
  id: code,
  name: text(200),
  divisionCode,
  longitude: z.number().min(-180).max(180),
  latitude: z.number().min(-90).max(90),
  region: text(20),
})
export const warehouseView = warehouseBody.extend(audit)
export const storeBody = z.strictObject({ id: code, name: text(200), channel, region: text(20) })
export const storeView = storeBody.extend(audit)

export const masterDataQuery = pageQuery.extend({
  search: text(100).optional(),
  active: z.stringbool().optional(),
  sort: z.enum(['id', 'newest']).default('id'),
})
export type MasterDataQuery = z.output<typeof masterDataQuery>

export const importQuery = z.strictObject({ dryRun: z.stringbool().default(false) })
/** What an import did, or with `dryRun` would do. With any error nothing is written. */
export const importReport = z.object({
  dryRun: z.boolean(),
  rows: z.int(),
  created: z.int(),
  changed: z.int(),
  unchanged: z.int(),
  errors: z.array(z.object({ line: z.int(), field: z.string(), message: z.string() })),
})
export type ImportReport = z.output<typeof importReport>
export const pageOf = page
