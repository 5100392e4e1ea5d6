import { expect, test } from 'vitest'
import { augursForecasters } from '../../connectors/forecasting/augurs.ts'
import { nextForecast } from '../../domain/replenishment.ts'

const forecasters = augursForecasters(7)
const [mstl, ets] = forecasters
/** A day for each that is expected, and each nearer to it than so many units. */
function expectNear(path: number[] | null | undefined, expected: readonly number[], units: number): void {
  expect(path).toHaveLength(expected.length)
  const wrongBy = expected.map((each, step) => Math.abs((path?.[step] ?? Number.NaN) - each))
  for (const each of wrongBy) expect(each).toBeLessThan(units)
}
const weekly = Array.from({ length: 112 }, (_, day) => 20 + day / 10 + (day % 7 >= 5 ? 30 : 0))

test('MSTL goes on with the week and its trend', () => {
  const next = Array.from({ length: 7 }, (_, step) => 20 + (112 + step) / 10 + (step >= 5 ? 30 : 0))
  expectNear(mstl?.forecast(weekly, 7), next, 3)
})

test('ETS goes on with the trend', () => {
  const rising = Array.from({ length: 90 }, (_, day) => 10 + day)
  expectNear(ets?.forecast(rising, 3), [100, 101, 102], 0.5)
})

test('a gap is filled from the weeks around it', () => {
  const gapped: (number | null)[] = [...weekly]
  gapped[50] = null
  gapped[51] = null
  const whole = mstl?.forecast(weekly, 7) ?? []
  expect(whole).toHaveLength(7)
  expectNear(mstl?.forecast(gapped, 7), whole, 2)
})

test('what is too short or not known at all is left to others; zeros stay zeros', () => {
  for (const forecaster of augursForecasters(7)) {
    expect(forecaster.forecast([1, 2, 3], 3)).toBeNull()
    expect(forecaster.forecast(Array(30).fill(null), 3)).toBeNull()
    expectNear(forecaster.forecast(Array(60).fill(0), 3), [0, 0, 0], 0.005)
  }
})

test('MSTL wins a level with a week and a trend on the night it is tried, and goes on the next night', () => {
  const known = (history: number[]) => ({ history, censoredDays: 0, promotionDays: 0 })
  const input = { protectedDays: 7, heavy: forecasters, levelKey: 'SKU-1 WH-1' }
  const growing = Array.from({ length: 120 }, (_, day) => 20 + day + (day % 7 >= 5 ? 60 : 0))
  const won = nextForecast({
    ...{ ...input, known: known(growing.slice(0, 112)), today: '2026-11-22' },
    // Tried a week ago, and lost.
    previous: {
      ...nextForecast({ ...input, heavy: [], known: known([]), previous: null, today: '2026-11-15' }),
      triedOn: '2026-11-15',
    },
  })
  const perDayOf = (from: number) =>
    Array.from({ length: 7 }, (_, step) => 20 + from + step + ((from + step) % 7 >= 5 ? 60 : 0)).reduce(
      (sum, units) => sum + units,
      0,
    ) / 7
  expect(won).toMatchObject({ forecast: { method: 'mstl' }, triedOn: '2026-11-22' })
  expect(Math.abs(won.forecast.perDay - perDayOf(112))).toBeLessThan(3)
  const kept = nextForecast({
    ...input,
    known: known(growing.slice(0, 113)),
    previous: won,
    today: '2026-11-23',
  })
  expect(kept).toMatchObject({
    forecast: { method: 'mstl', residuals: won.forecast.residuals },
    triedOn: '2026-11-22',
  })
  expect(Math.abs(kept.forecast.perDay - perDayOf(113))).toBeLessThan(3)
})
