import { getRouteApi } from '@tanstack/react-router'
import { Checkbox, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { CHANGE_TYPES } from '../../../domain/change.ts'
import { FilterBar } from '../components/filter-bar.tsx'
import { FilterSelect } from '../components/filter-select.tsx'
import { useFilters } from '../components/use-filters.ts'

const route = getRouteApi('/shell/approvals')

export function InboxFilters() {
  const { t } = useTranslation()
  const search = route.useSearch()
  const change = useFilters<typeof search>()
  return (
    <FilterBar label={t('list.filters')}>
      <FilterSelect
        label={t('change.type')}
        value={search.type}
        onChange={(type) => change({ type })}
        options={CHANGE_TYPES.map((value) => ({ value, label: t(`changeType.${value}`) }))}
      />
      <Select
        aria-label={t('list.sort')}
        className="filter"
        value={search.sort ?? 'oldest'}
        onChange={(sort) => change({ sort: sort === 'oldest' ? undefined : sort })}
        options={(['oldest', 'newest'] as const).map((value) => ({ value, label: t(`list.${value}`) }))}
      />
      <Checkbox
        checked={search.overdue === true}
        onChange={({ target }) => change({ overdue: target.checked || undefined })}
      >
        {t('overview.approvalsOverdue')}
      </Checkbox>
    </FilterBar>
  )
}
