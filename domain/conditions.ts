import { LogicEngine } from 'json-logic-engine'

/**
 * Conditions that people write, in JsonLogic: `{">": [{"var": "amountCents"}, 500000]}`.
 *
 * What is accepted is a small typed part of the language. A condition may use the facts of its vocabulary and nothing
 * else, compares like with like, loops over one list at most, and costs a number of steps that is known before it is
 * stored. So it always ends, soon, and never throws. Keep this module out of workflows: the engine would grow the bundle.
 */
export type ScalarType = 'number' | 'string' | 'boolean'
export type FactType = ScalarType | { itemsOf: Readonly<Record<string, ScalarType>> }
/** The facts that conditions of one kind may ask for, by name. */
export type Vocabulary = Readonly<Record<string, FactType>>

type Scalar = number | string | boolean | null
type Item = Readonly<Record<string, Scalar>>
export type Facts = Readonly<Record<string, Scalar | readonly Item[]>>
type ScalarOf<Type> = Type extends 'number' ? number : Type extends 'boolean' ? boolean : string
/** Facts of a vocabulary, each by its name. */
export type FactsOf<Names extends Vocabulary> = {
  readonly [Name in keyof Names]: Names[Name] extends { itemsOf: infer Fields }
    ? readonly { readonly [Field in keyof Fields]: ScalarOf<Fields[Field]> }[]
    : ScalarOf<Names[Name]>
}

/** A condition as JSON, accepted by `checkCondition` or not. */
export type Condition = unknown
/** One row of a decision table: the first rule whose condition matches decides. */
export type Rule<Outcome> = { condition: Condition; outcome: Outcome }

/** What an accepted condition may be. People's own stay far below; the limits end what was made to harm. */
export const CONDITION_LIMITS = {
  depth: 12,
  nodes: 200,
  stringCharacters: 200,
  /** Literal values in `{"in": [{"var": "storeId"}, […]]}`. */
  listValues: 500,
  /** Items of a list of facts; an order has no more lines. */
  items: 200,
  rules: 50,
  /** In the worst case, over all rules of a set: some milliseconds. */
  steps: 20_000,
  problems: 20,
} as const

export type ConditionProblem = { path: (string | number)[]; message: string }
type Type = ScalarType | 'strings' | 'numbers'

/** Walks a condition, counts what it costs, and names what is wrong with it. */
class Checker {
  readonly problems: ConditionProblem[] = []
  #nodes = 0
  steps = 0

  /** @returns the type of the value, or null where it cannot be told because something is wrong */
  check(node: unknown, scope: Vocabulary, path: (string | number)[], repeated: number): Type | null {
    this.#nodes += 1
    this.steps += repeated
    if (path.length > CONDITION_LIMITS.depth * 2) return this.#refuse(path, 'is nested too deeply')
    if (this.#nodes > CONDITION_LIMITS.nodes) return this.#refuse(path, 'is too long')
    if (this.problems.length >= CONDITION_LIMITS.problems) return null
    if (typeof node === 'number') return Number.isFinite(node) ? 'number' : this.#refuse(path, 'is no number')
    if (typeof node === 'boolean') return 'boolean'
    if (typeof node === 'string') {
      return node.length <= CONDITION_LIMITS.stringCharacters
        ? 'string'
        : this.#refuse(path, 'is too long a text')
    }
    if (Array.isArray(node)) return this.#list(node, path, repeated)
    if (typeof node !== 'object' || node === null) return this.#refuse(path, 'must not be empty')
    const [entry, ...more] = Object.entries(node)
    if (!entry || more.length > 0) return this.#refuse(path, 'must have exactly one operator')
    const [operator, given] = entry
    const at = [...path, operator]
    if (operator === 'var') return this.#fact(given, scope, at)
    const operands: unknown[] = Array.isArray(given) ? given : [given]
    if (isLoop(operator)) return this.#loop(operands, scope, at, repeated)
    return this.#operation(operator, operands, scope, at, repeated)
  }

  #refuse(path: (string | number)[], message: string): null {
    if (this.problems.length < CONDITION_LIMITS.problems) this.problems.push({ path, message })
    return null
  }

