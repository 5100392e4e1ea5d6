import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Demand } from '../../domain/allocation.ts'
import type { Allocation } from '../../domain/order.ts'
import { type NearLevel, planOver } from '../support/allocation.ts'

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

  const level = (skuId: string, warehouseId: string, available: number, kilometres: number) => ({
    skuId,
    warehouseId,
    available,
    kilometres,
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
