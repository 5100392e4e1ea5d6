import { sql } from 'kysely'
import { CUSTOMER_DAYS, type CustomerFacts, NEW_CUSTOMER } from '../domain/approval-route.ts'
import type { Db, Tx } from './database.ts'

/** Of a number that half the country orders under so many of the newest contacts are looked at. */
const MOST_CONTACTS = 1_000

/**
 * What the last months of an order's customer were like, the order itself left out. A customer is whoever has the same
 * number or, where their platform hides it, is the same buyer there (`contact.customer`).
 *
 * @param changeId a request that does not count as one of the earlier ones
 * @param contactId another contact than the one that the order's row still names
 */
export async function customerFactsOf(
  db: Db | Tx,
  {
    orderId,
    changeId,
    contactId = null,
  }: { orderId: string; changeId: string | null; contactId?: string | null },
): Promise<CustomerFacts> {
  const since = sql`clock_timestamp() - make_interval(days => ${CUSTOMER_DAYS})`
  const { rows } = await sql<CustomerFacts>`
    with own as (
      select orders.id, orders.amount_cents, orders.refunded_cents, orders.created_at
      from (
        select id from contact
        where customer = (select customer from contact
          where id = coalesce(${contactId}::uuid, (select contact_id from orders where id = ${orderId})))
        order by id desc limit ${MOST_CONTACTS}
      ) as known join orders on orders.contact_id = known.id
    ), asked as (
      select request.status, request.concession_cents
      from own join change_request as request on request.order_id = own.id
      where request.created_at >= ${since} and request.id is distinct from ${changeId}::uuid
    )
    select count(*) filter (where own.id <> ${orderId})::int as "customerOrders",
      coalesce(sum(own.amount_cents) filter (where own.id <> ${orderId}), 0)::float8 as "customerAmountCents",
      coalesce(sum(own.refunded_cents), 0)::float8 as "customerRefundedCents",
      (select count(*) from asked)::int as "customerRequests",
      (select coalesce(sum(concession_cents) filter (where status = 'applied'), 0) from asked)::float8
        as "customerConcessionCents"
    from own where own.created_at >= ${since}`.execute(db)
  return rows[0] ?? NEW_CUSTOMER
}
