import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  backtest,
  chooseForecast,
  combined,
  crostonSba,
  demandPattern,
  exponentialSmoothing,
  knownPeriods,
  movingAverage,
  plainForecasters,
  quantile,
  seasonalMean,
  seasonalNaive,
  teunterSyntetosBabai,
  withoutBulk,
} from '../../domain/forecast.ts'

const options = { horizon: 7, step: 2, origins: 12, minimumHistory: 28 }
const everyMethod = plainForecasters({ season: 7, window: 28, smoothing: 0.07 })
const histories = fc.array(fc.option(fc.integer({ min: 0, max: 500 })), { maxLength: 120 })

describe('every forecaster', () => {
  test('lies between nothing and the most that was known, and has a value for each period', () => {
    const property = fc.property(histories, fc.integer({ min: 1, max: 30 }), (history, horizon) => {
      const known = history.filter((units) => units !== null)
      for (const { forecast } of everyMethod) {
        const path = forecast(history, horizon)
        if (path === null) continue
        expect(path).toHaveLength(horizon)
        for (const units of path) {
          expect(units).toBeGreaterThanOrEqual(0)
          expect(units).toBeLessThanOrEqual(Math.max(0, ...known) + 1e-9)
        }
      }
    })
    fc.assert(property)
  })

  test('expects of what never changes that it goes on (Croston a little less)', () => {
    const lengths = fc.integer({ min: 30, max: 120 })
    const property = fc.property(fc.integer({ min: 0, max: 100 }), lengths, (units, length) => {
      const history = Array.from({ length }, () => units)
      for (const { name, forecast } of everyMethod) {
        const [next = Number.NaN] = forecast(history, 3) ?? []
        if (name === 'croston-sba') expect(next).toBeCloseTo(units * 0.95)
        else expect(next).toBeCloseTo(units)
      }
    })
    fc.assert(property)
  })

  test('says the same with what is known worked out before, however many have used it, and leaves the history as it is', () => {
    const property = fc.property(histories, (history) => {
      const before = [...history]
      const alone = everyMethod.map(({ forecast }) => forecast([...before], 9))
      const known = knownPeriods(history)
      for (const round of [1, 2]) {
        expect([round, everyMethod.map(({ forecast }) => forecast(history, 9, known))]).toEqual([
          round,
          alone,
        ])
      }
      expect(history).toEqual(before)
    })
    fc.assert(property)
  })

  test('makes nothing of nothing, and nothing of zeros', () => {
    for (const { forecast } of everyMethod) {
      expect(forecast([], 5)).toBeNull()
      expect(forecast([null, null], 5)).toBeNull()
      expect(forecast(Array(40).fill(0), 2)).toEqual([0, 0])
    }
  })
})

test('Croston counts intervals, and its bias is taken off', () => {
  // Ten units every fifth period: 2 a period, less a twentieth at a smoothing of 0.1.
  const history = Array.from({ length: 100 }, (_, place) => (place % 5 === 4 ? 10 : 0))
  expect(crostonSba(0.1)(history, 1)).toEqual([expect.closeTo(1.9)])
})

test('what is no longer sold is forgotten by Teunter, Syntetos and Babai, and not by Croston', () => {
  const history = [...Array(20).fill(6), ...Array(60).fill(0)]
  const [tsb = Number.NaN] = teunterSyntetosBabai(0.1, 0.1)(history, 1) ?? []
  const [croston = Number.NaN] = crostonSba(0.1)(history, 1) ?? []
  expect(tsb).toBeLessThan(0.05)
  expect(croston).toBeGreaterThan(5)
})

test('a season is repeated, and a gap in it is filled with the mean', () => {
  const week = [1, 2, 3, 4, 5, 6, 7]
  expect(seasonalNaive(7)(week, 9)).toEqual([1, 2, 3, 4, 5, 6, 7, 1, 2])
  expect(seasonalNaive(7)([null, 2, 3, 4, 5, 6, 7], 1)).toEqual([4.5])
  expect(seasonalMean(7, 2)([...week, ...week.map((units) => units + 2)], 2)).toEqual([2, 3])
})

test('a gap is left out and not taken for zero', () => {
  expect(movingAverage(3)([9, 4, null, null, 6], 1)).toEqual([19 / 3])
  expect(exponentialSmoothing(0.5)([4, null, 4], 1)).toEqual([4])
})

