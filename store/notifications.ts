import { sql } from 'kysely'
import type { NotificationTemplate } from '../contracts/policies/notification.ts'
import {
  mobileNumberOf,
  type NotificationEvent,
  type NotificationWay,
  type RenderedParameter,
  renderParameters,
} from '../domain/notification.ts'
import { openContact, type PersonalData } from './contacts.ts'
import type { Db, Tx } from './database.ts'
import type { KeyRing } from './keyring.ts'
import { parcelsToTell } from './notification-facts.ts'
import type { Policies } from './policy-cache.ts'
import { openWorkItem, resolveOpenWorkItem } from './work-items.ts'

/**
 * Writes down what is to be said of the parcels that were packed or delivered since the last time. Whoever packs takes no
 * part in it. What happens while there are no templates is not told later.
 *
 * @param limit events at most
 * @returns how many events were read; 0: nothing new, or another process has its turn
 */
export async function planNotifications(db: Db, policies: Policies, limit: number): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const { rows: turn } = await sql<{ position: number }>`
      select position from notification_feed for update skip locked`.execute(tx)
    const [place] = turn
    if (!place) return 0
    const { rows: events } = await sql<{
      position: number
      event: NotificationEvent | null
      parcelId: string | null
    }>`
      select position, data ->> 'parcelId' as "parcelId",
        case when type = 'order.parcel_packed' then 'shipped'
          when type = 'order.parcel_changed' and data ->> 'newState' = 'delivered' then 'delivered' end as event
      from outbound_event where position > ${place.position} order by position limit ${limit}`.execute(tx)
    const last = events.at(-1)
    if (!last) return 0
    const { version, document } = await policies.current(tx, 'notification')
    const told = events.flatMap(({ event, parcelId }) =>
      document.templates
        .filter((template) => template.event === event)
        .flatMap((template) => (parcelId === null ? [] : [{ template, parcelId }])),
    )
    if (told.length > 0) await insertNotifications(tx, told, { version, channels: document.orderChannels })
    await tx.updateTable('notification_feed').set({ position: last.position }).execute()
    return events.length
  })
}

async function insertNotifications(
  tx: Tx,
  told: { template: NotificationTemplate; parcelId: string }[],
  policy: { version: number; channels: readonly string[] },
): Promise<void> {
  const parcels = await parcelsToTell(tx, [...new Set(told.map(({ parcelId }) => parcelId))])
  const byId = new Map(parcels.map((parcel) => [parcel.of, parcel]))
  const rows = told.flatMap(({ template, parcelId }) => {
    const parcel = byId.get(parcelId)
    if (!parcel?.parcelId || !policy.channels.includes(parcel.channel)) return []
    const { event, way, templateId, parameters } = template
    return [
      {
        event,
        way,
        parcel_id: parcel.parcelId,
        order_id: parcel.orderId,
        policy_version: policy.version,
        template_id: templateId,
        parameters: JSON.stringify(renderParameters(parameters, parcel.facts)),
      },
    ]
  })
  if (rows.length === 0) return
  await tx
    .insertInto('notification')
    .values(rows)
    .onConflict((conflict) => conflict.constraint('notification_once').doNothing())
    .execute()
}

/** A message that is to be sent, or whose sending is in doubt. */
export type DueNotification = {
  id: string
  event: NotificationEvent
  way: NotificationWay
  orderId: string
  templateId: string
  parameters: RenderedParameter[]
  state: 'pending' | 'unknown'
  attempts: number
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
    returning notification.id, event, way, order_id as "orderId", template_id as "templateId", parameters, state,
      attempts, sending_at as "sendingAt", reason,
      extract(epoch from clock_timestamp() - created_at)::float8 * 1000 as "ageMs",
      coalesce(extract(epoch from clock_timestamp() - sending_at)::float8 * 1000, 0) as "doubtMs"`.execute(db)
  return rows
}

export type Addressee = {
  person: PersonalData | null
  /** The buyer's id at the own mall, which is the openid where the mall is a mini-program. */
  openId: string | null
}

/** Whom an order's messages go to: read when one is sent, kept nowhere. */
export async function addresseeOf(db: Db, keyRing: KeyRing, orderId: string): Promise<Addressee> {
  const { rows } = await sql<{ id: string; key_id: string; sealed: Buffer | null; openId: string | null }>`
    select contact.id, contact.key_id, contact.sealed, (
        select canonical ->> 'buyerId' from channel_order join shop on shop.id = channel_order.shop_id
        where channel_order.order_id = orders.id and shop.platform = 'mall') as "openId"
    from orders join contact on contact.id = orders.contact_id where orders.id = ${orderId}`.execute(db)
  const [row] = rows
  return row ? { person: openContact(keyRing, row), openId: row.openId } : { person: null, openId: null }
}

/** The number or openid that a message goes to; null where this way reaches nobody. */
export function recipientOf(way: NotificationWay, { person, openId }: Addressee): string | null {
  if (person === null) return null
  return way === 'sms' ? mobileNumberOf(person.phone) : openId
}

/**
 * Writes down that the call is about to be made, unless the customer has had enough for the day.
 *
 * @returns `taken`: somebody else has it, or settled it
 */
export async function beginSending(
  db: Db,
  notification: { id: string; recipient: Buffer; perDay: number; claimSeconds: number },
): Promise<'begun' | 'enough' | 'taken'> {
  const { id, recipient, perDay, claimSeconds } = notification
  return db.transaction().execute(async (tx) => {
    // One at a time for one number, or two would both see the last place as free.
    await sql`select pg_advisory_xact_lock(hashtextextended(${recipient.toString('hex')}, 0))`.execute(tx)
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from notification
      where recipient = ${recipient} and id <> ${id} and state in ('sending', 'unknown', 'sent')`.execute(tx)
    if ((rows[0]?.count ?? 0) >= perDay) return 'enough'
    const begun = await tx
      .updateTable('notification')
      .set((eb) => ({
        state: 'sending',
        recipient,
        attempts: eb('attempts', '+', 1),
        sending_at: sql`clock_timestamp()`,
        due_at: sql`clock_timestamp() + make_interval(secs => ${claimSeconds})`,
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
  sent: { providerId: string | null; key: string; wasRefused: boolean },
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await settle(tx, id, { state: 'sent', providerId: sent.providerId, reason: null })
    if (sent.wasRefused)
      await resolveOpenWorkItem(tx, 'notification_refused', sent.key, 'messages go out again')
  })
}

/** It will not go out, and nobody can or need do anything about it. */
export async function giveUp(db: Db, id: string, state: 'failed' | 'skipped', reason: string): Promise<void> {
  await settle(db, id, { state, providerId: null, reason })
}

async function settle(
  db: Db | Tx,
  id: string,
  end: { state: 'sent' | 'failed' | 'skipped'; providerId: string | null; reason: string | null },
): Promise<void> {
  await db
    .updateTable('notification')
    .set({
      state: end.state,
      provider_id: end.providerId?.slice(0, 200) ?? null,
      reason: end.reason?.slice(0, 500) ?? null,
      settled_at: sql`clock_timestamp()`,
    })
    .where('id', '=', id)
    .where('state', 'in', OPEN)
    .execute()
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
