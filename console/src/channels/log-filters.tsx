import { Link } from '@tanstack/react-router'
import { Input } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFilters } from '../components/use-filters.ts'
import type { ShopSearch } from './search.ts'

/** A log narrowed to one order of the platform. */
export function OrderNumberFilter({ search: { platformOrderId = '' } }: { search: ShopSearch }) {
  const { t } = useTranslation()
  const change = useFilters<ShopSearch>()
  return (
    <Input.Search
      key={platformOrderId}
      className="filter-wide"
      allowClear
      maxLength={128}
      defaultValue={platformOrderId}
      aria-label={t('orders.externalId')}
      placeholder={t('orders.externalId')}
      onSearch={(text) => change({ platformOrderId: text.trim() })}
    />
  )
}

/** The order that an entry of a log is about: found in the list of orders by the platform's number. */
export function OrderOfLog({ platformOrderId }: { platformOrderId: string | null }) {
  if (platformOrderId === null) return <span className="quiet">–</span>
  return (
    <Link to="/orders" search={{ externalOrderId: platformOrderId }} className="code">
      {platformOrderId}
    </Link>
  )
}
