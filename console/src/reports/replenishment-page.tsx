import { keepPreviousData, useMutation } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { Button } from 'antd'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { api, client } from '../api/client.ts'
import { useNames } from '../api/directory.ts'
import { useOperation } from '../api/operation.ts'
import { present } from '../api/query.ts'
import type { ReplenishmentLevel } from '../api/types.ts'
import { ExportButton } from '../components/export-button.tsx'
import { FilterBar } from '../components/filter-bar.tsx'
import { FilterSelect } from '../components/filter-select.tsx'
import { type ListColumn, ListTable } from '../components/list-table.tsx'
import { Money } from '../components/money.tsx'
import { PageHead } from '../components/page-head.tsx'
import { ProblemText } from '../components/problem-text.tsx'
import { SearchField } from '../components/search-field.tsx'
import { useFilters } from '../components/use-filters.ts'
import { useList } from '../components/use-list.ts'
import { pickText } from '../format/bilingual.ts'
import { isOffered } from '../session/screens.ts'
import { usePerson } from '../session/session.ts'

const route = getRouteApi('/shell/reports/replenishment')
const PAGE = 50
const ONLY = ['suggested', 'purchase', 'transfer', 'excess'] as const
const SORTS = ['urgency', 'sku', 'excess'] as const

/** What last night's run says is needed, where and why; a supplier's part of it becomes a purchase list. */
export function ReplenishmentPage() {
  const { t } = useTranslation()
  const { role } = usePerson()
  const search = route.useSearch()
  const change = useFilters<typeof search>()
  const { cursor: _cursor, sort, ...filters } = search
  const query = api.useQuery(
    'get',
    '/v1/replenishment',
    { params: { query: { ...present(search), limit: PAGE } } },
    { placeholderData: keepPreviousData },
  )
  const { options: warehouses } = useNames('/v1/warehouses')
  return (
    <>
      <PageHead
        title={t('reports.replenishment')}
        extra={
          <>
            <Link to="/reports/purchases">{t('purchase.lists')}</Link>{' '}
            <ExportButton what={(format) => ({ kind: 'replenishment', format, filters: present(filters) })} />
          </>
        }
      />
      <FilterBar label={t('list.filters')}>
        <FilterSelect
          label={t('stock.warehouse')}
          value={search.warehouseId}
          onChange={(warehouseId) => change({ warehouseId })}
          options={warehouses}
          isSearchable
        />
        {(['skuId', 'supplierId'] as const).map((name) => (
          <SearchField
            key={name}
            label={t(`replenishment.${name}`)}
            isNarrow
            value={search[name]}
            onSearch={(text) => change({ [name]: text })}
          />
        ))}
        <FilterSelect
          label={t('replenishment.only')}
          value={search.only}
          onChange={(only) => change({ only })}
          options={ONLY.map((value) => ({ value, label: t(`replenishmentOnly.${value}`) }))}
        />
        <FilterSelect
          label={t('list.sort')}
          value={sort}
          onChange={(value) => change({ sort: value })}
          options={SORTS.map((value) => ({ value, label: t(`replenishmentSort.${value}`) }))}
        />
        {isOffered('changePurchases', role) && (
          <BeginList warehouseId={search.warehouseId} supplierId={search.supplierId} />
        )}
      </FilterBar>
      <ListTable
        label={t('reports.replenishment')}
        list={useList<ReplenishmentLevel>(query)}
        columns={useColumns()}
        rowKey={({ skuId, warehouseId }) => `${skuId} ${warehouseId}`}
        minWidth={1_100}
        empty={{ title: t('replenishment.none'), hint: t('replenishment.noneHint') }}
      />
    </>
  )
}

/** A list of everything that is suggested to be bought from one supplier for one warehouse; both are chosen by the filters. */
function BeginList({
  warehouseId,
  supplierId,
}: {
  warehouseId: string | undefined
  supplierId: string | undefined
}) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const once = useOperation()
  const begin = useMutation({
    mutationFn: (body: { warehouseId: string; supplierId: string }) =>
      once(
        body,
        async (header) => (await client.POST('/v1/purchase-lists', { params: { header }, body })).data,
      ),
    onSuccess: (list) => {
      if (list)
        void navigate({ to: '/reports/purchases/$purchaseId', params: { purchaseId: list.purchaseId } })
    },
  })
  const isReady = warehouseId !== undefined && supplierId !== undefined
  return (
    <>
      <Button
        type="primary"
        disabled={!isReady}
        loading={begin.isPending}
        title={t('purchase.beginHint')}
        onClick={() => {
          if (warehouseId !== undefined && supplierId !== undefined) begin.mutate({ warehouseId, supplierId })
        }}
      >
        {t('purchase.begin')}
      </Button>
      {!isReady && <span className="quiet">{t('purchase.beginHint')}</span>}
      {begin.error && <ProblemText error={begin.error} />}
    </>
  )
}

function useColumns(): ListColumn<ReplenishmentLevel>[] {
  const { t, i18n } = useTranslation()
  const { nameOf } = useNames('/v1/warehouses')
  return useMemo(
    () => [
      { key: 'sku', title: t('stock.sku'), width: 130, fixed: 'start', dataIndex: 'skuId' },
      {
        key: 'warehouse',
        title: t('stock.warehouse'),
        width: 110,
        render: (_value, { warehouseId }) => nameOf(warehouseId),
      },
      {
        key: 'supplier',
        title: t('replenishment.supplierId'),
        width: 110,
        render: (_value, { supplierId }) => supplierId ?? '–',
      },
      {
        key: 'available',
        title: t('stock.available'),
        width: 80,
        align: 'right',
        render: (_value, { stock }) => stock.available,
      },
      {
        key: 'cover',
        title: t('replenishment.cover'),
        width: 100,
        align: 'right',
        render: (_value, { coverDays }) => (coverDays === null ? '–' : coverDays.toFixed(1)),
      },
      {
        key: 'point',
        title: t('replenishment.reorderPoint'),
        width: 90,
        align: 'right',
        dataIndex: 'reorderPoint',
      },
      {
        key: 'suggested',
        title: t('replenishment.suggested'),
        width: 90,
        align: 'right',
        render: (_value, { suggestedUnits }) => <strong>{suggestedUnits}</strong>,
      },
      { key: 'buy', title: t('replenishment.buy'), width: 80, align: 'right', dataIndex: 'purchaseUnits' },
      { key: 'move', title: t('replenishment.move'), width: 80, align: 'right', dataIndex: 'transferUnits' },
      {
        key: 'cost',
        title: t('replenishment.cost'),
        width: 120,
        align: 'right',
        render: (_value, { purchaseCents }) => <Money cents={purchaseCents} />,
      },
      {
        key: 'why',
        title: t('replenishment.why'),
        render: (_value, { reason }) => <span className="quiet">{pickText(reason, i18n.language)}</span>,
      },
    ],
    [t, i18n.language, nameOf],
  )
}
