import { sql } from 'kysely'
import { ProblemError } from '../contracts/errors.ts'
import { MOST_PURCHASE_LINES, type PurchaseBody } from '../contracts/purchases.ts'
import { addDays } from '../domain/demand.ts'
import {
  decidePurchase,
  type PurchaseEvent,
  type PurchaseLine,
  type PurchaseState,
  purchaseAmountCents,
  purchaseApprovalOf,
} from '../domain/purchase.ts'
import { isPurchaseClosed } from '../domain/purchase-state.ts'
import { leadTimeOf } from '../domain/replenishment.ts'
import type { Sentence } from '../domain/replenishment-text.ts'
import { chinaTimeOf } from '../domain/working-time.ts'
import { databaseTime, type Tx } from './database.ts'
import { currentPolicy } from './policy.ts'
import { reasonOf, type WordRow } from './replenishment.ts'
import { adjustStock } from './stock.ts'
import { resolveOpenWorkItem } from './work-items.ts'

const DAY_MS = 86_400_000

type Origin = { purchaseId: string; eventId: string; operator: string }
type AskedLine = NonNullable<PurchaseBody['lines']>[number]
type Suggested = { skuId: string; units: number; reason: Sentence }

/**
 * Opens a draft: of the given lines, or of what last night suggested to buy there and nobody has put on a list since.
 *
 * @throws ProblemError `unknown-sku`, `unknown-warehouse`, `purchase-empty` where nothing is suggested
 */
export async function openPurchase(tx: Tx, body: PurchaseBody, origin: Origin): Promise<void> {
  const { purchaseId, operator } = origin
  const { warehouseId, supplierId, note = null } = body
  await requireWarehouse(tx, warehouseId)
  const suggested = await readSuggested(tx, warehouseId, supplierId)
  const asked = body.lines ?? suggested.map(({ skuId, units }) => ({ skuId, units }))
  if (asked.length === 0)
    throw new ProblemError('purchase-empty', 'nothing is suggested there that is on no list yet')
  const lines = await completeLines(tx, asked)
  await tx
    .insertInto('purchase_list')
    .values({
      ...{ id: purchaseId, number: await nextNumber(tx), status: 'draft', note },
      ...{ warehouse_id: warehouseId, supplier_id: supplierId, created_by: operator },
      amount_cents: purchaseAmountCents(lines),
    })
    .execute()
  await insertLines(tx, { purchaseId, warehouseId }, lines, suggested)
  await recordEvent(tx, origin, 1, 'opened', { lines: lines.length })
}

async function requireWarehouse(tx: Tx, warehouseId: string): Promise<void> {
  const row = await tx
    .selectFrom('warehouse')
    .select('active')
    .where('id', '=', warehouseId)
    .executeTakeFirst()
  if (!row?.active) throw new ProblemError('unknown-warehouse', `${warehouseId} is not known or not active`)
}

/** What is to be bought and was not put on a list after it was suggested. */
async function readSuggested(tx: Tx, warehouseId: string, supplierId: string): Promise<Suggested[]> {
  const { rows } = await sql<WordRow & { sku_id: string; purchase_units: number }>`
    select * from replenishment
    where warehouse_id = ${warehouseId} and supplier_id = ${supplierId} and purchase_units > 0
      and not exists (
        select 1 from purchase_line as line join purchase_list as list on list.id = line.purchase_id
        where line.sku_id = replenishment.sku_id and line.warehouse_id = replenishment.warehouse_id and line.is_open
          and list.created_at >= replenishment.updated_at)
    order by coalesce(cover_days, 1e9), sku_id limit ${MOST_PURCHASE_LINES}`.execute(tx)
  return rows.map((row) => ({ skuId: row.sku_id, units: row.purchase_units, reason: reasonOf(row) }))
}

