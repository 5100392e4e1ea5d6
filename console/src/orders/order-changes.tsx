import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import type { ChangeSummary } from '../api/types.ts'
import { ApplicantName } from '../components/actor-name.tsx'
import { Loaded } from '../components/loaded.tsx'
import { Moment } from '../components/moment.tsx'
import { Difference } from '../components/money.tsx'
import { Section } from '../components/section.tsx'
import { ChangeStatusTag } from '../components/tags.tsx'

/** One has few; who has more finds them all in the list of change requests. */
const MOST = 20

/** What people have asked to be changed of this order, and what became of it. */
export function OrderChanges({ orderId }: { orderId: string }) {
  const { t } = useTranslation()
  const query = { orderId, limit: MOST }
  const asked = api.useQuery('get', '/v1/change-requests', { params: { query } })
  return (
    <Section
      title={t('order.changes')}
      extra={
        <span className="row-line">
          <Link to="/orders/$orderId/change" params={{ orderId }}>
            {t('request.title')}
          </Link>
          <Link to="/change-requests" search={{ orderId }}>
            {t('common.all')}
          </Link>
        </span>
      }
    >
      <Loaded query={asked}>
        {({ items }) =>
          items.length === 0 ? (
            <span className="quiet">{t('order.noChanges')}</span>
          ) : (
            items.map((change) => <Asked key={change.changeId} change={change} />)
          )
        }
      </Loaded>
    </Section>
  )
}

function Asked({ change }: { change: ChangeSummary }) {
  const { t } = useTranslation()
  const { changeId, changeNumber, type, differenceCents, status, applicant, createdAt } = change
  return (
    <div className="row-line">
      <Link to="/change-requests/$changeId" params={{ changeId }} className="code">
        {changeNumber}
      </Link>
      <span>{t(`changeType.${type}`)}</span>
      <Difference cents={differenceCents} />
      <ChangeStatusTag status={status} />
      <span className="quiet">
        <ApplicantName applicant={applicant} /> · <Moment at={createdAt} />
      </span>
    </div>
  )
}
