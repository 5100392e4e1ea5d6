import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { POLICIES } from '../../contracts/policies/index.ts'
import {
  forecastDemand,
  leadTimeOf,
  lotOf,
  measureLeadTime,
  normalQuantile,
  preferTransfers,
  type ReplenishmentFacts,
  replenish,
  stockTargets,
  weekGrowth,
} from '../../domain/replenishment.ts'
import { replenishmentReason } from '../../domain/replenishment-text.ts'

const RULES = POLICIES.replenishment.initial
const known = (history: (number | null)[]) => ({ history, censoredDays: 0, promotionDays: 0 })

type Parts = { [Part in keyof ReplenishmentFacts]?: Partial<ReplenishmentFacts[Part]> | null }
function facts(parts: Parts = {}): ReplenishmentFacts {
  return {
    forecast: {
      method: 'mean',
      pattern: 'smooth',
      perDay: 10,
      residuals: [-20, -10, -5, 0, 0, 4, 6, 8, 12, 30],
      residualDays: 14,
      historyDays: 200,
      censoredDays: 0,
      promotionDays: 0,
      ...parts.forecast,
    },
    growth: null,
    measuredLeadTime: null,
    supply: {
      ...{ category: '茶', supplierId: null, packUnits: 1, minimumUnits: 1, unitCostCents: 500 },
      ...parts.supply,
    },
    stock: { available: 0, inTransit: 0, onOrder: 0, ...parts.stock },
  }
}

describe('stock targets', () => {
  const targets = fc.record({
    perDay: fc.double({ min: 0, max: 1_000, noNaN: true }),
    residuals: fc.array(fc.double({ min: -1_000, max: 1_000, noNaN: true }), { maxLength: 26 }),
    residualDays: fc.integer({ min: 1, max: 120 }),
    leadTime: fc.record({
      days: fc.integer({ min: 0, max: 90 }),
      deviationDays: fc.integer({ min: 0, max: 20 }),
    }),
    serviceLevel: fc.double({ min: 0.5, max: 0.999, noNaN: true }),
    reviewPeriodDays: fc.integer({ min: 1, max: 60 }),
  })

  test('are whole, never negative, and the order-up-to level is never below the reorder point', () => {
    const property = fc.property(targets, (input) => {
      const { safetyUnits, reorderPoint, orderUpTo } = stockTargets(input)
      for (const units of [safetyUnits, reorderPoint, orderUpTo]) {
        expect(Number.isSafeInteger(units)).toBe(true)
        expect(units).toBeGreaterThanOrEqual(0)
      }
      expect(reorderPoint).toBeGreaterThanOrEqual(safetyUnits)
      expect(orderUpTo).toBeGreaterThanOrEqual(reorderPoint)
    })
    fc.assert(property)
  })

  test('never fall when service level, lead time, its deviation or the review period rises', () => {
    const property = fc.property(targets, fc.integer({ min: 1, max: 30 }), (input, more) => {
      const { leadTime } = input
      const before = stockTargets(input)
      const raised = [
        { ...input, serviceLevel: Math.min(0.999, input.serviceLevel + more / 100) },
        { ...input, leadTime: { ...leadTime, days: leadTime.days + more } },
        { ...input, leadTime: { ...leadTime, deviationDays: leadTime.deviationDays + more } },
        { ...input, reviewPeriodDays: input.reviewPeriodDays + more },
      ]
      for (const after of raised.map(stockTargets)) {
        expect(after.safetyUnits).toBeGreaterThanOrEqual(before.safetyUnits)
        expect(after.reorderPoint).toBeGreaterThanOrEqual(before.reorderPoint)
        expect(after.orderUpTo).toBeGreaterThanOrEqual(before.orderUpTo)
      }
    })
    fc.assert(property)
  })

  test('cover, with a lead time of 0, the day until the next look and the review period', () => {
    const leadTime = { days: 0, deviationDays: 0 }
    const input = { perDay: 3, residuals: Array(26).fill(0), residualDays: 7, serviceLevel: 0.95 }
    expect(stockTargets({ ...input, leadTime, reviewPeriodDays: 7 })).toEqual({
      safetyUnits: 0,
      reorderPoint: 3,
      orderUpTo: 21,
    })
  })

  test('hold as much as chance asks for where there are too few residuals to tell', () => {
    const input = { perDay: 4, residualDays: 7, serviceLevel: 0.95, reviewPeriodDays: 7 }
    const leadTime = { days: 8, deviationDays: 0 }
    expect(stockTargets({ ...input, leadTime, residuals: [0, 0] }).safetyUnits).toBe(
      Math.ceil(1.645 * Math.sqrt(4 * 9)),
    )
    expect(stockTargets({ ...input, leadTime, residuals: Array(8).fill(0) }).safetyUnits).toBe(0)
  })

  test('hold more the less sure the lead time is', () => {
    const input = { perDay: 10, residuals: Array(20).fill(0), residualDays: 7, serviceLevel: 0.95 }
    const held = (deviationDays: number) =>
      stockTargets({ ...input, leadTime: { days: 9, deviationDays }, reviewPeriodDays: 7 }).safetyUnits
    expect([held(0), held(2)]).toEqual([0, 33])
  })
})

