import { type RawBuilder, sql } from 'kysely'
import { z } from 'zod'
import type {
  StockBoardQuery,
  StockBoardRow,
  StockBoardTotals,
  StockLevel,
} from '../contracts/stock-board.ts'
import type { Db } from './database.ts'
import { Keyset, type Page } from './paging.ts'
import type { LevelKey } from './stock-changes.ts'

/** The part of policy kind `safety-stock` that says from where on a level is low. */
export type Thresholds = { fallbackUnits: number; unitsByCategory: Record<string, number> }

export type StockBoard = Page<StockBoardRow> & { totals: StockBoardTotals | null }

/** How fresh the warehouses are whose own systems are read. */
type Freshness = ReadonlyMap<string, NonNullable<StockBoardRow['freshness']>>
/** What the board goes by besides the levels themselves. */
export type BoardRules = { thresholds: Thresholds; freshness: Freshness }

type Filters = Pick<StockBoardQuery, 'skuId' | 'text' | 'category' | 'warehouseId' | 'region' | 'stale'>
type Figures = {
  total: number
  shipped: number
  reserved: number
  available: number
  shortfall: number
  safety: number
  levels: number
  low_or_out: number
  out: number
}
type BoardRow = Figures & {
  rank: number
  sku_id: string
  sku_name: string
  in_transit: number
  category: string
  place: string
  region: string | null
  level: StockLevel
}
/** Whether most levels are read, or few of them by an index. */
type Reads = 'all' | 'few'

const position = z.tuple([z.int(), z.string().max(64), z.string().max(200)])

/**
 * One page of the stock board and, with the first page, what all rows come to. SKUs and warehouses that are no longer
 * active are not on it. Page and totals are read side by side: a reservation between the two may be in one of them only.
 */
export async function readStockBoard(db: Db, query: StockBoardQuery, rules: BoardRules): Promise<StockBoard> {
  const [page, totals] = await Promise.all([
    readPage(db, query, rules),
    query.cursor === undefined ? readTotals(db, query, rules) : null,
  ])
  return { ...page, totals }
}

/** The rows of single levels, of those that are on the board. */
export async function readBoardLevels(
  db: Db,
  keys: readonly LevelKey[],
  rules: BoardRules,
): Promise<StockBoardRow[]> {
  if (keys.length === 0) return []
  const [skuIds, warehouseIds] = [keys.map((key) => key.skuId), keys.map((key) => key.warehouseId)]
  const { rows } = await sql<BoardRow>`
    select board.*, 0 as rank, ${level} as level, sku.name as sku_name, sku.category, warehouse.region,
      ${inTransit(sql`board`, { groupBy: 'warehouse' })} as in_transit
    from unnest(${skuIds}::text[], ${warehouseIds}::text[]) as named (sku_id, place)
      join (${groups({ groupBy: 'warehouse' }, rules, 'few')}) as board using (sku_id, place)
      join sku on sku.id = sku_id
      join warehouse on warehouse.id = place`.execute(db)
  return rows.map((row) => viewOf(row, 'warehouse', rules.freshness))
}

async function readPage(db: Db, query: StockBoardQuery, rules: BoardRules): Promise<Page<StockBoardRow>> {
  const keyset = new Keyset('stock-board', query, position)
  const after = keyset.after(query.cursor)
  const rank = RANKS[query.sort]
  const conditions = [
    query.level === undefined ? null : sql<boolean>`${level} = ${query.level}`,
    after && startAfter(query, rank, after),
  ]
  const order =
    query.sort === 'sku' ? sql`board.sku_id, board.place` : sql`${rank}, board.sku_id, board.place`
  const reads = query.sort === 'sku' || query.skuId !== undefined ? 'few' : 'all'
  // Keeps the joins below the sort: above it, as the planner would have them, all rows are sorted instead of the best few.
  const unsorted = query.sort === 'sku' ? sql`` : FENCE
  const { rows } = await sql<BoardRow>`
    with page as (
      select board.*, ${rank} as rank, ${level} as level from (${groups(query, rules, reads)} ${unsorted}) as board
      where ${all(conditions)} order by ${order} limit ${query.limit + 1}
    )
    select page.*, sku.name as sku_name, sku.category, warehouse.region, ${inTransit(sql`page`, query)} as in_transit
    from page join sku on sku.id = page.sku_id left join warehouse on warehouse.id = page.place
    order by page.rank, page.sku_id, page.place`.execute(db)
  return keyset.page(
    rows,
    query.limit,
    (row) => [row.rank, row.sku_id, row.place],
    (row) => viewOf(row, query.groupBy, rules.freshness),
  )
}

