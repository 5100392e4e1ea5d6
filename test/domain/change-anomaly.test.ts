import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { POLICIES } from '../../contracts/policies/index.ts'
import {
  type Anomaly,
  type AnomalyRules,
  type ChangeRecord,
  findAnomalies,
  lookBackDays,
} from '../../domain/change-anomaly.ts'
import { ANOMALY_STATES, ANOMALY_TRANSITIONS, judgeAnomaly } from '../../domain/change-anomaly-state.ts'
import { describeAnomaly } from '../../domain/change-anomaly-text.ts'
import {
  chinaTimeOf,
  monthBounds,
  offHours,
  previousMonth,
  type WorkingCalendar,
} from '../../domain/working-time.ts'

const DAY_MS = 86_400_000
/** A Monday morning in China. */
const MONDAY_MS = Date.parse('2026-11-23T10:00:00+08:00')
const OPEN: WorkingCalendar = () => ({ kind: 'work', name: null, opening: { from: '00:00', until: '24:00' } })
const OFF: AnomalyRules = {
  frequentPerson: null,
  frequentOrder: null,
  repeatedCustomer: null,
  selfDealing: null,
  offHours: null,
  offPrice: null,
  belowLimit: null,
}

let count = 0
function record(fields: Partial<ChangeRecord> = {}): ChangeRecord {
  count += 1
  const id = String(count).padStart(6, '0')
  return {
    changeId: `change-${id}`,
    orderId: `order-${id}`,
    storeId: 'ST',
    applicant: 'chen',
    submittedAtMs: MONDAY_MS + count * 1_000,
    customer: `customer-${id}`,
    concessionCents: 1_000,
    approvedBy: [],
    prices: [],
    ...fields,
  }
}
const at = (day: number, fields: Partial<ChangeRecord> = {}) =>
  record({ submittedAtMs: MONDAY_MS + day * DAY_MS, ...fields })

describe('frequency', () => {
  const rules = { ...OFF, frequentPerson: { count: 3, days: 7, points: 40 } }

  test('the third request within seven days sets it off, and the ones that follow belong to it', () => {
    const requests = [at(0), at(3), at(6.9), at(7.5)]
    expect(findAnomalies(requests, rules, OPEN)).toEqual([
      {
        key: `frequent_person:${requests[2]?.changeId}`,
        kind: 'frequent_person',
        subject: { kind: 'person', id: 'chen' },
        changeId: requests[2]?.changeId,
        storeId: 'ST',
        score: 40,
        evidence: {
          changeIds: requests.map(({ changeId }) => changeId),
          people: ['chen'],
          measured: 3,
          limit: 3,
          unit: 'requests',
          days: 7,
        },
      },
    ])
  })

  test('seven days are exactly seven days', () => {
    expect(findAnomalies([at(0), at(1), at(7)], rules, OPEN)).toEqual([])
    expect(findAnomalies([at(0), at(1), at(7 - 1e-6)], rules, OPEN)).toHaveLength(1)
  })

  test('after a quiet time a second anomaly begins, and twice as many score twice as much', () => {
    const busy = [0, 0.1, 0.2, 0.3, 0.4, 0.5].map((day) => at(30 + day))
    const found = findAnomalies([at(0), at(1), at(2), ...busy], rules, OPEN).sort((a, b) => a.score - b.score)
    expect(found.map(({ score, evidence }) => [score, evidence.measured])).toEqual([
      [40, 3],
      [80, 6],
    ])
  })

  test('an order, and a customer over several orders, are counted whoever asks; nobody knows is no customer', () => {
    const own = { ...OFF, frequentOrder: rules.frequentPerson, repeatedCustomer: rules.frequentPerson }
    const people = ['a', 'b', 'c']
    const order = people.map((applicant) => record({ applicant, orderId: 'O1' }))
    const customer = people.map((applicant) => record({ applicant, customer: 'K' }))
    const unknown = people.map((applicant) => record({ applicant, customer: null }))
    const found = findAnomalies([...order, ...customer, ...unknown], own, OPEN)
    expect(found.map(({ kind, subject, evidence }) => [kind, subject.id, evidence.people])).toEqual([
      ['frequent_order', 'O1', people],
      ['repeated_customer', customer[2]?.orderId, people],
    ])
    expect(JSON.stringify(found)).not.toContain('"K"')
  })
})

describe('applicant and approver', () => {
  const rules = { ...OFF, selfDealing: { count: 3, days: 30, points: 40, sharePercent: 90 } }
  const by = (approver: string, applicant = 'chen') => record({ applicant, approvedBy: [approver] })

  test('who has nearly everything approved by the same person is noted, who has several approvers is not', () => {
    const found = findAnomalies([by('li'), by('li'), by('li')], rules, OPEN)
    expect(found).toMatchObject([
      { kind: 'self_dealing', subject: { id: 'chen → li' }, score: 40, evidence: { people: ['chen', 'li'] } },
    ])
    const mixed = [by('li'), by('wang'), by('li'), by('wang'), by('li'), by('wang')]
    expect(findAnomalies(mixed, rules, OPEN)).toEqual([])
  })

  test('two who approve each other score twice', () => {
    const found = findAnomalies([by('li'), by('li'), by('li'), by('chen', 'li')], rules, OPEN)
    expect(found).toMatchObject([{ score: 80, evidence: { mutual: true } }])
    const [{ kind, subject, evidence } = by0()] = found
    expect(describeAnomaly(kind, subject, evidence).zh).toContain('互相审批')
  })

  function by0(): Anomaly {
    throw new Error('nothing was found')
  }

  test('both approvers of one request can be noted, each under a key of its own', () => {
    const together = [1, 2, 3].map(() => record({ approvedBy: ['li', 'zhao'] }))
    const keys = findAnomalies(together, rules, OPEN).map(({ key }) => key)
    expect(new Set(keys).size).toBe(2)
  })
})

