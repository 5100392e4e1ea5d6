import { sql } from 'kysely'
import type { Db } from './database.ts'
import { openWorkItem } from './work-items.ts'

export type DueDelivery = {
  id: string
  kind: string
  operationId: string
  orderId: string | null
  payload: object
  attempts: number
}

/**
 * Claims due deliveries for `claimSeconds`: at most one per key, the oldest, and none while an earlier one of the
 * same key is pending or failed, so that "created" always reaches a PDA before "withdrawn". What failed is a person's:
 * replayed it goes first, given up (its work item resolved) it steps aside.
 */
export async function claimDeliveries(
  db: Db,
  target: string,
  limit: number,
  claimSeconds: number,
): Promise<DueDelivery[]> {
  const { rows } = await sql<DueDelivery>`
    with due as (
      select id from delivery
      where target = ${target} and state = 'pending' and next_attempt_at <= statement_timestamp()
        and not exists (select 1 from delivery as earlier where earlier.order_key = delivery.order_key
          and earlier.target = delivery.target and earlier.state in ('pending', 'failed')
          and earlier.created_at < delivery.created_at)
      order by next_attempt_at limit ${limit} for update skip locked
    )
    update delivery set attempts = attempts + 1, next_attempt_at = clock_timestamp() + make_interval(secs => ${claimSeconds})
    from due where delivery.id = due.id
    returning delivery.id, delivery.kind, delivery.operation_id as "operationId", delivery.order_id as "orderId",
      delivery.payload, delivery.attempts`.execute(db)
  return rows
}

export async function markDelivered(db: Db, id: string): Promise<void> {
  await db
    .updateTable('delivery')
    .set({ state: 'delivered', settled_at: sql`clock_timestamp()`, last_error: null })
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .execute()
}

/** Tries again later, or, once a person is better placed to act, stops and opens a work item. */
export async function markFailed(
  db: Db,
  delivery: DueDelivery,
  failure: { error: string; retryInMs: number | null },
): Promise<void> {
  if (failure.retryInMs !== null) {
    await db
      .updateTable('delivery')
      .set({
        last_error: failure.error,
        next_attempt_at: sql`clock_timestamp() + make_interval(secs => ${failure.retryInMs / 1000})`,
      })
      .where('id', '=', delivery.id)
      .where('state', '=', 'pending')
      .execute()
    return
  }
  await db.transaction().execute(async (tx) => {
    const failed = await tx
      .updateTable('delivery')
      .set({ state: 'failed', last_error: failure.error, settled_at: sql`clock_timestamp()` })
      .where('id', '=', delivery.id)
      .where('state', '=', 'pending')
      .executeTakeFirst()
    if (!failed.numUpdatedRows) return
    await openWorkItem(tx, {
      kind: 'delivery_failed',
      key: delivery.operationId,
      orderId: delivery.orderId,
      detail: {
        deliveryId: delivery.id,
        deliveryKind: delivery.kind,
        attempts: delivery.attempts,
        reason: failure.error,
      },
    })
  })
}
