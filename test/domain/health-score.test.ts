import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { POLICIES } from '../../contracts/policies/index.ts'
import {
  HEALTH_COMPONENTS,
  type HealthComponent,
  type HealthRules,
  type HealthSums,
  healthScoreOf,
  whatMoved,
} from '../../domain/health-score.ts'

const BUILT_IN = POLICIES['health-score'].initial
/** Everything counts, from the first on. */
const RULES: HealthRules = {
  ...BUILT_IN,
  minimumSamples: {
    syncTimeliness: 1,
    stockAccuracy: 1,
    approvalCompletion: 1,
    complaintRate: 1,
    onTimeFulfilment: 1,
  },
}
const of = (measured: number, missed: number): HealthSums => ({
  measured,
  missed,
  outcomes: measured,
  missedOutcomes: missed,
})
type Sums = { [Component in HealthComponent]?: HealthSums | undefined }
const perfect: Sums = Object.fromEntries(HEALTH_COMPONENTS.map((component) => [component, of(100, 0)]))

/** Complaints may be more than the orders; of everything else no more is missed than measured. */
const someSums = fc
  .record({ measured: fc.nat(1_000), part: fc.double({ min: 0, max: 1, noNaN: true }), is: fc.boolean() })
  .map(({ measured, part, is }) => (is ? of(measured, Math.floor(part * measured)) : undefined))
const allSums: fc.Arbitrary<Sums> = fc.record({
  syncTimeliness: someSums,
  stockAccuracy: someSums,
  approvalCompletion: someSums,
  complaintRate: fc
    .record({ orders: fc.nat(1_000), complaints: fc.nat(200) })
    .map(({ orders, complaints }) => ({
      measured: orders,
      missed: complaints,
      outcomes: orders + complaints,
      missedOutcomes: complaints,
    })),
  onTimeFulfilment: someSums,
})
const someRules: fc.Arbitrary<HealthRules> = fc
  .record({
    parts: fc.array(fc.integer({ min: 0, max: 10 }), { minLength: 5, maxLength: 5 }),
    minimum: fc.integer({ min: 1, max: 30 }),
    worstComplaintPercent: fc.integer({ min: 1, max: 100 }),
    stockAccuracyBy: fc.constantFrom('unit' as const, 'sku' as const),
  })
  .map(({ parts, minimum, ...rest }) => {
    const sum = parts.reduce((total, part) => total + part, 0)
    const ofEach = (value: (index: number) => number) => ({
      syncTimeliness: value(0),
      stockAccuracy: value(1),
      approvalCompletion: value(2),
      complaintRate: value(3),
      onTimeFulfilment: value(4),
    })
    return {
      ...RULES,
      ...rest,
      weights: ofEach((index) => (sum === 0 ? 20 : ((parts[index] ?? 0) * 100) / sum)),
      minimumSamples: ofEach(() => minimum),
    }
  })

