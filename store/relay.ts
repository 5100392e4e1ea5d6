import { sql } from 'kysely'
import type { Db } from './database.ts'

export type InboxRow = {
  id: number
  type: string
  orderKey: string
  startsOrder: boolean
  state: 'pending' | 'waiting'
  attempts: number
  traceParent: string | null
  receivedAt: Date
  body: unknown
}

export type OrderStandingRow = {
  id: string
  closed: boolean
  channel: string
  storeId: string
  status: string
}

/**
 * Claims up to `limit` orders that have messages waiting, oldest first, and takes a lease on each. Orders are
 * claimed, not rows: all messages of one order go through one hand, in order. A lease that ran out is free again.
 *
 * What is due is found by the statement's time, because an index cannot be asked for a clock that moves meanwhile.
 */
export async function claimOrders(
  db: Db,
  owner: string,
  limit: number,
  leaseSeconds: number,
): Promise<string[]> {
  const { rows } = await sql<{ order_key: string }>`
    with due as (
      select order_key, min(id) as first from inbox
      where state in ('pending', 'waiting') and next_attempt_at <= statement_timestamp()
        and not exists (select 1 from relay_lease as lease
          where lease.order_key = inbox.order_key and lease.expires_at > clock_timestamp())
      group by order_key order by first limit ${limit}
    )
    insert into relay_lease (order_key, owner, expires_at)
    select order_key, ${owner}, clock_timestamp() + make_interval(secs => ${leaseSeconds}) from due order by order_key
    on conflict (order_key) do update set owner = excluded.owner, expires_at = excluded.expires_at
      where relay_lease.expires_at <= clock_timestamp()
    returning order_key`.execute(db)
  return rows.map((row) => row.order_key)
}

/** Every message that waits for these orders, in the order in which they were recorded, with its body. */
export async function pendingMessages(db: Db, orderKeys: string[]): Promise<InboxRow[]> {
  const { rows } = await sql<InboxRow>`
    select inbox.id, inbox.type, inbox.order_key as "orderKey", inbox.starts_order as "startsOrder", inbox.state,
      inbox.attempts, inbox.trace_parent as "traceParent", inbox.received_at as "receivedAt", body.body
    from inbox join inbox_body as body on body.inbox_id = inbox.id and body.received_at = inbox.received_at
    where inbox.order_key = any(${orderKeys}::text[]) and inbox.state in ('pending', 'waiting')
      and inbox.next_attempt_at <= clock_timestamp()
    order by inbox.id`.execute(db)
  return rows
}

/** How the orders stand: missing, open, or closed. Keys that are no order id are missing. */
export async function orderStandings(db: Db, orderKeys: string[]): Promise<Map<string, OrderStandingRow>> {
  const { rows } = await sql<OrderStandingRow>`
    select id::text, closed_at is not null as closed, channel, store_id as "storeId", status
    from orders where id = any(${orderKeys.filter(isUuid)}::uuid[])`.execute(db)
  return new Map(rows.map((row) => [row.id, row]))
}

/** Order keys come from outside. Only one that could be an id may reach the uuid column, whose index is needed here. */
function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)
}

export type Settlement = { id: number; state: 'delivered' | 'late' | 'set_aside' }

/** Writes what became of messages and gives the leases back, in one statement each. */
export async function settleMessages(db: Db, settlements: Settlement[]): Promise<void> {
  if (settlements.length === 0) return
  await sql`
    update inbox set state = outcome.state, settled_at = clock_timestamp()
    from unnest(${settlements.map((entry) => entry.id)}::bigint[], ${settlements.map((entry) => entry.state)}::text[])
      as outcome (id, state)
    where inbox.id = outcome.id and inbox.state in ('pending', 'waiting')`.execute(db)
}

/** Puts messages back for later, counting the failure. */
export async function postponeMessages(
  db: Db,
  ids: number[],
  change: { delayMs: number; error: string | null; waiting: boolean; countsAsFailure: boolean },
): Promise<void> {
  if (ids.length === 0) return
  await sql`
    update inbox set
      attempts = attempts + ${change.countsAsFailure ? 1 : 0},
      state = ${change.waiting ? 'waiting' : 'pending'},
      last_error = ${change.error},
      next_attempt_at = clock_timestamp() + make_interval(secs => ${change.delayMs / 1000})
    where id = any(${ids}::bigint[]) and state in ('pending', 'waiting')`.execute(db)
}

export async function releaseLeases(db: Db, owner: string, orderKeys: string[]): Promise<void> {
  if (orderKeys.length === 0) return
  await db.deleteFrom('relay_lease').where('owner', '=', owner).where('order_key', 'in', orderKeys).execute()
}
