import { type Selectable, sql } from 'kysely'
import { z } from 'zod'
import { ProblemError } from '../contracts/errors.ts'
import type {
  EventDeliveryDetail,
  EventDeliveryView,
  EventReplayView,
  ListEventDeliveriesQuery,
  ListSubscriptionsQuery,
  SubscriptionView,
} from '../contracts/subscriptions.ts'
import type { Db, Tx } from './database.ts'
import { beyond, exact, Keyset, type Page, type PageRequest, timeAndUuid } from './paging.ts'
import type { Database } from './schema.ts'

const nameAndUuid = z.tuple([z.string().max(200), z.uuid()])

/** One page of the subscriptions; deleted ones only where they are asked for. */
export async function listSubscriptions(
  db: Db,
  query: ListSubscriptionsQuery,
): Promise<Page<SubscriptionView>> {
  const byName = query.sort === 'name'
  const keyset = new Keyset<[string, string]>('subscriptions', query, byName ? nameAndUuid : timeAndUuid)
  const after = keyset.after(query.cursor)
  const column = byName ? 'name' : 'created_at'
  const direction = query.sort === 'newest' ? 'desc' : 'asc'
  let select = selectSubscriptions(db)
    .select(exact(column).as('at'))
    .orderBy(column, direction)
    .orderBy('id', direction)
    .limit(query.limit + 1)
  select = query.state ? select.where('state', '=', query.state) : select.where('state', '<>', 'deleted')
  if (query.eventType) select = select.where(sql<boolean>`${query.eventType} = any(event_types)`)
  if (query.failing !== undefined) select = select.where('consecutive_failures', query.failing ? '>' : '=', 0)
  if (after) {
    const comparison = query.sort === 'newest' ? sql`<` : sql`>`
    const type = byName ? sql`text` : sql`timestamptz`
    select = select.where(
      sql<boolean>`(${sql.ref(column)}, id) ${comparison} (${after[0]}::${type}, ${after[1]}::uuid)`,
    )
  }
  return keyset.page(await select.execute(), query.limit, (row) => [row.at, row.id], viewOf)
}

/**
 * A subscription as it stands, also a deleted one.
 *
 * @throws ProblemError `not-found`
 */
export async function showSubscription(db: Db | Tx, subscriptionId: string): Promise<SubscriptionView> {
  const row = await selectSubscriptions(db).where('id', '=', subscriptionId).executeTakeFirst()
  if (!row) throw new ProblemError('not-found')
  return viewOf(row)
}

function selectSubscriptions(db: Db | Tx) {
  return db
    .selectFrom('subscription')
    .selectAll()
    .select([
      sql<number>`(select count(*)::int from event_delivery where subscription_id = subscription.id
        and event_delivery.state = 'pending')`.as('pending'),
      // Positions are given one after another, but for rare gaps: close enough, and it costs nothing.
      sql<number>`greatest(0, coalesce((select max(position) from outbound_event), 0) - position)::int`.as(
        'behind',
      ),
    ])
}

function viewOf(
  row: Selectable<Database['subscription']> & { pending: number; behind: number },
): SubscriptionView {
  return {
    subscriptionId: row.id,
    name: row.name,
    url: row.url,
    eventTypes: row.event_types,
    storeIds: row.store_ids,
    state: row.state,
    stateReason: row.state_reason,
    pending: row.pending,
    behind: row.state === 'deleted' ? 0 : row.behind,
    consecutiveFailures: row.consecutive_failures,
    failingSince: row.failing_since?.toISOString() ?? null,
    throttledUntil: row.throttled_until?.toISOString() ?? null,
    lastSuccessAt: row.last_success_at?.toISOString() ?? null,
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  }
}

