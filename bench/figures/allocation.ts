import {
  type AllocationInput,
  type Demand,
  planAllocation,
  type StockLevel,
} from '../../domain/allocation.ts'
import { DEFAULT_ALLOCATION_POLICY } from '../../domain/allocation-policy.ts'
import { ALLOCATION_OBJECTIVES, type AllocationObjective } from '../../domain/allocation-problem.ts'
import { distanceKilometres } from '../../domain/division.ts'
import { placeOf } from '../../domain/place.ts'
import type { Figure } from '../figure.ts'
import type { Stage } from '../stage.ts'
import { percentile } from '../statistics.ts'

const LINES = 50
const UNITS = 6
const WARM_UP = 200
const ORDERS = 1_200
const TRIES = 3
const CUSTOMERS = ['330106', '110108', '440305', '510104', '610113', '650102']

/** Where the twelve warehouses of the demo stand. */
const WAREHOUSES = [
  ['WH-HZ', '华东', 120.0893, 30.4421],
  ['WH-SH', '华东', 121.1706, 31.1912],
  ['WH-GZ', '华南', 113.2897, 23.3026],
  ['WH-FS', '华南', 113.0611, 23.0946],
  ['WH-BJ', '华北', 116.3871, 39.7025],
  ['WH-TJ', '华北', 117.0912, 39.4417],
  ['WH-WH', '华中', 114.1105, 30.6583],
  ['WH-ZZ', '华中', 113.9022, 34.7019],
  ['WH-CD', '西南', 104.1893, 30.8217],
  ['WH-CQ', '西南', 106.6413, 29.7309],
  ['WH-XA', '西北', 108.8976, 34.3527],
  ['WH-SY', '东北', 123.2719, 41.8133],
].map(([warehouseId, region, longitude, latitude]) => ({
  warehouseId: String(warehouseId),
  region: String(region),
  longitude: Number(longitude),
  latitude: Number(latitude),
}))

/** A sequence that is the same in every run, so that runs can be compared. */
function newSequence(): (below: number) => number {
  let state = 42
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return (state >>> 8) % below
  }
}

type Shelf = { available: number; safetyStock: number }

/** Most warehouses have most SKUs. */
const usual = (next: (below: number) => number): Shelf => ({
  available: next(10) === 0 ? 0 : 100,
  safetyStock: 20,
})
/** No warehouse has a line in full, and parts of what there is are safety stock: every order needs many parcels. */
const scarce = (next: (below: number) => number): Shelf => ({ available: 1 + next(2), safetyStock: next(2) })

function orders(shelf: typeof usual, objectives: readonly AllocationObjective[][]): AllocationInput[] {
  const next = newSequence()
  return Array.from({ length: ORDERS }, (_, index) => {
    const demand = Array.from(
      { length: LINES },
      (_, line): Demand => ({ lineNumber: line + 1, skuId: `SKU-${line}`, quantity: UNITS }),
    )
    const levels = demand.flatMap(({ skuId }) =>
      WAREHOUSES.map(
        ({ warehouseId }): StockLevel => ({
          skuId,
          warehouseId,
          weightGrams: 100 + next(900),
          ...shelf(next),
        }),
      ),
    )
    return {
      demand,
      levels,
      warehouses: WAREHOUSES,
      place: placeOf(CUSTOMERS[index % CUSTOMERS.length] ?? ''),
      policy: { ...DEFAULT_ALLOCATION_POLICY, objectives: objectives[index % objectives.length] ?? [] },
    }
  })
}

/** Every order of all four objectives. */
function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length === 0) return [[]]
  return items.flatMap((item) =>
    permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
  )
}

/** What a hub without objectives would do: from the nearest warehouse whatever it has, then from the next. */
function takeFromNearest({ demand, levels, warehouses, place }: AllocationInput): number {
  const { point } = place
  const sorted = warehouses
    .map((warehouse) => ({ ...warehouse, kilometres: point ? distanceKilometres(point, warehouse) : 0 }))
    .sort((a, b) => a.kilometres - b.kilometres)
  const stock = new Map(levels.map((level) => [`${level.skuId} ${level.warehouseId}`, level.available]))
  let allocations = 0
  for (const { skuId, quantity } of demand) {
    let missing = quantity
    for (const { warehouseId } of sorted) {
      const taken = Math.min(missing, stock.get(`${skuId} ${warehouseId}`) ?? 0)
      if (taken > 0) allocations += 1
      missing -= taken
    }
  }
  return allocations
}

/**
 * Milliseconds of each order's plan, in turns with the baseline's. Each is done several times and the least counts: what
 * else the machine does is not the plan's time, and the percentiles are over orders.
 */
function time(inputs: AllocationInput[]): { plans: number[]; passes: number[] } {
  const plans: number[] = []
  const passes: number[] = []
  for (const [index, input] of inputs.entries()) {
    const plan = leastMs(() => planAllocation(input).ok)
    const pass = leastMs(() => takeFromNearest(input) > 0)
    if (index < WARM_UP) continue
    plans.push(plan)
    passes.push(pass)
  }
  return { plans, passes }
}

function leastMs(work: () => boolean): number {
  return Math.min(
    ...Array.from({ length: TRIES }, () => {
      const startedAt = performance.now()
      const served = work()
      const took = performance.now() - startedAt
      if (!served) throw new Error('an order of the benchmark could not be served')
      return took
    }),
  )
}

/** How long it takes to give 50 lines to 12 warehouses: as it usually is, and where stock is as scarce as can be. */
export async function measureAllocation(stage: Stage): Promise<Figure[]> {
  stage.check()
  const cases = [
    { name: 'allocation', ...time(orders(usual, [[...DEFAULT_ALLOCATION_POLICY.objectives]])) },
    { name: 'allocation-scarce', ...time(orders(scarce, permutations(ALLOCATION_OBJECTIVES))) },
  ]
  return cases.flatMap(({ name, plans, passes }) =>
    [0.5, 0.99].map((share) => ({
      name: `${name}-p${share * 100}`,
      value: percentile(plans, share),
      unit: 'ms',
      baseline: percentile(passes, share),
      aim: { valueAtMost: 2 },
      against: 'nearest-first pass',
    })),
  )
}
