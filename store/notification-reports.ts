import { sql } from 'kysely'
import type {
  DeliveryReport,
  NotificationEvent,
  NotificationWay,
  RenderedParameter,
} from '../domain/notification.ts'
import type { Db, Tx } from './database.ts'
import { lockNews, sayInstead } from './notification-plan.ts'
import { resolveOpenWorkItem } from './work-items.ts'

/**
 * Takes over what operators report. A message that was not delivered goes by another way, where policy says so, in the same
 * transaction. A report of a message that nobody knows is another system's; one that comes again changes nothing.
 *
 * @param provider whose messages they are
 * @returns how many messages they were of
 */
export async function applyReports(
  db: Db,
  provider: string,
  reports: readonly DeliveryReport[],
): Promise<number> {
  let applied = 0
  for (const report of reports) {
    applied += await db.transaction().execute((tx) => applyReport(tx, provider, report))
  }
  return applied
}

async function applyReport(tx: Tx, provider: string, report: DeliveryReport): Promise<0 | 1> {
  const { message, wasDelivered } = report
  const known = await tx
    .selectFrom('notification')
    .select(['id', 'parcel_id as parcelId', 'event'])
    .where(
      'id' in message
        ? sql<boolean>`id = ${message.id} and coalesce(provider, ${provider}) = ${provider}`
        : sql<boolean>`provider_id = ${message.providerId} and provider = ${provider}`,
    )
    .executeTakeFirst()
  if (!known) return 0
  await lockNews(tx, known)
  const { numUpdatedRows } = await (wasDelivered
    ? delivered(tx, known.id)
    : undelivered(tx, known.id, report))
  if (!numUpdatedRows) return 0
  await resolveOpenWorkItem(tx, 'notification_unknown', known.id, 'the operator reported it')
  if (!wasDelivered) await sayInstead(tx, known.id)
  return 1
}

const reported = {
  settled_at: sql<Date>`coalesce(settled_at, clock_timestamp())`,
  reported_at: sql<Date>`clock_timestamp()`,
  report_due_at: null,
}

/** Also where the answer to the call is still under way, or was lost: an operator had it, so that it is not sent again. */
function delivered(tx: Tx, id: string) {
  return tx
    .updateTable('notification')
    .set({ ...reported, state: 'delivered', was_missed: false, reason: null })
    .where('id', '=', id)
    .where('attempts', '>', 0)
    .where('state', 'in', ['pending', 'sending', 'unknown', 'sent', 'undelivered'])
    .executeTakeFirst()
}

/** One that is about to be sent again stays so: the report is of the call before. */
function undelivered(tx: Tx, id: string, { reason }: DeliveryReport) {
  return tx
    .updateTable('notification')
    .set({ ...reported, state: 'undelivered', was_missed: true, reason: reason?.slice(0, 500) ?? null })
    .where('id', '=', id)
    .where('state', 'in', ['sending', 'unknown', 'sent'])
    .executeTakeFirst()
}

/** A message whose operator has not said yet what became of it. */
export type AwaitedReport = {
  id: string
  way: NotificationWay
  event: NotificationEvent
  orderId: string
  templateId: string
  parameters: RenderedParameter[]
  sendingAt: Date
  sinceSentMs: number
}

/** Claims messages whose provider is to be asked, for `claimSeconds`. */
export async function claimAwaitedReports(
  db: Db,
  provider: string,
  limit: number,
  claimSeconds: number,
): Promise<AwaitedReport[]> {
  const { rows } = await sql<AwaitedReport>`
    with due as (
      select id from notification
      where report_due_at <= statement_timestamp() and provider = ${provider}
      order by report_due_at limit ${limit} for update skip locked
    )
    update notification set report_due_at = clock_timestamp() + make_interval(secs => ${claimSeconds})
    from due where notification.id = due.id
    returning notification.id, way, event, order_id as "orderId", template_id as "templateId", parameters,
      sending_at as "sendingAt", extract(epoch from clock_timestamp() - sending_at)::float8 * 1000 as "sinceSentMs"`.execute(
    db,
  )
  return rows
}

/** Its provider is asked again later; null: no more. */
export async function awaitReport(db: Db, id: string, inMs: number | null): Promise<void> {
  await db
    .updateTable('notification')
    .set({
      report_due_at: inMs === null ? null : sql`clock_timestamp() + make_interval(secs => ${inMs / 1000})`,
    })
    .where('id', '=', id)
    .where('state', '=', 'sent')
    .execute()
}
