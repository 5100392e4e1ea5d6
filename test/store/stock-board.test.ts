import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type StockBoardRow, type StockLevel, stockBoardQuery } from '../../contracts/stock-board.ts'
import { thresholdOf } from '../../domain/safety-stock.ts'
import { createDatabase, createPool, type Db } from '../../store/database.ts'
import type { Database } from '../../store/schema.ts'
import { readStockBoard } from '../../store/stock-board.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { newRandom } from './support.ts'

/** As many as the issue names. */
const SKUS = 10_000
const WAREHOUSES = 12
const LEVELS = SKUS * WAREHOUSES
const REGIONS = ['华东', '华北', '华南', '西南']
const FRESHNESS = new Map([
  ['WH-01', { state: 'fresh' as const, lastSuccessAt: '2026-11-23T08:00:00.000Z' }],
  ['WH-02', { state: 'failing' as const, lastSuccessAt: null }],
])
const THRESHOLDS = { fallbackUnits: 2, unitsByCategory: { 家具: 8, 灯具: 0 } }

const RULES = { thresholds: THRESHOLDS, freshness: FRESHNESS }

let database: TestDatabase
let db: Db
beforeAll(async () => {
  database = await createTestDatabase()
  db = createDatabase(database.appUrl, 4)
  const owner = new pg.Client({ connectionString: database.ownerUrl })
  await owner.connect()
  const random = newRandom('stock board').below(1_000)
  for (const statement of [
    `insert into sku (id, name, category, standard_price_cents, weight_grams, active)
      select 'SKU-' || lpad(n::text, 5, '0'), case when n % 1000 = 7 then '100% Eiche_' || n else '商品 ' || n end,
        (array['家具', '灯具', 'constructor'])[1 + n % 3], 1000, 100, n % 500 <> 3
      from generate_series(1, ${SKUS}) as n`,
    `insert into warehouse (id, name, division_code, longitude, latitude, region, active)
      select 'WH-' || lpad(n::text, 2, '0'), '仓 ' || n, '330106', 120, 30, (array['华东', '华北', '华南', '西南'])[1 + n % 4],
        n <> 12
      from generate_series(1, ${WAREHOUSES}) as n`,
    'alter table stock_level drop constraint stock_level_sku_id_fkey, drop constraint stock_level_warehouse_id_fkey',
    `insert into stock_level (sku_id, warehouse_id, total, shipped, reserved, shortfall, safety_stock)
      select 'SKU-' || lpad(s::text, 5, '0'), 'WH-' || lpad(w::text, 2, '0'), held + sent + promised,
        sent, promised + lacking, lacking, case when (s + w) % 5 = 0 then 5 else 0 end
      from generate_series(1, ${SKUS}) as s, generate_series(1, ${WAREHOUSES}) as w
        cross join lateral (select case when (s * 7 + w * 3 + ${random}) % 4 = 0 then 0 else (s * 31 + w * 17) % 23 end as held,
          (s + w) % 3 as sent, (s * w) % 4 as promised) as figure
        cross join lateral (select case when held = 0 and s % 11 = 0 then 2 else 0 end as lacking) as missing`,
    `with sent as (
        insert into transfer (id, sku_id, destination_id, quantity, status, version, requested_by, reason, proposal_number,
          maximum_proposals, proposal, approver_roles, policy_version, value_cents, deadlines)
        values (gen_random_uuid(), 'SKU-00001', 'WH-02', 7, 'dispatched', 1, 'test', 'test', 1, 1, '{}', '{}', 0, 0, '{}')
        returning id)
      insert into transfer_leg (transfer_id, leg_number, sku_id, source_id, destination_id, heading_to, path, reserved,
        dispatched, received)
      select id, 1, 'SKU-00001', 'WH-01', 'WH-02', 'WH-02', '{WH-01,WH-02}', 7, 7, 2 from sent`,
    'vacuum analyze stock_level, sku, warehouse',
  ])
    await owner.query(statement)
  await owner.end()
  levels = await allLevels()
}, 60_000)
afterAll(async () => {
  await db.destroy()
  await database.destroy()
})

let levels: Level[]

const board = (query: Record<string, unknown>) => readStockBoard(db, stockBoardQuery.parse(query), RULES)

/** Every row of a list, page by page. */
async function everyRow(query: Record<string, unknown>): Promise<StockBoardRow[]> {
  const rows: StockBoardRow[] = []
  let cursor: string | null = null
  do {
    const page = await board({ ...query, limit: 200, ...(cursor ? { cursor } : {}) })
    rows.push(...page.items)
    cursor = page.nextCursor
  } while (cursor)
  return rows
}

