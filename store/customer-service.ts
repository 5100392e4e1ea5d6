import { sql } from 'kysely'
import { type CustomerService, serviceOf } from '../domain/customer-segment.ts'
import type { Db, Tx } from './database.ts'
import { currentPolicy } from './policy.ts'

/** Who an order's customer is, and what their segment is given. Both null: nobody knows yet, or ever. */
export type CustomerStanding = {
  customerId: string | null
  segment: string | null
  service: CustomerService
}

/**
 * The customer of an order as they were last graded. An order of a moment ago is found by its contact, before anybody
 * has counted it.
 */
export async function customerStandingOf(db: Db | Tx, orderId: string): Promise<CustomerStanding> {
  const { rows } = await sql<{ customerId: string; segment: string | null }>`
    select customer.id as "customerId", customer.segment
    from orders join contact on contact.id = orders.contact_id
      left join customer_order as fact on fact.order_id = orders.id
      join customer_identity as identity on identity.id = coalesce(fact.identity_id,
        (select known.id from customer_identity as known where known.hash = contact.customer))
      join customer on customer.id = identity.customer_id
    where orders.id = ${orderId}`.execute(db)
  const { document } = await currentPolicy(db, 'customer-segments')
  const { customerId, segment } = rows[0] ?? { customerId: null, segment: null }
  return { customerId, segment, service: serviceOf(document, segment) }
}
