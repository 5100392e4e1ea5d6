import fc from 'fast-check'
import { expect, test } from 'vitest'
import { preferredOf, ratesOf, type Usage } from '../../domain/customer-figures.ts'

const DAY_MS = 86_400_000
const usage: fc.Arbitrary<Usage> = fc.record({
  key: fc.constantFrom('mall', 'jd', 'taobao', 'pinduoduo'),
  orders: fc.integer({ min: 0, max: 5 }),
  lastAtMs: fc.integer({ min: 0, max: 3 }),
})
const usages = fc.uniqueArray(usage, { selector: ({ key }) => key })

test('what is preferred does not depend on the order in which it is told, and nothing was used more', () => {
  fc.assert(
    fc.property(usages, fc.func(fc.integer()), (all, weight) => {
      const shuffled = [...all].sort((a, b) => weight(a.key) - weight(b.key))
      const preferred = preferredOf(all)
      expect(preferredOf(shuffled)).toBe(preferred)
      const most = Math.max(0, ...all.map(({ orders }) => orders))
      expect(all.find(({ key }) => key === preferred)?.orders ?? 0).toBe(most)
    }),
  )
})

test('of two that were used as often the later one is preferred, then the first by name; without orders none is', () => {
  const used = (key: string, orders: number, lastAtMs: number) => ({ key, orders, lastAtMs })
  expect(preferredOf([used('jd', 2, 5), used('mall', 2, 9)])).toBe('mall')
  expect(preferredOf([used('mall', 2, 5), used('jd', 2, 5)])).toBe('jd')
  expect(preferredOf([used('mall', 0, 5)])).toBeNull()
  expect(preferredOf([])).toBeNull()
})

const sums = {
  orders: 4,
  amountCents: 10_002,
  netCents: 9_000,
  returnedOrders: 1,
  firstOrderAtMs: 0,
  lastOrderAtMs: 30 * DAY_MS,
}
test('figures of several orders are averages over those that count', () => {
  expect(ratesOf(sums, 32.5 * DAY_MS)).toEqual({
    averageOrderCents: 2_501,
    returnRate: 0.25,
    daysBetweenOrders: 10,
    recencyDays: 2,
  })
})

test('of one order only there is no time between orders, and without any nothing is known', () => {
  const one = { ...sums, orders: 1, returnedOrders: 0, firstOrderAtMs: 0, lastOrderAtMs: 0 }
  expect(ratesOf(one, 0)).toMatchObject({ daysBetweenOrders: null, returnRate: 0, recencyDays: 0 })
  const none = { ...sums, orders: 0, returnedOrders: 0, firstOrderAtMs: null, lastOrderAtMs: null }
  expect(Object.values(ratesOf(none, 0))).toEqual([null, null, null, null])
})

test('rates stay within bounds whatever the orders were', () => {
  fc.assert(
    fc.property(
      fc.nat(50),
      fc.nat(50),
      fc.nat(1_000_000),
      fc.nat(400),
      (orders, returned, amountCents, days) => {
        const given = { ...sums, orders, amountCents, returnedOrders: Math.min(returned, orders) }
        const { returnRate, averageOrderCents } = ratesOf({ ...given, lastOrderAtMs: days * DAY_MS }, 0)
        if (returnRate !== null) expect(returnRate >= 0 && returnRate <= 1).toBe(true)
        if (averageOrderCents !== null) expect(averageOrderCents).toBeLessThanOrEqual(amountCents)
      },
    ),
  )
})
