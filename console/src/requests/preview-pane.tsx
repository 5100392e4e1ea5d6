import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Alert, Button } from 'antd'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../api/client.ts'
import { useNames } from '../api/directory.ts'
import { newIdempotencyKey } from '../api/idempotency.ts'
import { problemOf } from '../api/problem.ts'
import type { ChangeBody, ChangePreview, OrderDetail } from '../api/types.ts'
import { ModeText } from '../approvals/approval-route.tsx'
import { ChangeComparison } from '../approvals/change-comparison.tsx'
import { ErpEffect, RefundsEffect } from '../approvals/change-consequences.tsx'
import { Until } from '../components/moment.tsx'
import { Difference, Money } from '../components/money.tsx'
import { ProblemText } from '../components/problem-text.tsx'
import { Section } from '../components/section.tsx'
import { Loading } from '../components/states.tsx'
import { formatDuration } from '../format/time.ts'

/** Brings the names of all policies along. */
const ConditionText = lazy(async () => ({
  default: (await import('../policies/condition-text.tsx')).ConditionText,
}))

/** Why does not matter to a dry run, which writes nothing down. */
const UNSAID = { reasonCode: 'other', reason: '-' } as const

type Props = { order: OrderDetail; change: ChangeBody | null; onReload: () => void }

/** What the change would do and who would decide, by the API's own dry run at what has been typed so far. */
export function PreviewPane({ order, change, onReload }: Props) {
  const { t } = useTranslation()
  const preview = usePreview(order, change)
  return (
    <section aria-label={t('request.preview')} aria-live="polite" aria-busy={preview.isFetching}>
      {change === null && <Alert type="info" showIcon title={t('request.nothing')} />}
      {change !== null && preview.isPending && <Loading />}
      {change !== null && preview.isError && (
        <>
          <ProblemText error={preview.error} />
          {isMoved(preview.error) && <Button onClick={onReload}>{t('request.reload')}</Button>}
        </>
      )}
      {change !== null && preview.isSuccess && (
        <Preview preview={preview.data} contact={contactOf(order, change)} />
      )}
    </section>
  )
}

function isMoved(error: unknown): boolean {
  return problemOf(error).code === 'change-order-changed'
}

function usePreview({ orderId, version }: OrderDetail, change: ChangeBody | null) {
  return useQuery({
    queryKey: ['change preview', orderId, version, change],
    enabled: change !== null,
    placeholderData: keepPreviousData,
    retry: (failures, error) => failures < 2 && problemOf(error).passes,
    queryFn: async ({ signal }): Promise<ChangePreview> => {
      if (change === null) throw new Error('there is nothing to preview')
      const { data } = await client.POST('/v1/change-requests', {
        params: { query: { dryRun: 'true' }, header: { 'Idempotency-Key': newIdempotencyKey() } },
        body: { orderId, orderVersion: version, change, ...UNSAID },
        signal,
      })
      if (!data || 'changeId' in data) throw new Error('a dry run made a request')
      return data
    },
  })
}

/** The API's preview says nothing of people: what was typed beside what the order says. */
function contactOf(order: OrderDetail, change: ChangeBody) {
  if (change.type !== 'address') return null
  const before = order.contact && { ...order.contact, divisionCode: order.divisionCode }
  return { before, after: { contactId: '', remark: '', ...change.contact } }
}

function Preview({ preview, contact }: { preview: ChangePreview; contact: ReturnType<typeof contactOf> }) {
  const { t } = useTranslation()
  const { effect, concessionCents, shipBy } = preview
  return (
    <>
      <Section title={t('request.effect')}>
        <div className="row-line">
          <span>{t('change.difference')}</span> <Difference cents={effect.differenceCents} />
          <span>{t('change.concession')}</span> <Money cents={concessionCents} />
          <span>{t('change.stillToPay')}</span> <Money cents={effect.stillToPayCents} />
        </div>
        <div className="row-line">
          <span>{t('change.refunds')}</span> <RefundsEffect effect={effect} />
        </div>
        <div className="row-line">
          <span>{t('change.erp')}</span> <ErpEffect effect={effect} />
        </div>
        {shipBy !== null && (
          <div className="row-line">
            <span>{t('change.shipBy')}</span> <Until at={shipBy} />
          </div>
        )}
      </Section>
      <ChangeComparison change={{ effect, contact }} />
      <StockMoves preview={preview} />
      <Route route={preview.route} />
    </>
  )
}

function StockMoves({ preview: { stock, effect } }: { preview: ChangePreview }) {
  const { t } = useTranslation()
  const { nameOf } = useNames('/v1/warehouses')
  const isNone = stock.moves.length === 0 && stock.shortages.length === 0
  return (
    <Section title={t('change.stock')}>
      {isNone && t('change.noStock')}
      {stock.moves.map(({ lineNumber, skuId, warehouseId, quantity }) => (
        <div key={`${lineNumber} ${skuId} ${warehouseId}`}>
          {nameOf(warehouseId)} <span className="code">{skuId}</span>{' '}
          {quantity > 0
            ? t('change.reserve', { count: quantity })
            : t('change.giveBack', { count: -quantity })}
        </div>
      ))}
      {stock.shortages.map(({ skuId, requested, available }) => (
        <div key={skuId} className="late">
          <span className="code">{skuId}</span> {t('request.shortage', { requested, available })}
        </div>
      ))}
      {effect.pausesPicking && <div className="quiet">{t('change.pausesPicking')}</div>}
    </Section>
  )
}

/** Who would be asked, one after the other, and by what comparison of which facts. */
function Route({ route }: { route: ChangePreview['route'] }) {
  const { t, i18n } = useTranslation()
  const decisive = route.explanation.find(({ matched }) => matched)
  return (
    <Section title={t('change.route')}>
      {route.automatic && <p>{t('change.automatic')}</p>}
      <ol className="route-ahead">
        {route.steps.map(({ levels }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place in the route
          <li key={index}>
            {levels[0]?.title}{' '}
            {levels[0] && (
              <span className="quiet">
                <ModeText mode={levels[0].mode} /> ·{' '}
                {t('change.deadline', {
                  duration: formatDuration(levels[0].deadlineSeconds, i18n.language),
                })}
                {levels[1] && <> · {t('change.escalates', { title: levels[1].title })}</>}
              </span>
            )}
          </li>
        ))}
      </ol>
      <p className="quiet">
        {t('request.policy', { tier: decisive?.title ?? route.tier, version: route.policyVersion })}
      </p>
      {decisive && (
        <Suspense fallback={null}>
          <div className="quiet">
            <ConditionText kind="approval-route" logic={decisive.logic} />
          </div>
        </Suspense>
      )}
    </Section>
  )
}
