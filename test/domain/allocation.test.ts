import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Demand, planAllocation } from '../../domain/allocation.ts'
import { DEFAULT_ALLOCATION_POLICY } from '../../domain/allocation-policy.ts'
import type { AllocationObjective } from '../../domain/allocation-problem.ts'
import type { Allocation } from '../../domain/order.ts'
import { HERE, type NearLevel, planOver, warehouseAt } from '../support/allocation.ts'

const SKUS = ['A', 'B', 'C', 'D']
const WAREHOUSES = ['W1', 'W2', 'W3', 'W4', 'W5']

/** Demand of a few SKUs, each in one line, and levels of some of them in some warehouses. */
const problem = fc
  .record({
    wanted: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: SKUS.length }),
    distances: fc.array(fc.nat(3), { minLength: WAREHOUSES.length, maxLength: WAREHOUSES.length }),
    available: fc.array(fc.integer({ min: -2, max: 8 }), {
      minLength: SKUS.length * WAREHOUSES.length,
      maxLength: SKUS.length * WAREHOUSES.length,
    }),
  })
  .map(({ wanted, distances, available }) => ({
    demand: wanted.map(
      (quantity, index): Demand => ({ lineNumber: index + 1, skuId: SKUS[index] ?? '', quantity }),
    ),
    levels: SKUS.flatMap((skuId, row) =>
      WAREHOUSES.map(
        (warehouseId, column): NearLevel => ({
          skuId,
          warehouseId,
          available: available[row * WAREHOUSES.length + column] ?? 0,
          kilometres: (distances[column] ?? 0) * 100,
        }),
      ),
    ),
  }))

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0)
const stockOf = (levels: NearLevel[], skuId: string) =>
  sum(levels.filter((level) => level.skuId === skuId).map((level) => Math.max(0, level.available)))
const given = (allocations: Allocation[], line: Partial<Allocation>) =>
  sum(
    allocations
      .filter((entry) => line.lineNumber === undefined || entry.lineNumber === line.lineNumber)
      .filter((entry) => line.skuId === undefined || entry.skuId === line.skuId)
      .filter((entry) => line.warehouseId === undefined || entry.warehouseId === line.warehouseId)
      .map((entry) => entry.quantity),
  )
const sorted = (allocations: Allocation[]) =>
  allocations.map((entry) => `${entry.warehouseId}/${entry.lineNumber}/${entry.quantity}`).sort()

const level = (skuId: string, warehouseId: string, available: number, kilometres: number) => ({
  skuId,
  warehouseId,
  available,
  kilometres,
})

