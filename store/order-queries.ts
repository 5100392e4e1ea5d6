import { type Selectable, sql } from 'kysely'
import {
  type ListOrdersQuery,
  MOST_COUNTED_ORDERS,
  type OrderCounts,
  type OrderDetail,
  type OrderFilters,
  type OrderRate,
  type OrderRateQuery,
  type OrderSummary,
} from '../contracts/orders.ts'
import { ORDER_STATUSES, type OrderStatus } from '../domain/order-state.ts'
import { hasEnded } from '../domain/order-status.ts'
import { checksOf } from './abnormal-orders.ts'
import { decisionsOf } from './allocation-decisions.ts'
import type { Db, Tx } from './database.ts'
import { parcelsOfOrder, pickTaskOf } from './fulfilment-queries.ts'
import { inScope, type Scope } from './identity.ts'
import { beyond, everyRow, exact, Keyset, type Page, timeAndUuid } from './paging.ts'
import { liveOrEnded } from './reservation.ts'
import type { Database } from './schema.ts'

type OrderRow = Selectable<Database['orders']>
type SealedContact = { id: string; key_id: string; sealed: Buffer | null }

/** One page of the orders in scope, newest or oldest first. */
export async function listOrders(db: Db, query: ListOrdersQuery, scope: Scope): Promise<Page<OrderSummary>> {
  const keyset = new Keyset('orders', query, timeAndUuid)
  const after = keyset.after(query.cursor)
  const newest = query.sort === 'newest'
  const rows = await fitting(db, query, scope)
    .where(beyond(['created_at', 'id'], query.sort, after))
    .orderBy('created_at', newest ? 'desc' : 'asc')
    .orderBy('id', newest ? 'desc' : 'asc')
    .limit(query.limit + 1)
    .execute()
  return keyset.page(rows, query.limit, (row) => [row.at, row.id], summaryOf)
}

/** Every order in scope that fits, the oldest first, read as fast as they are taken. */
export async function* exportOrders(
  db: Db,
  filters: OrderFilters,
  scope: Scope,
): AsyncGenerator<OrderSummary> {
  const rows = everyRow<OrderRow & { at: string }, [string, string]>(
    (after, limit) =>
      fitting(db, filters, scope)
        .where(beyond(['created_at', 'id'], 'oldest', after))
        .orderBy('created_at')
        .orderBy('id')
        .limit(limit)
        .execute(),
    (row) => [row.at, row.id],
  )
  for await (const row of rows) yield summaryOf(row)
}

function fitting(db: Db, filters: OrderFilters, scope: Scope) {
  let select = db
    .selectFrom('orders')
    .selectAll()
    .select(exact('created_at').as('at'))
    .where(inScope(scope, 'store_id'))
  if (filters.orderIds) select = select.where('id', 'in', filters.orderIds)
  if (filters.status) select = select.where('status', '=', filters.status)
  if (filters.storeId) select = select.where('store_id', '=', filters.storeId)
  if (filters.channel) select = select.where('channel', '=', filters.channel)
  if (filters.needsAttention !== undefined)
    select = select.where('needs_attention', '=', filters.needsAttention)
  if (filters.externalOrderId) select = select.where('external_order_id', '=', filters.externalOrderId)
  if (filters.createdFrom) select = select.where('created_at', '>=', new Date(filters.createdFrom))
  if (filters.createdTo) select = select.where('created_at', '<', new Date(filters.createdTo))
  return select
}

/** How many orders of the scope are under way, by status, and how many need attention; each up to `most`, in the time of a list. */
export async function countOrders(db: Db, scope: Scope): Promise<OrderCounts> {
  const most = MOST_COUNTED_ORDERS
  const underWay = ORDER_STATUSES.filter((status) => !hasEnded(status))
  const mine = inScope(scope, 'orders.store_id')
  const { rows: statuses } = await sql<{ status: OrderStatus; count: number }>`
    select wanted.status, (select count(*)::int from (
      select from orders where orders.status = wanted.status and ${mine} limit ${most}) as counted) as count
    from unnest(${underWay}::text[]) with ordinality as wanted (status, place)
    order by wanted.place`.execute(db)
  const { rows: attention } = await sql<{ count: number }>`
    select count(*)::int as count from (
      select from orders where needs_attention and ${mine} limit ${most}) as counted`.execute(db)
  return { most, statuses, needsAttention: attention[0]?.count ?? 0 }
}