describe('a single request', () => {
  test.each([
    [4_899, null],
    [4_990, 4_999],
    [4_999, 4_999],
    [5_000, null],
    [9_899, null],
    [9_900, 10_000],
    [10_000, 10_000],
    [10_001, null],
    [49_900, 50_000],
    [50_001, null],
    [0, null],
  ])('a concession of %i cents is just below the limit %s', (concessionCents, limit) => {
    const rules = { ...OFF, belowLimit: POLICIES['change-anomaly'].initial.belowLimit }
    const found = findAnomalies([record({ concessionCents })], rules, OPEN)
    expect(found.map(({ evidence }) => evidence.limit)).toEqual(limit === null ? [] : [limit])
  })

  test('a price more than 30 % off the standard price is noted, up or down, the worst line first', () => {
    const rules = { ...OFF, offPrice: { percent: 30, points: 30 } }
    const priced = (...pairs: [number, number][]) =>
      record({
        prices: pairs.map(([unitPriceCents, standardPriceCents], index) => ({
          skuId: `SKU-${index}`,
          unitPriceCents,
          standardPriceCents,
        })),
      })
    expect(
      findAnomalies([priced([700, 1_000]), priced([1_300, 1_000]), priced([1, 0])], rules, OPEN),
    ).toEqual([])
    expect(findAnomalies([priced([699, 1_000], [1, 1_000])], rules, OPEN)).toMatchObject([
      { score: 100, evidence: { measured: 99.9, limit: 30, skuId: 'SKU-1' } },
    ])
    expect(findAnomalies([priced([1_310, 1_000])], rules, OPEN)).toMatchObject([{ score: 31 }])
  })

  test('outside working hours: before, after, and on a day off of that store', () => {
    const rules = { ...OFF, offHours: { points: 20 } }
    const calendar: WorkingCalendar = (storeId, day) => ({
      kind: day === '2026-10-01' && storeId === 'ST' ? 'rest' : 'work',
      name: day === '2026-10-01' ? '国庆节' : null,
      opening: { from: '09:00', until: '21:00' },
    })
    const asked = (time: string, storeId = 'ST') =>
      findAnomalies([record({ storeId, submittedAtMs: Date.parse(time) })], rules, calendar)[0]?.evidence
        .offHours ?? null
    expect(asked('2026-09-30T08:59:59+08:00')).toMatchObject({ reason: 'before-opening', time: '08:59' })
    expect(asked('2026-09-30T09:00:00+08:00')).toBeNull()
    expect(asked('2026-09-30T20:59:59+08:00')).toBeNull()
    expect(asked('2026-09-30T13:00:00Z')).toMatchObject({ reason: 'after-closing', day: '2026-09-30' })
    expect(asked('2026-10-01T12:00:00+08:00')).toEqual({
      reason: 'rest-day',
      day: '2026-10-01',
      time: '12:00',
      name: '国庆节',
    })
    expect(asked('2026-10-01T12:00:00+08:00', 'OTHER')).toBeNull()
  })
})

