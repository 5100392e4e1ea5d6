import { z } from 'zod'
import { auditFilters } from './audit.ts'
import { exportedChangeFilters } from './change-requests.ts'
import { instant, page, pageQuery } from './common.ts'
import { operationLogExportFilters } from './operation-log.ts'
import { exportedOrderFilters } from './orders.ts'
import { purchaseExportFilters } from './purchases.ts'
import { replenishmentFilters } from './replenishment.ts'

const exportFormat = z.enum(['csv', 'xlsx'])
export type ExportFormat = z.output<typeof exportFormat>

/** What is exported, by which filters: as on the screen, but all pages. */
export const exportBody = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('operation-log'),
    format: exportFormat,
    filters: operationLogExportFilters,
  }),
  z.strictObject({ kind: z.literal('audit'), format: exportFormat, filters: z.strictObject(auditFilters) }),
  z.strictObject({ kind: z.literal('orders'), format: exportFormat, filters: exportedOrderFilters }),
  z.strictObject({
    kind: z.literal('change-requests'),
    format: exportFormat,
    filters: exportedChangeFilters,
  }),
  z.strictObject({
    kind: z.literal('replenishment'),
    format: exportFormat,
    filters: z.strictObject(replenishmentFilters),
  }),
  z.strictObject({
    kind: z.literal('purchase-lists'),
    format: exportFormat,
    filters: purchaseExportFilters,
  }),
])
export type ExportBody = z.output<typeof exportBody>

/** The same with whose stores it may show, as a job keeps it. */
const scope = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('all') }),
  z.object({ kind: z.literal('stores'), storeIds: z.array(z.string()) }),
  z.object({ kind: z.literal('region'), region: z.string() }),
])
export const storedExportRequest = z.object({ body: exportBody, scope })
export type ExportRequest = ExportBody & { scope: z.output<typeof scope> }

const EXPORT_STATES = ['waiting', 'running', 'done', 'failed', 'cancelled', 'expired'] as const
export type ExportState = (typeof EXPORT_STATES)[number]

export const exportJob = z.object({
  exportId: z.uuid(),
  kind: z.string(),
  format: exportFormat,
  state: z.enum(EXPORT_STATES),
  rowsWritten: z.int(),
  bytes: z.int().nullable(),
  sha256: z.string().nullable(),
  createdAt: instant,
  finishedAt: instant.nullable(),
  expiresAt: instant.nullable(),
  /** Only while the file is there, and only for whoever asked for it. */
  link: z.string().nullable(),
})
export type ExportJob = z.output<typeof exportJob>
export const exportJobPage = page(exportJob)
export const listExportsQuery = pageQuery.extend({
  kind: z
    .enum(['operation-log', 'audit', 'orders', 'change-requests', 'replenishment', 'purchase-lists'])
    .optional(),
  state: z.enum(EXPORT_STATES).optional(),
  sort: z.enum(['newest', 'oldest']).default('newest'),
})
export type ListExportsQuery = z.output<typeof listExportsQuery>
export const exportParams = z.object({ exportId: z.uuid() })