test('what is bought in bulk once is not expected again, and a few demands are taken as they are', () => {
  const history = [2, 0, 3, 2, 1, 2, 90, 2]
  expect(withoutBulk(movingAverage(8), 0.8)(history, 1)?.[0]).toBeLessThan(3)
  expect(withoutBulk(movingAverage(3), 0.5)([1, 90, 1], 1)).toEqual([92 / 3])
  expect(withoutBulk(movingAverage(8), 0.8)([null, ...history], 1)).not.toBeNull()
})

test('quantiles lie between neighbours', () => {
  expect(quantile([], 0.9)).toBe(0)
  expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5)
  expect(quantile([1, 2], 1)).toBe(2)
})

test('whoever is named first is kept unless another is clearly nearer', () => {
  const constant = (units: number) => (_: unknown, horizon: number) => Array<number>(horizon).fill(units)
  const history = Array(60).fill(100)
  const choose = (first: number, second: number) =>
    chooseForecast(
      history,
      [
        { name: 'first', forecast: constant(first) },
        { name: 'second', forecast: constant(second) },
      ],
      options,
    )?.name
  expect(choose(90, 92.5)).toBe('second')
  expect(choose(90, 91.5)).toBe('first')
  expect(choose(100, 100)).toBe('first')
})

test('several forecasts are as one their mean, of those that there are', () => {
  const both = combined([movingAverage(1), movingAverage(2), seasonalNaive(7)])
  expect(both([2, 4], 2)).toEqual([3.5, 3.5])
  expect(both([], 2)).toBeNull()
})

test('a backtest judges each origin by no more than was known then', () => {
  const history = Array.from({ length: 60 }, (_, place) => place)
  const seen: number[] = []
  const result = backtest(
    history,
    (known, horizon) => {
      seen.push(known.length)
      return Array(horizon).fill(known.at(-1) ?? 0)
    },
    { horizon: 3, step: 5, origins: 4, minimumHistory: 28 },
  )
  expect(seen).toEqual([57, 52, 47, 42])
  // 1 + 2 + 3 too little, each time.
  expect(result).toEqual({ residuals: [6, 6, 6, 6], meanAbsoluteError: 6 })
})

test('an origin of whose periods most are not known says nothing; of others the rest is scaled up', () => {
  const history = [...Array(40).fill(2), null, null, 4, null, 4, 4]
  const forecast = (_: unknown, horizon: number) => Array<number>(horizon).fill(2)
  expect(backtest(history, forecast, { horizon: 3, step: 3, origins: 2, minimumHistory: 28 })).toEqual({
    residuals: [6],
    meanAbsoluteError: 6,
  })
})

test('the forecaster that would have been nearest is chosen', () => {
  const weekly = Array.from({ length: 84 }, (_, day) => (day % 7 === 5 ? 70 : 0))
  const chosen = chooseForecast(weekly, everyMethod, { ...options, horizon: 3 })
  expect(chosen?.name).toBe('seasonal-naive')
  expect(chosen?.residuals.every((residual) => residual === 0)).toBe(true)
})

test('too short for a backtest is forecast by the mean, one order too; nothing known by nothing', () => {
  expect(chooseForecast([3], everyMethod, options)).toMatchObject({ name: 'mean', residuals: [] })
  expect(chooseForecast([0, 0, 0, 9], everyMethod, options)?.path[0]).toBe(2.25)
  expect(chooseForecast([], everyMethod, options)).toBeNull()
  expect(chooseForecast([null], everyMethod, options)).toBeNull()
})

test('a forecaster that says what cannot be is not believed', () => {
  const wild = { name: 'wild', forecast: (_: unknown, horizon: number) => Array(horizon).fill(-5) }
  const broken = {
    name: 'broken',
    forecast: (_: unknown, horizon: number) => Array(horizon).fill(Number.NaN),
  }
  const history = Array(60).fill(0)
  expect(chooseForecast(history, [wild], options)?.path).toEqual(Array(7).fill(0))
  expect(chooseForecast(history, [broken], options)?.path).toEqual(Array(7).fill(0))
})

test.each([
  ['none', [0, 0, 0]],
  ['smooth', [4, 5, 4, 5, 4]],
  ['erratic', [1, 30, 1, 2, 40]],
  ['intermittent', [0, 4, 0, 0, 5, 0, 4]],
  ['lumpy', [0, 1, 0, 0, 40, 0, 1]],
] as const)('demand is called %s', (pattern, history) => {
  expect(demandPattern([...history, null])).toBe(pattern)
})
