import fc from 'fast-check'
import { expect, test } from 'vitest'
import { POLICIES } from '../../contracts/policies/index.ts'
import {
  chinaDayNumber,
  chinaDayStartMs,
  quantileCuts,
  RFM_MEASURES,
  RFM_SCORES,
  rfmScoresOf,
  scoreOf,
  segmentGaps,
  segmentOf,
  serviceOf,
  USUAL_SERVICE,
  type ValueCount,
} from '../../domain/customer-segment.ts'
import { tryCustomerSegments } from '../../domain/policy-trials.ts'

const values = fc.array(fc.integer({ min: -1_000, max: 100_000 }), { minLength: 1, maxLength: 200 })
function countsOf(all: readonly number[]): ValueCount[] {
  const counts = new Map<number, number>()
  for (const value of all) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].sort(([a], [b]) => a - b).map(([value, customers]) => ({ value, customers }))
}
const policy = POLICIES['customer-segments'].initial

test('cuts are the discrete percentiles of all customers, whichever values they share', () => {
  fc.assert(
    fc.property(values, (all) => {
      const sorted = [...all].sort((a, b) => a - b)
      const expected = [1, 2, 3, 4].map(
        (fifth) => sorted[Math.ceil((fifth * sorted.length) / RFM_SCORES) - 1],
      )
      expect(quantileCuts(countsOf(all))).toEqual(expected)
    }),
  )
})

test('a score is from 1 to 5, and nobody who did better has a lower one', () => {
  fc.assert(
    fc.property(values, (all) => {
      const cuts = quantileCuts(countsOf(all))
      const scores = [...all].sort((a, b) => a - b).map((value) => scoreOf(value, cuts))
      expect(scores.every((score) => score >= 1 && score <= RFM_SCORES)).toBe(true)
      expect(scores).toEqual([...scores].sort((a, b) => a - b))
    }),
  )
})

test('where all values differ each score is a fifth of the customers, as near as whole people go', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer(), { minLength: 5, maxLength: 200 }), (all) => {
      const cuts = quantileCuts(countsOf(all))
      for (let score = 1; score <= RFM_SCORES; score += 1) {
        const share = all.filter((value) => scoreOf(value, cuts) === score).length
        expect(Math.abs(share - all.length / RFM_SCORES)).toBeLessThan(1)
      }
    }),
  )
})

test('scores follow the order of customers alone, whatever unit values are in', () => {
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 1_000 }), fc.integer(), (all, times, more) => {
      const other = all.map((value) => value * times + more)
      const [cuts, otherCuts] = [quantileCuts(countsOf(all)), quantileCuts(countsOf(other))]
      expect(other.map((value) => scoreOf(value, otherCuts))).toEqual(
        all.map((value) => scoreOf(value, cuts)),
      )
    }),
  )
})

test('one customer alone, and customers who are all the same, are not told apart', () => {
  expect(quantileCuts([{ value: 3, customers: 1 }])).toEqual([3, 3, 3, 3])
  const cuts = quantileCuts([{ value: 3, customers: 40 }])
  expect(scoreOf(3, cuts)).toBe(1)
  expect(scoreOf(4, cuts)).toBe(RFM_SCORES)
})

test('before anybody was counted everybody is in the middle', () => {
  expect(quantileCuts([])).toEqual([])
  const cuts = { recency: [], frequency: [], monetary: [] }
  expect(rfmScoresOf({ recency: 1, frequency: 2, monetary: 3 }, cuts)).toEqual({
    recency: 3,
    frequency: 3,
    monetary: 3,
  })
})

test('a day of China begins at sixteen o’clock of the day before in London', () => {
  const midnight = Date.parse('2026-03-01T00:00:00+08:00')
  expect(chinaDayNumber(midnight)).toBe(chinaDayNumber(midnight - 1) + 1)
  expect(chinaDayStartMs(chinaDayNumber(midnight + 3_600_000))).toBe(midnight)
})