describe('whatever was asked for', () => {
  const rules: AnomalyRules = {
    ...POLICIES['change-anomaly'].initial,
    frequentPerson: { count: 3, days: 5, points: 40 },
    frequentOrder: { count: 2, days: 5, points: 30 },
    repeatedCustomer: { count: 3, days: 5, points: 30 },
    selfDealing: { count: 2, days: 5, points: 40, sharePercent: 60 },
    offHours: { points: 20 },
  }
  const calendar: WorkingCalendar = (_, day) => ({
    kind: Number(day.slice(-2)) % 7 === 0 ? 'rest' : 'work',
    name: null,
    opening: { from: '09:00', until: '21:00' },
  })
  const name = (...names: string[]) => fc.constantFrom(...names)
  const history = fc
    .array(
      fc.record({
        orderId: name('O1', 'O2', 'O3'),
        applicant: name('a', 'b', 'c'),
        customer: fc.option(name('K1', 'K2')),
        approvedBy: fc.uniqueArray(name('a', 'b', 'd'), { maxLength: 2 }),
        hours: fc.integer({ min: 0, max: 24 * 40 }),
        concessionCents: fc.integer({ min: 0, max: 60_000 }),
        unitPriceCents: fc.integer({ min: 0, max: 3_000 }),
      }),
      { maxLength: 60 },
    )
    .map((entries) =>
      entries.map(
        ({ hours, unitPriceCents, ...entry }, index): ChangeRecord => ({
          ...entry,
          changeId: `c${String(index).padStart(3, '0')}`,
          storeId: 'ST',
          submittedAtMs: MONDAY_MS + hours * 3_600_000,
          prices: [{ skuId: 'S', unitPriceCents, standardPriceCents: 1_000 }],
        }),
      ),
    )

  test('keys are unique, scores are of 100, and each sentence can be said', () => {
    fc.assert(
      fc.property(history, (records) => {
        const found = findAnomalies(records, rules, calendar)
        expect(new Set(found.map(({ key }) => key)).size).toBe(found.length)
        for (const { score, kind, subject, evidence, changeId } of found) {
          expect(score).toBeGreaterThanOrEqual(1)
          expect(score).toBeLessThanOrEqual(100)
          expect(evidence.changeIds).toContain(changeId)
          const { en, zh } = describeAnomaly(kind, subject, evidence)
          expect(`${en}${zh}`).not.toMatch(/undefined|NaN|null/)
        }
      }),
    )
  })

  test('the order in which requests are read changes nothing', () => {
    fc.assert(
      fc.property(history, fc.infiniteStream(fc.nat()), (records, chance) => {
        const mixed = records
          .map((entry) => ({ entry, place: chance.next().value ?? 0 }))
          .sort((a, b) => a.place - b.place)
          .map(({ entry }) => entry)
        expect(findAnomalies(mixed, rules, calendar)).toEqual(findAnomalies(records, rules, calendar))
      }),
    )
  })

  test('what began lately is found under the same key however far back is looked', () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 1, max: 20 }), (records, days) => {
        const nowMs = MONDAY_MS + 40 * DAY_MS
        const since = (back: number) => nowMs - back * DAY_MS
        const seen = records.filter(({ submittedAtMs }) => submittedAtMs > since(lookBackDays(rules, days)))
        const lately = (anomalies: Anomaly[]) =>
          anomalies
            .filter(({ changeId }) => {
              const setOff = records.find((entry) => entry.changeId === changeId)
              return setOff !== undefined && setOff.submittedAtMs > since(days)
            })
            // Whether two approve each other may rest on something older.
            .map(({ key, evidence: { mutual: _, ...evidence } }) => ({ key, evidence }))
        const all = lately(findAnomalies(records, rules, calendar))
        const some = lately(findAnomalies(seen, rules, calendar))
        // Of what goes on since before the look-back the beginning is missing, and with it its key.
        expect(some.filter(({ key }) => !all.some((other) => other.key === key))).toEqual([])
        expect(all.filter(({ key }) => !some.some((other) => other.key === key))).toEqual([])
      }),
    )
  })

  test('a person is noted exactly where three of their requests lie within five days', () => {
    fc.assert(
      fc.property(history, (records) => {
        const found = findAnomalies(records, { ...OFF, frequentPerson: rules.frequentPerson }, calendar)
        const noted = new Set(found.map(({ subject }) => subject.id))
        for (const applicant of ['a', 'b', 'c']) {
          const own = records
            .filter((entry) => entry.applicant === applicant)
            .map((entry) => entry.submittedAtMs)
          const isBusy = own.some((end) => own.filter((t) => t <= end && end - t < 5 * DAY_MS).length >= 3)
          expect(noted.has(applicant)).toBe(isBusy)
        }
      }),
    )
  })

  test('a rule that is switched off finds nothing', () => {
    fc.assert(
      fc.property(history, (records) => {
        expect(findAnomalies(records, OFF, calendar)).toEqual([])
      }),
    )
  })
})

describe('verdicts', () => {
  test('nobody judges what they did themselves, and a verdict is looked into before it is turned round', () => {
    const anomaly = { state: 'new' as const, people: ['chen', 'li'] }
    expect(judgeAnomaly(anomaly, 'dismissed', 'li')).toEqual({ ok: false, code: 'change-anomaly-own' })
    expect(judgeAnomaly(anomaly, 'dismissed', 'wang')).toEqual({ ok: true })
    expect(judgeAnomaly({ ...anomaly, state: 'dismissed' }, 'confirmed', 'wang')).toMatchObject({ ok: false })
    for (const state of ANOMALY_STATES) {
      expect(ANOMALY_TRANSITIONS[state]).not.toContain('new')
      expect(judgeAnomaly({ ...anomaly, state }, state, 'wang')).toMatchObject({ ok: false })
    }
  })
})

describe('time', () => {
  test('days and months are China’s', () => {
    expect(chinaTimeOf(Date.parse('2026-11-30T16:00:00Z'))).toEqual({
      day: '2026-12-01',
      time: '00:00',
      month: '2026-12',
    })
    expect(previousMonth('2026-01')).toBe('2025-12')
    expect(previousMonth('2026-11')).toBe('2026-10')
    const { from, to } = monthBounds('2026-12')
    expect([from.toISOString(), to.toISOString()]).toEqual([
      '2026-11-30T16:00:00.000Z',
      '2026-12-31T16:00:00.000Z',
    ])
    expect(offHours(OPEN, 'ST', MONDAY_MS)).toBeNull()
  })
})
