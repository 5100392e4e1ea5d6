import { keepPreviousData } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { Button, Checkbox } from 'antd'
import { lazy, Suspense, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { SUBSCRIPTION_STATES } from '../../../domain/event-delivery.ts'
import { api } from '../api/client.ts'
import { asQuery } from '../api/query.ts'
import type { Subscription } from '../api/types.ts'
import { FilterBar } from '../components/filter-bar.tsx'
import { FilterSelect } from '../components/filter-select.tsx'
import { type ListColumn, ListTable } from '../components/list-table.tsx'
import { Moment } from '../components/moment.tsx'
import { PageHead } from '../components/page-head.tsx'
import { useFilters } from '../components/use-filters.ts'
import { useList } from '../components/use-list.ts'
import type { SubscriptionsSearch } from './search.ts'
import { SubscriptionState } from './subscription-state.tsx'

const NewSubscription = lazy(async () => ({
  default: (await import('./new-subscription.tsx')).NewSubscription,
}))

const route = getRouteApi('/shell/subscriptions')
const PAGE = 50
const LOOK_EVERY_MS = 10_000

/** Other systems that receive the hub's events, and how that goes. */
export function SubscriptionsPage() {
  const { t } = useTranslation()
  const search = route.useSearch()
  const navigate = useNavigate()
  const change = useFilters<SubscriptionsSearch>()
  const query = api.useQuery(
    'get',
    '/v1/subscriptions',
    { params: { query: { ...asQuery(search), limit: PAGE } } },
    { placeholderData: keepPreviousData, refetchInterval: LOOK_EVERY_MS },
  )
  const open = (subscriptionId: string) =>
    void navigate({ to: '/subscriptions/$subscriptionId', params: { subscriptionId } })
  return (
    <>
      <PageHead title={t('subscriptions.title')} extra={<Create onMade={open} />} />
      <FilterBar label={t('list.filters')}>
        <FilterSelect
          label={t('subscriptions.state')}
          value={search.state}
          onChange={(state) => change({ state })}
          options={SUBSCRIPTION_STATES.map((value) => ({ value, label: t(`subscriptionState.${value}`) }))}
        />
        <Checkbox
          checked={search.failing ?? false}
          onChange={({ target }) => change({ failing: target.checked })}
        >
          {t('subscriptions.failingOnly')}
        </Checkbox>
      </FilterBar>
      <ListTable
        label={t('subscriptions.title')}
        list={useList<Subscription>(query)}
        columns={useColumns()}
        rowKey={({ subscriptionId }) => subscriptionId}
        minWidth={1_000}
        onOpen={({ subscriptionId }) => open(subscriptionId)}
      />
    </>
  )
}

function Create({ onMade }: { onMade: (subscriptionId: string) => void }) {
  const { t } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t('subscriptions.create')}</Button>
      {isOpen && (
        <Suspense>
          <NewSubscription onClose={() => setOpen(false)} onMade={onMade} />
        </Suspense>
      )}
    </>
  )
}

function useColumns(): ListColumn<Subscription>[] {
  const { t } = useTranslation()
  return useMemo(
    () => [
      {
        key: 'name',
        title: t('subscriptions.name'),
        width: 180,
        render: (_value, { subscriptionId, name }) => (
          <Link to="/subscriptions/$subscriptionId" params={{ subscriptionId }}>
            {name}
          </Link>
        ),
      },
      { key: 'url', title: t('subscriptions.url'), ellipsis: true, dataIndex: 'url' },
      {
        key: 'events',
        title: t('subscriptions.eventTypes'),
        width: 200,
        ellipsis: true,
        render: (_value, { eventTypes }) => <span className="code">{eventTypes.join(', ')}</span>,
      },
      {
        key: 'state',
        title: t('subscriptions.state'),
        width: 100,
        render: (_value, { state }) => <SubscriptionState state={state} />,
      },
      { key: 'pending', title: t('subscriptions.pending'), width: 90, align: 'right', dataIndex: 'pending' },
      {
        key: 'failures',
        title: t('subscriptions.failures'),
        width: 90,
        align: 'right',
        render: (_value, { consecutiveFailures }) => (
          <span className={consecutiveFailures > 0 ? 'late figure' : 'figure'}>{consecutiveFailures}</span>
        ),
      },
      {
        key: 'success',
        title: t('subscriptions.lastSuccess'),
        width: 165,
        render: (_value, { lastSuccessAt }) => <Moment at={lastSuccessAt} />,
      },
    ],
    [t],
  )
}
