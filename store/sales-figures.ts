import { type RawBuilder, sql } from 'kysely'
import type { Db, Tx } from './database.ts'
import { liveOrEnded } from './reservation.ts'

/** Days are those of China Standard Time, which has no other hour in summer. */
export const BUSINESS_TIME_ZONE = 'Asia/Shanghai'
/** An hour is counted so long after its end: who has not paid by then has mostly lost the goods again. */
const COUNTED_AFTER_MINUTES = 30

/**
 * Counts the orders of the earliest hour that is over and not yet counted: orders by store and set of warehouses, units
 * by store and SKU, lines by SKU and quantity. Hours are counted in sequence and once, whoever does it. The figures are what reports and shares
 * are made of, so that neither ever reads all orders.
 *
 * @returns whether there was such an hour
 */
export async function countNextHour(db: Db): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ hour: Date }>`
      with next as (
        select coalesce((select max(hour) + interval '1 hour' from counted_hour),
          (select date_trunc('hour', min(created_at), 'UTC') from orders)) as hour
      )
      insert into counted_hour (hour)
      select hour from next where hour + interval '1 hour' + make_interval(mins => ${COUNTED_AFTER_MINUTES}) <= now()
      on conflict do nothing returning hour`.execute(tx)
    const hour = rows[0]?.hour
    if (!hour) return false
    await countOrders(tx, hour)
    await countSales(tx, hour)
    await countLines(tx, hour)
    return true
  })
}

async function countOrders(tx: Tx, hour: Date): Promise<void> {
  await sql`
    insert into order_day (day, store_id, warehouse_ids, orders)
    select (${hour}::timestamptz at time zone ${BUSINESS_TIME_ZONE})::date, store_id, warehouse_ids, count(*)
    from (${placedOrders(sql`created_at >= ${hour}::timestamptz and created_at < ${hour}::timestamptz + interval '1 hour'`)}) as placed
    group by store_id, warehouse_ids order by store_id, warehouse_ids
    on conflict (day, store_id, warehouse_ids) do update set orders = order_day.orders + excluded.orders`.execute(
    tx,
  )
}

async function countSales(tx: Tx, hour: Date): Promise<void> {
  await sql`
    insert into sales_day (sku_id, store_id, day, quantity)
    select line.sku_id, orders.store_id, (${hour}::timestamptz at time zone ${BUSINESS_TIME_ZONE})::date, sum(line.quantity)
    from orders join order_line as line on line.order_id = orders.id
    where orders.created_at >= ${hour}::timestamptz and orders.created_at < ${hour}::timestamptz + interval '1 hour'
      and orders.status not in ('expired', 'cancelled')
    group by line.sku_id, orders.store_id order by line.sku_id, orders.store_id
    on conflict (sku_id, store_id, day) do update set quantity = sales_day.quantity + excluded.quantity`.execute(
    tx,
  )
}

/** How large the lines of each SKU were, for saying what is usual. */
async function countLines(tx: Tx, hour: Date): Promise<void> {
  await sql`
    insert into sales_line (sku_id, month, quantity, lines)
    select line.sku_id, date_trunc('month', ${hour}::timestamptz at time zone ${BUSINESS_TIME_ZONE})::date, line.quantity,
      count(*)
    from orders join order_line as line on line.order_id = orders.id
    where orders.created_at >= ${hour}::timestamptz and orders.created_at < ${hour}::timestamptz + interval '1 hour'
      and orders.status not in ('expired', 'cancelled') and line.quantity > 0
    group by line.sku_id, line.quantity order by line.sku_id, line.quantity
    on conflict (sku_id, month, quantity) do update set lines = sales_line.lines + excluded.lines`.execute(tx)
}

/** Orders with the set of warehouses that their goods were reserved in; empty for an order that holds no spot goods. */
function placedOrders(condition: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`
    select orders.created_at, orders.store_id, coalesce((
      select array_agg(distinct warehouse_id order by warehouse_id) from reservation
      where reservation.order_id = orders.id and ${liveOrEnded('reservation')}), '{}') as warehouse_ids
    from orders where ${condition}`
}

/** Units that each store sold of these SKUs in the last days, by "store SKU". Sales of the last hour or two are not in it. */
export async function recentSales(
  tx: Tx | Db,
  skuIds: readonly string[],
  days: number,
): Promise<Map<string, number>> {
  const { rows } = await sql<{ store_id: string; sku_id: string; quantity: number }>`
    select store_id, sku_id, sum(quantity)::bigint as quantity from sales_day
    where sku_id = any(${[...skuIds]}::text[])
      and day > (now() at time zone ${BUSINESS_TIME_ZONE})::date - ${days}::int
    group by store_id, sku_id`.execute(tx)
  return new Map(rows.map((row) => [`${row.store_id} ${row.sku_id}`, row.quantity]))
}

export type OrderDay = {
  /** YYYY-MM-DD in China Standard Time. */
  day: string
  orders: number
  /** Orders of which any part comes from one of the named warehouses. */
  ordersFromNamed: number
  channels: string[]
}

/**
 * Orders of each day of a period that has any, from the counted hours and, for the hour or two since, from the orders
 * themselves.
 *
 * @param period first and last day, YYYY-MM-DD
 */
export async function ordersByDay(
  db: Db,
  period: { from: string; to: string },
  warehouseIds: readonly string[],
): Promise<OrderDay[]> {
  const { from, to } = period
  const since = sql`greatest(
    (select coalesce(max(hour) + interval '1 hour', '-infinity') from counted_hour),
    ${from}::date::timestamp at time zone ${BUSINESS_TIME_ZONE})`
  const until = sql`(${to}::date + 1)::timestamp at time zone ${BUSINESS_TIME_ZONE}`
  const { rows } = await sql<OrderDay>`
    with placed as (
      select day, store_id, warehouse_ids, orders from order_day where day between ${from}::date and ${to}::date
      union all
      select (created_at at time zone ${BUSINESS_TIME_ZONE})::date, store_id, warehouse_ids, 1
      from (${placedOrders(sql`created_at >= ${since} and created_at < ${until}`)}) as recent
    )
    select day::text, sum(orders)::bigint as orders,
      coalesce(sum(orders) filter (where warehouse_ids && ${[...warehouseIds]}::text[]), 0)::bigint as "ordersFromNamed",
      array_agg(distinct store.channel order by store.channel) as channels
    from placed join store on store.id = placed.store_id
    group by day order by day`.execute(db)
  return rows
}