describe('planAllocation', () => {
  test('promises every line in full, and nowhere more than there is', () => {
    fc.assert(
      fc.property(problem, ({ demand, levels }) => {
        const plan = planOver(demand, levels)
        if (!plan.ok) return
        for (const { lineNumber, quantity } of demand)
          expect(given(plan.allocations, { lineNumber })).toBe(quantity)
        for (const { skuId, warehouseId, available } of levels)
          expect(given(plan.allocations, { skuId, warehouseId })).toBeLessThanOrEqual(Math.max(0, available))
        expect(
          plan.allocations.every((entry) => Number.isInteger(entry.quantity) && entry.quantity > 0),
        ).toBe(true)
      }),
    )
  })

  test('refuses only when all warehouses together hold too little, and names exactly what is short', () => {
    fc.assert(
      fc.property(problem, ({ demand, levels }) => {
        const short = demand.filter(({ skuId, quantity }) => stockOf(levels, skuId) < quantity)
        const plan = planOver(demand, levels)
        expect(plan.ok).toBe(short.length === 0)
        if (plan.ok) return
        expect(plan.shortages).toEqual(
          short.map(({ skuId, quantity }) => ({
            skuId,
            requested: quantity,
            available: stockOf(levels, skuId),
          })),
        )
      }),
    )
  })

  test('takes the nearest warehouse that has everything, if one has', () => {
    fc.assert(
      fc.property(problem, ({ demand, levels }) => {
        const complete = WAREHOUSES.filter((warehouseId) =>
          demand.every(({ skuId, quantity }) =>
            levels.some(
              (level) =>
                level.warehouseId === warehouseId && level.skuId === skuId && level.available >= quantity,
            ),
          ),
        )
        const distance = (warehouseId: string) =>
          levels.find((level) => level.warehouseId === warehouseId)?.kilometres ?? 0
        const plan = planOver(demand, levels)
        if (complete.length === 0 || !plan.ok) return
        const used = new Set(plan.allocations.map((entry) => entry.warehouseId))
        expect(used.size).toBe(1)
        expect(Math.min(...[...used].map(distance))).toBe(Math.min(...complete.map(distance)))
      }),
    )
  })

  test('names a warehouse and a line together once at most', () => {
    fc.assert(
      fc.property(problem, ({ demand, levels }) => {
        const plan = planOver(demand, levels)
        if (!plan.ok) return
        const pairs = plan.allocations.map((entry) => `${entry.warehouseId}/${entry.lineNumber}`)
        expect(new Set(pairs).size).toBe(pairs.length)
      }),
    )
  })

  test('gives the same plan whatever order demand and levels come in', () => {
    const shuffled = problem.chain(({ demand, levels }) =>
      fc.record({
        demand: fc.constant(demand),
        levels: fc.constant(levels),
        otherDemand: fc.shuffledSubarray(demand, { minLength: demand.length }),
        otherLevels: fc.shuffledSubarray(levels, { minLength: levels.length }),
      }),
    )
    fc.assert(
      fc.property(shuffled, ({ demand, levels, otherDemand, otherLevels }) => {
        const plan = planOver(demand, levels)
        const other = planOver(otherDemand, otherLevels)
        expect(other.ok).toBe(plan.ok)
        if (plan.ok && other.ok) expect(sorted(other.allocations)).toEqual(sorted(plan.allocations))
      }),
    )
  })

  test('leaves its input alone', () => {
    fc.assert(
      fc.property(problem, ({ demand, levels }) => {
        const before = structuredClone({ demand, levels })
        planOver(demand, levels)
        expect({ demand, levels }).toEqual(before)
      }),
    )
  })

  test('one parcel from afar is better than two from nearby', () => {
    const demand = [
      { lineNumber: 1, skuId: 'A', quantity: 2 },
      { lineNumber: 2, skuId: 'B', quantity: 2 },
    ]
    const near = [level('A', 'near', 2, 10), level('B', 'nearer', 2, 5)]
    const far = [level('A', 'far', 2, 900), level('B', 'far', 2, 900)]
    const plan = planOver(demand, [...near, ...far])
    expect(plan.ok && new Set(plan.allocations.map((entry) => entry.warehouseId))).toEqual(new Set(['far']))
  })

  test('a line that no warehouse has in full is split over them', () => {
    const plan = planOver(
      [{ lineNumber: 1, skuId: 'A', quantity: 5 }],
      [level('A', 'W1', 3, 10), level('A', 'W2', 3, 20)],
    )
    expect(plan.ok && sorted(plan.allocations)).toEqual(['W1/1/3', 'W2/1/2'])
  })

  test('a SKU that no warehouse knows is short by all of it', () => {
    expect(planOver([{ lineNumber: 1, skuId: 'Z', quantity: 1 }], [])).toEqual({
      ok: false,
      shortages: [{ skuId: 'Z', requested: 1, available: 0 }],
    })
  })
})

