import { keepPreviousData } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Checkbox } from 'antd'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import { useNames } from '../api/directory.ts'
import { present } from '../api/query.ts'
import type { HealthComponentScore, HealthOutcome } from '../api/types.ts'
import { OrderLink } from '../approvals/order-link.tsx'
import { type ListColumn, ListTable } from '../components/list-table.tsx'
import { Moment } from '../components/moment.tsx'
import { Section } from '../components/section.tsx'
import { ChannelName } from '../components/tags.tsx'
import { useFilters } from '../components/use-filters.ts'
import { useList } from '../components/use-list.ts'

const route = getRouteApi('/shell/reports/health')
const PAGE = 30

/** The orders, requests or counts behind one part of the score: those that were missed, or all. */
export function HealthOutcomes({ component }: { component: HealthComponentScore['component'] }) {
  const { t } = useTranslation()
  const { grain = 'day', at, channel, storeId, warehouseId, all, cursor } = route.useSearch()
  const change = useFilters<{ all: boolean; component: string }>()
  const filters = present({ at, channel, storeId, warehouseId, cursor })
  const query = api.useQuery(
    'get',
    '/v1/health-score/components/{component}/outcomes',
    {
      params: {
        path: { component },
        query: { grain, ...filters, ...(all ? {} : { missed: 'true' }), limit: PAGE },
      },
    },
    { placeholderData: keepPreviousData },
  )
  return (
    <Section
      title={t('health.outcomes', { name: t(`healthComponent.${component}`) })}
      extra={
        <Checkbox checked={all !== true} onChange={({ target }) => change({ all: !target.checked })}>
          {t('health.missedOnly')}
        </Checkbox>
      }
    >
      <ListTable
        label={t('health.outcomes', { name: t(`healthComponent.${component}`) })}
        list={useList<HealthOutcome>(query)}
        columns={useColumns()}
        rowKey={({ sourceId, part }) => `${sourceId} ${part}`}
      />
    </Section>
  )
}

function useColumns(): ListColumn<HealthOutcome>[] {
  const { t } = useTranslation()
  const stores = useNames('/v1/stores')
  const warehouses = useNames('/v1/warehouses')
  return useMemo(
    () => [
      {
        key: 'order',
        title: t('health.subject'),
        width: 150,
        render: (_value, { orderId, sourceId }) =>
          orderId === null ? (
            <span className="code">{sourceId.slice(-12)}</span>
          ) : (
            <OrderLink orderId={orderId} />
          ),
      },
      { key: 'part', title: t('health.part'), width: 150, dataIndex: 'part' },
      {
        key: 'at',
        title: t('health.at'),
        width: 190,
        render: (_value, { happenedAt }) => <Moment at={happenedAt} />,
      },
      {
        key: 'where',
        title: t('health.where'),
        width: 200,
        render: (_value, { channel, storeId, warehouseId }) => (
          <>
            {channel !== null && <ChannelName channel={channel} />}{' '}
            {storeId !== null && stores.nameOf(storeId)}{' '}
            {warehouseId !== null && warehouses.nameOf(warehouseId)}
          </>
        ),
      },
      {
        key: 'missed',
        title: t('health.measured'),
        width: 130,
        render: (_value, { missed, measured }) => (
          <span className={missed > 0 ? 'late' : ''}>{t('health.missedOf', { missed, measured })}</span>
        ),
      },
      {
        key: 'detail',
        title: t('health.detail'),
        render: (_value, { detail }) => <span className="quiet">{detailText(detail)}</span>,
      },
    ],
    [t, stores.nameOf, warehouses.nameOf],
  )
}

/** What was looked at, in the API's own names. */
function detailText(detail: Readonly<Record<string, unknown>> | null): string {
  const known = Object.entries(detail ?? {}).filter(
    ([, value]) => value !== null && typeof value !== 'object',
  )
  return known.map(([name, value]) => `${name} ${String(value)}`).join(' · ')
}