/** Rows after a position. By SKU, it is said in a way that an index of the levels can be entered there. */
function startAfter(
  { sort, groupBy }: StockBoardQuery,
  rank: RawBuilder<number>,
  [from, skuId, place]: z.output<typeof position>,
): RawBuilder<boolean> {
  if (sort !== 'sku') {
    return sql<boolean>`(${rank}, board.sku_id, board.place) > (${from}::bigint, ${skuId}, ${place})`
  }
  if (groupBy === 'sku') return sql<boolean>`board.sku_id > ${skuId}`
  return sql<boolean>`board.sku_id >= ${skuId} and (board.sku_id, board.place) > (${skuId}, ${place})`
}

/** One row a warehouse: there are few, and their regions can be added up here. */
async function readTotals(db: Db, query: StockBoardQuery, rules: BoardRules): Promise<StockBoardTotals> {
  const { rows } = await sql<Figures & { region: string; warehouse_id: string }>`
    select warehouse.region, house.* from (
      select level.warehouse_id, ${sums} ${levels(query, rules, { reads: query.skuId === undefined ? 'all' : 'few' })} group by level.warehouse_id
    ) as house join warehouse on warehouse.id = house.warehouse_id
    order by warehouse.region, warehouse.id`.execute(db)
  const regions = [...new Set(rows.map((row) => row.region))]
  return {
    ...totalOf(rows),
    staleWarehouses: staleOnes(rules.freshness),
    regions: regions.map((region) => ({ region, ...totalOf(rows.filter((row) => row.region === region)) })),
    warehouses: rows.map((row) => ({ warehouseId: row.warehouse_id, ...totalOf([row]) })),
  }
}

function staleOnes(freshness: Freshness): string[] {
  return [...freshness].flatMap(([warehouseId, { state }]) => (state === 'fresh' ? [] : [warehouseId])).sort()
}

/** Units on their way to the warehouses that a row is about; looked up for the rows of a page only. */
function inTransit(
  row: RawBuilder<unknown>,
  { groupBy, region, warehouseId }: Pick<StockBoardQuery, 'groupBy' | 'region' | 'warehouseId'>,
): RawBuilder<number> {
  const places = [
    groupBy === 'warehouse' ? sql<boolean>`moving.warehouse_id = ${row}.place` : null,
    groupBy === 'region' ? sql<boolean>`warehouse.region = ${row}.place` : null,
    warehouseId === undefined ? null : sql<boolean>`moving.warehouse_id = ${warehouseId}`,
    region === undefined ? null : sql<boolean>`warehouse.region = ${region}`,
  ]
  return sql<number>`(select coalesce(sum(moving.quantity), 0) from stock_in_transit as moving
    join warehouse on warehouse.id = moving.warehouse_id and warehouse.active
    where moving.sku_id = ${row}.sku_id and ${all(places)})`
}

/** Each level with the figures that the board is about. */
function levels(
  filters: Filters,
  rules: BoardRules,
  { reads, joined = sql`` }: { reads: Reads; joined?: RawBuilder<unknown> | undefined },
): RawBuilder<unknown> {
  const pattern = filters.text && `%${filters.text.replaceAll(/[\\%_]/g, '\\$&')}%`
  // Read all together, each article's threshold is drawn once and not once a level.
  const skus = sql`${activeSkus(rules.thresholds)} ${reads === 'all' ? FENCE : sql``}`
  const wanted = [
    inActiveWarehouse(filters.region, reads),
    filters.skuId === undefined ? null : sql<boolean>`level.sku_id = ${filters.skuId}`,
    filters.warehouseId === undefined ? null : sql<boolean>`level.warehouse_id = ${filters.warehouseId}`,
    filters.category === undefined ? null : sql<boolean>`sku.category = ${filters.category}`,
    filters.stale === undefined
      ? null
      : sql<boolean>`(level.warehouse_id = any(${staleOnes(rules.freshness)}::text[])) = ${filters.stale}`,
    pattern === undefined ? null : sql<boolean>`(sku.id ilike ${pattern} or sku.name ilike ${pattern})`,
  ]
  return sql`
    from stock_level as level
    join (${skus}) as sku on sku.id = level.sku_id
    ${joined}
    cross join lateral (select ${thresholdOfLevel} as safety,
      level.total - level.shipped - level.reserved as free) as figure
    where ${all(wanted)}`
}

/**
 * Compared with the warehouses that are closed, of which there are few, most levels cost next to nothing; but then the
 * planner expects so few levels that it would not enter a page by its index.
 */
function inActiveWarehouse(region: string | undefined, reads: Reads): RawBuilder<boolean> {
  if (reads === 'all' && region === undefined) {
    return sql`level.warehouse_id <> all (array(select id from warehouse where not active))`
  }
  const ofRegion = region === undefined ? sql`true` : sql`region = ${region}`
  return sql`level.warehouse_id = any (array(select id from warehouse where active and ${ofRegion}))`
}