describe('the order of the objectives', () => {
  const demand = [{ lineNumber: 1, skuId: 'A', quantity: 4 }]
  /** Near has too little above its safety stock; cheap is far and dear for the parcel's way; each is best in one thing. */
  const levels: NearLevel[] = [
    { skuId: 'A', warehouseId: 'near', available: 4, kilometres: 10, safetyStock: 3 },
    { skuId: 'A', warehouseId: 'half', available: 2, kilometres: 20 },
    { skuId: 'A', warehouseId: 'rest', available: 2, kilometres: 30 },
    { skuId: 'A', warehouseId: 'cheap', available: 4, kilometres: 900, safetyStock: 1 },
  ]
  const freight = {
    regionPairs: [],
    bands: [{ upToKilometres: 500, parcelCents: 700, centsPerKilogram: 0 }],
    otherwise: { parcelCents: 500, centsPerKilogram: 0 },
  }
  const sendersBy = (...objectives: AllocationObjective[]) => {
    const plan = planOver(demand, levels, { objectives, freight })
    return plan.ok ? sorted(plan.allocations) : plan
  }

  test.each<[AllocationObjective[], string[]]>([
    [['fewest-parcels', 'nearest'], ['near/1/4']],
    [['nearest'], ['near/1/4']],
    [['lowest-freight'], ['cheap/1/4']],
    [['fewest-parcels', 'lowest-freight', 'nearest'], ['cheap/1/4']],
    [['fewest-parcels', 'keep-safety-stock'], ['cheap/1/4']],
    [
      ['keep-safety-stock', 'nearest'],
      ['half/1/2', 'rest/1/2'],
    ],
    [
      ['keep-safety-stock', 'fewest-parcels', 'nearest'],
      ['half/1/2', 'rest/1/2'],
    ],
    [
      ['keep-safety-stock', 'lowest-freight', 'nearest'],
      ['cheap/1/3', 'near/1/1'],
    ],
  ])('%j', (objectives, expected) => {
    expect(sendersBy(...objectives)).toEqual(expected)
  })

  test('safety stock is given away rather than an order refused', () => {
    const plan = planOver([{ lineNumber: 1, skuId: 'A', quantity: 12 }], levels, {
      objectives: ['keep-safety-stock'],
    })
    expect(plan.ok).toBe(true)
  })

  test('of two alike in everything, the one whose id comes first sends, whatever order they are named in', () => {
    const twins = ['W2', 'W1', 'W3'].map((warehouseId) => ({ ...level('A', warehouseId, 9, 50) }))
    for (const objectives of [
      ['fewest-parcels'],
      ['nearest'],
      ['lowest-freight'],
      ['keep-safety-stock'],
    ] as const) {
      for (const order of [twins, twins.toReversed()]) {
        const plan = planOver(demand, order, { objectives })
        expect(plan.ok && sorted(plan.allocations)).toEqual(['W1/1/4'])
      }
    }
  })

  test('what has no weight still goes the cheap way', () => {
    const plan = planOver(
      demand,
      [
        { skuId: 'A', warehouseId: 'dear', available: 9, kilometres: 10, weightGrams: 0 },
        { skuId: 'A', warehouseId: 'cheap', available: 9, kilometres: 900, weightGrams: 0 },
      ],
      {
        objectives: ['lowest-freight'],
        freight: {
          regionPairs: [],
          bands: [{ upToKilometres: 500, parcelCents: 0, centsPerKilogram: 2 }],
          otherwise: { parcelCents: 0, centsPerKilogram: 1 },
        },
      },
    )
    expect(plan.ok && sorted(plan.allocations)).toEqual(['cheap/1/4'])
  })
})

