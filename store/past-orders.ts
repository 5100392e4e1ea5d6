import { sql } from 'kysely'
import type { PastOrder } from '../domain/policy-trials.ts'
import type { Db, Tx } from './database.ts'

/** Orders placed from the first moment up to, not including, the second one. */
export type Window = { from: Date; to: Date }
/** Where a list goes on: the time of the last order in the database's own words, and its id. */
export type OrderPosition = [createdAt: string, id: string]
export type PastOrderRow = { orderId: string; position: OrderPosition; order: PastOrder }

type Row = {
  id: string
  at: string
  channel: string
  store_id: string
  division_code: string
  amount_cents: number
  freight_cents: number
  created_at: Date
  lines: PastOrder['lines']
  paid_ms: number | null
  payments_ms: number[] | null
  ended_ms: number | null
  delivered_ms: number | null
  returns_ms: number[] | null
}

/** How many orders lie in the window, counted up to a limit. */
export async function countPastOrders(db: Db | Tx, { from, to }: Window, limit: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from (
      select 1 from orders where created_at >= ${from} and created_at < ${to} limit ${limit}) as counted`.execute(
    db,
  )
  return rows[0]?.count ?? 0
}

/** The next orders of the window with what became of them, newest first. */
export async function readPastOrders(
  db: Db | Tx,
  { from, to }: Window,
  after: OrderPosition | null,
  limit: number,
): Promise<PastOrderRow[]> {
  const below = after ? sql`and (created_at, id) < (${after[0]}::timestamptz, ${after[1]}::uuid)` : sql``
  const ms = (moment: string) => sql.raw(`(extract(epoch from ${moment}) * 1000)::float8`)
  const { rows } = await sql<Row>`
    select o.id, o.created_at::text as at, o.channel, o.store_id, o.division_code, o.amount_cents, o.freight_cents,
      o.created_at,
      (select coalesce(json_agg(json_build_object('lineNumber', line_number, 'skuId', sku_id, 'quantity', quantity,
        'unitPriceCents', unit_price_cents) order by line_number), '[]') from order_line where order_id = o.id) as lines,
      paid.paid_ms, paid.payments_ms, moved.ended_ms, moved.delivered_ms,
      (select json_agg(${ms('created_at')}) from order_return where order_id = o.id) as returns_ms
    from (
      select * from orders where created_at >= ${from} and created_at < ${to} ${below}
      order by created_at desc, id desc limit ${limit}
    ) as o
    cross join lateral (
      select case when sum(amount_cents) >= o.amount_cents then ${ms('max(received_at)')} end as paid_ms,
        json_agg(${ms('received_at')}) as payments_ms
      from payment where order_id = o.id
    ) as paid
    cross join lateral (
      select ${ms("min(at) filter (where new_value in ('expired', 'cancelled'))")} as ended_ms,
        ${ms("min(at) filter (where new_value = 'delivered')")} as delivered_ms
      from operation_log where order_id = o.id and field = 'status'
    ) as moved
    order by o.created_at desc, o.id desc`.execute(db)
  return rows.map((row) => ({
    orderId: row.id,
    position: [row.at, row.id],
    order: {
      channel: row.channel,
      storeId: row.store_id,
      divisionCode: row.division_code,
      amountCents: row.amount_cents,
      freightCents: row.freight_cents,
      lines: row.lines,
      placedAtMs: row.created_at.getTime(),
      paidAtMs: row.paid_ms,
      paymentsAtMs: row.payments_ms ?? [],
      endedAtMs: row.ended_ms,
      deliveredAtMs: row.delivered_ms,
      returnsAtMs: row.returns_ms ?? [],
    },
  }))
}