/** Lines with their costs and numbers. @throws ProblemError `unknown-sku` */
async function completeLines(tx: Tx, asked: readonly AskedLine[]): Promise<PurchaseLine[]> {
  const skuIds = asked.map(({ skuId }) => skuId)
  const { rows } = await sql<{ id: string; cost: number }>`
    select sku.id, coalesce(supply.unit_cost_cents, sku.standard_price_cents) as cost
    from sku left join sku_supply as supply on supply.sku_id = sku.id
    where sku.id = any(${skuIds}::text[])`.execute(tx)
  const costs = new Map(rows.map(({ id, cost }) => [id, cost]))
  return asked.map(({ skuId, units, unitCostCents }, index) => {
    const cost = costs.get(skuId)
    if (cost === undefined) throw new ProblemError('unknown-sku', `${skuId} is not known`)
    return {
      ...{ lineNumber: index + 1, skuId, units, receivedUnits: 0 },
      unitCostCents: unitCostCents ?? cost,
    }
  })
}

/** One of its day, in China's time: `PO-20261122-0042`. */
async function nextNumber(tx: Tx): Promise<string> {
  const { rows } = await sql<{ day: string; last: number }>`
    insert into purchase_number (day, last) values ((clock_timestamp() at time zone 'Asia/Shanghai')::date, 1)
    on conflict (day) do update set last = purchase_number.last + 1
    returning to_char(day, 'YYYYMMDD') as day, last`.execute(tx)
  const [row] = rows
  if (!row) throw new Error('no number was given')
  return `PO-${row.day}-${String(row.last).padStart(4, '0')}`
}

async function insertLines(
  tx: Tx,
  { purchaseId, warehouseId }: { purchaseId: string; warehouseId: string },
  lines: readonly PurchaseLine[],
  suggested: readonly Suggested[],
): Promise<void> {
  const bySku = new Map(suggested.map((each) => [each.skuId, each]))
  await tx
    .insertInto('purchase_line')
    .values(
      lines.map(({ lineNumber, skuId, units, unitCostCents }) => {
        const { units: suggestedUnits = 0, reason = null } = bySku.get(skuId) ?? {}
        return {
          ...{ purchase_id: purchaseId, line_number: lineNumber, sku_id: skuId, warehouse_id: warehouseId },
          ...{ units, unit_cost_cents: unitCostCents, suggested_units: suggestedUnits },
          reason: reason && JSON.stringify(reason),
        }
      }),
    )
    .execute()
}

export type PurchaseChange =
  | Exclude<PurchaseEvent, { type: 'edited' | 'submitted' }>
  | { type: 'edited'; lines: readonly AskedLine[] }
  | { type: 'submitted'; by: string }

/**
 * Carries out one event on a list: judges it under the lock of its row, moves stock where goods have arrived, records it. All
 * in the caller's transaction; a refusal has changed nothing. The same event id again changes nothing.
 *
 * @param version what was looked at; null: whatever stands
 * @throws ProblemError `purchase-not-found`, `purchase-changed`, and why the list does not allow it
 */
export async function changePurchase(
  tx: Tx,
  change: PurchaseChange,
  origin: Origin & { version: number | null },
): Promise<void> {
  const { state, row } = await lockPurchase(tx, origin.purchaseId)
  if (await isRecorded(tx, origin)) return
  if (origin.version !== null && origin.version !== state.version)
    throw new ProblemError('purchase-changed', `it is version ${state.version} now`)
  const { event, policyVersion } = await eventOf(tx, state, change)
  const decision = decidePurchase(state, event)
  if (!decision.ok) throw new ProblemError(decision.code, decision.detail)
  const after = decision.state
  const approval =
    after.status === 'approved' && state.status !== 'approved' ? await approve(tx, row, after) : {}
  await tx
    .updateTable('purchase_list')
    .set({
      ...{ status: after.status, version: after.version, erp_state: after.erp },
      ...{ submitted_by: after.submittedBy, approver_roles: [...after.approverRoles] },
      ...{ amount_cents: purchaseAmountCents(after.lines), updated_at: sql`clock_timestamp()` },
      ...(policyVersion === null ? {} : { policy_version: policyVersion }),
      ...(after.erp === 'due'
        ? { erp_attempts: 0, erp_error: null, erp_next_at: sql`clock_timestamp()` }
        : {}),
      ...(isPurchaseClosed(after.status) ? { closed_at: sql<Date>`clock_timestamp()` } : {}),
      ...approval,
    })
    .where('id', '=', state.purchaseId)
    .execute()
  await settleLines(tx, row, state, after, event)
  if (event.type === 'received') await receive(tx, row, event.lines, { ...origin, state: after })
  if (isPurchaseClosed(after.status)) await forgetLateness(tx, state.purchaseId)
  await recordEvent(tx, origin, after.version, change.type, bodyOf(change))
}

