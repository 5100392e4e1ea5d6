import { useTranslation } from 'react-i18next'
import { ROLES } from '../../../domain/role.ts'
import { useNames as useDirectory } from '../api/directory.ts'
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

const isRole = (value: string) => ROLES.some((role) => role === value)
/** Facts that are one of a few codes, each with where the catalogue has its words. */
const KEY_OF: Readonly<Record<string, (value: string) => string>> = {
  type: (value) => `changeType.${value}`,
  orderStatus: (value) => `orderStatus.${value}`,
  channel: (value) => `channel.${value}`,
  applicantRole: (value) => (isRole(value) ? `role.${value}` : `applicantRole.${value}`),
  divisionLevel: (value) => `divisionLevel.${value}`,
  phoneKind: (value) => `phoneKind.${value}`,
}

/** The words of conditions in the language of the screen. */
export function useConditionWords(facts: DescribedFacts, kind: string): ConditionWords {
  const { t, i18n } = useTranslation()
  const names = useNames(kind)
  const { nameOf: storeOf } = useDirectory('/v1/stores')
  return {
    factOf: (name) => (name in facts.titles ? factTitle(facts, name, i18n.language) : names.fieldOf(name)),
    operatorOf: (operator) => {
      const key = KEYS[operator]
      return key === undefined ? operator : t(`operator.${key}`)
    },
    loopOf: (mode) => t(`loop.${mode as 'some'}`), // one of LOOP_MODES
    valueOf: (fact, value) => {
      if (fact === 'storeId') return storeOf(value)
      const key = KEY_OF[fact]?.(value)
      return key !== undefined && i18n.exists(key) ? t(key as 'channel.mall') : value // exists: a key of the catalogue
    },
    always: t('policies.always'),
    and: t('policies.and'),
    or: t('policies.or'),
    not: t('policies.not'),
    yes: t('policies.yes'),
    no: t('policies.no'),
  }
}
