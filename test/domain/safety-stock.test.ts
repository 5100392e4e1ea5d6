import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stockTargets } from '../../domain/replenishment.ts'

/**
 * 10 a day, 3 days of lead time, bought every 13 days: 4 days until the reorder point is looked at again, 16 that an order lasts.
 * The normal quantile of 95 % is 1.645.
 */
const targets = (residuals: number[], deviationDays = 0) =>
  stockTargets({
    ...{ perDay: 10, residuals, residualDays: 9, serviceLevel: 0.95, reviewPeriodDays: 13 },
    leadTime: { days: 3, deviationDays },
  })
/** Root mean square √(288 / 8) = 6; neither the mean of their sizes (3) nor their deviation from their mean (5.2). */
const SMALL = [0, 0, 0, 12, 0, 0, 0, 12]
const LARGE = SMALL.map((residual) => residual * 5)

describe('safety stock', () => {
  test('is the root mean square of eight errors of the backtest, for the days, at the service level', () => {
    // Over 4 days 1.645 · √(6² · 4/9) = 6.58; over 16 days 1.645 · √(6² · 16/9) = 13.16.
    expect(targets(SMALL)).toEqual({ safetyUnits: 7, reorderPoint: 47, orderUpTo: 174 })
  })

  test('is five times as large where the same demand was forecast five times as badly', () => {
    // Over 4 days 32.9; over 16 days 65.8.
    expect(targets(LARGE)).toEqual({ safetyUnits: 33, reorderPoint: 73, orderUpTo: 226 })
  })

  test('has the lead time’s deviation in it as a variance beside that of the errors', () => {
    // 1.645 · √(6² · 4/9 + (10 · 0.3)²) = 1.645 · √(16 + 9) = 8.22; 1.645 · √(64 + 9) = 14.05.
    expect(targets(SMALL, 0.3)).toEqual({ safetyUnits: 9, reorderPoint: 49, orderUpTo: 175 })
  })

  test('of fewer than eight errors is what chance alone asks for, or more where they were larger', () => {
    // √(10 · 9) in place of 6: 1.645 · √(90 · 4/9) = 10.4, 1.645 · √(90 · 16/9) = 20.8.
    const byChance = { safetyUnits: 11, reorderPoint: 51, orderUpTo: 181 }
    expect(targets([])).toEqual(byChance)
    expect(targets(Array(7).fill(6))).toEqual(byChance)
    expect(targets(Array(8).fill(6)).safetyUnits).toBe(7)
    expect(targets(Array(7).fill(30)).safetyUnits).toBe(33)
  })

  test('grows with the errors and only with them', () => {
    const residual = fc.integer({ min: -500, max: 500 }).filter((units) => units !== 0)
    const property = fc.property(fc.array(residual, { minLength: 8, maxLength: 52 }), (residuals) => {
      const once = targets(residuals)
      const tenfold = targets(residuals.map((units) => units * 10))
      expect(tenfold.safetyUnits).toBeGreaterThan(once.safetyUnits)
      expect(targets(residuals.map((units) => -units))).toEqual(once)
    })
    fc.assert(property)
    expect(targets(Array(8).fill(0)).safetyUnits).toBe(0)
  })
})
