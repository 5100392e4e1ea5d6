import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type ChannelQuota,
  type CurrentListing,
  type ListingPlan,
  type PublishableLevel,
  planListings,
} from '../../domain/listing.ts'
import {
  INITIAL_SAFETY_STOCK_POLICY,
  type SafetyStockPolicy,
  type StoreRule,
  thresholdOf,
} from '../../domain/safety-stock.ts'

const STORES = ['S1', 'S2', 'S3', 'S4', 'S5']
const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0)
const shown = (plan: ListingPlan) => sum(plan.decisions.map((decision) => decision.quantity))

const policy = (changes: Partial<SafetyStockPolicy> = {}): SafetyStockPolicy => ({
  ...INITIAL_SAFETY_STOCK_POLICY,
  ...changes,
})

const rule: fc.Arbitrary<StoreRule> = fc.oneof(
  fc.constant<StoreRule>({ action: 'take-down' }),
  fc.constant<StoreRule>({ action: 'reduce', by: 'sales' }),
  fc
    .record({ priority: fc.nat(3), upToUnits: fc.option(fc.nat(20)) })
    .map((given): StoreRule => ({ action: 'reduce', by: 'priority', ...given })),
)
const policies = fc
  .record({
    heldBackPercent: fc.nat(100),
    rules: fc.array(rule, { minLength: STORES.length, maxLength: STORES.length }),
    returnUnits: fc.nat(40),
    raisePercent: fc.nat(60),
    exactBelowUnits: fc.constantFrom(0, 100, 1_000),
  })
  .map(({ heldBackPercent, rules, returnUnits, raisePercent, exactBelowUnits }): SafetyStockPolicy => {
    const byStore = Object.fromEntries(
      STORES.flatMap((store, index) => (rules[index] ? [[store, rules[index]]] : [])),
    )
    return policy({
      thresholds: { ...INITIAL_SAFETY_STOCK_POLICY.thresholds, heldBackPercent },
      listings: { fallback: { action: 'take-down' }, byStore },
      hysteresis: { returnUnits, raisePercent },
      exactBelowUnits,
    })
  })
const levels: fc.Arbitrary<PublishableLevel[]> = fc.array(
  fc.record({
    available: fc.oneof(fc.integer({ min: -5, max: 60 }), fc.nat(1_000_000)),
    threshold: fc.nat(30),
  }),
  { maxLength: 4 },
)
const listings: fc.Arbitrary<CurrentListing[]> = fc.subarray(STORES).chain((stores) =>
  fc.tuple(
    ...stores.map((storeId) =>
      fc.record({
        storeId: fc.constant(storeId),
        channel: fc.constantFrom('mall', 'jd'),
        isActive: fc.boolean(),
        recentSales: fc.oneof(fc.nat(5), fc.nat(2 ** 40)),
        quantity: fc.option(fc.oneof(fc.constant(0), fc.nat(100), fc.nat(1_000_000))),
        wasInactive: fc.boolean(),
        mayShow: fc.oneof(fc.constant(0), fc.nat(100), fc.nat(1_000_000)),
      }),
    ),
  ),
)
const quotas: fc.Arbitrary<ChannelQuota[]> = fc
  .subarray(['mall', 'jd', 'douyin'])
  .chain((channels) =>
    fc.tuple(...channels.map((channel) => fc.record({ channel: fc.constant(channel), units: fc.nat(200) }))),
  )
const situation = fc.record({ levels, listings, policy: policies, quotas })

/** What may be published, said a second time: everything free less what is held back of the threshold. */
const publishable = (given: PublishableLevel[], { thresholds: { heldBackPercent } }: SafetyStockPolicy) =>
  sum(
    given.map(({ available, threshold }) =>
      Math.max(0, available - Math.ceil((threshold * heldBackPercent) / 100)),
    ),
  )
const decisionOf = (plan: ListingPlan, storeId: string) =>
  plan.decisions.find((decision) => decision.storeId === storeId)

/** One listing that has confirmed what it shows. */
const listing = (
  storeId: string,
  quantity: number | null,
  more: Partial<CurrentListing> = {},
): CurrentListing => ({
  storeId,
  channel: 'mall',
  isActive: true,
  recentSales: 0,
  quantity,
  wasInactive: false,
  mayShow: quantity ?? 0,
  ...more,
})
/** All stores do as they were told and say so. */
const confirmed = (before: readonly CurrentListing[], plan: ListingPlan): CurrentListing[] =>
  before.map((entry) => {
    const decision = decisionOf(plan, entry.storeId)
    const quantity = decision?.quantity ?? 0
    return { ...entry, quantity, mayShow: quantity, wasInactive: decision?.reason === 'inactive' }
  })