/** How many orders of the scope were placed in each minute of a time, the oldest first. */
export async function countOrdersByMinute(
  db: Db,
  { from, to }: OrderRateQuery,
  scope: Scope,
): Promise<OrderRate> {
  const rows = await db
    .selectFrom('orders')
    .select((eb) => [
      sql<Date>`date_trunc('minute', created_at)`.as('minute'),
      eb.cast<number>(eb.fn.countAll(), 'integer').as('count'),
    ])
    .where('created_at', '>=', new Date(from))
    .where('created_at', '<', new Date(to))
    .where(inScope(scope, 'store_id'))
    .groupBy('minute')
    .orderBy('minute')
    .execute()
  return { minutes: rows.map(({ minute, count }) => ({ startsAt: minute.toISOString(), count })) }
}

/** Whether an order exists, and whether it lies in the scope. */
export async function findOrderScope(
  db: Db,
  orderId: string,
  scope: Scope,
): Promise<'visible' | 'hidden' | 'missing'> {
  const row = await db
    .selectFrom('orders')
    .select(inScope(scope, 'store_id').as('visible'))
    .where('id', '=', orderId)
    .executeTakeFirst()
  return row ? (row.visible ? 'visible' : 'hidden') : 'missing'
}

/** An order with all that belongs to it, read at one moment; the contact still sealed. Null outside the scope. */
export async function findOrderDetail(
  db: Db,
  orderId: string,
  scope: Scope,
): Promise<{ order: Omit<OrderDetail, 'contact'>; contact: SealedContact } | null> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (tx) => {
      const row = await tx
        .selectFrom('orders')
        .selectAll()
        .where('id', '=', orderId)
        .where(inScope(scope, 'store_id'))
        .executeTakeFirst()
      if (!row) return null
      const contact = await tx
        .selectFrom('contact')
        .select(['id', 'key_id', 'sealed'])
        .where('id', '=', row.contact_id)
        .executeTakeFirstOrThrow()
      const order = {
        ...summaryOf(row),
        workflowId: `order:${row.id}`,
        policyVersions: row.policy_versions,
        lines: await linesOf(tx, orderId),
        reservations: await reservationsOf(tx, orderId),
        allocationDecisions: await decisionsOf(tx, orderId),
        checks: await checksOf(tx, orderId),
        payments: await paymentsOf(tx, orderId),
        refunds: await refundsOf(tx, orderId),
        fulfilments: await fulfilmentsOf(tx, orderId),
        parcels: await parcelsOfOrder(tx, orderId),
        returns: await returnsOf(tx, orderId),
      }
      return { order, contact }
    })
}

function summaryOf(row: OrderRow): OrderSummary {
  return {
    orderId: row.id,
    channel: row.channel,
    storeId: row.store_id,
    externalOrderId: row.external_order_id,
    status: row.status,
    version: row.version,
    needsAttention: row.needs_attention,
    divisionCode: row.division_code,
    amountCents: row.amount_cents,
    freightCents: row.freight_cents,
    paidCents: row.paid_cents,
    refundedCents: row.refunded_cents,
    supplementCents: row.supplement_cents,
    reservationExpiresAt: row.reservation_expires_at.toISOString(),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    closedAt: row.closed_at?.toISOString() ?? null,
  }
}

