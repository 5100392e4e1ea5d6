import { type RawBuilder, type Selectable, sql } from 'kysely'
import type { z } from 'zod'
import {
  describeKind,
  type ListWorkItemsQuery,
  MOST_COUNTED_ITEMS,
  type WorkItemCounts,
  type workItemView,
} from '../contracts/work-items.ts'
import type { WorkItemAge } from '../domain/work-item-age.ts'
import type { Db } from './database.ts'
import { inScope, type Scope } from './identity.ts'
import { beyond, exact, Keyset, type Page, timeAndUuid } from './paging.ts'
import type { Database } from './schema.ts'
import { isAwake, isSnoozed } from './work-item-snooze.ts'

export type WorkItemView = z.output<typeof workItemView>
type WorkItemRow = Selectable<Database['work_item']> & { is_awake: boolean }

/** Items without an order (stock, unmatched money) belong to whoever sees everything. */
function visible(scope: Scope) {
  if (scope.kind === 'all') return sql<boolean>`true`
  return sql<boolean>`exists (
    select from orders where orders.id = work_item.order_id and ${inScope(scope, 'orders.store_id')})`
}

/** The items of an age, as it is `now`. */
function hasWaited(age: WorkItemAge, now: Date): RawBuilder<boolean> {
  const isOverDay = sql<boolean>`work_item.created_at <= ${now}::timestamptz - interval '1 day'`
  const isUnderHour = sql<boolean>`work_item.created_at > ${now}::timestamptz - interval '1 hour'`
  if (age === 'overDay') return isOverDay
  if (age === 'underHour') return isUnderHour
  return sql<boolean>`(not (${isOverDay}) and not (${isUnderHour}))`
}

/** One page of the work items in scope, as it is `now`. */
export async function listWorkItems(
  db: Db,
  query: ListWorkItemsQuery,
  scope: Scope,
  now: Date,
): Promise<Page<WorkItemView>> {
  const keyset = new Keyset('work-items', query, timeAndUuid)
  const after = keyset.after(query.cursor)
  const newest = query.sort === 'newest'
  let select = db
    .selectFrom('work_item')
    .selectAll()
    .select([exact('created_at').as('at'), isAwake.as('is_awake')])
    .where('state', '=', query.state)
    .where(visible(scope))
    .orderBy('created_at', newest ? 'desc' : 'asc')
    .orderBy('id', newest ? 'desc' : 'asc')
    .limit(query.limit + 1)
  if (query.snoozed === 'exclude') select = select.where(isAwake)
  if (query.snoozed === 'only') select = select.where(isSnoozed)
  if (query.kind) select = select.where('kind', '=', query.kind)
  if (query.orderId) select = select.where('order_id', '=', query.orderId)
  if (query.owner) select = select.where('owner', '=', query.owner)
  if (query.waited) select = select.where(hasWaited(query.waited, now))
  select = select.where(beyond(['created_at', 'id'], query.sort, after))
  return keyset.page(await select.execute(), query.limit, (row) => [row.at, row.id], workItemOf)
}

/** How many of the scope's open items have waited for how long, and how many are put off, each as far as they are counted. */
export async function countWorkItems(db: Db, scope: Scope, now: Date): Promise<WorkItemCounts> {
  const most = MOST_COUNTED_ITEMS
  const { rows } = await sql<Omit<WorkItemCounts, 'most'>>`
    select count(*)::int as total,
      count(*) filter (where ${hasWaited('overDay', now)})::int as "overDay",
      count(*) filter (where ${hasWaited('underDay', now)})::int as "underDay",
      count(*) filter (where ${hasWaited('underHour', now)})::int as "underHour",
      (select count(*)::int from (select from work_item where ${isSnoozed} and ${visible(scope)} limit ${most}) as put_off)
        as snoozed
    from (select created_at from work_item
      where state = 'open' and ${isAwake} and ${visible(scope)} order by created_at limit ${most}) as work_item`.execute(
    db,
  )
  const [counted] = rows
  if (!counted) throw new Error('a count has one row')
  return { most, ...counted }
}

/** One work item, or null when it does not exist or lies outside the scope. */
export async function findWorkItem(db: Db, id: string, scope: Scope): Promise<WorkItemView | null> {
  const row = await db
    .selectFrom('work_item')
    .selectAll()
    .select(isAwake.as('is_awake'))
    .where('id', '=', id)
    .where(visible(scope))
    .executeTakeFirst()
  return row ? workItemOf(row) : null
}

function workItemOf(row: WorkItemRow): WorkItemView {
  return {
    workItemId: row.id,
    ...describeKind(row.kind),
    key: row.key,
    orderId: row.order_id,
    state: row.state,
    detail: row.detail,
    owner: row.owner,
    occurrences: row.occurrences,
    snooze: snoozeOf(row),
    resolution: row.resolution,
    resolvedBy: row.resolved_by,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    resolvedAt: row.resolved_at?.toISOString() ?? null,
  }
}

function snoozeOf(row: WorkItemRow): WorkItemView['snooze'] {
  const { snoozed_until: until, snoozed_by: by, snooze_reason: reason } = row
  return row.is_awake || until === null || by === null ? null : { until: until.toISOString(), by, reason }
}
