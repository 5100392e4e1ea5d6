import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { ProblemError } from '../contracts/errors.ts'
import { TEST_EVENT } from '../contracts/outbound-events.ts'
import {
  type ChangeSubscriptionBody,
  type CreateSubscriptionBody,
  MAX_SECRETS,
  MAX_SUBSCRIPTIONS,
  type ReplayPeriodBody,
  type SubscriptionSecrets,
} from '../contracts/subscriptions.ts'
import type { SubscriptionState } from '../domain/event-delivery.ts'
import type { Db, Tx } from './database.ts'
import type { KeyRing } from './keyring.ts'
import { resolveOpenWorkItem } from './work-items.ts'

/** Standard Webhooks: 24 to 64 bytes. */
const SECRET_BYTES = 32

type Changed = { subscriptionId: string; operator: string }

/**
 * Subscribes a receiver to events from now on, or from the time that it names. Its secret is made here and only kept
 * sealed.
 *
 * @throws ProblemError `already-exists` for a name in use, `too-many-subscriptions`
 */
export async function createSubscription(
  tx: Tx,
  keyRing: KeyRing,
  { subscriptionId, operator, body }: Changed & { body: CreateSubscriptionBody },
): Promise<void> {
  // One at a time, so that the limit and the name hold.
  await sql`select pg_advisory_xact_lock(hashtext('subscriptions'))`.execute(tx)
  const { rows } = await sql<{ all: number; same: number }>`
    select count(*)::int as all, count(*) filter (where name = ${body.name})::int as same
    from subscription where state <> 'deleted'`.execute(tx)
  const [found] = rows
  if (found && found.all >= MAX_SUBSCRIPTIONS) throw new ProblemError('too-many-subscriptions')
  if (found && found.same > 0) throw nameTaken(body.name)
  await tx
    .insertInto('subscription')
    .values({
      id: subscriptionId,
      name: body.name,
      url: body.url,
      event_types: body.eventTypes,
      store_ids: body.storeIds,
      // Events get their positions one after another: whatever commits from here on lies above the highest.
      position: body.startAt
        ? sql<number>`coalesce((select min(position) from outbound_event where at >= ${body.startAt}::timestamptz) - 1,
            (select max(position) from outbound_event), 0)`
        : sql<number>`coalesce((select max(position) from outbound_event), 0)`,
      starts_at: body.startAt ?? null,
      created_by: operator,
    })
    .execute()
  await addSecret(tx, keyRing, { subscriptionId, operator })
}

function nameTaken(name: string): ProblemError {
  const fields = [{ field: 'name', message: `${name} is the name of another subscription` }]
  return new ProblemError('already-exists', undefined, { fields })
}

async function addSecret(tx: Tx, keyRing: KeyRing, { subscriptionId, operator }: Changed): Promise<void> {
  const id = uuid()
  const secret = `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`
  const { keyId, sealed } = keyRing.seal(Buffer.from(secret), contextOf(subscriptionId, id))
  await tx
    .insertInto('subscription_secret')
    .values({ id, subscription_id: subscriptionId, key_id: keyId, sealed, created_by: operator })
    .execute()
}

function contextOf(subscriptionId: string, secretId: string): string {
  return `subscription/${subscriptionId}/${secretId}`
}

/** A secret is there, but no key that opens it: the ring was rotated too far, or the row was changed. */
export class SecretUnreadableError extends Error {
  override readonly name = 'SecretUnreadableError'
}

/**
 * The secrets that sign at this moment, the newest first.
 *
 * @throws SecretUnreadableError
 */
export async function openSecrets(
  db: Db | Tx,
  keyRing: KeyRing,
  subscriptionId: string,
): Promise<SubscriptionSecrets['secrets']> {
  const rows = await db
    .selectFrom('subscription_secret')
    .selectAll()
    .where('subscription_id', '=', subscriptionId)
    .where('sealed', 'is not', null)
    .where(sql<boolean>`(expires_at is null or expires_at > clock_timestamp())`)
    .orderBy(sql`expires_at desc nulls first`)
    .orderBy('created_at', 'desc')
    .limit(MAX_SECRETS)
    .execute()
  return rows.flatMap((row) =>
    row.sealed === null
      ? []
      : [
          {
            secret: openSecret(keyRing, row.key_id, row.sealed, contextOf(subscriptionId, row.id)),
            createdBy: row.created_by,
            createdAt: row.created_at.toISOString(),
            expiresAt: row.expires_at?.toISOString() ?? null,
          },
        ],
  )
}