describe('a suggestion', () => {
  test('is made when what is there and on its way is at the reorder point, up to the order-up-to level', () => {
    const { reorderPoint, orderUpTo } = replenish(facts(), RULES)
    const at = (available: number) => replenish(facts({ stock: { available } }), RULES).suggestedUnits
    expect(at(reorderPoint + 1)).toBe(0)
    expect(at(reorderPoint)).toBe(orderUpTo - reorderPoint)
    const coming = { available: 1, inTransit: reorderPoint - 2, onOrder: 2 }
    expect(replenish(facts({ stock: coming }), RULES).suggestedUnits).toBe(0)
  })

  test('buys what is promised and missing, too', () => {
    const { orderUpTo } = replenish(facts(), RULES)
    expect(replenish(facts({ stock: { available: -5 } }), RULES)).toMatchObject({
      suggestedUnits: orderUpTo + 5,
      coverDays: 0,
    })
  })

  test('comes in whole packs and is never less than the supplier sells', () => {
    const property = fc.property(
      fc.integer({ min: 1, max: 10_000 }),
      fc.integer({ min: 1, max: 500 }),
      fc.integer({ min: 1, max: 500 }),
      (units, packUnits, minimumUnits) => {
        const lot = lotOf(units, { packUnits, minimumUnits })
        expect(lot % packUnits).toBe(0)
        expect(lot).toBeGreaterThanOrEqual(Math.max(units, minimumUnits))
        expect(lot).toBeLessThan(Math.max(units, minimumUnits) + packUnits)
      },
    )
    fc.assert(property)
    expect(lotOf(0, { packUnits: 12, minimumUnits: 24 })).toBe(0)
  })

  test('is none for what has never been sold and what is only zeros', () => {
    for (const history of [[], [null, null], Array(200).fill(0)]) {
      const forecast = forecastDemand(known(history), 14)
      const result = replenish(facts({ forecast }), RULES)
      expect(result).toMatchObject({ perDay: 0, suggestedUnits: 0, coverDays: null })
    }
  })

  test('is made of one order, too', () => {
    const forecast = forecastDemand(known([0, 0, 0, 0, 7]), 14)
    expect(forecast).toMatchObject({ method: 'mean', perDay: 1.4, residuals: [] })
    expect(replenish(facts({ forecast }), RULES).suggestedUnits).toBeGreaterThan(14)
  })

  test('takes over a part of the present growth, the less the fewer units it is seen on', () => {
    const grown = (perDay: number) => {
      const growth = { perDay, previousPerDay: perDay / 1.5 }
      return replenish({ ...facts({ forecast: { perDay: 10 } }), growth }, RULES)
    }
    expect(grown(100).growthPercent).toBe(50)
    expect(grown(100).perDay).toBeGreaterThan(11.4)
    expect(grown(100).perDay).toBeLessThan(11.5)
    expect(grown(0.3).perDay).toBeLessThan(10.3)
    expect(replenish({ ...facts(), growth: { perDay: 4, previousPerDay: 0 } }, RULES)).toMatchObject({
      perDay: 10,
      growthPercent: null,
    })
  })

  test('is of what is known today: a category has its own service level', () => {
    const rules = { ...RULES, serviceLevelByCategory: { 茶: 99.9 } }
    const before = replenish(facts(), RULES).safetyUnits
    expect(replenish(facts(), rules).safetyUnits).toBeGreaterThan(before)
    expect(replenish(facts({ supply: { category: 'constructor' } }), rules).safetyUnits).toBe(before)
  })

  test('tells what is too much, but not of what is new', () => {
    const stock = { available: 2_000 }
    expect(replenish(facts({ stock }), RULES).excessUnits).toBe(2_000 - 600)
    expect(replenish(facts({ stock, forecast: { historyDays: 10 } }), RULES).excessUnits).toBe(0)
  })
})

test('a forecast of daily sales finds the weekend, and residuals to hold stock by', () => {
  const history = Array.from({ length: 180 }, (_, day) => (day % 7 >= 5 ? 30 : 2))
  const forecast = forecastDemand(known(history), 7)
  expect(forecast.perDay).toBeCloseTo(10)
  expect(forecast.residuals.length).toBeGreaterThan(15)
  expect(forecast.pattern).toBe('erratic')
})

