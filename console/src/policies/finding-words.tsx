import { useTranslation } from 'react-i18next'
import type { OrderDetail } from '../api/types.ts'
import { factsInWords } from './condition-words.ts'
import type { DescribedFacts } from './schema.ts'
import { useConditionWords } from './use-condition-words.ts'
import { useFacts } from './use-facts.ts'

const KIND = 'abnormal-order'
export type Finding = Pick<OrderDetail['checks'][number]['findings'][number], 'because' | 'facts'>

/** What a rule about abnormal orders found, in the language of the screen; in the hub's short words where nobody can say what facts are called. */
export function FindingWords({ finding }: { finding: Finding }) {
  const { t } = useTranslation()
  const facts = useFacts(KIND)
  if (facts === undefined) return <span className="quiet">{t('state.loading')}</span>
  // Of a rule that holds for every order nothing was asked.
  if (facts === null || Object.keys(finding.facts).length === 0) return finding.because
  return <Words found={finding.facts} facts={facts} />
}

function Words({ found, facts }: { found: Finding['facts']; facts: DescribedFacts }) {
  return factsInWords(found, useConditionWords(facts, KIND))
}
