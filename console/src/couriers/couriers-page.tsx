import { keepPreviousData } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { Checkbox } from 'antd'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import { asQuery } from '../api/query.ts'
import type { Courier } from '../api/types.ts'
import { CourierName } from '../components/courier-name.tsx'
import { FilterBar } from '../components/filter-bar.tsx'
import { type ListColumn, ListTable } from '../components/list-table.tsx'
import { Moment } from '../components/moment.tsx'
import { PageHead } from '../components/page-head.tsx'
import { useFilters } from '../components/use-filters.ts'
import { useList } from '../components/use-list.ts'
import { FeedState } from '../watch/feed-state.tsx'
import { ParcelCounts } from './parcel-counts.tsx'
import type { CouriersSearch } from './search.ts'

const route = getRouteApi('/shell/couriers')
const PAGE = 50
const LOOK_EVERY_MS = 10_000

/** Couriers, and how well the hub hears of the parcels under way with each. */
export function CouriersPage() {
  const { t } = useTranslation()
  const search = route.useSearch()
  const navigate = useNavigate()
  const change = useFilters<CouriersSearch>()
  const couriers = api.useQuery(
    'get',
    '/v1/couriers',
    { params: { query: { ...asQuery(search), limit: PAGE } } },
    { placeholderData: keepPreviousData, refetchInterval: LOOK_EVERY_MS },
  )
  return (
    <>
      <PageHead title={t('couriers.title')} />
      <FilterBar label={t('list.filters')}>
        <Checkbox
          checked={search.troubled ?? false}
          onChange={({ target }) => change({ troubled: target.checked })}
        >
          {t('couriers.troubled')}
        </Checkbox>
      </FilterBar>
      <ListTable
        label={t('couriers.title')}
        list={useList<Courier>(couriers)}
        columns={useColumns()}
        rowKey={({ courier }) => courier}
        onOpen={({ courier }) => void navigate({ to: '/couriers/$courier', params: { courier } })}
        minWidth={1_240}
      />
    </>
  )
}

function useColumns(): ListColumn<Courier>[] {
  const { t } = useTranslation()
  return useMemo(
    () => [
      {
        key: 'courier',
        title: t('couriers.courier'),
        width: 120,
        render: (_value, { courier }) => (
          <>
            <Link to="/couriers/$courier" params={{ courier }} className="code">
              {courier}
            </Link>{' '}
            <CourierName courier={courier} />
          </>
        ),
      },
      {
        key: 'source',
        title: t('couriers.source'),
        width: 130,
        render: (_value, { source }) => t(`courierSource.${source}`),
      },
      {
        key: 'parcels',
        title: t('couriers.parcels'),
        width: 220,
        render: (_value, { parcels }) => <ParcelCounts parcels={parcels} />,
      },
      {
        key: 'push',
        title: t('couriers.push'),
        width: 190,
        render: (_value, { push }) => (push === null ? '–' : <FeedState feed={push} />),
      },
      {
        key: 'lastPush',
        title: t('couriers.lastPush'),
        width: 165,
        render: (_value, { push }) => <Moment at={push?.lastMessageAt ?? null} />,
      },
      {
        key: 'poll',
        title: t('couriers.poll'),
        width: 190,
        render: (_value, { poll }) => <FeedState feed={poll} />,
      },
      {
        key: 'lastPoll',
        title: t('couriers.lastPoll'),
        width: 165,
        render: (_value, { poll }) => <Moment at={poll.lastSuccessAt} />,
      },
      {
        key: 'error',
        title: t('shops.error'),
        ellipsis: true,
        render: (_value, { poll }) => poll.lastError ?? '–',
      },
    ],
    [t],
  )
}
