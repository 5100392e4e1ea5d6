import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { inWords, POLICY_FIELDS_ZH } from '../../console/src/i18n/policy-names.ts'
import { conditionInWords, factsInWords, factTitle } from '../../console/src/policies/condition-words.ts'
import { fromLogic, type Group, type Rule, toLogic } from '../../console/src/policies/conditions.ts'
import { differences, isSame, moved } from '../../console/src/policies/documents.ts'
import { routeGraph } from '../../console/src/policies/route-graph.ts'
import {
  emptyOf,
  type Field,
  factsIn,
  isRecord,
  optionOf,
  readSchema,
} from '../../console/src/policies/schema.ts'
import { POLICIES, POLICY_KINDS, type PolicyKind } from '../../contracts/policies/index.ts'
import { checkCondition, type Facts, matches, type Vocabulary } from '../../domain/conditions.ts'
import { comesWith } from './support.ts'

/** As the API tells it. */
const schemaOf = (kind: PolicyKind) => readSchema(z.toJSONSchema(POLICIES[kind].schema, { io: 'input' }))

function namesIn(field: Field): string[] {
  switch (field.kind) {
    case 'object':
      return field.parts.flatMap((part) => [part.name, ...namesIn(part.field)])
    case 'record':
      return namesIn(field.value)
    case 'list':
      return namesIn(field.item)
    case 'nullable':
      return namesIn(field.field)
    case 'either':
      return field.options.flatMap(namesIn)
    default:
      return []
  }
}

/** Each part of a document with what its schema says of it. */
function* walk(field: Field, value: unknown, path: string): Generator<[string, Field, unknown]> {
  yield [path, field, value]
  if (field.kind === 'nullable' && value !== null) yield* walk(field.field, value, path)
  if (field.kind === 'list' && Array.isArray(value))
    for (const [index, entry] of value.entries()) yield* walk(field.item, entry, `${path}.${index}`)
  if (field.kind === 'record' && isRecord(value))
    for (const [key, entry] of Object.entries(value)) yield* walk(field.value, entry, `${path}.${key}`)
  if (field.kind === 'object' && isRecord(value))
    for (const part of field.parts)
      if (part.name in value) yield* walk(part.field, value[part.name], `${path}.${part.name}`)
  if (field.kind === 'either') {
    const option = field.options[optionOf(field.options, value)]
    if (option) yield* walk(option, value, path)
  }
}

describe('the form of a policy', () => {
  test.each(POLICY_KINDS)(
    '%s: has a field for each part of its document, and none is left to JSON',
    (kind) => {
      const document = JSON.parse(JSON.stringify(POLICIES[kind].initial))
      for (const [path, field, value] of walk(schemaOf(kind), document, kind)) {
        expect(field.kind, path).not.toBe('json')
        if (field.kind === 'either') expect(optionOf(field.options, value), path).not.toBe(-1)
        if (field.kind === 'object' && isRecord(value)) {
          const known = field.parts.map(({ name }) => name)
          expect(known, path).toEqual(expect.arrayContaining(Object.keys(value)))
        }
      }
    },
  )

  test('every field has a Chinese name, and every name a field', () => {
    const names = POLICY_KINDS.flatMap((kind) => namesIn(schemaOf(kind)))
    expect(names.filter((name) => !Object.hasOwn(POLICY_FIELDS_ZH, name))).toEqual([])
    const used = new Set(names)
    const unused = Object.keys(POLICY_FIELDS_ZH).filter((name) => !used.has(name.split('.').at(-1) ?? ''))
    expect(unused).toEqual([])
  })

  test('what is added is as its schema wants it', () => {
    const tiers = partOf(schemaOf('approval-route'), 'tiers')
    const tier = tiers.kind === 'list' ? emptyOf(tiers.item) : null
    expect(tier).toMatchObject({ condition: true, approvers: [], mode: 'any', deadlineSeconds: 14_400 })
    const listings = partOf(partOf(schemaOf('safety-stock'), 'listings'), 'fallback')
    if (listings.kind !== 'either') throw new Error(`the rule is a ${listings.kind}`)
    const made = listings.options.map(emptyOf)
    expect(made).toContainEqual({ action: 'take-down' })
    // Each is recognised for what it is when the form is shown again.
    expect(made.map((value) => optionOf(listings.options, value))).toEqual(made.map((_value, index) => index))
  })

  test('a name of a document is read as words', () => {
    expect(inWords('holdTtlSeconds')).toBe('Hold ttl seconds')
    expect(inWords('ship-together')).toBe('Ship together')
  })
})

