import { expect, test } from 'vitest'
import {
  always,
  chosenOf,
  FIRST_ORIGIN,
  HOLDING_A_WEEK,
  HORIZON_WEEKS,
  LOST_MARGIN,
  remembering,
  score,
  totalOf,
} from '../../bench/replenishment/backtest.ts'
import { weeklyDemand } from '../../bench/replenishment/weekly-demand.ts'
import { movingAverage, seasonalNaive } from '../../domain/forecast.ts'

const WEEKS = 106
const article = (units: number[], firstWeek = 0) => ({ stockCode: '1', price: 2, firstWeek, units })
const order = (week: number, stockCode: string, quantity: number) => ({
  ...{ key: '', invoice: '', fileLine: 1, customerId: null, country: '' },
  atSeconds: 1_000 + week * 7 * 86_400,
  lines: [{ stockCode, quantity, pricePence: 200 }],
})

test('sales are summed by whole weeks from the first of each article; the days at the end are left out', () => {
  const { articles, weeks } = weeklyDemand({
    orders: [order(0, 'A', 3), order(0, 'A', 1), order(2, 'A', 5), order(1, 'B', 2), order(3.5, 'B', 9)],
  })
  expect(weeks).toBe(3)
  expect(articles).toEqual([
    { stockCode: 'A', price: 2, firstWeek: 0, units: [4, 0, 5] },
    { stockCode: 'B', price: 2, firstWeek: 1, units: [2, 0] },
  ])
})

test('what never changes costs what lies there, and nothing is lost', () => {
  const result = score(article(Array(WEEKS).fill(10)), always(movingAverage(8)), 0.95)
  expect(result).toMatchObject({ scaledError: null, lostCost: 0, wanted: 530, sold: 530 })
  // 30 up to, 10 sold, 20 left and as many on the way: 20 lie at the end of the first week, then what the last orders bring.
  expect(result.holdingCost).toBeGreaterThan(0)
  expect(result.holdingCost).toBeLessThan(WEEKS * 30 * 2 * HOLDING_A_WEEK)
})

test('what is not there is lost at its margin', () => {
  const units = [...Array(FIRST_ORIGIN).fill(1), 100, ...Array(WEEKS - FIRST_ORIGIN - 1).fill(1)]
  const { lostCost, wanted, sold } = score(article(units), always(movingAverage(8)), 0.95)
  expect(lostCost).toBeCloseTo((wanted - sold) * 2 * LOST_MARGIN)
  expect(wanted - sold).toBeGreaterThan(90)
})

test('a method sees no more than the weeks before', () => {
  const seen: number[] = []
  const units = Array.from({ length: 60 }, (_, week) => week)
  score(
    article(units),
    (history) => {
      seen.push(history.at(-1) ?? -1)
      return { path: Array(HORIZON_WEEKS).fill(0), residuals: [] }
    },
    0.95,
  )
  expect(seen).toEqual([52, 53, 54, 55, 56, 57, 58])
})

test('a season that repeats is found, and its error is a part of the naive one’s', () => {
  const units = Array.from({ length: WEEKS }, (_, week) => (week % 52 > 45 ? 50 : 5))
  const chosen = chosenOf([
    { name: 'average', forecast: movingAverage(8) },
    { name: 'seasonal', forecast: seasonalNaive(52) },
  ])
  const average = score(article(units), always(movingAverage(8)), 0.95).scaledError ?? 0
  expect(score(article(units), always(seasonalNaive(52)), 0.95).scaledError).toBeCloseTo(0)
  expect(score(article(units), chosen, 0.95).scaledError).toBeLessThanOrEqual(average)
})

test('a remembered forecast is the same', () => {
  let asked = 0
  const forecast = remembering((history, horizon) => {
    asked += 1
    return movingAverage(2)(history, horizon)
  })
  expect([forecast([1, 3], 1), forecast([1, 3], 1), forecast([1, 3, 5], 1)]).toEqual([[2], [2], [4]])
  expect(asked).toBe(2)
})

test('articles’ errors count the same each, money adds up', () => {
  const one = { scaledError: 1, holdingCost: 1, lostCost: 2, wanted: 10, sold: 9 }
  expect(totalOf([one, { ...one, scaledError: 0.5 }, { ...one, scaledError: null, sold: 3 }])).toEqual({
    mase: 0.75,
    cost: 9,
    holdingCost: 3,
    lostCost: 6,
    fillRate: 0.7,
  })
})
