import type { AuditEntryView } from '../contracts/audit.ts'
import type { ExportRequest } from '../contracts/exports.ts'
import type { OperationLogEntry } from '../contracts/operation-log.ts'
import type { OrderSummary } from '../contracts/orders.ts'
import { exportAuditEntries } from './audit-queries.ts'
import { type ExportedChange, exportChanges } from './change-export.ts'
import type { Db } from './database.ts'
import { exportOperationLog } from './operation-log.ts'
import { exportOrders } from './order-queries.ts'
import { type ExportedPurchaseLine, exportPurchases } from './purchase-queries.ts'
import { type ExportedReplenishment, exportReplenishment } from './replenishment-queries.ts'

type Cell = string | number | null

/** What an export shows: its columns, and its rows read as fast as they are taken. */
export type ExportSource = { name: string; columns: readonly string[]; rows: AsyncGenerator<Cell[]> }

const LOG_COLUMNS = [
  'id',
  'at',
  'sourceTime',
  'orderId',
  'storeId',
  'version',
  'field',
  'oldValue',
  'newValue',
  'amountCents',
  'subjectId',
  'operator',
  'source',
  'inboxId',
  'requestId',
] as const satisfies (keyof OperationLogEntry)[]

const AUDIT_COLUMNS = [
  'id',
  'at',
  'actor',
  'action',
  'subjectKind',
  'subjectId',
  'oldValue',
  'newValue',
  'reason',
  'source',
  'requestId',
  'relatedHash',
  'sequence',
  'hash',
] as const satisfies (keyof AuditEntryView)[]

const ORDER_COLUMNS = [
  'orderId',
  'externalOrderId',
  'channel',
  'storeId',
  'status',
  'needsAttention',
  'amountCents',
  'freightCents',
  'paidCents',
  'refundedCents',
  'supplementCents',
  'divisionCode',
  'createdAt',
  'updatedAt',
  'closedAt',
] as const satisfies (keyof OrderSummary)[]

const CHANGE_COLUMNS = [
  'changeNumber',
  'requestVersion',
  'status',
  'type',
  'orderId',
  'orderVersion',
  'storeId',
  'applicant',
  'submittedAt',
  'reasonCode',
  'reason',
  'oldValue',
  'newValue',
  'oldAmountCents',
  'newAmountCents',
  'differenceCents',
  'tier',
  'policyVersion',
  'decisions',
  'attachments',
  'separationOfDuties',
  'erpReference',
  'endCode',
  'endDetail',
  'closedAt',
  'changeId',
] as const satisfies (keyof ExportedChange)[]

const REPLENISHMENT_COLUMNS = [
  'skuId',
  'warehouseId',
  'supplierId',
  'suggestedUnits',
  'transferUnits',
  'purchaseUnits',
  'purchaseCents',
  'excessUnits',
  'available',
  'inTransit',
  'onOrder',
  'perDay',
  'growthPercent',
  'coverDays',
  'leadTimeDays',
  'leadTimeSource',
  'safetyUnits',
  'reorderPoint',
  'orderUpTo',
  'category',
  'method',
  'reasonZh',
  'reasonEn',
  'day',
  'policyVersion',
] as const satisfies (keyof ExportedReplenishment)[]

const PURCHASE_COLUMNS = [
  'number',
  'status',
  'supplierId',
  'warehouseId',
  'lineNumber',
  'skuId',
  'skuName',
  'units',
  'unitCostCents',
  'amountCents',
  'receivedUnits',
  'expectedOn',
  'erpReference',
  'suggestedUnits',
  'reasonZh',
  'reasonEn',
] as const satisfies (keyof ExportedPurchaseLine)[]

/** The one place that says what can be exported. */
export function exportSource(db: Db, request: ExportRequest): ExportSource {
  switch (request.kind) {
    case 'operation-log':
      return {
        name: 'operation-log',
        columns: LOG_COLUMNS,
        rows: rowsOf(exportOperationLog(db, request.filters, request.scope), LOG_COLUMNS),
      }
    case 'audit':
      return {
        name: 'audit',
        columns: AUDIT_COLUMNS,
        rows: rowsOf(exportAuditEntries(db, request.filters), AUDIT_COLUMNS),
      }
    case 'orders':
      return {
        name: 'orders',
        columns: ORDER_COLUMNS,
        rows: rowsOf(exportOrders(db, request.filters, request.scope), ORDER_COLUMNS),
      }
    case 'change-requests':
      return {
        name: 'change-requests',
        columns: CHANGE_COLUMNS,
        rows: rowsOf(exportChanges(db, request.filters, request.scope), CHANGE_COLUMNS),
      }
    case 'replenishment':
      return {
        name: 'replenishment',
        columns: REPLENISHMENT_COLUMNS,
        rows: rowsOf(exportReplenishment(db, request.filters), REPLENISHMENT_COLUMNS),
      }
    case 'purchase-lists':
      return {
        name: 'purchase-lists',
        columns: PURCHASE_COLUMNS,
        rows: rowsOf(exportPurchases(db, request.filters), PURCHASE_COLUMNS),
      }
  }
}

async function* rowsOf<Item extends Record<Column, unknown>, Column extends string>(
  items: AsyncIterable<Item>,
  columns: readonly Column[],
): AsyncGenerator<Cell[]> {
  for await (const item of items) yield columns.map((column) => cellOf(item[column]))
}

function cellOf(value: unknown): Cell {
  if (value === null || value === undefined) return null
  return typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value)
}