test('the week’s growth is that of days that are known, and nothing where most are not', () => {
  expect(weekGrowth([...Array(7).fill(2), ...Array(7).fill(3)])).toEqual({ perDay: 3, previousPerDay: 2 })
  expect(weekGrowth([...Array(7).fill(2), null, null, 3, 3, 3, 3, 3])).toMatchObject({ perDay: 3 })
  expect(weekGrowth([...Array(7).fill(2), ...Array(4).fill(null), 3, 3, 3])).toBeNull()
  expect(weekGrowth([1, 2, 3])).toBeNull()
})

test('a lead time is what was measured, then the supplier’s, the category’s, the general one', () => {
  const leadTimes = {
    fallback: { days: 7, deviationDays: 2 },
    byCategory: { 茶: { days: 20, deviationDays: 5 } },
    bySupplier: { S1: { days: 3, deviationDays: 1 } },
    minimumReceipts: 3,
  }
  const { supply } = facts()
  const of = (change: Partial<typeof supply>, days: number[] = []) =>
    leadTimeOf({ supply: { ...supply, ...change }, measuredLeadTime: measureLeadTime(days) }, { leadTimes })
  expect(of({ supplierId: 'S1' }, [8, 9, 10])).toEqual({ days: 9, deviationDays: 1, source: 'receipts' })
  expect(of({ supplierId: 'S1' }, [8, 9])).toMatchObject({ days: 3, source: 'supplier' })
  expect(of({ supplierId: 'S2' })).toMatchObject({ days: 20, source: 'category' })
  expect(of({ category: '杯' })).toMatchObject({ days: 7, source: 'fallback' })
})

describe('other warehouses’ excess', () => {
  const single = { packUnits: 1, minimumUnits: 1 }
  const need = (warehouseId: string, suggestedUnits: number, coverDays: number, excessUnits = 0) => ({
    ...{ warehouseId, suggestedUnits, coverDays, excessUnits },
  })

  test('goes to whoever lasts shortest first, and only the rest is bought', () => {
    const levels = [need('A', 50, 3), need('B', 40, 1), need('C', 0, 90, 60)]
    expect(preferTransfers(levels, single)).toEqual([
      { warehouseId: 'B', transferUnits: 40, purchaseUnits: 0 },
      { warehouseId: 'A', transferUnits: 20, purchaseUnits: 30 },
    ])
  })

  test('is never promised twice, and every need is met by both together', () => {
    const levels = fc.array(
      fc.record({
        warehouseId: fc.uuid(),
        coverDays: fc.option(fc.double({ min: 0, max: 100, noNaN: true })),
        ...{ suggestedUnits: fc.nat(1_000), excessUnits: fc.nat(1_000) },
      }),
      { maxLength: 12 },
    )
    const property = fc.property(levels, (all) => {
      const shared = preferTransfers(all, single)
      const given = shared.reduce((sum, { transferUnits }) => sum + transferUnits, 0)
      expect(given).toBeLessThanOrEqual(all.reduce((sum, { excessUnits }) => sum + excessUnits, 0))
      for (const { warehouseId, transferUnits, purchaseUnits } of shared) {
        const wanted = all.find((level) => level.warehouseId === warehouseId)?.suggestedUnits
        expect(transferUnits + purchaseUnits).toBe(wanted)
      }
    })
    fc.assert(property)
  })
})

test('the reason says what it is made of, in both languages', () => {
  const grown = { ...facts({ stock: { available: 44, onOrder: 10 } }), growth: null }
  const result = {
    perDay: 14.23,
    growthPercent: 38,
    coverDays: 3.1,
    leadTime: { days: 9, deviationDays: 2, source: 'supplier' as const },
  }
  expect(replenishmentReason(grown, result)).toEqual({
    en: 'sells 14.2 a day, +38 % week on week, 3.1 days of cover, lead time 9 (by supplier), 10 on the way',
    zh: '日均销量 14.2，周环比 +38%，可售 3.1 天，到货周期 9 天（按供应商），在途 10 件',
  })
  const still = replenishmentReason(facts({ forecast: { censoredDays: 4 } }), {
    ...result,
    ...{ perDay: 0, growthPercent: null, coverDays: null },
  })
  expect(still.en).toBe('sells nothing, lead time 9 (by supplier), 4 days without stock left out')
})

test('the normal quantile is that of the table', () => {
  expect(normalQuantile(0.5)).toBeCloseTo(0, 3)
  expect(normalQuantile(0.95)).toBeCloseTo(1.6449, 3)
  expect(normalQuantile(0.999)).toBeCloseTo(3.0902, 3)
})
