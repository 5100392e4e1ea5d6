import { sql } from 'kysely'
import type { Db, Tx } from './database.ts'
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

/** Whether anything of a target is due, without claiming it. */
export async function hasDueDelivery(db: Db, target: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from delivery where target = ${target} and state = 'pending' and next_attempt_at <= statement_timestamp()
    limit 1`.execute(db)
  return rows.length > 0
}

export async function markDelivered(db: Db | Tx, id: string): Promise<void> {
  await db
    .updateTable('delivery')
    .set({ state: 'delivered', settled_at: sql`clock_timestamp()`, last_error: null })
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .execute()
}

/** Nobody needs it any more. */
export async function withdrawDelivery(db: Db | Tx, id: string): Promise<void> {
  await db
    .updateTable('delivery')
    .set({ state: 'withdrawn', settled_at: sql`clock_timestamp()` })
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .execute()
}

/** What became of an attempt that failed. */
export type DeliveryFailure = {
  error: string
  /** Null: it is not tried again until a person says so. */
  retryInMs: number | null
  /** Opened with it, while it may go on being tried. */
  workItem: Omit<Parameters<typeof openWorkItem>[1], 'orderId'> | null
}

/** The work item of a delivery that only a person can bring on its way. */
export function failedDeliveryItem(delivery: DueDelivery, error: string): DeliveryFailure['workItem'] {
  return {
    kind: 'delivery_failed',
    key: delivery.operationId,
    detail: {
      deliveryId: delivery.id,
      deliveryKind: delivery.kind,
      attempts: delivery.attempts,
      reason: error,
    },
  }
}

/** Tries again later, or stops; once a person is better placed to act, a work item says so. */
export async function markFailed(db: Db, delivery: DueDelivery, failure: DeliveryFailure): Promise<void> {
  const { error, retryInMs, workItem } = failure
  await db.transaction().execute(async (tx) => {
    const noted = await tx
      .updateTable('delivery')
      .set(
        retryInMs === null
          ? { state: 'failed', last_error: error, settled_at: sql`clock_timestamp()` }
          : {
              last_error: error,
              next_attempt_at: sql`clock_timestamp() + make_interval(secs => ${retryInMs / 1000})`,
            },
      )
      .where('id', '=', delivery.id)
      .where('state', '=', 'pending')
      .executeTakeFirst()
    if (noted.numUpdatedRows && workItem) await openWorkItem(tx, { ...workItem, orderId: delivery.orderId })
  })
}