function partOf(field: Field, name: string): Field {
  const part = field.kind === 'object' ? field.parts.find((each) => each.name === name) : undefined
  if (!part) throw new Error(`there is no ${name}`)
  return part.field
}

const FACTS = {
  amountCents: 'number',
  channel: 'string',
  isAgain: 'boolean',
  lines: { itemsOf: { quantity: 'number', skuId: 'string' } },
} as const satisfies Vocabulary

const word = fc.constantFrom('mall', 'jd', 'SKU-1', '华东')
const number = fc.integer({ min: -5, max: 5 })
const rulesOf = (numberFact: string, stringFact: string): fc.Arbitrary<Rule> =>
  fc.oneof(
    fc.record({
      field: fc.constant(numberFact),
      operator: fc.constantFrom('=', '!=', '<', '<=', '>', '>='),
      value: number,
    }),
    fc.record({
      field: fc.constant(numberFact),
      operator: fc.constantFrom('in', 'notIn'),
      value: fc.array(number, { minLength: 1, maxLength: 3 }).map((values) => values.join(',')),
    }),
    fc.record({
      field: fc.constant(numberFact),
      operator: fc.constant('between'),
      value: fc.tuple(number, number).map((values) => values.join(',')),
    }),
    fc.record({
      field: fc.constant(stringFact),
      operator: fc.constantFrom('=', '!=', 'contains', 'doesNotContain', 'in', 'notIn'),
      value: word,
    }),
  )
const flagRule = fc.record({
  field: fc.constant('isAgain'),
  operator: fc.constant('='),
  value: fc.boolean(),
})
const groupOf = (rule: fc.Arbitrary<Rule | Group>): fc.Arbitrary<Group> =>
  fc.record({
    combinator: fc.constantFrom('and' as const, 'or' as const),
    not: fc.boolean(),
    rules: fc.array(rule, { minLength: 1, maxLength: 3 }),
  })
const loopRule = fc.record({
  field: fc.constant('lines'),
  operator: fc.constant('='),
  value: groupOf(rulesOf('quantity', 'skuId')),
  match: fc.record({ mode: fc.constantFrom('some' as const, 'all' as const, 'none' as const) }),
})
const anyRule = fc.oneof(rulesOf('amountCents', 'channel'), flagRule, loopRule)
const anyGroup = groupOf(
  fc.oneof({ weight: 3, arbitrary: anyRule }, { weight: 1, arbitrary: groupOf(anyRule) }),
)
const anyFacts: fc.Arbitrary<Facts> = fc.record({
  amountCents: number,
  channel: word,
  isAgain: fc.boolean(),
  lines: fc.array(fc.record({ quantity: number, skuId: word }), { maxLength: 3 }),
})