describe('the score', () => {
  test('nothing is not perfect: without data it is unknown, and so is each part', () => {
    const score = healthScoreOf({}, RULES)
    expect(score).toMatchObject({ score: null, band: null, knownWeight: 0 })
    expect(score.components.map(({ unknown }) => unknown)).toEqual(HEALTH_COMPONENTS.map(() => 'no_data'))
  })

  test('weighs its parts 30, 25, 20, 15 and 10, as the built-in policy does', () => {
    const weigh = (component: HealthComponent) =>
      100 - (healthScoreOf({ ...perfect, [component]: of(100, 100) }, RULES).score ?? 0)
    expect(HEALTH_COMPONENTS.map(weigh)).toEqual([30, 25, 20, 15, 10].map((weight) => expect.closeTo(weight)))
  })

  test('shares the weight of what is unknown among the others', () => {
    const { score, knownWeight, components } = healthScoreOf(
      { syncTimeliness: of(10, 0), onTimeFulfilment: of(10, 5) },
      RULES,
    )
    expect(knownWeight).toBe(40)
    expect(components.map(({ share }) => share)).toEqual([0.75, 0, 0, 0, 0.25])
    expect(score).toBeCloseTo(87.5)
  })

  test('says why a part is unknown: too little for a figure, or nothing to be told apart by', () => {
    const few = healthScoreOf({ syncTimeliness: of(9, 0) }, BUILT_IN)
    expect(few.components[0]).toMatchObject({ score: null, unknown: 'too_few' })
    const cut = healthScoreOf(perfect, RULES, ['warehouse'])
    expect(cut.components.map(({ unknown }) => unknown)).toEqual([
      'no_dimension',
      null,
      'no_dimension',
      'no_dimension',
      null,
    ])
    expect(cut.knownWeight).toBe(35)
  })

  test('one order only is a score where the policy is content with one', () => {
    expect(healthScoreOf({ onTimeFulfilment: of(1, 0) }, RULES).score).toBe(100)
    expect(healthScoreOf({ onTimeFulfilment: of(1, 1) }, RULES).score).toBe(0)
    expect(healthScoreOf({ onTimeFulfilment: of(1, 1) }, BUILT_IN).score).toBeNull()
  })

  test('a complaint without any order of its time is no figure, five for a hundred are 0', () => {
    const complaints = (orders: number, missed: number) =>
      healthScoreOf(
        { complaintRate: { measured: orders, missed, outcomes: orders + missed, missedOutcomes: missed } },
        RULES,
      )
    expect(complaints(0, 1).components[3]).toMatchObject({ score: null, unknown: 'too_few' })
    expect(complaints(200, 2).score).toBeCloseTo(80)
    expect(complaints(200, 10).score).toBe(0)
    expect(complaints(10, 30).score).toBe(0)
  })

  test('stock is judged by units or by SKUs, as the policy says', () => {
    const sums = { stockAccuracy: { measured: 1_000, missed: 10, outcomes: 4, missedOutcomes: 1 } }
    expect(healthScoreOf(sums, RULES).score).toBeCloseTo(99)
    expect(healthScoreOf(sums, { ...RULES, stockAccuracyBy: 'sku' }).score).toBeCloseTo(75)
  })

  test('is within 0 and 100, and between its lowest and its highest part', () => {
    fc.assert(
      fc.property(allSums, someRules, (sums, rules) => {
        const { score, knownWeight, components } = healthScoreOf(sums, rules)
        const known = components.flatMap((each) =>
          each.share > 0 && each.score !== null ? [each.score] : [],
        )
        expect(known.every((each) => each >= 0 && each <= 100)).toBe(true)
        expect(knownWeight).toBeLessThanOrEqual(100 + 1e-9)
        if (score === null) {
          expect(known).toEqual([])
          return
        }
        expect(score).toBeGreaterThanOrEqual(Math.min(...known) - 1e-9)
        expect(score).toBeLessThanOrEqual(Math.max(...known) + 1e-9)
        const shares = components.reduce((sum, { share }) => sum + share, 0)
        expect(shares).toBeCloseTo(1)
      }),
    )
  })

  test('one more missed never raises it, one more kept never lowers it', () => {
    fc.assert(
      fc.property(allSums, someRules, fc.constantFrom(...HEALTH_COMPONENTS), (sums, rules, component) => {
        const before = sums[component]
        if (!before || before.missed >= before.measured) return
        const worse = { ...before, missed: before.missed + 1, missedOutcomes: before.missedOutcomes + 1 }
        const better = {
          ...before,
          measured: before.measured + 1,
          outcomes: before.outcomes + 1,
        }
        const scoreWith = (changed: HealthSums) => healthScoreOf({ ...sums, [component]: changed }, rules)
        const whole = scoreWith(before)
        if (whole.score === null) return
        expect(scoreWith(worse).score ?? 0).toBeLessThanOrEqual(whole.score + 1e-9)
        const own = (score: ReturnType<typeof healthScoreOf>) =>
          score.components.find((each) => each.component === component)?.score ?? null
        const [ownBefore, ownAfter] = [own(whole), own(scoreWith(better))]
        if (ownBefore !== null && ownAfter !== null) expect(ownAfter).toBeGreaterThanOrEqual(ownBefore - 1e-9)
      }),
    )
  })

  test('a part that weighs more pulls it further towards itself', () => {
    const sums = { ...perfect, onTimeFulfilment: of(100, 60) }
    const weighing = (weight: number) =>
      healthScoreOf(sums, {
        ...RULES,
        weights: { ...RULES.weights, onTimeFulfilment: weight, syncTimeliness: 40 - weight },
      }).score ?? 0
    for (let weight = 0; weight < 40; weight += 1) {
      expect(weighing(weight + 1)).toBeLessThan(weighing(weight))
    }
  })
})

