import pg from 'pg'
import { refreshCustomers } from '../../store/customer-refresh.ts'
import type { Db } from '../../store/database.ts'
import type { Figure } from '../figure.ts'
import type { Stage } from '../stage.ts'

/** Days that the orders are spread over: a window of the built-in policy. */
const DAYS = 364
const LEAST_CUSTOMERS = 10_000
/** Of ten orders so many are of customers who have ordered before. */
const ORDERS_FOR_TEN_CUSTOMERS = 15
/** Orders that a turn finds changed. */
const CHANGED = 100

/**
 * Customers, so many of them: s to count all of their orders for the first time and to grade everybody, s to grade
 * everybody again on the next day, and s for a turn that finds 100 orders changed. Beside the smallest number of
 * customers: what grows more than they do is not incremental.
 *
 * @param most the largest number of customers; also measured are its tenths down to 10,000
 */
export async function measureCustomers(stage: Stage, most: number): Promise<Figure[]> {
  const figures: Figure[] = []
  let few: Taken | null = null
  for (let customers = LEAST_CUSTOMERS; customers <= most; customers *= 10) {
    const taken = await measure(stage, customers)
    few ??= taken
    stage.check()
    const times = customers / LEAST_CUSTOMERS
    const figure = (suffix: string, value: number, baseline: number, against: string): Figure => ({
      name: `customers-1e${Math.round(Math.log10(customers))}${suffix}`,
      value,
      unit: 's',
      baseline,
      aim: { atMost: 1.5 },
      against,
    })
    figures.push(
      figure('', taken.whole, few.whole * times, `10,000 customers, times ${times}`),
      figure('-day', taken.day, few.day * times, `a day of 10,000 customers, times ${times}`),
      figure('-turn', taken.turn, few.turn, 'the same turn over 10,000 customers'),
    )
  }
  return figures
}

type Taken = { whole: number; day: number; turn: number }

async function measure(stage: Stage, customers: number): Promise<Taken> {
  const { db, ownerUrl } = await stage.freshDatabase(`hub_bench_customers_${customers}`)
  const owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()
  for (const statement of fill(customers)) await owner.query(statement)
  await owner.query('vacuum analyze')
  const now = Date.now()
  const whole = await refresh(db, now)
  await owner.query('vacuum analyze customer, customer_identity, customer_order')
  const day = await refresh(db, now + 86_400_000)
  await owner.query(
    `insert into customer_due (order_id)
     select id from orders where placed_by = 'bench' order by created_at desc limit ${CHANGED}`,
  )
  const turn = await refresh(db, now + 86_400_000)
  await owner.end()
  return { whole, day, turn }
}

async function refresh(db: Db, atMs: number): Promise<number> {
  const startedAt = performance.now()
  while (!(await refreshCustomers(db, { now: new Date(atMs) })).isDone);
  return (performance.now() - startedAt) / 1_000
}

/** Paid orders of the mall, each shipped from a warehouse, of customers of whom some order again; what they cost differs a hundredfold. */
function fill(customers: number): string[] {
  const orders = Math.round((customers * ORDERS_FOR_TEN_CUSTOMERS) / 10)
  return [
    `insert into contact (id, key_id, sealed, customer, division_code)
      select md5(n::text)::uuid, 'bench', '\\x00', sha256(((n - 1) % ${customers})::text::bytea), '330106'
      from generate_series(1, ${orders}) as n`,
    `insert into orders (id, channel, store_id, contact_id, division_code, status, amount_cents, freight_cents, paid_cents,
        reservation_expires_at, policy_versions, placed_by, created_at)
      select gen_random_uuid(), 'mall', 'MALL', md5(n::text)::uuid, '330106', 'completed', cost, 0, cost, now(), '{}', 'bench',
        now() - interval '${DAYS} days' * (n::float8 / ${orders})
      from (select n, (1000 * power(100, random()))::bigint as cost from generate_series(1, ${orders}) as n) as sold`,
    `insert into reservation (id, owner_kind, owner_id, order_id, line_number, sku_id, warehouse_id, quantity, state, expires_at,
        operation_id)
      select gen_random_uuid(), 'order_line', orders.id || '/1', orders.id, 1, sku.id, warehouse.id, 1, 'consumed', now(), 'bench'
      from orders, (select id from sku order by id limit 1) as sku, (select id from warehouse order by id limit 1) as warehouse
      where placed_by = 'bench'`,
  ]
}
