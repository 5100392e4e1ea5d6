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

/** What the orders of a customer come to, as columns of `customer`; `last_at_ms` is for the day. */
type SumRow = {
  id: string
  orders: number
  amount_cents: number
  net_cents: number
  returned_orders: number
  change_requests: number
  complaints: number
  /** As text, with all of their microseconds. */
  first_order_at: string | null
  last_order_at: string | null
  lifetime_orders: number
  last_at_ms: number | null
}

const FIGURE_COLUMNS = [
  ...['orders', 'amount_cents', 'net_cents', 'returned_orders', 'change_requests', 'complaints'],
  ...['first_order_at', 'last_order_at', 'last_order_day', 'lifetime_orders'],
  ...['preferred_channel', 'preferred_warehouse'],
  ...['recency_score', 'frequency_score', 'monetary_score', 'segment'],
]

/** The figures as columns of `table`, in one order for all. */
const figuresOf = (table: 'given' | 'excluded' | 'customer') =>
  sql.join(FIGURE_COLUMNS.map((column) => sql.ref(`${table}.${column}`)))

type UsageRow = Usage & { id: string; what: 'channel' | 'warehouse' }

/**
 * Counts customers anew, from what each of their orders was when it was last looked at; who is new is written with their
 * figures, once, instead of first without. Whoever calls it holds the lock of the figures (`lockFigures`).
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
  const rows = sums.map(({ last_at_ms: lastAtMs, ...row }) => {
    const lastOrderDay = lastAtMs === null ? 0 : chinaDayNumber(lastAtMs)
    const used = byCustomer.get(row.id) ?? []
    const grade = gradeOf({ orders: row.orders, netCents: row.net_cents, lastOrderDay }, measure)
    return {
      ...row,
      last_order_day: lastOrderDay,
      preferred_channel: preferredOf(used.filter(({ what }) => what === 'channel')),
      preferred_warehouse: preferredOf(used.filter(({ what }) => what === 'warehouse')),
      recency_score: grade.recency,
      frequency_score: grade.frequency,
      monetary_score: grade.monetary,
      segment: grade.segment,
    }
  })
  const columns = sql.join(FIGURE_COLUMNS.map((column) => sql.ref(column)))
  await sql`
    insert into customer (id, ${columns})
    select given.id, ${figuresOf('given')}
    from jsonb_populate_recordset(null::customer, ${JSON.stringify(rows)}::jsonb) as given
    on conflict (id) do update set (${columns}) = row(${figuresOf('excluded')})
      where (${figuresOf('customer')}) is distinct from (${figuresOf('excluded')})`.execute(tx)
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
    select given.id, count(*) filter (where ${counted})::int as orders,
      coalesce(sum(fact.amount_cents) filter (where ${counted}), 0)::bigint as amount_cents,
      coalesce(sum(fact.net_cents) filter (where ${counted}), 0)::bigint as net_cents,
      count(*) filter (where ${counted} and fact.returned)::int as returned_orders,
      coalesce(sum(fact.change_requests) filter (where ${inWindow}), 0)::int as change_requests,
      coalesce(sum(fact.complaints) filter (where ${inWindow}), 0)::int as complaints,
      (min(fact.ordered_at) filter (where ${counted}))::text as first_order_at,
      (max(fact.ordered_at) filter (where ${counted}))::text as last_order_at,
      extract(epoch from max(fact.ordered_at) filter (where ${counted}))::float8 * 1000 as last_at_ms,
      count(*) filter (where fact.counts)::int as lifetime_orders
    from unnest(${customerIds}::uuid[]) as given (id)
      left join customer_identity as identity on identity.customer_id = given.id
      left join customer_order as fact on fact.identity_id = identity.id
    group by given.id`.execute(tx)
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
