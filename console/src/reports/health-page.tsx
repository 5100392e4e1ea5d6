import { getRouteApi } from '@tanstack/react-router'
import { Segmented } from 'antd'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import { useNames } from '../api/directory.ts'
import { present } from '../api/query.ts'
import { FilterBar } from '../components/filter-bar.tsx'
import { FilterSelect } from '../components/filter-select.tsx'
import { Loaded } from '../components/loaded.tsx'
import { Moment } from '../components/moment.tsx'
import { PageHead } from '../components/page-head.tsx'
import { CHANNELS } from '../components/tags.tsx'
import { useFilters } from '../components/use-filters.ts'
import { HealthBreakdown } from './health-breakdown.tsx'
import { HealthComponents } from './health-components.tsx'
import { HealthOutcomes } from './health-outcomes.tsx'
import { HealthTrend } from './health-trend.tsx'

const route = getRouteApi('/shell/reports/health')
const GRAINS = ['hour', 'day', 'week', 'month'] as const
const LOOK_EVERY_MS = 60_000

/** How healthy orders are, what moved that, and the orders behind each number. */
export function HealthPage() {
  const { t } = useTranslation()
  const search = route.useSearch()
  const change = useFilters<typeof search>()
  const { grain = 'day', at, channel, storeId, warehouseId } = search
  const cut = present({ channel, storeId, warehouseId })
  const score = api.useQuery(
    'get',
    '/v1/health-score',
    { params: { query: { grain, ...present({ at }), ...cut } } },
    { refetchInterval: LOOK_EVERY_MS },
  )
  const { options: stores } = useNames('/v1/stores')
  const { options: warehouses } = useNames('/v1/warehouses')
  return (
    <>
      <PageHead title={t('reports.health')} extra={score.data && <Moment at={score.data.refreshedAt} />} />
      <FilterBar label={t('list.filters')}>
        <Segmented
          aria-label={t('health.grain')}
          value={grain}
          options={GRAINS.map((value) => ({ value, label: t(`grain.${value}`) }))}
          onChange={(value) => change({ grain: value === 'day' ? undefined : value, at: undefined })}
        />
        <FilterSelect
          label={t('orders.channel')}
          value={channel}
          onChange={(value) => change({ channel: value })}
          options={CHANNELS.map((value) => ({ value, label: t(`channel.${value}`) }))}
        />
        <FilterSelect
          label={t('orders.store')}
          value={storeId}
          onChange={(value) => change({ storeId: value })}
          options={stores}
          isSearchable
        />
        <FilterSelect
          label={t('stock.warehouse')}
          value={warehouseId}
          onChange={(value) => change({ warehouseId: value })}
          options={warehouses}
          isSearchable
        />
      </FilterBar>
      <Loaded query={score}>
        {(data) => (
          <>
            <HealthComponents score={data} onOpen={(component) => change({ component })} />
            <HealthTrend grain={grain} cut={cut} onOpen={(from) => change({ at: from })} />
            <HealthBreakdown grain={grain} at={at} cut={cut} />
            {search.component !== undefined && <HealthOutcomes component={search.component} />}
          </>
        )}
      </Loaded>
    </>
  )
}
