import { sql } from 'kysely'
import {
  mobileNumberOf,
  type NotificationEvent,
  type NotificationWay,
  type RenderedParameter,
} from '../domain/notification.ts'
import { openContact, type PersonalData } from './contacts.ts'
import type { Db, Tx } from './database.ts'
import type { KeyRing } from './keyring.ts'
import { lockNews, sayInstead } from './notification-plan.ts'
import { openWorkItem, resolveOpenWorkItem } from './work-items.ts'

/** A message that is to be sent, or whose sending is in doubt. */
export type DueNotification = {
  id: string
  parcelId: string
  event: NotificationEvent
  way: NotificationWay
  orderId: string
  templateId: string
  parameters: RenderedParameter[]
  state: 'pending' | 'unknown'
  attempts: number
  /** Since that happened which it tells. */
  ageMs: number
  /** Since the call that was cut off; 0 where there was none. */
  doubtMs: number
  sendingAt: Date | null
  /** What went wrong the last time. */
  reason: string | null
}

/**
 * Claims what is due for `claimSeconds`. A message that is still `sending` when its claim is over was cut off, with its process
 * or its connection: from here on it is in doubt.
 */
export async function claimNotifications(
  db: Db,
  ways: readonly NotificationWay[],
  limit: number,
  claimSeconds: number,
): Promise<DueNotification[]> {
  const { rows } = await sql<DueNotification>`
    with due as (
      select id from notification
      where state in ('pending', 'sending', 'unknown') and due_at <= statement_timestamp() and way = any(${ways}::text[])
      order by due_at limit ${limit} for update skip locked
    )
    update notification set state = case when state = 'sending' then 'unknown' else state end,
      due_at = clock_timestamp() + make_interval(secs => ${claimSeconds})
    from due where notification.id = due.id
    returning notification.id, parcel_id as "parcelId", event, way, order_id as "orderId", template_id as "templateId", parameters, state,
      attempts, sending_at as "sendingAt", reason,
      extract(epoch from clock_timestamp() - news_at)::float8 * 1000 as "ageMs",
      coalesce(extract(epoch from clock_timestamp() - sending_at)::float8 * 1000, 0) as "doubtMs"`.execute(db)
  return rows
}

export type Addressee = {
  person: PersonalData | null
  /** The buyer's id at the own mall, which is the openid where the mall is a mini-program. */
  openId: string | null
  /** The buyer's openid at the official account. */
  officialOpenId: string | null
}

/** Whom the messages of orders go to: read when one is sent or shown, kept nowhere. */
export async function addresseesOf(
  db: Db,
  keyRing: KeyRing,
  orderIds: readonly string[],
): Promise<Map<string, Addressee>> {
  const { rows } = await sql<{
    orderId: string
    id: string
    key_id: string
    sealed: Buffer | null
    openId: string | null
    officialOpenId: string | null
  }>`
    select orders.id as "orderId", contact.id, contact.key_id, contact.sealed,
      mall.canonical ->> 'buyerId' as "openId", mall.canonical ->> 'officialOpenId' as "officialOpenId"
    from orders join contact on contact.id = orders.contact_id
      left join lateral (
        select canonical from channel_order join shop on shop.id = channel_order.shop_id
        where channel_order.order_id = orders.id and shop.platform = 'mall'
      ) as mall on true
    where orders.id = any(${orderIds}::uuid[])`.execute(db)
  return new Map(
    rows.map(({ orderId, openId, officialOpenId, ...contact }) => [
      orderId,
      { person: openContact(keyRing, contact), openId, officialOpenId },
    ]),
  )
}

/** The same of one order; nobody where there is no such order. */
export async function addresseeOf(db: Db, keyRing: KeyRing, orderId: string): Promise<Addressee> {
  const found = await addresseesOf(db, keyRing, [orderId])
  return found.get(orderId) ?? { person: null, openId: null, officialOpenId: null }
}

/** The number or openid that a message goes to; null where this way reaches nobody. */
export function recipientOf(
  way: NotificationWay,
  { person, openId, officialOpenId }: Addressee,
): string | null {
  if (person === null) return null
  switch (way) {
    case 'sms':
      return mobileNumberOf(person.phone)
    case 'wechat':
      return openId
    case 'wechat_template':
      return officialOpenId
  }
}

/**
 * Writes down that the call is about to be made, unless the customer has had enough for the day.
 *
 * @returns `taken`: somebody else has it, or settled it
 */