/** One page of a subscription's delivery log. */
export async function listEventDeliveries(
  db: Db,
  subscriptionId: string,
  query: ListEventDeliveriesQuery,
): Promise<Page<EventDeliveryView>> {
  const keyset = new Keyset(`event-deliveries/${subscriptionId}`, query, timeAndUuid)
  const after = keyset.after(query.cursor)
  const newest = query.sort === 'newest'
  const direction = newest ? 'desc' : 'asc'
  let select = selectDeliveries(db)
    .select(exact('event_delivery.created_at').as('exactly'))
    .where('subscription_id', '=', subscriptionId)
    .orderBy('event_delivery.created_at', direction)
    .orderBy('event_delivery.id', direction)
    .limit(query.limit + 1)
  if (query.state) select = select.where('state', '=', query.state)
  if (query.type) select = select.where('event_type', '=', query.type)
  if (query.key) select = select.where('event_delivery.order_key', '=', query.key)
  if (query.createdFrom) select = select.where('created_at', '>=', new Date(query.createdFrom))
  if (query.createdTo) select = select.where('created_at', '<', new Date(query.createdTo))
  select = select.where(beyond(['created_at', 'event_delivery.id'], query.sort, after))
  return keyset.page(await select.execute(), query.limit, (row) => [row.exactly, row.id], deliveryOf)
}

/**
 * One delivery with what is sent and the tries that failed.
 *
 * @throws ProblemError `not-found`
 */
export async function findEventDelivery(
  db: Db,
  subscriptionId: string,
  deliveryId: string,
): Promise<EventDeliveryDetail> {
  const row = await selectDeliveries(db)
    .select('outbound_event.data')
    .where('event_delivery.id', '=', deliveryId)
    .where('subscription_id', '=', subscriptionId)
    .executeTakeFirst()
  if (!row) throw new ProblemError('not-found')
  const failures = await db
    .selectFrom('event_attempt')
    .select(['at', 'status', 'error', 'milliseconds'])
    .where('delivery_id', '=', deliveryId)
    .orderBy('at')
    .execute()
  return {
    ...deliveryOf(row),
    body: { type: row.event_type, timestamp: row.at.toISOString(), data: { ...row.data } },
    failures: failures.map((failure) => ({ ...failure, at: failure.at.toISOString() })),
  }
}

function selectDeliveries(db: Db) {
  return db
    .selectFrom('event_delivery')
    .innerJoin('outbound_event', 'outbound_event.position', 'event_delivery.position')
    .selectAll('event_delivery')
    .select(['outbound_event.event_id', 'outbound_event.at'])
}

function deliveryOf(
  row: Selectable<Database['event_delivery']> & { event_id: string; at: Date },
): EventDeliveryView {
  return {
    deliveryId: row.id,
    eventId: row.event_id,
    type: row.event_type,
    key: row.order_key,
    happenedAt: row.at.toISOString(),
    state: row.state,
    attempts: row.attempts,
    replays: row.replays,
    nextAttemptAt: row.state === 'pending' ? row.next_attempt_at.toISOString() : null,
    lastStatus: row.last_status,
    lastError: row.last_error,
    lastMilliseconds: row.last_milliseconds,
    createdAt: row.created_at.toISOString(),
    lastAttemptAt: row.last_attempt_at?.toISOString() ?? null,
    settledAt: row.settled_at?.toISOString() ?? null,
  }
}

/** One page of the periods that were sent again, the newest first. */
export async function listReplays(
  db: Db,
  subscriptionId: string,
  query: PageRequest,
): Promise<Page<EventReplayView>> {
  const keyset = new Keyset(`replays/${subscriptionId}`, query, timeAndUuid)
  const after = keyset.after(query.cursor)
  let select = db
    .selectFrom('event_replay')
    .selectAll()
    .select(exact('created_at').as('at'))
    .where('subscription_id', '=', subscriptionId)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(query.limit + 1)
  select = select.where(beyond(['created_at', 'id'], 'newest', after))
  return keyset.page(await select.execute(), query.limit, (row) => [row.at, row.id], replayOf)
}

/** A replay, which is known to exist. */
export async function showReplay(tx: Tx, replayId: string): Promise<EventReplayView> {
  const row = await tx
    .selectFrom('event_replay')
    .selectAll()
    .where('id', '=', replayId)
    .executeTakeFirstOrThrow()
  return replayOf(row)
}

function replayOf(row: Selectable<Database['event_replay']>): EventReplayView {
  return {
    replayId: row.id,
    from: row.from_at.toISOString(),
    to: row.to_at.toISOString(),
    eventTypes: row.event_types,
    state: row.state,
    queued: row.queued,
    requestedBy: row.requested_by,
    createdAt: row.created_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
  }
}
