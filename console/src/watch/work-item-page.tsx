import { getRouteApi } from '@tanstack/react-router'
import { Descriptions } from 'antd'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import type { WorkItemDetail } from '../api/types.ts'
import { OrderLink } from '../approvals/order-link.tsx'
import { ActorName } from '../components/actor-name.tsx'
import { Loaded } from '../components/loaded.tsx'
import { Ago, Moment } from '../components/moment.tsx'
import { PageHead } from '../components/page-head.tsx'
import { Section } from '../components/section.tsx'
import { Tag } from '../components/tag.tsx'
import { pickText } from '../format/bilingual.ts'
import { Snoozed } from './snoozed.tsx'
import { WorkItemActions } from './work-item-actions.tsx'
import { FactName, FactValue } from './work-item-facts.tsx'

const route = getRouteApi('/shell/work-items/$workItemId')

/** One work item: what it is about, what to do next, and the doing of it. */
export function WorkItemPage() {
  const { t, i18n } = useTranslation()
  const path = { workItemId: route.useParams().workItemId }
  const item = api.useQuery('get', '/v1/work-items/{workItemId}', { params: { path } })
  return (
    <>
      <PageHead
        title={item.data ? pickText(item.data.title, i18n.language) : t('workItems.one')}
        extra={item.data && <StateTag state={item.data.state} />}
      />
      <Loaded query={item}>
        {(shown) => (
          <>
            <About item={shown} />
            <AtRisk item={shown} />
            <WorkItemActions item={shown} onChanged={() => void item.refetch()} />
          </>
        )}
      </Loaded>
    </>
  )
}

function StateTag({ state }: { state: WorkItemDetail['state'] }) {
  const { t } = useTranslation()
  return <Tag tone={state === 'open' ? 'orange' : 'green'}>{t(`workItems.${state}`)}</Tag>
}

function About({ item }: { item: WorkItemDetail }) {
  const { t, i18n } = useTranslation()
  const { orderId, owner, resolution, resolvedBy, resolvedAt } = item
  return (
    <Section title={t('workItems.next')}>
      <p className="change-reason">{pickText(item.nextStep, i18n.language)}</p>
      <Descriptions
        size="small"
        column={{ xs: 1, sm: 2 }}
        items={[
          {
            key: 'order',
            label: t('workItems.order'),
            children: orderId === null ? '–' : <OrderLink orderId={orderId} />,
          },
          {
            key: 'owner',
            label: t('workItems.owner'),
            children: owner === null ? t('workItems.unassigned') : <ActorName actor={owner} />,
          },
          ...(item.snooze === null
            ? []
            : [
                {
                  key: 'snooze',
                  label: t('workItems.snooze'),
                  children: <Snoozed snooze={item.snooze} />,
                },
              ]),
          { key: 'since', label: t('workItems.since'), children: <Ago at={item.createdAt} /> },
          { key: 'times', label: t('workItems.occurrences'), children: item.occurrences },
          ...Object.entries(item.detail).map(([name, value]) => ({
            key: `detail ${name}`,
            label: <FactName name={name} />,
            children: <FactValue name={name} value={value} />,
          })),
          ...(resolution === null
            ? []
            : [
                { key: 'resolution', label: t('workItems.resolution'), children: resolution },
                {
                  key: 'resolved',
                  label: t('workItems.resolved'),
                  children: (
                    <>
                      {resolvedBy !== null && <ActorName actor={resolvedBy} />} · <Moment at={resolvedAt} />
                    </>
                  ),
                },
              ]),
        ]}
      />
    </Section>
  )
}

/** Of a shortfall: whose units they are, in the order in which they would go short. */
function AtRisk({ item: { ordersAtRisk } }: { item: WorkItemDetail }) {
  const { t } = useTranslation()
  if (ordersAtRisk.length === 0) return null
  return (
    <Section title={t('workItems.atRisk')}>
      {ordersAtRisk.map(({ orderId, quantity, isPaid, isShort, createdAt }) => (
        <div key={orderId} className="row-line">
          <OrderLink orderId={orderId} />
          <span>× {quantity}</span>
          <Tag tone={isPaid ? 'blue' : 'grey'}>{t(isPaid ? 'workItems.paid' : 'workItems.unpaid')}</Tag>
          {isShort && <Tag tone="red">{t('workItems.short')}</Tag>}
          <Moment at={createdAt} />
        </div>
      ))}
    </Section>
  )
}
