import { keepPreviousData } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { TableColumnsType } from 'antd'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import { useNames } from '../api/directory.ts'
import { asQuery } from '../api/query.ts'
import type { Shop } from '../api/types.ts'
import { FilterBar } from '../components/filter-bar.tsx'
import { FilterSelect } from '../components/filter-select.tsx'
import { ListTable } from '../components/list-table.tsx'
import { PageHead } from '../components/page-head.tsx'
import { Tag, type Tone } from '../components/tag.tsx'
import { ChannelName } from '../components/tags.tsx'
import { useFilters } from '../components/use-filters.ts'
import { useList } from '../components/use-list.ts'
import { formatDuration } from '../format/time.ts'

const route = getRouteApi('/shell/shops')
const PAGE = 50
const LOOK_EVERY_MS = 10_000

/** Shops at the platforms, and how well each is heard. */
export function ShopsPage() {
  const { t } = useTranslation()
  const search = route.useSearch()
  const query = api.useQuery(
    'get',
    '/v1/shops',
    { params: { query: { ...asQuery(search), limit: PAGE } } },
    { placeholderData: keepPreviousData, refetchInterval: LOOK_EVERY_MS },
  )
  const change = useFilters<typeof search>()
  const { all: stores } = useNames('/v1/stores')
  return (
    <>
      <PageHead title={t('shops.title')} />
      <FilterBar label={t('list.filters')}>
        <FilterSelect
          label={t('shops.store')}
          value={search.storeId}
          onChange={(storeId) => change({ storeId })}
          options={stores.map(({ id, name }) => ({ value: id, label: name }))}
        />
      </FilterBar>
      <ListTable
        label={t('shops.title')}
        list={useList<Shop>(query)}
        columns={useColumns()}
        rowKey={({ id }) => id}
      />
    </>
  )
}

function useColumns(): TableColumnsType<Shop> {
  const { t } = useTranslation()
  const { nameOf } = useNames('/v1/stores')
  return useMemo(
    () => [
      { key: 'shop', title: t('shops.shop'), dataIndex: 'id' },
      {
        key: 'platform',
        title: t('shops.platform'),
        width: 120,
        render: (_value, { platform }) => <ChannelName channel={platform} />,
      },
      { key: 'store', title: t('shops.store'), width: 140, render: (_value, { storeId }) => nameOf(storeId) },
      {
        key: 'push',
        title: t('shops.push'),
        width: 190,
        render: (_value, { push }) => (push === null ? '–' : <Feed feed={push} />),
      },
      { key: 'pull', title: t('shops.pull'), width: 190, render: (_value, { pull }) => <Feed feed={pull} /> },
      { key: 'waiting', title: t('shops.waiting'), width: 100, align: 'right', dataIndex: 'hintsWaiting' },
      {
        key: 'error',
        title: t('shops.error'),
        ellipsis: true,
        render: (_value, { push, pull }) => push?.lastError ?? pull.lastError ?? '–',
      },
    ],
    [t, nameOf],
  )
}

type FeedState = Shop['pull']['state']
const COLOURS: Record<FeedState, Tone> = {
  unknown: 'grey',
  connected: 'green',
  ok: 'green',
  disconnected: 'red',
  failing: 'red',
}

function Feed({ feed }: { feed: Pick<Shop['pull'], 'state' | 'lagSeconds' | 'lagTargetSeconds'> }) {
  const { t, i18n } = useTranslation()
  const { state, lagSeconds, lagTargetSeconds } = feed
  return (
    <>
      <Tag tone={COLOURS[state]}>{t(`feedState.${state}`)}</Tag>
      {lagSeconds !== null && (
        <span className={lagSeconds > lagTargetSeconds ? 'figure late' : 'figure'}>
          {formatDuration(lagSeconds, i18n.language)}
        </span>
      )}
      <div className="quiet">
        {t('shops.target', { duration: formatDuration(lagTargetSeconds, i18n.language) })}
      </div>
    </>
  )
}
