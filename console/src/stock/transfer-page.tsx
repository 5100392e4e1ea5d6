import { getRouteApi } from '@tanstack/react-router'
import { Button, InputNumber, Space } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, client } from '../api/client.ts'
import { useNames } from '../api/directory.ts'
import type { TransferDetail } from '../api/types.ts'
import { ActorName } from '../components/actor-name.tsx'
import { Facts } from '../components/facts.tsx'
import { Loaded } from '../components/loaded.tsx'
import { Moment, Until } from '../components/moment.tsx'
import { Money } from '../components/money.tsx'
import { PageHead } from '../components/page-head.tsx'
import { ProblemText } from '../components/problem-text.tsx'
import { ReasonForm } from '../components/reason-form.tsx'
import { Section } from '../components/section.tsx'
import { Tag } from '../components/tag.tsx'
import { pickText } from '../format/bilingual.ts'
import { isOffered } from '../session/screens.ts'
import { usePerson } from '../session/session.ts'
import { ProposalView } from './proposal-view.tsx'
import { useAct } from './use-act.ts'

const route = getRouteApi('/shell/stock/transfers/$transferId')
const LOOK_EVERY_MS = 10_000

/** One transfer: what is proposed and why, how far it is, and what is to be done next. */
export function TransferPage() {
  const { t, i18n } = useTranslation()
  const path = route.useParams()
  const query = api.useQuery(
    'get',
    '/v1/transfers/{transferId}',
    { params: { path } },
    { refetchInterval: LOOK_EVERY_MS },
  )
  const transfer = query.data
  return (
    <>
      <PageHead
        title={transfer ? `${transfer.skuId} × ${transfer.quantity}` : t('transfers.one')}
        extra={
          transfer && (
            <Tag tone={transfer.needsAttention ? 'orange' : 'blue'}>
              {pickText(transfer.meaning, i18n.language)}
            </Tag>
          )
        }
      />
      <Loaded query={query}>
        {(shown) => (
          <>
            <About transfer={shown} />
            <ProposalView
              destinationId={shown.warehouseId}
              proposal={shown.proposal}
              rejected={shown.proposal.rejected}
            />
            <Decision key={shown.proposalNumber} transfer={shown} />
            <Legs transfer={shown} />
            <Cancellation transfer={shown} />
            <History transfer={shown} />
          </>
        )}
      </Loaded>
    </>
  )
}

function About({ transfer }: { transfer: TransferDetail }) {
  const { t } = useTranslation()
  const { nameOf } = useNames('/v1/warehouses')
  return (
    <Section title={t('transfers.wish')}>
      <Facts
        facts={[
          [t('transfers.to'), nameOf(transfer.warehouseId)],
          [t('change.reason'), transfer.reason],
          [t('change.applicant'), <ActorName key="by" actor={transfer.requestedBy} />],
          [t('change.created'), <Moment key="created" at={transfer.createdAt} />],
          [t('transfers.value'), <Money key="value" cents={transfer.valueCents} />],
          ...(transfer.dueAt === null
            ? []
            : [[t('transfers.due'), <Until key="due" at={transfer.dueAt} />] as const]),
        ]}
      />
    </Section>
  )
}

/** Of the proposal that is looked at: another one needs another look. */
function Decision({ transfer }: { transfer: TransferDetail }) {
  const { t } = useTranslation()
  const { role, userName } = usePerson()
  const { transferId, proposalNumber, approverRoles, requestedBy, status } = transfer
  const [isRejecting, setRejecting] = useState(false)
  const decide = useAct((body: { decision: 'approve' | 'reject'; note: string }, header) =>
    client.POST('/v1/transfers/{transferId}/decisions', {
      params: { path: { transferId }, header },
      body: { ...body, proposalNumber },
    }),
  )
  if (status !== 'requested') return null
  const roles: readonly string[] = approverRoles
  if (!roles.includes(role) || requestedBy === userName) {
    const names = approverRoles.map((each) => t(`role.${each}`)).join('、')
    return <p className="quiet">{t('transfers.approvers', { roles: names })}</p>
  }
  return (
    <Section title={t('transfers.decide')}>
      <Space wrap>
        <Button
          type="primary"
          loading={decide.isPending}
          onClick={() => decide.mutate({ decision: 'approve', note: '' })}
        >
          {t('approvals.approve')}
        </Button>
        <Button danger onClick={() => setRejecting(true)}>
          {t('approvals.reject')}
        </Button>
      </Space>
      {isRejecting ? (
        <ReasonForm
          label={t('approvals.reason')}
          hint={t('approvals.reasonHint')}
          button={t('approvals.confirmReject')}
          isPending={decide.isPending}
          error={decide.error}
          onSubmit={(note) => decide.mutate({ decision: 'reject', note })}
        />
      ) : (
        decide.error && <ProblemText error={decide.error} />
      )}
    </Section>
  )
}

