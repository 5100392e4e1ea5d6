import { z } from 'zod'
import { PURCHASE_APPROVERS, PURCHASE_ERP_STATES } from '../domain/purchase.ts'
import { PURCHASE_STATUSES } from '../domain/purchase-state.ts'
import { cents, code, instant, page, pageQuery, quantity, text } from './common.ts'

/** Lines of one list: more than a supplier's catalogue page, and few enough to be locked together. */
export const MOST_PURCHASE_LINES = 500

const sentence = z.object({ en: z.string(), zh: z.string() })
const line = z.strictObject({
  skuId: code,
  units: quantity,
  /** Left out: what the SKU costs by its supply, or its standard price. */
  unitCostCents: cents.optional(),
})
const lines = z
  .array(line)
  .min(1)
  .max(MOST_PURCHASE_LINES)
  .refine((all) => new Set(all.map(({ skuId }) => skuId)).size === all.length, 'a SKU may be named once')

export const purchaseBody = z
  .strictObject({
    warehouseId: code,
    supplierId: code,
    /** Left out: everything that last night suggested to buy from this supplier for this warehouse. */
    lines: lines.optional(),
    note: text(500).optional(),
  })
  .meta({ examples: [{ warehouseId: 'WH-SH', supplierId: 'SUP-01' }] })
export type PurchaseBody = z.output<typeof purchaseBody>

/** The version that was looked at: somebody else may have been faster. */
const version = z.int().min(1)
export const purchaseLinesBody = z.strictObject({ version, lines })
export const purchaseSubmissionBody = z.strictObject({ version })
export const purchaseDecisionBody = z.strictObject({
  version,
  /** `send_back`: it becomes a draft again. */
  decision: z.enum(['approve', 'send_back']),
  note: text(500, 0).default(''),
})
export const purchaseReasonBody = z.strictObject({ reason: text(200) })
export const purchaseReceiptBody = z.strictObject({
  lines: z
    .array(z.strictObject({ lineNumber: z.int().min(1).max(MOST_PURCHASE_LINES), units: quantity }))
    .min(1)
    .max(MOST_PURCHASE_LINES)
    .refine(
      (all) => new Set(all.map(({ lineNumber }) => lineNumber)).size === all.length,
      'a line may be named once',
    ),
})
export const purchaseParams = z.object({ purchaseId: z.uuid() })

export const purchaseSummary = z.object({
  purchaseId: z.uuid(),
  number: z.string(),
  warehouseId: z.string(),
  supplierId: z.string(),
  status: z.enum(PURCHASE_STATUSES),
  meaning: sentence,
  version,
  note: z.string().nullable(),
  amountCents: cents,
  createdBy: z.string(),
  submittedBy: z.string().nullable(),
  approverRoles: z.array(z.enum(PURCHASE_APPROVERS)),
  policyVersion: z.int().nullable(),
  approvedAt: instant.nullable(),
  expectedOn: z.iso.date().nullable(),
  /** Something is still expected that should have been here. */
  late: z.boolean(),
  units: z.int(),
  receivedUnits: z.int(),
  erp: z.object({
    state: z.enum(PURCHASE_ERP_STATES),
    reference: z.string().nullable(),
    error: z.string().nullable(),
  }),
  createdAt: instant,
  updatedAt: instant,
  closedAt: instant.nullable(),
})
export type PurchaseSummary = z.output<typeof purchaseSummary>
export const purchasePage = page(purchaseSummary)

export const purchaseDetail = purchaseSummary.extend({
  lines: z.array(
    z.object({
      lineNumber: z.int(),
      skuId: z.string(),
      units: z.int(),
      unitCostCents: cents,
      receivedUnits: z.int(),
      /** What the night had suggested; 0: somebody thought of it. */
      suggestedUnits: z.int(),
      reason: sentence.nullable(),
    }),
  ),
  events: z.array(
    z.object({
      type: z.string(),
      version,
      body: z.record(z.string(), z.unknown()),
      operator: z.string(),
      recordedAt: instant,
    }),
  ),
})
export type PurchaseDetail = z.output<typeof purchaseDetail>

export const purchaseFilters = {
  status: z.enum(PURCHASE_STATUSES).optional(),
  /** Not yet at its end. */
  open: z.stringbool().optional(),
  late: z.stringbool().optional(),
  warehouseId: code.optional(),
  supplierId: code.optional(),
}
export const listPurchasesQuery = pageQuery.extend({
  ...purchaseFilters,
  sort: z.enum(['newest', 'oldest']).default('newest'),
})
export type ListPurchasesQuery = z.output<typeof listPurchasesQuery>

/** An export is asked for in a body, where a truth is no text. */
export const purchaseExportFilters = z.strictObject({
  purchaseId: z.uuid().optional(),
  status: z.enum(PURCHASE_STATUSES).optional(),
  open: z.boolean().optional(),
  late: z.boolean().optional(),
  warehouseId: code.optional(),
  supplierId: code.optional(),
})
export type PurchaseFilters = z.output<typeof purchaseExportFilters>
