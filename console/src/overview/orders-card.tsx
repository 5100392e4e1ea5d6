import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import { Section } from '../components/section.tsx'
import { Counting, Figure } from './number.tsx'

/** Orders that still move; what has ended is history and not how things stand. */
export function OrdersCard() {
  const { t } = useTranslation()
  const counts = api.useQuery('get', '/v1/orders/counts')
  return (
    <Section title={t('overview.ordersByState')}>
      <Counting of={counts}>
        {({ most, statuses, needsAttention }, shown) => (
          <>
            {statuses.map(({ status, count }) => (
              <Link key={status} to="/orders" search={{ status }}>
                <Figure name={t(`orderStatus.${status}`)}>{shown(count, most)}</Figure>
              </Link>
            ))}
            <Link
              to="/orders"
              search={{ needsAttention: true }}
              className={needsAttention > 0 ? 'alarming' : ''}
            >
              <Figure name={t('overview.attention')}>{shown(needsAttention, most)}</Figure>
            </Link>
          </>
        )}
      </Counting>
    </Section>
  )
}
