import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { POLICIES } from '../../contracts/policies/index.ts'
import {
  BREAK_KINDS,
  type BreakKind,
  breakPointsOf,
  type DataFlowRules,
  type FlowFigures,
  rankBreakPoints,
  thresholdsOf,
} from '../../domain/flow-break-points.ts'
import { incidentMoves, type OpenIncident } from '../../domain/flow-incidents.ts'
import type { FlowEdge } from '../../domain/flow-map.ts'

const RULES: DataFlowRules = POLICIES['data-flow'].initial
const NOW = Date.parse('2026-11-11T00:00:00+08:00')
const MINUTE_MS = 60_000
type Edge = Pick<FlowEdge, 'id' | 'flow' | 'intervalSeconds' | 'ageTargetSeconds'>
const PULL: Edge = {
  id: 'orders_pulled:DY-1',
  flow: 'orders_pulled',
  intervalSeconds: 60,
  ageTargetSeconds: 300,
}
const TASKS: Edge = {
  id: 'pick_tasks_out:',
  flow: 'pick_tasks_out',
  intervalSeconds: null,
  ageTargetSeconds: null,
}
const WELL: FlowFigures = {
  succeeded: 100,
  failed: 0,
  windowMinutes: 15,
  latencyMeanMs: 40,
  latencyMaxMs: 90,
  backlog: 0,
  isBacklogCapped: false,
  backlogByMinute: [0, 0, 0, 0, 0, 0],
  oldestWaitingSeconds: null,
  retrying: 0,
  ordersWaiting: 0,
  lastSuccessAtMs: NOW - 1_000,
  firstSeenAtMs: NOW - 86_400_000,
  ageSeconds: 5,
  isConnected: true,
  usualPerMinute: 2,
  manualSteps: 0,
  ordersHeld: 0,
}
const kindsOf = (edge: Edge, figures: Partial<FlowFigures>, rules = RULES) =>
  breakPointsOf(edge, { ...WELL, ...figures }, rules, NOW).map(({ kind }) => kind)

const figuresOf: fc.Arbitrary<FlowFigures> = fc
  .record({
    succeeded: fc.nat(1_000),
    failed: fc.nat(1_000),
    backlogByMinute: fc.array(fc.nat(2_000), { maxLength: 20 }),
    oldestWaitingSeconds: fc.option(fc.nat(10_000)),
    retrying: fc.nat(100),
    ordersWaiting: fc.nat(1_000),
    silentMs: fc.option(fc.nat(10_000_000)),
    ageSeconds: fc.option(fc.nat(10_000)),
    isConnected: fc.boolean(),
    usualPerMinute: fc.nat(50),
    ordersHeld: fc.nat(100),
  })
  .map(({ silentMs, ...figures }) => ({
    ...WELL,
    ...figures,
    backlog: figures.backlogByMinute.at(-1) ?? 0,
    lastSuccessAtMs: silentMs === null ? null : NOW - silentMs,
  }))
const edges = fc.constantFrom(PULL, TASKS)