describe('whatever the stock, the stores, their past and the policy', () => {
  test('stores are told to show no more in total than is available less what is held back', () => {
    fc.assert(
      fc.property(situation, ({ levels, listings, policy, quotas }) => {
        const plan = planListings(levels, listings, policy, quotas)
        expect(plan.above + plan.below).toBe(publishable(levels, policy))
        expect(plan.promised).toBeLessThanOrEqual(sum(quotas.map((quota) => quota.units)))
        expect(shown(plan)).toBeLessThanOrEqual(plan.above + plan.below + plan.promised)
        for (const channel of ['mall', 'jd']) {
          const stores = listings.filter((entry) => entry.channel === channel)
          const units = sum(stores.map((entry) => decisionOf(plan, entry.storeId)?.quantity ?? 0))
          const quota = quotas.find((entry) => entry.channel === channel)?.units ?? 0
          expect(units).toBeLessThanOrEqual(plan.above + plan.below + quota)
        }
        for (const { quantity } of plan.decisions) {
          expect(Number.isSafeInteger(quantity)).toBe(true)
          expect(quantity).toBeGreaterThanOrEqual(0)
        }
      }),
      { numRuns: 1_000 },
    )
  })

  test('no store is raised while others may still be showing those units', () => {
    fc.assert(
      fc.property(situation, ({ levels, listings, policy, quotas }) => {
        const plan = planListings(levels, listings, policy, quotas)
        const raised = listings.some(
          (entry) => (decisionOf(plan, entry.storeId)?.quantity ?? 0) > (entry.quantity ?? 0),
        )
        const mayShow = sum(
          listings.map((entry) => Math.max(entry.mayShow, decisionOf(plan, entry.storeId)?.quantity ?? 0)),
        )
        if (raised) expect(mayShow).toBeLessThanOrEqual(plan.above + plan.below + plan.promised)
      }),
      { numRuns: 1_000 },
    )
  })

  test('a listing that is not active shows nothing, and the order in which listings come changes nothing', () => {
    fc.assert(
      fc.property(situation, ({ levels, listings, policy, quotas }) => {
        const plan = planListings(levels, listings, policy, quotas)
        for (const entry of listings) {
          if (!entry.isActive) {
            expect(decisionOf(plan, entry.storeId)).toMatchObject({ quantity: 0, reason: 'inactive' })
          }
        }
        expect(planListings(levels.toReversed(), listings.toReversed(), policy, quotas.toReversed())).toEqual(
          plan,
        )
      }),
    )
  })

  test('once every store has confirmed, a second decision on the same stock changes nothing', () => {
    fc.assert(
      fc.property(situation, ({ levels, listings, policy, quotas }) => {
        let settled = confirmed(listings, planListings(levels, listings, policy, quotas))
        // One step lowers, the next raises; who waits for hysteresis may be let in by neither.
        for (let round = 0; round < 3; round += 1) {
          settled = confirmed(settled, planListings(levels, settled, policy, quotas))
        }
        const again = planListings(levels, settled, policy, quotas)
        expect(again.decisions.map((decision) => decision.quantity)).toEqual(
          settled.toSorted((a, b) => (a.storeId < b.storeId ? -1 : 1)).map((entry) => entry.quantity),
        )
      }),
    )
  })

  test('a listing that low stock took down returns only after enough has come back, however stock moves', () => {
    const walk = fc.array(fc.integer({ min: -12, max: 12 }), { minLength: 5, maxLength: 60 })
    fc.assert(
      fc.property(
        walk,
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 30 }),
        (steps, threshold, returnUnits) => {
          const rules = policy({ hysteresis: { returnUnits, raisePercent: 0 } })
          let available = threshold + 5
          let current = [listing('S1', 5), listing('S2', null)]
          for (const step of steps) {
            available = Math.max(0, available + step)
            const plan = planListings([{ available, threshold }], current, rules)
            for (const entry of current) {
              const returned = entry.quantity === 0 && (decisionOf(plan, entry.storeId)?.quantity ?? 0) > 0
              if (returned) expect(available - threshold).toBeGreaterThanOrEqual(returnUnits)
            }
            if (available <= threshold) expect(shown(plan)).toBe(0)
            current = confirmed(current, plan)
          }
        },
      ),
    )
  })
})

describe('shares', () => {
  test('follow recent sales by the largest remainder, and use every unit', () => {
    const stores = [
      listing('S1', null, { recentSales: 59 }),
      listing('S2', null, { recentSales: 29 }),
      listing('S3', null, { recentSales: 9 }),
    ]
    const plan = planListings([{ available: 13, threshold: 5 }], stores, policy())
    // 8 units at 60 : 30 : 10 are 4.8, 2.4 and 0.8.
    expect(plan.decisions.map((decision) => decision.quantity)).toEqual([5, 2, 1])
  })

  test('two digits are sent of a plentiful quantity, always rounded down', () => {
    const plan = planListings([{ available: 3_599, threshold: 0 }], [listing('S1', null)], policy())
    expect(plan.decisions).toEqual([{ storeId: 'S1', quantity: 3_500, reason: 'published' }])
  })

  test('every warehouse keeps its own threshold: what one has in excess is not held against another', () => {
    const given = [
      { available: 100, threshold: 20 },
      { available: 3, threshold: 20 },
      { available: 0, threshold: 20 },
    ]
    expect(planListings(given, [listing('S1', null)], policy())).toMatchObject({ above: 80, below: 0 })
  })
})

