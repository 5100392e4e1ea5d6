import { sql } from 'kysely'
import { type EventAttempt, judgeAttempt } from '../domain/event-delivery.ts'
import type { Db, Tx } from './database.ts'
import type { DueEvent } from './event-deliveries.ts'
import { openWorkItem } from './work-items.ts'

/** What a receiver made of one try. */
export type EventAnswer = EventAttempt & { error: string | null; milliseconds: number }

/** How exactly a subscription's last success is known: a write for each of thousands a second would be its hot row. */
const SUCCESS_NOTED_EVERY_SECONDS = 10

/**
 * Writes down what became of one try, and what follows for the event and for its endpoint. A try whose claim has ended
 * meanwhile still counts: whoever took it over sends the event twice at worst, never not at all.
 *
 * @param jitter between 0 and 1
 */
export async function settleAttempt(
  db: Db,
  event: DueEvent,
  answer: EventAnswer,
  jitter: number,
): Promise<void> {
  const isSuccess = answer.error === null
  if (isSuccess) return markDelivered(db, event, answer)
  await db.transaction().execute(async (tx) => {
    // The subscription first: its failures are counted one after another.
    const { rows } = await sql<{
      name: string
      failures: number
      failingFor: number | null
      throttled: boolean
    }>`
      select name, consecutive_failures as failures,
        extract(epoch from clock_timestamp() - failing_since)::float8 as "failingFor",
        coalesce(throttled_until > clock_timestamp(), false) as throttled
      from subscription where id = ${event.subscriptionId} for no key update`.execute(tx)
    const [subscription] = rows
    if (!subscription) return
    const health = {
      consecutiveFailures: subscription.failures,
      failingForSeconds: subscription.failingFor,
    }
    const verdict = judgeAttempt({ ...answer, number: event.attempts }, health, jitter)
    await tx
      .insertInto('event_attempt')
      .values({
        delivery_id: event.deliveryId,
        status: answer.status,
        error: answer.error ?? '',
        milliseconds: answer.milliseconds,
      })
      .execute()
    const isOver = verdict.outcome === 'exhausted'
    const retryInSeconds = 'retryInSeconds' in verdict ? (verdict.retryInSeconds ?? 0) : 0
    const noted = await tx
      .updateTable('event_delivery')
      .set({
        ...resultOf(answer),
        ...(isOver
          ? { state: 'exhausted' as const, settled_at: sql<Date>`clock_timestamp()` }
          : { next_attempt_at: sql<Date>`clock_timestamp() + make_interval(secs => ${retryInSeconds})` }),
      })
      .where('id', '=', event.deliveryId)
      .where('state', '=', 'pending')
      // Not over somebody else's head: whoever claimed it again is the one to say when it is next due.
      .where('attempts', '=', event.attempts)
      .executeTakeFirst()
    if (verdict.outcome === 'gone' || verdict.outcome === 'unreachable') {
      return disableSubscription(tx, event.subscriptionId, REASONS[verdict.outcome])
    }
    await noteFailure(tx, event.subscriptionId, {
      // Tries that were under way together tell of one trouble, not of many.
      counts: !subscription.throttled,
      throttleSeconds: 'throttleSeconds' in verdict ? verdict.throttleSeconds : null,
    })
    if (isOver && noted.numUpdatedRows) await raiseExhausted(tx, event, subscription.name, answer)
  })
}

const REASONS = {
  gone: 'the receiver answered 410: it wants nothing any more',
  unreachable: 'the receiver has taken nothing for five days',
}

function resultOf(answer: EventAnswer) {
  return { last_status: answer.status, last_error: answer.error, last_milliseconds: answer.milliseconds }
}

async function markDelivered(db: Db, event: DueEvent, answer: EventAnswer): Promise<void> {
  await db
    .updateTable('event_delivery')
    .set({ ...resultOf(answer), state: 'delivered', settled_at: sql`clock_timestamp()` })
    .where('id', '=', event.deliveryId)
    .where('state', '=', 'pending')
    .execute()
  await sql`
    update subscription set consecutive_failures = 0, failing_since = null, throttled_until = null,
      last_success_at = clock_timestamp()
    where id = ${event.subscriptionId} and (consecutive_failures > 0 or last_success_at is null
      or last_success_at < clock_timestamp() - make_interval(secs => ${SUCCESS_NOTED_EVERY_SECONDS}))`.execute(
    db,
  )
}

async function noteFailure(
  tx: Tx,
  subscriptionId: string,
  { counts, throttleSeconds }: { counts: boolean; throttleSeconds: number | null },
): Promise<void> {
  await sql`
    update subscription set consecutive_failures = greatest(1, consecutive_failures + ${counts ? 1 : 0}),
      failing_since = coalesce(failing_since, clock_timestamp()),
      throttled_until = greatest(throttled_until, clock_timestamp() + make_interval(secs => ${throttleSeconds}))
    where id = ${subscriptionId}`.execute(tx)
}

/** Nothing more is sent to it until a person has resumed it; a work item says why. */
export async function disableSubscription(tx: Tx, subscriptionId: string, reason: string): Promise<void> {
  const disabled = await tx
    .updateTable('subscription')
    .set({ state: 'disabled', state_reason: reason, updated_at: sql`clock_timestamp()` })
    .where('id', '=', subscriptionId)
    .where('state', '=', 'active')
    .returning('name')
    .executeTakeFirst()
  if (!disabled) return
  const detail = { subscriptionId, name: disabled.name, reason }
  await openWorkItem(tx, { kind: 'subscription_disabled', key: subscriptionId, orderId: null, detail })
}

async function raiseExhausted(tx: Tx, event: DueEvent, name: string, answer: EventAnswer): Promise<void> {
  const { subscriptionId, deliveryId, type, attempts } = event
  await openWorkItem(tx, {
    kind: 'events_exhausted',
    key: subscriptionId,
    orderId: null,
    detail: {
      subscriptionId,
      name,
      lastDeliveryId: deliveryId,
      lastType: type,
      attempts,
      reason: answer.error ?? '',
    },
  })
}
