import { keepPreviousData } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { Button } from 'antd'
import { lazy, Suspense, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import { useNames } from '../api/directory.ts'
import { asQuery } from '../api/query.ts'
import type { Shop } from '../api/types.ts'
import { FilterBar } from '../components/filter-bar.tsx'
import { FilterSelect } from '../components/filter-select.tsx'
import { type ListColumn, ListTable } from '../components/list-table.tsx'
import { PageHead } from '../components/page-head.tsx'
import { ChannelName } from '../components/tags.tsx'
import { useFilters } from '../components/use-filters.ts'
import { useList } from '../components/use-list.ts'
import { isOffered } from '../session/screens.ts'
import { usePerson } from '../session/session.ts'
import { FeedState } from './feed-state.tsx'

// A shop is connected once in a while; looked at, every day.
const NewShop = lazy(async () => ({ default: (await import('../channels/new-shop.tsx')).NewShop }))

const route = getRouteApi('/shell/shops')
const PAGE = 50
const LOOK_EVERY_MS = 10_000

/** Shops at the platforms, and how well each is heard. */
export function ShopsPage() {
  const { t } = useTranslation()
  const search = route.useSearch()
  const navigate = useNavigate()
  const query = api.useQuery(
    'get',
    '/v1/shops',
    { params: { query: { ...asQuery(search), limit: PAGE } } },
    { placeholderData: keepPreviousData, refetchInterval: LOOK_EVERY_MS },
  )
  const change = useFilters<typeof search>()
  const { options: stores } = useNames('/v1/stores')
  const open = (shopId: string) => void navigate({ to: '/shops/$shopId', params: { shopId } })
  return (
    <>
      <PageHead title={t('shops.title')} extra={<Connect onMade={open} />} />
      <FilterBar label={t('list.filters')}>
        <FilterSelect
          label={t('shops.store')}
          value={search.storeId}
          onChange={(storeId) => change({ storeId })}
          options={stores}
        />
      </FilterBar>
      <ListTable
        label={t('shops.title')}
        list={useList<Shop>(query)}
        columns={useColumns()}
        rowKey={({ id }) => id}
        onOpen={({ id }) => open(id)}
      />
    </>
  )
}

function Connect({ onMade }: { onMade: (shopId: string) => void }) {
  const { t } = useTranslation()
  const { role } = usePerson()
  const [isOpen, setOpen] = useState(false)
  if (!isOffered('changeShops', role)) return null
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t('shop.connect')}</Button>
      {isOpen && (
        <Suspense>
          <NewShop onClose={() => setOpen(false)} onMade={onMade} />
        </Suspense>
      )}
    </>
  )
}

function useColumns(): ListColumn<Shop>[] {
  const { t } = useTranslation()
  const { nameOf } = useNames('/v1/stores')
  return useMemo(
    () => [
      {
        key: 'shop',
        title: t('shops.shop'),
        width: 200,
        render: (_value, { id }) => (
          <Link to="/shops/$shopId" params={{ shopId: id }}>
            {id}
          </Link>
        ),
      },
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
        render: (_value, { push }) => (push === null ? '–' : <FeedState feed={push} />),
      },
      {
        key: 'pull',
        title: t('shops.pull'),
        width: 190,
        render: (_value, { pull }) => <FeedState feed={pull} />,
      },
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