function openSecret(keyRing: KeyRing, keyId: string, sealed: Buffer, context: string): string {
  try {
    return keyRing.open(keyId, sealed, context).toString('utf8')
  } catch (error) {
    throw new SecretUnreadableError(error instanceof Error ? error.message : String(error))
  }
}

/**
 * Makes a new secret; the old one goes on signing beside it for a while, so that the receiver can change over without
 * losing a message. Secrets whose time is over are erased.
 *
 * @throws ProblemError `too-many-secrets` while earlier rotations still overlap
 */
export async function rotateSecret(
  tx: Tx,
  keyRing: KeyRing,
  change: Changed & { overlapHours: number },
): Promise<void> {
  const { subscriptionId, overlapHours } = change
  await lockLiving(tx, subscriptionId)
  await sql`
    update subscription_secret set expires_at = clock_timestamp() + make_interval(secs => ${overlapHours * 3600})
    where subscription_id = ${subscriptionId} and expires_at is null`.execute(tx)
  await sql`
    update subscription_secret set sealed = null
    where subscription_id = ${subscriptionId} and expires_at <= clock_timestamp() and sealed is not null`.execute(
    tx,
  )
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from subscription_secret
    where subscription_id = ${subscriptionId} and sealed is not null`.execute(tx)
  if ((rows[0]?.count ?? 0) >= MAX_SECRETS) throw new ProblemError('too-many-secrets')
  await addSecret(tx, keyRing, change)
}

/**
 * Changes where events go and which. What is under way goes to the new address.
 *
 * @param check of the subscription as it will be; throws to refuse it
 */
export async function changeSubscription(
  tx: Tx,
  { subscriptionId, body }: Pick<Changed, 'subscriptionId'> & { body: ChangeSubscriptionBody },
  check: (changed: { eventTypes: string[]; storeIds: string[] }) => void,
): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('subscriptions'))`.execute(tx)
  const row = await lockLiving(tx, subscriptionId)
  const eventTypes = body.eventTypes ?? row.event_types
  const storeIds = body.storeIds ?? row.store_ids
  check({ eventTypes, storeIds })
  if (body.name !== undefined && body.name !== row.name) {
    const other = await tx
      .selectFrom('subscription')
      .select('id')
      .where('name', '=', body.name)
      .where('state', '<>', 'deleted')
      .executeTakeFirst()
    if (other) throw nameTaken(body.name)
  }
  await tx
    .updateTable('subscription')
    .set({
      name: body.name ?? row.name,
      url: body.url ?? row.url,
      event_types: eventTypes,
      store_ids: storeIds,
      updated_at: sql`clock_timestamp()`,
    })
    .where('id', '=', subscriptionId)
    .execute()
}

/** Nothing is sent until it is resumed; what happens meanwhile waits. */
export async function pauseSubscription(tx: Tx, { subscriptionId, operator }: Changed): Promise<void> {
  const { state } = await lockLiving(tx, subscriptionId)
  if (state !== 'active') throw wrongState(state)
  await setState(tx, subscriptionId, 'paused', `paused by ${operator}`)
}

/** Goes on where it stopped, after a pause or after it was disabled; its failures are forgotten. */
export async function resumeSubscription(tx: Tx, { subscriptionId, operator }: Changed): Promise<void> {
  const { state } = await lockLiving(tx, subscriptionId)
  if (state === 'active') throw wrongState(state)
  await setState(tx, subscriptionId, 'active', null)
  await tx
    .updateTable('subscription')
    .set({ consecutive_failures: 0, failing_since: null, throttled_until: null })
    .where('id', '=', subscriptionId)
    .execute()
  await sql`
    update event_delivery set next_attempt_at = clock_timestamp()
    where subscription_id = ${subscriptionId} and state = 'pending'`.execute(tx)
  await resolveOpenWorkItem(
    tx,
    'subscription_disabled',
    subscriptionId,
    'the subscription was resumed',
    operator,
  )
}

