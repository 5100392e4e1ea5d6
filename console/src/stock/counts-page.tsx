import { keepPreviousData } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { Button, Checkbox, Modal, Select } from 'antd'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, client } from '../api/client.ts'
import { useNames } from '../api/directory.ts'
import { asQuery } from '../api/query.ts'
import type { StockCount } from '../api/types.ts'
import { FilterBar } from '../components/filter-bar.tsx'
import { FilterSelect } from '../components/filter-select.tsx'
import { type ListColumn, ListTable } from '../components/list-table.tsx'
import { Moment } from '../components/moment.tsx'
import { Difference } from '../components/money.tsx'
import { PageHead } from '../components/page-head.tsx'
import { ProblemText } from '../components/problem-text.tsx'
import { Tag } from '../components/tag.tsx'
import { useFilters } from '../components/use-filters.ts'
import { useList } from '../components/use-list.ts'
import { isOffered } from '../session/screens.ts'
import { usePerson } from '../session/session.ts'
import { COUNT_STATES, COUNT_TONES } from './states.ts'
import { StockTabs } from './stock-tabs.tsx'
import { useAct } from './use-act.ts'

const route = getRouteApi('/shell/stock/counts')
const PAGE = 50

/** Counts (盘点) of warehouses, the newest first. */
export function CountsPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { role } = usePerson()
  const search = route.useSearch()
  const change = useFilters<typeof search>()
  const { options: warehouses } = useNames('/v1/warehouses')
  const query = api.useQuery(
    'get',
    '/v1/stock/counts',
    { params: { query: { ...asQuery(search), limit: PAGE } } },
    { placeholderData: keepPreviousData },
  )
  return (
    <>
      <PageHead title={t('counts.title')} extra={isOffered('adjustStock', role) && <NewCount />} />
      <StockTabs />
      <FilterBar label={t('list.filters')}>
        <FilterSelect
          label={t('stock.warehouse')}
          value={search.warehouseId}
          onChange={(warehouseId) => change({ warehouseId })}
          options={warehouses}
        />
        <FilterSelect
          label={t('orders.status')}
          value={search.state}
          onChange={(state) => change({ state })}
          options={COUNT_STATES.map((value) => ({ value, label: t(`countState.${value}`) }))}
        />
      </FilterBar>
      <ListTable
        label={t('counts.title')}
        list={useList<StockCount>(query)}
        columns={useColumns()}
        rowKey={({ countId }) => countId}
        onOpen={({ countId }) => void navigate({ to: '/stock/counts/$countId', params: { countId } })}
      />
    </>
  )
}

function useColumns(): ListColumn<StockCount>[] {
  const { t } = useTranslation()
  const { nameOf } = useNames('/v1/warehouses')
  return useMemo(
    () => [
      {
        key: 'warehouse',
        title: t('stock.warehouse'),
        render: (_value, { warehouseId }) => nameOf(warehouseId),
      },
      {
        key: 'state',
        title: t('orders.status'),
        width: 110,
        render: (_value, { state }) => <Tag tone={COUNT_TONES[state]}>{t(`countState.${state}`)}</Tag>,
      },
      { key: 'by', title: t('counts.by'), width: 140, dataIndex: 'createdBy' },
      {
        key: 'at',
        title: t('counts.at'),
        width: 170,
        render: (_value, { countedAt }) => <Moment at={countedAt} />,
      },
      {
        key: 'exact',
        title: t('counts.exact'),
        width: 120,
        align: 'right',
        render: (_value, { result }) => (result === null ? '–' : `${result.exactLines} / ${result.lines}`),
      },
      {
        key: 'difference',
        title: t('counts.difference'),
        width: 140,
        align: 'right',
        render: (_value, { result }) =>
          result === null ? '–' : <Difference cents={result.differenceCents} />,
      },
    ],
    [t, nameOf],
  )
}

function NewCount() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { options: warehouses } = useNames('/v1/warehouses')
  const [isOpen, setOpen] = useState(false)
  const [warehouseId, setWarehouse] = useState<string | null>(null)
  const [blind, setBlind] = useState(true)
  const create = useAct(
    async (body: { warehouseId: string; blind: boolean }, header) => {
      const { data } = await client.POST('/v1/stock/counts', { params: { header }, body })
      return data
    },
    (count) => {
      if (count) void navigate({ to: '/stock/counts/$countId', params: { countId: count.countId } })
    },
  )
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>
        {t('counts.create')}
      </Button>
      <Modal
        open={isOpen}
        title={t('counts.create')}
        okText={t('counts.begin')}
        okButtonProps={{ disabled: warehouseId === null, loading: create.isPending }}
        onOk={() => {
          if (warehouseId !== null) create.mutate({ warehouseId, blind })
        }}
        onCancel={() => setOpen(false)}
      >
        <div className="field">
          <Select
            aria-label={t('stock.warehouse')}
            placeholder={t('stock.warehouse')}
            value={warehouseId}
            onChange={setWarehouse}
            options={warehouses}
          />
          <Checkbox checked={blind} onChange={({ target }) => setBlind(target.checked)}>
            {t('counts.blind')}
          </Checkbox>
        </div>
        {create.error && <ProblemText error={create.error} />}
      </Modal>
    </>
  )
}
