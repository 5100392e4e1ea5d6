import { DownloadOutlined } from '@ant-design/icons'
import { keepPreviousData } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Input, Segmented } from 'antd'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { CHANGE_TYPES, type ChangeType } from '../../../domain/change.ts'
import { STATISTIC_KEYS, STATISTIC_SORTS } from '../../../domain/change-statistics.ts'
import { api } from '../api/client.ts'
import { useNames } from '../api/directory.ts'
import { present } from '../api/query.ts'
import type { StatisticsRow } from '../api/types.ts'
import { ApplicantName } from '../components/actor-name.tsx'
import { FilterBar } from '../components/filter-bar.tsx'
import { FilterSelect } from '../components/filter-select.tsx'
import { type ListColumn, ListTable } from '../components/list-table.tsx'
import { Moment } from '../components/moment.tsx'
import { Difference, Money } from '../components/money.tsx'
import { PageHead } from '../components/page-head.tsx'
import { SearchField } from '../components/search-field.tsx'
import { Section } from '../components/section.tsx'
import { useFilters } from '../components/use-filters.ts'
import { useList } from '../components/use-list.ts'
import { formatPoints } from '../format/number.ts'
import { Figure } from '../overview/number.tsx'
import { monthOf } from './periods.ts'

const route = getRouteApi('/shell/reports/changes')
const PAGE = 50

/** Changes of a month beside the month before, by store, person or type. */
export function StatisticsPage() {
  const { t } = useTranslation()
  const search = route.useSearch()
  const change = useFilters<typeof search>()
  const { by = 'store', cursor: _cursor, ...rest } = search
  const { options: stores } = useNames('/v1/stores')
  const month = search.month ?? monthOf(new Date())
  const query = api.useQuery(
    'get',
    '/v1/reports/changes',
    { params: { query: { ...present(search), by, month, limit: PAGE } } },
    { placeholderData: keepPreviousData },
  )
  const total = query.data?.total
  const file = new URLSearchParams(present({ ...rest, by, month }))
  return (
    <>
      <PageHead
        title={t('reports.statistics')}
        extra={
          <>
            {query.data && <Moment at={query.data.refreshedAt} />}{' '}
            <a href={`/v1/reports/changes/export?${file}`} download>
              <DownloadOutlined /> {t('export.csv')}
            </a>
          </>
        }
      />
      <FilterBar label={t('list.filters')}>
        <Input
          type="month"
          className="filter"
          aria-label={t('statistics.month')}
          value={month}
          onChange={({ target }) => change({ month: target.value })}
        />
        <Segmented
          aria-label={t('statistics.by')}
          value={by}
          options={STATISTIC_KEYS.map((value) => ({ value, label: t(`statisticKey.${value}`) }))}
          onChange={(value) => change({ by: value === 'store' ? undefined : value })}
        />
        <FilterSelect
          label={t('orders.store')}
          isSearchable
          value={search.storeId}
          onChange={(storeId) => change({ storeId })}
          options={stores}
        />
        <SearchField
          label={t('change.applicant')}
          value={search.applicant}
          onSearch={(applicant) => change({ applicant })}
        />
        <FilterSelect
          label={t('change.type')}
          value={search.type}
          onChange={(type) => change({ type })}
          options={CHANGE_TYPES.map((value) => ({ value, label: t(`changeType.${value}`) }))}
        />
        <FilterSelect
          label={t('list.sort')}
          value={search.sort}
          onChange={(sort) => change({ sort })}
          options={STATISTIC_SORTS.map((value) => ({ value, label: t(`statisticSort.${value}`) }))}
        />
      </FilterBar>
      {total && (
        <Section title={t('statistics.total', { month })}>
          <div className="figures">
            {(['requests', 'applied', 'rejected'] as const).map((name) => (
              <Figure
                key={name}
                name={`${t(`statistics.${name}`)} (${t('statistics.before')} ${total.before[name]})`}
              >
                {total.now[name]}
              </Figure>
            ))}
            <Figure name={t('statistics.concession')}>
              <Money cents={total.now.concessionCents} />
            </Figure>
            <Figure name={t('statistics.difference')}>
              <Difference cents={total.now.differenceCents} />
            </Figure>
          </div>
        </Section>
      )}
      <ListTable
        label={t('reports.statistics')}
        list={useList<StatisticsRow>(query)}
        columns={useColumns(by, month, search)}
        rowKey={({ key }) => key}
      />
    </>
  )
}

function useColumns(
  by: (typeof STATISTIC_KEYS)[number],
  month: string,
  { storeId, applicant, type }: Narrowed,
): ListColumn<StatisticsRow>[] {
  const { t } = useTranslation()
  const { nameOf } = useNames('/v1/stores')
  return useMemo(
    () => [
      {
        key: 'key',
        title: t(`statisticKey.${by}`),
        render: (_value, { key }) => (
          <Link to="/change-requests" search={behind(by, key, month, present({ storeId, applicant, type }))}>
            {by === 'store' && nameOf(key)}
            {by === 'type' && t(`changeType.${key as ChangeType}`)}
            {by === 'person' && <ApplicantName applicant={key} />}
          </Link>
        ),
      },
      {
        key: 'requests',
        title: t('statistics.requests'),
        width: 160,
        align: 'right',
        render: (_value, { now, before, growthPercent }) => (
          <Compared now={now.requests} before={before.requests} growth={growthPercent.requests} />
        ),
      },
      {
        key: 'applied',
        title: t('statistics.applied'),
        width: 100,
        align: 'right',
        render: (_value, { now }) => now.applied,
      },
      {
        key: 'rejected',
        title: t('statistics.rejected'),
        width: 100,
        align: 'right',
        render: (_value, { now }) => now.rejected,
      },
      {
        key: 'concession',
        title: t('statistics.concession'),
        width: 140,
        align: 'right',
        render: (_value, { now }) => <Money cents={now.concessionCents} />,
      },
      {
        key: 'difference',
        title: t('statistics.difference'),
        width: 140,
        align: 'right',
        render: (_value, { now }) => <Difference cents={now.differenceCents} />,
      },
    ],
    [t, by, month, storeId, applicant, type, nameOf],
  )
}

/** Other filters that the rows were counted by. */
type Narrowed = {
  storeId?: string | undefined
  applicant?: string | undefined
  type?: ChangeType | undefined
}

/** The requests that a row counts. */
function behind(by: (typeof STATISTIC_KEYS)[number], key: string, month: string, narrowed: Narrowed) {
  const from = new Date(`${month}-01T00:00:00+08:00`)
  const [year = 0, number = 1] = month.split('-').map(Number)
  const next = number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`
  const period = {
    ...narrowed,
    createdFrom: from.toISOString(),
    createdTo: new Date(`${next}-01T00:00:00+08:00`).toISOString(),
  }
  if (by === 'store') return { ...period, storeId: key }
  return by === 'type' ? { ...period, type: key as ChangeType } : { ...period, applicant: key }
}

function Compared({ now, before, growth }: { now: number; before: number; growth: number | null }) {
  return (
    <>
      {now}{' '}
      <span className="quiet">
        {growth === null ? `(${before})` : `(${before}, ${formatPoints(growth)}%)`}
      </span>
    </>
  )
}
