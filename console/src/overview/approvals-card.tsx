import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import { Section } from '../components/section.tsx'
import { CountOf, Figure } from './number.tsx'

const COUNTED = 100
const LOOK_EVERY_MS = 15_000

export function ApprovalsCard() {
  const { t } = useTranslation()
  const list = api.useQuery(
    'get',
    '/v1/approval-inbox',
    { params: { query: { limit: COUNTED } } },
    { refetchInterval: LOOK_EVERY_MS },
  )
  return (
    <Section title={t('approvals.title')}>
      <div className="figures">
        <Link to="/approvals">
          <Figure name={t('overview.approvals')}>
            <CountOf list={list} />
          </Figure>
        </Link>
      </div>
    </Section>
  )
}
