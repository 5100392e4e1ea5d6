import { sql } from 'kysely'
import type { Db } from './database.ts'

/** A place in the operation log in commit order: the writing transaction, then the row. */
export type FeedPosition = { transactionId: bigint; id: number }
export type FeedEvent = FeedPosition & {
  orderId: string
  storeId: string
  at: Date
  version: number
  field: string
  oldValue: string | null
  newValue: string | null
  operator: string
  source: string
  subjectId: string | null
  amountCents: number | null
}

export function compareFeedPositions(a: FeedPosition, b: FeedPosition): number {
  if (a.transactionId !== b.transactionId) return a.transactionId < b.transactionId ? -1 : 1
  return a.id - b.id
}

/** The position before everything that is not yet final: whoever starts here sees all that commits from now on. */
export async function currentFeedPosition(db: Db): Promise<FeedPosition> {
  const { rows } = await sql<{
    horizon: string
  }>`select pg_snapshot_xmin(pg_current_snapshot())::text as horizon`.execute(db)
  return { transactionId: BigInt(rows[0]?.horizon ?? 0), id: 0 }
}

/**
 * The next events after a position. Only transactions below the oldest one still running are shown: an id may
 * become visible after a higher one did, and a reader that had gone past it would miss it for ever.
 *
 * @returns the events, and the position to go on from (past them, or up to the horizon when there were few)
 */
export async function readFeed(
  db: Db,
  after: FeedPosition,
  limit: number,
): Promise<{ events: FeedEvent[]; position: FeedPosition }> {
  const { rows } = await sql<{
    horizon: string
    transaction_id: string | null
    id: number
    order_id: string
    store_id: string
    at: Date
    version: number
    field: string
    old_value: string | null
    new_value: string | null
    operator: string
    source: string
    subject_id: string | null
    amount_cents: number | null
  }>`
    with horizon as materialized (select pg_snapshot_xmin(pg_current_snapshot()) as xid)
    select horizon.xid::text as horizon, log.* from horizon left join lateral (
      select transaction_id::text, id, order_id, store_id, at, version, field, old_value, new_value, operator, source,
        subject_id, amount_cents
      from operation_log
      where (operation_log.transaction_id, operation_log.id) > (${after.transactionId.toString()}::xid8, ${after.id}::bigint)
        and operation_log.transaction_id < horizon.xid
      order by operation_log.transaction_id, operation_log.id
      limit ${limit}
    ) as log on true`.execute(db)
  const events = rows.flatMap((row): FeedEvent[] =>
    row.transaction_id === null
      ? []
      : [
          {
            transactionId: BigInt(row.transaction_id),
            id: row.id,
            orderId: row.order_id,
            storeId: row.store_id,
            at: row.at,
            version: row.version,
            field: row.field,
            oldValue: row.old_value,
            newValue: row.new_value,
            operator: row.operator,
            source: row.source,
            subjectId: row.subject_id,
            amountCents: row.amount_cents,
          },
        ],
  )
  const last = events.at(-1)
  if (last && events.length === limit) return { events, position: last }
  const horizon = { transactionId: BigInt(rows[0]?.horizon ?? 0), id: 0 }
  return { events, position: compareFeedPositions(horizon, after) > 0 ? horizon : after }
}

/** The stores of a region, for filtering the feed without a query per event. */
export async function storesOfRegion(db: Db, region: string): Promise<string[]> {
  const rows = await db.selectFrom('store').select('id').where('region', '=', region).execute()
  return rows.map((row) => row.id)
}
