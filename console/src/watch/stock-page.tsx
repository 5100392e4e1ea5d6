import { keepPreviousData } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Checkbox, Segmented, Select } from 'antd'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import { useNames } from '../api/directory.ts'
import { asQuery } from '../api/query.ts'
import type { StockRow } from '../api/types.ts'
import { FilterBar } from '../components/filter-bar.tsx'
import { FilterSelect } from '../components/filter-select.tsx'
import { type ListColumn, ListTable } from '../components/list-table.tsx'
import { PageHead } from '../components/page-head.tsx'
import { SearchField } from '../components/search-field.tsx'
import { Tag } from '../components/tag.tsx'
import { useFilters } from '../components/use-filters.ts'
import { useList } from '../components/use-list.ts'
import { StockTabs } from '../stock/stock-tabs.tsx'
import { StockMatrix } from './stock-matrix.tsx'

const route = getRouteApi('/shell/stock')
const PAGE = 100
const COLOURS = { ok: 'green', low: 'gold', out: 'red' } as const
const SORTS = {
  sku: 'sortSku',
  available: 'sortAvailable',
  level: 'sortLevel',
  reserved: 'sortReserved',
} as const

/** Levels by article and warehouse: all of them at a glance, or one by one with all their figures. */
export function StockPage() {
  const { t } = useTranslation()
  const { view, text, warehouseId, level, stale } = route.useSearch()
  const change = useFilters<{ view: unknown }>()
  return (
    <>
      <PageHead
        title={t('stock.title')}
        extra={
          <Segmented
            aria-label={t('stock.view')}
            value={view ?? 'matrix'}
            options={(['matrix', 'list'] as const).map((value) => ({
              value,
              label: t(`stockView.${value}`),
            }))}
            onChange={(value) => change({ view: value === 'matrix' ? undefined : value })}
          />
        }
      />
      <StockTabs />
      <StockFilters />
      {view === 'list' ? <StockList /> : <StockMatrix filters={{ text, warehouseId, level, stale }} />}
    </>
  )
}

function StockList() {
  const { t } = useTranslation()
  const { view: _view, ...search } = route.useSearch()
  const query = api.useQuery(
    'get',
    '/v1/stock/board',
    { params: { query: { ...asQuery(search), limit: PAGE } } },
    { placeholderData: keepPreviousData },
  )
  return (
    <ListTable
      label={t('stock.title')}
      list={useList<StockRow>(query)}
      columns={useColumns()}
      rowKey={({ skuId, warehouseId }) => `${skuId} ${warehouseId}`}
    />
  )
}

function StockFilters() {
  const { t } = useTranslation()
  const search = route.useSearch()
  const change = useFilters<typeof search>()
  const { options: warehouses } = useNames('/v1/warehouses')
  return (
    <FilterBar label={t('list.filters')}>
      <SearchField
        label={t('stock.text')}
        maxLength={100}
        value={search.text}
        onSearch={(text) => change({ text })}
      />
      <FilterSelect
        label={t('stock.warehouse')}
        value={search.warehouseId}
        onChange={(warehouseId) => change({ warehouseId })}
        options={warehouses}
      />
      <FilterSelect
        label={t('stock.level')}
        value={search.level}
        onChange={(level) => change({ level })}
        options={(['out', 'low', 'ok'] as const).map((value) => ({ value, label: t(`level.${value}`) }))}
      />
      {search.view === 'list' && (
        <Select
          aria-label={t('list.sort')}
          className="filter"
          value={search.sort ?? 'sku'}
          onChange={(sort) => change({ sort: sort === 'sku' ? undefined : sort })}
          options={(['sku', 'available', 'level', 'reserved'] as const).map((value) => ({
            value,
            label: t(`stock.${SORTS[value]}`),
          }))}
        />
      )}
      <Checkbox checked={search.stale ?? false} onChange={({ target }) => change({ stale: target.checked })}>
        {t('stock.stale')}
      </Checkbox>
    </FilterBar>
  )
}

function useColumns(): ListColumn<StockRow>[] {
  const { t } = useTranslation()
  const { nameOf } = useNames('/v1/warehouses')
  return useMemo(() => {
    const units = (key: 'total' | 'shipped' | 'reserved' | 'available' | 'safety' | 'inTransit') => ({
      key,
      title: t(`stock.${key}`),
      dataIndex: key,
      width: 90,
      align: 'right' as const,
    })
    return [
      {
        key: 'sku',
        title: t('stock.sku'),
        render: (_value, { skuId, skuName }) => (
          <>
            <span className="code">{skuId}</span> <span className="quiet">{skuName}</span>
          </>
        ),
      },
      {
        key: 'warehouse',
        title: t('stock.warehouse'),
        width: 130,
        render: (_value, { warehouseId }) => (warehouseId === null ? t('common.all') : nameOf(warehouseId)),
      },
      {
        key: 'level',
        title: t('stock.level'),
        width: 90,
        render: (_value, { level }) => <Tag tone={COLOURS[level]}>{t(`level.${level}`)}</Tag>,
      },
      units('available'),
      units('safety'),
      units('reserved'),
      units('total'),
      units('shipped'),
      units('inTransit'),
      {
        key: 'freshness',
        title: t('stock.freshness'),
        width: 120,
        render: (_value, { freshness }) => (freshness === null ? '–' : t(`freshness.${freshness.state}`)),
      },
    ]
  }, [t, nameOf])
}