describe('what moved it', () => {
  test('the points of all parts sum to the difference, whatever was known when', () => {
    fc.assert(
      fc.property(allSums, allSums, someRules, (now, before, rules) => {
        const [present, past] = [healthScoreOf(now, rules), healthScoreOf(before, rules)]
        const moves = whatMoved(present, past)
        if (present.score === null || past.score === null) {
          expect(moves).toBeNull()
          return
        }
        const sum = (moves ?? []).reduce((total, { points }) => total + points, 0)
        expect(sum).toBeCloseTo(present.score - past.score)
        for (const { points, byScore, byShare } of moves ?? []) expect(byScore + byShare).toBeCloseTo(points)
      }),
    )
  })

  test('a part that got worse has lowered it, a part that stayed has not moved it', () => {
    const moves = whatMoved(
      healthScoreOf({ ...perfect, syncTimeliness: of(100, 10) }, RULES),
      healthScoreOf(perfect, RULES),
    )
    expect(moves?.[0]).toMatchObject({ component: 'syncTimeliness', byShare: expect.closeTo(0) })
    expect(moves?.[0]?.points).toBeCloseTo(-3)
    expect(moves?.slice(1).every(({ points }) => points === 0)).toBe(true)
  })

  test('what became known pulls it towards itself', () => {
    const poor = { ...perfect, stockAccuracy: of(100, 50) }
    const { stockAccuracy: _, ...rest } = perfect
    const moves = whatMoved(healthScoreOf(poor, RULES), healthScoreOf(rest, RULES))
    const stock = moves?.find(({ component }) => component === 'stockAccuracy')
    expect(stock?.byScore).toBe(0)
    expect(stock?.byShare).toBeLessThan(0)
  })
})

describe('the policy', () => {
  const { schema, initial } = POLICIES['health-score']
  const problems = (change: object) =>
    schema
      .safeParse({ ...initial, ...change })
      .error?.issues.map(({ path, message }) => ({ path, message })) ?? []

  test('weights must sum to 100; the refusal says so in both languages', () => {
    expect(problems({ weights: { ...initial.weights, syncTimeliness: 25 } })).toEqual([
      { path: ['weights'], message: 'must sum to 100, these sum to 95 (权重之和必须为 100，现为 95)' },
    ])
    expect(problems({ weights: { ...initial.weights, syncTimeliness: 35 } })).toHaveLength(1)
    const thirds = { ...initial.weights, syncTimeliness: 100 / 3, stockAccuracy: 65 / 3 }
    expect(problems({ weights: thirds })).toEqual([])
  })

  test('a band that is fair above good, a weight below zero and an unknown part are refused', () => {
    expect(problems({ bands: { ...initial.bands, score: { good: 80, fair: 80 } } })).toMatchObject([
      { path: ['bands', 'score', 'fair'] },
    ])
    expect(
      problems({ weights: { ...initial.weights, syncTimeliness: -10, stockAccuracy: 65 } }),
    ).toMatchObject([{ path: ['weights', 'syncTimeliness'] }])
    expect(problems({ weights: { ...initial.weights, luck: 0 } })).toHaveLength(1)
  })
})