  #list(values: unknown[], path: (string | number)[], repeated: number): Type | null {
    if (values.length === 0 || values.length > CONDITION_LIMITS.listValues) {
      return this.#refuse(path, `must have 1 to ${CONDITION_LIMITS.listValues} values`)
    }
    this.steps += values.length * repeated
    const short = (value: unknown) =>
      typeof value === 'string' && value.length <= CONDITION_LIMITS.stringCharacters
    if (values.every(short)) return 'strings'
    if (values.every((value) => Number.isFinite(value))) return 'numbers'
    return this.#refuse(path, 'must be a list of texts or a list of numbers')
  }

  #fact(name: unknown, scope: Vocabulary, path: (string | number)[]): Type | null {
    // Own names only: "constructor" and "__proto__" are facts of nothing.
    const type = typeof name === 'string' && Object.hasOwn(scope, name) ? scope[name] : undefined
    if (type === undefined) return this.#refuse(path, `is none of the facts ${Object.keys(scope).join(', ')}`)
    if (typeof type !== 'string') return this.#refuse(path, 'is a list: ask it with some, all or none')
    return type
  }

  /** `{"some": [{"var": "lines"}, {">": [{"var": "quantity"}, 10]}]}`: inside, the facts are those of one item. */
  #loop(operands: unknown[], scope: Vocabulary, path: (string | number)[], repeated: number): Type | null {
    const [list, condition] = operands
    const name = operands.length === 2 ? variableOf(list) : null
    const type = name !== null && Object.hasOwn(scope, name) ? scope[name] : undefined
    if (type === undefined || typeof type === 'string') {
      return this.#refuse(path, 'takes a list of facts and a condition on its items')
    }
    const inner = this.check(condition, type.itemsOf, [...path, 1], repeated * CONDITION_LIMITS.items)
    if (inner !== null && inner !== 'boolean') return this.#refuse([...path, 1], 'is not a condition')
    return 'boolean'
  }

  #operation(
    operator: string,
    operands: unknown[],
    scope: Vocabulary,
    path: (string | number)[],
    repeated: number,
  ): Type | null {
    const shape = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined
    if (!shape) return this.#refuse(path, 'is not an operator that is allowed here')
    if (operands.length < shape.min || operands.length > shape.max) {
      const many = shape.min === shape.max ? shape.min : `${shape.min} to ${shape.max}`
      return this.#refuse(path, `takes ${many} operands`)
    }
    const types = operands.map((operand, index) => this.check(operand, scope, [...path, index], repeated))
    const known = types.filter((type) => type !== null)
    if (known.length === types.length && !shape.accepts(known)) {
      return this.#refuse(path, `cannot be applied to ${known.join(', ')}`)
    }
    return shape.result
  }
}

type Shape = { min: number; max: number; accepts: (types: Type[]) => boolean; result: Type }
const MANY = CONDITION_LIMITS.nodes
const all = (type: Type) => (types: Type[]) => types.every((other) => other === type)
const isScalar = (type: Type | undefined) => type === 'number' || type === 'string' || type === 'boolean'
const alike: Shape = {
  min: 2,
  max: 2,
  accepts: ([a, b]) => a === b && isScalar(a),
  result: 'boolean',
}
const ordered: Shape = { ...alike, accepts: ([a, b]) => a === b && (a === 'number' || a === 'string') }
/** `{"<": [1, {"var": "units"}, 10]}`: between two numbers. */
const between: Shape = {
  ...ordered,
  max: 3,
  accepts: (types) => all('number')(types) || (types.length === 2 && ordered.accepts(types)),
}
const junction: Shape = { min: 1, max: MANY, accepts: all('boolean'), result: 'boolean' }
const negation: Shape = { ...junction, max: 1 }
const arithmetic: Shape = { min: 2, max: MANY, accepts: all('number'), result: 'number' }

const OPERATORS: Readonly<Record<string, Shape>> = {
  and: junction,
  or: junction,
  '!': negation,
  '==': alike,
  '===': alike,
  '!=': alike,
  '!==': alike,
  '<': between,
  '<=': between,
  '>': ordered,
  '>=': ordered,
  in: {
    min: 2,
    max: 2,
    accepts: ([value, list]) =>
      (value === 'string' && (list === 'strings' || list === 'string')) ||
      (value === 'number' && list === 'numbers'),
    result: 'boolean',
  },
  '+': arithmetic,
  '*': arithmetic,
  '-': { ...arithmetic, max: 2 },
  min: arithmetic,
  max: arithmetic,
}

const LOOPS = ['some', 'all', 'none']
const isLoop = (operator: string) => LOOPS.includes(operator)

function variableOf(node: unknown): string | null {
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return null
  const [entry, ...more] = Object.entries(node)
  return entry && more.length === 0 && entry[0] === 'var' && typeof entry[1] === 'string' ? entry[1] : null
}

/** What is wrong with a condition; nothing, if it may be stored and evaluated. */
export function checkCondition(condition: unknown, vocabulary: Vocabulary): ConditionProblem[] {
  return checkRules([{ condition }], vocabulary).map(({ path, message }) => ({
    path: path.slice(2),
    message,
  }))
}

