import { sql } from 'kysely'
import { PARCEL_TRANSITIONS, type ParcelState } from '../domain/order-state.ts'
import type { Db, Tx } from './database.ts'
import { noteHealthDue } from './health-due.ts'
import { appendInbox } from './inbox.ts'
import { openWorkItem, resolveOpenWorkItem, resolveWithMark } from './work-items.ts'

/** A scan whose state nobody knows has none: it is kept and raised, and moves nothing. */
export type ScanRow = {
  eventId: string
  state: ParcelState | null
  rawState: string
  description: string
  occurredAt: string
}
export type ParcelNews = { state: ParcelState; occurredAt: string }

/** After this many failed calls in a row a person is told; tracking goes on all the same. */
export const FAILURES_BEFORE_ALARM = 3

/**
 * How a parcel stands, and for how long its courier is to be left alone. Parcels of one waybill (combined shipping) are
 * asked about as one: when, is written in the main one's row.
 */
export async function readParcel(
  db: Db,
  parcelId: string,
): Promise<ParcelNews & { dueInMs: number; mainParcelId: string; isShared: boolean }> {
  const { rows } = await sql<{
    state: ParcelState
    occurredAt: Date
    dueInMs: number | null
    mainParcelId: string
    isShared: boolean
  }>`
    select parcel.state,
      coalesce((select min(occurred_at) from tracking_event as event
        where event.parcel_id = parcel.id and event.state = parcel.state), parcel.updated_at) as "occurredAt",
      extract(epoch from main.next_poll_at - clock_timestamp())::float8 * 1000 as "dueInMs",
      main.id as "mainParcelId", exists (select from parcel as other
        where coalesce(other.main_parcel_id, other.id) = main.id and other.id <> main.id) as "isShared"
    from parcel join parcel as main on main.id = coalesce(parcel.main_parcel_id, parcel.id)
    where parcel.id = ${parcelId}`.execute(db)
  const [parcel] = rows
  if (!parcel) throw new Error(`there is no parcel ${parcelId}`)
  const { occurredAt, dueInMs, ...known } = parcel
  return { ...known, occurredAt: occurredAt.toISOString(), dueInMs: Math.max(0, dueInMs ?? 0) }
}

/**
 * Whether it is this one's turn to ask the courier, of the orders whose parcels bear one waybill: one asks, the others
 * hear of it.
 *
 * @param earlyMs it may be asked so long before its time
 * @param claimMs for how long nobody else asks meanwhile
 */
export async function claimPoll(
  db: Db,
  mainParcelId: string,
  { earlyMs, claimMs }: { earlyMs: number; claimMs: number },
): Promise<boolean> {
  const claimed = await db
    .updateTable('parcel')
    .set({ next_poll_at: inMs(claimMs) })
    .where('id', '=', mainParcelId)
    .where((eb) => eb.or([eb('next_poll_at', 'is', null), eb('next_poll_at', '<=', inMs(earlyMs))]))
    .executeTakeFirst()
  return claimed.numUpdatedRows > 0n
}

/** Characters of why a call failed; enough to know what to do. */
const MOST_REASON = 500

export type Report = {
  parcelId: string
  /** Who told, as it is named in work items. */
  source: string
  scans: ScanRow[]
  way: 'poll' | 'push'
}

type ParcelRow = {
  id: string
  order_id: string
  state: ParcelState
  consecutive_failures: number
  created_at: Date
  main_parcel_id: string | null
}

/**
 * Stores what a courier told of a parcel: new scans are kept, known ones ignored. Then moves the parcel as far as the
 * scans allow. Whatever was wrong before (failed calls, silence) is over. The same becomes of all parcels with the
 * waybill; the other orders hear of it by a message.
 *
 * @returns the parcel's state before and after, and when that scan happened
 */
