import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { POLICIES } from '../../contracts/policies/index.ts'
import { toGcj02 } from '../../domain/datum.ts'
import { centreOf } from '../../domain/division.ts'
import {
  INSPECTION_STATES,
  INSPECTION_TRANSITIONS,
  inspectorsFor,
  lotOf,
  pickInspector,
  selectInspection,
} from '../../domain/inspection.ts'
import { checkPlace, type PlaceRule } from '../../domain/inspection-place.ts'
import { type Checklist, checkAnswers, judgeInspection } from '../../domain/inspection-result.ts'
import { factsOf } from '../../domain/order-facts.ts'
import { tryInspection } from '../../domain/policy-trials.ts'

const { schema, initial } = POLICIES.inspection
const order = (amountCents: number) =>
  factsOf({
    channel: 'mall',
    storeId: 'ST-1',
    divisionCode: '330110',
    amountCents,
    freightCents: 0,
    lines: [{ skuId: 'SKU-1', quantity: 1, unitPriceCents: amountCents }],
  })
const outcome = { sharePercent: 10, checklist: 'delivered-goods', dueSeconds: 86_400 }

describe('which orders are inspected', () => {
  test('a large one is by the built-in policy, and a small one never', () => {
    fc.assert(
      fc.property(fc.uuid(), (id) => {
        expect(selectInspection(initial.rules, id, order(2_000_000)).isSelected).toBe(true)
        expect(selectInspection(initial.rules, id, order(1_999_999))).toMatchObject({
          isSelected: false,
          draw: null,
          rule: null,
        })
      }),
    )
  })

  test('the same order has the same lot whenever it is asked, and a larger share only adds orders', () => {
    const share = fc.double({ min: 0, max: 100, noNaN: true })
    fc.assert(
      fc.property(fc.uuid(), share, share, (id, one, other) => {
        const [smaller, larger] = [one, other].sort((a, b) => a - b) as [number, number]
        const asked = (sharePercent: number) =>
          selectInspection([{ condition: true, outcome: { ...outcome, sharePercent } }], id, order(100))
        expect(asked(smaller).lot).toBe(asked(larger).lot)
        if (asked(smaller).isSelected) expect(asked(larger).isSelected).toBe(true)
      }),
    )
  })

  test('a share of 0 takes none, one of 100 all, and one of 10 a tenth of ids that differ in their last digits only', () => {
    const ids = Array.from(
      { length: 20_000 },
      (_, index) => `019400aa-0000-7000-8000-${index.toString(16).padStart(12, '0')}`,
    )
    const taken = (sharePercent: number) =>
      ids.filter(
        (id) =>
          selectInspection([{ condition: true, outcome: { ...outcome, sharePercent } }], id, order(100))
            .isSelected,
      ).length
    expect([taken(0), taken(100)]).toEqual([0, ids.length])
    expect(taken(10) / ids.length).toBeGreaterThan(0.09)
    expect(taken(10) / ids.length).toBeLessThan(0.11)
  })

  test('the first rule that matches decides, also that nobody goes', () => {
    const rules = [
      { condition: { '==': [{ var: 'storeId' }, 'ST-1'] }, outcome: { ...outcome, sharePercent: 0 } },
      { condition: true, outcome: { ...outcome, sharePercent: 100 } },
    ]
    expect(selectInspection(rules, 'x', order(100))).toMatchObject({ rule: 0, isSelected: false })
  })

  test('a lot is a number from 0 up to 1 for every text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(lotOf(text)).toBeGreaterThanOrEqual(0)
        expect(lotOf(text)).toBeLessThan(1)
      }),
    )
  })
})

test('lots are those of the first release: orders that were drawn by then are drawn by every later one', () => {
  expect(lotOf('') * 2 ** 32).toBe(2_872_998_923)
  expect(lotOf('019400aa-0000-7000-8000-000000000001') * 2 ** 32).toBe(2_729_576_415)
  expect(lotOf('019400aa-0000-7000-8000-000000000002') * 2 ** 32).toBe(3_825_068_054)
})