/** The same for the conditions of a rule set, and for what all of them cost together. */
export function checkRules(
  rules: readonly { condition?: Condition }[],
  vocabulary: Vocabulary,
): ConditionProblem[] {
  let steps = 0
  const problems = rules.slice(0, CONDITION_LIMITS.rules).flatMap(({ condition }, index) => {
    const checker = new Checker()
    const type = checker.check(condition, vocabulary, [], 1)
    steps += checker.steps
    const found =
      type !== null && type !== 'boolean' ? [{ path: [], message: 'is not a condition' }] : checker.problems
    return found.map(({ path, message }) => ({ path: [index, 'condition', ...path], message }))
  })
  if (rules.length > CONDITION_LIMITS.rules) {
    problems.push({ path: [], message: `has more than ${CONDITION_LIMITS.rules} rules` })
  }
  if (steps > CONDITION_LIMITS.steps) {
    problems.push({ path: [], message: `would take ${steps} steps, more than ${CONDITION_LIMITS.steps}` })
  }
  return problems.slice(0, CONDITION_LIMITS.problems)
}

// Interpreted, not compiled: compiling evaluates generated source, and no speed is worth that here.
const engine = new LogicEngine()

/** Whether an accepted condition holds. @throws RangeError when a list of facts is longer than any order's lines */
export function matches(condition: Condition, facts: Facts): boolean {
  for (const fact of Object.values(facts)) {
    if (Array.isArray(fact) && fact.length > CONDITION_LIMITS.items) {
      throw new RangeError(`a list of ${fact.length} facts is longer than conditions may ask`)
    }
  }
  try {
    return engine.run(condition, facts) === true
  } catch (error) {
    // The engine throws NaN itself where a result is no number: ∞ − ∞ is larger than nothing.
    if (Number.isNaN(error)) return false
    throw error
  }
}

/** One comparison inside a condition, and how it came out. */
export type Reason = { condition: string; matched: boolean; facts: Record<string, unknown> }

/** Every comparison of an accepted condition in words, with the facts that it asked and whether it held. */
export function explain(condition: Condition, facts: Facts): Reason[] {
  const [operator, operands] = operationOf(condition)
  if (operator === 'and' || operator === 'or' || operator === '!') {
    return operands.flatMap((operand) => explain(operand, facts))
  }
  const asked = Object.fromEntries(factsIn(condition).map((name) => [name, shown(facts[name])]))
  return [{ condition: inWords(condition), matched: matches(condition, facts), facts: asked }]
}

/** What a rule set decided: the first rule that matched (from 0), or null and the outcome for everything else. */
export type RuleDecision<Outcome> = { outcome: Outcome; rule: number | null }

/** Goes down an accepted decision table; the first row that matches decides. */
export function decideByRules<Outcome>(
  rules: readonly Rule<Outcome>[],
  otherwise: Outcome,
  facts: Facts,
): RuleDecision<Outcome> {
  const index = rules.findIndex(({ condition }) => matches(condition, facts))
  const rule = rules[index]
  return rule ? { outcome: rule.outcome, rule: index } : { outcome: otherwise, rule: null }
}

/** One rule that was tried: its place (from 0), its whole condition, and each comparison in it. */
export type TriedRule = { rule: number; matched: boolean; logic: Condition; reasons: Reason[] }

/** Why a rule set decided as it did: every rule that was tried, down to the one that matched. */
export function explainRules(rules: readonly Rule<unknown>[], facts: Facts): TriedRule[] {
  const { rule: decisive } = decideByRules(rules, null, facts)
  const tried = decisive === null ? rules : rules.slice(0, decisive + 1)
  return tried.map(({ condition }, rule) => ({
    rule,
    matched: rule === decisive,
    logic: condition,
    reasons: explain(condition, facts),
  }))
}

function operationOf(node: unknown): [operator: string | null, operands: unknown[]] {
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return [null, []]
  const [entry] = Object.entries(node)
  if (!entry) return [null, []]
  const [operator, given] = entry
  return [operator, Array.isArray(given) ? given : [given]]
}

/** The facts that a comparison asks for; of a loop, the list. */
function factsIn(node: unknown): string[] {
  const [operator, operands] = operationOf(node)
  if (operator === null) return []
  if (operator === 'var') return [String(operands[0])]
  if (isLoop(operator)) return factsIn(operands[0])
  return [...new Set(operands.flatMap(factsIn))]
}

/** An explanation is read by a person: ten items of a list say enough. */
const SHOWN_ITEMS = 10
const shown = (fact: unknown) => (Array.isArray(fact) ? fact.slice(0, SHOWN_ITEMS) : (fact ?? null))

/** A comparison as a person would write it: `amountCents > 5000`, `some of lines: quantity > 10`. */
export function inWords(node: unknown): string {
  const [operator, operands] = operationOf(node)
  if (operator === null) return JSON.stringify(node)
  if (operator === 'var') return String(operands[0])
  const words = operands.map((operand) =>
    operationOf(operand)[1].length > 1 ? `(${inWords(operand)})` : inWords(operand),
  )
  if (operator === '!') return `not ${words[0]}`
  if (isLoop(operator)) return `${operator} of ${words[0]}: ${inWords(operands[1])}`
  if (operator === 'min' || operator === 'max') return `${operator}(${words.join(', ')})`
  return words.join(` ${operator} `)
}
