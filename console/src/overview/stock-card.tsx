import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import { Section } from '../components/section.tsx'
import { Counting, Figure } from './number.tsx'

const LOOK_EVERY_MS = 10_000

/** Levels at or below their safety stock, over all warehouses. */
export function StockCard() {
  const { t } = useTranslation()
  // The totals are of all that fits; one row is enough to get them.
  const board = api.useQuery(
    'get',
    '/v1/stock/board',
    { params: { query: { limit: 1 } } },
    { refetchInterval: LOOK_EVERY_MS },
  )
  return (
    <Section title={t('overview.stock')}>
      <Counting of={board}>
        {({ totals }) => (
          <>
            <Link
              to="/stock"
              search={{ level: 'out' }}
              className={(totals?.levels.out ?? 0) > 0 ? 'alarming' : ''}
            >
              <Figure name={t('overview.stockOut')}>{totals?.levels.out ?? '–'}</Figure>
            </Link>
            <Link to="/stock" search={{ level: 'low' }}>
              <Figure name={t('overview.stockLow')}>{totals?.levels.low ?? '–'}</Figure>
            </Link>
            <Link to="/stock" search={{ stale: true }}>
              <Figure name={t('overview.staleWarehouses')}>{totals?.staleWarehouses.length ?? '–'}</Figure>
            </Link>
          </>
        )}
      </Counting>
    </Section>
  )
}
