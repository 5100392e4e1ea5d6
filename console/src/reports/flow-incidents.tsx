import { keepPreviousData } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import { present } from '../api/query.ts'
import type { FlowIncident } from '../api/types.ts'
import { FilterSelect } from '../components/filter-select.tsx'
import { type ListColumn, ListTable } from '../components/list-table.tsx'
import { Moment } from '../components/moment.tsx'
import { Section } from '../components/section.tsx'
import { Tag } from '../components/tag.tsx'
import { useFilters } from '../components/use-filters.ts'
import { useList } from '../components/use-list.ts'
import { pickText } from '../format/bilingual.ts'

const route = getRouteApi('/shell/reports/data-flow')
const PAGE = 20

/** When flows were broken, and the worst that it came to. */
export function FlowIncidents() {
  const { t } = useTranslation()
  const { state, cursor } = route.useSearch()
  const change = useFilters<{ state: string }>()
  const query = api.useQuery(
    'get',
    '/v1/data-flow/incidents',
    { params: { query: { ...present({ state, cursor }), limit: PAGE } } },
    { placeholderData: keepPreviousData },
  )
  return (
    <Section
      title={t('flow.incidents')}
      extra={
        <FilterSelect
          label={t('flow.state')}
          value={state}
          onChange={(value) => change({ state: value })}
          options={(['open', 'closed'] as const).map((value) => ({
            value,
            label: t(`incidentState.${value}`),
          }))}
        />
      }
    >
      <ListTable
        label={t('flow.incidents')}
        list={useList<FlowIncident>(query)}
        columns={useColumns()}
        rowKey={({ incidentId }) => incidentId}
      />
    </Section>
  )
}

function useColumns(): ListColumn<FlowIncident>[] {
  const { t, i18n } = useTranslation()
  return useMemo(
    () => [
      { key: 'edge', title: t('flow.edge'), width: 240, dataIndex: 'edgeId' },
      {
        key: 'kind',
        title: t('flow.kind'),
        width: 160,
        render: (_value, { title }) => pickText(title, i18n.language),
      },
      {
        key: 'state',
        title: t('flow.state'),
        width: 100,
        render: (_value, { state }) => (
          <Tag tone={state === 'open' ? 'red' : 'grey'}>{t(`incidentState.${state}`)}</Tag>
        ),
      },
      {
        key: 'opened',
        title: t('flow.opened'),
        width: 190,
        render: (_value, { openedAt }) => <Moment at={openedAt} />,
      },
      {
        key: 'closed',
        title: t('flow.closed'),
        width: 190,
        render: (_value, { closedAt }) => <Moment at={closedAt} />,
      },
      {
        key: 'orders',
        title: t('flow.affected'),
        width: 110,
        align: 'right',
        render: (_value, { worst }) => worst.ordersAffected,
      },
    ],
    [t, i18n.language],
  )
}