async function eventOf(
  tx: Tx,
  state: PurchaseState,
  change: PurchaseChange,
): Promise<{ event: PurchaseEvent; policyVersion: number | null }> {
  if (change.type === 'edited')
    return { event: { ...change, lines: await completeLines(tx, change.lines) }, policyVersion: null }
  if (change.type !== 'submitted') return { event: change, policyVersion: null }
  const { version, document } = await currentPolicy(tx, 'replenishment')
  const approval = purchaseApprovalOf(purchaseAmountCents(state.lines), document.approval)
  return { event: { ...change, approval }, policyVersion: version }
}

type ListRow = { warehouse_id: string; supplier_id: string; number: string; approved_at: Date | null }

/** The row before any stock row, as orders and transfers do. */
async function lockPurchase(tx: Tx, purchaseId: string): Promise<{ state: PurchaseState; row: ListRow }> {
  const row = await tx
    .selectFrom('purchase_list')
    .selectAll()
    .where('id', '=', purchaseId)
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (!row) throw new ProblemError('purchase-not-found')
  const lines = await tx
    .selectFrom('purchase_line')
    .select(['line_number as lineNumber', 'sku_id as skuId', 'units'])
    .select(['unit_cost_cents as unitCostCents', 'received_units as receivedUnits'])
    .where('purchase_id', '=', purchaseId)
    .orderBy('line_number')
    .execute()
  const state: PurchaseState = {
    ...{ purchaseId, status: row.status, version: row.version, erp: row.erp_state, lines },
    ...{ createdBy: row.created_by, submittedBy: row.submitted_by, approverRoles: row.approver_roles },
  }
  return { state, row }
}

async function isRecorded(tx: Tx, { purchaseId, eventId }: Origin): Promise<boolean> {
  const row = await tx
    .selectFrom('purchase_event')
    .select('version')
    .where('purchase_id', '=', purchaseId)
    .where('event_id', '=', eventId)
    .executeTakeFirst()
  return row !== undefined
}

/** From when on it is expected, and until when: as long as its slowest line takes, by last night's word or the policy's rule. */
async function approve(tx: Tx, { warehouse_id, supplier_id }: ListRow, { lines }: PurchaseState) {
  const { document } = await currentPolicy(tx, 'replenishment')
  const skuIds = lines.map(({ skuId }) => skuId)
  const { rows } = await sql<{ category: string; days: number | null }>`
    select sku.category, word.lead_time_days as days from sku
      left join replenishment as word on word.sku_id = sku.id and word.warehouse_id = ${warehouse_id}
    where sku.id = any(${skuIds}::text[])`.execute(tx)
  const byRule = (category: string) =>
    leadTimeOf(
      {
        measuredLeadTime: null,
        supply: { ...{ category, supplierId: supplier_id, packUnits: 1, minimumUnits: 1 }, unitCostCents: 0 },
      },
      document,
    ).days
  const days = Math.max(0, ...rows.map((row) => row.days ?? byRule(row.category)))
  const nowMs = await databaseTime(tx)
  return {
    approved_at: new Date(nowMs),
    expected_on: addDays(chinaTimeOf(nowMs).day, Math.ceil(days)),
  }
}

