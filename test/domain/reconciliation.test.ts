import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  alertFor,
  atStakeCents,
  type Difference,
  dailyPeriod,
  type Matching,
  type MatchRules,
  matchGroup,
  matchKey,
  type ReconciliationLine,
  subjectOf,
} from '../../domain/reconciliation.ts'

const DAY_MS = 86_400_000
const NOW_MS = Date.parse('2026-11-20T00:00:00Z')
const STRICT: MatchRules = { tolerance: 0, toleranceDays: 1, graceDays: { here: 0, there: 0 } }

const line = (changes: Partial<ReconciliationLine> = {}): ReconciliationLine => ({
  ref: 'R-1',
  kind: 'payment',
  key: 'payment/P-1',
  group: 'O-1/payment',
  value: 1_000,
  status: null,
  atMs: NOW_MS - 10 * DAY_MS,
  inPeriod: true,
  orderId: null,
  storeId: null,
  ...changes,
})

/** Lines of few keys, groups and values, so that they meet. */
const anyLines = fc
  .array(
    fc.record({
      key: fc.constantFrom('a', 'b', 'c', 'd'),
      group: fc.constantFrom('O-1', 'O-2'),
      value: fc.option(fc.integer({ min: 0, max: 5 }), { nil: null }),
      status: fc.option(fc.constantFrom('open', 'done'), { nil: null }),
      days: fc.integer({ min: 0, max: 12 }),
      inPeriod: fc.boolean(),
    }),
    { maxLength: 14 },
  )
  .map((lines) =>
    lines.map(({ days, ...each }, index) =>
      line({ ...each, ref: `R-${index}`, atMs: NOW_MS - days * DAY_MS - index * 1_000 }),
    ),
  )
const anyRules = fc.record({
  tolerance: fc.integer({ min: 0, max: 2 }),
  toleranceDays: fc.integer({ min: 0, max: 3 }),
  graceDays: fc.record({ here: fc.integer({ min: 0, max: 5 }), there: fc.integer({ min: 0, max: 5 }) }),
})

/** All of a run: by key, then what is left by its group. */
function matchAll(hub: ReconciliationLine[], there: ReconciliationLine[], rules: MatchRules): Matching {
  const keys = [...new Set([...hub, ...there].map(({ key }) => key))].sort()
  const byKey = keys.map((key) =>
    matchKey(
      hub.filter((each) => each.key === key),
      there.filter((each) => each.key === key),
      rules,
    ),
  )
  const left = (side: 'hub' | 'there') => byKey.flatMap((matching) => matching.left[side])
  const groups = [...new Set([...left('hub'), ...left('there')].map(({ group }) => group))].sort()
  const byGroup = groups.map((group) =>
    matchGroup(
      left('hub').filter((each) => each.group === group),
      left('there').filter((each) => each.group === group),
      rules,
      NOW_MS,
    ),
  )
  const all = [...byKey, ...byGroup]
  return {
    pairs: all.flatMap(({ pairs }) => pairs),
    differences: all.flatMap(({ differences }) => differences),
    awaited: all.flatMap(({ awaited }) => awaited),
    outside: all.flatMap(({ outside }) => outside),
  }
}

const linesIn = ({ pairs, differences, awaited, outside }: Matching): ReconciliationLine[] => [
  ...pairs.flatMap(({ hub, there }) => [hub, there]),
  ...differences.flatMap(({ hub, there }) => [hub, there].filter((each) => each !== null)),
  ...awaited,
  ...outside,
]

/** In words that do not depend on an order. */
const told = ({ pairs, differences }: Matching) => ({
  pairs: pairs.map(({ hub, there }) => `${hub.ref}=${there.ref}`).sort(),
  differences: differences
    .map(({ kind, facets, hub, there }) => `${kind} ${facets} ${hub?.ref} ${there?.ref}`)
    .sort(),
})

