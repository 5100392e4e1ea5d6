import type { FactType, ScalarType, Vocabulary } from '../../../domain/conditions.ts'

/**
 * Conditions as a tree that people can click together, and as the JsonLogic that the hub keeps. The tree has the shape that
 * react-querybuilder works on. Its own translation would write operators that the hub refuses, and reads some that it cannot
 * write again; so this says exactly what can be shown, and everything else stays JSON.
 */
export type RuleValue = string | number | boolean | Group
export type Rule = {
  field: string
  operator: string
  value: RuleValue
  /** Of a list of facts: for how many of its items the group in `value` holds. */
  match?: { mode: LoopMode }
}
export type Group = { combinator: 'and' | 'or'; not?: boolean; rules: (Rule | Group)[] }

export const LOOP_MODES = ['some', 'all', 'none'] as const
type LoopMode = (typeof LOOP_MODES)[number]

/** What facts of a type can be asked. */
const OPERATORS: Record<ScalarType | 'items', readonly string[]> = {
  number: ['=', '!=', '<', '<=', '>', '>=', 'between', 'in', 'notIn'],
  string: ['=', '!=', 'in', 'notIn', 'contains', 'doesNotContain'],
  boolean: ['='],
  items: ['='],
}
export function operatorsOf(type: FactType): readonly string[] {
  return OPERATORS[typeof type === 'string' ? type : 'items']
}

export const isGroup = (node: unknown): node is Group =>
  typeof node === 'object' && node !== null && 'combinator' in node
const COMPARISONS = ['<', '<=', '>', '>='] as const
const FLIPPED: Record<string, string> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' }

/**
 * The condition that a tree stands for. A group with nothing in it is always so at the top.
 *
 * @returns null where something is not filled in yet
 */
export function toLogic(group: Group, facts: Vocabulary): unknown {
  if (group.rules.length === 0 && !group.not) return true
  const operands = group.rules.map((rule) =>
    isGroup(rule) ? (rule.rules.length === 0 ? null : toLogic(rule, facts)) : ruleToLogic(rule, facts),
  )
  const [first] = operands
  if (first === undefined || operands.includes(null)) return null
  const logic = operands.length === 1 ? first : { [group.combinator]: operands }
  return group.not ? { '!': [logic] } : logic
}

function ruleToLogic({ field, operator, value, match }: Rule, facts: Vocabulary): unknown {
  const type = Object.hasOwn(facts, field) ? facts[field] : undefined
  if (type === undefined) return null
  const fact = { var: field }
  if (typeof type !== 'string') {
    if (!isGroup(value) || value.rules.length === 0) return null
    const inner = toLogic(value, type.itemsOf)
    return inner === null ? null : { [match?.mode ?? 'some']: [fact, inner] }
  }
  if (isGroup(value)) return null
  if (operator === 'between') return betweenToLogic(fact, value)
  if (operator === 'in' || operator === 'notIn') {
    const values = listedValues(value, type)
    if (values === null) return null
    return operator === 'in' ? { in: [fact, values] } : { '!': [{ in: [fact, values] }] }
  }
  const given = scalarOf(value, type)
  if (given === null) return null
  if (operator === 'contains') return { in: [given, fact] }
  if (operator === 'doesNotContain') return { '!': [{ in: [given, fact] }] }
  return { [operator === '=' ? '==' : operator]: [fact, given] }
}

/** What was typed, as the fact's type has it. */
function scalarOf(value: string | number | boolean, type: ScalarType): string | number | boolean | null {
  if (type === 'boolean') return value === true || value === 'true'
  const text = String(value).trim()
  if (text === '') return null
  if (type === 'string') return text
  const number = Number(text)
  return Number.isFinite(number) ? number : null
}

function listedValues(value: string | number | boolean, type: ScalarType): unknown[] | null {
  const values = String(value)
    .split(/[,，]/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => scalarOf(part, type))
  return values.length === 0 || values.includes(null) ? null : values
}

function betweenToLogic(fact: unknown, value: string | number | boolean): unknown {
  const [least, most, ...more] = listedValues(value, 'number') ?? []
  return least === undefined || most === undefined || more.length > 0 ? null : { '<=': [least, fact, most] }
}

/**
 * The tree of a condition.
 *
 * @returns null for one that no tree can show, such as sums of facts
 */
export function fromLogic(logic: unknown, facts: Vocabulary): Group | null {
  if (logic === true) return { combinator: 'and', rules: [] }
  const node = nodeFrom(logic, facts)
  if (node === null) return null
  return isGroup(node) ? node : { combinator: 'and', rules: [node] }
}

