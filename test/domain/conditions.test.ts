import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  CONDITION_LIMITS,
  checkCondition,
  checkRules,
  decideByRules,
  explain,
  explainRules,
  type Facts,
  inWords,
  matches,
  type Vocabulary,
} from '../../domain/conditions.ts'

const vocabulary: Vocabulary = {
  amountCents: 'number',
  channel: 'string',
  paid: 'boolean',
  lines: { itemsOf: { skuId: 'string', quantity: 'number' } },
}
const facts: Facts = {
  amountCents: 7_000,
  channel: 'jd',
  paid: true,
  lines: [
    { skuId: 'A', quantity: 2 },
    { skuId: 'B', quantity: 20 },
  ],
}
const amount = { var: 'amountCents' }
const big = { '>': [amount, 5_000] }
const bulk = { some: [{ var: 'lines' }, { '>': [{ var: 'quantity' }, 10] }] }

test.each([
  [big, true],
  [{ '<=': [5_000, amount, 7_000] }, true],
  [{ in: [{ var: 'channel' }, ['taobao', 'jd']] }, true],
  [{ in: [amount, [1, 2, 3]] }, false],
  [{ '==': [{ var: 'channel' }, 'mall'] }, false],
  [{ and: [big, { '!': [{ var: 'paid' }] }] }, false],
  [{ or: [{ '!==': [{ var: 'channel' }, 'jd'] }, bulk] }, true],
  [{ all: [{ var: 'lines' }, { '>': [{ var: 'quantity' }, 10] }] }, false],
  [{ none: [{ var: 'lines' }, { '==': [{ var: 'skuId' }, 'C'] }] }, true],
  [{ '>': [{ '+': [amount, { '*': [{ max: [1, 2] }, 100] }] }, 7_199] }, true],
  [{ var: 'paid' }, true],
  [true, true],
])('%j is accepted and comes out as %s', (condition, expected) => {
  expect(checkCondition(condition, vocabulary)).toEqual([])
  expect(matches(condition, facts)).toBe(expected)
})

const nested = (depth: number): unknown =>
  Array.from({ length: depth }).reduce<unknown>((inner) => ({ '!': [inner] }), true)

test.each([
  ['another fact', { '>': [{ var: 'amountCent' }, 1] }],
  ['a way to Function', { '==': [{ var: 'constructor.constructor' }, 'x'] }],
  ['a constructor', { '==': [{ var: 'constructor' }, 'x'] }],
  ['a prototype', { '==': [{ var: '__proto__' }, 'x'] }],
  ['a prototype as own key', JSON.parse('{"__proto__": [1, 2]}')],
  ['a path through a list', { '>': [{ var: 'lines.0.quantity' }, 1] }],
  ['everything at once', { '==': [{ var: '' }, 'x'] }],
  ['a fact with a default', { '>': [{ var: ['amountCents', 1] }, 1] }],
  ['a computed fact', { '>': [{ var: { cat: ['a', 'b'] } }, 1] }],
  ['an operator that the engine knows and we do not', { cat: ['a', 'b'] }],
  ['a loop that builds', { reduce: [{ var: 'lines' }, { '+': [1, 2] }, 0] }],
  ['a name that every object has', { toString: [1, 2] }],
  ['an error thrown on purpose', { throw: ['x'] }],
  ['two operators', { '>': [1, 2], '<': [1, 2] }],
  ['no operator', {}],
  ['nothing', null],
  ['not even nothing', undefined],
  ['a number', 1],
  ['a text', 'true'],
  ['a list', [true]],
  ['a text compared with a number', { '>': [{ var: 'channel' }, 5] }],
  ['a number with a truth', { '==': [amount, true] }],
  ['a text where a truth belongs', { and: [{ var: 'channel' }] }],
  ['a text between two others', { '<': ['a', { var: 'channel' }, 'z'] }],
  ['too few operands', { '>': [1] }],
  ['too many operands', { '>': [3, 2, 1] }],
  ['a list of many kinds', { in: [{ var: 'channel' }, ['a', 1]] }],
  ['an empty list', { in: [{ var: 'channel' }, []] }],
  ['a loop over no list', { some: [{ var: 'channel' }, true] }],
  ['a loop over a constructor', { some: [{ var: 'constructor' }, true] }],
  ['a loop over a prototype', { some: [{ var: '__proto__' }, { '==': [{ var: 'x' }, 1] }] }],
  ['a loop over a literal list', { some: [[1, 2, 3], true] }],
  ['a loop in a loop', { some: [{ var: 'lines' }, bulk] }],
  ['an outer fact inside a loop', { some: [{ var: 'lines' }, big] }],
  ['a loop for a number', { some: [{ var: 'lines' }, { var: 'quantity' }] }],
  ['too deep a nesting', nested(30)],
  ['a nesting that would overflow the stack', nested(50_000)],
  ['too many nodes', { and: Array.from({ length: CONDITION_LIMITS.nodes + 1 }, () => true) }],
  ['a text without end', { '==': [{ var: 'channel' }, 'x'.repeat(10_000)] }],
  ['a list without end', { in: [{ var: 'channel' }, Array.from({ length: 10_000 }, () => 'x')] }],
  ['infinity', { '>': [amount, Number.POSITIVE_INFINITY] }],
])('%s is refused', (_name, condition) => {
  expect(checkCondition(condition, vocabulary)).not.toEqual([])
})