describe('a condition that is clicked together', () => {
  test('is one that the hub accepts, and means the same when it is shown again', () => {
    fc.assert(
      fc.property(anyGroup, anyFacts, (group, facts) => {
        const logic = toLogic(group, FACTS)
        expect(checkCondition(logic, FACTS)).toEqual([])
        const shown = fromLogic(logic, FACTS)
        if (shown === null) return // a negation of a negation: it stays JSON
        const again = toLogic(shown, FACTS)
        expect(checkCondition(again, FACTS)).toEqual([])
        expect(matches(again, facts)).toBe(matches(logic, facts))
      }),
    )
  })

  test('is always so when nothing is in it, and nothing to be saved while a value is missing', () => {
    expect(toLogic({ combinator: 'and', rules: [] }, FACTS)).toBe(true)
    expect(fromLogic(true, FACTS)).toEqual({ combinator: 'and', rules: [] })
    const missing = { field: 'amountCents', operator: '>', value: '' }
    expect(toLogic({ combinator: 'and', rules: [missing] }, FACTS)).toBeNull()
    const half = { field: 'amountCents', operator: 'between', value: '1' }
    expect(toLogic({ combinator: 'and', rules: [half] }, FACTS)).toBeNull()
  })

  test('keeps numbers numbers and texts texts', () => {
    const rules = [
      { field: 'amountCents', operator: '>', value: '500' },
      { field: 'channel', operator: 'in', value: '12, 13' },
    ]
    expect(toLogic({ combinator: 'and', rules }, FACTS)).toEqual({
      and: [{ '>': [{ var: 'amountCents' }, 500] }, { in: [{ var: 'channel' }, ['12', '13']] }],
    })
  })

  test('a value that is written first is the same comparison, turned round', () => {
    expect(fromLogic({ '<': [1, { var: 'amountCents' }] }, FACTS)).toEqual({
      combinator: 'and',
      rules: [{ field: 'amountCents', operator: '>', value: 1 }],
    })
  })

  test('what no form can show is left as it is', () => {
    const sum = { '>': [{ '+': [{ var: 'amountCents' }, 1] }, 2] }
    expect(checkCondition(sum, FACTS)).toEqual([])
    expect(fromLogic(sum, FACTS)).toBeNull()
    expect(fromLogic({ in: [{ var: 'channel' }, ['a,b']] }, FACTS)).toBeNull()
    expect(fromLogic({ '==': [{ var: 'nobody' }, 1] }, FACTS)).toBeNull()
  })

  const words = {
    factOf: (name: string) => name,
    operatorOf: (operator: string) => operator,
    loopOf: (mode: string) => mode,
    valueOf: (_fact: string, value: string) => value,
    always: 'always',
    and: 'and',
    or: 'or',
    not: 'not ',
    yes: 'yes',
    no: 'no',
  }

  test.each([
    ['zh', { '<': [{ var: 'concessionCents' }, 123_450] }, '让利金额 < ¥1,234.50'],
    ['en', { '<': [{ var: 'concessionCents' }, 123_450] }, 'what the merchant gives up < ¥1,234.50'],
    ['zh', { '<=': [0, { var: 'differenceCents' }, 5_000] }, '差额 between ¥0.00, ¥50.00'],
    ['en', { '<': [{ var: 'differenceCents' }, -50] }, 'difference of the amount < -¥0.50'],
    ['zh', { in: [{ var: 'type' }, ['gift', 'reship']] }, '改单类型 in GIFT, RESHIP'],
    ['zh', { '==': [{ var: 'storeId' }, 'A,B'] }, '门店 = A,B'],
  ] as const)(
    'a reader is told amounts as money, and of a fact neither unit nor codes (%s %j)',
    (language, logic, told) => {
      const facts = factsIn(schemaOf('approval-route'))
      if (facts === null) throw new Error('the route of changes asks for facts')
      const said = conditionInWords(logic, facts, {
        ...words,
        factOf: (name) => factTitle(facts, name, language),
        valueOf: (fact, value) => (fact === 'type' ? value.toUpperCase() : value),
      })
      expect(said).toBe(told)
    },
  )

  test('what a rule found is told like a condition, of a list’s items what tells them apart', () => {
    const facts = factsIn(schemaOf('abnormal-order'))
    if (facts === null) throw new Error('rules about abnormal orders ask for facts')
    const found = {
      ...{ phoneKind: 'invalid', detailVague: true, amountCents: 123_450 },
      lines: [{ skuId: 'A', quantity: 2, unitPriceCents: 100 }],
    }
    const told = factsInWords(found, { ...words, factOf: (name) => factTitle(facts, name, 'zh') })
    expect(told).toBe('电话类型 invalid · 详细地址无意义 yes · 订单金额 ¥1,234.50 · 商品行 A × 2')
  })

  test('the facts of a kind are found wherever its document has a condition, and no two conditions have others', () => {
    for (const kind of POLICY_KINDS) {
      const found = [...walk(schemaOf(kind), POLICIES[kind].initial, kind)].flatMap(([, field]) =>
        field.kind === 'condition' ? [field.facts] : [],
      )
      for (const facts of found) expect(factsIn(schemaOf(kind)), kind).toEqual(facts)
    }
    expect(factsIn(schemaOf('promotion'))).toBeNull()
  })

  test('every built-in condition can be shown, and is told in words', () => {
    let count = 0
    for (const kind of POLICY_KINDS)
      for (const [path, field, value] of walk(schemaOf(kind), POLICIES[kind].initial, kind)) {
        if (field.kind !== 'condition') continue
        count += 1
        expect(fromLogic(value, field.facts.vocabulary), path).not.toBeNull()
        expect(conditionInWords(value, field.facts, words), path).not.toContain('{')
      }
    expect(count).toBeGreaterThan(20)
  })
})