test('a dry run names orders that arrived and would have been inspected, and no others', () => {
  const lines = [{ lineNumber: 1, skuId: 'SKU-1', quantity: 1, unitPriceCents: 2_000_000 }]
  const past = {
    ...{ orderId: 'o', channel: 'mall', storeId: 'ST-1', divisionCode: '330110', freightCents: 0, lines },
    ...{
      amountCents: 2_000_000,
      placedAtMs: 0,
      paidAtMs: 0,
      paymentsAtMs: [0],
      endedAtMs: null,
      returnsAtMs: [],
    },
  }
  const tried = (deliveredAtMs: number | null) => tryInspection(initial, { ...past, deliveredAtMs }).outcome
  expect(tried(1)).toEqual({ inspected: true, checklist: 'delivered-goods' })
  expect(tried(null)).toEqual({ inspected: false, checklist: null })
})

describe('who goes', () => {
  const areas = [
    { divisions: ['330110'], regions: [], assignTo: [{ account: 'district' }] },
    { divisions: ['330000'], regions: [], assignTo: [{ account: 'province' }] },
    { divisions: [], regions: ['华东'], assignTo: [{ account: 'region' }] },
    { divisions: [], regions: [], assignTo: [{ account: 'country' }] },
  ]
  test.each([
    ['330110', '华东', 'district'],
    ['330106', '华东', 'province'],
    ['310115', '华东', 'region'],
    ['440305', '华南', 'country'],
    ['999999', null, 'country'],
  ])('for %s in %s it is whom the first area with it names: %s', (divisionCode, region, account) => {
    expect(inspectorsFor(areas, { divisionCode, region })).toEqual([{ account }])
  })

  test('nobody where no area has the address', () => {
    expect(inspectorsFor(areas.slice(0, 2), { divisionCode: '440305', region: '华南' })).toEqual([])
  })

  test('whoever has fewest goes, the same for the same order, in whatever order they are named', () => {
    const person = fc.record({
      userName: fc.string({ minLength: 1 }),
      openInspections: fc.nat({ max: 3 }),
    })
    const people = fc.uniqueArray(person, { selector: ({ userName }) => userName, minLength: 1 })
    fc.assert(
      fc.property(people, fc.uuid(), (given, id) => {
        const picked = pickInspector(given, id)
        const fewest = Math.min(...given.map(({ openInspections }) => openInspections))
        expect(given.find(({ userName }) => userName === picked)?.openInspections).toBe(fewest)
        expect(pickInspector([...given].reverse(), id)).toBe(picked)
      }),
    )
    expect(pickInspector([], 'x')).toBeNull()
  })
})

test('a result is taken once, also of an inspection that was cancelled meanwhile, and never undone', () => {
  for (const state of INSPECTION_STATES) {
    const takesResult = INSPECTION_TRANSITIONS[state].includes('passed')
    expect(takesResult).toBe(state === 'open' || state === 'cancelled')
    expect(INSPECTION_TRANSITIONS[state].includes('failed')).toBe(takesResult)
  }
})

describe('where it was', () => {
  const rule: PlaceRule = {
    districtMetres: 40_000,
    cityMetres: 120_000,
    whenFar: 'fail',
    whenUnknown: 'note',
  }
  const yuhang = centreOf('330110')
  const beijing = centreOf('110101')
  if (!yuhang || !beijing) throw new Error('the divisions have no centres')
  const reading = (point: { longitude: number; latitude: number }, accuracyMetres = 0) => ({
    by: 'device' as const,
    point,
    accuracyMetres,
  })

  test('in the district is near, in another province far, and the farthest reading decides', () => {
    expect(checkPlace('330110', [reading(yuhang)], rule)).toMatchObject({
      state: 'near',
      distanceMetres: 0,
      measuredFrom: 'district',
    })
    const both = [reading(yuhang), { ...reading(beijing), by: 'photo' as const }]
    expect(checkPlace('330110', both, rule)).toMatchObject({ state: 'far', by: 'photo' })
    expect(checkPlace('330110', both.reverse(), rule)).toMatchObject({ state: 'far', by: 'photo' })
  })

  test('a whole city has the wider limit', () => {
    expect(checkPlace('441900', [reading(yuhang)], rule)).toMatchObject({
      limitMetres: 120_000,
      measuredFrom: 'city',
    })
  })

  test.each([
    ['a province', '330000', [reading(yuhang)]],
    ['a division that nobody knows', '999999', [reading(yuhang)]],
    ['no reading', '330110', []],
  ])('of %s nothing is said', (_, division, readings) => {
    expect(checkPlace(division, readings, rule)).toMatchObject({ state: 'unknown', distanceMetres: null })
  })

  test('whoever does not know where they are is given a kilometre and no more', () => {
    const near = checkPlace('330110', [reading({ ...yuhang, latitude: yuhang.latitude + 1 })], rule)
    const vague = checkPlace('330110', [reading({ ...yuhang, latitude: yuhang.latitude + 1 }, 1e9)], rule)
    expect((near.distanceMetres ?? 0) - (vague.distanceMetres ?? 0)).toBe(1_000)
  })
})

