import { keepPreviousData } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import { useNames } from '../api/directory.ts'
import { asQuery } from '../api/query.ts'
import type { PickTask } from '../api/types.ts'
import { FilterBar } from '../components/filter-bar.tsx'
import { FilterSelect } from '../components/filter-select.tsx'
import { ListPager } from '../components/list-pager.tsx'
import { Ago } from '../components/moment.tsx'
import { PageHead } from '../components/page-head.tsx'
import { Failure, Loading, NothingHere } from '../components/states.tsx'
import { Tag } from '../components/tag.tsx'
import { useFilters } from '../components/use-filters.ts'
import { useList } from '../components/use-list.ts'
import { ScanNotice } from './scan-notice.tsx'
import { playSound } from './sounds.ts'
import { useScanner } from './use-scanner.ts'

const route = getRouteApi('/shell/device/picking')
const PAGE = 20
const LOOK_EVERY_MS = 15_000

/** What is to be picked, the oldest first: by tapping it, or by scanning the label of its order. */
export function PickTasksPage() {
  const { t } = useTranslation()
  const search = route.useSearch()
  const change = useFilters<typeof search>()
  const { options: warehouses } = useNames('/v1/warehouses')
  const query = api.useQuery(
    'get',
    '/v1/pick-tasks',
    { params: { query: { ...asQuery(search), limit: PAGE } } },
    { placeholderData: keepPreviousData, refetchInterval: LOOK_EVERY_MS },
  )
  const list = useList<PickTask>(query)
  const unknown = useOpenByScan(list.rows)
  return (
    <>
      <PageHead title={t('picking.title')} />
      <FilterBar label={t('list.filters')}>
        <FilterSelect
          label={t('stock.warehouse')}
          value={search.warehouseId}
          onChange={(warehouseId) => change({ warehouseId })}
          options={warehouses}
        />
      </FilterBar>
      {unknown !== null && (
        <ScanNotice tone="wrong">{t('picking.unknownLabel', { code: unknown })}</ScanNotice>
      )}
      {list.isPending && <Loading />}
      {list.error !== null && list.rows.length === 0 && <Failure error={list.error} onRetry={list.refetch} />}
      {query.isSuccess && list.rows.length === 0 && (
        <NothingHere title={t('picking.empty')} hint={t('picking.emptyHint')} />
      )}
      <ul className="inbox-list" aria-label={t('picking.title')}>
        {list.rows.map((task) => (
          <li key={task.pickTaskId}>
            <TaskCard task={task} />
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

/** @returns a label that none of the tasks on the screen has */
function useOpenByScan(tasks: readonly PickTask[]): string | null {
  const navigate = useNavigate()
  const [unknown, setUnknown] = useState<string | null>(null)
  useScanner((code) => {
    const wanted = code.toLowerCase()
    const task = tasks.find(({ pickTaskId, orderId }) =>
      [pickTaskId, orderId].some((id) => id.toLowerCase() === wanted),
    )
    playSound(task ? 'right' : 'wrong')
    setUnknown(task ? null : code)
    if (!task) return
    const { orderId, pickTaskId } = task
    void navigate({ to: '/picking/$orderId/$pickTaskId', params: { orderId, pickTaskId } })
  })
  return unknown
}

function TaskCard({ task }: { task: PickTask }) {
  const { t } = useTranslation()
  const { nameOf } = useNames('/v1/warehouses')
  const { pickTaskId, orderId, lines, state, warehouseId, createdAt, onHoldFor } = task
  const units = lines.reduce((sum, { quantity }) => sum + quantity, 0)
  return (
    <Link
      to="/picking/$orderId/$pickTaskId"
      params={{ orderId, pickTaskId }}
      className="inbox-entry pick-card"
    >
      <span className="inbox-line">
        <strong className="code">…{orderId.slice(-12)}</strong>
        <Tag tone={state === 'created' ? 'grey' : 'blue'}>{t(`taskState.${state}`)}</Tag>
      </span>
      <span className="inbox-line">
        <span>{t('picking.units', { lines: lines.length, count: units })}</span>
        <span className="quiet">{nameOf(warehouseId)}</span>
      </span>
      <span className="inbox-line quiet">
        <Ago at={createdAt} />
        {onHoldFor !== null && <Tag tone="orange">{t('order.heldForChange')}</Tag>}
      </span>
    </Link>
  )
}
