import { expect, test } from 'vitest'
import { augursForecasters } from '../../connectors/forecasting/augurs.ts'

const [mstl, ets] = augursForecasters(7)
const weekly = Array.from({ length: 112 }, (_, day) => 20 + day / 10 + (day % 7 >= 5 ? 30 : 0))

test('MSTL goes on with the week and its trend', () => {
  const path = mstl?.forecast(weekly, 7) ?? []
  const next = Array.from({ length: 7 }, (_, step) => 20 + (112 + step) / 10 + (step >= 5 ? 30 : 0))
  for (const [step, units] of path.entries()) expect(Math.abs(units - (next[step] ?? 0))).toBeLessThan(3)
})

test('ETS goes on with the trend', () => {
  const rising = Array.from({ length: 90 }, (_, day) => 10 + day)
  const path = ets?.forecast(rising, 3) ?? []
  expect(path.map((units) => Math.round(units))).toEqual([100, 101, 102])
})

test('a gap is filled from the weeks around it', () => {
  const gapped: (number | null)[] = [...weekly]
  gapped[50] = null
  gapped[51] = null
  const path = mstl?.forecast(gapped, 7) ?? []
  const whole = mstl?.forecast(weekly, 7) ?? []
  for (const [step, units] of path.entries()) expect(Math.abs(units - (whole[step] ?? 0))).toBeLessThan(2)
})

test('what is too short or not known at all is left to others; zeros stay zeros', () => {
  for (const forecaster of augursForecasters(7)) {
    expect(forecaster.forecast([1, 2, 3], 3)).toBeNull()
    expect(forecaster.forecast(Array(30).fill(null), 3)).toBeNull()
    for (const units of forecaster.forecast(Array(60).fill(0), 3) ?? []) expect(units).toBeCloseTo(0)
  }
})
