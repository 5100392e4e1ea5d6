import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import type { ReconciliationRules } from '../contracts/policies/reconciliation.ts'
import { alertFor } from '../domain/reconciliation.ts'
import type { Db, Tx } from './database.ts'
import { openFigures } from './reconciliation-differences.ts'
import type { ClaimedRun } from './reconciliation-runs.ts'
import { openWorkItem, resolveOpenWorkItem } from './work-items.ts'

const KIND = 'reconciliation_differences'

/**
 * Tells people what stands open with a counterpart after a run: one work item while a threshold is reached, which closes itself,
 * and a message to WeCom when the run has found something new.
 */
export async function tellOpenDifferences(
  tx: Tx,
  run: ClaimedRun,
  rules: ReconciliationRules,
): Promise<void> {
  const { counterpart } = run
  const figures = await openFigures(tx, counterpart)
  const threshold = alertFor(figures, rules.alert)
  if (threshold === null) {
    await resolveOpenWorkItem(tx, KIND, counterpart, 'what is open no longer reaches a threshold')
    return
  }
  const { opened } = await tx
    .selectFrom('reconciliation_run')
    .select('opened')
    .where('id', '=', run.id)
    .executeTakeFirstOrThrow()
  await openWorkItem(tx, {
    kind: KIND,
    key: counterpart,
    orderId: null,
    detail: { counterpart, ...figures, threshold, runId: run.id, newDifferences: opened },
  })
  if (opened > 0) await queueMessage(tx, run, { ...figures, opened })
}

/** A run has come to a stop that only a person can end. */
export async function raiseFailedRun(db: Db, run: ClaimedRun, reason: string): Promise<void> {
  await openWorkItem(db, {
    kind: 'reconciliation_failed',
    key: run.counterpart,
    orderId: null,
    detail: {
      counterpart: run.counterpart,
      runId: run.id,
      from: run.fromDay,
      to: run.toDay,
      reason: reason.slice(0, 500),
    },
  })
}

/** A later one has come to its end. */
export async function resolveFailedRun(tx: Tx, { counterpart }: ClaimedRun): Promise<void> {
  await resolveOpenWorkItem(tx, 'reconciliation_failed', counterpart, 'a later run has come to its end')
}

async function queueMessage(tx: Tx, run: ClaimedRun, figures: object): Promise<void> {
  const orderKey = `reconciliation/${run.counterpart}`
  // What nobody has begun to send would tell of figures that are old.
  await tx
    .updateTable('delivery')
    .set({ state: 'withdrawn', settled_at: sql<Date>`clock_timestamp()` })
    .where('target', '=', 'wecom')
    .where('order_key', '=', orderKey)
    .where('state', '=', 'pending')
    .where('attempts', '=', 0)
    .execute()
  await tx
    .insertInto('delivery')
    .values({
      id: uuid(),
      kind: 'reconciliation_alert',
      target: 'wecom',
      operation_id: `reconciliation/${run.id}`,
      order_key: orderKey,
      payload: JSON.stringify({
        counterpart: run.counterpart,
        from: run.fromDay,
        to: run.toDay,
        ...figures,
      }),
    })
    .onConflict((conflict) => conflict.column('operation_id').doNothing())
    .execute()
}
