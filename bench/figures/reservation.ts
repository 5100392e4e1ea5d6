import pg from 'pg'
import type { ReserveRequest } from '../../store/reservation.ts'
import { fillOrders, fillWarehouses, reservationFor } from '../catalogue.ts'
import { measureClosedLoop } from '../closed-loop.ts'
import type { Figure } from '../figure.ts'
import { reservingWork } from '../reserving.ts'
import type { Stage } from '../stage.ts'
import { median } from '../statistics.ts'
import { measureProcesses } from './reservation-processes.ts'

const SKUS = 10_000
const WAREHOUSES = 12
/** Each article lies in so many of the warehouses. */
const STOCKED_IN = 3
/** Orders in whose names stock is reserved; each again and again, on another line. */
const ORDERS = 20_000
const ROUNDS = 3
const WARM_UP_MS = 1_000
const WINDOW_MS = 3_000

type Load = {
  name: string
  callers: number
  /** The articles of the request with this number. */
  skusOf: (index: number) => number[]
  /** How many times the throughput of one transaction per order, at least. */
  atLeast?: number
}

const spread = (index: number) => (index * 7_919) % SKUS
const LOADS: Load[] = [
  { name: 'reserve-hot-16', callers: 16, skusOf: () => [0], atLeast: 12 },
  { name: 'reserve-hot-64', callers: 64, skusOf: () => [0], atLeast: 25 },
  { name: 'reserve-uniform-16', callers: 16, skusOf: (index) => [spread(index)], atLeast: 2.5 },
  {
    name: 'reserve-lines-16',
    callers: 16,
    skusOf: (index) => [0, 1, 2, 3, 4].map((line) => spread(5 * index + line)),
  },
]

/**
 * Reservations with everything that belongs to one (holds whose time is over, ledger, operation id), in groups and one
 * transaction per order, in turns: throughput, and the time that the slowest of a hundred waits.
 */
export async function measureReservations(stage: Stage, say: (line: string) => void): Promise<Figure[]> {
  const { db, ownerUrl, appUrl } = await stage.freshDatabase('hub_bench_reservation')
  const orderIds = await fill(ownerUrl)
  let count = 0
  const next = (load: Load): ReserveRequest => {
    count += 1
    const demand = load.skusOf(count).map((sku, index) => ({
      lineNumber: Math.floor(count / ORDERS) * 10 + index + 1,
      skuId: `BENCH-${sku}`,
      quantity: 1,
    }))
    return reservationFor(orderIds[count % ORDERS] ?? '', demand)
  }
  const figures: Figure[] = []
  for (const load of LOADS) {
    const { grouped, single } = reservingWork(db, () => next(load))
    const loop = {
      concurrency: load.callers,
      warmUpMs: WARM_UP_MS,
      windowMs: WINDOW_MS,
      signal: stage.signal,
    }
    const rates: { grouped: number[]; single: number[] } = { grouped: [], single: [] }
    const slowest: { grouped: number[]; single: number[] } = { grouped: [], single: [] }
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [way, work] of [
        ['single', single],
        ['grouped', grouped],
      ] as const) {
        const result = await measureClosedLoop(work, loop)
        rates[way].push(result.perSecond)
        slowest[way].push(result.p99Ms)
      }
    }
    say(`  ${load.name}: ${median(rates.grouped).toFixed(0)}/s against ${median(rates.single).toFixed(0)}/s`)
    const against = 'one transaction per order'
    figures.push(
      {
        name: load.name,
        value: median(rates.grouped),
        unit: 'reservations/s',
        baseline: median(rates.single),
        ...(load.atLeast === undefined ? {} : { aim: { atLeast: load.atLeast } }),
        against,
      },
      {
        name: `${load.name}-p99`,
        value: median(slowest.grouped),
        unit: 'ms',
        baseline: median(slowest.single),
        aim: { atMost: 1 },
        against,
      },
    )
  }
  figures.push(await measureProcesses(appUrl, 'BENCH-0', stage.signal))
  stage.check()
  return figures
}

/** Articles in twelve warehouses, and orders to reserve for. Returns the ids of the orders. */
export async function fill(ownerUrl: string): Promise<string[]> {
  const owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()
  await owner.query(`insert into sku (id, name, category, standard_price_cents, weight_grams)
    select 'BENCH-' || n, 'x', 'x', 100, 100 from generate_series(0, ${SKUS - 1}) as n`)
  await fillWarehouses(owner, 'BENCH', WAREHOUSES)
  await owner.query(`insert into stock_level (sku_id, warehouse_id, total)
    select 'BENCH-' || s, 'BENCH-' || 1 + (s + 4 * w) % ${WAREHOUSES}, 100000000
    from generate_series(0, ${SKUS - 1}) as s, generate_series(1, ${STOCKED_IN}) as w`)
  const orderIds = await fillOrders(owner, ORDERS)
  // Statistics of an empty table would plan for an empty table.
  await owner.query(`insert into reservation (id, owner_kind, owner_id, order_id, line_number, sku_id, warehouse_id,
      quantity, state, expires_at, operation_id)
    select gen_random_uuid(), 'order_line', id || '/0', id, 0, 'BENCH-' || n % ${SKUS}, 'BENCH-' || 1 + (n % ${SKUS} + 4) % ${WAREHOUSES},
      1, case when n % 20 = 0 then 'confirmed' when n % 20 = 1 then 'held' else 'consumed' end,
      now() + interval '1 hour', 'fill'
    from (select id, row_number() over () as n from orders) as filled`)
  await owner.query(`update stock_level set reserved = live.units from (select sku_id, warehouse_id, sum(quantity) as units
      from reservation where state in ('held', 'confirmed') group by 1, 2) as live
    where stock_level.sku_id = live.sku_id and stock_level.warehouse_id = live.warehouse_id`)
  await owner.query('vacuum analyze')
  await owner.end()
  return orderIds
}
