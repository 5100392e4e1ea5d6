import { useMutation } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Segmented } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isUnsettled } from '../../../domain/reconciliation.ts'
import { api, client } from '../api/client.ts'
import { useOperation } from '../api/operation.ts'
import type { DifferenceDetail } from '../api/types.ts'
import { OrderLink } from '../approvals/order-link.tsx'
import { ActorName } from '../components/actor-name.tsx'
import { Facts } from '../components/facts.tsx'
import { Loaded } from '../components/loaded.tsx'
import { Moment } from '../components/moment.tsx'
import { Money } from '../components/money.tsx'
import { PageHead } from '../components/page-head.tsx'
import { ReasonForm } from '../components/reason-form.tsx'
import { Section } from '../components/section.tsx'
import { pickText } from '../format/bilingual.ts'
import { formatCents } from '../format/money.ts'
import { isOffered } from '../session/screens.ts'
import { usePerson } from '../session/session.ts'
import { DifferenceState } from './differences-page.tsx'

const route = getRouteApi('/shell/reports/reconciliation/$differenceId')

/** One difference: both sides beside each other, the order behind it, what became of it so far, and the decision. */
export function DifferencePage() {
  const { t, i18n } = useTranslation()
  const { role } = usePerson()
  const path = { differenceId: route.useParams().differenceId }
  const query = api.useQuery('get', '/v1/reconciliation-differences/{differenceId}', { params: { path } })
  const difference = query.data
  const mayDecide = isOffered('settleDifferences', role)
  return (
    <>
      <PageHead
        title={difference ? pickText(difference.meaning, i18n.language) : t('reconciliation.one')}
        extra={difference && <DifferenceState state={difference.state} />}
      />
      <Loaded query={query}>
        {(data) => (
          <>
            <Sides difference={data} />
            <About difference={data} />
            {mayDecide && isUnsettled(data.state) && (
              <Decision difference={data} onDone={() => void query.refetch()} />
            )}
            <Moves difference={data} />
          </>
        )}
      </Loaded>
    </>
  )
}

function Sides({ difference }: { difference: DifferenceDetail }) {
  const { t, i18n } = useTranslation()
  const { hub, there, unit, counterpart, suggestion } = difference
  const value = (line: typeof hub) => {
    if (line === null || line.value === null) return '–'
    return unit === 'cents' ? formatCents(line.value) : String(line.value)
  }
  const rows = [
    [t('reconciliation.key'), hub?.key ?? '–', there?.key ?? '–'],
    [t('reconciliation.value'), value(hub), value(there)],
    [t('reconciliation.status'), hub?.status ?? '–', there?.status ?? '–'],
  ] as const
  return (
    <Section title={t('reconciliation.sides')}>
      <table className="comparison">
        <thead>
          <tr>
            <th scope="col">{t('policies.where')}</th>
            <th scope="col">{t('reconciliation.hub')}</th>
            <th scope="col">{t(`counterpart.${counterpart}`)}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, mine, theirs]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{mine}</td>
              <td className={mine === theirs ? '' : 'differs'}>{theirs}</td>
            </tr>
          ))}
          <tr>
            <th scope="row">{t('reconciliation.at')}</th>
            <td>
              <Moment at={hub?.at ?? null} />
            </td>
            <td>
              <Moment at={there?.at ?? null} />
            </td>
          </tr>
        </tbody>
      </table>
      <p>{pickText(suggestion, i18n.language)}</p>
    </Section>
  )
}

function About({ difference }: { difference: DifferenceDetail }) {
  const { t } = useTranslation()
  const { order, atStakeCents, occurredOn, foundAt, seenAt, changeId } = difference
  const facts = [
    [t('reconciliation.atStake'), <Money key="stake" cents={atStakeCents} />],
    [t('reconciliation.occurredOn'), occurredOn],
    [t('reconciliation.foundAt'), <Moment key="found" at={foundAt} />],
    [t('reconciliation.seenAt'), <Moment key="seen" at={seenAt} />],
    ...(changeId === null
      ? []
      : [
          [
            t('reconciliation.change'),
            <Link key="change" to="/change-requests/$changeId" params={{ changeId }}>
              {changeId.slice(-12)}
            </Link>,
          ] as const,
        ]),
    ...(order === null
      ? []
      : ([
          [t('change.order'), <OrderLink key="order" orderId={order.orderId} />],
          [t('orders.amount'), <Money key="amount" cents={order.amountCents} />],
          [t('orders.paid'), <Money key="paid" cents={order.paidCents} />],
          [t('orders.refunded'), <Money key="refunded" cents={order.refundedCents} />],
        ] as const)),
  ] as const
  return (
    <Section title={t('reconciliation.about')}>
      <Facts facts={facts} />
    </Section>
  )
}

const DECISIONS = ['accept', 'fixed'] as const

/** Accepted as it is, or said to be mended, which the next run checks. A change of the order is asked for at the order. */
function Decision({ difference, onDone }: { difference: DifferenceDetail; onDone: () => void }) {
  const { t } = useTranslation()
  const { differenceId, version, order } = difference
  const [decision, setDecision] = useState<(typeof DECISIONS)[number]>('accept')
  const once = useOperation()
  const decide = useMutation({
    mutationFn: async (reason: string) => {
      const body = { decision, version, reason }
      await once(body, (header) => {
        const params = { path: { differenceId }, header }
        return client.POST('/v1/reconciliation-differences/{differenceId}/decisions', { params, body })
      })
    },
    onSuccess: onDone,
  })
  return (
    <Section title={t('reconciliation.decide')}>
      <Segmented
        aria-label={t('reconciliation.decide')}
        value={decision}
        options={DECISIONS.map((value) => ({ value, label: t(`differenceDecision.${value}`) }))}
        onChange={setDecision}
      />
      {order !== null && (
        <>
          {' '}
          <Link to="/orders/$orderId/change" params={{ orderId: order.orderId }}>
            {t('reconciliation.askForChange')}
          </Link>
        </>
      )}
      <ReasonForm
        label={t('reconciliation.reason')}
        hint={t('reconciliation.reasonHint')}
        button={t('reconciliation.submit')}
        isPending={decide.isPending}
        error={decide.error}
        onSubmit={(reason) => decide.mutate(reason)}
      />
    </Section>
  )
}

function Moves({ difference: { moves } }: { difference: DifferenceDetail }) {
  const { t } = useTranslation()
  if (moves.length === 0) return null
  return (
    <Section title={t('reconciliation.moves')}>
      {moves.map(({ from, to, reason, operator, movedAt }) => (
        <div key={`${movedAt} ${to}`} className="row-line">
          <DifferenceState state={from} /> → <DifferenceState state={to} />
          <span>
            <ActorName actor={operator} />
          </span>
          <span>{reason}</span>
          <Moment at={movedAt} />
        </div>
      ))}
    </Section>
  )
}