describe('a promotion', () => {
  const promoted = [
    listing('S1', null, { recentSales: 2 }),
    listing('S2', null),
    listing('S3', null, { channel: 'jd' }),
  ]

  test('lets the stores of its channels show its quotas, also when nothing else is left', () => {
    const plan = planListings([{ available: 5, threshold: 5 }], promoted, policy(), [
      { channel: 'mall', units: 8 },
      { channel: 'douyin', units: 9 },
    ])
    expect(plan).toMatchObject({ above: 0, promised: 8 })
    expect(plan.decisions).toEqual([
      { storeId: 'S1', quantity: 6, reason: 'published' },
      { storeId: 'S2', quantity: 2, reason: 'published' },
      { storeId: 'S3', quantity: 0, reason: 'low' },
    ])
  })

  test('does not wait for hysteresis, and what is not of the promotion still does', () => {
    const down = [listing('S1', 0), listing('S3', 0, { channel: 'jd' })]
    const plan = planListings([{ available: 7, threshold: 5 }], down, policy(), [
      { channel: 'mall', units: 3 },
    ])
    expect(plan.decisions).toEqual([
      { storeId: 'S1', quantity: 3, reason: 'published' },
      { storeId: 'S3', quantity: 0, reason: 'waiting-for-return' },
    ])
  })
})

describe('at the threshold', () => {
  const rules = policy({
    thresholds: { fallbackUnits: 0, unitsByCategory: {}, heldBackPercent: 40 },
    listings: {
      fallback: { action: 'take-down' },
      byStore: {
        S2: { action: 'reduce', by: 'sales' },
        S3: { action: 'reduce', by: 'sales' },
        S4: { action: 'reduce', by: 'priority', priority: 1, upToUnits: 2 },
      },
    },
  })
  const stores = [listing('S1', 4), listing('S2', 4, { recentSales: 2 }), listing('S3', 4), listing('S4', 4)]

  test('a store is taken down, or shows its part of what is not held back, as its rule says', () => {
    const plan = planListings([{ available: 10, threshold: 10 }], stores, rules)
    // 4 of 10 are held back; of the other 6 the first by priority takes 2, and 3 : 1 divide the rest.
    expect(plan).toMatchObject({ above: 0, below: 6 })
    expect(plan.decisions).toEqual([
      { storeId: 'S1', quantity: 0, reason: 'low' },
      { storeId: 'S2', quantity: 3, reason: 'published' },
      { storeId: 'S3', quantity: 1, reason: 'published' },
      { storeId: 'S4', quantity: 2, reason: 'published' },
    ])
  })

  test('with everything held back, every store is taken down', () => {
    const plan = planListings([{ available: 10, threshold: 10 }], stores, {
      ...rules,
      thresholds: { ...rules.thresholds, heldBackPercent: 100 },
    })
    expect(shown(plan)).toBe(0)
  })

  test('a store waits for the one that is told to show less, and gets its units when that one has confirmed', () => {
    const before = [listing('S1', 10), listing('S2', null, { recentSales: 9 })]
    const given = [{ available: 11, threshold: 0 }]
    const first = planListings(given, before, policy())
    expect(first.decisions).toEqual([
      { storeId: 'S1', quantity: 1, reason: 'published' },
      { storeId: 'S2', quantity: 1, reason: 'waiting-for-others' },
    ])
    const second = planListings(given, confirmed(before, first), policy())
    expect(second.decisions.map((decision) => decision.quantity)).toEqual([1, 10])
  })

  test('what a person took down and put up again is shown at once', () => {
    const entry = listing('S1', 0, { wasInactive: true })
    expect(planListings([{ available: 11, threshold: 10 }], [entry], policy()).decisions).toEqual([
      { storeId: 'S1', quantity: 1, reason: 'published' },
    ])
  })
})

test('a level’s own safety stock comes first, then its category’s, then the default', () => {
  const rules = policy({
    thresholds: { fallbackUnits: 2, unitsByCategory: { 床上用品: 8 }, heldBackPercent: 100 },
  })
  expect(thresholdOf({ safetyStock: 5, category: '床上用品' }, rules)).toBe(5)
  expect(thresholdOf({ safetyStock: 0, category: '床上用品' }, rules)).toBe(8)
  expect(thresholdOf({ safetyStock: 0, category: '收纳' }, rules)).toBe(2)
  expect(thresholdOf({ safetyStock: 0, category: 'constructor' }, rules)).toBe(2)
})
