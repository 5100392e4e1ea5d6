import { useTranslation } from 'react-i18next'
import { ModeText } from '../approvals/approval-route.tsx'
import { FlowChart, type FlowEdge } from '../components/flow-chart.tsx'
import { formatDuration } from '../format/time.ts'
import { conditionInWords } from './condition-words.ts'
import { useForm } from './form-context.ts'
import { type RouteArrow, type RouteTier, routeGraph } from './route-graph.ts'
import type { DescribedFacts } from './schema.ts'
import { useConditionWords } from './use-condition-words.ts'

const COLUMN = 420
const ROW = 150

/** The way of a request by a document of `approval-route`: which condition leads to whom, and to whom it rises. */
export function RouteFlow({ document, facts }: { document: unknown; facts: DescribedFacts }) {
  const { t } = useTranslation()
  const { kind } = useForm()
  const words = useConditionWords(facts, kind)
  const { tiers, arrows } = routeGraph(document)
  const nodes = tiers.flatMap((tier, index) => [
    {
      id: `if ${index}`,
      x: 0,
      y: index * ROW,
      tone: 'blue' as const,
      content: `${index + 1}. ${conditionInWords(tier.condition ?? true, facts, words)}`,
    },
    {
      id: `who ${index}`,
      x: COLUMN,
      y: index * ROW,
      tone: tier.isAutomatic ? ('green' as const) : ('gold' as const),
      content: <Tier tier={tier} />,
    },
  ])
  const edges = arrows.map((arrow) => edgeOf(arrow, t(`routeArrow.${arrow.kind}`)))
  return <FlowChart label={t('policies.route')} nodes={nodes} edges={edges} height={520} />
}

function edgeOf({ kind, from, to }: RouteArrow, label: string): FlowEdge {
  const id = `${kind} ${from} ${to}`
  if (kind === 'matches') return { id, from: `if ${from}`, to: `who ${to}`, way: 'across', label }
  if (kind === 'otherwise')
    return { id, from: `if ${from}`, to: `if ${to}`, way: 'down', label, tone: 'quiet' }
  return { id, from: `who ${from}`, to: `who ${to}`, way: 'down', label, isDashed: true }
}

function Tier({ tier }: { tier: RouteTier }) {
  const { t, i18n } = useTranslation()
  const { names } = useForm()
  if (tier.isAutomatic) return <strong>{t('policies.automatic')}</strong>
  return (
    <>
      <strong>{tier.title}</strong>
      {tier.approvers.map((approver) => (
        <div key={JSON.stringify(approver)}>
          {'account' in approver
            ? approver.account
            : `${names.valueOf(approver.role)} · ${names.valueOf(approver.within)}`}
        </div>
      ))}
      <div>
        <ModeText mode={tier.mode} /> ·{' '}
        {t('change.deadline', { duration: formatDuration(tier.deadlineSeconds, i18n.language) })}
      </div>
    </>
  )
}
