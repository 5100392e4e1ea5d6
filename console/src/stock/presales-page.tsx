import { keepPreviousData } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Button, Drawer } from 'antd'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { PRESALE_STATE_MEANING, PRESALE_STATES } from '../../../domain/presale.ts'
import { api } from '../api/client.ts'
import { useNames } from '../api/directory.ts'
import { asQuery } from '../api/query.ts'
import type { Presale } from '../api/types.ts'
import { FilterBar } from '../components/filter-bar.tsx'
import { FilterSelect } from '../components/filter-select.tsx'
import { type ListColumn, ListTable } from '../components/list-table.tsx'
import { Moment } from '../components/moment.tsx'
import { PageHead } from '../components/page-head.tsx'
import { Tag } from '../components/tag.tsx'
import { useFilters } from '../components/use-filters.ts'
import { useList } from '../components/use-list.ts'
import { pickText } from '../format/bilingual.ts'
import { isOffered } from '../session/screens.ts'
import { usePerson } from '../session/session.ts'
import { NewPresaleForm, PresaleActions } from './presale-forms.tsx'
import { PRESALE_TONES } from './states.ts'
import { StockTabs } from './stock-tabs.tsx'

const route = getRouteApi('/shell/stock/presales')
const PAGE = 50
const SORTS = ['newest', 'expected', 'promised', 'sold', 'waiting'] as const

/** Units that are sold before they come in. */
export function PresalesPage() {
  const { t, i18n } = useTranslation()
  const { role } = usePerson()
  const search = route.useSearch()
  const change = useFilters<typeof search>()
  const [isNew, setNew] = useState(false)
  const [opened, setOpened] = useState<string | null>(null)
  const query = api.useQuery(
    'get',
    '/v1/presales',
    { params: { query: { ...asQuery(search), limit: PAGE } } },
    { placeholderData: keepPreviousData },
  )
  const list = useList<Presale>(query)
  const mayChange = isOffered('adjustStock', role)
  const presale = list.rows.find(({ presaleId }) => presaleId === opened)
  return (
    <>
      <PageHead
        title={t('presales.title')}
        extra={
          mayChange && (
            <Button type="primary" onClick={() => setNew(true)}>
              {t('presales.create')}
            </Button>
          )
        }
      />
      <StockTabs />
      <FilterBar label={t('list.filters')}>
        <FilterSelect
          label={t('orders.status')}
          value={search.state}
          onChange={(state) => change({ state })}
          options={PRESALE_STATES.map((value) => ({
            value,
            label: pickText(PRESALE_STATE_MEANING[value], i18n.language),
          }))}
        />
        <FilterSelect
          label={t('list.sort')}
          value={search.sort}
          onChange={(sort) => change({ sort })}
          options={SORTS.map((value) => ({ value, label: t(`presaleSort.${value}`) }))}
        />
      </FilterBar>
      <ListTable
        label={t('presales.title')}
        list={list}
        columns={useColumns()}
        rowKey={({ presaleId }) => presaleId}
        {...(mayChange ? { onOpen: ({ presaleId }: Presale) => setOpened(presaleId) } : {})}
      />
      <Drawer open={isNew} title={t('presales.create')} destroyOnHidden onClose={() => setNew(false)}>
        <NewPresaleForm onDone={() => setNew(false)} />
      </Drawer>
      <Drawer
        open={presale !== undefined}
        title={presale?.skuId ?? ''}
        size="large"
        destroyOnHidden
        onClose={() => setOpened(null)}
      >
        {presale && <PresaleActions presale={presale} />}
      </Drawer>
    </>
  )
}

function useColumns(): ListColumn<Presale>[] {
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
        key: 'warehouse',
        title: t('stock.warehouse'),
        render: (_value, { warehouseId }) => nameOf(warehouseId),
      },
      {
        key: 'state',
        title: t('orders.status'),
        width: 130,
        render: (_value, { state }) => (
          <Tag tone={PRESALE_TONES[state]}>{pickText(PRESALE_STATE_MEANING[state], i18n.language)}</Tag>
        ),
      },
      ...(['promised', 'sold', 'waiting', 'left'] as const).map((name) => ({
        key: name,
        title: t(`presaleFigure.${name}`),
        dataIndex: name,
        width: 90,
        align: 'right' as const,
      })),
      { key: 'expected', title: t('presales.expected'), width: 120, dataIndex: 'expectedOn' },
      {
        key: 'closes',
        title: t('presales.closes'),
        width: 170,
        render: (_value, { closesAt }) => <Moment at={closesAt} />,
      },
    ],
    [t, i18n.language, nameOf],
  )
}
