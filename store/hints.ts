import { sql } from 'kysely'
import type { Db, Tx } from './database.ts'
import { openWorkItem } from './work-items.ts'

/** Hints of the channels, from the inbox to the fetched order. */

export type HintedOrder = { shopId: string; orderKey: string }
export type HintRow = {
  id: number
  attempts: number
  traceParent: string | null
  /** Of a hint that a pull brought: the order's own modified time. Pushes only know roughly when. */
  modifiedAt: Date | null
}

/** A shop's oldest hints that are looked at for orders: more than one order's crowd of them. */
const HINTS_LOOKED_AT = 512

/**
 * Claims orders that have hints due and takes a lease on each, as the relay does with its own: all hints of one order
 * go through one hand. Each shop gets as many as it has room for, so that the backlog of one never stands before
 * another's.
 */
export async function claimHintedOrders(
  db: Db,
  claim: { owner: string; room: { shopId: string; orders: number }[]; limit: number; leaseSeconds: number },
): Promise<HintedOrder[]> {
  const { owner, room, limit, leaseSeconds } = claim
  const { rows } = await sql<HintedOrder>`
    with room as (
      select * from unnest(${room.map(({ shopId }) => shopId)}::text[], ${room.map(({ orders }) => orders)}::int[])
        as room (shop, orders)
    ), due as (
      select room.shop, picked.order_key from room cross join lateral (
        select order_key, min(next_attempt_at) as first from (
          select order_key, next_attempt_at from inbox
          where inbox.shop = room.shop and state = 'hint' and next_attempt_at <= statement_timestamp()
          order by next_attempt_at limit ${HINTS_LOOKED_AT}) as oldest
        where not exists (select from relay_lease as lease
          where lease.order_key = oldest.order_key and lease.expires_at > clock_timestamp())
        group by order_key order by first limit room.orders) as picked
      order by picked.first limit ${limit}
    ), leased as (
      insert into relay_lease (order_key, owner, expires_at)
      select order_key, ${owner}, clock_timestamp() + make_interval(secs => ${leaseSeconds}) from due order by order_key
      on conflict (order_key) do update set owner = excluded.owner, expires_at = excluded.expires_at
        where relay_lease.expires_at <= clock_timestamp()
      returning order_key
    )
    select due.shop as "shopId", order_key as "orderKey" from leased join due using (order_key)`.execute(db)
  return rows
}

/** Every hint that waits for this order, due or not: one fetch serves them all. */
export async function hintsOfOrder(db: Db, orderKey: string): Promise<HintRow[]> {
  const { rows } = await sql<HintRow>`
    select id, attempts, trace_parent as "traceParent",
      case when source_event_id like 'pull/%' then occurred_at end as "modifiedAt" from inbox
    where order_key = ${orderKey} and state = 'hint' order by id`.execute(db)
  return rows
}

/** The order is as new as these hints. Ones that arrived meanwhile are not among them. */
export async function markFetched(tx: Tx, ids: number[]): Promise<void> {
  await sql`
    update inbox set state = 'fetched', settled_at = clock_timestamp(), last_error = null
    where id = any(${ids}::bigint[]) and state = 'hint'`.execute(tx)
}

/** Puts hints back for later. Only a failure that was theirs counts. */
export async function postponeHints(
  db: Db,
  ids: number[],
  change: { delayMs: number; error: string; countsAsFailure: boolean },
): Promise<void> {
  await sql`
    update inbox set attempts = attempts + ${change.countsAsFailure ? 1 : 0}, last_error = ${change.error},
      next_attempt_at = clock_timestamp() + make_interval(secs => ${change.delayMs / 1000})
    where id = any(${ids}::bigint[]) and state = 'hint'`.execute(db)
}

/** Sets an order's hints aside and tells a person; it holds up nobody, and a later hint tries anew. */
export async function setHintsAside(
  db: Db,
  order: {
    shopId: string
    platform: string
    platformOrderId: string
    orderKey: string
    ids: number[]
    error: string
  },
): Promise<void> {
  const { shopId, platform, platformOrderId, orderKey, error } = order
  await db.transaction().execute(async (tx) => {
    await sql`
      update inbox set state = 'set_aside', attempts = attempts + 1, last_error = ${error},
        settled_at = clock_timestamp()
      where id = any(${order.ids}::bigint[]) and state = 'hint'`.execute(tx)
    await openWorkItem(tx, {
      kind: 'channel_order_unread',
      key: orderKey,
      orderId: null,
      detail: { shopId, platform, platformOrderId, orderKey, error },
    })
  })
}
