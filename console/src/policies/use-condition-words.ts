import { useTranslation } from 'react-i18next'
import { type ConditionWords, factTitle } from './condition-words.ts'
import { useNames } from './names.ts'
import type { DescribedFacts } from './schema.ts'

type OperatorKey =
  | 'equal'
  | 'notEqual'
  | 'less'
  | 'atMost'
  | 'more'
  | 'atLeast'
  | 'between'
  | 'in'
  | 'notIn'
  | 'contains'
  | 'doesNotContain'
/** Texts have keys without signs. */
const KEYS: Readonly<Record<string, OperatorKey>> = {
  '=': 'equal',
  '!=': 'notEqual',
  '<': 'less',
  '<=': 'atMost',
  '>': 'more',
  '>=': 'atLeast',
  between: 'between',
  in: 'in',
  notIn: 'notIn',
  contains: 'contains',
  doesNotContain: 'doesNotContain',
}

/** The words of conditions in the language of the screen. */
export function useConditionWords(facts: DescribedFacts, kind: string): ConditionWords {
  const { t, i18n } = useTranslation()
  const { fieldOf } = useNames(kind)
  return {
    factOf: (name) => (name in facts.titles ? factTitle(facts, name, i18n.language) : fieldOf(name)),
    operatorOf: (operator) => {
      const key = KEYS[operator]
      return key === undefined ? operator : t(`operator.${key}`)
    },
    loopOf: (mode) => t(`loop.${mode as 'some'}`), // one of LOOP_MODES
    always: t('policies.always'),
    and: t('policies.and'),
    or: t('policies.or'),
    not: t('policies.not'),
    yes: t('policies.yes'),
    no: t('policies.no'),
  }
}
