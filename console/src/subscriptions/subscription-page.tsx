import { getRouteApi } from '@tanstack/react-router'
import { Button } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import { useNames } from '../api/directory.ts'
import type { Subscription } from '../api/types.ts'
import { Facts } from '../components/facts.tsx'
import { Loaded } from '../components/loaded.tsx'
import { Moment } from '../components/moment.tsx'
import { PageHead } from '../components/page-head.tsx'
import { Section } from '../components/section.tsx'
import { DeliveryDrawer } from './delivery-drawer.tsx'
import { DeliveryLog } from './delivery-log.tsx'
import { Secrets } from './secrets.tsx'
import { SubscriptionActions } from './subscription-actions.tsx'
import { SubscriptionState } from './subscription-state.tsx'

const EditSubscription = lazy(async () => ({
  default: (await import('./edit-subscription.tsx')).EditSubscription,
}))

const route = getRouteApi('/shell/subscriptions/$subscriptionId')
const LOOK_EVERY_MS = 5_000

/** One system that receives events: how it does, its secrets, and what became of each event. */
export function SubscriptionPage() {
  const { t } = useTranslation()
  const { subscriptionId } = route.useParams()
  const subscription = api.useQuery(
    'get',
    '/v1/subscriptions/{subscriptionId}',
    { params: { path: { subscriptionId } } },
    { refetchInterval: LOOK_EVERY_MS },
  )
  const { data } = subscription
  const look = () => void subscription.refetch()
  return (
    <>
      <PageHead
        title={data?.name ?? t('subscriptions.one')}
        extra={data && <SubscriptionState state={data.state} />}
      />
      <Loaded query={subscription}>
        {(shown) => (
          <>
            <About subscription={shown} onChanged={look} />
            {shown.state !== 'deleted' && (
              <>
                <SubscriptionActions subscription={shown} onChanged={look} />
                <Secrets subscriptionId={subscriptionId} />
              </>
            )}
            <DeliveryLog subscriptionId={subscriptionId} />
            <DeliveryDrawer subscriptionId={subscriptionId} />
          </>
        )}
      </Loaded>
    </>
  )
}

function About({ subscription, onChanged }: { subscription: Subscription; onChanged: () => void }) {
  const { t } = useTranslation()
  const { nameOf } = useNames('/v1/stores')
  const { url, eventTypes, storeIds, pending, behind, consecutiveFailures, createdBy } = subscription
  return (
    <Section
      title={t('subscriptions.about')}
      extra={subscription.state !== 'deleted' && <Edit subscription={subscription} onChanged={onChanged} />}
    >
      {subscription.stateReason !== null && <p className="late">{subscription.stateReason}</p>}
      <Facts
        facts={[
          [t('subscriptions.url'), url],
          [
            t('subscriptions.eventTypes'),
            <span key="types" className="code">
              {eventTypes.join(', ')}
            </span>,
          ],
          [
            t('subscriptions.stores'),
            storeIds.length === 0 ? t('subscriptions.allStores') : storeIds.map(nameOf).join('、'),
          ],
          [t('subscriptions.pending'), pending],
          [t('subscriptions.behind'), behind],
          [t('subscriptions.failures'), consecutiveFailures],
          [t('subscriptions.lastSuccess'), <Moment key="success" at={subscription.lastSuccessAt} />],
          [t('subscriptions.failingSince'), <Moment key="failing" at={subscription.failingSince} />],
          [t('subscriptions.throttledUntil'), <Moment key="throttled" at={subscription.throttledUntil} />],
          [t('subscriptions.createdBy'), createdBy],
          [t('subscriptions.createdAt'), <Moment key="created" at={subscription.createdAt} />],
        ]}
      />
    </Section>
  )
}

function Edit({ subscription, onChanged }: { subscription: Subscription; onChanged: () => void }) {
  const { t } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  const close = () => setOpen(false)
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t('subscriptions.edit')}</Button>
      {isOpen && (
        <Suspense>
          <EditSubscription
            subscription={subscription}
            onClose={close}
            onChanged={() => {
              onChanged()
              close()
            }}
          />
        </Suspense>
      )}
    </>
  )
}