export async function recordScans(tx: Tx, report: Report): Promise<ParcelNews & { before: ParcelState }> {
  const parcels = await tx
    .selectFrom('parcel')
    .select(['id', 'order_id', 'state', 'consecutive_failures', 'created_at', 'main_parcel_id'])
    .where(
      sql<boolean>`coalesce(main_parcel_id, id) =
        (select coalesce(main_parcel_id, id) from parcel where id = ${report.parcelId})`,
    )
    .orderBy('id')
    .forUpdate()
    .execute()
  let told: (ParcelNews & { before: ParcelState }) | null = null
  for (const parcel of parcels) {
    const news = await recordScansOf(tx, parcel, report)
    if (parcel.id === report.parcelId) told = news
    else if (news.state !== news.before) await tellOrder(tx, parcel, news, null)
  }
  if (!told) throw new Error(`there is no parcel ${report.parcelId}`)
  return told
}

/** The message by which an order hears that its parcel has moved. */
export async function tellOrder(
  tx: Tx,
  parcel: { id: string; order_id: string },
  { state, occurredAt }: ParcelNews,
  traceParent: string | null,
): Promise<void> {
  await appendInbox(tx, {
    source: 'tracking',
    sourceEventId: `${parcel.id}/${state}`,
    type: 'parcel.news',
    orderKey: parcel.order_id,
    occurredAt,
    body: { parcelId: parcel.id, state, occurredAt },
    traceParent,
  })
}

async function recordScansOf(
  tx: Tx,
  parcel: ParcelRow,
  report: Report,
): Promise<ParcelNews & { before: ParcelState }> {
  const { scans, way } = report
  const parcelId = parcel.id
  const added = await keepScans(tx, { ...report, parcelId })
  const reached = furthest(parcel.state, scans)
  const heard = way === 'poll' || added > 0
  const now = sql<Date>`clock_timestamp()`
  await tx
    .updateTable('parcel')
    .set({
      state: reached.state,
      updated_at: now,
      next_poll_at: isEnd(reached.state)
        ? null
        : sql<Date>`clock_timestamp() + make_interval(secs => poll_interval_ms / 1000.0)`,
      ...(way === 'push' ? { last_push_at: now } : { last_polled_at: now }),
      // News by a push does not say that the courier answers, but no poll may follow it: three more failures tell again.
      ...(heard ? { consecutive_failures: 0, last_error: null } : {}),
      ...(added > 0 ? { last_news_at: now, silent_at: null } : {}),
    })
    .where('id', '=', parcelId)
    .execute()
  if (heard && parcel.consecutive_failures >= FAILURES_BEFORE_ALARM) {
    const why = way === 'poll' ? 'the courier answers again' : 'news of the parcel was pushed'
    await resolveOpenWorkItem(tx, 'courier_unreachable', parcelId, why)
  }
  // An order that has ended hears of no scan any more; when its parcel arrived counts all the same.
  if (added > 0 && scans.some(({ state }) => state === 'delivered' || state === 'refused')) {
    await noteHealthDue(tx, 'order', [parcel.order_id])
  }
  // Whether or not it is marked as silent: its order may have opened the item just after the last news.
  if (added > 0) await resolveWithMark(tx, 'parcel_stuck', parcelId, 'there is news of the parcel')
  const occurredAt = reached.occurredAt ?? parcel.created_at.toISOString()
  return { before: parcel.state, state: reached.state, occurredAt }
}

/** Inserts the scans that are new. Returns how many they were. */
async function keepScans(tx: Tx, { parcelId, source, scans }: Report): Promise<number> {
  if (scans.length === 0) return 0
  const added = await tx
    .insertInto('tracking_event')
    .values(
      scans.map((scan) => ({
        parcel_id: parcelId,
        event_key: scan.eventId,
        state: scan.state ?? `unknown:${scan.rawState}`.slice(0, 64),
        description: scan.description,
        occurred_at: scan.occurredAt,
      })),
    )
    .onConflict((conflict) => conflict.columns(['parcel_id', 'event_key']).doNothing())
    .returning('event_key')
    .execute()
  const keys = new Set(added.map(({ event_key }) => event_key))
  const unknown = scans.find(({ eventId, state }) => state === null && keys.has(eventId))
  if (unknown) {
    await openWorkItem(tx, {
      kind: 'unknown_message',
      key: `${source}/state/${unknown.rawState}`,
      orderId: null,
      detail: { source, rawState: unknown.rawState, parcelId, description: unknown.description },
    })
  }
  return added.length
}

