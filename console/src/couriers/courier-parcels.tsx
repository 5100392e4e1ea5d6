import { keepPreviousData } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import { present } from '../api/query.ts'
import type { FollowedParcel } from '../api/types.ts'
import { OrderLink } from '../approvals/order-link.tsx'
import { FilterBar } from '../components/filter-bar.tsx'
import { FilterSelect } from '../components/filter-select.tsx'
import { type ListColumn, ListTable } from '../components/list-table.tsx'
import { Moment } from '../components/moment.tsx'
import { SearchField } from '../components/search-field.tsx'
import { Tag } from '../components/tag.tsx'
import { useFilters } from '../components/use-filters.ts'
import { useList } from '../components/use-list.ts'
import { type CourierSearch, PARCEL_STANDINGS } from './search.ts'

const PAGE = 50

/** Parcels under way with a courier: when each was heard of, and what keeps it from being. */
export function CourierParcels({ courier, search }: { courier: string; search: CourierSearch }) {
  const { t } = useTranslation()
  const change = useFilters<CourierSearch>()
  const { cursor, sort, standing, waybillNumber } = search
  const query = { ...present({ cursor, sort, standing, waybillNumber }), limit: PAGE }
  const parcels = api.useQuery(
    'get',
    '/v1/couriers/{courier}/parcels',
    { params: { path: { courier }, query } },
    { placeholderData: keepPreviousData },
  )
  return (
    <>
      <FilterBar label={t('list.filters')}>
        <SearchField
          label={t('couriers.waybill')}
          value={waybillNumber}
          onSearch={(text) => change({ waybillNumber: text })}
        />
        <FilterSelect
          label={t('couriers.standing')}
          value={standing}
          onChange={(value) => change({ standing: value })}
          options={PARCEL_STANDINGS.map((value) => ({ value, label: t(`parcelStanding.${value}`) }))}
        />
      </FilterBar>
      <ListTable
        label={t('courierLog.parcels')}
        list={useList<FollowedParcel>(parcels)}
        columns={useColumns()}
        rowKey={({ parcelId }) => parcelId}
        minWidth={1_200}
      />
    </>
  )
}

function useColumns(): ListColumn<FollowedParcel>[] {
  const { t } = useTranslation()
  return useMemo(
    () => [
      {
        key: 'waybill',
        title: t('couriers.waybill'),
        width: 170,
        render: (_value, { waybillNumber }) => <span className="code">{waybillNumber}</span>,
      },
      {
        key: 'order',
        title: t('orders.id'),
        width: 140,
        render: (_value, { orderId }) => <OrderLink orderId={orderId} />,
      },
      {
        key: 'state',
        title: t('shopLog.state'),
        width: 190,
        render: (_value, { state, standings }) => (
          <>
            <Tag tone="cyan">{t(`parcelState.${state}`)}</Tag>{' '}
            {standings.map((standing) => (
              <Tag key={standing} tone={standing === 'silent' ? 'gold' : 'red'}>
                {t(`parcelStanding.${standing}`)}
              </Tag>
            ))}
          </>
        ),
      },
      {
        key: 'news',
        title: t('couriers.lastNews'),
        width: 165,
        render: (_value, { lastNewsAt }) => <Moment at={lastNewsAt} />,
      },
      {
        key: 'push',
        title: t('couriers.lastPush'),
        width: 165,
        render: (_value, { lastPushAt }) => <Moment at={lastPushAt} />,
      },
      {
        key: 'poll',
        title: t('couriers.lastPoll'),
        width: 165,
        render: (_value, { lastPollAt }) => <Moment at={lastPollAt} />,
      },
      {
        key: 'subscription',
        title: t('couriers.subscription'),
        width: 110,
        render: (_value, { subscription }) =>
          subscription === null ? '–' : t(`courierSubscription.${subscription.state}`),
      },
      {
        key: 'error',
        title: t('shops.error'),
        render: (_value, { lastError, failures, subscription }) =>
          lastError !== null
            ? `${lastError} (${failures})`
            : subscription?.state === 'refused'
              ? subscription.detail
              : '–',
      },
    ],
    [t],
  )
}