describe('whatever the lines', () => {
  test('each is in exactly one pair or one difference, or waits, or belongs to another period', () => {
    fc.assert(
      fc.property(anyLines, anyLines, anyRules, (hub, there, rules) => {
        const placed = linesIn(matchAll(hub, there, rules))
        expect(placed).toHaveLength(hub.length + there.length)
        expect(new Set(placed)).toEqual(new Set([...hub, ...there]))
      }),
    )
  })

  test('with no time to wait and all in the period there are pairs and differences only', () => {
    fc.assert(
      fc.property(anyLines, anyLines, (hub, there) => {
        const all = (lines: ReconciliationLine[]) => lines.map((each) => ({ ...each, inPeriod: true }))
        const { awaited, outside } = matchAll(all(hub), all(there), STRICT)
        expect([awaited, outside]).toEqual([[], []])
      }),
    )
  })

  test('it is the same whichever side is called the hub', () => {
    const mirrored = { missing_here: 'missing_there', missing_there: 'missing_here' } as const
    fc.assert(
      fc.property(anyLines, anyLines, anyRules, (hub, there, rules) => {
        const { here, there: later } = rules.graceDays
        const one = matchAll(hub, there, rules)
        const other = matchAll(there, hub, { ...rules, graceDays: { here: later, there: here } })
        const turned: Matching = {
          ...other,
          pairs: other.pairs.map((pair) => ({ hub: pair.there, there: pair.hub })),
          differences: other.differences.map((each) => ({
            ...each,
            kind:
              each.kind === 'missing_here' || each.kind === 'missing_there' ? mirrored[each.kind] : each.kind,
            hub: each.there,
            there: each.hub,
          })),
        }
        expect(told(turned)).toEqual(told(one))
      }),
    )
  })

  test('it does not depend on the order in which they come', () => {
    fc.assert(
      fc.property(
        anyLines.chain((hub) =>
          fc.tuple(fc.constant(hub), fc.shuffledSubarray(hub, { minLength: hub.length })),
        ),
        anyLines.chain((there) =>
          fc.tuple(fc.constant(there), fc.shuffledSubarray(there, { minLength: there.length })),
        ),
        anyRules,
        ([hub, mixedHub], [there, mixedThere], rules) => {
          expect(told(matchAll(mixedHub, mixedThere, rules))).toEqual(told(matchAll(hub, there, rules)))
        },
      ),
    )
  })

  test('what the other side has more in all is the sum of what pairs and differences say', () => {
    const sum = (lines: readonly ReconciliationLine[]) =>
      lines.reduce((total, each) => total + (each.value ?? 0), 0)
    fc.assert(
      fc.property(anyLines, anyLines, anyRules, (hub, there, rules) => {
        const known = (lines: ReconciliationLine[]): ReconciliationLine[] =>
          lines.map((each) => ({ ...each, value: each.value ?? 0, inPeriod: true }))
        const [mine, theirs] = [known(hub), known(there)]
        const { pairs, differences, awaited } = matchAll(mine, theirs, rules)
        const isTheirs = new Set(theirs)
        const waiting = awaited.reduce(
          (total, each) => total + (isTheirs.has(each) ? 1 : -1) * (each.value ?? 0),
          0,
        )
        const explained =
          pairs.reduce((total, pair) => total + (pair.there.value ?? 0) - (pair.hub.value ?? 0), 0) +
          differences.reduce((total, each) => total + each.valueDifference, 0)
        expect(explained + waiting).toBe(sum(theirs) - sum(mine))
      }),
    )
  })

  test('a line is in one difference at most, so that it names it', () => {
    fc.assert(
      fc.property(anyLines, anyLines, anyRules, (hub, there, rules) => {
        const subjects = matchAll(hub, there, rules).differences.map(subjectOf)
        expect(new Set(subjects).size).toBe(subjects.length)
      }),
    )
  })
})

describe('two lines of one key', () => {
  const kindOf = (hub: Partial<ReconciliationLine>, there: Partial<ReconciliationLine>, rules = STRICT) => {
    const { pairs, differences } = matchKey([line(hub)], [line({ ref: 'T-1', ...there })], rules)
    return pairs.length > 0 ? 'pair' : differences.map(({ kind, facets }) => [kind, ...facets].join(' '))[0]
  }

  test.each([
    [{}, {}, 'pair'],
    [{}, { value: 1_001 }, 'amount amount'],
    [{ status: 'shipped' }, { status: 'delivered' }, 'status status'],
    [{ status: 'shipped' }, { status: null }, 'pair'],
    [{}, { atMs: NOW_MS - 8 * DAY_MS }, 'timing timing'],
    [{}, { atMs: NOW_MS - 9 * DAY_MS }, 'pair'],
    [{ status: 'a' }, { value: 1, status: 'b', atMs: NOW_MS }, 'amount amount,status,timing'],
    [{ inPeriod: false }, { value: 1 }, 'amount amount'],
    [{ inPeriod: false }, { value: 1, inPeriod: false }, undefined],
    [{ value: null }, { value: 5 }, 'pair'],
  ] as const)('%j and %j: %s', (hub, there, expected) => {
    expect(
      kindOf(hub, there)?.replace(
        /^(\w+) (.*)$/,
        (_all, kind, rest) => `${kind} ${rest.replaceAll(' ', ',')}`,
      ),
    ).toBe(expected)
  })

  test('differ by no more than is tolerated', () => {
    const rules = { ...STRICT, tolerance: 100 }
    expect(kindOf({}, { value: 1_100 }, rules)).toBe('pair')
    expect(kindOf({}, { value: 1_101 }, rules)).toBe('amount amount')
  })
})

test('what one side has more often is a duplicate there, and the equal ones are the pair', () => {
  const [right, twice] = [line({ ref: 'T-1' }), line({ ref: 'T-2', value: 999 })]
  const { pairs, differences } = matchKey([line()], [twice, right], STRICT)
  expect(pairs.map(({ there }) => there.ref)).toEqual(['T-1'])
  expect(differences).toMatchObject([
    { kind: 'duplicate', hub: null, there: { ref: 'T-2' }, valueDifference: 999 },
  ])
})

