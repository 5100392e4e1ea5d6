import { describe, expect, test } from 'vitest'
import { parseScrape, quantileMs, total } from '../../scripts/double11/metrics.ts'
import { parseDouble11Options } from '../../scripts/double11/options.ts'

describe('the options of double11', () => {
  test('are a peak of 3,000 orders in a minute unless told otherwise', () => {
    expect(parseDouble11Options([])).toMatchObject({ orders: 3000, seconds: 60, keep: false })
    expect(parseDouble11Options(['--orders', '20', '--seed', 'x'])).toMatchObject({ orders: 20, seed: 'x' })
  })

  test.each([['--orders', '0'], ['--seconds', 'soon'], ['--remarks', '1.5'], ['--what']])(
    'refuse %s %s',
    (...args) => {
      expect(() => parseDouble11Options(args)).toThrow()
    },
  )
})

test('figures are read from a scrape as Prometheus would', () => {
  const scrape = parseScrape(
    [
      '# HELP pushes_total x',
      'pushes_total{platform="a",outcome="accepted"} 3',
      'pushes_total{platform="b",outcome="refused"} 4',
      'ack_seconds_bucket{platform="a",le="0.01"} 90',
      'ack_seconds_bucket{platform="a",le="0.1"} 99',
      'ack_seconds_bucket{platform="a",le="+Inf"} 100',
    ].join('\n'),
  )
  expect(total(scrape, 'pushes_total')).toBe(7)
  expect(total(scrape, 'pushes_total', 'outcome="accepted"')).toBe(3)
  expect(quantileMs(scrape, 'ack_seconds', 0.5)).toBe(10)
  expect(quantileMs(scrape, 'ack_seconds', 0.99)).toBe(100)
  expect(quantileMs(scrape, 'other', 0.5)).toBeNull()
})
