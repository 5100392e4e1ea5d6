import { sql } from 'kysely'
import type { EventRecord, OrderState, OrderWrite } from '../domain/order.ts'
import { paidCents, refundedCents, supplementCents } from '../domain/order-money.ts'
import { giveBackUnits } from './change-holds.ts'
import { noteOrderMoved } from './change-rows.ts'
import { type Combining, findCompany } from './combined-shipping.ts'
import type { Db, Tx } from './database.ts'
import { freshRecords } from './fresh-records.ts'
import { noteInspectionDue } from './inspection-due.ts'
import { applyChange, resumePicking } from './order-changes.ts'
import { endCheck } from './order-check-rows.ts'
import { queuePdaMessage } from './pda-messages.ts'
import { lockStock, moveStock } from './stock-movement.ts'
import { openWorkItem, resolveOpenWorkItem, resolveWithMark } from './work-items.ts'

/** One step of an order's workflow as it reaches the database: the new state, and what each event adds to the records. */
export type OrderCommit = {
  /** Temporal's id of the run that commits. */
  runId: string
  state: OrderState
  records: EventRecord[]
}

/**
 * `stale`: the row belongs to another run and is not at the version that this one began from. It is an old copy (reset
 * or restored) and must end; reconcile resumes the order from the row's own snapshot.
 */
export type CommitResult = { outcome: 'committed' | 'stale'; version: number }

/** Event keys that an order remembers: far more than a life has, and a bound on what a hostile sender can grow. */
const APPLIED_LIMIT = 2_000

/**
 * Writes an order's new state with everything that follows from its events, in one transaction and each event once.
 *
 * A worker that dies after this and before Temporal heard of it leaves a commit behind that its successor repeats,
 * perhaps in other batches or in another order. So what was written is known by the events' keys, never by a version:
 * a repeated event adds nothing (but see `freshRecords`), a new one is never dropped, and an old copy of the order, of another
 * run and version, writes nothing.
 *
 * @param combining by what new pick tasks find others that they share a parcel with; without it each goes by itself
 */
export async function commitOrder(db: Db, commit: OrderCommit, combining?: Combining): Promise<CommitResult> {
  const { orderId } = commit.state.placed
  return db.transaction().execute(async (tx) => {
    const row = await tx
      .selectFrom('orders')
      .select(['version', 'run_id', 'event_count', 'store_id', 'closed_at'])
      .where('id', '=', orderId)
      // The weaker lock: rows that are being added for this order (a parcel, a payment) need not wait for it.
      .forNoKeyUpdate()
      .executeTakeFirstOrThrow()
    // Not joined above: whoever waited for the lock would see the row as it is now beside the snapshot as it was.
    const snapshot = await tx
      .selectFrom('order_snapshot')
      .select('applied')
      .where('order_id', '=', orderId)
      .executeTakeFirst()
    const isFirstOfRun = row.run_id !== commit.runId
    if (isFirstOfRun && row.version !== commit.state.version)
      return { outcome: 'stale', version: row.version }
    const applied = snapshot?.applied ?? []
    const committing = { ...commit, applied, eventCount: row.event_count }
    const records = await freshRecords(tx, committing)
    if (records.length === 0 && !isFirstOfRun && saysNothingNew(commit.state, row)) {
      return { outcome: 'committed', version: row.version }
    }
    const state = { ...commit.state, version: row.version + 1 }
    await updateRow(tx, commit.runId, state)
    const keys = new Set([...applied, ...records.map((record) => record.key)])
    await saveSnapshot(tx, state, [...keys].slice(-APPLIED_LIMIT))
    await writeLog(tx, state, records, row.store_id)
    const statuses = records.flatMap((record) => record.log.filter((entry) => entry.field === 'status'))
    if (statuses.length > 0) await noteOrderMoved(tx, orderId)
    await noteInspectionDue(
      tx,
      orderId,
      statuses.map((entry) => entry.newValue),
    )
    for (const write of inLockOrder(records)) await applyWrite(tx, orderId, write, combining)
    return { outcome: 'committed', version: state.version }
  })
}

/**
 * Whether a commit without new records repeats what the row says, or an earlier step of it. Every status comes with a record, so
 * that none is lost here; an end comes without one, by time alone, and a predecessor that died may have counted more events.
 */
function saysNothingNew(
  { eventCount, closed }: OrderState,
  row: { event_count: number; closed_at: Date | null },
): boolean {
  return eventCount <= row.event_count && !(closed && row.closed_at === null)
}

/** Pick tasks before stock, as everybody locks them. */
function inLockOrder(records: EventRecord[]): OrderWrite[] {
  const writes = records.flatMap((record) => record.writes)
  const isTask = (write: OrderWrite) => write.kind === 'create_pick_task'
  return [...writes.filter(isTask), ...writes.filter((write) => !isTask(write))]
}

async function updateRow(tx: Tx, runId: string, state: OrderState): Promise<void> {
  const supplement = supplementCents(state)
  await tx
    .updateTable('orders')
    .set({
      status: state.status,
      version: state.version,
      run_id: runId,
      event_count: state.eventCount,
      needs_attention: state.needsAttention,
      paid_cents: paidCents(state),
      refunded_cents: refundedCents(state),
      supplement_cents: supplement,
      supplement_since: supplement > 0 ? sql<Date>`coalesce(supplement_since, clock_timestamp())` : null,
      updated_at: sql`clock_timestamp()`,
      closed_at: state.closed ? sql`clock_timestamp()` : null,
    })
    .where('id', '=', state.placed.orderId)
    .execute()
}

