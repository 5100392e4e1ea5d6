import { keepPreviousData, useQueryClient } from '@tanstack/react-query'
import { Segmented } from 'antd'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { api, client } from '../api/client.ts'
import { present } from '../api/query.ts'
import type { ShopDelivery } from '../api/types.ts'
import { ActionButton } from '../components/action-button.tsx'
import { FilterBar } from '../components/filter-bar.tsx'
import { FilterSelect } from '../components/filter-select.tsx'
import { type ListColumn, ListTable } from '../components/list-table.tsx'
import { Moment } from '../components/moment.tsx'
import { Tag, type Tone } from '../components/tag.tsx'
import { useFilters } from '../components/use-filters.ts'
import { useList } from '../components/use-list.ts'
import { OrderOfLog } from './order-of-log.tsx'
import { DELIVERY_STATES, type ShopSearch } from './search.ts'

const PAGE = 50
const KINDS = ['shipment', 'listing'] as const
const TONES: Record<ShopDelivery['state'], Tone> = {
  pending: 'gold',
  delivered: 'green',
  failed: 'red',
  withdrawn: 'grey',
}

/** What the platform was told: waybills of the shop's orders, and what its store may show. */
export function ShopDeliveries({ shopId, search }: { shopId: string; search: ShopSearch }) {
  const { t } = useTranslation()
  const change = useFilters<ShopSearch>()
  const { cursor, sort, deliveryKind: kind = 'shipment', deliveryState: state } = search
  const query = { ...present({ cursor, sort, kind, state }), limit: PAGE }
  const deliveries = api.useQuery(
    'get',
    '/v1/shops/{shopId}/deliveries',
    { params: { path: { shopId }, query } },
    { placeholderData: keepPreviousData },
  )
  return (
    <>
      <FilterBar label={t('list.filters')}>
        <Segmented
          aria-label={t('shopLog.kind')}
          value={kind}
          onChange={(value) => change({ deliveryKind: value === 'shipment' ? undefined : value })}
          options={KINDS.map((value) => ({ value, label: t(`shopDelivery.${value}`) }))}
        />
        <FilterSelect
          label={t('shopLog.state')}
          value={state}
          onChange={(deliveryState) => change({ deliveryState })}
          options={DELIVERY_STATES.map((value) => ({ value, label: t(`deliveryState.${value}`) }))}
        />
      </FilterBar>
      <ListTable
        label={t('shopLog.deliveries')}
        list={useList<ShopDelivery>(deliveries)}
        columns={useColumns(shopId)}
        rowKey={({ deliveryId }) => deliveryId}
        minWidth={1_000}
      />
    </>
  )
}

function useColumns(shopId: string): ListColumn<ShopDelivery>[] {
  const { t } = useTranslation()
  const queries = useQueryClient()
  return useMemo(
    () => [
      {
        key: 'created',
        title: t('shopLog.created'),
        width: 165,
        render: (_value, { createdAt }) => <Moment at={createdAt} />,
      },
      {
        key: 'what',
        title: t('shopLog.what'),
        width: 210,
        render: (_value, { kind, waybillNumber, skuId, quantity }) =>
          kind === 'shipment' ? (
            <span className="code">{waybillNumber ?? '–'}</span>
          ) : (
            <span className="code">
              {skuId ?? '–'} = {quantity ?? '–'}
            </span>
          ),
      },
      {
        key: 'order',
        title: t('orders.externalId'),
        width: 190,
        render: (_value, { platformOrderId }) => <OrderOfLog platformOrderId={platformOrderId} />,
      },
      {
        key: 'state',
        title: t('shopLog.state'),
        width: 100,
        render: (_value, { state }) => <Tag tone={TONES[state]}>{t(`deliveryState.${state}`)}</Tag>,
      },
      { key: 'attempts', title: t('shopLog.attempts'), width: 70, align: 'right', dataIndex: 'attempts' },
      {
        key: 'error',
        title: t('shops.error'),
        render: (_value, { lastStatus, lastError }) =>
          [lastStatus, lastError].filter((part) => part !== null).join(' ') || '–',
      },
      {
        key: 'replay',
        title: t('shopLog.replay'),
        width: 130,
        render: (_value, { deliveryId, canReplay }) =>
          canReplay && (
            <ActionButton
              size="small"
              label={t('common.retry')}
              act={() =>
                client.POST('/v1/shops/{shopId}/deliveries/{deliveryId}/replay', {
                  params: { path: { shopId, deliveryId } },
                })
              }
              onDone={() =>
                void queries.invalidateQueries({ queryKey: ['get', '/v1/shops/{shopId}/deliveries'] })
              }
            />
          ),
      },
    ],
    [t, queries, shopId],
  )
}
