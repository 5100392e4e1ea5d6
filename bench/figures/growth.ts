import pg from 'pg'
import { stockBoardQuery } from '../../contracts/stock-board.ts'
import type { Db } from '../../store/database.ts'
import { createReservations } from '../../store/reservation-groups.ts'
import { auditStock } from '../../store/stock-audit.ts'
import { readStockBoard } from '../../store/stock-board.ts'
import { fillOrders, fillWarehouses, reservationFor } from '../catalogue.ts'
import { measureClosedLoop } from '../closed-loop.ts'
import type { Figure } from '../figure.ts'
import type { Stage } from '../stage.ts'
import { median } from '../statistics.ts'

const WAREHOUSES = 12
const CALLERS = 16
const WARM_UP_MS = 1_500
const WINDOW_MS = 4_000
const ROUNDS = 5
const ORDERS = 20_000
/** A thousand levels and ten thousand movements, as on the first day; a million and ten millions, after years. */
const SIZES = [
  { skus: 84, movements: 10_000 },
  { skus: 83_334, movements: 10_000_000 },
]
/** Dearer by this much is still called flat: the caches hold a smaller part. */
const FLAT = 1.5
const RULES = { thresholds: { fallbackUnits: 5, unitsByCategory: {} }, freshness: new Map() }

type Costs = Record<'reservation' | 'board-worst' | 'board-sku' | 'audit-one-sku', number>

/** What one reservation, one board page and the audit of one SKU cost in a small hub and in a big one. */
export async function measureGrowth(stage: Stage, say: (line: string) => void): Promise<Figure[]> {
  const { db, ownerUrl } = await stage.freshDatabase('hub_bench_growth')
  const owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()
  await fillWarehouses(owner, 'GROW', WAREHOUSES)
  const orderIds = await fillOrders(owner, ORDERS)
  const costs: Costs[] = []
  let before = { skus: 0, movements: 0 }
  for (const size of SIZES) {
    say(`  filling ${size.skus * WAREHOUSES} levels and ${size.movements} movements`)
    await grow(owner, before, size)
    before = size
    costs.push(await costsAt(stage, db, size.skus, orderIds))
  }
  await owner.end()
  stage.check()
  const [small, big] = costs
  if (!small || !big) throw new Error('nothing was measured')
  const names = ['reservation', 'board-worst', 'board-sku', 'audit-one-sku'] as const
  return names.map((name) => ({
    name: `growth-${name}`,
    value: big[name],
    unit: 'ms',
    baseline: small[name],
    aim: { atMost: FLAT },
    against: 'a thousandth of the levels and of the ledger',
  }))
}

async function costsAt(stage: Stage, db: Db, skus: number, orderIds: string[]): Promise<Costs> {
  const groups = createReservations(db)
  let count = 0
  const reserve = async () => {
    count += 1
    const lineNumber = Math.floor(count / ORDERS) + 1 + skus
    const demand = [{ lineNumber, skuId: skuId((count * 7_919) % skus), quantity: 1 }]
    await groups.reserve(reservationFor(orderIds[count % ORDERS] ?? '', demand))
  }
  const loop = { concurrency: CALLERS, warmUpMs: WARM_UP_MS, windowMs: WINDOW_MS, signal: stage.signal }
  const rates: number[] = []
  for (let round = 0; round < 3; round += 1) rates.push((await measureClosedLoop(reserve, loop)).perSecond)
  return {
    reservation: 1_000 / median(rates),
    'board-worst': await middleOf(() => readStockBoard(db, stockBoardQuery.parse({ sort: 'level' }), RULES)),
    'board-sku': await middleOf(() => readStockBoard(db, stockBoardQuery.parse({ skuId: skuId(1) }), RULES)),
    'audit-one-sku': await middleOf(() => auditStock(db, { skuId: skuId(1), limit: 1 })),
  }
}

async function middleOf(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const startedAt = performance.now()
    await work()
    times.push(performance.now() - startedAt)
  }
  return median(times)
}

const skuId = (index: number) => `GROW-${index}`

/** Adds what is missing to a size: articles in every warehouse, and movements spread evenly over them. */
async function grow(
  owner: pg.Client,
  before: { skus: number; movements: number },
  size: { skus: number; movements: number },
): Promise<void> {
  await owner.query(`insert into sku (id, name, category, standard_price_cents, weight_grams)
    select 'GROW-' || n, '商品 ' || n, 'x', 100, 100 from generate_series(${before.skus}, ${size.skus - 1}) as n`)
  await owner.query(`insert into stock_level (sku_id, warehouse_id, total)
    select 'GROW-' || s, 'GROW-' || w, 100000000
    from generate_series(${before.skus}, ${size.skus - 1}) as s, generate_series(1, ${WAREHOUSES}) as w`)
  await owner.query(`insert into stock_ledger (sku_id, warehouse_id, kind, total_delta, operation_id, operator)
    select 'GROW-' || n % ${size.skus}, 'GROW-' || 1 + n % ${WAREHOUSES}, 'adjust', 0, 'fill', 'bench'
    from generate_series(${before.movements + 1}, ${size.movements}) as n`)
  await owner.query('vacuum analyze')
}
