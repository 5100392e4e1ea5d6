import { type Selectable, sql } from 'kysely'
import {
  type CustomerDetail,
  type FindCustomerBody,
  MOST_IDENTITIES,
  type OrderCustomer,
  type SegmentsView,
} from '../contracts/customers.ts'
import { ProblemError } from '../contracts/errors.ts'
import { CUSTOMER_DAYS } from '../domain/approval-route.ts'
import { freeReshipsLeft } from '../domain/customer-segment.ts'
import { buyerHash, phoneHash } from './contacts.ts'
import { recentFactsOf } from './customer-facts.ts'
import { customerStandingOf } from './customer-service.ts'
import { readState, rounded, segmentNamed, viewOf } from './customer-view.ts'
import type { Db, Tx } from './database.ts'
import type { KeyRing } from './keyring.ts'
import { currentPolicy } from './policy.ts'
import type { Database } from './schema.ts'

/** @throws ProblemError `customer-not-found` */
export async function findCustomer(db: Db | Tx, customerId: string, now: Date): Promise<CustomerDetail> {
  const row = await db.selectFrom('customer').selectAll().where('id', '=', customerId).executeTakeFirst()
  if (!row) throw new ProblemError('customer-not-found')
  const { document } = await currentPolicy(db, 'customer-segments')
  const { rows: identities } = await sql<
    Pick<Selectable<Database['customer_identity']>, 'id' | 'kind' | 'channel' | 'seen_at' | 'erased_at'> & {
      orders: number
    }
  >`
    select id, kind, channel, seen_at, erased_at, (select count(*)::int from customer_order as fact
      where fact.identity_id = identity.id) as orders
    from customer_identity as identity where customer_id = ${customerId} order by seen_at, id limit ${MOST_IDENTITIES}`.execute(
    db,
  )
  const state = await readState(db)
  return {
    ...viewOf(row, document, now),
    windowFrom: state.windowFrom,
    refreshedAt: state.refreshedAt,
    identities: identities.map((identity) => ({
      identityId: identity.id,
      kind: identity.kind,
      channel: identity.channel,
      seenAt: identity.seen_at.toISOString(),
      erasedAt: identity.erased_at?.toISOString() ?? null,
      orders: identity.orders,
    })),
  }
}

/** Who has this number, or is this buyer; null where nobody is known by it. */
export async function customerKnownBy(
  db: Db,
  keyRing: KeyRing,
  asked: FindCustomerBody,
): Promise<string | null> {
  const hash =
    'phone' in asked ? phoneHash(keyRing, asked.phone) : buyerHash(keyRing, asked.platform, asked.buyerId)
  if (hash === null) {
    const message = 'must be a whole number, without masks or extension'
    throw new ProblemError('invalid-request', `phone ${message}`, { fields: [{ field: 'phone', message }] })
  }
  const row = await db
    .selectFrom('customer_identity')
    .select('customer_id')
    .where('hash', '=', hash)
    .executeTakeFirst()
  return row?.customer_id ?? null
}

/** Each segment of the policy with what its customers come to, and where customers are cut. */
export async function readSegments(db: Db): Promise<SegmentsView> {
  const { document } = await currentPolicy(db, 'customer-segments')
  const { rows } = await sql<{
    segment: string | null
    customers: number
    orders: number
    amountCents: number
    netCents: number
  }>`
    select segment, count(*)::int as customers, sum(orders)::bigint as orders, sum(amount_cents)::bigint as "amountCents",
      sum(net_cents)::bigint as "netCents"
    from customer where orders > 0 group by segment`.execute(db)
  const all = rows.reduce((sum, { customers }) => sum + customers, 0)
  const bySegment = new Map(rows.map((row) => [row.segment, row]))
  const segments = document.segments.map(({ code, title, service }) => {
    const { customers = 0, orders = 0, amountCents = 0, netCents = 0 } = bySegment.get(code) ?? {}
    return {
      ...{ code, title, customers, orders, netCents, service },
      share: all === 0 ? null : rounded(customers / all),
      averageOrderCents: orders === 0 ? null : Math.round(amountCents / orders),
      url: `/v1/customers?segment=${code}`,
    }
  })
  const { cuts, gradedOn, ...state } = await readState(db)
  return {
    segments,
    otherCustomers: all - segments.reduce((sum, { customers }) => sum + customers, 0),
    cuts: {
      recency: cuts.recency.map(dayText),
      frequency: [...cuts.frequency],
      monetary: [...cuts.monetary],
    },
    gradedOn: gradedOn === null ? null : dayText(gradedOn),
    ...state,
  } satisfies SegmentsView
}

/** A day of China by its number, as `2026-11-28`. */
function dayText(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10)
}

/** What is known of an order's customer, for whoever works on the order. */
export async function readOrderCustomer(db: Db, orderId: string): Promise<OrderCustomer> {
  const { document } = await currentPolicy(db, 'customer-segments')
  const { customerId, segment, service } = await customerStandingOf(db, orderId)
  const recent = await recentFactsOf(db, { orderId, changeId: null })
  return {
    orderId,
    customerId,
    segment: segmentNamed(document, segment),
    service,
    freeReshipsLeft: freeReshipsLeft(service, recent.customerReships),
    recent: {
      days: CUSTOMER_DAYS,
      otherOrders: recent.customerOrders,
      otherAmountCents: recent.customerAmountCents,
      changeRequests: recent.customerRequests,
      reships: recent.customerReships,
      concessionCents: recent.customerConcessionCents,
      refundedCents: recent.customerRefundedCents,
    },
  }
}
