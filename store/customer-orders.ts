import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { type KnownIdentity, type NewIdentity, resolveCustomers } from '../domain/customer-identity.ts'
import { type CustomerMeasure, recountCustomers } from './customer-count.ts'
import type { Tx } from './database.ts'

/**
 * Looks at orders again: finds whose they are, writes down what they count now, and counts their customers anew. Who is
 * new is written last, with figures: what they are known by refers to them at the commit only. Whoever calls it holds the
 * lock of the figures (`lockFigures`).
 */
export async function countOrders(
  tx: Tx,
  orderIds: readonly string[],
  measure: CustomerMeasure,
): Promise<void> {
  if (orderIds.length === 0) return
  const found = await findCustomers(tx, orderIds)
  await writeFacts(tx, orderIds, found)
  const { rows: customers } = await sql<{ id: string }>`
    select distinct identity.customer_id as id
    from customer_order as fact join customer_identity as identity on identity.id = fact.identity_id
    where fact.order_id = any(${orderIds}::uuid[])`.execute(tx)
  const customerIds = customers.map(({ id }) => id)
  await recountCustomers(tx, customerIds, measure)
}

type Assigned = { orderId: string; identityId: string }

/** Finds whose orders these are that are nobody's yet. One whose contact is erased or says nothing stays nobody's. */
async function findCustomers(tx: Tx, orderIds: readonly string[]): Promise<Assigned[]> {
  const { rows: seen } = await sql<{
    orderId: string
    channel: string
    phone: string | null
    buyer: string | null
  }>`
    select orders.id as "orderId", orders.channel, encode(contact.buyer, 'hex') as buyer,
      case when contact.customer is distinct from contact.buyer then encode(contact.customer, 'hex') end as phone
    from orders join contact on contact.id = orders.contact_id
    where orders.id = any(${orderIds}::uuid[]) and (contact.customer is not null or contact.buyer is not null)
      and not exists (select from customer_order as fact where fact.order_id = orders.id)
    order by orders.created_at, orders.id`.execute(tx)
  const hashes = [...new Set(seen.flatMap(({ phone, buyer }) => [phone, buyer]))].filter(
    (hash) => hash !== null,
  )
  const { rows: known } = await sql<KnownIdentity>`
    select identity.id as "identityId", encode(identity.hash, 'hex') as hash, identity.customer_id as "customerId",
      exists (select from customer_identity as other
        where other.customer_id = identity.customer_id and other.kind = 'phone' and other.hash is not null)
        as "customerHasPhone"
    from customer_identity as identity
    where identity.hash in (select decode(hash, 'hex') from unnest(${hashes}::text[]) as hash)`.execute(tx)
  const { identities, orders } = resolveCustomers(seen, known, uuid)
  await addIdentities(tx, identities)
  return orders
}

async function addIdentities(tx: Tx, identities: readonly NewIdentity[]): Promise<void> {
  if (identities.length === 0) return
  const column = (name: keyof NewIdentity) => identities.map((identity) => identity[name])
  await sql`
    insert into customer_identity (id, customer_id, kind, channel, hash)
    select id, customer_id, kind, channel, decode(hash, 'hex')
    from unnest(${column('identityId')}::uuid[], ${column('customerId')}::uuid[], ${column('kind')}::text[],
      ${column('channel')}::text[], ${column('hash')}::text[]) as given (id, customer_id, kind, channel, hash)`.execute(
    tx,
  )
}

const FACT_COLUMNS = [
  'ordered_at',
  'channel',
  'store_id',
  'warehouse_id',
  'counts',
  'amount_cents',
  'net_cents',
  'returned',
  'change_requests',
  'complaints',
]

/** What an order counts, as columns of `table`, in one order for all. */
const factsOf = (table: 'fact' | 'excluded') =>
  sql.join(FACT_COLUMNS.map((column) => sql.ref(`${table}.${column}`)))

/** Writes down what these orders count now; those that are somebody's already stay theirs. */
async function writeFacts(tx: Tx, orderIds: readonly string[], assigned: readonly Assigned[]): Promise<void> {
  const columns = sql.join(FACT_COLUMNS.map((column) => sql.ref(column)))
  await sql`
    insert into customer_order (order_id, identity_id, ${columns})
    select fact.order_id, coalesce(known.identity_id, given.identity_id), ${factsOf('fact')}
    from customer_order_fact as fact
      left join customer_order as known on known.order_id = fact.order_id
      left join unnest(${assigned.map(({ orderId }) => orderId)}::uuid[],
        ${assigned.map(({ identityId }) => identityId)}::uuid[]) as given (order_id, identity_id)
        on given.order_id = fact.order_id
    where fact.order_id = any(${orderIds}::uuid[]) and coalesce(known.identity_id, given.identity_id) is not null
    on conflict (order_id) do update set (${columns}) = row(${factsOf('excluded')})`.execute(tx)
}
