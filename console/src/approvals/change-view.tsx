import { Alert, Descriptions, Space } from 'antd'
import { useTranslation } from 'react-i18next'
import { useNames } from '../api/directory.ts'
import type { ChangeDetail } from '../api/types.ts'
import { ApplicantName } from '../components/actor-name.tsx'
import { Moment, Until } from '../components/moment.tsx'
import { Difference, Money } from '../components/money.tsx'
import { Section } from '../components/section.tsx'
import { ChangeStatusTag } from '../components/tags.tsx'
import { isByLink } from '../session/session.ts'
import { ApprovalRoute } from './approval-route.tsx'
import { Attachments } from './attachments.tsx'
import { ChangeComparison } from './change-comparison.tsx'
import { ChangeConsequences } from './change-consequences.tsx'
import { ChangeHistory } from './change-history.tsx'
import { OrderLink } from './order-link.tsx'

/** Everything about a request for a change, the reason for it first and the history last. */
export function ChangeView({ change }: { change: ChangeDetail }) {
  const { t } = useTranslation()
  return (
    <>
      <header className="change-head">
        <h2 className="change-title">
          {t(`changeType.${change.type}`)} <span className="code">{change.changeNumber}</span>
        </h2>
        <Space wrap>
          <ChangeStatusTag status={change.status} />
          {change.dueAt !== null && <Until at={change.dueAt} />}
        </Space>
      </header>
      {change.end !== null && (
        <Alert
          type="warning"
          showIcon
          title={t('change.end')}
          description={change.end.detail || change.end.code}
        />
      )}
      {!change.separationOfDuties && <Alert type="warning" showIcon title={t('change.separationNo')} />}
      <Asked change={change} />
      <ChangeComparison change={change} />
      <ChangeConsequences change={change} />
      <Attachments attachments={change.attachments} />
      <ApprovalRoute change={change} />
      <ChangeHistory change={change} />
    </>
  )
}

function Asked({ change }: { change: ChangeDetail }) {
  const { t } = useTranslation()
  const { nameOf } = useNames('/v1/stores')
  return (
    <Section title={t('change.reason')}>
      <p className="change-reason">
        <strong>
          {t(`reasonCode.${change.reasonCode as 'other'}`, { defaultValue: change.reasonCode })}
        </strong>{' '}
        {change.reason}
      </p>
      <Descriptions
        size="small"
        column={{ xs: 1, sm: 2, lg: 2 }}
        items={[
          {
            key: 'order',
            label: t('change.order'),
            children: <OrderLink orderId={change.orderId} isPlain={isByLink()} />,
          },
          { key: 'store', label: t('change.store'), children: nameOf(change.storeId) },
          {
            key: 'applicant',
            label: t('change.applicant'),
            children: <ApplicantName applicant={change.applicant} />,
          },
          { key: 'created', label: t('change.created'), children: <Moment at={change.createdAt} /> },
          {
            key: 'difference',
            label: t('change.difference'),
            children: <Difference cents={change.differenceCents} />,
          },
          {
            key: 'concession',
            label: t('change.concession'),
            children: <Money cents={change.concessionCents} />,
          },
          ...(change.shipBy === null
            ? []
            : [{ key: 'shipBy', label: t('change.shipBy'), children: <Until at={change.shipBy} /> }]),
          { key: 'expires', label: t('change.expiresAt'), children: <Moment at={change.expiresAt} /> },
        ]}
      />
    </Section>
  )
}
