import { sql } from 'kysely'
import type { ReturnState } from '../domain/order-state.ts'
import { digitsOf, openContact } from './contacts.ts'
import type { Db, Tx } from './database.ts'
import type { KeyRing } from './keyring.ts'
import type { Reading } from './reconciliation-hub.ts'

export type OrderWithCustomer = {
  at: string
  id: string
  placedAt: Date
  storeId: string
  /** The customer's number; null where it was erased, or is masked by their platform. */
  digits: string | null
}

/** Paid orders around a period, each with the number of its customer, which goes no further than a hash. */
export async function readCustomers(
  db: Db | Tx,
  keyRing: KeyRing,
  { around, after, limit }: Reading,
): Promise<OrderWithCustomer[]> {
  const beyond = after
    ? sql`and (orders.created_at, orders.id) > (${after[0]}::timestamptz, ${after[1]}::uuid)`
    : sql``
  const { rows } = await sql<{
    at: string
    id: string
    placedAt: Date
    storeId: string
    contactId: string
    keyId: string
    sealed: Buffer | null
  }>`
    select orders.created_at::text as at, orders.id, orders.created_at as "placedAt", orders.store_id as "storeId",
      contact.id as "contactId", contact.key_id as "keyId", contact.sealed
    from orders join contact on contact.id = orders.contact_id
    where orders.paid_cents > 0 and orders.created_at >= ${around.from} and orders.created_at < ${around.to} ${beyond}
    order by orders.created_at, orders.id limit ${limit}`.execute(db)
  return rows.map(({ contactId, keyId, sealed, ...order }) => {
    const phone = openContact(keyRing, { id: contactId, key_id: keyId, sealed })?.phone ?? ''
    const digits = digitsOf(phone)
    return { ...order, digits: /^\d{11,12}$/.test(digits) ? digits : null }
  })
}

export type ReadReturn = {
  at: string
  id: string
  openedAt: Date
  state: ReturnState
  orderId: string
  storeId: string
  /** What went back for it; null while it is not settled, and where nothing tells any more which refunds are its own. */
  refundCents: number | null
}

/** Returns that were asked for around a period. */
export async function readReturns(db: Db | Tx, { around, after, limit }: Reading): Promise<ReadReturn[]> {
  const beyond = after
    ? sql`and (given.created_at, given.id) > (${after[0]}::timestamptz, ${after[1]})`
    : sql``
  const { rows } = await sql<ReadReturn>`
    select given.created_at::text as at, given.id, given.created_at as "openedAt", given.state, given.order_id as "orderId",
      orders.store_id as "storeId", case when inspected.request_id is not null then (
        select coalesce(sum(amount_cents), 0)::bigint from refund
        where refund.order_id = given.order_id and refund.reason = 'returned'
          and starts_with(refund.id, given.order_id || '-R-request-' || inspected.request_id || '-')) end as "refundCents"
    from order_return as given join orders on orders.id = given.order_id
    left join lateral (
      select replace(log.request_id, '/', '-') as request_id from operation_log as log
      where given.state = 'settled' and log.subject_id = given.id and log.field = 'return' and log.new_value = 'settled'
      order by log.at desc limit 1
    ) as inspected on true
    where given.created_at >= ${around.from} and given.created_at < ${around.to} ${beyond}
    order by given.created_at, given.id limit ${limit}`.execute(db)
  return rows
}
