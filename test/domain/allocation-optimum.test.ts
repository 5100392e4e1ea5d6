import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type AllocationInput, planAllocation } from '../../domain/allocation.ts'
import { type AllocationPolicy, DEFAULT_ALLOCATION_POLICY } from '../../domain/allocation-policy.ts'
import { ALLOCATION_OBJECTIVES, type AllocationObjective } from '../../domain/allocation-problem.ts'
import { RecentPlans } from '../../domain/allocation-recent.ts'
import { distanceKilometres } from '../../domain/division.ts'
import { freightPrice } from '../../domain/freight.ts'
import type { Allocation } from '../../domain/order.ts'
import { HERE, warehouseAt } from '../support/allocation.ts'

const REGIONS = ['华东', '华北', '西北']

/** Policies of every length and order, with limits and prices that often tie. */
const policy: fc.Arbitrary<AllocationPolicy> = fc.record({
  objectives: fc.shuffledSubarray([...ALLOCATION_OBJECTIVES]),
  maxParcels: fc.option(fc.integer({ min: 1, max: 3 }), { nil: null, freq: 1 }),
  maxDistanceKilometres: fc.option(fc.constantFrom(150, 250), { nil: null, freq: 1 }),
  splitLines: fc.constantFrom(true, true, true, false),
  freight: fc.record({
    regionPairs: fc.array(
      fc.record({
        fromRegion: fc.constantFrom(...REGIONS),
        toRegion: fc.constant('华东'),
        parcelCents: fc.constantFrom(0, 1, 4),
        centsPerKilogram: fc.nat(3),
      }),
      { maxLength: 2 },
    ),
    bands: fc.constantFrom(
      [],
      [
        { upToKilometres: 120, parcelCents: 1, centsPerKilogram: 2 },
        { upToKilometres: 220, parcelCents: 2, centsPerKilogram: 1 },
      ],
    ),
    otherwise: fc.record({ parcelCents: fc.nat(1), centsPerKilogram: fc.nat(3) }),
  }),
})

/** So small that every plan can be tried: at most 4 warehouses and 3 SKUs of which up to 4 units are wanted. */
const input: fc.Arbitrary<AllocationInput> = fc
  .record({
    policy,
    wanted: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }),
    warehouses: fc.array(fc.record({ kilometres: fc.nat(3), region: fc.constantFrom(...REGIONS) }), {
      minLength: 1,
      maxLength: 4,
    }),
    stock: fc.array(fc.tuple(fc.constantFrom(-1, 0, 1, 1, 2, 2, 3, 4), fc.nat(2)), {
      minLength: 12,
      maxLength: 12,
    }),
    weights: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 3, maxLength: 3 }),
    isKnown: fc.constantFrom(true, true, false),
  })
  .map(({ policy, wanted, warehouses, stock, weights, isKnown }) => ({
    policy,
    place: isKnown ? HERE : { ...HERE, point: null, problem: 'province-only' as const },
    demand: wanted.map((quantity, index) => ({ lineNumber: index + 1, skuId: `SKU-${index}`, quantity })),
    warehouses: warehouses.map(({ kilometres, region }, index) =>
      warehouseAt(`W${index}`, kilometres * 100, region),
    ),
    levels: wanted.flatMap((_, sku) =>
      warehouses.map((_, index) => {
        const [available = 0, safetyStock = 0] = stock[sku * 4 + index] ?? []
        const weightGrams = (weights[sku] ?? 1) * 500
        return { skuId: `SKU-${sku}`, warehouseId: `W${index}`, available, safetyStock, weightGrams }
      }),
    ),
  }))

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0)

/** What a plan costs, counted from the plan itself. */
function costsOf({ policy, place, warehouses, levels }: AllocationInput, plan: Allocation[]): number[] {
  const used = warehouses.filter(({ warehouseId }) => plan.some((entry) => entry.warehouseId === warehouseId))
  const unitsFrom = (warehouseId: string, skuId: string) =>
    sum(
      plan
        .filter((entry) => entry.warehouseId === warehouseId && entry.skuId === skuId)
        .map((entry) => entry.quantity),
    )
  const costs: Record<AllocationObjective, () => number> = {
    'fewest-parcels': () => used.length,
    nearest: () =>
      sum(
        used.map((warehouse) =>
          place.point ? Math.round(distanceKilometres(place.point, warehouse) * 1_000) : 0,
        ),
      ),
    'lowest-freight': () =>
      sum(
        used.map((warehouse) => {
          const kilometres = place.point && distanceKilometres(place.point, warehouse)
          const way = { fromRegion: warehouse.region, toRegion: place.region, kilometres }
          const { parcelCents, centsPerKilogram } = freightPrice(policy.freight, way)
          const grams = levels
            .filter((level) => level.warehouseId === warehouse.warehouseId)
            .map((level) => unitsFrom(level.warehouseId, level.skuId) * level.weightGrams)
          return parcelCents * 1_000 + centsPerKilogram * sum(grams)
        }),
      ),
    'keep-safety-stock': () =>
      sum(
        levels.map(({ skuId, warehouseId, available, safetyStock }) =>
          Math.max(0, unitsFrom(warehouseId, skuId) - Math.max(0, available - safetyStock)),
        ),
      ),
  }
  return policy.objectives.map((objective) => costs[objective]())
}

