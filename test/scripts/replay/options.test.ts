import { describe, expect, test } from 'vitest'
import { parseReplayOptions } from '../../../scripts/replay/options.ts'

describe('the flags of the replay', () => {
  test('have defaults that replay one day as fast as possible', () => {
    expect(parseReplayOptions([])).toEqual({
      fromDay: '2010-01-04',
      days: 1,
      speed: null,
      limit: Number.POSITIVE_INFINITY,
      help: false,
    })
    expect(
      parseReplayOptions(['--from', '2011-03-01', '--days', '7', '--speed', '600', '--limit', '50']),
    ).toEqual({
      fromDay: '2011-03-01',
      days: 7,
      speed: 600,
      limit: 50,
      help: false,
    })
  })

  test.each([
    ['--days', '0'],
    ['--days', '1.5'],
    ['--speed', '-1'],
    ['--speed', 'fast'],
    ['--limit', 'x'],
    ['--from', '2010-02-30'],
    ['--until', '1'],
  ])('%s %s is refused in one line', (flag, value) => {
    expect(() => parseReplayOptions([flag, value])).toThrow(/^[^\n]+$/)
  })
})
