import { keepPreviousData } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { Button } from 'antd'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { EVENT_DELIVERY_STATES } from '../../../domain/event-delivery.ts'
import { api } from '../api/client.ts'
import { present } from '../api/query.ts'
import type { EventDelivery } from '../api/types.ts'
import { FilterBar } from '../components/filter-bar.tsx'
import { FilterSelect } from '../components/filter-select.tsx'
import { type ListColumn, ListTable } from '../components/list-table.tsx'
import { Moment } from '../components/moment.tsx'
import { SearchField } from '../components/search-field.tsx'
import { Section } from '../components/section.tsx'
import { useFilters } from '../components/use-filters.ts'
import { useList } from '../components/use-list.ts'
import { DeliveryState } from './delivery-state.tsx'
import type { SubscriptionSearch } from './search.ts'

const route = getRouteApi('/shell/subscriptions/$subscriptionId')
const PAGE = 50
const LOOK_EVERY_MS = 5_000

/** What became of each event for this system. */
export function DeliveryLog({ subscriptionId }: { subscriptionId: string }) {
  const { t } = useTranslation()
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/subscriptions/$subscriptionId' })
  const change = useFilters<SubscriptionSearch>()
  const { delivery: _delivery, ...filters } = search
  const deliveries = api.useQuery(
    'get',
    '/v1/subscriptions/{subscriptionId}/deliveries',
    { params: { path: { subscriptionId }, query: { ...present(filters), limit: PAGE } } },
    {
      placeholderData: keepPreviousData,
      refetchInterval: filters.cursor === undefined ? LOOK_EVERY_MS : false,
    },
  )
  const open = (deliveryId: string) =>
    void navigate({ search: (now) => ({ ...now, delivery: deliveryId }), resetScroll: false })
  return (
    <Section title={t('subscriptions.log')}>
      <FilterBar label={t('list.filters')}>
        <FilterSelect
          label={t('shopLog.state')}
          value={search.state}
          onChange={(state) => change({ state })}
          options={EVENT_DELIVERY_STATES.map((value) => ({
            value,
            label: t(`eventDeliveryState.${value}`),
          }))}
        />
        <SearchField
          label={t('subscriptions.type')}
          hint={t('subscriptions.typeHint')}
          maxLength={100}
          value={search.type}
          onSearch={(type) => change({ type })}
        />
      </FilterBar>
      <ListTable
        label={t('subscriptions.log')}
        list={useList<EventDelivery>(deliveries)}
        columns={useColumns(open)}
        rowKey={({ deliveryId }) => deliveryId}
        onOpen={({ deliveryId }) => open(deliveryId)}
        minWidth={1_000}
      />
    </Section>
  )
}

function useColumns(open: (deliveryId: string) => void): ListColumn<EventDelivery>[] {
  const { t } = useTranslation()
  return useMemo(
    () => [
      {
        key: 'type',
        title: t('subscriptions.type'),
        width: 210,
        render: (_value, { deliveryId, type }) => (
          <Button type="link" size="small" className="code" onClick={() => open(deliveryId)}>
            {type}
          </Button>
        ),
      },
      {
        key: 'key',
        title: t('subscriptions.key'),
        ellipsis: true,
        render: (_value, { key }) => <span className="code">{key}</span>,
      },
      {
        key: 'happened',
        title: t('subscriptions.happened'),
        width: 165,
        render: (_value, { happenedAt }) => <Moment at={happenedAt} />,
      },
      {
        key: 'state',
        title: t('shopLog.state'),
        width: 100,
        render: (_value, { state }) => <DeliveryState state={state} />,
      },
      { key: 'attempts', title: t('shopLog.attempts'), width: 70, align: 'right', dataIndex: 'attempts' },
      {
        key: 'last',
        title: t('subscriptions.lastAnswer'),
        width: 220,
        ellipsis: true,
        render: (_value, { lastStatus, lastError }) =>
          [lastStatus, lastError].filter((part) => part !== null).join(' ') || '–',
      },
      {
        key: 'next',
        title: t('subscriptions.nextAttempt'),
        width: 165,
        render: (_value, { nextAttemptAt }) => <Moment at={nextAttemptAt} />,
      },
    ],
    [t, open],
  )
}
