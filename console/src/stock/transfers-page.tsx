import { keepPreviousData } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { Button, Checkbox } from 'antd'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { TRANSFER_STATUS_MEANING, TRANSFER_STATUSES } from '../../../domain/transfer-state.ts'
import { api } from '../api/client.ts'
import { useNames } from '../api/directory.ts'
import { asQuery } from '../api/query.ts'
import type { Transfer } from '../api/types.ts'
import { ActorName } from '../components/actor-name.tsx'
import { FilterBar } from '../components/filter-bar.tsx'
import { FilterSelect } from '../components/filter-select.tsx'
import { type ListColumn, ListTable } from '../components/list-table.tsx'
import { Moment, Until } from '../components/moment.tsx'
import { PageHead } from '../components/page-head.tsx'
import { Tag } from '../components/tag.tsx'
import { useFilters } from '../components/use-filters.ts'
import { useList } from '../components/use-list.ts'
import { pickText } from '../format/bilingual.ts'
import { isOffered } from '../session/screens.ts'
import { usePerson } from '../session/session.ts'
import { StockTabs } from './stock-tabs.tsx'

const route = getRouteApi('/shell/stock/transfers')
const PAGE = 50

/** Transfers between warehouses. */
export function TransfersPage() {
  const { t, i18n } = useTranslation()
  const navigate = useNavigate()
  const { role } = usePerson()
  const search = route.useSearch()
  const change = useFilters<typeof search>()
  const { options: warehouses } = useNames('/v1/warehouses')
  const query = api.useQuery(
    'get',
    '/v1/transfers',
    { params: { query: { ...asQuery(search), limit: PAGE } } },
    { placeholderData: keepPreviousData },
  )
  return (
    <>
      <PageHead
        title={t('transfers.title')}
        extra={
          isOffered('requestTransfers', role) && (
            <Button type="primary" onClick={() => void navigate({ to: '/stock/transfers/new' })}>
              {t('transfers.create')}
            </Button>
          )
        }
      />
      <StockTabs />
      <FilterBar label={t('list.filters')}>
        <FilterSelect
          label={t('orders.status')}
          value={search.status}
          onChange={(status) => change({ status })}
          options={TRANSFER_STATUSES.map((value) => ({
            value,
            label: pickText(TRANSFER_STATUS_MEANING[value], i18n.language),
          }))}
        />
        <FilterSelect
          label={t('stock.warehouse')}
          value={search.warehouseId}
          onChange={(warehouseId) => change({ warehouseId })}
          options={warehouses}
        />
        <Checkbox
          checked={search.needsAttention ?? false}
          onChange={({ target }) => change({ needsAttention: target.checked })}
        >
          {t('orders.attentionOnly')}
        </Checkbox>
      </FilterBar>
      <ListTable
        label={t('transfers.title')}
        list={useList<Transfer>(query)}
        columns={useColumns()}
        rowKey={({ transferId }) => transferId}
        onOpen={({ transferId }) =>
          void navigate({ to: '/stock/transfers/$transferId', params: { transferId } })
        }
      />
    </>
  )
}

function useColumns(): ListColumn<Transfer>[] {
  const { t, i18n } = useTranslation()
  const { nameOf } = useNames('/v1/warehouses')
  return useMemo(
    () => [
      {
        key: 'sku',
        title: t('stock.sku'),
        width: 140,
        render: (_value, { skuId }) => <span className="code">{skuId}</span>,
      },
      {
        key: 'to',
        title: t('transfers.to'),
        render: (_value, { warehouseId }) => nameOf(warehouseId),
      },
      { key: 'quantity', title: t('order.quantity'), width: 90, align: 'right', dataIndex: 'quantity' },
      {
        key: 'status',
        title: t('orders.status'),
        width: 220,
        render: (_value, { meaning, needsAttention, closedAt }) => (
          <Tag tone={needsAttention ? 'orange' : closedAt === null ? 'blue' : 'grey'}>
            {pickText(meaning, i18n.language)}
          </Tag>
        ),
      },
      {
        key: 'by',
        title: t('change.applicant'),
        width: 130,
        render: (_value, { requestedBy }) => <ActorName actor={requestedBy} />,
      },
      {
        key: 'due',
        title: t('transfers.due'),
        width: 160,
        render: (_value, { dueAt }) => (dueAt === null ? '–' : <Until at={dueAt} />),
      },
      {
        key: 'created',
        title: t('change.created'),
        width: 170,
        render: (_value, { createdAt }) => <Moment at={createdAt} />,
      },
    ],
    [t, i18n.language, nameOf],
  )
}
