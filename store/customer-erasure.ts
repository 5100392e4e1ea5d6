import { type RawBuilder, sql } from 'kysely'
import { ProblemError } from '../contracts/errors.ts'
import { eraseAttachment } from './attachment-retention.ts'
import { type AuditOrigin, appendAudit } from './audit.ts'
import type { CustomerMeasure } from './customer-count.ts'
import { countVersions, lockLiving, theFigures } from './customer-merging.ts'
import { countOrders } from './customer-orders.ts'
import type { Tx } from './database.ts'
import { cancelOpenInspection } from './inspections.ts'

/** Open orders that are named to whoever is refused. */
const OPEN_ORDERS_SHOWN = 20

/** What is gone of a person. Files of `attachmentIds` are to be removed once the transaction has committed. */
export type Erased = { contacts: number; attachmentIds: string[] }

/**
 * Erases a person on their request (PIPL, article 47): contacts, hashes, and files that were attached to their orders'
 * requests and inspections. Orders and figures stay, under an id that leads to nobody. Whoever orders later under the same number is
 * somebody new.
 *
 * @throws ProblemError `customer-not-found`, `customer-changed`, `customer-merged`, `customer-erased`, and
 *   `customer-has-open-orders`: what is on its way needs its address
 */
export async function eraseCustomer(
  tx: Tx,
  asked: { customerId: string; version: number; reason: string; origin: AuditOrigin; now: Date },
): Promise<Erased> {
  const { customerId, reason, origin } = asked
  const { measure } = await theFigures(tx, asked.now)
  await lockLiving(tx, [customerId], asked)
  const hashes = sql`(select hash from customer_identity where customer_id = ${customerId} and hash is not null)`
  await countRest(tx, hashes, measure)
  const orders = sql`(
    select fact.order_id as id from customer_order as fact join customer_identity as identity on identity.id = fact.identity_id
    where identity.customer_id = ${customerId}
    union
    select orders.id from orders join contact on contact.id = orders.contact_id where contact.customer in ${hashes})`
  // Before the contacts: by these it is known which orders are about the person.
  await cancelInspections(tx, orders, origin)
  const attachmentIds = await eraseFiles(tx, orders, { reason, origin })
  await sql`delete from address_seen where order_id in ${orders}`.execute(tx)
  const contactIds = await eraseContacts(tx, orders, hashes)
  await refuseOpenOrders(tx, customerId, contactIds)
  await sql`
    update customer_identity set hash = null, erased_at = clock_timestamp()
    where customer_id = ${customerId} and hash is not null`.execute(tx)
  await sql`update customer set erased_at = clock_timestamp() where id = ${customerId}`.execute(tx)
  await countVersions(tx, [customerId])
  await appendAudit(tx, {
    ...origin,
    action: 'customer.erased',
    subject: { kind: 'customer', id: customerId },
    newValue: { contacts: contactIds.length, attachments: attachmentIds.length },
    reason,
  })
  return { contacts: contactIds.length, attachmentIds }
}

/** Counts orders that nobody has counted yet: once their contacts are gone nobody can say whose they were. */
async function countRest(tx: Tx, hashes: RawBuilder<unknown>, measure: CustomerMeasure): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    select orders.id from orders join contact on contact.id = orders.contact_id
    where contact.customer in ${hashes}
      and not exists (select from customer_order as fact where fact.order_id = orders.id)`.execute(tx)
  const orderIds = rows.map(({ id }) => id)
  await countOrders(tx, orderIds, measure)
}

/**
 * Refuses, and so takes everything back, where what is on its way has lost its address. Looked at afterwards, because an
 * order may be placed at any moment: one whose contact was seen is seen here, and one that comes later keeps its contact.
 */
async function refuseOpenOrders(tx: Tx, customerId: string, contactIds: readonly string[]): Promise<void> {
  const { rows: open } = await sql<{ id: string }>`
    select orders.id, orders.created_at from customer_identity as identity
      join customer_order as fact on fact.identity_id = identity.id join orders on orders.id = fact.order_id
    where identity.customer_id = ${customerId} and orders.closed_at is null
    union
    select id, created_at from orders where contact_id = any(${contactIds}::uuid[]) and closed_at is null
    order by created_at, id limit ${OPEN_ORDERS_SHOWN}`.execute(tx)
  const { rows: held } = await sql<{ shopId: string; platformOrderId: string }>`
    select shop_id as "shopId", platform_order_id as "platformOrderId" from channel_order
    where state = 'held' and contact_id = any(${contactIds}::uuid[])
    order by first_seen_at, platform_order_id limit ${OPEN_ORDERS_SHOWN}`.execute(tx)
  if (open.length === 0 && held.length === 0) return
  const orderIds = open.map(({ id }) => id)
  const names = [...orderIds, ...held.map(({ platformOrderId }) => platformOrderId)]
  throw new ProblemError('customer-has-open-orders', `open are ${names.join(', ')}`, {
    extra: { orderIds, heldOrders: held },
  })
}

/**
 * Contacts of their orders, those that changes of these have asked for, and others that are known as theirs. Who a
 * colleague is as a customer stays: by that nobody decides on orders of their own. Of a present to somebody else only goes
 * who gave it.
 */
async function eraseContacts(
  tx: Tx,
  orders: RawBuilder<unknown>,
  hashes: RawBuilder<unknown>,
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    update contact set sealed = null, customer = null, buyer = null, erased_at = clock_timestamp()
    where sealed is not null and not exists (select from account where account.contact_id = contact.id) and id in (
      select contact_id from orders where id in ${orders}
      union select contact_id from channel_order where order_id in ${orders}
      union select (asked.change ->> 'contactId')::uuid
        from change_request as request join change_request_version as asked on asked.change_id = request.id
        where request.order_id in ${orders} and asked.change ->> 'type' = 'address'
      union select id from contact where customer in ${hashes})
    returning id`.execute(tx)
  await sql`update contact set buyer = null where buyer in ${hashes}`.execute(tx)
  return rows.map(({ id }) => id)
}

/** What shows their door: files of requests and pictures of inspections, also those of which only parts have arrived. */
async function eraseFiles(
  tx: Tx,
  orders: RawBuilder<unknown>,
  { reason, origin }: { reason: string; origin: AuditOrigin },
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select attachment.id from attachment join change_request as request on request.id = attachment.change_id
    where request.order_id in ${orders} and attachment.erased_at is null
    union
    select attachment.id from attachment join inspection on inspection.id = attachment.inspection_id
    where inspection.order_id in ${orders} and attachment.erased_at is null
    order by id`.execute(tx)
  for (const { id } of rows) await eraseAttachment(tx, id, origin, reason)
  await sql`
    delete from inspection_part where inspection_id in (select id from inspection where order_id in ${orders})`.execute(
    tx,
  )
  return rows.map(({ id }) => id)
}

/** Nobody goes to a person who is not known any more. */
async function cancelInspections(tx: Tx, orders: RawBuilder<unknown>, origin: AuditOrigin): Promise<void> {
  const { rows } = await sql<{ orderId: string }>`
    select order_id as "orderId" from inspection where state = 'open' and order_id in ${orders} order by id`.execute(
    tx,
  )
  for (const { orderId } of rows) {
    await cancelOpenInspection(tx, { orderId, reason: 'the customer was erased', origin })
  }
}
