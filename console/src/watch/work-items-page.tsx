import { CloseOutlined } from '@ant-design/icons'
import { keepPreviousData } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { Button, Checkbox, Select } from 'antd'
import { lazy, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { WORK_ITEM_AGES } from '../../../domain/work-item-age.ts'
import { api } from '../api/client.ts'
import { asQuery } from '../api/query.ts'
import type { WorkItem } from '../api/types.ts'
import { OrderLink } from '../approvals/order-link.tsx'
import { ActorName } from '../components/actor-name.tsx'
import { BulkSlot } from '../components/bulk-slot.tsx'
import { FilterBar } from '../components/filter-bar.tsx'
import { FilterSelect } from '../components/filter-select.tsx'
import { type ListColumn, ListTable } from '../components/list-table.tsx'
import { Ago } from '../components/moment.tsx'
import { PageHead } from '../components/page-head.tsx'
import { useFilters } from '../components/use-filters.ts'
import { useList } from '../components/use-list.ts'
import { useSelection } from '../components/use-selection.ts'
import { pickText } from '../format/bilingual.ts'
import { usePerson } from '../session/session.ts'
import { Snoozed } from './snoozed.tsx'

const WorkItemBulk = lazy(async () => ({ default: (await import('./work-item-bulk.tsx')).WorkItemBulk }))

const route = getRouteApi('/shell/work-items')
const PAGE = 50

/** What people must look at, each with what to do next. */
export function WorkItemsPage() {
  const { t, i18n } = useTranslation()
  const search = route.useSearch()
  // One of the catalogue, or a word out of somebody's link, which the API refuses with its list of kinds.
  const kind = search.kind as WorkItem['kind'] | undefined
  const query = api.useQuery(
    'get',
    '/v1/work-items',
    { params: { query: { ...asQuery({ ...search, kind }), limit: PAGE } } },
    { placeholderData: keepPreviousData },
  )
  const change = useFilters<typeof search>()
  const navigate = useNavigate()
  const { userName } = usePerson()
  const kinds = useKinds()
  const list = useList<WorkItem>(query)
  const selection = useSelection(list.rows, {
    keyOf,
    nameOf: ({ title, key }) => `${pickText(title, i18n.language)} ${key}`,
  })
  return (
    <>
      <PageHead title={t('workItems.title')} />
      <FilterBar label={t('list.filters')}>
        <Select
          aria-label={t('workItems.state')}
          className="filter"
          value={search.state ?? 'open'}
          onChange={(state) => change({ state: state === 'open' ? undefined : state })}
          options={(['open', 'resolved'] as const).map((value) => ({
            value,
            label: t(`workItems.${value}`),
          }))}
        />
        <Select
          aria-label={t('list.sort')}
          className="filter"
          value={search.sort ?? 'oldest'}
          onChange={(sort) => change({ sort: sort === 'oldest' ? undefined : sort })}
          options={(['oldest', 'newest'] as const).map((value) => ({ value, label: t(`list.${value}`) }))}
        />
        <Select
          aria-label={t('workItems.snoozed')}
          className="filter"
          value={search.snoozed ?? 'exclude'}
          onChange={(snoozed) => change({ snoozed: snoozed === 'exclude' ? undefined : snoozed })}
          options={(['exclude', 'only', 'include'] as const).map((value) => ({
            value,
            label: t(`workItems.snoozedFilter.${value}`),
          }))}
        />
        <FilterSelect
          label={t('overview.workItemsByAge')}
          value={search.waited}
          onChange={(waited) => change({ waited })}
          options={WORK_ITEM_AGES.map((value) => ({ value, label: t(`overview.${value}`) }))}
        />
        <FilterSelect
          label={t('workItems.kind')}
          isSearchable
          value={kind}
          onChange={(chosen) => change({ kind: chosen })}
          options={kinds.map((each) => ({ value: each.kind, label: pickText(each.title, i18n.language) }))}
        />
        <Checkbox
          checked={search.owner === userName}
          onChange={({ target }) => change({ owner: target.checked ? userName : undefined })}
        >
          {t('workItems.mine')}
        </Checkbox>
        {search.orderId !== undefined && (
          <Button icon={<CloseOutlined />} iconPlacement="end" onClick={() => change({ orderId: undefined })}>
            {t('workItems.order')} {search.orderId.slice(-12)}
          </Button>
        )}
      </FilterBar>
      <ListTable
        label={t('workItems.title')}
        list={list}
        columns={useColumns()}
        rowKey={keyOf}
        {...(search.state === 'resolved' ? {} : { selection })}
        onOpen={({ workItemId }) => void navigate({ to: '/work-items/$workItemId', params: { workItemId } })}
      />
      <BulkSlot selection={selection}>
        <WorkItemBulk selection={selection} keyOf={keyOf} />
      </BulkSlot>
    </>
  )
}

const keyOf = ({ workItemId }: WorkItem) => workItemId

/** The kinds that there are; they change with a release. */
function useKinds(): Pick<WorkItem, 'kind' | 'title'>[] {
  const { data } = api.useQuery('get', '/v1/work-items/kinds', {}, { staleTime: Number.POSITIVE_INFINITY })
  return data?.items ?? []
}

function useColumns(): ListColumn<WorkItem>[] {
  const { t, i18n } = useTranslation()
  return useMemo(
    () => [
      {
        key: 'kind',
        title: t('workItems.kind'),
        width: 280,
        render: (_value, { workItemId, title, snooze }) => (
          <>
            <Link to="/work-items/$workItemId" params={{ workItemId }}>
              {pickText(title, i18n.language)}
            </Link>
            {snooze !== null && <Snoozed snooze={snooze} />}
          </>
        ),
      },
      {
        key: 'next',
        title: t('workItems.next'),
        render: (_value, { nextStep }) => <span className="quiet">{pickText(nextStep, i18n.language)}</span>,
      },
      {
        key: 'order',
        title: t('workItems.order'),
        width: 130,
        render: (_value, { orderId }) => (orderId === null ? '–' : <OrderLink orderId={orderId} />),
      },
      {
        key: 'owner',
        title: t('workItems.owner'),
        width: 120,
        render: (_value, { owner }) =>
          owner === null ? (
            <span className="quiet">{t('workItems.unassigned')}</span>
          ) : (
            <ActorName actor={owner} />
          ),
      },
      {
        key: 'times',
        title: t('workItems.occurrences'),
        width: 72,
        align: 'right',
        dataIndex: 'occurrences',
      },
      {
        key: 'since',
        title: t('workItems.since'),
        width: 120,
        render: (_value, { createdAt }) => <Ago at={createdAt} />,
      },
    ],
    [t, i18n.language],
  )
}
