import { Input } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFilters } from '../components/use-filters.ts'
import type { CourierSearch } from './search.ts'

/** A list narrowed to one waybill. */
export function WaybillFilter({ search: { waybillNumber = '' } }: { search: CourierSearch }) {
  const { t } = useTranslation()
  const change = useFilters<CourierSearch>()
  return (
    <Input.Search
      key={waybillNumber}
      className="filter-wide"
      allowClear
      maxLength={128}
      defaultValue={waybillNumber}
      aria-label={t('couriers.waybill')}
      placeholder={t('couriers.waybill')}
      onSearch={(text) => change({ waybillNumber: text.trim() })}
    />
  )
}