test('two documents differ where they differ, whatever the order of their fields', () => {
  const before = { a: 1, list: [1, 2], same: { x: 1, y: 2 } }
  const after = { same: { y: 2, x: 1 }, a: 2, list: [1], extra: true }
  expect(differences(before, after)).toEqual([
    { path: ['a'], before: 1, after: 2 },
    { path: ['list', 1], before: 2, after: undefined },
    { path: ['extra'], before: undefined, after: true },
  ])
  expect(isSame(before, { same: { y: 2, x: 1 }, list: [1, 2], a: 1 })).toBe(true)
  expect(isSame({ a: undefined }, {})).toBe(false)
})

test('an entry is moved within its list and never out of it', () => {
  expect(moved(['a', 'b', 'c'], 0, 1)).toEqual(['b', 'a', 'c'])
  expect(moved(['a', 'b', 'c'], 2, 3)).toEqual(['a', 'b', 'c'])
  expect(moved(['a', 'b', 'c'], 0, -1)).toEqual(['a', 'b', 'c'])
})

test('the picture of a route has each tier, the way from one to the next, and where it rises', () => {
  const { tiers, arrows } = routeGraph(POLICIES['approval-route'].initial)
  expect(tiers).toHaveLength(7)
  expect(tiers[0]).toMatchObject({ name: 'buyer-cancellation', isAutomatic: true, approvers: [] })
  expect(arrows.filter(({ kind }) => kind === 'otherwise')).toHaveLength(6)
  expect(arrows.filter(({ kind }) => kind === 'escalates')).toEqual([
    { kind: 'escalates', from: 2, to: 4 },
    { kind: 'escalates', from: 3, to: 4 },
    { kind: 'escalates', from: 4, to: 5 },
    { kind: 'escalates', from: 5, to: 6 },
  ])
  expect(routeGraph({ tiers: [{}] }).tiers).toHaveLength(1)
  expect(routeGraph(null)).toEqual({ tiers: [], arrows: [] })
})

test('the names of all policies come with the screens of policies; whoever only tells what a rule found fetches them for that', () => {
  const names = 'i18n/policy-names.ts'
  expect(comesWith('policies/policy-page.tsx')).toContain(names)
  for (const screen of ['orders/order-page.tsx', 'watch/work-item-page.tsx', 'requests/request-page.tsx'])
    expect([...comesWith(screen)], screen).not.toContain(names)
  expect(comesWith('orders/order-page.tsx')).toContain('policies/finding-facts.tsx')
})