/** Ends it for good: nothing more is sent, its secrets are erased, its delivery log stays for its time. */
export async function deleteSubscription(tx: Tx, { subscriptionId, operator }: Changed): Promise<void> {
  await lockLiving(tx, subscriptionId)
  await setState(tx, subscriptionId, 'deleted', `deleted by ${operator}`)
  await sql`
    update subscription_secret set sealed = null, expires_at = least(expires_at, clock_timestamp())
    where subscription_id = ${subscriptionId}`.execute(tx)
  await sql`
    update event_delivery set state = 'cancelled', settled_at = clock_timestamp()
    where subscription_id = ${subscriptionId} and state = 'pending'`.execute(tx)
  await sql`
    update event_replay set state = 'cancelled', finished_at = clock_timestamp()
    where subscription_id = ${subscriptionId} and state = 'running'`.execute(tx)
  for (const kind of ['subscription_disabled', 'events_exhausted'] as const) {
    await resolveOpenWorkItem(tx, kind, subscriptionId, 'the subscription was deleted', operator)
  }
}

async function setState(
  tx: Tx,
  subscriptionId: string,
  state: SubscriptionState,
  reason: string | null,
): Promise<void> {
  await tx
    .updateTable('subscription')
    .set({ state, state_reason: reason, updated_at: sql`clock_timestamp()` })
    .where('id', '=', subscriptionId)
    .execute()
}

/**
 * Queues an event that only this subscription gets, whatever it has subscribed to.
 *
 * @returns the delivery to look at
 */
export async function sendTestEvent(tx: Tx, { subscriptionId, operator }: Changed): Promise<string> {
  const { state } = await lockLiving(tx, subscriptionId)
  if (state !== 'active') throw wrongState(state)
  // Positions are given in the order of the commits: not beside a collector that has taken some and not committed yet.
  await sql`select from event_feed for update`.execute(tx)
  const { rows } = await sql<{ id: string }>`
    with event as (
      insert into outbound_event (type, order_key, at, data)
      values (${TEST_EVENT}, ${`test/${uuid()}`}, clock_timestamp(),
        ${JSON.stringify({ subscriptionId, requestedBy: operator })}::jsonb)
      returning position, type, order_key
    )
    insert into event_delivery (subscription_id, position, event_type, order_key)
    select ${subscriptionId}::uuid, position, type, order_key from event returning id`.execute(tx)
  const id = rows[0]?.id
  if (id === undefined) throw new Error('the test event was not written')
  return id
}

/** Sends one event again, as if it never had been; one that is under way is tried at once. */
export async function replayDelivery(
  tx: Tx,
  { subscriptionId, deliveryId }: { subscriptionId: string; deliveryId: string },
): Promise<void> {
  await lockLiving(tx, subscriptionId)
  const { numUpdatedRows } = await tx
    .updateTable('event_delivery')
    .set({
      state: 'pending',
      attempts: 0,
      replays: sql`replays + 1`,
      settled_at: null,
      next_attempt_at: sql`clock_timestamp()`,
    })
    .where('id', '=', deliveryId)
    .where('subscription_id', '=', subscriptionId)
    .executeTakeFirst()
  if (!numUpdatedRows) throw new ProblemError('not-found')
}

/**
 * Begins to send a period again: every event of these types that happened in it, delivered before or not.
 *
 * @throws ProblemError `replay-running` while another one runs
 */
export async function startReplay(
  tx: Tx,
  { subscriptionId, operator, replayId, body }: Changed & { replayId: string; body: ReplayPeriodBody },
): Promise<void> {
  const { event_types } = await lockLiving(tx, subscriptionId)
  const inserted = await tx
    .insertInto('event_replay')
    .values({
      id: replayId,
      subscription_id: subscriptionId,
      from_at: body.from,
      to_at: body.to,
      event_types: body.eventTypes ?? event_types,
      after_at: body.from,
      requested_by: operator,
    })
    .onConflict((conflict) => conflict.column('subscription_id').where('state', '=', 'running').doNothing())
    .executeTakeFirst()
  if (!inserted.numInsertedOrUpdatedRows) throw new ProblemError('replay-running')
}

async function lockLiving(tx: Tx, subscriptionId: string) {
  const row = await tx
    .selectFrom('subscription')
    .select(['name', 'url', 'state', 'event_types', 'store_ids'])
    .where('id', '=', subscriptionId)
    .where('state', '<>', 'deleted')
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (!row) throw new ProblemError('not-found')
  return row
}

function wrongState(state: SubscriptionState): ProblemError {
  return new ProblemError('subscription-wrong-state', `the subscription is ${state}`)
}
