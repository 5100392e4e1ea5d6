import { planBatch } from '../../activities/replenishment.ts'
import { augursForecasters } from '../../connectors/forecasting/augurs.ts'
import { SEASON_DAYS } from '../../domain/replenishment.ts'
import { chinaTimeOf } from '../../domain/working-time.ts'
import type { Db } from '../../store/database.ts'
import { takeDemand } from '../../store/demand.ts'
import { beginRun, finishRun } from '../../store/replenishment-runs.ts'
import { fillTables, takeStatistics } from '../catalogue.ts'
import { taken } from '../cpu-time.ts'
import type { Figure } from '../figure.ts'
import { watchMemory } from '../memory.ts'
import type { Stage } from '../stage.ts'

const SKUS = 10_000
/** These sell half of everything. */
const HOT_SKUS = 100
const WAREHOUSES = 12
/** What the built-in policy looks back. */
const DAYS = 365
/** Two levels are in each order. */
const LINES = 2
const DAY_MS = 86_400_000
/** A night is over long before the morning. */
const ALLOWED_SECONDS = 600
/** Memory that grew with the levels would be many times as much. */
const ALLOWED_MIB = 512

/**
 * A night: what the ledger has new becomes demand, and every SKU is worked out for every warehouse. Beside it the demand alone,
 * and the next night, which finds no new orders.
 *
 * @param orders so many in a year
 */
export async function measureReplenishmentNight(
  stage: Stage,
  say: (line: string) => void,
  orders: number,
): Promise<Figure[]> {
  const { db, ownerUrl } = await stage.freshDatabase(`hub_bench_replenish_${orders}`)
  await fillTables(ownerUrl, fill(orders), () => stage.check())
  const now = Date.now()
  const memory = watchMemory()
  const demand = await taken(() => takeAll(stage, db))
  await takeStatistics(ownerUrl)
  const planning = await taken(async () => say(`  ${await planAll(stage, db, 1, now)} levels`))
  const next = await taken(async () => {
    await takeAll(stage, db)
    await planAll(stage, db, 2, now + DAY_MS)
  })
  const name = `replenishment-night-1e${Math.round(Math.log10(orders))}`
  return [
    {
      name,
      value: demand.seconds + planning.seconds,
      unit: 's',
      baseline: demand.seconds,
      aim: { valueAtMost: ALLOWED_SECONDS },
      against: 'taking over its demand alone',
    },
    {
      name: `${name}-cpu`,
      value: demand.cpuSeconds + planning.cpuSeconds,
      unit: 's',
      baseline: demand.cpuSeconds,
      against: 'taking over its demand alone',
    },
    {
      name: `${name}-next`,
      value: next.seconds,
      unit: 's',
      baseline: planning.seconds,
      against: 'the first night without its demand',
    },
    {
      name: `${name}-rss`,
      value: memory.stop(),
      unit: 'MiB',
      baseline: ALLOWED_MIB,
      aim: { valueAtMost: ALLOWED_MIB },
      against: 'what it may be',
    },
  ]
}

async function takeAll(stage: Stage, db: Db): Promise<void> {
  while ((await takeDemand(db)) > 0) stage.check()
}

async function planAll(stage: Stage, db: Db, night: number, atMs: number): Promise<number> {
  const heavy = augursForecasters(SEASON_DAYS)
  const id = `00000000-0000-4000-8000-${String(night).padStart(12, '0')}`
  let run = await beginRun(db, { id, day: chinaTimeOf(atMs).day, policyVersion: 0 })
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

/** A ledger of a year: goods came in everywhere at its beginning, and were ordered and shipped since. */
function fill(orders: number): string[] {
  const level = `'N-' || lpad(n::text, 5, '0'), 'NW-' || w`
  // By hashes, so that every article is sold in every warehouse.
  const drawn = (salt: number) => `(hashint8extended(n * ${LINES} + line, ${salt}) & 1073741823)`
  const sku = `'N-' || lpad((case when ${drawn(1)} % 2 = 0 then ${drawn(2)} % ${HOT_SKUS} else ${drawn(2)} % ${SKUS} end)::text, 5, '0')`
  const at = `now() - interval '${DAYS} days' + (n::float8 / ${orders}) * interval '${DAYS} days'`
  return [
    `insert into warehouse (id, name, division_code, longitude, latitude, region)
      select 'NW-' || w, 'NW-' || w, '330106', 120, 30, '华东' from generate_series(1, ${WAREHOUSES}) as w`,
    `insert into sku (id, name, category, standard_price_cents, weight_grams)
      select 'N-' || lpad(n::text, 5, '0'), 'N', '测试', 1000, 100 from generate_series(0, ${SKUS - 1}) as n`,
    `insert into stock_level (sku_id, warehouse_id, total)
      select ${level}, 10000 from generate_series(0, ${SKUS - 1}) as n, generate_series(1, ${WAREHOUSES}) as w`,
    `insert into stock_ledger (sku_id, warehouse_id, kind, total_delta, operation_id, operator, recorded_at)
      select ${level}, 'receive', 10000, 'first', 'bench', now() - interval '${DAYS} days'
      from generate_series(0, ${SKUS - 1}) as n, generate_series(1, ${WAREHOUSES}) as w`,
    `insert into contact (id, key_id, sealed, division_code) values (gen_random_uuid(), 'night', '\\x00', '330106')`,
    `insert into orders (id, channel, store_id, contact_id, division_code, status, amount_cents, freight_cents,
        reservation_expires_at, policy_versions, placed_by, created_at, external_order_id)
      select uuidv7(${at} - now()), 'mall', 'MALL', contact.id, '330106', 'completed', 1000, 0, now(), '{}', 'night', ${at}, 'N' || n
      from generate_series(1, ${orders}) as n, contact where key_id = 'night'`,
    `insert into stock_ledger (sku_id, warehouse_id, kind, reserved_delta, shipped_delta, order_id, operation_id, operator, recorded_at)
      select ${sku}, 'NW-' || (1 + ${drawn(3)} % ${WAREHOUSES}), step.kind, step.reserved, step.shipped, orders.id,
        'o' || n, 'bench', orders.created_at + step.wait
      from orders, lateral (select substr(external_order_id, 2)::bigint as n) as numbered,
        generate_series(1, ${LINES}) as line,
        (values ('reserve', 1, 0, interval '0'), ('ship', -1, 1, interval '1 day')) as step (kind, reserved, shipped, wait)
      where placed_by = 'night'`,
  ]
}