test('lines without a common key come together by order, amount and day; the nearest first', () => {
  const hub = [line({ ref: 'H-1', key: 'payment/P-1' })]
  const there = [
    line({ ref: 'T-1', key: 'line/1', atMs: NOW_MS - 9 * DAY_MS }),
    line({ ref: 'T-2', key: 'line/2', atMs: NOW_MS - 10 * DAY_MS }),
    line({ ref: 'T-3', key: 'line/3', value: 5 }),
  ]
  const { pairs, differences } = matchGroup(hub, there, STRICT, NOW_MS)
  expect(pairs.map(({ there: { ref } }) => ref)).toEqual(['T-2'])
  expect(differences.map(({ kind, there: found }) => `${kind} ${found?.ref}`)).toEqual([
    'missing_here T-1',
    'missing_here T-3',
  ])
})

test('a line that is alone is missing only once the other side had its days', () => {
  const rules = { ...STRICT, graceDays: { here: 1, there: 3 } }
  const aged = (days: number) => line({ atMs: NOW_MS - days * DAY_MS })
  const kinds = (hub: ReconciliationLine[], there: ReconciliationLine[]) =>
    matchGroup(hub, there, rules, NOW_MS).differences.map(({ kind }) => kind)
  expect(kinds([aged(2)], [])).toEqual([])
  expect(kinds([aged(3)], [])).toEqual(['missing_there'])
  expect(kinds([], [aged(0.5)])).toEqual([])
  expect(kinds([], [aged(1)])).toEqual(['missing_here'])
})

test('thousands of lines of one order are not compared each with each', () => {
  const many = (side: string) => Array.from({ length: 600 }, (_, index) => line({ ref: `${side}-${index}` }))
  const { pairs, differences } = matchGroup(many('H'), many('T'), STRICT, NOW_MS)
  expect([pairs.length, differences.length]).toEqual([0, 1_200])
})

const difference = (changes: Partial<Difference>): Difference => ({
  kind: 'amount',
  facets: ['amount'],
  hub: line(),
  there: line(),
  valueDifference: 0,
  ...changes,
})

test('what is at stake is what the two disagree by, or all of what only one has; of stock at the price of the article', () => {
  expect(atStakeCents(difference({ valueDifference: -300 }), null)).toBe(300)
  expect(atStakeCents(difference({ hub: null, valueDifference: 1_000, kind: 'missing_here' }), null)).toBe(
    1_000,
  )
  expect(atStakeCents(difference({ kind: 'status', facets: ['status'] }), null)).toBe(1_000)
  const units = line({ kind: 'stock', value: 4 })
  expect(atStakeCents(difference({ hub: units, there: units, valueDifference: -3 }), 250)).toBe(750)
  expect(atStakeCents(difference({ hub: line({ kind: 'customer', value: null }) }), null)).toBe(0)
})

test('an alert is given at a threshold and never for nothing', () => {
  const thresholds = { differences: 3, amountCents: 1_000, singleCents: 600 }
  const figures = { differences: 1, amountCents: 10, largestCents: 10 }
  expect(alertFor(figures, thresholds)).toBeNull()
  expect(alertFor({ ...figures, differences: 3 }, thresholds)).toBe('differences')
  expect(alertFor({ ...figures, amountCents: 1_000 }, thresholds)).toBe('amountCents')
  expect(alertFor({ ...figures, largestCents: 600 }, thresholds)).toBe('singleCents')
  const none = { differences: null, amountCents: null, singleCents: null }
  expect(alertFor({ differences: 9, amountCents: 9, largestCents: 9 }, none)).toBeNull()
  expect(
    alertFor({ differences: 0, amountCents: 0, largestCents: 0 }, { ...none, differences: 0 }),
  ).toBeNull()
})

test('a night compares days of China up to yesterday, and as far back as something is open', () => {
  // Already the 20th in China, still the 19th in London.
  const nowMs = Date.parse('2026-11-19T19:30:00Z')
  expect(dailyPeriod(nowMs, 7, null)).toEqual({ from: '2026-11-13', to: '2026-11-19' })
  expect(dailyPeriod(nowMs, 7, '2026-11-15')).toEqual({ from: '2026-11-13', to: '2026-11-19' })
  expect(dailyPeriod(nowMs, 7, '2026-10-31')).toEqual({ from: '2026-10-31', to: '2026-11-19' })
  expect(dailyPeriod(nowMs, 7, '2025-01-01')).toEqual({ from: '2026-08-20', to: '2026-11-19' })
  expect(dailyPeriod(Date.parse('2027-01-01T00:00:00+08:00'), 1, null)).toEqual({
    from: '2026-12-31',
    to: '2026-12-31',
  })
})
