import { keepPreviousData } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Button, Checkbox, InputNumber, Space } from 'antd'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, client } from '../api/client.ts'
import { useNames } from '../api/directory.ts'
import { asQuery } from '../api/query.ts'
import type { StockCount, StockCountLine } from '../api/types.ts'
import { Facts } from '../components/facts.tsx'
import { type ListColumn, ListTable } from '../components/list-table.tsx'
import { Loaded } from '../components/loaded.tsx'
import { Moment } from '../components/moment.tsx'
import { Difference } from '../components/money.tsx'
import { PageHead } from '../components/page-head.tsx'
import { ProblemText } from '../components/problem-text.tsx'
import { ReasonForm } from '../components/reason-form.tsx'
import { Section } from '../components/section.tsx'
import { Tag } from '../components/tag.tsx'
import { useFilters } from '../components/use-filters.ts'
import { useList } from '../components/use-list.ts'
import { SkuField } from '../requests/sku-field.tsx'
import { isOffered } from '../session/screens.ts'
import { usePerson } from '../session/session.ts'
import { COUNT_TONES } from './states.ts'
import { useAct } from './use-act.ts'

const route = getRouteApi('/shell/stock/counts/$countId')
const PAGE = 50
const MOST_UNITS = 10_000_000

/** One count: entered, compared with the books, decided on by somebody else. */
export function CountPage() {
  const { t } = useTranslation()
  const { role, userName } = usePerson()
  const path = route.useParams()
  const query = api.useQuery('get', '/v1/stock/counts/{countId}', { params: { path } })
  const count = query.data
  return (
    <>
      <PageHead
        title={t('counts.one')}
        extra={count && <Tag tone={COUNT_TONES[count.state]}>{t(`countState.${count.state}`)}</Tag>}
      />
      <Loaded query={query}>
        {(data) => (
          <>
            <About count={data} />
            {data.state === 'draft' && isOffered('adjustStock', role) && <Entry count={data} />}
            {data.state === 'submitted' &&
              isOffered('decideCounts', role) &&
              (data.createdBy === userName || data.submittedBy === userName ? (
                <p className="quiet">{t('counts.somebodyElse')}</p>
              ) : (
                <Decision countId={data.countId} />
              ))}
            <Lines count={data} />
          </>
        )}
      </Loaded>
    </>
  )
}

function About({ count }: { count: StockCount }) {
  const { t } = useTranslation()
  const { nameOf } = useNames('/v1/warehouses')
  const { result } = count
  return (
    <Section title={nameOf(count.warehouseId)}>
      <Facts
        facts={[
          [t('counts.by'), count.createdBy],
          [t('counts.at'), <Moment key="at" at={count.countedAt} />],
          [t('counts.blind'), t(count.blind ? 'counts.yes' : 'counts.no')],
          ...(count.decidedBy === null
            ? []
            : [[t('counts.decidedBy'), `${count.decidedBy} · ${count.decisionReason ?? ''}`] as const]),
          ...(result === null
            ? []
            : ([
                [t('counts.exact'), `${result.exactLines} / ${result.lines}`],
                [t('counts.missing'), result.missingUnits],
                [t('counts.surplus'), result.surplusUnits],
                [t('counts.difference'), <Difference key="difference" cents={result.differenceCents} />],
              ] as const)),
        ]}
      />
    </Section>
  )
}

/** One article after the other, as they are counted; what was entered before is put right in the same way. */
function Entry({ count: { countId } }: { count: StockCount }) {
  const { t } = useTranslation()
  const [skuId, setSku] = useState('')
  const [units, setUnits] = useState<number | null>(null)
  const path = { countId }
  const enter = useAct(
    (line: { skuId: string; quantityCounted: number }) =>
      client.PUT('/v1/stock/counts/{countId}/lines', { params: { path }, body: { lines: [line] } }),
    () => {
      setSku('')
      setUnits(null)
    },
  )
  const submit = useAct((_content: { countId: string }, header) =>
    client.POST('/v1/stock/counts/{countId}/submission', { params: { path, header } }),
  )
  const error = enter.error ?? submit.error
  return (
    <Section title={t('counts.entry')}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (skuId !== '' && units !== null) enter.mutate({ skuId, quantityCounted: units })
        }}
      >
        <Space wrap>
          <SkuField label={t('stock.sku')} value={skuId} onChange={setSku} />
          <InputNumber
            aria-label={t('counts.counted')}
            placeholder={t('counts.counted')}
            precision={0}
            min={0}
            max={MOST_UNITS}
            value={units}
            onChange={setUnits}
          />
          <Button htmlType="submit" loading={enter.isPending} disabled={skuId === '' || units === null}>
            {t('counts.enter')}
          </Button>
          <Button type="primary" loading={submit.isPending} onClick={() => submit.mutate({ countId })}>
            {t('counts.submit')}
          </Button>
        </Space>
      </form>
      {error && <ProblemText error={error} />}
    </Section>
  )
}

function Decision({ countId }: { countId: string }) {
  const { t } = useTranslation()
  const [decision, setDecision] = useState<'approve' | 'reject' | 'recount'>('approve')
  const decide = useAct((body: { decision: typeof decision; reason: string }, header) =>
    client.POST('/v1/stock/counts/{countId}/decisions', { params: { path: { countId }, header }, body }),
  )
  return (
    <Section title={t('counts.decide')}>
      <Space wrap>
        {(['approve', 'reject', 'recount'] as const).map((each) => (
          <Button
            key={each}
            type={each === decision ? 'primary' : 'default'}
            aria-pressed={each === decision}
            onClick={() => setDecision(each)}
          >
            {t(`countDecision.${each}`)}
          </Button>
        ))}
      </Space>
      <ReasonForm
        label={t('counts.reason')}
        hint={t('counts.reasonHint')}
        button={t(`countDecision.${decision}`)}
        isPending={decide.isPending}
        error={decide.error}
        onSubmit={(reason) => decide.mutate({ decision, reason })}
      />
    </Section>
  )
}

function Lines({ count: { countId } }: { count: StockCount }) {
  const { t } = useTranslation()
  const search = route.useSearch()
  const change = useFilters<typeof search>()
  const query = api.useQuery(
    'get',
    '/v1/stock/counts/{countId}/lines',
    { params: { path: { countId }, query: { ...asQuery(search), limit: PAGE } } },
    { placeholderData: keepPreviousData },
  )
  return (
    <>
      <Checkbox
        checked={search.different ?? false}
        onChange={({ target }) => change({ different: target.checked })}
      >
        {t('counts.different')}
      </Checkbox>
      <ListTable
        label={t('counts.lines')}
        list={useList<StockCountLine>(query)}
        columns={useLineColumns()}
        rowKey={({ skuId }) => skuId}
      />
    </>
  )
}

function useLineColumns(): ListColumn<StockCountLine>[] {
  const { t } = useTranslation()
  return useMemo(() => {
    const units = (key: 'quantityCounted' | 'quantityBook' | 'difference' | 'adjusted') => ({
      key,
      title: t(`counts.${key}`),
      width: 110,
      align: 'right' as const,
      render: (_value: unknown, line: StockCountLine) => line[key] ?? '–',
    })
    return [
      {
        key: 'sku',
        title: t('stock.sku'),
        render: (_value, { skuId, skuName }) => (
          <>
            <span className="code">{skuId}</span> <span className="quiet">{skuName}</span>
          </>
        ),
      },
      units('quantityCounted'),
      units('quantityBook'),
      units('difference'),
      units('adjusted'),
      { key: 'by', title: t('counts.by'), width: 140, dataIndex: 'countedBy' },
    ]
  }, [t])
}