test('the built-in segments have a place for everybody, and nobody falls into two', () => {
  expect(segmentGaps(policy.segments)).toEqual({ without: null, unreachable: [] })
  fc.assert(
    fc.property(fc.record({ recency: score(), frequency: score(), monetary: score() }), (scores) => {
      const fitting = policy.segments.filter((segment) => segmentOf(scores, [segment]) !== null)
      expect(fitting).toHaveLength(1)
    }),
  )
  function score() {
    return fc.integer({ min: 1, max: RFM_SCORES })
  }
})

test('by default every segment is served like everybody else: nobody overtakes until somebody says so', () => {
  expect(policy.segments.map(({ service }) => service)).toEqual(policy.segments.map(() => USUAL_SERVICE))
  expect(serviceOf(policy, 'gone')).toEqual(policy.others)
})

test('a trial says the segment and what it is given; whoever has no scores is given what others are', () => {
  const others = { allocationPriority: 1, freeReships: 2, approvalLeniencyCents: 3 }
  const scores = { recency: 5, frequency: 5, monetary: 5 }
  expect(tryCustomerSegments({ ...policy, others }, scores)).toMatchObject({
    outcome: { segment: 'important-value', service: USUAL_SERVICE },
    refused: null,
  })
  expect(tryCustomerSegments({ ...policy, others }, null).outcome).toEqual({ segment: null, service: others })
})

const whole = { min: 1, max: RFM_SCORES }
const named = (code: string, more: object = {}) => ({ code, title: code, ...more })
test.each([
  ['a gap', [named('few', { frequency: { max: 2 } })], 'have none for'],
  ['one that is never reached', [named('all'), named('some', { recency: whole })], 'is never reached'],
  ['a code twice', [named('one', { monetary: { max: 2 } }), named('one')], 'is used twice'],
  ['a range upside down', [named('one', { recency: { min: 4, max: 2 } })], 'must not be below min'],
  ['a score that there is not', [named('one', { recency: { min: 0 } })], 'recency'],
  ['no segment', [], 'segments'],
])('segments with %s are refused', (_, segments, message) => {
  const parsed = POLICIES['customer-segments'].schema.safeParse({ segments })
  expect(parsed.success).toBe(false)
  const issues = parsed.error?.issues.map(({ path, message: text }) => `${path.join('.')} ${text}`).join('\n')
  expect(issues).toContain(message)
})

test.each([
  ['a window that is too short', { windowDays: 29 }, 'windowDays'],
  ['a window that is too long', { windowDays: 1_096 }, 'windowDays'],
  ['a part of a day', { windowDays: 30.5 }, 'windowDays'],
  ['a priority that there is not', { others: { allocationPriority: 10 } }, 'others.allocationPriority'],
  ['fewer reships than none', { others: { freeReships: -1 } }, 'others.freeReships'],
  ['leniency without end', { others: { approvalLeniencyCents: 1e9 } }, 'others.approvalLeniencyCents'],
  ['a code that stands for no segment', { segments: [named('none')] }, 'segments.0.code'],
  ['more segments than people tell apart', { segments: Array(21).fill(named('one')) }, 'segments'],
  ['a field that nobody knows', { discount: 1 }, ''],
])('a policy with %s is refused', (_, change, field) => {
  const parsed = POLICIES['customer-segments'].schema.safeParse({ ...policy, ...change })
  expect(parsed.error?.issues.map(({ path }) => path.join('.'))).toContain(field)
})

test('segments are found by all three scores together', () => {
  const found = (recency: number, frequency: number, monetary: number) =>
    segmentOf({ recency, frequency, monetary }, policy.segments)?.code
  expect([found(5, 5, 5), found(5, 1, 4), found(3, 4, 4), found(1, 1, 1)]).toEqual([
    'important-value',
    'important-growth',
    'important-keep',
    'general-winback',
  ])
  expect(RFM_MEASURES).toHaveLength(3)
})