/** As an independent library has them. */
const KNOWN: [from: [number, number], to: [number, number]][] = [
  [
    [120.1, 30.2],
    [120.10480304278447, 30.197724645507865],
  ],
  [
    [116.3974, 39.9087],
    [116.403643552757, 39.91010347718817],
  ],
  [
    [113.2644, 23.1291],
    [113.26972959210308, 23.126423339922844],
  ],
  [
    [87.6168, 43.8256],
    [87.61964994946926, 43.82680539311119],
  ],
  [
    [126.6424, 45.7567],
    [126.64836981630474, 45.75865110185797],
  ],
]
test.each(KNOWN)('what a satellite receiver says of %j is %j on a map of China', (from, to) => {
  const moved = toGcj02({ longitude: from[0], latitude: from[1] })
  expect(moved.longitude).toBeCloseTo(to[0], 6)
  expect(moved.latitude).toBeCloseTo(to[1], 6)
})

test('outside of China a point is the same on every map', () => {
  expect(toGcj02({ longitude: 2.35, latitude: 48.85 })).toEqual({ longitude: 2.35, latitude: 48.85 })
})

describe('what it comes to', () => {
  const [list] = initial.checklists
  if (!list) throw new Error('the built-in policy has no checklist')
  const checklist: Checklist = list
  const good = { receiverReal: true, goodsReceived: true, condition: 'good' }
  const seen = { photosOf: ['goodsReceived'], hasSignature: false }
  const near = {
    state: 'near' as const,
    distanceMetres: 0,
    limitMetres: 1,
    measuredFrom: 'district' as const,
    by: 'device' as const,
  }
  const judge = (more: object) =>
    judgeInspection({
      ...{ checklist, answers: good, place: near, photos: [], sinceMs: 0 },
      rules: { whenFar: 'fail', whenUnknown: 'note', whenPhotoOld: 'fail' },
      ...more,
    })

  test('good answers with their photograph are complete and pass', () => {
    expect(checkAnswers(checklist, good, seen)).toEqual([])
    expect(judge({})).toEqual({ outcome: 'passed', findings: [] })
  })

  test.each([
    [
      'a question without an answer',
      { receiverReal: true, condition: 'good' },
      seen,
      'answers.goodsReceived',
    ],
    ['a question that nobody asked', { ...good, other: 1 }, seen, 'answers.other'],
    ['a choice that is none', { ...good, condition: 'constructor' }, seen, 'answers.condition'],
    ['a yes that is a text', { ...good, receiverReal: 'yes' }, seen, 'answers.receiverReal'],
    ['a text that is too long', { ...good, remark: 'x'.repeat(501) }, seen, 'answers.remark'],
    ['a photograph of something else', good, { ...seen, photosOf: [null] }, 'photoIds'],
    ['no photograph', good, { ...seen, photosOf: [] }, 'photoIds'],
  ])('%s is refused by its name', (_, answers, evidence, field) => {
    expect(checkAnswers(checklist, answers, evidence).map((problem) => problem.field)).toContain(field)
  })

  test('a signature that must be there is asked for', () => {
    const signed = { ...checklist, signature: 'required' as const }
    expect(checkAnswers(signed, good, seen)).toEqual([
      { field: 'signatureId', message: 'must name a signature' },
    ])
    expect(checkAnswers(signed, good, { ...seen, hasSignature: true })).toEqual([])
  })

  test('one wrong answer fails it and is named', () => {
    const { outcome: result, findings } = judge({ answers: { ...good, condition: 'damaged' } })
    expect(result).toBe('failed')
    expect(findings).toMatchObject([
      { code: 'answer', subject: 'condition', fails: true, zh: '货物状况：破损' },
    ])
  })

  test.each([
    [4, 'failed'],
    [5, 'passed'],
    [7, 'passed'],
    [8, 'failed'],
  ])('a number of %i has %s where 5 to 7 pass', (answer, result) => {
    const fields = [
      {
        ...{ key: 'n', label: 'n', required: true, photos: 0, kind: 'number' as const },
        ...{ minimum: 0, maximum: 10, passFrom: 5, passUntil: 7 },
      },
    ]
    expect(judge({ checklist: { ...checklist, fields }, answers: { n: answer } }).outcome).toBe(result)
  })

  test.each([
    ['far', 'fail', 'failed'],
    ['far', 'note', 'passed'],
    ['unknown', 'fail', 'failed'],
    ['unknown', 'note', 'passed'],
  ] as const)(
    'a place that is %s and should %s it makes it %s, and is written down',
    (state, rule, result) => {
      const { outcome: made, findings } = judge({
        place: { ...near, state, distanceMetres: 90_000, limitMetres: 40_000 },
        rules: { whenFar: rule, whenUnknown: rule, whenPhotoOld: 'note' },
      })
      expect([made, findings.length]).toEqual([result, 1])
    },
  )

  test('a photograph from before the task fails it, one within the hour that clocks may differ by does not', () => {
    const HOUR_MS = 3_600_000
    const taken = (takenAtMs: number | null) =>
      judge({ sinceMs: 10 * HOUR_MS, photos: [{ photoId: 'p', takenAtMs }] }).outcome
    expect([taken(9 * HOUR_MS - 1), taken(9 * HOUR_MS), taken(null)]).toEqual(['failed', 'passed', 'passed'])
  })
})