async function saveSnapshot(tx: Tx, state: OrderState, applied: string[]): Promise<void> {
  await tx
    .insertInto('order_snapshot')
    .values({ order_id: state.placed.orderId, version: state.version, state: JSON.stringify(state), applied })
    .onConflict((conflict) =>
      conflict.column('order_id').doUpdateSet((eb) => ({
        version: eb.ref('excluded.version'),
        state: eb.ref('excluded.state'),
        applied: eb.ref('excluded.applied'),
      })),
    )
    .execute()
}

async function writeLog(tx: Tx, state: OrderState, records: EventRecord[], storeId: string): Promise<void> {
  const entries = records.flatMap((record) => record.log)
  if (entries.length === 0) return
  await tx
    .insertInto('operation_log')
    .values(
      entries.map((entry) => ({
        order_id: state.placed.orderId,
        store_id: storeId,
        version: state.version,
        field: entry.field,
        old_value: entry.oldValue,
        new_value: entry.newValue,
        operator: entry.operator,
        source: entry.source,
        source_time: entry.sourceTime,
        inbox_id: entry.inboxId,
        subject_id: entry.subjectId ?? null,
        amount_cents: entry.amountCents ?? null,
        request_id: entry.requestId ?? null,
      })),
    )
    .execute()
}

async function applyWrite(
  tx: Tx,
  orderId: string,
  write: OrderWrite,
  combining: Combining | undefined,
): Promise<void> {
  switch (write.kind) {
    case 'create_pick_task':
      return createPickTask(tx, orderId, write.fulfilment, combining)
    case 'record_refund': {
      const { refundId, paymentId, amountCents, reason, state: refundState } = write.refund
      await tx
        .insertInto('refund')
        .values({
          id: refundId,
          order_id: orderId,
          payment_id: paymentId,
          amount_cents: amountCents,
          reason,
          state: refundState,
        })
        .onConflict((conflict) =>
          // A lost attempt may have numbered its refunds in another order: the latest word counts.
          conflict.column('id').doUpdateSet({
            payment_id: paymentId,
            amount_cents: amountCents,
            reason,
            state: refundState,
            settled_at: refundState === 'done' ? sql<Date>`clock_timestamp()` : null,
          }),
        )
        .execute()
      return
    }
    case 'upsert_return': {
      const { returnId, reason, lines, inspected, state: returnState } = write.return
      const document = { lines: JSON.stringify(lines), inspected: JSON.stringify(inspected) }
      await tx
        .insertInto('order_return')
        .values({ id: returnId, order_id: orderId, state: returnState, reason, ...document })
        .onConflict((conflict) =>
          conflict
            .column('id')
            .doUpdateSet({ state: returnState, ...document, updated_at: sql`clock_timestamp()` }),
        )
        .execute()
      return
    }
    case 'settle_return': {
      await lockStock(
        tx,
        write.lines.map((line) => line.skuId),
      )
      const from = (line: (typeof write.lines)[number]) => ({
        skuId: line.skuId,
        warehouseId: line.warehouseId,
        orderId,
      })
      await moveStock(
        tx,
        write.lines.flatMap((line) => [
          ...(line.restocked > 0
            ? [{ ...from(line), kind: 'return' as const, shippedDelta: -line.restocked }]
            : []),
          ...(line.writtenOff > 0
            ? [
                {
                  ...from(line),
                  kind: 'write_off' as const,
                  shippedDelta: -line.writtenOff,
                  totalDelta: -line.writtenOff,
                },
              ]
            : []),
        ]),
        { operationId: `${write.returnId}/settled`, operator: 'system', physical: false },
      )
      return
    }
    case 'apply_change': {
      for (const task of await applyChange(tx, orderId, write)) {
        const { id: pickTaskId, warehouse_id: warehouseId, lines } = task
        await queuePdaMessage(tx, 'pick_task_withdrawn', { orderId, pickTaskId, warehouseId, lines })
      }
      return
    }
    case 'give_back': {
      const operationId = `${orderId}/change/${write.changeId}`
      return giveBackUnits(tx, { orderId, units: write.units, operationId, operator: 'system' })
    }
    case 'resume_picking':
      return resumePicking(tx, orderId)
    case 'open_work_item':
      return openWorkItem(tx, {
        kind: write.workItemKind,
        key: write.key,
        orderId,
        detail: write.detail,
        owner: write.owner ?? null,
      })
    case 'resolve_work_item': {
      const { workItemKind, key, resolution = 'settled by the order', by } = write
      // An order that is no longer held needs nobody's attention; of other items a person says so.
      const resolve = workItemKind === 'abnormal_order' ? resolveWithMark : resolveOpenWorkItem
      return resolve(tx, workItemKind, key, resolution, by)
    }
    case 'end_check':
      return endCheck(tx, orderId, write.number)
  }
}

/** The task and its push to the warehouse's PDAs, together: a task that exists is a task that is delivered. */
async function createPickTask(
  tx: Tx,
  orderId: string,
  fulfilment: Extract<OrderWrite, { kind: 'create_pick_task' }>['fulfilment'],
  combining: Combining | undefined,
): Promise<void> {
  const { fulfilmentId: pickTaskId, warehouseId, lines } = fulfilment
  const task = { orderId, pickTaskId, warehouseId, lines }
  const company = combining ? await findCompany(tx, combining, task) : null
  const { recipient = null, combinedId = null, combinedWith = [], notBefore } = company ?? {}
  await tx
    .insertInto('pick_task')
    .values({
      id: pickTaskId,
      order_id: orderId,
      warehouse_id: warehouseId,
      state: 'created',
      lines: JSON.stringify(lines),
      recipient,
      combined_id: combinedId,
    })
    .execute()
  const message = combinedId === null ? task : { ...task, combinedId, combinedWith }
  await queuePdaMessage(tx, 'pick_task_created', message, { notBefore })
}
