import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import { Moment } from '../components/moment.tsx'
import { Difference } from '../components/money.tsx'
import { Section } from '../components/section.tsx'
import { Failure, Loading } from '../components/states.tsx'
import { ChangeStatusTag } from '../components/tags.tsx'

/** One has few; who has more finds them all in the list of change requests. */
const MOST = 20

/** What people have asked to be changed of this order, and what became of it. */
export function OrderChanges({ orderId }: { orderId: string }) {
  const { t } = useTranslation()
  const query = { orderId, limit: MOST }
  const asked = api.useQuery('get', '/v1/change-requests', { params: { query } })
  const changes = asked.data?.items ?? []
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
      {asked.isPending && <Loading />}
      {asked.isError && changes.length === 0 && (
        <Failure error={asked.error} onRetry={() => void asked.refetch()} />
      )}
      {asked.isSuccess && changes.length === 0 && <span className="quiet">{t('order.noChanges')}</span>}
      {changes.map((change) => (
        <div key={change.changeId} className="row-line">
          <Link to="/change-requests/$changeId" params={{ changeId: change.changeId }} className="code">
            {change.changeNumber}
          </Link>
          <span>{t(`changeType.${change.type}`)}</span>
          <Difference cents={change.differenceCents} />
          <ChangeStatusTag status={change.status} />
          <span className="quiet">
            {change.applicant} · <Moment at={change.createdAt} />
          </span>
        </div>
      ))}
    </Section>
  )
}
