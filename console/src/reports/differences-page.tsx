import { keepPreviousData } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { COUNTERPARTS, DIFFERENCE_KINDS, DIFFERENCE_STATES } from '../../../domain/reconciliation.ts'
import { api } from '../api/client.ts'
import { useNames } from '../api/directory.ts'
import { present } from '../api/query.ts'
import type { Difference } from '../api/types.ts'
import { OrderLink } from '../approvals/order-link.tsx'
import { FilterBar } from '../components/filter-bar.tsx'
import { FilterSelect } from '../components/filter-select.tsx'
import { type ListColumn, ListTable } from '../components/list-table.tsx'
import { Money } from '../components/money.tsx'
import { PageHead } from '../components/page-head.tsx'
import { Tag, type Tone } from '../components/tag.tsx'
import { useFilters } from '../components/use-filters.ts'
import { useList } from '../components/use-list.ts'
import { pickText } from '../format/bilingual.ts'

const route = getRouteApi('/shell/reports/reconciliation')
const PAGE = 50
const SORTS = ['largest', 'newest', 'oldest'] as const

const DIFFERENCE_TONES: Record<Difference['state'], Tone> = {
  open: 'red',
  change_requested: 'gold',
  accepted: 'grey',
  fixed: 'green',
  resolved: 'green',
}

export function DifferenceState({ state }: { state: Difference['state'] }) {
  const { t } = useTranslation()
  return <Tag tone={DIFFERENCE_TONES[state]}>{t(`differenceState.${state}`)}</Tag>
}

/** In what the hub and the systems around it disagree, the most money first. */
export function DifferencesPage() {
  const { t } = useTranslation()
  const search = route.useSearch()
  const change = useFilters<typeof search>()
  const navigate = useNavigate()
  const query = api.useQuery(
    'get',
    '/v1/reconciliation-differences',
    { params: { query: { ...present(search), limit: PAGE } } },
    { placeholderData: keepPreviousData },
  )
  const { options: stores } = useNames('/v1/stores')
  return (
    <>
      <PageHead
        title={t('reports.reconciliation')}
        extra={
          <>
            <Link to="/reports/reconciliation/runs">{t('reconciliation.runs')}</Link>{' '}
            <Link to="/reports/reconciliation/periods">{t('reconciliation.periods')}</Link>
          </>
        }
      />
      <FilterBar label={t('list.filters')}>
        <FilterSelect
          label={t('reconciliation.counterpart')}
          value={search.counterpart}
          onChange={(counterpart) => change({ counterpart })}
          options={COUNTERPARTS.map((value) => ({ value, label: t(`counterpart.${value}`) }))}
        />
        <FilterSelect
          label={t('reconciliation.kind')}
          value={search.kind}
          onChange={(kind) => change({ kind })}
          options={DIFFERENCE_KINDS.map((value) => ({ value, label: t(`differenceKind.${value}`) }))}
        />
        <FilterSelect
          label={t('differenceState.unsettled')}
          value={search.state}
          onChange={(state) => change({ state })}
          options={DIFFERENCE_STATES.map((value) => ({ value, label: t(`differenceState.${value}`) }))}
        />
        <FilterSelect
          label={t('orders.store')}
          value={search.storeId}
          onChange={(storeId) => change({ storeId })}
          options={stores}
          isSearchable
        />
        <FilterSelect
          label={t('reconciliation.largest')}
          value={search.sort}
          onChange={(sort) => change({ sort })}
          options={SORTS.map((value) => ({
            value,
            label: value === 'largest' ? t('reconciliation.largest') : t(`list.${value}`),
          }))}
        />
      </FilterBar>
      <ListTable
        label={t('reports.reconciliation')}
        list={useList<Difference>(query)}
        columns={useColumns()}
        rowKey={({ differenceId }) => differenceId}
        onOpen={({ differenceId }) =>
          void navigate({ to: '/reports/reconciliation/$differenceId', params: { differenceId } })
        }
        empty={{ title: t('reconciliation.none'), hint: t('reconciliation.noneHint') }}
      />
    </>
  )
}

function useColumns(): ListColumn<Difference>[] {
  const { t, i18n } = useTranslation()
  return useMemo(
    () => [
      {
        key: 'what',
        title: t('reconciliation.what'),
        width: 260,
        render: (_value, { differenceId, meaning }) => (
          <Link to="/reports/reconciliation/$differenceId" params={{ differenceId }}>
            {pickText(meaning, i18n.language)}
          </Link>
        ),
      },
      {
        key: 'counterpart',
        title: t('reconciliation.counterpart'),
        width: 100,
        render: (_value, { counterpart }) => t(`counterpart.${counterpart}`),
      },
      {
        key: 'state',
        title: t('reconciliation.state'),
        width: 100,
        render: (_value, { state }) => <DifferenceState state={state} />,
      },
      {
        key: 'stake',
        title: t('reconciliation.atStake'),
        width: 130,
        align: 'right',
        render: (_value, { atStakeCents }) => <Money cents={atStakeCents} />,
      },
      {
        key: 'order',
        title: t('change.order'),
        width: 140,
        render: (_value, { orderId }) => (orderId === null ? '–' : <OrderLink orderId={orderId} />),
      },
      { key: 'on', title: t('reconciliation.occurredOn'), width: 120, dataIndex: 'occurredOn' },
      { key: 'age', title: t('reconciliation.ageDays'), width: 90, align: 'right', dataIndex: 'ageDays' },
      {
        key: 'advice',
        title: t('reconciliation.suggestion'),
        render: (_value, { suggestion }) => (
          <span className="quiet">{pickText(suggestion, i18n.language)}</span>
        ),
      },
    ],
    [t, i18n.language],
  )
}
