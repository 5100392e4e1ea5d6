import { sql } from 'kysely'
import { ProblemError } from '../contracts/errors.ts'
import type {
  ListPurchasesQuery,
  PurchaseDetail,
  PurchaseFilters,
  PurchaseSummary,
} from '../contracts/purchases.ts'
import { PURCHASE_STATUS_MEANING } from '../domain/purchase-state.ts'
import type { Db, Tx } from './database.ts'
import { beyond, everyRow, exact, Keyset, type Page, timeAndUuid } from './paging.ts'
import { BUSINESS_TIME_ZONE } from './sales-figures.ts'

/** Goods are late from the day after the one on which they were expected. */
const LATE = sql<boolean>`(status in ('approved', 'partially_received')
  and expected_on < (clock_timestamp() at time zone ${sql.lit(BUSINESS_TIME_ZONE)})::date)`
const OPEN = sql<boolean>`closed_at is null`

/** Lists, the newest or the oldest first. */
export async function listPurchases(db: Db, query: ListPurchasesQuery): Promise<Page<PurchaseSummary>> {
  const keyset = new Keyset('purchases', query, timeAndUuid)
  const direction = query.sort === 'newest' ? 'desc' : 'asc'
  const rows = await fitting(db, query)
    .where(beyond(['created_at', 'id'], query.sort, keyset.after(query.cursor)))
    .orderBy('created_at', direction)
    .orderBy('id', direction)
    .limit(query.limit + 1)
    .execute()
  return keyset.page(rows, query.limit, (row) => [row.at, row.id], summaryOf)
}

/** A list with its lines and its story. @throws ProblemError `purchase-not-found` */
export async function findPurchase(db: Db | Tx, purchaseId: string): Promise<PurchaseDetail> {
  const row = await fitting(db, { purchaseId }).executeTakeFirst()
  if (!row) throw new ProblemError('purchase-not-found')
  const lines = await db
    .selectFrom('purchase_line')
    .select(['line_number as lineNumber', 'sku_id as skuId', 'units', 'unit_cost_cents as unitCostCents'])
    .select(['received_units as receivedUnits', 'suggested_units as suggestedUnits', 'reason'])
    .where('purchase_id', '=', purchaseId)
    .orderBy('line_number')
    .execute()
  const events = await db
    .selectFrom('purchase_event')
    .select(['type', 'version', 'body', 'operator', 'recorded_at'])
    .where('purchase_id', '=', purchaseId)
    .orderBy('version')
    .execute()
  return {
    ...summaryOf(row),
    lines,
    events: events.map(({ recorded_at, body, ...event }) => ({
      ...event,
      body: { ...body },
      recordedAt: recorded_at.toISOString(),
    })),
  }
}

/** Every line of the lists that fit, the oldest list first. */
export async function* exportPurchases(
  db: Db,
  filters: PurchaseFilters,
): AsyncGenerator<ExportedPurchaseLine> {
  const lists = everyRow<Row, [string, string]>(
    (after, limit) =>
      fitting(db, filters)
        .where(beyond(['created_at', 'id'], 'oldest', after))
        .orderBy('created_at')
        .orderBy('id')
        .limit(limit)
        .execute(),
    (row) => [row.at, row.id],
  )
  for await (const list of lists) yield* await linesOf(db, summaryOf(list))
}

async function linesOf(db: Db, list: PurchaseSummary) {
  const rows = await db
    .selectFrom('purchase_line as line')
    .innerJoin('sku', 'sku.id', 'line.sku_id')
    .select(['line.line_number as lineNumber', 'line.sku_id as skuId', 'sku.name as skuName', 'line.units'])
    .select(['line.unit_cost_cents as unitCostCents', 'line.received_units as receivedUnits'])
    .select(['line.suggested_units as suggestedUnits', 'line.reason'])
    .where('line.purchase_id', '=', list.purchaseId)
    .orderBy('line.line_number')
    .execute()
  const { number, status, warehouseId, supplierId, expectedOn, erp } = list
  return rows.map(({ reason, ...line }) => ({
    ...{ number, status, warehouseId, supplierId, expectedOn, erpReference: erp.reference, ...line },
    amountCents: line.units * line.unitCostCents,
    reasonZh: reason?.zh ?? null,
    reasonEn: reason?.en ?? null,
  }))
}
export type ExportedPurchaseLine = Awaited<ReturnType<typeof linesOf>>[number]

type Row = Awaited<ReturnType<ReturnType<typeof fitting>['execute']>>[number]

function fitting(db: Db | Tx, filters: PurchaseFilters) {
  const units = (column: 'units' | 'received_units') =>
    sql<number>`(select coalesce(sum(${sql.ref(column)}), 0)::int from purchase_line where purchase_id = purchase_list.id)`
  let select = db
    .selectFrom('purchase_list')
    .selectAll()
    .select(exact('created_at').as('at'))
    .select([LATE.as('late'), units('units').as('units'), units('received_units').as('received_units')])
    .select(sql<string | null>`expected_on::text`.as('expected'))
  if (filters.purchaseId) select = select.where('id', '=', filters.purchaseId)
  if (filters.status) select = select.where('status', '=', filters.status)
  if (filters.warehouseId) select = select.where('warehouse_id', '=', filters.warehouseId)
  if (filters.supplierId) select = select.where('supplier_id', '=', filters.supplierId)
  if (filters.open !== undefined) select = select.where(filters.open ? OPEN : sql<boolean>`not ${OPEN}`)
  if (filters.late !== undefined)
    select = select.where(filters.late ? LATE : sql<boolean>`${LATE} is not true`)
  return select
}

function summaryOf(row: Row): PurchaseSummary {
  return {
    purchaseId: row.id,
    number: row.number,
    warehouseId: row.warehouse_id,
    supplierId: row.supplier_id,
    status: row.status,
    meaning: PURCHASE_STATUS_MEANING[row.status],
    version: row.version,
    note: row.note,
    amountCents: row.amount_cents,
    createdBy: row.created_by,
    submittedBy: row.submitted_by,
    approverRoles: row.approver_roles,
    policyVersion: row.policy_version,
    approvedAt: row.approved_at?.toISOString() ?? null,
    expectedOn: row.expected,
    late: row.late ?? false,
    units: row.units,
    receivedUnits: row.received_units,
    erp: { state: row.erp_state, reference: row.erp_reference, error: row.erp_error },
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    closedAt: row.closed_at?.toISOString() ?? null,
  }
}
