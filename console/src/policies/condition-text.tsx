import { useTranslation } from 'react-i18next'
import type { PolicyKind } from '../api/types.ts'
import { conditionInWords } from './condition-words.ts'
import type { DescribedFacts } from './schema.ts'
import { useConditionWords } from './use-condition-words.ts'
import { useFacts } from './use-facts.ts'

type Props = {
  kind: PolicyKind
  /** In JsonLogic. */
  logic: unknown
}

/** A condition of a policy in the language of the screen; as JSON where nobody can say what its facts are called. */
export function ConditionText({ kind, logic }: Props) {
  const { t } = useTranslation()
  const facts = useFacts(kind)
  if (facts === undefined) return <span className="quiet">{t('state.loading')}</span>
  return facts === null ? <code>{JSON.stringify(logic)}</code> : <Words {...{ kind, logic, facts }} />
}

function Words({ kind, logic, facts }: Props & { facts: DescribedFacts }) {
  return conditionInWords(logic, facts, useConditionWords(facts, kind))
}
