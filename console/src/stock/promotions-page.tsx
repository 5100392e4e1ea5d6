import { keepPreviousData } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { Button } from 'antd'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { PROMOTION_STATE_MEANING, PROMOTION_STATES } from '../../../domain/promotion.ts'
import { api } from '../api/client.ts'
import { asQuery } from '../api/query.ts'
import type { Promotion } from '../api/types.ts'
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
import { PROMOTION_TONES } from './states.ts'
import { StockTabs } from './stock-tabs.tsx'

const route = getRouteApi('/shell/stock/promotions')
const PAGE = 50

/** Units that are promised to channels for a time. */
export function PromotionsPage() {
  const { t, i18n } = useTranslation()
  const navigate = useNavigate()
  const { role } = usePerson()
  const search = route.useSearch()
  const change = useFilters<typeof search>()
  const query = api.useQuery(
    'get',
    '/v1/promotions',
    { params: { query: { ...asQuery(search), limit: PAGE } } },
    { placeholderData: keepPreviousData },
  )
  return (
    <>
      <PageHead
        title={t('promotions.title')}
        extra={
          isOffered('adjustStock', role) && (
            <Button type="primary" onClick={() => void navigate({ to: '/stock/promotions/new' })}>
              {t('promotions.create')}
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
          options={PROMOTION_STATES.map((value) => ({
            value,
            label: pickText(PROMOTION_STATE_MEANING[value], i18n.language),
          }))}
        />
      </FilterBar>
      <ListTable
        label={t('promotions.title')}
        list={useList<Promotion>(query)}
        columns={useColumns()}
        rowKey={({ promotionId }) => promotionId}
        onOpen={({ promotionId }) =>
          void navigate({ to: '/stock/promotions/$promotionId', params: { promotionId } })
        }
      />
    </>
  )
}

function useColumns(): ListColumn<Promotion>[] {
  const { t, i18n } = useTranslation()
  return useMemo(
    () => [
      { key: 'name', title: t('promotions.name'), dataIndex: 'name' },
      {
        key: 'state',
        title: t('orders.status'),
        width: 200,
        render: (_value, { state }) => (
          <Tag tone={PROMOTION_TONES[state]}>{pickText(PROMOTION_STATE_MEANING[state], i18n.language)}</Tag>
        ),
      },
      {
        key: 'starts',
        title: t('promotions.starts'),
        width: 170,
        render: (_value, { startsAt }) => <Moment at={startsAt} />,
      },
      {
        key: 'ends',
        title: t('promotions.ends'),
        width: 170,
        render: (_value, { endsAt }) => <Moment at={endsAt} />,
      },
      ...(['promised', 'drawn', 'remaining'] as const).map((name) => ({
        key: name,
        title: t(`quota.${name}`),
        width: 100,
        align: 'right' as const,
        render: (_value: unknown, { total }: Promotion) => total[name],
      })),
    ],
    [t, i18n.language],
  )
}
