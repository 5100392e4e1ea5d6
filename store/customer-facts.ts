import { sql } from 'kysely'
import { CUSTOMER_DAYS, type CustomerFacts, NEW_CUSTOMER } from '../domain/approval-route.ts'
import { freeReshipsLeft } from '../domain/customer-segment.ts'
import { customerStandingOf } from './customer-service.ts'
import type { Db, Tx } from './database.ts'

/** Of a number that half the country orders under so many of the newest contacts are looked at. */
const MOST_CONTACTS = 1_000
/** So many numbers and buyers of a customer are asked for beside the order's own: a pick-up point has thousands. */
const MOST_OTHER_IDENTITIES = 20

type Asked = {
  orderId: string
  /** A request that does not count as one of the earlier ones. */
  changeId: string | null
  /** Another contact than the one that the order's row still names. */
  contactId?: string | null
}

/** Of the facts of a customer those that are counted. */
export type RecentFacts = Omit<
  CustomerFacts,
  'customerSegment' | 'customerFreeReshipsLeft' | 'customerLeniencyCents'
>

/** What the last months of an order's customer were like, and what their segment is given. */
export async function customerFactsOf(db: Db | Tx, asked: Asked): Promise<CustomerFacts> {
  const recent = await recentFactsOf(db, asked)
  const { segment, service } = await customerStandingOf(db, asked.orderId)
  return {
    ...recent,
    customerSegment: segment ?? '',
    customerFreeReshipsLeft: freeReshipsLeft(service, recent.customerReships),
    customerLeniencyCents: service.approvalLeniencyCents,
  }
}

/**
 * What the last months of an order's customer were like, the order itself left out. A customer is whoever has the same
 * number or, where their platform hides it, is the same buyer there (`contact.customer`), and whoever people say is the
 * same (`customer_identity`).
 */
export async function recentFactsOf(
  db: Db | Tx,
  { orderId, changeId, contactId = null }: Asked,
): Promise<RecentFacts> {
  const since = sql`clock_timestamp() - make_interval(days => ${CUSTOMER_DAYS})`
  const { rows } = await sql<RecentFacts>`
    with self as (
      select customer as hash from contact
      where id = coalesce(${contactId}::uuid, (select contact_id from orders where id = ${orderId}))
        and customer is not null
    ), known_as as (
      select hash from self
      union
      (select other.hash from self join customer_identity as one on one.hash = self.hash
        join customer_identity as other on other.customer_id = one.customer_id
      where other.hash is not null order by other.id desc limit ${MOST_OTHER_IDENTITIES})
    ), own as (
      select orders.id, orders.amount_cents, orders.refunded_cents, orders.created_at
      from (
        select newest.id from known_as cross join lateral (
          select id from contact where customer = known_as.hash order by id desc limit ${MOST_CONTACTS}) as newest
        order by newest.id desc limit ${MOST_CONTACTS}
      ) as known join orders on orders.contact_id = known.id
    ), asked as (
      select request.type, request.status, request.concession_cents
      from own join change_request as request on request.order_id = own.id
      where request.created_at >= ${since} and request.id is distinct from ${changeId}::uuid
    )
    select count(*) filter (where own.id <> ${orderId})::int as "customerOrders",
      coalesce(sum(own.amount_cents) filter (where own.id <> ${orderId}), 0)::float8 as "customerAmountCents",
      coalesce(sum(own.refunded_cents), 0)::float8 as "customerRefundedCents",
      (select count(*) from asked)::int as "customerRequests",
      (select coalesce(sum(concession_cents) filter (where status = 'applied'), 0) from asked)::float8
        as "customerConcessionCents",
      (select count(*) from asked where type = 'reship'
        and status not in ('rejected', 'withdrawn', 'expired', 'stale', 'abandoned'))::int as "customerReships"
    from own where own.created_at >= ${since}`.execute(db)
  return rows[0] ?? NEW_CUSTOMER
}
