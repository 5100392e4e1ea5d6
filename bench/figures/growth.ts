import { stockBoardQuery } from '../../contracts/stock-board.ts'
import type { Db } from '../../store/database.ts'
import { auditStock } from '../../store/stock-audit.ts'
import { readStockBoard } from '../../store/stock-board.ts'
import { measureClosedLoop } from '../closed-loop.ts'
import { machineUse } from '../cpu-time.ts'
import type { Figure } from '../figure.ts'
import { GrowingHub, growingSku } from '../growing-hub.ts'
import type { Stage } from '../stage.ts'

const CALLERS = 16
const WARM_UP_MS = 1_500
const WINDOW_MS = 4_000
const LINES = 5
/** The most lines that an order may have share one allocation over all warehouses. */
const MANY_LINES = 50
/** A thousand levels and ten thousand movements, as on the first day; a million and ten millions, after years. */
const SIZES = [
  { skus: 84, movements: 10_000 },
  { skus: 8_334, movements: 1_000_000 },
  { skus: 83_334, movements: 10_000_000 },
]
/** Dearer by this much is still called flat: the caches hold a smaller part. */
const FLAT = 1.5
const RULES = { thresholds: { fallbackUnits: 5, unitsByCategory: {} }, freshness: new Map() }

/** What one piece of work takes by the clock, and of the processor. */
type Cost = { ms: number; cpuMs: number }

/**
 * What each kind of work on stock costs in a small hub and in a big one: reservations (any SKU, one hot SKU, several lines),
 * checkouts, the allocation of a large order, pages of the board, and the audit of one SKU.
 */
export async function measureGrowth(stage: Stage, say: (line: string) => void): Promise<Figure[]> {
  const database = await stage.freshDatabase('hub_bench_growth')
  const hub = await GrowingHub.open(database, stage.keyRing())
  const costs: Map<string, Cost>[] = []
  try {
    for (const size of SIZES) {
      say(`  filling ${hub.levelsOf(size)} levels and ${size.movements} movements`)
      await hub.growTo(size)
      const { own, others } = await costsAt(stage, hub, database.db)
      costs.push(own)
      for (const [name, { ms, cpuMs }] of own) {
        say(`    ${name}: ${ms.toFixed(2)} ms, ${cpuMs.toFixed(2)} ms of processor time`)
      }
      say(`    other programs had up to ${(100 * others).toFixed(0)} % of the machine`)
    }
  } finally {
    await hub.close()
  }
  stage.check()
  const [small, big] = [costs[0], costs.at(-1)]
  return [...(big ?? [])].flatMap(([name, cost]) => figuresOf(name, small?.get(name), cost))
}

function figuresOf(name: string, small: Cost | undefined, big: Cost): Figure[] {
  if (!small) throw new Error(`${name} was not measured in the small hub`)
  const common = {
    unit: 'ms',
    aim: { atMost: FLAT },
    against: 'a thousandth of the levels and of the ledger',
  }
  return [
    { name: `growth-${name}`, value: big.ms, baseline: small.ms, ...common },
    { name: `growth-${name}-cpu`, value: big.cpuMs, baseline: small.cpuMs, ...common },
  ]
}

type Work = [name: string, callers: number, once: () => Promise<unknown>]

/** Writing first: what it leaves behind is there for all that is read. */
async function costsAt(
  stage: Stage,
  hub: GrowingHub,
  db: Db,
): Promise<{ own: Map<string, Cost>; others: number }> {
  const writing: Work[] = [
    ['reservation', CALLERS, () => hub.reserve(1)],
    ['hot', CALLERS, () => hub.reserveHot()],
    ['lines', CALLERS, () => hub.reserve(LINES)],
    ['checkout', CALLERS, () => hub.checkOut()],
    ['allocation', 1, () => hub.reserve(MANY_LINES)],
  ]
  const loop = ([, callers, once]: Work, windowMs: number) =>
    measureClosedLoop(async () => void (await once()), {
      ...{ concurrency: callers, warmUpMs: WARM_UP_MS, windowMs, signal: stage.signal },
      sample: () => [machineUse()?.ownMs ?? 0],
    })
  for (const work of writing) await loop(work, WINDOW_MS)
  await hub.takeStatistics()
  const own = new Map<string, Cost>()
  let others = 0
  for (const work of [...writing, ...(await reading(db))]) {
    const { perSecond, growth, foreign } = await loop(work, WINDOW_MS)
    own.set(work[0], { ms: 1_000 / perSecond, cpuMs: growth[0] ?? 0 })
    others = Math.max(others, foreign)
  }
  return { own, others }
}

async function reading(db: Db): Promise<Work[]> {
  const board = (query: Record<string, string>) => () =>
    readStockBoard(db, stockBoardQuery.parse(query), RULES)
  const { nextCursor } = await board({})()
  return [
    ['board-sku', 1, board({ skuId: growingSku(1) })],
    ['board-next-page', 1, board({ cursor: nextCursor ?? '' })],
    ['board-worst', 1, board({ sort: 'level' })],
    ['board-worst-warehouse', 1, board({ sort: 'level', warehouseId: 'GROW-1' })],
    ['audit-one-sku', 1, () => auditStock(db, { skuId: growingSku(1), limit: 1 })],
  ]
}
