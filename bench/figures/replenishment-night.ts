import { planBatch } from '../../activities/replenishment.ts'
import { augursForecasters } from '../../connectors/forecasting/augurs.ts'
import { SEASON_DAYS } from '../../domain/replenishment.ts'
import { chinaTimeOf } from '../../domain/working-time.ts'
import type { Db } from '../../store/database.ts'
import { takeDemand } from '../../store/demand.ts'
import { beginRun, finishRun } from '../../store/replenishment-runs.ts'
import { fillTables, takeStatistics } from '../catalogue.ts'
import type { Figure } from '../figure.ts'
import type { Stage } from '../stage.ts'

const SKUS = 10_000
const WAREHOUSES = 12
const DAYS = 180
/** Two levels are in each order; the first thousand articles sell half of everything. */
const LINES = 2

/**
 * A night: what the ledger has new becomes demand, and every SKU is worked out for every warehouse. Beside it the demand alone,
 * and the next night, which finds no new orders.
 */
export async function measureReplenishmentNight(
  stage: Stage,
  say: (line: string) => void,
  orders: number,
): Promise<Figure[]> {
  const { db, ownerUrl } = await stage.freshDatabase(`hub_bench_replenish_${orders}`)
  await fillTables(ownerUrl, fill(orders), () => stage.check())
  const day = chinaTimeOf(Date.now()).day
  const taking = await timed(() => takeAll(stage, db))
  await takeStatistics(ownerUrl)
  const planning = await timed(() => planAll(stage, db, 1, day))
  const again = await timed(async () => (await takeAll(stage, db)) + (await planAll(stage, db, 2, day)))
  say(`  ${taking.result} rows of the ledger, ${planning.result} levels`)
  const night = taking.seconds + planning.seconds
  const against = `demand of ${orders} orders alone`
  return [
    {
      name: `replenishment-night-${orders}`,
      ...{ value: night, baseline: taking.seconds, unit: 's', against },
    },
    {
      name: `replenishment-night-again-${orders}`,
      ...{ value: again.seconds, baseline: night, unit: 's', against: 'the first night' },
    },
  ]
}

async function timed<Result>(work: () => Promise<Result>): Promise<{ result: Result; seconds: number }> {
  const startedAt = performance.now()
  const result = await work()
  return { result, seconds: (performance.now() - startedAt) / 1_000 }
}

async function takeAll(stage: Stage, db: Db): Promise<number> {
  let rows = 0
  for (;;) {
    const taken = await takeDemand(db)
    stage.check()
    if (taken === 0) return rows
    rows += taken
  }
}

async function planAll(stage: Stage, db: Db, night: number, day: string): Promise<number> {
  const heavy = augursForecasters(SEASON_DAYS)
  const id = `00000000-0000-4000-8000-${String(night).padStart(12, '0')}`
  let run = await beginRun(db, { id, day, policyVersion: 0 })
  let levels = 0
  while (run !== null) {
    const batch = await planBatch(db, run, heavy)
    stage.check()
    if (typeof batch === 'string') break
    levels += batch.levels
    run = batch.run
  }
  await finishRun(db, id)
  return levels
}

/** A ledger of half a year: goods came in everywhere at its beginning, and were ordered and shipped since. */
function fill(orders: number): string[] {
  const level = `'N-' || lpad(n::text, 5, '0'), 'NW-' || w`
  const sku = (seed: string) =>
    `'N-' || lpad((case when ${seed} % 2 = 0 then (${seed} * 7919) % 1000 else (${seed} * 104729) % ${SKUS} end)::text, 5, '0')`
  const at = `now() - interval '${DAYS} days' + (n::float8 / ${orders}) * interval '${DAYS} days'`
  return [
    `insert into warehouse (id, name, division_code, longitude, latitude, region)
      select 'NW-' || w, 'NW-' || w, '330106', 120, 30, '华东' from generate_series(1, ${WAREHOUSES}) as w`,
    `insert into sku (id, name, category, standard_price_cents, weight_grams)
      select 'N-' || lpad(n::text, 5, '0'), 'N', '测试', 1000, 100 from generate_series(0, ${SKUS - 1}) as n`,
    `insert into stock_level (sku_id, warehouse_id, total)
      select ${level}, 1000 from generate_series(0, ${SKUS - 1}) as n, generate_series(1, ${WAREHOUSES}) as w`,
    `insert into stock_ledger (sku_id, warehouse_id, kind, total_delta, operation_id, operator, recorded_at)
      select ${level}, 'receive', 1000, 'first', 'bench', now() - interval '${DAYS} days'
      from generate_series(0, ${SKUS - 1}) as n, generate_series(1, ${WAREHOUSES}) as w`,
    `insert into contact (id, key_id, sealed, division_code) values (gen_random_uuid(), 'night', '\\x00', '330106')`,
    `insert into orders (id, channel, store_id, contact_id, division_code, status, amount_cents, freight_cents,
        reservation_expires_at, policy_versions, placed_by, created_at, external_order_id)
      select uuidv7(${at} - now()), 'mall', 'MALL', contact.id, '330106', 'completed', 1000, 0, now(), '{}', 'night', ${at}, 'N' || n
      from generate_series(1, ${orders}) as n, contact where key_id = 'night'`,
    `insert into stock_ledger (sku_id, warehouse_id, kind, reserved_delta, shipped_delta, order_id, operation_id, operator, recorded_at)
      select ${sku('(n * 3 + line)')}, 'NW-' || (1 + (n + line) % ${WAREHOUSES}), step.kind, step.reserved, step.shipped, orders.id,
        'o' || n, 'bench', orders.created_at + step.wait
      from orders, lateral (select substr(external_order_id, 2)::bigint as n) as numbered,
        generate_series(1, ${LINES}) as line,
        (values ('reserve', 1, 0, interval '0'), ('ship', -1, 1, interval '1 day')) as step (kind, reserved, shipped, wait)
      where placed_by = 'night'`,
  ]
}
