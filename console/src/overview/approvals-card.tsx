import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import { Section } from '../components/section.tsx'
import { Counting, Figure } from './number.tsx'

const LOOK_EVERY_MS = 15_000

/** What waits for this person's decision, and how much of it past its time. */
export function ApprovalsCard() {
  const { t } = useTranslation()
  const counts = api.useQuery('get', '/v1/approval-inbox/counts', {}, { refetchInterval: LOOK_EVERY_MS })
  return (
    <Section title={t('approvals.title')}>
      <Counting of={counts}>
        {({ most, total, overdue }, shown) => (
          <>
            <Link to="/approvals">
              <Figure name={t('overview.approvals')}>{shown(total, most)}</Figure>
            </Link>
            {overdue > 0 && (
              <Link to="/approvals" search={{ overdue: true }} className="alarming">
                <Figure name={t('overview.approvalsOverdue')}>{shown(overdue, most)}</Figure>
              </Link>
            )}
          </>
        )}
      </Counting>
    </Section>
  )
}