type Level = Awaited<ReturnType<typeof allLevels>>[number]

/** What the board should say, from the table and by the rule of the domain. */
async function allLevels() {
  const { rows } = await sql<{
    sku: string
    name: string
    category: string
    warehouse: string
    region: string
    total: number
    shipped: number
    reserved: number
    shortfall: number
    safety_stock: number
  }>`
    select sku.id as sku, sku.name, sku.category, warehouse.id as warehouse, warehouse.region, total, shipped, reserved,
      shortfall, safety_stock
    from stock_level join sku on sku.id = sku_id join warehouse on warehouse.id = warehouse_id
    where sku.active and warehouse.active`.execute(db)
  return rows.map((row) => {
    const available = Math.max(0, row.total - row.shipped - row.reserved)
    const safety = thresholdOf(
      { safetyStock: row.safety_stock, category: row.category },
      { thresholds: { ...THRESHOLDS, heldBackPercent: 100 } },
    )
    const level: StockLevel = available === 0 ? 'out' : available <= safety ? 'low' : 'ok'
    return { ...row, available, safety, level }
  })
}

function sumOf(some: Level[]) {
  const figures = { total: 0, shipped: 0, reserved: 0, available: 0, shortfall: 0, safety: 0 }
  const counts = { ok: 0, low: 0, out: 0 }
  for (const each of some) {
    figures.total += each.total
    figures.shipped += each.shipped
    figures.reserved += each.reserved
    figures.available += each.available
    figures.shortfall += each.shortfall
    figures.safety += each.safety
    counts[each.level] += 1
  }
  return { figures, counts }
}

test('totals are what the levels of active SKUs in active warehouses come to, also by region and by warehouse', async () => {
  const { totals, items } = await board({})
  const { counts, figures } = sumOf(levels)
  expect(totals).toMatchObject({ ...figures, levels: counts })
  expect(items).toHaveLength(50)
  expect(totals?.regions.map((entry) => entry.region).sort()).toEqual([...REGIONS].sort())
  for (const region of totals?.regions ?? []) {
    const part = sumOf(levels.filter((each) => each.region === region.region))
    expect(region).toMatchObject({ available: part.figures.available, levels: part.counts })
  }
  for (const house of totals?.warehouses ?? []) {
    const part = sumOf(levels.filter((each) => each.warehouse === house.warehouseId))
    expect(house).toMatchObject({ available: part.figures.available, levels: part.counts })
  }
  expect(totals?.warehouses).toHaveLength(new Set(levels.map((each) => each.warehouse)).size)
  for (const count of Object.values(counts)) expect(count).toBeGreaterThan(100)
})

test.each(['sku', 'available', 'level', 'reserved'] as const)(
  'sorted by %s, pages show every level of a filter once, in order',
  async (sort) => {
    const chosen = levels.filter(
      (each) => each.category === '家具' && each.region === '华东' && each.level === 'low',
    )
    const rows = await everyRow({ sort, level: 'low', region: '华东', category: '家具' })
    expect(rows.map((row) => `${row.skuId} ${row.warehouseId}`).sort()).toEqual(
      chosen.map((each) => `${each.sku} ${each.warehouse}`).sort(),
    )
    const rank = (row: StockBoardRow) =>
      ({ sku: 0, available: row.available, level: row.available, reserved: -row.reserved })[sort]
    const order = (a: StockBoardRow, b: StockBoardRow) =>
      rank(a) - rank(b) || (`${a.skuId} ${a.warehouseId}` < `${b.skuId} ${b.warehouseId}` ? -1 : 1)
    expect(rows).toEqual(rows.toSorted(order))
  },
)

test.each(['sku', 'region'] as const)('grouped by %s, a row sums its warehouses', async (groupBy) => {
  const { items } = await board({ groupBy, sort: 'level', limit: 100 })
  expect(new Set(items.map((row) => `${row.skuId} ${row.region}`)).size).toBe(100)
  const groups = new Map<string, Level[]>()
  for (const each of levels) {
    const key = groupBy === 'sku' ? each.sku : `${each.sku} ${each.region}`
    groups.set(key, [...(groups.get(key) ?? []), each])
  }
  for (const row of items) {
    const { counts, figures } = sumOf(
      groups.get(groupBy === 'sku' ? row.skuId : `${row.skuId} ${row.region}`) ?? [],
    )
    expect(row).toMatchObject({ ...figures, warehouses: counts, warehouseId: null })
    expect(row.level).toBe(row.available === 0 ? 'out' : row.available <= row.safety ? 'low' : 'ok')
  }
})

