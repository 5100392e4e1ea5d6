import { getRouteApi } from '@tanstack/react-router'
import { Button, Descriptions, Space } from 'antd'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import { useNames } from '../api/directory.ts'
import { useLiveOrders } from '../api/live.ts'
import type { OrderDetail } from '../api/types.ts'
import { LiveMark } from '../components/live-mark.tsx'
import { Loaded } from '../components/loaded.tsx'
import { Moment } from '../components/moment.tsx'
import { Money } from '../components/money.tsx'
import { PageHead } from '../components/page-head.tsx'
import { Section } from '../components/section.tsx'
import { ChannelName, OrderStatusTag } from '../components/tags.tsx'
import { OrderAlerts } from './order-alerts.tsx'
import { OrderChanges } from './order-changes.tsx'
import { OrderFulfilment } from './order-fulfilment.tsx'
import { OrderLines } from './order-lines.tsx'
import { OrderPayments } from './order-payments.tsx'
import { OrderTimeline } from './order-timeline.tsx'
import { PolicyVersions } from './policy-versions.tsx'
import { StateBar } from './state-bar.tsx'
import { TemporalLink } from './temporal-link.tsx'

const DivisionName = lazy(async () => ({
  default: (await import('../components/division-name.tsx')).DivisionName,
}))

const route = getRouteApi('/shell/orders/$orderId')
/** An order has some dozens of log lines; the state bar needs all of them. */
const MOST_LINES = 200

/** One order with everything that belongs to it, as it changes. */
export function OrderPage() {
  const { t } = useTranslation()
  const { orderId } = route.useParams()
  const path = { orderId }
  const order = api.useQuery('get', '/v1/orders/{orderId}', { params: { path } })
  const isLive = useLiveOrders(
    [
      ['get', '/v1/orders/{orderId}'],
      ['get', '/v1/orders/{orderId}/log'],
      ['get', '/v1/orders/{orderId}/story'],
      ['get', '/v1/work-items'],
      ['get', '/v1/change-requests'],
    ],
    orderId,
  )
  return (
    <Loaded query={order}>
      {(data) => (
        <>
          <PageHead
            title={t('order.title', { id: orderId.slice(-12) })}
            extra={
              <Space wrap>
                <LiveMark isLive={isLive} />
                <TemporalLink workflowId={data.workflowId} />
                <Button onClick={() => void order.refetch()}>{t('common.refresh')}</Button>
              </Space>
            }
          />
          <OrderAlerts order={data} />
          <Progress order={data} />
          <Facts order={data} />
          <OrderLines order={data} />
          <OrderPayments order={data} />
          <OrderFulfilment order={data} />
          <OrderChanges orderId={orderId} />
          <OrderTimeline orderId={orderId} />
        </>
      )}
    </Loaded>
  )
}

function Progress({ order: { orderId, status } }: { order: OrderDetail }) {
  const { t } = useTranslation()
  const query = { limit: MOST_LINES }
  const log = api.useQuery('get', '/v1/orders/{orderId}/log', { params: { path: { orderId }, query } })
  return (
    <Section title={t('order.progress')}>
      <StateBar status={status} log={log.data?.items ?? []} />
    </Section>
  )
}

/** By its code until the names are there. */
function Division({ code }: { code: string }) {
  return (
    <Suspense fallback={code}>
      <DivisionName code={code} />
    </Suspense>
  )
}

function Facts({ order }: { order: OrderDetail }) {
  const { t } = useTranslation()
  const { nameOf } = useNames('/v1/stores')
  const { contact } = order
  return (
    <div className="columns">
      <Section title={t('orders.title')}>
        <Descriptions
          size="small"
          column={1}
          items={[
            { key: 'id', label: t('orders.id'), children: <span className="code">{order.orderId}</span> },
            { key: 'status', label: t('orders.status'), children: <OrderStatusTag status={order.status} /> },
            { key: 'channel', label: t('orders.channel'), children: <ChannelName channel={order.channel} /> },
            { key: 'external', label: t('orders.externalId'), children: order.externalOrderId ?? '–' },
            { key: 'store', label: t('orders.store'), children: nameOf(order.storeId) },
            { key: 'created', label: t('orders.created'), children: <Moment at={order.createdAt} /> },
            { key: 'updated', label: t('orders.updated'), children: <Moment at={order.updatedAt} /> },
            { key: 'closed', label: t('orders.closed'), children: <Moment at={order.closedAt} /> },
            {
              key: 'policies',
              label: t('order.policyVersions'),
              children: <PolicyVersions versions={order.policyVersions} />,
            },
          ]}
        />
      </Section>
      <Section title={t('order.contact')}>
        {contact === null ? (
          <span className="quiet">{t('order.erased')}</span>
        ) : (
          <Descriptions
            size="small"
            column={1}
            items={[
              { key: 'name', label: t('contactField.name'), children: contact.name },
              { key: 'phone', label: t('contactField.phone'), children: contact.phone },
              {
                key: 'division',
                label: t('contactField.divisionCode'),
                children: <Division code={order.divisionCode} />,
              },
              { key: 'address', label: t('contactField.address'), children: contact.address },
              { key: 'remark', label: t('contactField.remark'), children: contact.remark || '–' },
            ]}
          />
        )}
        <Descriptions
          size="small"
          column={1}
          items={[
            { key: 'amount', label: t('orders.amount'), children: <Money cents={order.amountCents} /> },
            { key: 'freight', label: t('orders.freight'), children: <Money cents={order.freightCents} /> },
            { key: 'paid', label: t('orders.paid'), children: <Money cents={order.paidCents} /> },
            { key: 'refunded', label: t('orders.refunded'), children: <Money cents={order.refundedCents} /> },
          ]}
        />
      </Section>
    </div>
  )
}
