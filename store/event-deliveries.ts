import { sql } from 'kysely'
import { OUTBOUND_EVENTS } from '../contracts/outbound-events.ts'
import type { Db, Tx } from './database.ts'

/**
 * Deliveries that one subscription may have under way. What is beyond waits in the log of events, where it costs
 * nothing: a receiver that is dead for days holds this many rows and no more.
 */
const MAX_PENDING = 5_000
/**
 * A failing event holds up the later ones of its key until it is tried for the fourth time, 35 minutes after the first;
 * then they go past it, and it goes on being tried.
 */
const ATTEMPTS_THAT_HOLD_UP = 4

const STATE_EVENTS = Object.entries(OUTBOUND_EVENTS)
  .filter(([, { isState }]) => isState)
  .map(([type]) => type)

type Wanted = { subscriptionId: string; eventTypes: string[]; storeIds: string[] }

/** Subscriptions that have not looked at every event yet. */
export async function subscriptionsBehind(db: Db): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from subscription where state = 'active' and position < (select max(position) from outbound_event)`.execute(
    db,
  )
  return rows.map((row) => row.id)
}

/**
 * Makes deliveries of the next events that a subscription wants, and moves it past those that it has looked at, in one
 * transaction. One process at a time; a unique key keeps an event from being delivered twice.
 *
 * @returns how many events it looked at; 0 when there are none, too many are under way, or somebody else is at it
 */
export async function fanOutEvents(db: Db, subscriptionId: string, limit: number): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const subscription = await tx
      .selectFrom('subscription')
      .select(['position', 'event_types', 'store_ids', 'starts_at'])
      .where('id', '=', subscriptionId)
      .where('state', '=', 'active')
      .forNoKeyUpdate()
      .skipLocked()
      .executeTakeFirst()
    if (!subscription || (await hasEnoughPending(tx, subscriptionId))) return 0
    const wanted = {
      subscriptionId,
      eventTypes: subscription.event_types,
      storeIds: subscription.store_ids,
    }
    const { rows } = await sql<{ looked: number; last: number | null; keys: string[] | null }>`
      with batch as (
        select * from outbound_event where position > ${subscription.position}::bigint order by position limit ${limit}
      ), made as (
        insert into event_delivery (subscription_id, position, event_type, order_key)
        select ${subscriptionId}::uuid, position, type, order_key from batch
        where ${isWanted(wanted)} and at >= coalesce(${subscription.starts_at}::timestamptz, '-infinity')
        order by position
        on conflict on constraint event_delivery_once do nothing
        returning order_key, event_type
      )
      select (select count(*)::int from batch) as looked, (select max(position) from batch) as last,
        (select array_agg(distinct order_key) from made where event_type = any(${STATE_EVENTS}::text[])) as keys`.execute(
      tx,
    )
    const [row] = rows
    if (!row || row.last === null) return 0
    await tx
      .updateTable('subscription')
      .set({ position: row.last })
      .where('id', '=', subscriptionId)
      .execute()
    if (row.keys) await supersede(tx, subscriptionId, row.keys)
    return row.looked
  })
}

/** Of several states of one thing that wait for a receiver only the newest is worth sending. */
async function supersede(tx: Tx, subscriptionId: string, keys: string[]): Promise<void> {
  await sql`
    update event_delivery as old set state = 'superseded', settled_at = clock_timestamp()
    where subscription_id = ${subscriptionId} and state = 'pending' and attempts = 0 and replays = 0
      and order_key = any(${keys}::text[]) and event_type = any(${STATE_EVENTS}::text[])
      and (select true from event_delivery as newer
        where newer.subscription_id = old.subscription_id and newer.order_key = old.order_key
          and newer.event_type = old.event_type and newer.state = 'pending' and newer.position > old.position
        limit 1)`.execute(tx)
}

function isWanted({ eventTypes, storeIds }: Omit<Wanted, 'subscriptionId'>) {
  return sql<boolean>`(type = any(${eventTypes}::text[]) or split_part(type, '.', 1) || '.*' = any(${eventTypes}::text[]))
    and (${storeIds.length === 0} or store_id = any(${storeIds}::text[]))`
}

async function hasEnoughPending(tx: Tx, subscriptionId: string): Promise<boolean> {
  const { rows } = await sql<{ pending: number }>`
    select count(*)::int as pending from (
      select from event_delivery where subscription_id = ${subscriptionId} and state = 'pending' limit ${MAX_PENDING}
    ) as counted`.execute(tx)
  return (rows[0]?.pending ?? 0) >= MAX_PENDING
}

/** Sends again what was given up, as much of it as may be under way. */
export async function replayExhausted(tx: Tx, subscriptionId: string): Promise<void> {
  await sql`
    update event_delivery set state = 'pending', attempts = 0, replays = replays + 1, settled_at = null,
      next_attempt_at = clock_timestamp()
    where id in (select delivery.id from event_delivery as delivery join subscription on subscription.id = subscription_id
      where subscription_id = ${subscriptionId} and delivery.state = 'exhausted' and subscription.state <> 'deleted'
      order by delivery.created_at, delivery.id limit ${MAX_PENDING})`.execute(tx)
}

/** Periods that somebody wants sent again. */
export async function runningReplays(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom('event_replay')
    .innerJoin('subscription', 'subscription.id', 'event_replay.subscription_id')
    .select('event_replay.id')
    .where('event_replay.state', '=', 'running')
    .where('subscription.state', '=', 'active')
    .execute()
  return rows.map((row) => row.id)
}

/**
 * Makes the next slice of a period pending once more: what was delivered, given up, or never made. What is under way
 * stays as it is.
 *
 * @returns how many events it looked at; 0 when it is done or has to wait
 */
export async function continueReplay(db: Db, replayId: string, limit: number): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const replay = await tx
      .selectFrom('event_replay')
      .selectAll()
      .select(sql<string>`after_at::text`.as('exact_after'))
      .where('id', '=', replayId)
      .where('state', '=', 'running')
      .forUpdate()
      .skipLocked()
      .executeTakeFirst()
    if (!replay || (await hasEnoughPending(tx, replay.subscription_id))) return 0
    const { rows } = await sql<{
      looked: number
      last_at: string | null
      last: number | null
      queued: number
    }>`
      with batch as (
        select * from outbound_event
        where (at, position) > (${replay.exact_after}::timestamptz, ${replay.after_position}::bigint)
          and at < ${replay.to_at}::timestamptz
        order by at, position limit ${limit}
      ), made as (
        insert into event_delivery as delivery (subscription_id, position, event_type, order_key, replays)
        select subscription.id, batch.position, type, order_key, 1 from batch, subscription
        where subscription.id = ${replay.subscription_id}
          and (type = any(${replay.event_types}::text[])
            or split_part(type, '.', 1) || '.*' = any(${replay.event_types}::text[]))
          and (subscription.store_ids = '{}' or batch.store_id = any(subscription.store_ids))
        order by batch.position
        on conflict on constraint event_delivery_once do update set state = 'pending', attempts = 0, settled_at = null,
          next_attempt_at = clock_timestamp(), replays = delivery.replays + 1
          where delivery.state <> 'pending'
        returning 1
      ), last as (select at, position from batch order by at desc, position desc limit 1)
      select (select count(*)::int from batch) as looked, (select at::text from last) as last_at,
        (select position from last) as last, (select count(*)::int from made) as queued`.execute(tx)
    const [row] = rows
    const isDone = !row || row.looked < limit
    await tx
      .updateTable('event_replay')
      .set({
        ...(row?.last_at && row.last !== null ? { after_at: row.last_at, after_position: row.last } : {}),
        queued: sql`queued + ${row?.queued ?? 0}`,
        ...(isDone ? { state: 'done', finished_at: sql<Date>`clock_timestamp()` } : {}),
      })
      .where('id', '=', replayId)
      .execute()
    return row?.looked ?? 0
  })
}

/** A subscription with something to send now. */
export type DueSubscription = { id: string; url: string; consecutiveFailures: number }

/** Subscriptions whose receivers may be called and have something due. */
export async function dueSubscriptions(db: Db): Promise<DueSubscription[]> {
  const { rows } = await sql<DueSubscription>`
    select id, url, consecutive_failures as "consecutiveFailures" from subscription
    where state = 'active' and (throttled_until is null or throttled_until <= statement_timestamp())
      and exists (select from event_delivery where subscription_id = subscription.id and state = 'pending'
        and next_attempt_at <= statement_timestamp())`.execute(db)
  return rows
}

export type DueEvent = {
  deliveryId: string
  subscriptionId: string
  /** The webhook-id. */
  eventId: string
  type: string
  at: Date
  data: object
  /** This one included. */
  attempts: number
}

/**
 * Claims due deliveries of one subscription for `claimSeconds`: the oldest of each key only, and none while an earlier
 * one of its key is under way or about to be tried again, so that a receiver hears an order's events in their order.
 */
export async function claimEvents(
  db: Db,
  request: { subscriptionId: string; limit: number; claimSeconds: number },
): Promise<DueEvent[]> {
  const { rows } = await sql<DueEvent>`
    with due as (
      select id from event_delivery as delivery
      where subscription_id = ${request.subscriptionId} and state = 'pending'
        and next_attempt_at <= statement_timestamp()
        -- Looked up row by row: as an anti-join it would be planned by statistics, which know nothing of a backlog that
        -- came a minute ago, and then compare every delivery with every other one.
        and (select true from event_delivery as earlier
          where earlier.subscription_id = delivery.subscription_id and earlier.order_key = delivery.order_key
            and earlier.state = 'pending' and earlier.position < delivery.position
            and (earlier.attempts < ${ATTEMPTS_THAT_HOLD_UP} or earlier.next_attempt_at <= statement_timestamp())
          limit 1) is null
      order by next_attempt_at, position limit ${request.limit} for update skip locked
    ), claimed as (
      update event_delivery set attempts = attempts + 1, last_attempt_at = clock_timestamp(),
        next_attempt_at = clock_timestamp() + make_interval(secs => ${request.claimSeconds})
      from due where event_delivery.id = due.id
      returning event_delivery.id, subscription_id, position, attempts
    )
    select claimed.id as "deliveryId", subscription_id as "subscriptionId", event_id as "eventId", type, at, data, attempts
    from claimed join outbound_event using (position)`.execute(db)
  return rows
}