export async function beginSending(
  db: Db,
  notification: { id: string; provider: string; recipient: Buffer; perDay: number; claimSeconds: number },
): Promise<'begun' | 'enough' | 'taken'> {
  const { id, recipient, perDay, claimSeconds } = notification
  return db.transaction().execute(async (tx) => {
    // One at a time for one number, or two would both see the last place as free.
    await sql`select pg_advisory_xact_lock(hashtextextended(${recipient.toString('hex')}, 0))`.execute(tx)
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from notification
      where recipient = ${recipient} and id <> ${id}
        and state in ('sending', 'unknown', 'sent', 'delivered', 'undelivered')`.execute(tx)
    if ((rows[0]?.count ?? 0) >= perDay) return 'enough'
    const begun = await tx
      .updateTable('notification')
      .set((eb) => ({
        state: 'sending',
        recipient,
        attempts: eb('attempts', '+', 1),
        sending_at: sql`clock_timestamp()`,
        due_at: sql`clock_timestamp() + make_interval(secs => ${claimSeconds})`,
        provider: notification.provider,
      }))
      .where('id', '=', id)
      .where('state', '=', 'pending')
      .executeTakeFirst()
    return begun.numUpdatedRows ? 'begun' : 'taken'
  })
}

const OPEN = ['pending', 'sending', 'unknown'] as const

/** It went out. `key`: of the work item that said that such messages are refused. */
export async function markSent(
  db: Db,
  id: string,
  sent: { providerId: string | null; key: string; wasRefused: boolean; reportInMs: number | null },
): Promise<void> {
  const { providerId, reportInMs } = sent
  await db.transaction().execute(async (tx) => {
    await tx
      .updateTable('notification')
      .set({
        state: 'sent',
        provider_id: providerId?.slice(0, 200) ?? null,
        reason: null,
        settled_at: sql`clock_timestamp()`,
        report_due_at:
          reportInMs === null ? null : sql`clock_timestamp() + make_interval(secs => ${reportInMs / 1000})`,
      })
      .where('id', '=', id)
      .where('state', 'in', OPEN)
      .execute()
    if (sent.wasRefused)
      await resolveOpenWorkItem(tx, 'notification_refused', sent.key, 'messages go out again')
  })
}

/** It will not go out: too many, or too old. Nobody can or need do anything about it. */
export async function giveUp(db: Db, id: string, reason: string): Promise<void> {
  await db
    .updateTable('notification')
    .set({ state: 'skipped', reason: reason.slice(0, 500), settled_at: sql`clock_timestamp()` })
    .where('id', '=', id)
    .where('state', 'in', OPEN)
    .execute()
}

/** This way does not reach the customer; the next one is taken, where policy has one. */
export async function markMissed(
  db: Db,
  notification: Pick<DueNotification, 'id' | 'parcelId' | 'event'>,
  missed: { state: 'failed' | 'skipped'; reason: string },
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await lockNews(tx, notification)
    const done = await tx
      .updateTable('notification')
      .set({
        state: missed.state,
        was_missed: true,
        reason: missed.reason.slice(0, 500),
        settled_at: sql`clock_timestamp()`,
      })
      .where('id', '=', notification.id)
      .where('state', 'in', OPEN)
      .executeTakeFirst()
    if (done.numUpdatedRows) await sayInstead(tx, notification.id)
  })
}

/** Which of its attempts is spoken of: whoever has slept over their claim must not undo what another does meanwhile. */
type Attempt = { id: string; attempts: number }

/** Not sent for certain: due again at a time, or after a while. */
export async function postpone(
  db: Db,
  attempt: Attempt,
  later: { until: Date | { ms: number }; reason: string | null },
): Promise<void> {
  await back(db, attempt, 'pending', later)
}

/** In doubt: its provider is asked after a while. */
export async function leaveInDoubt(db: Db, attempt: Attempt, askInMs: number, reason: string): Promise<void> {
  await back(db, attempt, 'unknown', { until: { ms: askInMs }, reason })
}

async function back(
  db: Db | Tx,
  { id, attempts }: Attempt,
  state: 'pending' | 'unknown',
  { until, reason }: { until: Date | { ms: number }; reason: string | null },
): Promise<void> {
  await db
    .updateTable('notification')
    .set({
      state,
      due_at:
        until instanceof Date ? until : sql`clock_timestamp() + make_interval(secs => ${until.ms / 1000})`,
      reason: reason?.slice(0, 500) ?? null,
    })
    .where('id', '=', id)
    .where('attempts', '=', attempts)
    .where('state', 'in', OPEN)
    .execute()
}

/** The provider refuses such messages: a person is told once a template, and it is tried again later. */
export async function markRefused(
  db: Db,
  notification: DueNotification,
  refused: { key: string; reason: string; retryInMs: number },
): Promise<void> {
  const { key, reason, retryInMs } = refused
  await db.transaction().execute(async (tx) => {
    await back(tx, notification, 'pending', { until: { ms: retryInMs }, reason })
    const detail = { templateId: notification.templateId, way: notification.way, reason }
    await openWorkItem(tx, { kind: 'notification_refused', key, orderId: null, detail })
  })
}

/** Nobody can say what became of it: it stays in doubt, and a person is told. */
export async function raiseDoubt(db: Db, notification: DueNotification, reason: string): Promise<void> {
  const { id, orderId, way, event } = notification
  await db.transaction().execute(async (tx) => {
    await tx
      .updateTable('notification')
      .set({ due_at: sql`'infinity'`, reason: reason.slice(0, 500) })
      .where('id', '=', id)
      .where('state', '=', 'unknown')
      .execute()
    const detail = { notificationId: id, orderId, way, event, reason }
    await openWorkItem(tx, { kind: 'notification_unknown', key: id, orderId: null, detail })
  })
}