/** The articles that are sold, each with the threshold of its category or, if that has none, the general one. */
export function activeSkus({ fallbackUnits, unitsByCategory }: Thresholds): RawBuilder<unknown> {
  const [names, units] = [Object.keys(unitsByCategory), Object.values(unitsByCategory)]
  return sql`select sku.id, sku.name, sku.category, coalesce(of_category.units, ${fallbackUnits}::int) as threshold
    from sku left join unnest(${names}::text[], ${units}::int[]) as of_category (name, units)
      on of_category.name = sku.category
    where sku.active`
}

/**
 * The threshold of `level`, whose article is `sku` of `activeSkus`, as `thresholdOf` of the domain has it: a level's 0
 * means that it has none of its own.
 */
export const thresholdOfLevel = sql<number>`case when level.safety_stock > 0 then level.safety_stock else sku.threshold end`

// A threshold is never below zero: what is out is also at or below it. Each is one comparison a level.
const isOut = sql`figure.free <= 0`
const isLowOrOut = sql`figure.free <= figure.safety`
const sums = sql`sum(level.total) as total, sum(level.shipped) as shipped, sum(level.reserved) as reserved,
  sum(greatest(0, figure.free)) as available, sum(level.shortfall) as shortfall, sum(figure.safety) as safety,
  count(*) as levels, count(*) filter (where ${isLowOrOut}) as low_or_out, count(*) filter (where ${isOut}) as out`

/** The rows of the board by what they sum. */
function groups(
  query: Filters & Pick<StockBoardQuery, 'groupBy'>,
  rules: BoardRules,
  reads: Reads,
): RawBuilder<unknown> {
  const from = (joined?: RawBuilder<unknown>) => levels(query, rules, { reads, joined })
  switch (query.groupBy) {
    case 'warehouse':
      return sql`
        select level.sku_id, level.warehouse_id as place, level.total, level.shipped, level.reserved,
          greatest(0, figure.free) as available, level.shortfall, figure.safety, 1 as levels,
          (${isLowOrOut})::int as low_or_out, (${isOut})::int as out ${from()}`
    case 'region':
      return sql`
        select level.sku_id, warehouse.region as place, ${sums}
        ${from(sql`join warehouse on warehouse.id = level.warehouse_id`)}
        group by level.sku_id, warehouse.region`
    case 'sku':
      return sql`select level.sku_id, '' as place, ${sums} ${from()} group by level.sku_id`
  }
}

const level = sql<StockLevel>`case when board.available = 0 then 'out' when board.available <= board.safety then 'low' else 'ok' end`

/** The planner does not move joins across it. */
const FENCE = sql`offset 0`

/** Above any number of units that the rows of a SKU can come to. */
const STEP = 1_000_000_000_000
const RANKS: Record<StockBoardQuery['sort'], RawBuilder<number>> = {
  sku: sql<number>`0::bigint`,
  available: sql<number>`board.available::bigint`,
  reserved: sql<number>`-board.reserved::bigint`,
  /** The worst first, and of those the scarcest. */
  level: sql<number>`case when board.available = 0 then 0 when board.available <= board.safety then 1 else 2 end
    * ${sql.lit(STEP)}::bigint + board.available`,
}

function all(conditions: (RawBuilder<boolean> | null)[]): RawBuilder<unknown> {
  const given = conditions.filter((condition) => condition !== null)
  return given.length === 0 ? sql`true` : sql.join(given, sql` and `)
}

function viewOf(row: BoardRow, groupBy: StockBoardQuery['groupBy'], freshness: Freshness): StockBoardRow {
  return {
    skuId: row.sku_id,
    skuName: row.sku_name,
    category: row.category,
    warehouseId: groupBy === 'warehouse' ? row.place : null,
    region: groupBy === 'region' ? row.place : row.region,
    ...figuresOf(row),
    inTransit: row.in_transit,
    freshness: groupBy === 'warehouse' ? (freshness.get(row.place) ?? null) : null,
    level: row.level,
    warehouses: countsOf(row),
  }
}

function totalOf(rows: Figures[]): Omit<StockBoardTotals, 'regions' | 'warehouses' | 'staleWarehouses'> {
  const sum = (figure: keyof Figures) => rows.reduce((total, row) => total + row[figure], 0)
  const all: Figures = {
    total: sum('total'),
    shipped: sum('shipped'),
    reserved: sum('reserved'),
    available: sum('available'),
    shortfall: sum('shortfall'),
    safety: sum('safety'),
    levels: sum('levels'),
    low_or_out: sum('low_or_out'),
    out: sum('out'),
  }
  return { levels: countsOf(all), ...figuresOf(all) }
}

function figuresOf({ total, shipped, reserved, available, shortfall, safety }: Figures) {
  return { total, shipped, reserved, available, shortfall, safety }
}

function countsOf({ levels: count, low_or_out: lowOrOut, out }: Figures) {
  return { ok: count - lowOrOut, low: lowOrOut - out, out }
}
