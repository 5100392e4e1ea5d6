import { sql } from 'kysely'
import type { CustomerSegmentsPolicy } from '../contracts/policies/customer-segments.ts'
import { preferredOf, type Usage } from '../domain/customer-figures.ts'
import {
  chinaDayNumber,
  type RfmCuts,
  type RfmFigures,
  type RfmScores,
  rfmScoresOf,
  segmentOf,
} from '../domain/customer-segment.ts'
import type { Tx } from './database.ts'

/** By what customers are counted and graded. */
export type CustomerMeasure = {
  /** Orders from here on are counted. */
  windowFrom: Date
  cuts: RfmCuts
  segments: CustomerSegmentsPolicy['segments']
}

type SumRow = {
  id: string
  orders: number
  amountCents: number
  netCents: number
  returnedOrders: number
  changeRequests: number
  complaints: number
  /** As text, with all of their microseconds. */
  firstOrderAt: string | null
  lastOrderAt: string | null
  lastAtMs: number | null
  lifetimeOrders: number
}

type UsageRow = Usage & { id: string; what: 'channel' | 'warehouse' }

/**
 * Counts customers anew, from what each of their orders was when it was last looked at. Whoever calls it holds the lock
 * of the figures (`lockFigures`).
 */
export async function recountCustomers(
  tx: Tx,
  customerIds: readonly string[],
  measure: CustomerMeasure,
): Promise<void> {
  if (customerIds.length === 0) return
  const sums = await sumsOf(tx, customerIds, measure.windowFrom)
  const usages = await usagesOf(tx, customerIds, measure.windowFrom)
  const byCustomer = new Map<string, UsageRow[]>(customerIds.map((id) => [id, []]))
  for (const usage of usages) byCustomer.get(usage.id)?.push(usage)
  const rows = sums.map(({ lastAtMs, ...row }) => {
    const lastOrderDay = lastAtMs === null ? 0 : chinaDayNumber(lastAtMs)
    const used = byCustomer.get(row.id) ?? []
    const grade = gradeOf({ ...row, lastOrderDay }, measure)
    return {
      ...row,
      lastOrderDay,
      preferredChannel: preferredOf(used.filter(({ what }) => what === 'channel')),
      preferredWarehouse: preferredOf(used.filter(({ what }) => what === 'warehouse')),
      ...grade,
    }
  })
  await sql`
    update customer set (orders, amount_cents, net_cents, returned_orders, change_requests, complaints, first_order_at,
        last_order_at, last_order_day, lifetime_orders, preferred_channel, preferred_warehouse, recency_score,
        frequency_score, monetary_score, segment)
      = (given.orders, given."amountCents", given."netCents", given."returnedOrders", given."changeRequests",
        given.complaints, given."firstOrderAt", given."lastOrderAt", given."lastOrderDay", given."lifetimeOrders",
        given."preferredChannel", given."preferredWarehouse", given.recency, given.frequency, given.monetary, given.segment)
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as given (id uuid, orders integer, "amountCents" bigint,
      "netCents" bigint, "returnedOrders" integer, "changeRequests" integer, complaints integer, "firstOrderAt" timestamptz,
      "lastOrderAt" timestamptz, "lastOrderDay" integer, "lifetimeOrders" integer, "preferredChannel" text,
      "preferredWarehouse" text, recency smallint, frequency smallint, monetary smallint, segment text)
    where customer.id = given.id`.execute(tx)
}

/** What of a customer's row is graded. */
export type Graded = { orders: number; netCents: number; lastOrderDay: number }
export type Grade = { [Measure in keyof RfmScores]: number | null } & { segment: string | null }

/** The scores of a customer and their segment; none of somebody without an order in the window. */
export function gradeOf(
  figures: Graded,
  { cuts, segments }: Pick<CustomerMeasure, 'cuts' | 'segments'>,
): Grade {
  if (figures.orders === 0) return { recency: null, frequency: null, monetary: null, segment: null }
  const scores = rfmScoresOf(rfmFiguresOf(figures), cuts)
  return { ...scores, segment: segmentOf(scores, segments)?.code ?? null }
}

/** Money counts in whole yuan: more than that tells nobody apart, and there are fewer values to sort. */
function rfmFiguresOf({ orders, netCents, lastOrderDay }: Graded): RfmFigures {
  return { recency: lastOrderDay, frequency: orders, monetary: Math.floor(netCents / 100) }
}

async function sumsOf(tx: Tx, customerIds: readonly string[], windowFrom: Date): Promise<SumRow[]> {
  const inWindow = sql`fact.ordered_at >= ${windowFrom}::timestamptz`
  const counted = sql`fact.counts and ${inWindow}`
  const { rows } = await sql<SumRow>`
    select customer.id, count(*) filter (where ${counted})::int as orders,
      coalesce(sum(fact.amount_cents) filter (where ${counted}), 0)::bigint as "amountCents",
      coalesce(sum(fact.net_cents) filter (where ${counted}), 0)::bigint as "netCents",
      count(*) filter (where ${counted} and fact.returned)::int as "returnedOrders",
      coalesce(sum(fact.change_requests) filter (where ${inWindow}), 0)::int as "changeRequests",
      coalesce(sum(fact.complaints) filter (where ${inWindow}), 0)::int as complaints,
      (min(fact.ordered_at) filter (where ${counted}))::text as "firstOrderAt",
      (max(fact.ordered_at) filter (where ${counted}))::text as "lastOrderAt",
      extract(epoch from max(fact.ordered_at) filter (where ${counted}))::float8 * 1000 as "lastAtMs",
      count(*) filter (where fact.counts)::int as "lifetimeOrders"
    from customer left join customer_identity as identity on identity.customer_id = customer.id
      left join customer_order as fact on fact.identity_id = identity.id
    where customer.id = any(${customerIds}::uuid[])
    group by customer.id`.execute(tx)
  return rows
}

async function usagesOf(tx: Tx, customerIds: readonly string[], windowFrom: Date): Promise<UsageRow[]> {
  const { rows } = await sql<UsageRow>`
    select identity.customer_id as id, used.what, used.key, count(*)::int as orders,
      extract(epoch from max(fact.ordered_at))::float8 * 1000 as "lastAtMs"
    from customer_identity as identity
      join customer_order as fact on fact.identity_id = identity.id
      cross join lateral (values ('channel', fact.channel), ('warehouse', fact.warehouse_id)) as used (what, key)
    where identity.customer_id = any(${customerIds}::uuid[]) and fact.counts
      and fact.ordered_at >= ${windowFrom}::timestamptz and used.key <> ''
    group by identity.customer_id, used.what, used.key`.execute(tx)
  return rows
}
