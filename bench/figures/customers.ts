import { sql } from 'kysely'
import { refreshCustomers } from '../../store/customer-refresh.ts'
import type { Db } from '../../store/database.ts'
import { fillTables, takeStatistics } from '../catalogue.ts'
import { type Taken, taken } from '../cpu-time.ts'
import { type Figure, growthFigures } from '../figure.ts'
import type { Stage } from '../stage.ts'

/** Days that the orders are spread over: a window of the built-in policy. */
const DAYS = 364
const LEAST_CUSTOMERS = 10_000
/** Of ten orders so many are of customers who have ordered before. */
const ORDERS_FOR_TEN_CUSTOMERS = 15
/** Orders that a turn finds changed. */
const CHANGED = 100
const MOST_GROWTH = 1.5
const DAY_MS = 86_400_000

/**
 * Customers, so many of them: s to count all of their orders for the first time and to grade everybody, s to grade
 * everybody again on the next day, and s for a turn that finds 100 orders changed; of all also the processor time. Beside the smallest number of
 * customers: what grows more than they do is not incremental.
 *
 * @param most the largest number of customers; also measured are its tenths down to 10,000
 */
export async function measureCustomers(stage: Stage, most: number): Promise<Figure[]> {
  const figures: Figure[] = []
  let few: Measured | null = null
  for (let customers = LEAST_CUSTOMERS; customers <= most; customers *= 10) {
    const measured = await measure(stage, customers)
    few ??= measured
    stage.check()
    const times = customers / LEAST_CUSTOMERS
    const name = `customers-1e${Math.round(Math.log10(customers))}`
    const grown = (each: keyof Measured, suffix: string, by: number, against: string) =>
      growthFigures(`${name}${suffix}`, measured[each], few?.[each] ?? measured[each], {
        ...{ times: by, aimAtMost: MOST_GROWTH, against },
      })
    figures.push(
      ...grown('whole', '', times, '10,000 customers'),
      ...grown('day', '-day', times, 'a day of 10,000 customers'),
      ...grown('turn', '-turn', 1, 'the same turn over 10,000 customers'),
    )
  }
  return figures
}

type Measured = { whole: Taken; day: Taken; turn: Taken }

async function measure(stage: Stage, customers: number): Promise<Measured> {
  const { db, ownerUrl } = await stage.freshDatabase(`hub_bench_customers_${customers}`)
  await fillTables(ownerUrl, fill(customers), () => stage.check())
  const now = Date.now()
  const whole = await taken(() => refresh(stage, db, now))
  await takeStatistics(ownerUrl)
  const day = await taken(() => refresh(stage, db, now + DAY_MS))
  await sql`
    insert into customer_due (order_id)
    select id from orders where placed_by = 'bench' order by created_at desc limit ${CHANGED}`.execute(db)
  return { whole, day, turn: await taken(() => refresh(stage, db, now + DAY_MS)) }
}

async function refresh(stage: Stage, db: Db, atMs: number): Promise<void> {
  while (!(await refreshCustomers(db, { now: new Date(atMs) })).isDone) stage.check()
}

/** Paid orders of the mall, each shipped from a warehouse, of customers of whom some order again; what they cost differs a hundredfold. */
function fill(customers: number): string[] {
  const orders = Math.round((customers * ORDERS_FOR_TEN_CUSTOMERS) / 10)
  const age = `interval '${DAYS} days' * (n::float8 / ${orders})`
  return [
    `insert into contact (id, key_id, sealed, customer, division_code)
      select md5(n::text)::uuid, 'bench', '\\x00', sha256(((n - 1) % ${customers})::text::bytea), '330106'
      from generate_series(1, ${orders}) as n`,
    `insert into orders (id, channel, store_id, contact_id, division_code, status, amount_cents, freight_cents, paid_cents,
        reservation_expires_at, policy_versions, placed_by, created_at)
      select uuidv7(-${age}), 'mall', 'MALL', md5(n::text)::uuid, '330106', 'completed', cost, 0, cost, now(), '{}', 'bench',
        now() - ${age}
      from (select n, (1000 * power(100, random()))::bigint as cost from generate_series(1, ${orders}) as n) as sold`,
    `insert into reservation (id, owner_kind, owner_id, order_id, line_number, sku_id, warehouse_id, quantity, state, expires_at,
        operation_id)
      select gen_random_uuid(), 'order_line', orders.id || '/1', orders.id, 1, sku.id, warehouse.id, 1, 'consumed', now(), 'bench'
      from orders, (select id from sku order by id limit 1) as sku, (select id from warehouse order by id limit 1) as warehouse
      where placed_by = 'bench'`,
  ]
}