describe('a break point', () => {
  test('there is none where everything flows, nor where nothing was ever to flow', () => {
    expect(kindsOf(PULL, {})).toEqual([])
    expect(kindsOf(TASKS, {})).toEqual([])
    const never = { succeeded: 0, lastSuccessAtMs: null, ageSeconds: null }
    expect(kindsOf(TASKS, never)).toEqual([])
  })

  test('what runs by the clock is broken when nothing succeeded for so many intervals', () => {
    expect(kindsOf(PULL, { lastSuccessAtMs: NOW - 5 * MINUTE_MS })).toEqual([])
    expect(kindsOf(PULL, { lastSuccessAtMs: NOW - 5 * MINUTE_MS - 1 })).toEqual(['no_success'])
  })

  test('it counts from when it came onto the map, where it has never succeeded', () => {
    const never = { lastSuccessAtMs: null, ageSeconds: null }
    expect(kindsOf(PULL, { ...never, firstSeenAtMs: NOW - 4 * MINUTE_MS })).toEqual([])
    expect(kindsOf(PULL, { ...never, firstSeenAtMs: NOW - 6 * MINUTE_MS })).toEqual(['no_success'])
  })

  test('what does not run by the clock may be silent for days, but not while something waits', () => {
    const silent = { lastSuccessAtMs: NOW - 3 * 86_400_000 }
    expect(kindsOf(TASKS, silent)).toEqual([])
    expect(kindsOf(TASKS, { ...silent, backlog: 1, oldestWaitingSeconds: 200 })).toEqual([])
    expect(kindsOf(TASKS, { ...silent, backlog: 1, oldestWaitingSeconds: 301 })).toEqual(['no_success'])
  })

  test('one that waits for long is stale although the others go through', () => {
    expect(kindsOf(TASKS, { backlog: 1, oldestWaitingSeconds: 3 * 5 * 60 + 1 })).toEqual(['stale'])
  })

  test('a feed is stale by the age of what it brings, not by a call that succeeds', () => {
    expect(kindsOf(PULL, { ageSeconds: 3 * 300 })).toEqual([])
    expect(kindsOf(PULL, { ageSeconds: 3 * 300 + 1 })).toEqual(['stale'])
  })

  test('tries that fail count only where there are enough of them, and what is tried again is one that failed', () => {
    expect(kindsOf(TASKS, { succeeded: 10, failed: 9 })).toEqual([])
    expect(kindsOf(TASKS, { succeeded: 81, failed: 19 })).toEqual([])
    expect(kindsOf(TASKS, { succeeded: 80, failed: 20 })).toEqual(['error_rate'])
    expect(kindsOf(TASKS, { succeeded: 0, failed: 0, backlog: 30, retrying: 30 })).toEqual(['error_rate'])
  })

  test('a backlog that grows is told from one that is high, a wave, and one that falls again', () => {
    const of = (...backlogByMinute: number[]) =>
      kindsOf(TASKS, { backlogByMinute, backlog: backlogByMinute.at(-1) ?? 0, oldestWaitingSeconds: 30 })
    expect(of(100, 120, 160, 200, 260, 300)).toEqual(['backlog_growing'])
    expect(of(300, 300, 300, 300, 300, 300)).toEqual([])
    expect(of(10, 20, 300, 500, 200, 90)).toEqual([])
    expect(of(0, 1, 5, 10, 20, 40)).toEqual([])
    expect(of(100, 300, 900)).toEqual([])
  })

  test('what is disconnected is broken at once', () => {
    expect(kindsOf(PULL, { isConnected: false })).toEqual(['disconnected'])
  })

  test('a rule that is off finds nothing, and a flow’s own rule goes before the usual one', () => {
    const silent = { lastSuccessAtMs: NOW - 60 * MINUTE_MS }
    const off: DataFlowRules = { ...RULES, byFlow: { orders_pulled: { noSuccessIntervals: null } } }
    expect(kindsOf(PULL, silent)).toEqual(['no_success'])
    expect(kindsOf(PULL, silent, off)).toEqual([])
    expect(thresholdsOf('orders_pulled', off)).toEqual({ ...RULES.usual, noSuccessIntervals: null })
    expect(thresholdsOf('stock_out', off)).toEqual(RULES.usual)
    const undefinedIsUsual = { ...RULES, byFlow: { stock_out: { staleTimes: undefined } } }
    expect(thresholdsOf('stock_out', undefinedIsUsual)).toEqual(RULES.usual)
  })

  test('is found at most once of a kind, with a figure beyond its limit, and affects no fewer than no orders', () => {
    fc.assert(
      fc.property(edges, figuresOf, (edge, figures) => {
        const found = breakPointsOf(edge, figures, RULES, NOW)
        expect(new Set(found.map(({ kind }) => kind)).size).toBe(found.length)
        for (const { measured, limit, ordersAffected } of found) {
          expect(measured).toBeGreaterThanOrEqual(limit)
          expect(Number.isInteger(ordersAffected) && ordersAffected >= 0).toBe(true)
        }
      }),
    )
  })

  const worse: [string, (figures: FlowFigures, more: number) => FlowFigures, BreakKind][] = [
    ['failures', (figures, more) => ({ ...figures, failed: figures.failed + more }), 'error_rate'],
    [
      'silence',
      (figures, more) => ({
        ...figures,
        lastSuccessAtMs: (figures.lastSuccessAtMs ?? figures.firstSeenAtMs) - more * 1_000,
      }),
      'no_success',
    ],
    [
      'a higher backlog now',
      (figures, more) => ({
        ...figures,
        backlog: figures.backlog + more,
        backlogByMinute: figures.backlogByMinute.with(-1, figures.backlog + more),
      }),
      'backlog_growing',
    ],
    ['age', (figures, more) => ({ ...figures, ageSeconds: (figures.ageSeconds ?? 0) + more }), 'stale'],
  ]
  test.each(worse)('never goes away by more of the same: %s', (_, change, kind) => {
    const some = figuresOf.filter(({ backlogByMinute }) => backlogByMinute.length > 0)
    fc.assert(
      fc.property(some, fc.nat(10_000), (figures, more) => {
        if (!breakPointsOf(PULL, figures, RULES, NOW).some((point) => point.kind === kind)) return
        const after = breakPointsOf(PULL, change(figures, more), RULES, NOW)
        expect(after.map((point) => point.kind)).toContain(kind)
      }),
    )
  })

  test('stricter rules find whatever laxer ones find', () => {
    fc.assert(
      fc.property(edges, figuresOf, fc.double({ min: 1, max: 5, noNaN: true }), (edge, figures, times) => {
        const lax: DataFlowRules = {
          ...RULES,
          byFlow: {},
          usual: {
            noSuccessIntervals: 5 * times,
            usualIntervalSeconds: 60,
            errorRate: { percent: Math.min(100, 20 * times), minimumTries: 20 },
            backlogGrowth: { minimum: 50, percent: 50 * times },
            staleTimes: 3 * times,
          },
        }
        const strict = { ...RULES, byFlow: {} }
        const kinds = (rules: DataFlowRules) =>
          breakPointsOf(edge, figures, rules, NOW).map(({ kind }) => kind)
        expect(kinds(strict)).toEqual(expect.arrayContaining(kinds(lax)))
      }),
    )
  })
})

