import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MINUTES_SHOWN, MinuteSeries } from '../../console/src/wall/minute-series.ts'
import { chosenSkus, MOST_SKUS } from '../../console/src/wall/search.ts'
import { placedAtMs } from '../../console/src/wall/use-order-rate.ts'

const MINUTE = 60_000
const START = Date.parse('2026-11-28T10:00:00Z')

test('each minute of the last hour has as many as came in it, in whatever order they are heard', () => {
  const age = fc.integer({ min: 0, max: 3 * 60 * MINUTE })
  fc.assert(
    fc.property(fc.array(age), (ages) => {
      const series = new MinuteSeries()
      const times = ages.map((each) => START - each)
      for (const atMs of times) series.add(atMs)
      for (const { minuteMs, count } of series.values(START)) {
        const wanted = times.filter((atMs) => Math.floor(atMs / MINUTE) * MINUTE === minuteMs)
        expect(count).toBe(wanted.length)
      }
    }),
  )
})

test('what was counted for a whole minute counts as if each had been heard', () => {
  const series = new MinuteSeries()
  series.add(START, 3_000)
  series.add(START + 59_999)
  series.add(START - MINUTE, 7)
  expect(
    series
      .values(START)
      .slice(-2)
      .map(({ count }) => count),
  ).toEqual([7, 3_001])
})

test('after a day and a million orders it holds as much as after a minute', () => {
  const series = new MinuteSeries()
  for (let index = 0; index < 1_000_000; index += 1)
    series.add(START + Math.floor((index * 86_400_000) / 1_000_000))
  const values = series.values(START + 86_400_000 - 1)
  expect(values).toHaveLength(MINUTES_SHOWN)
  expect(values[0]?.count).toBeGreaterThan(600)
  expect(JSON.stringify(series).length).toBeLessThan(1_000)
})

test('only the first status of an order is a new order', () => {
  const at = '2026-11-28T10:00:00.000Z'
  expect(placedAtMs(JSON.stringify({ field: 'status', oldValue: null, at }))).toBe(START)
  expect(placedAtMs(JSON.stringify({ field: 'status', oldValue: 'reserved', at }))).toBeNull()
  expect(placedAtMs(JSON.stringify({ field: 'waybill', oldValue: null, at }))).toBeNull()
})

test('articles in the address are each shown once, and no more than can be read', () => {
  expect(chosenSkus('SKU-1, SKU-2,,SKU-1')).toEqual(['SKU-1', 'SKU-2'])
  expect(chosenSkus(undefined)).toEqual([])
  expect(chosenSkus(Array.from({ length: 50 }, (_, index) => `SKU-${index}`).join(','))).toHaveLength(
    MOST_SKUS,
  )
})
