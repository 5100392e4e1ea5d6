import { type Selectable, sql } from 'kysely'
import { ProblemError } from '../contracts/errors.ts'
import { INSPECTION_TRANSITIONS } from '../domain/inspection.ts'
import { type AuditOrigin, appendAudit } from './audit.ts'
import type { Tx } from './database.ts'
import { mayInspect, noteUnassigned } from './inspection-people.ts'
import type { Database } from './schema.ts'
import { resolveOpenWorkItem } from './work-items.ts'

export type InspectionRow = Selectable<Database['inspection']>

/**
 * Locks an inspection: whoever sends pictures, a result, or somebody else, does it first.
 *
 * @throws ProblemError `inspection-not-found`
 */
export async function lockInspection(tx: Tx, inspectionId: string): Promise<InspectionRow> {
  const row = await tx
    .selectFrom('inspection')
    .selectAll()
    .where('id', '=', inspectionId)
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (!row) throw new ProblemError('inspection-not-found')
  return row
}

/**
 * Sends somebody, or somebody else. Pictures that were sent before stay with the inspection.
 *
 * @throws ProblemError `inspection-not-found`, `inspection-submitted`, `inspection-cancelled`, `inspector-unfit`
 */
export async function assignInspection(
  tx: Tx,
  { inspectionId, assignee, origin }: { inspectionId: string; assignee: string; origin: AuditOrigin },
): Promise<void> {
  const row = await lockInspection(tx, inspectionId)
  requireOpen(row)
  if (!(await mayInspect(tx, assignee))) throw new ProblemError('inspector-unfit')
  if (row.assignee === assignee) return
  await writeAssignee(tx, { id: inspectionId, before: row.assignee, assignee, origin })
  if (row.assignee === null) await noteUnassigned(tx, [row.region])
}

/** Somebody, somebody else, or nobody goes from now on; whoever it is has not been told. Under the lock of the row. */
export async function writeAssignee(
  tx: Tx,
  change: { id: string; before: string | null; assignee: string | null; origin: AuditOrigin },
): Promise<void> {
  const { id, before, assignee, origin } = change
  await tx
    .updateTable('inspection')
    .set({
      assignee,
      assigned_at: assignee === null ? null : sql<Date>`clock_timestamp()`,
      told_at: null,
    })
    .where('id', '=', id)
    .execute()
  await appendAudit(tx, {
    ...origin,
    action: 'inspection.assigned',
    subject: { kind: 'inspection', id },
    oldValue: { assignee: before },
    newValue: { assignee },
  })
}

/**
 * Nobody has to go there any more. Whoever has been there already may still send what they found.
 *
 * @throws ProblemError `inspection-not-found`, `inspection-submitted`, `inspection-cancelled`
 */
export async function cancelInspection(
  tx: Tx,
  { inspectionId, reason, origin }: { inspectionId: string; reason: string; origin: AuditOrigin },
): Promise<void> {
  const row = await lockInspection(tx, inspectionId)
  requireOpen(row)
  await cancel(tx, row, reason, origin)
}

/** The same for whatever inspection of an order is open; nothing if there is none. */
export async function cancelOpenInspection(
  tx: Tx,
  { orderId, reason, origin }: { orderId: string; reason: string; origin: AuditOrigin },
): Promise<void> {
  const row = await tx
    .selectFrom('inspection')
    .selectAll()
    .where('order_id', '=', orderId)
    .where('state', '=', 'open')
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (row) await cancel(tx, row, reason, origin)
}

async function cancel(tx: Tx, row: InspectionRow, reason: string, origin: AuditOrigin): Promise<void> {
  const now = sql<Date>`clock_timestamp()`
  await tx
    .updateTable('inspection')
    .set({
      state: 'cancelled',
      cancelled_at: now,
      cancelled_by: origin.actor,
      cancel_reason: reason,
      closed_at: now,
      closed_by: origin.actor,
    })
    .where('id', '=', row.id)
    .execute()
  await appendAudit(tx, {
    ...origin,
    action: 'inspection.cancelled',
    subject: { kind: 'inspection', id: row.id },
    newValue: { orderId: row.order_id },
    reason,
  })
  await settleItems(tx, row, 'the inspection was cancelled')
}

/** What a person was asked to look at is over. */
export async function settleItems(tx: Tx, row: InspectionRow, resolution: string): Promise<void> {
  await resolveOpenWorkItem(tx, 'inspection_overdue', row.id, resolution)
  if (row.assignee === null) await noteUnassigned(tx, [row.region])
}

function requireOpen({ state }: InspectionRow): void {
  if (INSPECTION_TRANSITIONS[state].includes('cancelled')) return
  throw new ProblemError(state === 'cancelled' ? 'inspection-cancelled' : 'inspection-submitted')
}
