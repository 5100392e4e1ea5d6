import { sql } from 'kysely'
import { COURIER_PUSH } from '../contracts/facts.ts'
import { endSubscription } from './courier-subscriptions.ts'
import type { Db, Tx } from './database.ts'
import { appendInbox } from './inbox.ts'
import { recordScans, reportSilence, type ScanRow, tellOrder } from './parcels.ts'
import { openWorkItem, resolveOpenWorkItem } from './work-items.ts'

/** Keeps a push that was verified, once however often it comes. After the commit it may be acknowledged. */
export async function keepCourierPush(
  tx: Tx,
  push: {
    source: string
    messageId: string
    waybillNumber: string
    param: string
    receivedAt: Date
    traceParent: string | null
  },
): Promise<void> {
  await appendInbox(tx, {
    source: push.source,
    sourceEventId: push.messageId,
    type: COURIER_PUSH,
    orderKey: `waybill:${push.waybillNumber}`,
    state: 'unread',
    // Pushes bear no time of their own.
    occurredAt: push.receivedAt,
    // The number for whoever looks for its pushes once they are read, and filed under their orders.
    body: { param: push.param, waybillNumber: push.waybillNumber },
    traceParent: push.traceParent,
  })
}

export type UnreadPush = {
  id: number
  source: string
  attempts: number
  traceParent: string | null
  body: unknown
}
/** What reading a push came to. `unknown`: no parcel has its number. */
export type PushReading = { outcome: 'read'; orderId: string } | { outcome: 'unknown'; detail: string }

/**
 * Takes the push that has waited longest and reads it in the transaction that settles it: a crash leaves it unread.
 *
 * @returns the push, and why it could not be read, if so; null when none waits
 */
export async function readNextPush(
  db: Db,
  read: (tx: Tx, push: UnreadPush) => Promise<PushReading>,
): Promise<{ push: UnreadPush; error: unknown } | null> {
  let taken: UnreadPush | null = null
  try {
    await db.transaction().execute(async (tx) => {
      taken = await takePush(tx)
      if (taken) await settle(tx, taken, await read(tx, taken))
    })
  } catch (error) {
    if (!taken) throw error
    return { push: taken, error }
  }
  return taken && { push: taken, error: null }
}

async function takePush(tx: Tx): Promise<UnreadPush | null> {
  const { rows } = await sql<UnreadPush>`
    select inbox.id, inbox.source, inbox.attempts, inbox.trace_parent as "traceParent", body.body
    from inbox join inbox_body as body on body.inbox_id = inbox.id and body.received_at = inbox.received_at
    where inbox.state = 'unread' and inbox.next_attempt_at <= statement_timestamp()
    order by inbox.next_attempt_at, inbox.id limit 1 for update of inbox skip locked`.execute(tx)
  return rows[0] ?? null
}

async function settle(tx: Tx, { id, source }: UnreadPush, reading: PushReading): Promise<void> {
  const isRead = reading.outcome === 'read'
  await tx
    .updateTable('inbox')
    .set({ state: isRead ? 'read' : 'set_aside', settled_at: sql`clock_timestamp()` })
    .set(isRead ? { order_key: reading.orderId } : { last_error: reading.detail })
    .where('id', '=', id)
    .execute()
  if (isRead) return resolveOpenWorkItem(tx, 'waybill_unknown', String(id), 'the push was read')
  await openWorkItem(tx, {
    kind: 'waybill_unknown',
    key: String(id),
    orderId: null,
    detail: { inboxId: id, source, reason: reading.detail },
  })
}

/** Puts a push back for later, or aside with a work item when it will never be read. */
export async function postponePush(
  db: Db,
  push: UnreadPush,
  failure: { reason: string; delayMs: number | null },
): Promise<void> {
  const { reason, delayMs } = failure
  await db.transaction().execute(async (tx) => {
    await tx
      .updateTable('inbox')
      .set({ attempts: push.attempts + 1, last_error: reason.slice(0, 1_000) })
      .set(
        delayMs === null
          ? { state: 'set_aside', settled_at: sql`clock_timestamp()` }
          : { next_attempt_at: sql<Date>`clock_timestamp() + make_interval(secs => ${delayMs / 1000})` },
      )
      .where('id', '=', push.id)
      .where('state', '=', 'unread')
      .execute()
    if (delayMs !== null) return
    await openWorkItem(tx, {
      kind: 'message_set_aside',
      key: String(push.id),
      orderId: null,
      detail: { inboxId: push.id, messageType: COURIER_PUSH, orderKey: push.source, reason },
    })
  })
}

export type ParcelPush = {
  waybillNumber: string
  /** By the hub's code; null: a courier that the hub does not ship with. */
  courier: string | null
  /** The courier that had been named before the source found that it is another. */
  correctedFrom: string | null
  scans: ScanRow[]
  ended: { reason: 'shutdown' | 'abort'; message: string } | null
}

/** Writes what a push tells of its parcel, and the fact for its order where that decides something. */
export async function applyCourierPush(tx: Tx, push: ParcelPush, of: UnreadPush): Promise<PushReading> {
  const parcels = await tx
    .selectFrom('parcel')
    .select(['id', 'order_id', 'courier'])
    .where('waybill_number', '=', push.waybillNumber)
    // Of those that share a waybill, the one that was subscribed.
    .orderBy(sql`main_parcel_id nulls first`)
    .orderBy('id')
    .execute()
  const parcel = parcels.find(({ courier }) => courier === push.courier) ?? parcels[0]
  if (!parcel) return { outcome: 'unknown', detail: `no parcel has the number ${push.waybillNumber}` }
  const { id: parcelId, order_id: orderId } = parcel
  const { source } = of
  const news = await recordScans(tx, { parcelId, source, scans: push.scans, way: 'push' })
  if (push.ended) await endSubscription(tx, parcelId, `${push.ended.reason}: ${push.ended.message}`)
  if (push.ended?.reason === 'abort') {
    for (const { id } of parcels.filter(({ courier }) => courier === parcel.courier)) {
      await reportSilence(tx, { parcelId: id, silenceMs: 0, detail: push.ended.message })
    }
  }
  if (push.correctedFrom !== null && push.courier !== parcel.courier) {
    const detail = { parcelId, stands: parcel.courier, reported: push.courier ?? 'another courier' }
    await openWorkItem(tx, { kind: 'contradiction', key: `${parcelId}/courier`, orderId, detail })
  }
  if (news.state !== news.before) await tellOrder(tx, parcel, news, of.traceParent)
  return { outcome: 'read', orderId }
}
