import type { Selectable } from 'kysely'
import type { CustomerView } from '../contracts/customers.ts'
import type { CustomerSegmentsPolicy } from '../contracts/policies/customer-segments.ts'
import { ratesOf } from '../domain/customer-figures.ts'
import { serviceOf } from '../domain/customer-segment.ts'
import type { Db, Tx } from './database.ts'
import type { Database } from './schema.ts'

export type CustomerRow = Selectable<Database['customer']>

/** A customer as lists and pages show one, by the policy in force. */
export function viewOf(row: CustomerRow, policy: CustomerSegmentsPolicy, now: Date): CustomerView {
  const { recency_score: recency, frequency_score: frequency, monetary_score: monetary } = row
  const rates = ratesOf(
    {
      orders: row.orders,
      amountCents: row.amount_cents,
      returnedOrders: row.returned_orders,
      firstOrderAtMs: row.first_order_at?.getTime() ?? null,
      lastOrderAtMs: row.last_order_at?.getTime() ?? null,
    },
    now.getTime(),
  )
  return {
    customerId: row.id,
    version: row.version,
    orders: row.orders,
    amountCents: row.amount_cents,
    netCents: row.net_cents,
    averageOrderCents: rates.averageOrderCents,
    returnedOrders: row.returned_orders,
    returnRate: rounded(rates.returnRate),
    changeRequests: row.change_requests,
    complaints: row.complaints,
    firstOrderAt: row.first_order_at?.toISOString() ?? null,
    lastOrderAt: row.last_order_at?.toISOString() ?? null,
    recencyDays: rates.recencyDays,
    daysBetweenOrders: rounded(rates.daysBetweenOrders),
    lifetimeOrders: row.lifetime_orders,
    preferredChannel: row.preferred_channel,
    preferredWarehouseId: row.preferred_warehouse,
    scores:
      recency === null || frequency === null || monetary === null ? null : { recency, frequency, monetary },
    segment: segmentNamed(policy, row.segment),
    service: serviceOf(policy, row.segment),
    mergedInto: row.merged_into,
    erasedAt: row.erased_at?.toISOString() ?? null,
  }
}

export function segmentNamed(policy: CustomerSegmentsPolicy, code: string | null): CustomerView['segment'] {
  if (code === null) return null
  // One that was taken out of the policy is shown by its code until its customers are graded anew.
  return { code, title: policy.segments.find((segment) => segment.code === code)?.title ?? code }
}

/** Four digits behind the point. */
export function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 10_000) / 10_000
}

/** Of when the figures are, and where customers were cut. */
export async function readState(db: Db | Tx) {
  const row = await db.selectFrom('customer_state').selectAll().executeTakeFirstOrThrow()
  return {
    cuts: row.cuts,
    gradedOn: row.graded_on,
    policyVersion: row.policy_version,
    windowFrom: row.window_from?.toISOString() ?? null,
    refreshedAt: row.refreshed_at?.toISOString() ?? null,
  }
}
