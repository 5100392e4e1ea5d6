import { keepPreviousData } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { ANOMALY_KINDS } from '../../../domain/change-anomaly.ts'
import { ANOMALY_STATES } from '../../../domain/change-anomaly-state.ts'
import { api } from '../api/client.ts'
import { useNames } from '../api/directory.ts'
import { present } from '../api/query.ts'
import type { Anomaly } from '../api/types.ts'
import { FilterBar } from '../components/filter-bar.tsx'
import { FilterSelect } from '../components/filter-select.tsx'
import { type ListColumn, ListTable } from '../components/list-table.tsx'
import { Moment } from '../components/moment.tsx'
import { PageHead } from '../components/page-head.tsx'
import { SearchField } from '../components/search-field.tsx'
import { Tag, type Tone } from '../components/tag.tsx'
import { useFilters } from '../components/use-filters.ts'
import { useList } from '../components/use-list.ts'
import { pickText } from '../format/bilingual.ts'
import { CHINA_ZONE } from '../format/time.ts'

const route = getRouteApi('/shell/reports/anomalies')
const PAGE = 50
const SORTS = ['newest', 'oldest', 'worst'] as const
const TONES: Record<Anomaly['state'], Tone> = {
  new: 'red',
  checked: 'gold',
  confirmed: 'purple',
  dismissed: 'grey',
}

export function AnomalyState({ state }: { state: Anomaly['state'] }) {
  const { t } = useTranslation()
  return <Tag tone={TONES[state]}>{t(`anomalyState.${state}`)}</Tag>
}

/** What about changes of orders risk control should look at. */
export function AnomaliesPage() {
  const { t } = useTranslation()
  const search = route.useSearch()
  const change = useFilters<typeof search>()
  const navigate = useNavigate()
  const query = api.useQuery(
    'get',
    '/v1/change-anomalies',
    { params: { query: { ...present(search), limit: PAGE } } },
    { placeholderData: keepPreviousData },
  )
  const { options: stores } = useNames('/v1/stores')
  return (
    <>
      <PageHead title={t('reports.anomalies')} />
      <FilterBar label={t('list.filters')}>
        <FilterSelect
          label={t('anomaly.state')}
          value={search.state}
          onChange={(state) => change({ state })}
          options={ANOMALY_STATES.map((value) => ({ value, label: t(`anomalyState.${value}`) }))}
        />
        <FilterSelect
          label={t('anomaly.kind')}
          value={search.kind}
          onChange={(kind) => change({ kind })}
          options={ANOMALY_KINDS.map((value) => ({ value, label: t(`anomalyKind.${value}`) }))}
        />
        <FilterSelect
          label={t('orders.store')}
          value={search.storeId}
          onChange={(storeId) => change({ storeId })}
          options={stores}
          isSearchable
        />
        <SearchField
          label={t('anomaly.person')}
          value={search.person}
          onSearch={(person) => change({ person })}
        />
        <FilterSelect
          label={t('list.sort')}
          value={search.sort}
          onChange={(sort) => change({ sort })}
          options={SORTS.map((value) => ({
            value,
            label: value === 'worst' ? t('anomaly.worst') : t(`list.${value}`),
          }))}
        />
      </FilterBar>
      <ListTable
        label={t('reports.anomalies')}
        list={useList<Anomaly>(query)}
        columns={useColumns()}
        rowKey={({ anomalyId }) => anomalyId}
        onOpen={({ anomalyId }) =>
          void navigate({ to: '/reports/anomalies/$anomalyId', params: { anomalyId } })
        }
      />
    </>
  )
}

function useColumns(): ListColumn<Anomaly>[] {
  const { t, i18n } = useTranslation()
  const { nameOf } = useNames('/v1/stores')
  return useMemo(
    () => [
      {
        key: 'what',
        title: t('anomaly.what'),
        render: (_value, { anomalyId, sentence }) => (
          <Link to="/reports/anomalies/$anomalyId" params={{ anomalyId }} title={CHINA_ZONE}>
            {pickText(sentence, i18n.language)}
          </Link>
        ),
      },
      {
        key: 'kind',
        title: t('anomaly.kind'),
        width: 150,
        render: (_value, { kind }) => t(`anomalyKind.${kind}`),
      },
      {
        key: 'state',
        title: t('anomaly.state'),
        width: 100,
        render: (_value, { state }) => <AnomalyState state={state} />,
      },
      { key: 'score', title: t('anomaly.score'), width: 90, align: 'right', dataIndex: 'score' },
      {
        key: 'people',
        title: t('anomaly.people'),
        width: 180,
        render: (_value, { people }) => people.join(' · '),
      },
      {
        key: 'store',
        title: t('orders.store'),
        width: 130,
        render: (_value, { storeId }) => nameOf(storeId),
      },
      {
        key: 'found',
        title: t('anomaly.foundAt'),
        width: 190,
        render: (_value, { foundAt }) => <Moment at={foundAt} />,
      },
    ],
    [t, i18n.language, nameOf],
  )
}
