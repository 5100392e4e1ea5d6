import { describe, expect, test } from 'vitest'
import { compareOrders, type HubOrder } from '../../scripts/double11/judge.ts'
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

describe('the verdict of double11', () => {
  const there = {
    platform: 'doudian',
    orderId: '1',
    status: 'shipped' as const,
    totalCents: 990,
    modifiedAtMs: 0,
    shipments: [{ waybillNumber: 'SF1' }],
  }
  const here: HubOrder = {
    ...{ shopId: 'SHOP-DOUYIN', platformOrderId: '1', channelStatus: 'shipped', state: 'placed' },
    ...{ status: 'in_transit', amountCents: 990, waybillNumbers: ['SF1'] },
  }

  test('is that an order agrees which stands here as it stands there, for the same money, under the same waybills', () => {
    expect(compareOrders([here], [there])).toEqual({ lost: [], wrong: [], applied: 1 })
  })

  test('is that an order is lost which only the platform knows', () => {
    expect(compareOrders([], [there])).toMatchObject({ lost: [expect.stringContaining('unknown here')] })
  })

  test.each<[string, Partial<HubOrder>]>([
    ['another status of the platform', { channelStatus: 'paid' }],
    ['another status of the hub', { status: 'paid' }],
    ['another amount', { amountCents: 989 }],
    ['a waybill that nobody sent', { waybillNumbers: ['SF2'] }],
  ])('is that an order is wrong with %s', (_, difference) => {
    const verdict = compareOrders([{ ...here, ...difference }], [there])
    expect(verdict).toMatchObject({ lost: [], applied: 0 })
    expect(verdict.wrong).toHaveLength(1)
  })

  test('is that an order is wrong which no platform knows', () => {
    expect(compareOrders([here, { ...here, platformOrderId: '2' }], [there]).wrong).toHaveLength(1)
  })
})