test('the text looks for its characters, not for a pattern', async () => {
  expect((await board({ text: '% eiche_1007' })).items.map((row) => row.skuId)).toEqual(
    Array(WAREHOUSES - 1).fill('SKU-01007'),
  )
  expect((await board({ text: '%Eiche%' })).items).toEqual([])
})

test('filters leave the level out of the totals, so that each level says how many it has', async () => {
  const all = await board({ warehouseId: 'WH-01' })
  const low = await board({ warehouseId: 'WH-01', level: 'low' })
  expect(low.totals).toEqual(all.totals)
  expect(new Set(low.items.map((row) => row.level))).toEqual(new Set(['low']))
})

test('the stale filter keeps to warehouses whose WMS is read and not fresh; every row says how fresh it is', async () => {
  const stale = await board({ stale: 'true', limit: 200 })
  expect(new Set(stale.items.map((row) => row.warehouseId))).toEqual(new Set(['WH-02']))
  expect(stale.items[0]?.freshness).toEqual(FRESHNESS.get('WH-02'))
  expect(stale.totals?.staleWarehouses).toEqual(['WH-02'])
  const others = await board({ stale: 'false', limit: 200 })
  expect(others.items.map((row) => row.warehouseId)).not.toContain('WH-02')
  const freshness = new Map(others.items.map((row) => [row.warehouseId, row.freshness?.state ?? null]))
  expect([freshness.get('WH-01'), freshness.get('WH-03')]).toEqual(['fresh', null])
})

test('units on their way stand at the place that they go to', async () => {
  const seen = async (groupBy: string) => {
    const { items } = await board({ skuId: 'SKU-00001', groupBy })
    return items.flatMap((row) =>
      row.inTransit > 0 ? [[row.warehouseId ?? row.region ?? 'everywhere', row.inTransit]] : [],
    )
  }
  expect(await seen('warehouse')).toEqual([['WH-02', 5]])
  expect(await seen('region')).toEqual([['华南', 5]])
  expect(await seen('sku')).toEqual([['everywhere', 5]])
})

test('a cursor of another filter or sort is refused', async () => {
  const { nextCursor } = await board({ sort: 'available' })
  await expect(board({ sort: 'level', cursor: nextCursor })).rejects.toMatchObject({ code: 'invalid-cursor' })
})

describe(`over ${LEVELS} levels`, () => {
  /** How many levels each scan of the statements read. */
  async function scansOf(query: Record<string, unknown>): Promise<number[]> {
    const pool = createPool(database.appUrl, 2)
    const statements: { sql: string; parameters: readonly unknown[] }[] = []
    const watched = new Kysely<Database>({
      dialect: new PostgresDialect({ pool }),
      log: ({ query: { sql, parameters } }) => void statements.push({ sql, parameters }),
    })
    await readStockBoard(watched, stockBoardQuery.parse(query), RULES)
    const scans: number[] = []
    for (const { sql, parameters } of statements) {
      const { rows } = await pool.query(`explain (analyze, timing off, format json) ${sql}`, [...parameters])
      scans.push(...rowsScanned(rows[0]['QUERY PLAN'][0].Plan))
    }
    await watched.destroy()
    return scans
  }

  test('a further page by SKU reads that page from the index', async () => {
    for (const groupBy of ['warehouse', 'sku']) {
      const { nextCursor } = await board({ groupBy })
      expect(total(await scansOf({ groupBy, cursor: nextCursor })), groupBy).toBeLessThan(1_500)
    }
  })

  test('the worst first, and all totals, read each level once for either', async () => {
    const scans = await scansOf({ sort: 'level' })
    expect(scans.filter((rows) => rows > LEVELS / 2)).toHaveLength(2)
    expect(total(scans)).toBeLessThanOrEqual(2 * LEVELS)
  })
})

const total = (numbers: number[]) => numbers.reduce((sum, each) => sum + each, 0)

type Plan = {
  'Node Type': string
  'Relation Name'?: string
  'Actual Rows': number
  'Actual Loops': number
  'Rows Removed by Filter'?: number
  Plans?: Plan[]
}
function rowsScanned(plan: Plan): number[] {
  const below = (plan.Plans ?? []).flatMap(rowsScanned)
  if (plan['Relation Name'] !== 'stock_level' || plan['Node Type'] === 'Bitmap Index Scan') return below
  return [(plan['Actual Rows'] + (plan['Rows Removed by Filter'] ?? 0)) * plan['Actual Loops'], ...below]
}
