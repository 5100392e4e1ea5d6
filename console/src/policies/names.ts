import { useTranslation } from 'react-i18next'
import { inWords, POLICY_FIELDS_ZH, POLICY_VALUES_ZH } from '../i18n/policy-names.ts'

export type Names = { fieldOf: (name: string) => string; valueOf: (value: string) => string }

/** What people call the fields and values of a kind of policy, in the language of the screen. */
export function useNames(kind: string): Names {
  const { i18n } = useTranslation()
  const isWord = (value: string) => Object.hasOwn(POLICY_VALUES_ZH, value)
  if (!i18n.language.startsWith('zh'))
    return { fieldOf: inWords, valueOf: (value) => (isWord(value) ? inWords(value) : value) }
  return {
    fieldOf: (name) => POLICY_FIELDS_ZH[`${kind}.${name}`] ?? POLICY_FIELDS_ZH[name] ?? name,
    valueOf: (value) => POLICY_VALUES_ZH[value] ?? value,
  }
}
