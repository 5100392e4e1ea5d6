import type { Vocabulary } from '../../../domain/conditions.ts'
import { fromLogic, type Group, isGroup, type Rule } from './conditions.ts'
import type { DescribedFacts } from './schema.ts'

/** The words that conditions are told in; facts and operators in the language of the screen. */
export type ConditionWords = {
  factOf: (name: string) => string
  operatorOf: (operator: string) => string
  loopOf: (mode: string) => string
  always: string
  and: string
  or: string
  not: string
  yes: string
  no: string
}

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
    return `${words.factOf(field)} ${words.loopOf(match?.mode ?? 'some')} (${inner})`
  }
  const shown = type === 'boolean' ? (value ? words.yes : words.no) : String(value)
  return `${words.factOf(field)} ${words.operatorOf(operator)} ${shown}`
}

/** What people call a fact: its title, or for a part of a list's items its name. */
export function factTitle(facts: DescribedFacts, name: string, language: string): string {
  const title = facts.titles[name]
  if (title === undefined) return name
  return language.startsWith('zh') ? title.zh : title.en
}
