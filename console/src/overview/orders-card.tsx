import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { OrderStatus } from '../../../domain/order-state.ts'
import { api } from '../api/client.ts'
import { Section } from '../components/section.tsx'
import { CountOf, Figure } from './number.tsx'

/** Orders that still move; what has ended is history and not how things stand. */
const UNDER_WAY = [
  'reserved',
  'awaiting_stock',
  'paid',
  'partially_shipped',
  'shipped',
  'in_transit',
  'delivered',
  'returning',
] as const satisfies OrderStatus[]
const COUNTED = 100

export function OrdersCard() {
  const { t } = useTranslation()
  return (
    <Section title={t('overview.ordersByState')}>
      <div className="figures">
        {UNDER_WAY.map((status) => (
          <StatusCount key={status} status={status} />
        ))}
        <AttentionCount />
      </div>
    </Section>
  )
}

function StatusCount({ status }: { status: (typeof UNDER_WAY)[number] }) {
  const { t } = useTranslation()
  const list = api.useQuery('get', '/v1/orders', { params: { query: { status, limit: COUNTED } } })
  return (
    <Link to="/orders" search={{ status }}>
      <Figure name={t(`orderStatus.${status}`)}>
        <CountOf list={list} />
      </Figure>
    </Link>
  )
}

function AttentionCount() {
  const { t } = useTranslation()
  const query = { needsAttention: 'true', limit: COUNTED }
  const list = api.useQuery('get', '/v1/orders', { params: { query } })
  return (
    <Link to="/orders" search={{ needsAttention: true }} className="alarming">
      <Figure name={t('overview.attention')}>
        <CountOf list={list} />
      </Figure>
    </Link>
  )
}
