import { keepPreviousData, useMutation } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Input, Select } from 'antd'
import { useId, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { COUNTERPARTS, type Counterpart } from '../../../domain/reconciliation.ts'
import { api, client } from '../api/client.ts'
import { useOperation } from '../api/operation.ts'
import { present } from '../api/query.ts'
import type { ReconciliationPeriod } from '../api/types.ts'
import { FilterBar } from '../components/filter-bar.tsx'
import { FilterSelect } from '../components/filter-select.tsx'
import { type ListColumn, ListTable } from '../components/list-table.tsx'
import { Moment } from '../components/moment.tsx'
import { PageHead } from '../components/page-head.tsx'
import { ReasonForm } from '../components/reason-form.tsx'
import { Section } from '../components/section.tsx'
import { Tag } from '../components/tag.tsx'
import { useFilters } from '../components/use-filters.ts'
import { useList } from '../components/use-list.ts'
import { isOffered } from '../session/screens.ts'
import { usePerson } from '../session/session.ts'
import { monthOf } from './periods.ts'

const route = getRouteApi('/shell/reports/reconciliation/periods')
const PAGE = 30

/** Months that are closed, each with its signed summary, and the closing of another. */
export function PeriodsPage() {
  const { t } = useTranslation()
  const { role } = usePerson()
  const search = route.useSearch()
  const change = useFilters<typeof search>()
  const query = api.useQuery(
    'get',
    '/v1/reconciliation-periods',
    { params: { query: { ...present(search), limit: PAGE } } },
    { placeholderData: keepPreviousData },
  )
  return (
    <>
      <PageHead
        title={t('reconciliation.periods')}
        extra={<Link to="/reports/reconciliation">{t('reconciliation.differences')}</Link>}
      />
      {isOffered('closeReconciliation', role) && <CloseForm onClosed={() => void query.refetch()} />}
      <FilterBar label={t('list.filters')}>
        <FilterSelect
          label={t('reconciliation.counterpart')}
          value={search.counterpart}
          onChange={(counterpart) => change({ counterpart })}
          options={COUNTERPARTS.map((value) => ({ value, label: t(`counterpart.${value}`) }))}
        />
      </FilterBar>
      <ListTable
        label={t('reconciliation.periods')}
        list={useList<ReconciliationPeriod>(query)}
        columns={useColumns()}
        rowKey={({ periodId }) => periodId}
      />
    </>
  )
}

function CloseForm({ onClosed }: { onClosed: () => void }) {
  const { t } = useTranslation()
  const id = useId()
  const [counterpart, setCounterpart] = useState<Counterpart>('finance')
  const [month, setMonth] = useState(() => monthOf(new Date()))
  const once = useOperation()
  const close = useMutation({
    mutationFn: async (reason: string) => {
      const body = { counterpart, month, reason }
      await once(body, (header) => client.POST('/v1/reconciliation-periods', { params: { header }, body }))
    },
    onSuccess: onClosed,
  })
  return (
    <Section title={t('reconciliation.close')}>
      <div className="row-line">
        <Select
          aria-label={t('reconciliation.counterpart')}
          className="filter"
          value={counterpart}
          onChange={setCounterpart}
          options={COUNTERPARTS.map((value) => ({ value, label: t(`counterpart.${value}`) }))}
        />
        <label htmlFor={id}>{t('statistics.month')}</label>
        <Input
          id={id}
          type="month"
          className="filter"
          value={month}
          onChange={({ target }) => setMonth(target.value)}
        />
      </div>
      <ReasonForm
        label={t('reconciliation.reason')}
        hint={t('reconciliation.closeHint')}
        button={t('reconciliation.close')}
        isPending={close.isPending}
        error={close.error}
        onSubmit={(reason) => close.mutate(reason)}
      />
    </Section>
  )
}

function useColumns(): ListColumn<ReconciliationPeriod>[] {
  const { t } = useTranslation()
  return useMemo(
    () => [
      { key: 'month', title: t('statistics.month'), width: 100, dataIndex: 'month' },
      {
        key: 'counterpart',
        title: t('reconciliation.counterpart'),
        width: 110,
        render: (_value, { counterpart }) => t(`counterpart.${counterpart}`),
      },
      {
        key: 'result',
        title: t('reconciliation.result'),
        width: 260,
        render: (_value, { summary, afterClose }) => (
          <>
            {t('reconciliation.pairs', { count: summary.pairs })} ·{' '}
            {t('reconciliation.unlike', {
              count: summary.differences.reduce((sum, { count }) => sum + count, 0),
            })}
            {afterClose > 0 && (
              <div className="late">{t('reconciliation.afterClose', { count: afterClose })}</div>
            )}
          </>
        ),
      },
      {
        key: 'signature',
        title: t('reconciliation.signature'),
        width: 120,
        render: (_value, { signature }) => (
          <Tag tone={signature.isValid ? 'green' : 'red'}>
            {t(signature.isValid ? 'reconciliation.signed' : 'reconciliation.forged')}
          </Tag>
        ),
      },
      {
        key: 'by',
        title: t('reconciliation.closedBy'),
        width: 130,
        render: (_value, { summary }) => summary.closedBy,
      },
      {
        key: 'at',
        title: t('reconciliation.closedAt'),
        width: 190,
        render: (_value, { summary }) => <Moment at={summary.closedAt} />,
      },
      { key: 'reason', title: t('reconciliation.reason'), dataIndex: 'reason' },
    ],
    [t],
  )
}