/** Every permitted plan, one after the other. */
function everyPlan({ demand, levels, policy, place, warehouses }: AllocationInput): Allocation[][] {
  const { maxDistanceKilometres, maxParcels, splitLines } = policy
  const near = warehouses.filter(
    (warehouse) =>
      maxDistanceKilometres === null ||
      !place.point ||
      distanceKilometres(place.point, warehouse) <= maxDistanceKilometres,
  )
  const waysOf = (skuId: string, quantity: number, lineNumber: number, from: number): Allocation[][] => {
    if (quantity === 0) return [[]]
    const warehouse = near[from]
    if (warehouse === undefined) return []
    const { warehouseId } = warehouse
    const has =
      levels.find((level) => level.skuId === skuId && level.warehouseId === warehouseId)?.available ?? 0
    const takes = Array.from({ length: Math.min(quantity, Math.max(0, has)) + 1 }, (_, units) => units)
    return takes
      .filter((units) => splitLines || units === 0 || units === quantity)
      .flatMap((units) =>
        waysOf(skuId, quantity - units, lineNumber, from + 1).map((rest) =>
          units === 0 ? rest : [{ lineNumber, skuId, warehouseId, quantity: units }, ...rest],
        ),
      )
  }
  const plans = demand.reduce<Allocation[][]>(
    (found, { skuId, quantity, lineNumber }) => {
      const ways = waysOf(skuId, quantity, lineNumber, 0)
      return found.flatMap((plan) => ways.map((way) => [...plan, ...way]))
    },
    [[]],
  )
  return plans.filter(
    (plan) =>
      new Set(plan.map((entry) => entry.warehouseId)).size <= (maxParcels ?? Number.POSITIVE_INFINITY),
  )
}

const compare = (a: number[], b: number[]) =>
  a.map((cost, index) => cost - (b[index] ?? 0)).find((cost) => cost !== 0) ?? 0

/** Small changes of one question, so that some are the same to whoever asks. */
const neighbours = fc
  .tuple(
    input,
    fc.array(fc.record({ at: fc.nat(), by: fc.integer({ min: -2, max: 2 }), line: fc.nat({ max: 3 }) })),
  )
  .map(([first, steps]) => {
    const problems = [first]
    let last = first
    for (const { at, by, line } of steps) {
      const levels = last.levels.map((level, index) =>
        index === at % last.levels.length ? { ...level, available: level.available + by } : level,
      )
      // Another order has other line numbers.
      const demand = last.demand.map((entry) => ({ ...entry, lineNumber: entry.lineNumber + line }))
      last = { ...last, levels, demand }
      problems.push(last)
    }
    return problems
  })

describe('planAllocation with the plans of those who came before', () => {
  test('plans and explains as it would without them, whatever has changed in between', () => {
    fc.assert(
      fc.property(fc.array(neighbours, { maxLength: 4 }), (problems) => {
        const recent = new RecentPlans()
        for (const problem of problems.flat()) {
          expect(planAllocation(problem, recent)).toEqual(planAllocation(problem))
        }
      }),
      { numRuns: 200 },
    )
  })

  test('asks the search once for a question that comes again', () => {
    const recent = new RecentPlans()
    const question: AllocationInput = {
      demand: [{ lineNumber: 1, skuId: 'A', quantity: 2 }],
      levels: [{ skuId: 'A', warehouseId: 'W', available: 900, safetyStock: 10, weightGrams: 1 }],
      warehouses: [{ warehouseId: 'W', region: '华东', longitude: 120, latitude: 30 }],
      place: HERE,
      policy: DEFAULT_ALLOCATION_POLICY,
    }
    const first = planAllocation(question, recent)
    const later = planAllocation(
      { ...question, levels: question.levels.map((level) => ({ ...level, available: 899 })) },
      recent,
    )
    expect(first.ok && later.ok && later.explanation === first.explanation).toBe(true)
  })
})

describe('planAllocation against every possible plan', () => {
  test('costs what the best of all plans costs, in every order of the objectives, and refuses only if there is none', () => {
    fc.assert(
      fc.property(input, (problem) => {
        const plans = everyPlan(problem)
        const found = planAllocation(problem)
        expect(found.ok).toBe(plans.length > 0)
        if (!found.ok) return
        const best = plans.map((plan) => costsOf(problem, plan)).reduce((a, b) => (compare(b, a) < 0 ? b : a))
        expect(costsOf(problem, found.allocations)).toEqual(best)
      }),
      { numRuns: 1_500 },
    )
  })
})