/**
 * Notes when the courier is asked next, and for how long it is left alone after each answer or push.
 */
export async function schedulePoll(
  db: Db,
  parcelId: string,
  next: { inMs: number; intervalMs: number },
): Promise<void> {
  await db
    .updateTable('parcel')
    .set({ next_poll_at: inMs(next.inMs), poll_interval_ms: Math.max(1, Math.round(next.intervalMs)) })
    .where('id', '=', parcelId)
    .execute()
}

/** Counts a failed call; the third in a row opens a work item. Returns how many there are now. */
export async function recordPollFailure(
  db: Db,
  parcel: { parcelId: string; orderId: string; courier: string },
  reason: string,
): Promise<number> {
  const { parcelId, orderId, courier } = parcel
  // One transaction: a crash after the third count alone would leave the fourth without an alarm.
  return db.transaction().execute(async (tx) => {
    const { consecutive_failures: failures, state } = await tx
      .updateTable('parcel')
      .set((eb) => ({
        consecutive_failures: eb('consecutive_failures', '+', 1),
        last_polled_at: sql`clock_timestamp()`,
        last_error: reason.slice(0, MOST_REASON),
      }))
      .where('id', '=', parcelId)
      .returning(['consecutive_failures', 'state'])
      .executeTakeFirstOrThrow()
    // A push may have ended the parcel during the call: nothing would close the item any more.
    if (failures === FAILURES_BEFORE_ALARM && !isEnd(state)) {
      const detail = { parcelId, courier, reason }
      await openWorkItem(tx, { kind: 'courier_unreachable', key: parcelId, orderId, detail })
    }
    return failures
  })
}

/**
 * Tells the order, once until there is news, that nothing is heard of a parcel: for longer than `silenceMs`, or at
 * once where the courier's own service has given up (0).
 */
export async function reportSilence(
  tx: Tx,
  parcel: { parcelId: string; silenceMs: number; detail: string },
): Promise<void> {
  const { parcelId, silenceMs, detail } = parcel
  const { rows } = await sql<{ orderId: string; silentSince: Date }>`
    update parcel set silent_at = clock_timestamp()
    where id = ${parcelId} and silent_at is null and state in ('shipped', 'in_transit', 'refused')
      and coalesce(last_news_at, created_at) <= clock_timestamp() - make_interval(secs => ${silenceMs / 1000})
    returning order_id as "orderId", coalesce(last_news_at, created_at) as "silentSince"`.execute(tx)
  const [silent] = rows
  if (!silent) return
  const silentSince = silent.silentSince.toISOString()
  await appendInbox(tx, {
    source: 'tracking',
    sourceEventId: `${parcelId}/silent/${silentSince}`,
    type: 'parcel.silent',
    orderKey: silent.orderId,
    occurredAt: silentSince,
    body: { parcelId, silentSince, detail },
    traceParent: null,
  })
}

/** Walks the scans in the order of their own times; a scan that the parcel cannot go to is kept but moves nothing. */
function furthest(from: ParcelState, scans: ScanRow[]): { state: ParcelState; occurredAt: string | null } {
  let reached: { state: ParcelState; occurredAt: string | null } = { state: from, occurredAt: null }
  const byTime = scans.toSorted((a, b) => Date.parse(a.occurredAt) - Date.parse(b.occurredAt))
  for (const { state, occurredAt } of byTime) {
    if (state === null) continue
    if (PARCEL_TRANSITIONS[reached.state].includes(state)) reached = { state, occurredAt }
    else if (state === reached.state) reached.occurredAt ??= occurredAt
  }
  return reached
}

function isEnd(state: ParcelState): boolean {
  return PARCEL_TRANSITIONS[state].length === 0
}

function inMs(milliseconds: number) {
  return sql<Date>`clock_timestamp() + make_interval(secs => ${milliseconds / 1000})`
}
