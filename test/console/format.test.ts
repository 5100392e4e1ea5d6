import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatBytes } from '../../console/src/format/bytes.ts'
import { formatCents, formatDifference } from '../../console/src/format/money.ts'
import { durationParts, formatDuration, formatMoment, zoneOf } from '../../console/src/format/time.ts'

test('money is shown with its thousands, two places and its sign, and a difference says which way it goes', () => {
  expect(formatCents(123_450)).toBe('¥1,234.50')
  expect(formatCents(-2_000)).toBe('-¥20.00')
  expect([5, 0, -5].map(formatDifference)).toEqual(['+¥0.05', '¥0.00', '-¥0.05'])
})

test('no cent is lost between an amount and its text', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1e12, max: 1e12 }), (cents) => {
      const digits = formatCents(cents).replace(/[^0-9-]/g, '')
      expect(Number(digits)).toBe(cents)
    }),
  )
})

test('a time sorts as text, and says on hover what local means', () => {
  expect(formatMoment('2026-11-28T05:03:09Z')).toMatch(/^2026-11-2[789] \d\d:\d3:09$/)
  expect(zoneOf('2026-11-28T05:03:09Z')).toMatch(/^UTC[+-]\d\d:\d\d \S+/)
})

test('a length of time is said by its two largest units, and never as less than nothing', () => {
  expect(durationParts(93_784)).toEqual([
    { unit: 'day', count: 1 },
    { unit: 'hour', count: 2 },
  ])
  expect(durationParts(3_600)).toEqual([{ unit: 'hour', count: 1 }])
  expect([0, 0.4, -7].map(durationParts)).toEqual(Array(3).fill([{ unit: 'second', count: 0 }]))
  expect(formatDuration(725, 'zh-CN')).toBe('12分钟5秒')
  expect(formatDuration(725, 'en')).toBe('12 min 5 sec')
})

test('what the two largest units leave out is less than one of the smaller', () => {
  const seconds = { day: 86_400, hour: 3_600, minute: 60, second: 1 }
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10_000_000 }), (given) => {
      const parts = durationParts(given)
      const said = parts.reduce((sum, { unit, count }) => sum + seconds[unit] * count, 0)
      expect(said).toBeLessThanOrEqual(given)
      const [first] = parts
      if (!first) throw new Error('nothing was said')
      expect(given - said).toBeLessThan(seconds[first.unit])
    }),
  )
})

test('a file’s size is said in the unit in which it is a small number', () => {
  expect([0, 512, 1_536, 10 * 1_024 ** 2].map(formatBytes)).toEqual(['0 B', '512 B', '1.5 KiB', '10 MiB'])
})