describe('orders affected', () => {
  const affected = (edge: Edge, figures: Partial<FlowFigures>) =>
    breakPointsOf(edge, { ...WELL, ...figures }, RULES, NOW)[0]?.ordersAffected

  test('are those in what waits and those that people hold', () => {
    expect(affected(TASKS, { succeeded: 0, failed: 30, ordersWaiting: 12, ordersHeld: 3 })).toBe(15)
  })

  test('of a feed that is silent are also those that it would have brought meanwhile', () => {
    expect(
      affected(PULL, { lastSuccessAtMs: NOW - 30 * MINUTE_MS, usualPerMinute: 2, ordersWaiting: 1 }),
    ).toBe(61)
    // It speaks, but fails at times: nothing is missing.
    expect(affected(PULL, { succeeded: 0, failed: 30, usualPerMinute: 2, ordersWaiting: 1 })).toBe(1)
  })

  test('rank break points, the most first; as many, by kind and name, so that the order never changes by itself', () => {
    const point = fc.record({
      edgeId: fc.constantFrom('a', 'b', 'c'),
      kind: fc.constantFrom(...BREAK_KINDS),
      ordersAffected: fc.nat(3),
    })
    fc.assert(
      fc.property(fc.array(point), (points) => {
        const ranked = rankBreakPoints(points)
        expect(rankBreakPoints(points.toReversed())).toEqual(ranked)
        const orders = ranked.map(({ ordersAffected }) => ordersAffected)
        expect(orders).toEqual(orders.toSorted((a, b) => b - a))
      }),
    )
  })
})

describe('incidents', () => {
  const point = (edgeId: string, kind: BreakKind) => ({
    edgeId,
    kind,
    measured: 2,
    limit: 1,
    ordersAffected: 0,
  })
  const open = (edgeId: string, kind: BreakKind, secondsAgo: number): OpenIncident => ({
    id: `${edgeId}-${kind}`,
    edgeId,
    kind,
    lastSeenAtMs: NOW - secondsAgo * 1_000,
  })
  const limits = { nowMs: NOW, closeAfterSeconds: 180 }

  test('what is found and has none opens one, what goes on is seen, and what is over ends after a while', () => {
    const incidents = [open('a', 'stale', 15), open('b', 'stale', 179), open('c', 'stale', 180)]
    expect(incidentMoves(incidents, [point('a', 'stale'), point('a', 'error_rate')], limits)).toEqual({
      open: [point('a', 'error_rate')],
      seen: [{ id: 'a-stale', point: point('a', 'stale') }],
      close: ['c-stale'],
    })
  })

  test('each break point has exactly one incident afterwards, and none ends while it is found', () => {
    const names = fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom(...BREAK_KINDS))
    const some = fc.uniqueArray(names, { selector: ([edge, kind]) => `${edge} ${kind}` })
    fc.assert(
      fc.property(some, some, fc.nat(400), (before, now, secondsAgo) => {
        const incidents = before.map(([edge, kind]) => open(edge, kind, secondsAgo))
        const found = now.map(([edge, kind]) => point(edge, kind))
        const moves = incidentMoves(incidents, found, limits)
        expect(moves.open.length + moves.seen.length).toBe(found.length)
        const ids = found.map(({ edgeId, kind }) => `${edgeId}-${kind}`)
        for (const id of moves.close) expect(ids).not.toContain(id)
        expect(moves.seen.length + moves.close.length).toBeLessThanOrEqual(incidents.length)
      }),
    )
  })
})

describe('the policy', () => {
  const { schema, initial } = POLICIES['data-flow']

  test('takes its own built-in document', () => {
    expect(schema.parse(JSON.parse(JSON.stringify(initial)))).toEqual(initial)
  })

  test('refuses rules that are all off: nobody would be told of anything', () => {
    const off = { noSuccessIntervals: null, errorRate: null, backlogGrowth: null, staleTimes: null }
    const usual = { ...initial.usual, ...off }
    expect(schema.safeParse({ ...initial, usual, byFlow: {} }).success).toBe(false)
    expect(schema.safeParse({ ...initial, usual, byFlow: { erp_out: { staleTimes: 2 } } }).success).toBe(true)
  })

  test.each([
    ['a window too short to see growth in', { windowMinutes: 3 }],
    ['a flow that there is none of', { byFlow: { teleport: {} } }],
    [
      'a rate of more than all',
      { usual: { ...initial.usual, errorRate: { percent: 101, minimumTries: 1 } } },
    ],
    ['no interval at all', { usual: { ...initial.usual, usualIntervalSeconds: 0 } }],
  ])('refuses %s', (_, change) => {
    expect(schema.safeParse({ ...initial, ...change }).success).toBe(false)
  })
})
