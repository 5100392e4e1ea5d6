import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import type { LogEntry, OrderState, OrderWrite } from '../domain/order.ts'
import { paidCents, refundedCents } from '../domain/order-money.ts'
import type { Db, Tx } from './database.ts'
import { lockStock, moveStock } from './stock-movement.ts'
import { openWorkItem } from './work-items.ts'

/** One step of an order's workflow as it reaches the database: the new state and everything that goes with it. */
export type OrderCommit = {
  /** Names this commit of this run; the same key again means a retry. */
  commitKey: string
  state: OrderState
  log: LogEntry[]
  writes: OrderWrite[]
}

/**
 * `stale`: the row is ahead of this workflow, which therefore is an old copy (a reset or restored run) and must end;
 * reconcile resumes the order from the row's own snapshot.
 */
export type CommitResult = { outcome: 'committed' | 'stale'; version: number }

/**
 * Writes one version of an order: row, snapshot, log, and the rows that the decision asked for, in one transaction.
 * A retry of the same commit changes nothing; a version is never written twice with different content.
 */
export async function commitOrder(db: Db, commit: OrderCommit): Promise<CommitResult> {
  const { state } = commit
  return db.transaction().execute(async (tx) => {
    const row = await tx
      .selectFrom('orders')
      .select(['version', 'commit_key', 'store_id'])
      .where('id', '=', state.placed.orderId)
      .forUpdate()
      .executeTakeFirstOrThrow()
    if (row.version === state.version && row.commit_key === commit.commitKey) {
      return { outcome: 'committed', version: row.version }
    }
    if (row.version !== state.version - 1) return { outcome: 'stale', version: row.version }
    await updateRow(tx, commit)
    await writeLog(tx, commit, row.store_id)
    for (const write of commit.writes) await applyWrite(tx, commit, write)
    return { outcome: 'committed', version: state.version }
  })
}

async function updateRow(tx: Tx, { state, commitKey }: OrderCommit): Promise<void> {
  const { orderId } = state.placed
  await tx
    .updateTable('orders')
    .set({
      status: state.status,
      version: state.version,
      commit_key: commitKey,
      needs_attention: state.needsAttention,
      paid_cents: paidCents(state),
      refunded_cents: refundedCents(state),
      updated_at: sql`clock_timestamp()`,
      closed_at: state.closed ? sql`clock_timestamp()` : null,
    })
    .where('id', '=', orderId)
    .execute()
  await tx
    .insertInto('order_snapshot')
    .values({ order_id: orderId, version: state.version, state: JSON.stringify(state) })
    .onConflict((conflict) =>
      conflict
        .column('order_id')
        .doUpdateSet((eb) => ({ version: eb.ref('excluded.version'), state: eb.ref('excluded.state') })),
    )
    .execute()
}

async function writeLog(tx: Tx, { state, log }: OrderCommit, storeId: string): Promise<void> {
  if (log.length === 0) return
  await tx
    .insertInto('operation_log')
    .values(
      log.map((entry) => ({
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
      })),
    )
    .execute()
}

async function applyWrite(tx: Tx, { state }: OrderCommit, write: OrderWrite): Promise<void> {
  const { orderId } = state.placed
  switch (write.kind) {
    case 'create_pick_task':
      return createPickTask(tx, orderId, write.fulfilment)
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
          conflict.column('id').doUpdateSet({
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
    case 'open_work_item':
      return openWorkItem(tx, { kind: write.workItemKind, key: write.key, orderId, detail: write.detail })
    case 'resolve_work_item':
      await tx
        .updateTable('work_item')
        .set({
          state: 'resolved',
          resolution: 'settled by the order',
          resolved_by: 'system',
          resolved_at: sql`now()`,
        })
        .where('kind', '=', write.workItemKind)
        .where('key', '=', write.key)
        .where('state', '=', 'open')
        .execute()
      return
  }
}

/** The task and its push to the warehouse's PDAs, together: a task that exists is a task that is delivered. */
async function createPickTask(
  tx: Tx,
  orderId: string,
  fulfilment: Extract<OrderWrite, { kind: 'create_pick_task' }>['fulfilment'],
): Promise<void> {
  const { fulfilmentId, warehouseId, lines } = fulfilment
  await tx
    .insertInto('pick_task')
    .values({
      id: fulfilmentId,
      order_id: orderId,
      warehouse_id: warehouseId,
      state: 'created',
      lines: JSON.stringify(lines),
    })
    .execute()
  await queuePdaMessage(tx, 'pick_task_created', { orderId, pickTaskId: fulfilmentId, warehouseId, lines })
}

/** A message for the PDAs of a warehouse; the delivery worker sends messages of one task in order. */
export async function queuePdaMessage(
  tx: Tx,
  kind: 'pick_task_created' | 'pick_task_withdrawn',
  message: { orderId: string; pickTaskId: string; warehouseId: string; lines: object[] },
): Promise<void> {
  await tx
    .insertInto('delivery')
    .values({
      id: uuid(),
      kind,
      target: 'pda',
      operation_id: `${message.pickTaskId}/${kind}`,
      order_id: message.orderId,
      order_key: message.pickTaskId,
      payload: JSON.stringify(message),
    })
    .execute()
}
