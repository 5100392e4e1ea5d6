import { keepPreviousData } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Checkbox, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import type { Inspection } from '../api/types.ts'
import { FilterBar } from '../components/filter-bar.tsx'
import { ListPager } from '../components/list-pager.tsx'
import { Until } from '../components/moment.tsx'
import { PageHead } from '../components/page-head.tsx'
import { Failure, Loading, NothingHere } from '../components/states.tsx'
import { Tag, type Tone } from '../components/tag.tsx'
import { useFilters } from '../components/use-filters.ts'
import { useList } from '../components/use-list.ts'
import { useErrands } from '../device/use-device.ts'
import { usePerson } from '../session/session.ts'

const route = getRouteApi('/shell/device/inspections')
const PAGE = 20
const STATES = ['open', 'passed', 'failed', 'cancelled', 'all'] as const
const TONES: Record<Inspection['state'], Tone> = {
  open: 'orange',
  passed: 'green',
  failed: 'red',
  cancelled: 'grey',
}

/** Where somebody is sent to, the most urgent first. */
export function InspectionsPage() {
  const { t } = useTranslation()
  const { userName, role } = usePerson()
  const { state: chosen, everybody, cursor } = route.useSearch()
  const change = useFilters<{ state: unknown; everybody: unknown }>()
  const state: (typeof STATES)[number] = chosen ?? 'open'
  const params = {
    query: {
      limit: PAGE,
      sort: 'due' as const,
      ...(cursor === undefined ? {} : { cursor }),
      ...(state === 'all' ? {} : { state }),
      ...(everybody ? {} : { assignee: userName }),
    },
  }
  const query = api.useQuery('get', '/v1/inspections', { params }, { placeholderData: keepPreviousData })
  const list = useList<Inspection>(query)
  return (
    <>
      <PageHead title={t('inspections.title')} />
      <FilterBar label={t('list.filters')}>
        <Select
          className="filter"
          aria-label={t('inspections.state')}
          value={state}
          onChange={(value) => change({ state: value === 'open' ? undefined : value })}
          options={STATES.map((value) => ({ value, label: t(`inspectionState.${value}`) }))}
        />
        {role !== 'inspector' && (
          <Checkbox
            checked={everybody ?? false}
            onChange={({ target }) => change({ everybody: target.checked })}
          >
            {t('inspections.everybody')}
          </Checkbox>
        )}
      </FilterBar>
      {list.isPending && <Loading />}
      {list.error !== null && list.rows.length === 0 && <Failure error={list.error} onRetry={list.refetch} />}
      {query.isSuccess && list.rows.length === 0 && (
        <NothingHere title={t('inspections.empty')} hint={t('inspections.emptyHint')} />
      )}
      <ul className="inbox-list" aria-label={t('inspections.title')}>
        {list.rows.map((inspection) => (
          <li key={inspection.inspectionId}>
            <InspectionCard inspection={inspection} />
          </li>
        ))}
      </ul>
      {list.rows.length > 0 && (
        <div className="list-foot">
          <ListPager list={list} />
        </div>
      )}
    </>
  )
}

function InspectionCard({ inspection }: { inspection: Inspection }) {
  const { t } = useTranslation()
  const { inspectionId, orderId, state, division, divisionCode, dueAt, assignee } = inspection
  const waiting = useErrands(inspectionId).length
  return (
    <Link to="/inspections/$inspectionId" params={{ inspectionId }} className="inbox-entry pick-card">
      <span className="inbox-line">
        <strong>{division ?? divisionCode}</strong>
        <InspectionStateTag state={state} />
      </span>
      <span className="inbox-line">
        <span className="code">…{orderId.slice(-12)}</span>
        <span className="quiet">{assignee ?? t('workItems.unassigned')}</span>
      </span>
      <span className="inbox-line">
        {state === 'open' ? <Until at={dueAt} /> : <span />}
        {waiting > 0 && <Tag tone="blue">{t('device.waiting', { count: waiting })}</Tag>}
      </span>
    </Link>
  )
}

export function InspectionStateTag({ state }: { state: Inspection['state'] }) {
  const { t } = useTranslation()
  return <Tag tone={TONES[state]}>{t(`inspectionState.${state}`)}</Tag>
}
