import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  HEALTH_GRAINS,
  type HealthGrain,
  periodAfter,
  periodBefore,
  periodOf,
  periodsBetween,
} from '../../domain/health-period.ts'

const shown = (grain: HealthGrain, at: string) => {
  const { fromMs, toMs } = periodOf(grain, Date.parse(at))
  const china = (ms: number) => new Date(ms + 8 * 3_600_000).toISOString().slice(0, 16)
  return `${china(fromMs)}/${china(toMs)}`
}

test.each<[string, HealthGrain, string, string]>([
  ['an hour', 'hour', '2026-11-28T15:59:59.999Z', '2026-11-28T23:00/2026-11-29T00:00'],
  [
    'the last moment of a day in China',
    'day',
    '2026-11-28T15:59:59.999Z',
    '2026-11-28T00:00/2026-11-29T00:00',
  ],
  ['the first moment of the next', 'day', '2026-11-28T16:00:00Z', '2026-11-29T00:00/2026-11-30T00:00'],
  ['a Sunday evening', 'week', '2026-11-29T15:59:00Z', '2026-11-23T00:00/2026-11-30T00:00'],
  ['a Monday morning', 'week', '2026-11-29T16:00:00Z', '2026-11-30T00:00/2026-12-07T00:00'],
  ['the last moment of a month', 'month', '2026-11-30T15:59:59Z', '2026-11-01T00:00/2026-12-01T00:00'],
  [
    'the first moment of the next month',
    'month',
    '2026-11-30T16:00:00Z',
    '2026-12-01T00:00/2027-01-01T00:00',
  ],
  ['a leap day', 'month', '2028-02-29T12:00:00+08:00', '2028-02-01T00:00/2028-03-01T00:00'],
])('%s', (_, grain, at, period) => expect(shown(grain, at)).toBe(period))

test('periods follow each other without a gap or an overlap, and each moment lies in its own', () => {
  const moment = fc.integer({ min: Date.parse('2020-01-01'), max: Date.parse('2040-01-01') })
  fc.assert(
    fc.property(fc.constantFrom(...HEALTH_GRAINS), moment, (grain, atMs) => {
      const period = periodOf(grain, atMs)
      expect(period.fromMs).toBeLessThanOrEqual(atMs)
      expect(atMs).toBeLessThan(period.toMs)
      expect(periodBefore(grain, period).toMs).toBe(period.fromMs)
      expect(periodAfter(grain, period).fromMs).toBe(period.toMs)
      expect(periodBefore(grain, periodAfter(grain, period))).toEqual(period)
      // Days are what months, weeks and hours are made of and into.
      expect(periodOf('day', period.fromMs).fromMs).toBe(
        grain === 'hour' ? periodOf('day', atMs).fromMs : period.fromMs,
      )
    }),
  )
})

test('periods between two moments are those that they touch, so many at most, either way', () => {
  const bounds = {
    fromMs: Date.parse('2026-01-31T00:00:00+08:00'),
    toMs: Date.parse('2026-03-01T00:00:00+08:00'),
  }
  const months = (sort: 'newest' | 'oldest', limit = 10) =>
    periodsBetween('month', bounds, { sort, limit }).map(({ fromMs }) =>
      new Date(fromMs + 8 * 3_600_000).toISOString().slice(0, 7),
    )
  expect(months('newest')).toEqual(['2026-02', '2026-01'])
  expect(months('oldest')).toEqual(['2026-01', '2026-02'])
  expect(months('newest', 1)).toEqual(['2026-02'])
  expect(periodsBetween('day', { fromMs: 5, toMs: 5 }, { sort: 'newest', limit: 9 })).toEqual([])
})
