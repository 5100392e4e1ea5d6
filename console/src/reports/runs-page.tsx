import { keepPreviousData, useMutation } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Button, Input, Progress, Select } from 'antd'
import { useId, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { COUNTERPARTS, type Counterpart } from '../../../domain/reconciliation.ts'
import { api, client } from '../api/client.ts'
import { useOperation } from '../api/operation.ts'
import { present } from '../api/query.ts'
import type { ReconciliationRun } from '../api/types.ts'
import { ActionButton } from '../components/action-button.tsx'
import { ActorName } from '../components/actor-name.tsx'
import { FilterBar } from '../components/filter-bar.tsx'
import { FilterSelect } from '../components/filter-select.tsx'
import { type ListColumn, ListTable } from '../components/list-table.tsx'
import { Moment } from '../components/moment.tsx'
import { PageHead } from '../components/page-head.tsx'
import { ProblemText } from '../components/problem-text.tsx'
import { Section } from '../components/section.tsx'
import { Tag, type Tone } from '../components/tag.tsx'
import { useFilters } from '../components/use-filters.ts'
import { useList } from '../components/use-list.ts'
import { isOffered } from '../session/screens.ts'
import { usePerson } from '../session/session.ts'
import { dayBefore } from './periods.ts'

const route = getRouteApi('/shell/reports/reconciliation/runs')
const PAGE = 30
const LOOK_EVERY_MS = 3_000
const STATES = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const
const TONES: Record<ReconciliationRun['state'], Tone> = {
  waiting: 'grey',
  running: 'blue',
  done: 'green',
  failed: 'red',
  cancelled: 'grey',
}

/** Comparisons of the hub with other systems: how far they are, and what they came to. */
export function RunsPage() {
  const { t } = useTranslation()
  const { role } = usePerson()
  const search = route.useSearch()
  const change = useFilters<typeof search>()
  const query = api.useQuery(
    'get',
    '/v1/reconciliations',
    { params: { query: { ...present(search), limit: PAGE } } },
    {
      placeholderData: keepPreviousData,
      refetchInterval: ({ state }) =>
        state.data?.items.some((run) => run.state === 'running' || run.state === 'waiting')
          ? LOOK_EVERY_MS
          : false,
    },
  )
  const mayRun = isOffered('runReconciliation', role)
  const refresh = () => void query.refetch()
  return (
    <>
      <PageHead
        title={t('reconciliation.runs')}
        extra={<Link to="/reports/reconciliation">{t('reconciliation.differences')}</Link>}
      />
      {mayRun && <StartForm onStarted={refresh} />}
      <FilterBar label={t('list.filters')}>
        <FilterSelect
          label={t('reconciliation.counterpart')}
          value={search.counterpart}
          onChange={(counterpart) => change({ counterpart })}
          options={COUNTERPARTS.map((value) => ({ value, label: t(`counterpart.${value}`) }))}
        />
        <FilterSelect
          label={t('reconciliation.state')}
          value={search.state}
          onChange={(state) => change({ state })}
          options={STATES.map((value) => ({ value, label: t(`runState.${value}`) }))}
        />
      </FilterBar>
      <ListTable
        label={t('reconciliation.runs')}
        list={useList<ReconciliationRun>(query)}
        columns={useColumns(mayRun, refresh)}
        rowKey={({ runId }) => runId}
      />
    </>
  )
}

function StartForm({ onStarted }: { onStarted: () => void }) {
  const { t } = useTranslation()
  const id = useId()
  const [counterpart, setCounterpart] = useState<Counterpart>('finance')
  const [from, setFrom] = useState(() => dayBefore(new Date(), 1))
  const [to, setTo] = useState(() => dayBefore(new Date(), 1))
  const once = useOperation()
  const start = useMutation({
    mutationFn: async () => {
      const body = { counterpart, from, to }
      await once(body, (header) => client.POST('/v1/reconciliations', { params: { header }, body }))
    },
    onSuccess: onStarted,
  })
  return (
    <Section title={t('reconciliation.start')}>
      <form
        className="row-line"
        onSubmit={(event) => {
          event.preventDefault()
          start.mutate()
        }}
      >
        <Select
          aria-label={t('reconciliation.counterpart')}
          className="filter"
          value={counterpart}
          onChange={setCounterpart}
          options={COUNTERPARTS.map((value) => ({ value, label: t(`counterpart.${value}`) }))}
        />
        <label htmlFor={`${id}-from`}>{t('orders.from')}</label>
        <Input
          id={`${id}-from`}
          type="date"
          className="filter"
          value={from}
          onChange={({ target }) => setFrom(target.value)}
        />
        <label htmlFor={`${id}-to`}>{t('orders.to')}</label>
        <Input
          id={`${id}-to`}
          type="date"
          className="filter"
          value={to}
          onChange={({ target }) => setTo(target.value)}
        />
        <Button htmlType="submit" loading={start.isPending}>
          {t('reconciliation.startNow')}
        </Button>
      </form>
      {start.error && <ProblemText error={start.error} />}
    </Section>
  )
}

function useColumns(mayRun: boolean, onChanged: () => void): ListColumn<ReconciliationRun>[] {
  const { t } = useTranslation()
  return useMemo(
    () => [
      {
        key: 'counterpart',
        title: t('reconciliation.counterpart'),
        width: 100,
        render: (_value, { counterpart }) => t(`counterpart.${counterpart}`),
      },
      {
        key: 'days',
        title: t('reconciliation.days'),
        width: 220,
        render: (_value, { from, to }) => (from === to ? from : `${from} ~ ${to}`),
      },
      {
        key: 'state',
        title: t('reconciliation.state'),
        width: 190,
        render: (_value, run) => <RunState run={run} />,
      },
      {
        key: 'result',
        title: t('reconciliation.result'),
        render: (_value, { runId, result, lastError }) => (
          <>
            <Link to="/reports/reconciliation" search={{ runId }}>
              {t('reconciliation.found', { count: result.differences, opened: result.opened })}
            </Link>{' '}
            <span className="quiet">{t('reconciliation.pairs', { count: result.pairs })}</span>
            {lastError !== null && <div className="late">{lastError}</div>}
          </>
        ),
      },
      {
        key: 'by',
        title: t('reconciliation.requestedBy'),
        width: 140,
        render: (_value, { requestedBy }) => <ActorName actor={requestedBy} />,
      },
      {
        key: 'at',
        title: t('reconciliation.startedAt'),
        width: 190,
        render: (_value, { startedAt, createdAt }) => <Moment at={startedAt ?? createdAt} />,
      },
      ...(mayRun
        ? [
            {
              key: 'act',
              title: t('reconciliation.act'),
              width: 120,
              render: (_value: unknown, run: ReconciliationRun) => (
                <RunAction run={run} onChanged={onChanged} />
              ),
            },
          ]
        : []),
    ],
    [t, mayRun, onChanged],
  )
}

function RunState({ run }: { run: ReconciliationRun }) {
  const { t } = useTranslation()
  const { state, progress } = run
  return (
    <>
      <Tag tone={TONES[state]}>{t(`runState.${state}`)}</Tag>
      {state === 'running' && progress.percent !== null && (
        <Progress size="small" percent={progress.percent} aria-label={t(`runState.${state}`)} />
      )}
    </>
  )
}

function RunAction({ run: { runId, state }, onChanged }: { run: ReconciliationRun; onChanged: () => void }) {
  const { t } = useTranslation()
  const params = { path: { runId } }
  if (state === 'waiting' || state === 'running')
    return (
      <ActionButton
        size="small"
        label={t('reconciliation.cancel')}
        act={() => client.DELETE('/v1/reconciliations/{runId}', { params })}
        onDone={onChanged}
      />
    )
  if (state !== 'failed' && state !== 'cancelled') return null
  return (
    <ActionButton
      size="small"
      label={t('reconciliation.resume')}
      act={(header) => client.POST('/v1/reconciliations/{runId}/resume', { params: { ...params, header } })}
      onDone={onChanged}
    />
  )
}