test('what is wrong is said where it is', () => {
  expect(checkCondition({ and: [big, { '<': [{ var: 'amount' }, 1] }] }, vocabulary)).toEqual([
    { path: ['and', 1, '<', 0, 'var'], message: 'is none of the facts amountCents, channel, paid, lines' },
  ])
  expect(checkRules([{ condition: big }, { condition: 3 }], vocabulary)).toEqual([
    { path: [1, 'condition'], message: 'is not a condition' },
  ])
})

test('rules that are each allowed but too costly together are refused', () => {
  const costly = {
    some: [{ var: 'lines' }, { and: Array.from({ length: 20 }, () => ({ '>': [{ var: 'quantity' }, 1] })) }],
  }
  expect(checkCondition(costly, vocabulary)).toEqual([])
  expect(checkRules([{ condition: costly }, { condition: costly }], vocabulary)).toEqual([
    { path: [], message: expect.stringContaining('steps') },
  ])
})

test('a list of facts longer than an order can be is not walked', () => {
  const lines = Array.from({ length: CONDITION_LIMITS.items + 1 }, () => ({ skuId: 'A', quantity: 1 }))
  expect(() => matches(bulk, { ...facts, lines })).toThrow(RangeError)
})

test('a result that is no number matches nothing', () => {
  const endless = { '*': [1e308, 10] }
  const condition = { '>': [{ '-': [endless, endless] }, 0] }
  expect(checkCondition(condition, vocabulary)).toEqual([])
  expect(matches(condition, facts)).toBe(false)
})

test('an explanation names every comparison in words, whether it held, and on which facts', () => {
  const condition = { and: [big, { or: [{ '!': [{ '==': [{ var: 'channel' }, 'jd'] }] }, bulk] }] }
  expect(explain(condition, facts)).toEqual([
    { condition: 'amountCents > 5000', matched: true, facts: { amountCents: 7_000 } },
    { condition: 'channel == "jd"', matched: true, facts: { channel: 'jd' } },
    { condition: 'some of lines: quantity > 10', matched: true, facts: { lines: facts.lines } },
  ])
  expect(inWords({ '>': [{ '+': [amount, 1] }, 5] })).toBe('(amountCents + 1) > 5')
})

test('the first rule that matches decides, and the explanation ends with it', () => {
  const rules = [
    { condition: { '>': [amount, 9_000] }, outcome: 'huge' },
    { condition: big, outcome: 'big' },
    { condition: true, outcome: 'any' },
  ]
  expect(decideByRules(rules, 'none', facts)).toEqual({ outcome: 'big', rule: 1 })
  expect(explainRules(rules, facts).map(({ rule, matched }) => [rule, matched])).toEqual([
    [0, false],
    [1, true],
  ])
  expect(decideByRules([], 'none', facts)).toEqual({ outcome: 'none', rule: null })
})

const OPERATORS = [
  ...[
    'and',
    'or',
    '!',
    '!!',
    '==',
    '===',
    '!=',
    '!==',
    '<',
    '<=',
    '>',
    '>=',
    'in',
    '+',
    '-',
    '*',
    '/',
    '%',
    'min',
    'max',
  ],
  ...[
    'some',
    'all',
    'none',
    'map',
    'reduce',
    'cat',
    'if',
    'try',
    'throw',
    'val',
    'get',
    'preserve',
    'constructor',
  ],
]

/** JsonLogic of every shape that the engine knows, well formed or not. */
const anyLogic = fc.letrec((tie) => ({
  node: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.constantFrom<unknown>(1, -1, 0, 'jd', '', true, false, null),
    fc.record({
      var: fc.constantFrom<unknown>(...Object.keys(vocabulary), 'quantity', '__proto__', 'constructor', ''),
    }),
    fc
      .tuple(fc.constantFrom(...OPERATORS), fc.array(tie('node'), { maxLength: 4 }))
      .map(([operator, operands]) => ({
        [operator]: operands,
      })),
    fc.array(tie('node'), { maxLength: 3 }),
  ),
})).node

const anyFacts = fc.record({
  amountCents: fc.integer(),
  channel: fc.string(),
  paid: fc.boolean(),
  lines: fc.array(fc.record({ skuId: fc.string(), quantity: fc.integer() }), { maxLength: 5 }),
})

test('whatever is accepted never throws, gives the same answer again, and its explanation agrees with it', () => {
  let accepted = 0
  fc.assert(
    fc.property(anyLogic, anyFacts, (condition, someFacts) => {
      if (checkCondition(condition, vocabulary).length > 0) return
      accepted += 1
      const matched = matches(condition, someFacts)
      expect(matches(structuredClone(condition), someFacts)).toBe(matched)
      const reasons = explain(condition, someFacts)
      if (reasons.length === 1 && !JSON.stringify(condition).includes('"!"'))
        expect(reasons[0]?.matched).toBe(matched)
    }),
    { numRuns: 4_000 },
  )
  expect(accepted).toBeGreaterThan(50)
})

test('the costliest set of rules that is accepted takes milliseconds on the largest order', () => {
  const lines = Array.from({ length: CONDITION_LIMITS.items }, (_, index) => ({
    skuId: `S${index}`,
    quantity: 1,
  }))
  const condition = {
    none: [
      { var: 'lines' },
      { or: Array.from({ length: 30 }, (_, index) => ({ '==': [{ var: 'quantity' }, index + 2] })) },
    ],
  }
  expect(checkRules([{ condition }], vocabulary)).toEqual([])
  const startedAt = performance.now()
  expect(matches(condition, { ...facts, lines })).toBe(true)
  expect(performance.now() - startedAt).toBeLessThan(250)
})
