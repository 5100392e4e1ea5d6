import { Link } from '@tanstack/react-router'
import { Alert } from 'antd'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import type { OrderDetail } from '../api/types.ts'
import { Ago } from '../components/moment.tsx'
import { pickText } from '../format/bilingual.ts'
import { formatCents } from '../format/money.ts'
import { FindingFacts } from '../policies/finding-facts.tsx'
import { Snoozed } from '../watch/snoozed.tsx'

/** Nobody reads the twentieth alert of one order; the list of work items has them all. */
const MOST = 20

/** What of this order needs a person, before anything else on the page. */
export function OrderAlerts({ order }: { order: OrderDetail }) {
  const { t, i18n } = useTranslation()
  const query = { orderId: order.orderId, state: 'open', snoozed: 'include', limit: MOST } as const
  const workItems = api.useQuery('get', '/v1/work-items', { params: { query } })
  const held = order.checks.find(({ state }) => state === 'held')
  return (
    <section className="alerts" aria-label={t('order.alerts')}>
      {held && (
        <Alert
          type="warning"
          showIcon
          title={t('order.heldByRules', { rules: held.findings.map(({ tag }) => tag).join(' · ') })}
          description={held.findings.map((finding) => (
            <div key={finding.findingId}>
              <FindingFacts finding={finding} />
            </div>
          ))}
        />
      )}
      {order.supplementCents > 0 && (
        <Alert
          type="warning"
          showIcon
          title={t('order.supplementDue', { amount: formatCents(order.supplementCents) })}
        />
      )}
      {(workItems.data?.items ?? []).map((item) => (
        <Alert
          key={item.workItemId}
          type="error"
          showIcon
          title={pickText(item.title, i18n.language)}
          description={
            <>
              {pickText(item.nextStep, i18n.language)}
              <div className="quiet">
                <Ago at={item.createdAt} />
                {item.owner !== null && <> · {t('order.owner', { name: item.owner })}</>}
              </div>
              {item.snooze !== null && <Snoozed snooze={item.snooze} />}
            </>
          }
          action={
            <Link to="/work-items/$workItemId" params={{ workItemId: item.workItemId }}>
              {t('common.open')}
            </Link>
          }
        />
      ))}
    </section>
  )
}
