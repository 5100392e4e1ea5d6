import { type RawBuilder, type Selectable, sql } from 'kysely'
import { z } from 'zod'
import type {
  CustomerOrder,
  CustomerOrdersQuery,
  CustomerView,
  ListCustomersQuery,
} from '../contracts/customers.ts'
import { ProblemError } from '../contracts/errors.ts'
import { chinaDayNumber } from '../domain/customer-segment.ts'
import { type CustomerRow, readState, viewOf } from './customer-view.ts'
import type { Db } from './database.ts'
import { beyond, exact, Keyset, type Page, timeAndUuid } from './paging.ts'
import { currentPolicy } from './policy.ts'
import type { Database } from './schema.ts'

type Sort = { column: string; direction: 'asc' | 'desc'; among: RawBuilder<boolean> }
const everybody = sql<boolean>`true`
/** What each order of the list goes by (whole numbers), which way, and who is in it. */
const SORTS: Record<ListCustomersQuery['sort'], Sort> = {
  valuable: { column: 'net_cents', direction: 'desc', among: everybody },
  frequent: { column: 'orders', direction: 'desc', among: everybody },
  recent: { column: 'last_order_day', direction: 'desc', among: everybody },
  // Whoever has not ordered has not lapsed.
  lapsed: { column: 'last_order_day', direction: 'asc', among: sql`last_order_day > 0` },
  complaining: { column: 'complaints', direction: 'desc', among: sql`complaints > 0` },
}
/**
 * Whoever has no order in the window is in no segment. It is said by what lists are sorted by: of a null PostgreSQL does not
 * see that rows are in the order of the index's next column, and would walk all who are in a segment.
 */
const IN_NO_SEGMENT = sql<boolean>`orders = 0 and net_cents = 0 and last_order_day = 0`
const numberAndUuid = z.tuple([z.int(), z.uuid()])

/** One page of customers; those that were merged into another are that one. */
export async function listCustomers(
  db: Db,
  query: ListCustomersQuery,
  now: Date,
): Promise<Page<CustomerView>> {
  const { document } = await currentPolicy(db, 'customer-segments')
  const keyset = new Keyset('customers', query, numberAndUuid)
  const after = keyset.after(query.cursor)
  const { column, direction } = SORTS[query.sort]
  const [key, way] = [sql.ref(column), sql.raw(direction)]
  const comparison = direction === 'desc' ? sql`<` : sql`>`
  const following = after
    ? sql`(${key}, id) ${comparison} (${after[0]}::bigint, ${after[1]}::uuid)`
    : sql`true`
  const { rows } = await sql<CustomerRow & { sort_key: number }>`
    select *, ${key} as sort_key from customer
    where merged_into is null and ${following} and ${sql.join(filtersOf(query), sql` and `)}
    order by ${key} ${way}, id ${way} limit ${query.limit + 1}`.execute(db)
  return keyset.page(
    rows,
    query.limit,
    (row) => [row.sort_key, row.id],
    (row) => viewOf(row, document, now),
  )
}

function filtersOf(query: ListCustomersQuery): RawBuilder<boolean>[] {
  const { segment, preferredChannel, preferredWarehouseId, minimumOrders, minimumNetCents } = query
  const { complained, lastOrderFrom, lastOrderTo } = query
  const conditions: RawBuilder<boolean>[] = [SORTS[query.sort].among]
  // Among the lapsed nobody is in none: PostgreSQL would look through all to find that.
  if (segment === 'none') conditions.push(query.sort === 'lapsed' ? sql`false` : IN_NO_SEGMENT)
  else if (segment !== undefined) conditions.push(sql`segment = ${segment}`)
  if (preferredChannel !== undefined) conditions.push(sql`preferred_channel = ${preferredChannel}`)
  if (preferredWarehouseId !== undefined) conditions.push(sql`preferred_warehouse = ${preferredWarehouseId}`)
  if (minimumOrders !== undefined) conditions.push(sql`orders >= ${minimumOrders}`)
  if (minimumNetCents !== undefined) conditions.push(sql`net_cents >= ${minimumNetCents}`)
  if (complained !== undefined) conditions.push(complained ? sql`complaints > 0` : sql`complaints = 0`)
  // The day says nothing more, but is what two of the sorts go by: without it they walk all that lies outside.
  if (lastOrderFrom !== undefined) {
    conditions.push(
      sql`last_order_at >= ${lastOrderFrom}::timestamptz and last_order_day >= ${dayOf(lastOrderFrom)}`,
    )
  }
  if (lastOrderTo !== undefined) {
    conditions.push(
      sql`last_order_at < ${lastOrderTo}::timestamptz and last_order_day <= ${dayOf(lastOrderTo)}`,
    )
  }
  return conditions
}

function dayOf(instant: string): number {
  return chinaDayNumber(Date.parse(instant))
}

/**
 * One page of a customer's orders: what the figures are made of.
 *
 * @throws ProblemError `customer-not-found`
 */
export async function listCustomerOrders(
  db: Db,
  customerId: string,
  query: CustomerOrdersQuery,
): Promise<Page<CustomerOrder>> {
  const known = await db.selectFrom('customer').select('id').where('id', '=', customerId).executeTakeFirst()
  if (!known) throw new ProblemError('customer-not-found')
  const { windowFrom } = await readState(db)
  const keyset = new Keyset(`customer-orders/${customerId}`, query, timeAndUuid)
  const after = keyset.after(query.cursor)
  const way = query.sort === 'newest' ? sql`desc` : sql`asc`
  const conditions = [
    sql<boolean>`identity.customer_id = ${customerId}`,
    beyond(['fact.ordered_at', 'fact.order_id'], query.sort, after),
  ]
  if (query.channel !== undefined) conditions.push(sql`fact.channel = ${query.channel}`)
  if (query.counts !== undefined) conditions.push(sql`fact.counts = ${query.counts}`)
  if (query.returned !== undefined) conditions.push(sql`fact.returned = ${query.returned}`)
  const { rows } = await sql<Selectable<Database['customer_order']> & { at: string; in_window: boolean }>`
    select fact.*, ${exact('fact.ordered_at')} as at,
      coalesce(fact.ordered_at >= ${windowFrom}::timestamptz, false) as in_window
    from customer_identity as identity join customer_order as fact on fact.identity_id = identity.id
    where ${sql.join(conditions, sql` and `)}
    order by fact.ordered_at ${way}, fact.order_id ${way} limit ${query.limit + 1}`.execute(db)
  return keyset.page(
    rows,
    query.limit,
    (row) => [row.at, row.order_id],
    (row) => ({
      orderId: row.order_id,
      url: `/v1/orders/${row.order_id}`,
      identityId: row.identity_id,
      orderedAt: row.ordered_at.toISOString(),
      channel: row.channel,
      storeId: row.store_id,
      warehouseId: row.warehouse_id || null,
      counts: row.counts,
      inWindow: row.in_window,
      amountCents: row.amount_cents,
      netCents: row.net_cents,
      returned: row.returned,
      changeRequests: row.change_requests,
      complaints: row.complaints,
    }),
  )
}