describe('a policy that cannot be meant', () => {
  const problems = (more: object) => {
    const parsed = schema.safeParse({ ...initial, ...more })
    return parsed.success ? [] : parsed.error.issues.map(({ path }) => path.join('.'))
  }
  test.each([
    [
      'a rule with a checklist that is none',
      { rules: [{ condition: true, outcome: { sharePercent: 1, checklist: 'other' } }] },
      'rules.0.outcome.checklist',
    ],
    [
      'a share of more than all',
      { rules: [{ condition: true, outcome: { sharePercent: 101, checklist: 'delivered-goods' } }] },
      'rules.0.outcome.sharePercent',
    ],
    [
      'an area that is nowhere',
      { areas: [{ divisions: ['999999'], assignTo: [{ account: 'li.wei' }] }] },
      'areas.0.divisions.0',
    ],
    ['an area without anybody', { areas: [{ assignTo: [] }] }, 'areas.0.assignTo'],
    [
      'a number that no answer can be',
      {
        checklists: [
          {
            name: 'delivered-goods',
            title: 't',
            fields: [{ key: 'n', kind: 'number', label: 'n', minimum: 0, maximum: 9, passFrom: 10 }],
          },
        ],
      },
      'checklists.0.fields.0.passFrom',
    ],
    [
      'a question twice',
      {
        checklists: [
          {
            name: 'delivered-goods',
            title: 't',
            fields: [
              { key: 'n', kind: 'text', label: 'n', maxCharacters: 9 },
              { key: 'n', kind: 'text', label: 'n', maxCharacters: 9 },
            ],
          },
        ],
      },
      'checklists.0.fields.1.key',
    ],
  ])('%s is refused at its place', (_, more, path) => {
    expect(problems(more)).toEqual([path])
  })
})
