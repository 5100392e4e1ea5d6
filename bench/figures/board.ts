import { sql } from 'kysely'
import pg from 'pg'
import { stockBoardQuery } from '../../contracts/stock-board.ts'
import { readStockBoard } from '../../store/stock-board.ts'
import type { Figure } from '../figure.ts'
import type { Stage } from '../stage.ts'
import { median } from '../statistics.ts'

const SKUS = 10_000
const WAREHOUSES = 12
const ROUNDS = 20
/** What the design allows, in milliseconds. */
const ALLOWED_MS = 300

const RULES = { thresholds: { fallbackUnits: 5, unitsByCategory: { 家具: 10 } }, freshness: new Map() }
/** What a wall screen asks for: the worst first. And a list by SKU, and the same summed over all warehouses. */
const QUERIES = {
  'board-worst': { sort: 'level' },
  'board-sku': {},
  'board-grouped': { sort: 'level', groupBy: 'sku' },
} as const

/** A page of the stock board with all its totals over 120,000 levels, beside counting the same rows. */
export async function measureBoard(stage: Stage): Promise<Figure[]> {
  const { db, ownerUrl } = await stage.freshDatabase('hub_bench_board')
  await fill(ownerUrl)
  const baseline: number[] = []
  const times = new Map<string, number[]>(Object.keys(QUERIES).map((name) => [name, []]))
  for (let round = 0; round < ROUNDS; round += 1) {
    baseline.push(await timeOf(() => sql`select count(*) from stock_level`.execute(db)))
    for (const [name, query] of Object.entries(QUERIES)) {
      times.get(name)?.push(await timeOf(() => readStockBoard(db, stockBoardQuery.parse(query), RULES)))
    }
  }
  stage.check()
  return [...times].flatMap(([name, all]) => [
    {
      name,
      value: median(all),
      unit: 'ms',
      baseline: median(baseline),
      against: 'counting the same 120,000 rows',
    },
    {
      name: `${name}-allowed`,
      value: median(all),
      unit: 'ms',
      baseline: ALLOWED_MS,
      aim: { atMost: 1 },
      against: 'the most that the design allows',
    },
  ])
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

async function fill(ownerUrl: string): Promise<void> {
  const owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()
  for (const statement of [
    'delete from stock_level',
    `insert into sku (id, name, category, standard_price_cents, weight_grams)
      select 'BOARD-' || lpad(n::text, 5, '0'), '商品 ' || n, case when n % 3 = 0 then '家具' else '灯具' end, 1000, 100
      from generate_series(1, ${SKUS}) as n`,
    `insert into warehouse (id, name, division_code, longitude, latitude, region)
      select 'WH-B' || n, '仓 ' || n, '330106', 120, 30, (array['华东', '华北', '华南', '西南'])[1 + n % 4]
      from generate_series(1, ${WAREHOUSES}) as n`,
    `insert into stock_level (sku_id, warehouse_id, total, shipped, reserved, safety_stock)
      select 'BOARD-' || lpad(s::text, 5, '0'), 'WH-B' || w, 30 + (s * 7 + w * 13) % 200, s % 10, (s + w * 5) % 20,
        case when s % 5 = 0 then 20 else 0 end
      from generate_series(1, ${SKUS}) as s, generate_series(1, ${WAREHOUSES}) as w
      order by md5(s || '/' || w)`,
    'vacuum analyze stock_level, sku, warehouse',
  ]) {
    await owner.query(statement)
  }
  await owner.end()
}
