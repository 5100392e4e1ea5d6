import { keepPreviousData } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { Checkbox, Tooltip } from 'antd'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { PURCHASE_STATUSES } from '../../../domain/purchase-state.ts'
import { api } from '../api/client.ts'
import { useNames } from '../api/directory.ts'
import { asQuery, present } from '../api/query.ts'
import type { PurchaseSummary } from '../api/types.ts'
import { ActorName } from '../components/actor-name.tsx'
import { ExportButton } from '../components/export-button.tsx'
import { FilterBar } from '../components/filter-bar.tsx'
import { FilterSelect } from '../components/filter-select.tsx'
import { type ListColumn, ListTable } from '../components/list-table.tsx'
import { Moment } from '../components/moment.tsx'
import { Money } from '../components/money.tsx'
import { PageHead } from '../components/page-head.tsx'
import { Tag, type Tone } from '../components/tag.tsx'
import { useFilters } from '../components/use-filters.ts'
import { useList } from '../components/use-list.ts'
import { pickText } from '../format/bilingual.ts'

const route = getRouteApi('/shell/reports/purchases')
const PAGE = 50
const TONES: Record<PurchaseSummary['status'], Tone> = {
  draft: 'grey',
  submitted: 'gold',
  approved: 'blue',
  partially_received: 'indigo',
  received: 'green',
  closed_short: 'orange',
  cancelled: 'grey',
}

export function PurchaseStatus({ list }: { list: Pick<PurchaseSummary, 'status' | 'meaning' | 'late'> }) {
  const { t, i18n } = useTranslation()
  return (
    <Tooltip title={pickText(list.meaning, i18n.language)}>
      <Tag tone={TONES[list.status]}>{t(`purchaseStatus.${list.status}`)}</Tag>
      {list.late && <span className="late">{t('purchase.late')}</span>}
    </Tooltip>
  )
}

/** What is to be bought: drafts, what waits for a decision, what was ordered and what has come in. */
export function PurchasesPage() {
  const { t } = useTranslation()
  const search = route.useSearch()
  const change = useFilters<typeof search>()
  const navigate = useNavigate()
  const { cursor: _cursor, ...filters } = search
  const query = api.useQuery(
    'get',
    '/v1/purchase-lists',
    { params: { query: { ...asQuery(search), limit: PAGE } } },
    { placeholderData: keepPreviousData },
  )
  return (
    <>
      <PageHead
        title={t('purchase.lists')}
        extra={
          <>
            <Link to="/reports/replenishment">{t('reports.replenishment')}</Link>{' '}
            <ExportButton
              what={(format) => ({ kind: 'purchase-lists', format, filters: present(filters) })}
            />
          </>
        }
      />
      <FilterBar label={t('list.filters')}>
        <FilterSelect
          label={t('purchase.status')}
          value={search.status}
          onChange={(status) => change({ status })}
          options={PURCHASE_STATUSES.map((value) => ({ value, label: t(`purchaseStatus.${value}`) }))}
        />
        <Checkbox checked={search.open === true} onChange={({ target }) => change({ open: target.checked })}>
          {t('purchase.openOnly')}
        </Checkbox>
        <Checkbox checked={search.late === true} onChange={({ target }) => change({ late: target.checked })}>
          {t('purchase.lateOnly')}
        </Checkbox>
      </FilterBar>
      <ListTable
        label={t('purchase.lists')}
        list={useList<PurchaseSummary>(query)}
        columns={useColumns()}
        rowKey={({ purchaseId }) => purchaseId}
        onOpen={({ purchaseId }) =>
          void navigate({ to: '/reports/purchases/$purchaseId', params: { purchaseId } })
        }
      />
    </>
  )
}

function useColumns(): ListColumn<PurchaseSummary>[] {
  const { t } = useTranslation()
  const { nameOf } = useNames('/v1/warehouses')
  return useMemo(
    () => [
      {
        key: 'number',
        title: t('purchase.number'),
        width: 180,
        render: (_value, { purchaseId, number }) => (
          <Link to="/reports/purchases/$purchaseId" params={{ purchaseId }} className="code">
            {number}
          </Link>
        ),
      },
      {
        key: 'status',
        title: t('purchase.status'),
        width: 130,
        render: (_value, list) => <PurchaseStatus list={list} />,
      },
      {
        key: 'warehouse',
        title: t('stock.warehouse'),
        width: 120,
        render: (_value, { warehouseId }) => nameOf(warehouseId),
      },
      { key: 'supplier', title: t('replenishment.supplierId'), width: 120, dataIndex: 'supplierId' },
      {
        key: 'amount',
        title: t('purchase.amount'),
        width: 130,
        align: 'right',
        render: (_value, { amountCents }) => <Money cents={amountCents} />,
      },
      {
        key: 'units',
        title: t('purchase.received'),
        width: 120,
        align: 'right',
        render: (_value, { receivedUnits, units }) => `${receivedUnits} / ${units}`,
      },
      {
        key: 'expected',
        title: t('purchase.expectedOn'),
        width: 120,
        render: (_value, { expectedOn }) => expectedOn ?? '–',
      },
      {
        key: 'by',
        title: t('purchase.createdBy'),
        width: 120,
        render: (_value, { createdBy }) => <ActorName actor={createdBy} />,
      },
      {
        key: 'created',
        title: t('purchase.createdAt'),
        width: 190,
        render: (_value, { createdAt }) => <Moment at={createdAt} />,
      },
    ],
    [t, nameOf],
  )
}