async function settleLines(
  tx: Tx,
  { warehouse_id: warehouseId, supplier_id: supplierId }: ListRow,
  before: PurchaseState,
  after: PurchaseState,
  event: PurchaseEvent,
): Promise<void> {
  const { purchaseId } = before
  if (event.type === 'edited') {
    await tx.deleteFrom('purchase_line').where('purchase_id', '=', purchaseId).execute()
    const suggested = await readSuggested(tx, warehouseId, supplierId)
    await insertLines(tx, { purchaseId, warehouseId }, after.lines, suggested)
    return
  }
  const isOver = isPurchaseClosed(after.status)
  for (const line of after.lines) {
    const known = before.lines.find(({ lineNumber }) => lineNumber === line.lineNumber)
    const isOpen = !isOver && line.receivedUnits < line.units
    if (known?.receivedUnits === line.receivedUnits && isOpen) continue
    await tx
      .updateTable('purchase_line')
      .set({ received_units: line.receivedUnits, is_open: isOpen })
      .where('purchase_id', '=', purchaseId)
      .where('line_number', '=', line.lineNumber)
      .execute()
  }
}

/** Goods have come in: into the stock by its ledger, and into what lead times are measured by. */
async function receive(
  tx: Tx,
  row: ListRow,
  arrived: readonly { lineNumber: number; units: number }[],
  { purchaseId, eventId, operator, state }: Origin & { state: PurchaseState },
): Promise<void> {
  const skuOf = (lineNumber: number) =>
    state.lines.find((line) => line.lineNumber === lineNumber)?.skuId ?? ''
  const adjusted = await adjustStock(tx, {
    adjustments: arrived.map(({ lineNumber, units }) => ({
      ...{ skuId: skuOf(lineNumber), warehouseId: row.warehouse_id, quantityDelta: units },
    })),
    operationId: `purchase/${purchaseId}/${eventId}`,
    operator,
    reason: row.number,
  })
  if (!adjusted.ok) throw new Error(`what was bought cannot be received: ${JSON.stringify(adjusted.errors)}`)
  const nowMs = await databaseTime(tx)
  const leadDays = Math.max(0, (nowMs - (row.approved_at?.getTime() ?? nowMs)) / DAY_MS)
  await tx
    .insertInto('purchase_receipt')
    .values(
      arrived.map(({ lineNumber, units }) => ({
        ...{ purchase_id: purchaseId, line_number: lineNumber, event_id: eventId, units },
        ...{ sku_id: skuOf(lineNumber), warehouse_id: row.warehouse_id, supplier_id: row.supplier_id },
        lead_days: leadDays,
      })),
    )
    .execute()
}

async function forgetLateness(tx: Tx, purchaseId: string): Promise<void> {
  await resolveOpenWorkItem(tx, 'purchase_overdue', purchaseId, 'the purchase has ended')
  await resolveOpenWorkItem(tx, 'purchase_refused', purchaseId, 'the purchase has ended')
}

function bodyOf(change: PurchaseChange): object {
  switch (change.type) {
    case 'edited':
    case 'received':
      return { lines: change.lines }
    case 'approved':
    case 'sent_back':
      return { role: change.role, note: change.note }
    case 'closed':
    case 'cancelled':
      return { reason: change.reason }
    case 'submitted':
    case 'erp_due':
      return {}
  }
}

async function recordEvent(
  tx: Tx,
  { purchaseId, eventId, operator }: Origin,
  version: number,
  type: string,
  body: object,
): Promise<void> {
  await tx
    .insertInto('purchase_event')
    .values({
      ...{ purchase_id: purchaseId, event_id: eventId, version, type, operator },
      body: JSON.stringify(body),
    })
    .execute()
}
