import { sql } from 'kysely'
import type { ListNotificationsQuery, NotificationView } from '../contracts/notifications.ts'
import { maskedNumber } from '../domain/notification.ts'
import type { Db } from './database.ts'
import { inScope, type Scope } from './identity.ts'
import type { KeyRing } from './keyring.ts'
import { addresseesOf, recipientOf } from './notifications.ts'
import { beyond, exact, Keyset, type Page, timeAndUuid } from './paging.ts'

/** One page of what customers of these stores were told, or are to be told; to whom is masked. */
export async function listNotifications(
  db: Db,
  keyRing: KeyRing,
  query: ListNotificationsQuery,
  scope: Scope,
): Promise<Page<NotificationView>> {
  const keyset = new Keyset('notifications', query, timeAndUuid)
  const after = keyset.after(query.cursor)
  const direction = query.sort === 'newest' ? 'desc' : 'asc'
  let select = db
    .selectFrom('notification')
    .innerJoin('orders', 'orders.id', 'notification.order_id')
    .selectAll('notification')
    .select(['orders.store_id', exact('notification.created_at').as('at')])
    // An open one that waits for a person has no time at all, which a date cannot say.
    .select(sql<Date | null>`case when isfinite(due_at) and settled_at is null then due_at end`.as('next_at'))
    .where(inScope(scope, 'orders.store_id'))
    .orderBy('notification.created_at', direction)
    .orderBy('notification.id', direction)
    .limit(query.limit + 1)
  if (query.orderId) select = select.where('notification.order_id', '=', query.orderId)
  if (query.storeId) select = select.where('orders.store_id', '=', query.storeId)
  if (query.state) select = select.where('notification.state', '=', query.state)
  if (query.way) select = select.where('notification.way', '=', query.way)
  if (query.event) select = select.where('notification.event', '=', query.event)
  if (query.createdFrom) select = select.where('notification.created_at', '>=', new Date(query.createdFrom))
  if (query.createdTo) select = select.where('notification.created_at', '<', new Date(query.createdTo))
  select = select.where(beyond(['notification.created_at', 'notification.id'], query.sort, after))
  const rows = await select.execute()
  const addressees = await addresseesOf(db, keyRing, [...new Set(rows.map((row) => row.order_id))])
  return keyset.page(
    rows,
    query.limit,
    (row) => [row.at, row.id],
    (row): NotificationView => {
      const addressee = addressees.get(row.order_id)
      const recipient = addressee ? recipientOf(row.way, addressee) : null
      return {
        notificationId: row.id,
        orderId: row.order_id,
        storeId: row.store_id,
        parcelId: row.parcel_id,
        event: row.event,
        way: row.way,
        state: row.state,
        reason: row.reason,
        recipient: recipient && maskedNumber(recipient),
        templateId: row.template_id,
        parameters: row.parameters,
        policyVersion: row.policy_version,
        attempts: row.attempts,
        provider: row.provider,
        providerId: row.provider_id,
        insteadOf: row.instead_of,
        createdAt: row.created_at.toISOString(),
        dueAt: row.next_at?.toISOString() ?? null,
        settledAt: row.settled_at?.toISOString() ?? null,
        reportedAt: row.reported_at?.toISOString() ?? null,
      }
    },
  )
}
