import { useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { Drawer } from 'antd'
import { useTranslation } from 'react-i18next'
import { api, client } from '../api/client.ts'
import { ActionButton } from '../components/action-button.tsx'
import { Facts } from '../components/facts.tsx'
import { Loaded } from '../components/loaded.tsx'
import { Moment } from '../components/moment.tsx'
import { Section } from '../components/section.tsx'
import { DeliveryState } from './delivery-state.tsx'

const route = getRouteApi('/shell/subscriptions/$subscriptionId')

/** The delivery that the address names: what is sent, each try that failed, and sending it once more. */
export function DeliveryDrawer({ subscriptionId }: { subscriptionId: string }) {
  const { t } = useTranslation()
  const { delivery } = route.useSearch()
  const navigate = useNavigate({ from: '/subscriptions/$subscriptionId' })
  const close = () =>
    void navigate({ search: (now) => ({ ...now, delivery: undefined }), resetScroll: false })
  return (
    <Drawer
      open={delivery !== undefined}
      onClose={close}
      size="large"
      destroyOnHidden
      title={t('subscriptions.delivery')}
    >
      {delivery !== undefined && <Delivery subscriptionId={subscriptionId} deliveryId={delivery} />}
    </Drawer>
  )
}

function Delivery(path: { subscriptionId: string; deliveryId: string }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const delivery = api.useQuery('get', '/v1/subscriptions/{subscriptionId}/deliveries/{deliveryId}', {
    params: { path },
  })
  return (
    <Loaded query={delivery}>
      {(data) => (
        <>
          <Facts
            facts={[
              [t('subscriptions.type'), data.type],
              [t('shopLog.state'), <DeliveryState key="state" state={data.state} />],
              ['webhook-id', data.eventId],
              [t('subscriptions.key'), data.key],
              [t('subscriptions.happened'), <Moment key="happened" at={data.happenedAt} />],
              [t('shopLog.attempts'), data.attempts],
              [t('subscriptions.replays'), data.replays],
              [t('subscriptions.nextAttempt'), <Moment key="next" at={data.nextAttemptAt} />],
            ]}
          />
          <ActionButton
            key={data.replays}
            label={t('subscriptions.sendAgain')}
            act={() =>
              client.POST('/v1/subscriptions/{subscriptionId}/deliveries/{deliveryId}/replay', {
                params: { path },
              })
            }
            onDone={() => {
              void delivery.refetch()
              void queries.invalidateQueries({
                queryKey: ['get', '/v1/subscriptions/{subscriptionId}/deliveries'],
              })
            }}
          />
          {data.failures.length > 0 && (
            <Section title={t('subscriptions.failedTries')}>
              {data.failures.map(({ at, status, error, milliseconds }) => (
                <div key={at} className="row-line">
                  <Moment at={at} />
                  <span className="late">{status ?? '–'}</span>
                  <span>{error}</span>
                  <span className="quiet">{t('shop.milliseconds', { count: milliseconds })}</span>
                </div>
              ))}
            </Section>
          )}
          <Section title={t('subscriptions.body')}>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be scrollable by keyboard */}
            <pre className="body-text" tabIndex={0}>
              {JSON.stringify(data.body, null, 2)}
            </pre>
          </Section>
        </>
      )}
    </Loaded>
  )
}
