import { sql } from 'kysely'
import type { NotificationTemplate } from '../contracts/policies/notification.ts'
import { type NotificationEvent, renderParameters, templateInstead } from '../domain/notification.ts'
import type { Db, Tx } from './database.ts'
import { parcelsToTell } from './notification-facts.ts'
import { policyOfVersion } from './policy.ts'
import type { Policies } from './policy-cache.ts'

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
        .filter((template) => template.event === event && !template.isFallback)
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

type News = { parcelId: string; event: NotificationEvent }

/** One at a time for all messages of one piece of news, or two that fail at once would each wait for the other. */
export async function lockNews(tx: Tx, { parcelId, event }: News): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`notification/${parcelId}/${event}`}, 0))`.execute(
    tx,
  )
}

/**
 * Writes down a message that goes by another way, if the policy that the missed one was written by has one, and no other has
 * reached the customer or still may. Within `lockNews`, after the missed one was settled.
 */
export async function sayInstead(tx: Tx, missedId: string): Promise<void> {
  const missed = await tx
    .selectFrom('notification')
    .select(['parcel_id', 'event', 'policy_version', 'news_at'])
    .where('id', '=', missedId)
    .executeTakeFirstOrThrow()
  const { parcel_id: parcelId, event, policy_version: version } = missed
  const { templates } = await policyOfVersion(tx, 'notification', version)
  const told = await tx
    .selectFrom('notification')
    .select(['way', 'was_missed as wasMissed'])
    .where('parcel_id', '=', parcelId)
    .where('event', '=', event)
    .execute()
  const template = templateInstead(
    templates.filter((each) => each.event === event),
    told,
  )
  const [parcel] = template ? await parcelsToTell(tx, [parcelId]) : []
  if (!template || !parcel) return
  await tx
    .insertInto('notification')
    .values({
      event,
      way: template.way,
      parcel_id: parcelId,
      order_id: parcel.orderId,
      policy_version: version,
      template_id: template.templateId,
      parameters: JSON.stringify(renderParameters(template.parameters, parcel.facts)),
      news_at: missed.news_at,
      instead_of: missedId,
    })
    .onConflict((conflict) => conflict.constraint('notification_once').doNothing())
    .execute()
}
