import { useMutation } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Segmented } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ANOMALY_TRANSITIONS } from '../../../domain/change-anomaly-state.ts'
import { api, client } from '../api/client.ts'
import { useOperation } from '../api/operation.ts'
import type { AnomalyDetail } from '../api/types.ts'
import { OrderLink } from '../approvals/order-link.tsx'
import { ActorName } from '../components/actor-name.tsx'
import { Facts } from '../components/facts.tsx'
import { Loaded } from '../components/loaded.tsx'
import { Moment } from '../components/moment.tsx'
import { Difference, Money } from '../components/money.tsx'
import { PageHead } from '../components/page-head.tsx'
import { ReasonForm } from '../components/reason-form.tsx'
import { Section } from '../components/section.tsx'
import { pickText } from '../format/bilingual.ts'
import { CHINA_ZONE } from '../format/time.ts'
import { isOffered } from '../session/screens.ts'
import { usePerson } from '../session/session.ts'
import { AnomalyState } from './anomalies-page.tsx'

const route = getRouteApi('/shell/reports/anomalies/$anomalyId')

/** One anomaly: what the rule has looked at, the requests behind it, and what somebody makes of it. */
export function AnomalyPage() {
  const { t, i18n } = useTranslation()
  const { role } = usePerson()
  const path = { anomalyId: route.useParams().anomalyId }
  const query = api.useQuery('get', '/v1/change-anomalies/{anomalyId}', { params: { path } })
  const anomaly = query.data
  return (
    <>
      <PageHead
        title={anomaly ? pickText(anomaly.sentence, i18n.language) : t('reports.anomalies')}
        hint={CHINA_ZONE}
        extra={anomaly && <AnomalyState state={anomaly.state} />}
      />
      <Link to="/reports/anomalies" className="back-link">
        {t('approvals.backToList')}
      </Link>
      <Loaded query={query}>
        {(data) => (
          <>
            <About anomaly={data} />
            <Requests anomaly={data} />
            {isOffered('judgeAnomalies', role) && (
              <Verdict
                // After a move there are others.
                key={data.version}
                anomaly={data}
                onDone={() => void query.refetch()}
              />
            )}
            <Moves anomaly={data} />
          </>
        )}
      </Loaded>
    </>
  )
}

function About({ anomaly }: { anomaly: AnomalyDetail }) {
  const { t } = useTranslation()
  const { evidence, people, policyVersion, foundAt, score, kind } = anomaly
  return (
    <Section title={t('anomaly.about')}>
      <Facts
        facts={[
          [t('anomaly.kind'), t(`anomalyKind.${kind}`)],
          [t('anomaly.score'), score],
          [t('anomaly.people'), people.join(' · ')],
          [t('anomaly.measured'), t('flow.measured', { measured: evidence.measured, limit: evidence.limit })],
          [t('anomaly.foundAt'), <Moment key="found" at={foundAt} />],
          [t('anomaly.policy'), t('policies.version', { number: policyVersion })],
        ]}
      />
    </Section>
  )
}

function Requests({ anomaly: { requests } }: { anomaly: AnomalyDetail }) {
  const { t } = useTranslation()
  return (
    <Section title={t('anomaly.requests')}>
      <div className="scrolls">
        <table className="comparison">
          <thead>
            <tr>
              <th scope="col">{t('change.number')}</th>
              <th scope="col">{t('change.order')}</th>
              <th scope="col">{t('change.applicant')}</th>
              <th scope="col">{t('change.difference')}</th>
              <th scope="col">{t('change.concession')}</th>
              <th scope="col">{t('change.created')}</th>
            </tr>
          </thead>
          <tbody>
            {requests.map((request) => (
              <tr key={request.changeId}>
                <th scope="row">
                  <Link
                    to="/change-requests/$changeId"
                    params={{ changeId: request.changeId }}
                    className="code"
                  >
                    {request.changeNumber}
                  </Link>
                </th>
                <td>
                  <OrderLink orderId={request.orderId} />
                </td>
                <td>
                  <ActorName actor={request.applicant} />
                </td>
                <td>
                  <Difference cents={request.differenceCents} />
                </td>
                <td>
                  <Money cents={request.concessionCents} />
                </td>
                <td>
                  <Moment at={request.createdAt} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  )
}

/** Looked into, confirmed or dismissed, with a word on why; the API lets nobody judge what names them. */
function Verdict({ anomaly, onDone }: { anomaly: AnomalyDetail; onDone: () => void }) {
  const { t } = useTranslation()
  const states = ANOMALY_TRANSITIONS[anomaly.state]
  const [state, setState] = useState(states[0] ?? anomaly.state)
  const once = useOperation()
  const move = useMutation({
    mutationFn: async (note: string) => {
      const body = { state, version: anomaly.version, note }
      await once(body, (header) => {
        const params = { path: { anomalyId: anomaly.anomalyId }, header }
        return client.POST('/v1/change-anomalies/{anomalyId}/state', { params, body })
      })
    },
    onSuccess: onDone,
  })
  return (
    <Section title={t('anomaly.verdict')}>
      <Segmented
        aria-label={t('anomaly.verdict')}
        value={state}
        options={states.map((value) => ({ value, label: t(`anomalyState.${value}`) }))}
        onChange={setState}
      />
      <ReasonForm
        label={t('anomaly.note')}
        hint={t('anomaly.noteHint')}
        button={t('anomaly.submit')}
        isPending={move.isPending}
        error={move.error}
        onSubmit={(note) => move.mutate(note)}
      />
    </Section>
  )
}

function Moves({ anomaly: { moves } }: { anomaly: AnomalyDetail }) {
  const { t } = useTranslation()
  if (moves.length === 0) return null
  return (
    <Section title={t('reconciliation.moves')}>
      {moves.map(({ from, to, note, operator, movedAt }) => (
        <div key={movedAt} className="row-line">
          <AnomalyState state={from} /> → <AnomalyState state={to} />
          <span>
            <ActorName actor={operator} />
          </span>
          <span>{note}</span>
          <Moment at={movedAt} />
        </div>
      ))}
    </Section>
  )
}