function nodeFrom(logic: unknown, facts: Vocabulary): Rule | Group | null {
  const [operator, operands] = operationOf(logic)
  if (operator === null) return null
  if (operator === 'and' || operator === 'or') {
    const rules = operands.map((operand) => nodeFrom(operand, facts))
    const known = rules.filter((rule) => rule !== null)
    return known.length === rules.length && known.length > 0 ? { combinator: operator, rules: known } : null
  }
  if (operator === '!') return negated(nodeFrom(operands[0], facts))
  const mode = LOOP_MODES.find((each) => each === operator)
  if (mode !== undefined) return loopFrom(mode, operands, facts)
  if (operator === 'var') return flagFrom(logic, facts)
  return comparisonFrom(operator, operands, facts)
}

const OPPOSITE: Record<string, string> = { in: 'notIn', contains: 'doesNotContain' }
function negated(node: Rule | Group | null): Rule | Group | null {
  if (node === null) return null
  if (isGroup(node)) return node.not ? null : { ...node, not: true }
  if (typeof node.value === 'boolean') return { ...node, value: !node.value }
  const opposite = OPPOSITE[node.operator]
  return opposite === undefined
    ? { combinator: 'and', not: true, rules: [node] }
    : { ...node, operator: opposite }
}

function loopFrom(mode: LoopMode, [list, condition]: unknown[], facts: Vocabulary): Rule | null {
  const field = factOf(list)
  const type = field !== null && Object.hasOwn(facts, field) ? facts[field] : undefined
  if (field === null || type === undefined || typeof type === 'string') return null
  const value = fromLogic(condition, type.itemsOf)
  return value === null || value.rules.length === 0 ? null : { field, operator: '=', value, match: { mode } }
}

function flagFrom(logic: unknown, facts: Vocabulary): Rule | null {
  const field = factOf(logic)
  return field !== null && facts[field] === 'boolean' ? { field, operator: '=', value: true } : null
}

function comparisonFrom(operator: string, operands: unknown[], facts: Vocabulary): Rule | null {
  const [left, right, third] = operands
  if (third !== undefined) return betweenFrom(operator, operands, facts)
  if (operator === 'in') return membershipFrom(left, right, facts)
  const isFlipped = factOf(left) === null
  const field = factOf(isFlipped ? right : left)
  const value = isFlipped ? left : right
  if (field === null || !isOf(value, facts[field])) return null
  if (operator === '==' || operator === '===') return { field, operator: '=', value }
  if (operator === '!=' || operator === '!==')
    return facts[field] === 'boolean' ? null : { field, operator: '!=', value }
  const comparison = COMPARISONS.find((each) => each === operator)
  // Texts are compared by the hub, but nobody would look for that in a form.
  if (comparison === undefined || facts[field] !== 'number') return null
  return { field, operator: isFlipped ? (FLIPPED[comparison] ?? comparison) : comparison, value }
}

function betweenFrom(operator: string, [least, fact, most]: unknown[], facts: Vocabulary): Rule | null {
  const field = factOf(fact)
  if (operator !== '<=' || field === null || facts[field] !== 'number') return null
  if (typeof least !== 'number' || typeof most !== 'number') return null
  return { field, operator: 'between', value: `${least},${most}` }
}

function membershipFrom(left: unknown, right: unknown, facts: Vocabulary): Rule | null {
  const field = factOf(left)
  if (field !== null && Array.isArray(right)) {
    const isListable = right.every(
      (value) => isOf(value, facts[field]) && !/[,，]|^\s|\s$/.test(String(value)),
    )
    return isListable && right.length > 0 ? { field, operator: 'in', value: right.join(',') } : null
  }
  const within = factOf(right)
  if (within === null || typeof left !== 'string' || facts[within] !== 'string') return null
  return isOf(left, 'string') ? { field: within, operator: 'contains', value: left } : null
}

/** Whether a form's field of this type gives back the very same value. */
function isOf(value: unknown, type: FactType | undefined): value is string | number | boolean {
  if (typeof value !== type || (type !== 'string' && type !== 'number' && type !== 'boolean')) return false
  return typeof value !== 'string' || (value !== '' && value.trim() === value)
}

function factOf(node: unknown): string | null {
  const [operator, [name]] = operationOf(node)
  return operator === 'var' && typeof name === 'string' ? name : null
}

function operationOf(node: unknown): [operator: string | null, operands: unknown[]] {
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return [null, []]
  const [entry, ...more] = Object.entries(node)
  if (!entry || more.length > 0) return [null, []]
  const [operator, given] = entry
  return [operator, Array.isArray(given) ? given : [given]]
}
