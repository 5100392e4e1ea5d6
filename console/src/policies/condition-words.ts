import type { Vocabulary } from '../../../domain/conditions.ts'
import { formatCents } from '../format/money.ts'
import { fromLogic, type Group, isGroup, type Rule, type RuleValue } from './conditions.ts'
import { type DescribedFacts, isRecord } from './schema.ts'

/** The words that conditions are told in; facts and operators in the language of the screen. */
export type ConditionWords = {
  factOf: (name: string) => string
  operatorOf: (operator: string) => string
  loopOf: (mode: string) => string
  /** A text that a fact may be, where it is a code that there is a word for. */
  valueOf: (fact: string, value: string) => string
  always: string
  and: string
  or: string
  not: string
  yes: string
  no: string
}

type Scalar = Exclude<RuleValue, Group>

/** A condition as a sentence; one that no form can show as the JSON that it is. */
export function conditionInWords(
  logic: unknown,
  { vocabulary }: DescribedFacts,
  words: ConditionWords,
): string {
  const group = fromLogic(logic, vocabulary)
  return group === null ? JSON.stringify(logic) : groupInWords(group, vocabulary, words)
}

function groupInWords(group: Group, facts: Vocabulary, words: ConditionWords): string {
  if (group.rules.length === 0) return words.always
  const parts = group.rules.map((rule) => {
    if (!isGroup(rule)) return ruleInWords(rule, facts, words)
    const inner = groupInWords(rule, facts, words)
    return rule.rules.length > 1 && !rule.not ? `(${inner})` : inner
  })
  const text = parts.join(` ${group.combinator === 'and' ? words.and : words.or} `)
  return group.not ? `${words.not}(${text})` : text
}

function ruleInWords(
  { field, operator, value, match }: Rule,
  facts: Vocabulary,
  words: ConditionWords,
): string {
  const type = facts[field]
  if (isGroup(value)) {
    const inner = typeof type === 'object' ? groupInWords(value, type.itemsOf, words) : ''
    return `${inShort(words.factOf(field))} ${words.loopOf(match?.mode ?? 'some')} (${inner})`
  }
  const shown = valuesOf(operator, value).map((each) => valueInWords(field, each, words))
  return `${inShort(words.factOf(field))} ${words.operatorOf(operator)} ${shown.join(', ')}`
}

/** Facts as they were: `收货人电话类型 无效 · 订单金额 ¥1,234.50`; of the items of a list what each begins with. */
export function factsInWords(found: Readonly<Record<string, unknown>>, words: ConditionWords): string {
  return Object.entries(found)
    .map(([name, value]) => `${inShort(words.factOf(name))} ${factInWords(name, value, words)}`)
    .join(' · ')
}

/** As many parts of an item as it takes to tell which one it is: an article and its quantity, a category and its words. */
const TELLING_PARTS = 2

function factInWords(name: string, value: unknown, words: ConditionWords): string {
  if (Array.isArray(value)) return value.map((item) => factInWords(name, item, words)).join(', ')
  if (isRecord(value))
    return Object.entries(value)
      .slice(0, TELLING_PARTS)
      .map(([part, each]) => factInWords(part, each, words))
      .join(' × ')
  return isScalar(value) ? valueInWords(name, value, words) : '–'
}

const isScalar = (value: unknown): value is Scalar => ['string', 'number', 'boolean'].includes(typeof value)

/** Several behind each other, as the form has them, where an operator takes several. */
function valuesOf(operator: string, value: Scalar): Scalar[] {
  return ['between', 'in', 'notIn'].includes(operator) ? String(value).split(',') : [value]
}

/** Cents are amounts of money. */
function valueInWords(field: string, value: Scalar, words: ConditionWords): string {
  if (typeof value === 'boolean') return value ? words.yes : words.no
  return field.endsWith('Cents') ? formatCents(Number(value)) : words.valueOf(field, String(value))
}

/** A fact without what only whoever writes a condition needs to know: its unit, and the codes that it may be. */
function inShort(title: string): string {
  return title.replace(/（[^（）]*）$/, '').replace(/(,? cents)?(;.*)?$/, '')
}

/** What people call a fact: its title, or for a part of a list's items its name. */
export function factTitle(facts: DescribedFacts, name: string, language: string): string {
  const title = facts.titles[name]
  if (title === undefined) return name
  return language.startsWith('zh') ? title.zh : title.en
}