async function linesOf(tx: Tx, orderId: string): Promise<OrderDetail['lines']> {
  const { rows } = await sql<OrderDetail['lines'][number]>`
    select line.line_number as "lineNumber", line.sku_id as "skuId", sku.name as "skuName", line.quantity,
      line.unit_price_cents as "unitPriceCents", promise.view as presale
    from order_line as line join sku on sku.id = line.sku_id left join lateral (
      select json_build_object('presaleId', presale.id, 'expectedOn', presale.expected_on::text,
        'waiting', case when hold.state in ('held', 'waiting') then hold.quantity - hold.served else 0 end) as view
      from presale_hold as hold join presale on presale.id = hold.presale_id
      where hold.order_id = line.order_id and hold.line_number = line.line_number and presale.sku_id = line.sku_id
      order by hold.created_at desc limit 1
    ) as promise on true
    where line.order_id = ${orderId} order by line.line_number`.execute(tx)
  return rows
}

async function reservationsOf(tx: Tx, orderId: string): Promise<OrderDetail['reservations']> {
  const { rows } = await sql<Omit<OrderDetail['reservations'][number], 'expiresAt'> & { expiresAt: Date }>`
    select coalesce(line_number, 0) as "lineNumber", hold.sku_id as "skuId", warehouse_id as "warehouseId", quantity,
      hold.state, expires_at as "expiresAt",
      case when promotion.id is not null then json_build_object('promotionId', promotion.id, 'name', promotion.name,
        'channel', quota.channel) end as promotion
    from reservation as hold
      left join promotion_quota as quota on quota.quota_id = hold.drawn_from and quota.sku_id = hold.sku_id
      left join promotion on promotion.id = quota.promotion_id
    where order_id = ${orderId} and ${liveOrEnded('hold')} order by hold.created_at, hold.id`.execute(tx)
  return rows.map((row) => ({ ...row, expiresAt: row.expiresAt.toISOString() }))
}

async function paymentsOf(tx: Tx, orderId: string): Promise<OrderDetail['payments']> {
  const rows = await tx
    .selectFrom('payment')
    .selectAll()
    .where('order_id', '=', orderId)
    .orderBy('received_at')
    .orderBy('id')
    .execute()
  return rows.map((row) => ({
    paymentId: row.id,
    amountCents: row.amount_cents,
    method: row.method,
    paidAt: row.paid_at.toISOString(),
    receivedAt: row.received_at.toISOString(),
  }))
}

async function refundsOf(tx: Tx, orderId: string): Promise<OrderDetail['refunds']> {
  const rows = await tx
    .selectFrom('refund')
    .selectAll()
    .where('order_id', '=', orderId)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  return rows.map((row) => ({
    refundId: row.id,
    paymentId: row.payment_id,
    amountCents: row.amount_cents,
    reason: row.reason,
    state: row.state,
    settledAt: row.settled_at?.toISOString() ?? null,
  }))
}

async function fulfilmentsOf(tx: Tx, orderId: string): Promise<OrderDetail['fulfilments']> {
  const rows = await tx
    .selectFrom('pick_task')
    .selectAll()
    .where('order_id', '=', orderId)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  return rows.map(pickTaskOf)
}

async function returnsOf(tx: Tx, orderId: string): Promise<OrderDetail['returns']> {
  const rows = await tx
    .selectFrom('order_return')
    .selectAll()
    .where('order_id', '=', orderId)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  return rows.map((row) => ({
    returnId: row.id,
    state: row.state,
    reason: row.reason,
    lines: row.lines,
    inspected: row.inspected,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  }))
}

/** The state of one return of an order, or null. */
export async function findReturnState(db: Db, orderId: string, returnId: string) {
  const row = await db
    .selectFrom('order_return')
    .select('state')
    .where('order_id', '=', orderId)
    .where('id', '=', returnId)
    .executeTakeFirst()
  return row?.state ?? null
}

/** Whether an order still runs, for telling a workflow that has ended from one that has not begun. */
export async function findOrderStanding(db: Db, orderId: string): Promise<'unknown' | 'open' | 'closed'> {
  const row = await db.selectFrom('orders').select('closed_at').where('id', '=', orderId).executeTakeFirst()
  if (!row) return 'unknown'
  return row.closed_at === null ? 'open' : 'closed'
}
