import { type Selectable, type SelectQueryBuilder, sql } from 'kysely'
import type { z } from 'zod'
import type { PickTaskView, parcelView } from '../contracts/orders.ts'
import type { ListPickTasksQuery, ListShipmentsQuery } from '../contracts/pick-tasks.ts'
import { OPEN_PICK_TASK_STATES } from '../domain/order-state.ts'
import type { Db, Tx } from './database.ts'
import { inScope, type Scope } from './identity.ts'
import { beyond, exact, Keyset, type Page, timeAndId } from './paging.ts'
import type { Database } from './schema.ts'

type ParcelView = z.output<typeof parcelView>
type PickTaskRow = Selectable<Database['pick_task']>
type ParcelRow = Selectable<Database['parcel']>

/** One page of the pick tasks in scope. */
export async function listPickTasks(
  db: Db,
  query: ListPickTasksQuery,
  scope: Scope,
): Promise<Page<PickTaskView>> {
  const keyset = new Keyset('pick-tasks', query, timeAndId)
  let select = db
    .selectFrom('pick_task')
    .innerJoin('orders', 'orders.id', 'pick_task.order_id')
    .selectAll('pick_task')
    .select(exact('pick_task.created_at').as('at'))
    .where(inScope(scope, 'orders.store_id'))
    .limit(query.limit + 1)
  select =
    query.state === 'open'
      ? select.where('pick_task.state', 'in', OPEN_PICK_TASK_STATES)
      : select.where('pick_task.state', '=', query.state)
  if (query.warehouseId) select = select.where('pick_task.warehouse_id', '=', query.warehouseId)
  if (query.orderId) select = select.where('pick_task.order_id', '=', query.orderId)
  if (query.combinedId) select = select.where('pick_task.combined_id', '=', query.combinedId)
  const paged = byTimeAndId(select, 'pick_task', query.sort, keyset.after(query.cursor))
  return keyset.page(await paged.execute(), query.limit, (row) => [row.at, row.id], pickTaskOf)
}

/** One page of the parcels in scope, newest first, each with its tracking. */
export async function listShipments(
  db: Db,
  query: ListShipmentsQuery,
  scope: Scope,
): Promise<Page<ParcelView>> {
  const keyset = new Keyset('shipments', query, timeAndId)
  let select = db
    .selectFrom('parcel')
    .innerJoin('orders', 'orders.id', 'parcel.order_id')
    .selectAll('parcel')
    .select(exact('parcel.created_at').as('at'))
    .where(inScope(scope, 'orders.store_id'))
    .limit(query.limit + 1)
  if (query.orderId) select = select.where('parcel.order_id', '=', query.orderId)
  if (query.waybillNumber) select = select.where('parcel.waybill_number', '=', query.waybillNumber)
  if (query.state) select = select.where('parcel.state', '=', query.state)
  const rows = await byTimeAndId(select, 'parcel', 'newest', keyset.after(query.cursor)).execute()
  const view = await trackedView(db, rows)
  return keyset.page(rows, query.limit, (row) => [row.at, row.id], view)
}

/** The parcels of one order, in the order in which they left. */
export async function parcelsOfOrder(tx: Tx, orderId: string): Promise<ParcelView[]> {
  const rows = await tx
    .selectFrom('parcel')
    .selectAll()
    .where('order_id', '=', orderId)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  return rows.map(await trackedView(tx, rows))
}

function byTimeAndId<Tables extends keyof Database, Row>(
  select: SelectQueryBuilder<Database, Tables, Row>,
  table: 'pick_task' | 'parcel',
  sort: 'newest' | 'oldest',
  after: [string, string] | null,
): SelectQueryBuilder<Database, Tables, Row> {
  const direction = sort === 'newest' ? 'desc' : 'asc'
  return select
    .where(beyond([`${table}.created_at`, `${table}.id`], sort, after, 'text'))
    .orderBy(sql.ref(`${table}.created_at`), direction)
    .orderBy(sql.ref(`${table}.id`), direction)
}

async function trackedView(db: Db | Tx, rows: ParcelRow[]): Promise<(row: ParcelRow) => ParcelView> {
  const ids = rows.map((row) => row.id)
  const events = await db
    .selectFrom('tracking_event')
    .select(['parcel_id', 'state', 'description', 'occurred_at'])
    .where('parcel_id', '=', sql<string>`any(${ids}::text[])`)
    .orderBy('occurred_at')
    .orderBy('event_key')
    .execute()
  const { rows: others } = await sql<{ id: string; orderId: string }>`
    select parcel.id, other.order_id as "orderId" from parcel join parcel as other
      on coalesce(other.main_parcel_id, other.id) = coalesce(parcel.main_parcel_id, parcel.id) and other.id <> parcel.id
    where parcel.id = any(${ids}::text[]) order by other.id`.execute(db)
  return (row) => ({
    parcelId: row.id,
    orderId: row.order_id,
    courier: row.courier,
    waybillNumber: row.waybill_number,
    state: row.state,
    combinedWith: others.filter(({ id }) => id === row.id).map(({ orderId }) => orderId),
    nextPollAt: row.next_poll_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
    tracking: events
      .filter((event) => event.parcel_id === row.id)
      .map((event) => ({
        state: event.state,
        description: event.description,
        occurredAt: event.occurred_at.toISOString(),
      })),
  })
}

/** A pick task as the API shows it. */
export function pickTaskOf(row: PickTaskRow): PickTaskView {
  return {
    pickTaskId: row.id,
    orderId: row.order_id,
    warehouseId: row.warehouse_id,
    state: row.state,
    lines: row.lines,
    operator: row.operator,
    combinedId: row.combined_id,
    onHoldFor: OPEN_PICK_TASK_STATES.some((state) => state === row.state) ? row.change_id : null,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  }
}