const FIGURES = ['reserved', 'dispatched', 'inTransit', 'received', 'lost', 'returned'] as const

function Legs({ transfer }: { transfer: TransferDetail }) {
  const { t } = useTranslation()
  const { role } = usePerson()
  const { nameOf } = useNames('/v1/warehouses')
  if (transfer.legs.length === 0) return null
  return (
    <Section title={t('transfers.legs')}>
      {transfer.legs.map((leg) => (
        <div key={leg.legNumber} className="leg">
          <strong>{leg.path.map(nameOf).join(' → ')}</strong>
          <div className="row-line">
            {FIGURES.map((name) => (
              <span key={name}>
                {t(`transferFigure.${name}`)} <strong className="figure">{leg[name]}</strong>
              </span>
            ))}
          </div>
          {isOffered('adjustStock', role) && <Handling transfer={transfer} leg={leg} />}
        </div>
      ))}
    </Section>
  )
}

/** What left and what arrived, as the warehouses see it. */
function Handling({ transfer, leg }: { transfer: TransferDetail; leg: TransferDetail['legs'][number] }) {
  const { t } = useTranslation()
  const { transferId, status } = transfer
  const { legNumber, inTransit } = leg
  const [units, setUnits] = useState<number | null>(null)
  const path = { transferId }
  const dispatch = useAct((body: { legNumber: number }, header) =>
    client.POST('/v1/transfers/{transferId}/dispatch', { params: { path, header }, body }),
  )
  const receive = useAct(
    (body: { legNumber: number; quantity: number; at: 'source' | 'destination' }, header) =>
      client.POST('/v1/transfers/{transferId}/receive', { params: { path, header }, body }),
    () => setUnits(null),
  )
  const error = dispatch.error ?? receive.error
  return (
    <Space wrap>
      {status === 'reserved' && (
        <Button loading={dispatch.isPending} onClick={() => dispatch.mutate({ legNumber })}>
          {t('transfers.dispatch')}
        </Button>
      )}
      {inTransit > 0 && (
        <>
          <InputNumber
            aria-label={t('transfers.arrived')}
            placeholder={t('transfers.arrived')}
            precision={0}
            min={1}
            max={inTransit}
            value={units}
            onChange={setUnits}
          />
          <Button
            loading={receive.isPending}
            onClick={() =>
              receive.mutate({
                legNumber,
                quantity: units ?? inTransit,
                at: status === 'returning' ? 'source' : 'destination',
              })
            }
          >
            {t('transfers.receive')}
          </Button>
        </>
      )}
      {error && <ProblemText error={error} />}
    </Space>
  )
}

function Cancellation({ transfer: { transferId, closedAt } }: { transfer: TransferDetail }) {
  const { t } = useTranslation()
  const { role } = usePerson()
  const cancel = useAct((reason: string, header) =>
    client.POST('/v1/transfers/{transferId}/cancellation', {
      params: { path: { transferId }, header },
      body: { reason },
    }),
  )
  if (closedAt !== null || !isOffered('requestTransfers', role)) return null
  return (
    <Section title={t('transfers.cancel')}>
      <ReasonForm
        label={t('transfers.cancelReason')}
        hint={t('transfers.cancelHint')}
        button={t('transfers.cancel')}
        isPending={cancel.isPending}
        error={cancel.error}
        onSubmit={cancel.mutate}
      />
    </Section>
  )
}

function History({ transfer: { events } }: { transfer: TransferDetail }) {
  const { t } = useTranslation()
  return (
    <Section title={t('change.history')}>
      {events.map(({ type, operator, recordedAt, version }, index) => (
        <div key={`${version ?? index} ${type} ${recordedAt}`} className="row-line">
          <Moment at={recordedAt} />
          <span className="code">{type}</span>
          <span className="quiet">
            <ActorName actor={operator} />
          </span>
        </div>
      ))}
    </Section>
  )
}
