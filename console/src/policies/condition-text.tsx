import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import type { PolicyKind } from '../api/types.ts'
import { conditionInWords } from './condition-words.ts'
import { type DescribedFacts, factsIn, readSchema } from './schema.ts'
import { useConditionWords } from './use-condition-words.ts'

type Props = {
  kind: PolicyKind
  /** In JsonLogic. */
  logic: unknown
}

/** A condition of a policy in the language of the screen; as JSON where nobody can say what its facts are called. */
export function ConditionText({ kind, logic }: Props) {
  const { t } = useTranslation()
  const schema = api.useQuery(
    'get',
    '/v1/policies/{kind}/schema',
    { params: { path: { kind } } },
    { staleTime: Number.POSITIVE_INFINITY },
  )
  if (schema.isPending) return <span className="quiet">{t('state.loading')}</span>
  const facts = factsIn(readSchema(schema.data))
  return facts === null ? <code>{JSON.stringify(logic)}</code> : <Words {...{ kind, logic, facts }} />
}

function Words({ kind, logic, facts }: Props & { facts: DescribedFacts }) {
  return conditionInWords(logic, facts, useConditionWords(facts, kind))
}