describe('where the customer is', () => {
  const demand = [{ lineNumber: 1, skuId: 'A', quantity: 1 }]
  const levels = [level('A', 'W1', 5, 900), level('A', 'W2', 5, 10)]

  test('a place that is not certain takes distance out of the decision, and the explanation says so', () => {
    const place = { ...HERE, point: null, problem: 'ambiguous-name' as const }
    const plan = planOver(demand, levels, { maxDistanceKilometres: 500 }, { place })
    expect(plan).toMatchObject({
      ok: true,
      allocations: [{ warehouseId: 'W1' }],
      explanation: {
        place: { problem: 'ambiguous-name' },
        objectives: [
          { objective: 'fewest-parcels', value: 1 },
          { objective: 'nearest', value: null },
        ],
        chosen: [{ warehouseId: 'W1', kilometres: null }],
      },
    })
  })

  test('the freight of a pair of regions holds without a distance', () => {
    const price = { parcelCents: 500, centsPerKilogram: 0 }
    const plan = planAllocation({
      demand,
      levels: levels.map(({ kilometres: _, ...rest }) => ({ ...rest, safetyStock: 0, weightGrams: 1 })),
      warehouses: [warehouseAt('W1', 900, '华北'), warehouseAt('W2', 10, '华东')],
      place: { ...HERE, point: null, problem: 'province-only' },
      policy: {
        ...DEFAULT_ALLOCATION_POLICY,
        objectives: ['lowest-freight'],
        freight: {
          regionPairs: [{ fromRegion: '华东', toRegion: '华东', ...price, parcelCents: 400 }],
          bands: [{ upToKilometres: 1_000, parcelCents: 0, centsPerKilogram: 0 }],
          otherwise: price,
        },
      },
    })
    expect(plan.ok && sorted(plan.allocations)).toEqual(['W2/1/1'])
  })
})

describe('limits of the policy', () => {
  const demand = [{ lineNumber: 1, skuId: 'A', quantity: 4 }]
  const levels = [level('A', 'W1', 2, 10), level('A', 'W2', 3, 20), level('A', 'far', 9, 2_000)]

  test('what limits keep from an order is told apart from what is not there', () => {
    const limits = { maxParcels: 1, maxDistanceKilometres: 100 }
    expect(planOver(demand, levels, limits)).toEqual({
      ok: false,
      shortages: [{ skuId: 'A', requested: 4, available: 3, beyondLimits: 1 }],
    })
  })

  test('a SKU that may not be split comes from one warehouse, lines and all', () => {
    const two = [
      { lineNumber: 1, skuId: 'A', quantity: 3 },
      { lineNumber: 2, skuId: 'A', quantity: 1 },
    ]
    const plan = planOver(two, levels, { splitLines: false })
    expect(plan.ok && sorted(plan.allocations)).toEqual(['far/1/3', 'far/2/1'])
  })

  test('what cannot be served in full is served as far as the limits go, if that is asked for', () => {
    const plan = planOver(demand, levels, { maxParcels: 1, maxDistanceKilometres: 100 }, { partial: true })
    expect(plan.ok && sorted(plan.allocations)).toEqual(['W2/1/3'])
    const nothing = planOver(demand, levels, {}, { partial: true, excludedWarehouses: ['W1', 'W2', 'far'] })
    expect(nothing).toMatchObject({ ok: true, allocations: [] })
  })
})

describe('more warehouses than are compared exactly', () => {
  const many = Array.from({ length: 40 }, (_, index) => `W${String(index).padStart(2, '0')}`)

  test('the one that has everything is found, however many there are', () => {
    const levels = many.flatMap((warehouseId, index) => [
      level('A', warehouseId, 1, 500 - index),
      level('B', warehouseId, index === 23 ? 2 : 0, 500 - index),
    ])
    const demand = [
      { lineNumber: 1, skuId: 'A', quantity: 1 },
      { lineNumber: 2, skuId: 'B', quantity: 2 },
    ]
    const plan = planOver(demand, levels)
    expect(plan.ok && sorted(plan.allocations)).toEqual(['W23/1/1', 'W23/2/2'])
    expect(plan).toMatchObject({ explanation: { candidates: 40, compared: 12 } })
  })

  test('an order that only all of them together can serve is served', () => {
    const levels = many.map((warehouseId) => level('A', warehouseId, 1, 100))
    const plan = planOver([{ lineNumber: 1, skuId: 'A', quantity: 40 }], levels)
    expect(plan.ok && plan.allocations).toHaveLength(40)
    expect(planOver([{ lineNumber: 1, skuId: 'A', quantity: 41 }], levels)).toMatchObject({
      ok: false,
      shortages: [{ skuId: 'A', requested: 41, available: 40 }],
    })
  })
})
