import { keepPreviousData, useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { api, client } from '../api/client.ts'
import { present } from '../api/query.ts'
import type { ChannelOrder } from '../api/types.ts'
import { OrderLink } from '../approvals/order-link.tsx'
import { ActionButton } from '../components/action-button.tsx'
import { FilterBar } from '../components/filter-bar.tsx'
import { FilterSelect } from '../components/filter-select.tsx'
import { type ListColumn, ListTable } from '../components/list-table.tsx'
import { Moment } from '../components/moment.tsx'
import { Money } from '../components/money.tsx'
import { SearchField } from '../components/search-field.tsx'
import { Tag } from '../components/tag.tsx'
import { useFilters } from '../components/use-filters.ts'
import { useList } from '../components/use-list.ts'
import { CHANNEL_ORDER_STATES, type ShopSearch } from './search.ts'

const PAGE = 50
const TONES = { held: 'red', placed: 'green', ignored: 'grey' } as const

/** A shop's orders as the platform last told them; those that could not be placed say why, and are tried again from here. */
export function ChannelOrders({ shopId, search }: { shopId: string; search: ShopSearch }) {
  const { t } = useTranslation()
  const change = useFilters<ShopSearch>()
  const { cursor, sort, platformOrderId, orderState: state } = search
  const query = { ...present({ cursor, sort, platformOrderId, state }), shopId, limit: PAGE }
  const orders = api.useQuery(
    'get',
    '/v1/channel-orders',
    { params: { query } },
    { placeholderData: keepPreviousData },
  )
  return (
    <>
      <FilterBar label={t('list.filters')}>
        <SearchField
          label={t('orders.externalId')}
          value={platformOrderId}
          onSearch={(text) => change({ platformOrderId: text })}
        />
        <FilterSelect
          label={t('shopLog.state')}
          value={state}
          onChange={(orderState) => change({ orderState })}
          options={CHANNEL_ORDER_STATES.map((value) => ({ value, label: t(`channelOrderState.${value}`) }))}
        />
      </FilterBar>
      <ListTable
        label={t('shopLog.orders')}
        list={useList<ChannelOrder>(orders)}
        columns={useColumns()}
        rowKey={({ platformOrderId: id }) => id}
        minWidth={1_000}
      />
    </>
  )
}

function useColumns(): ListColumn<ChannelOrder>[] {
  const { t } = useTranslation()
  const queries = useQueryClient()
  return useMemo(
    () => [
      {
        key: 'platformOrderId',
        title: t('orders.externalId'),
        width: 190,
        render: (_value, { platformOrderId }) => <span className="code">{platformOrderId}</span>,
      },
      {
        key: 'order',
        title: t('orders.id'),
        width: 140,
        render: (_value, { orderId }) => (orderId === null ? '–' : <OrderLink orderId={orderId} />),
      },
      {
        key: 'state',
        title: t('shopLog.state'),
        width: 200,
        render: (_value, { state, heldReason }) => (
          <>
            <Tag tone={TONES[state]}>{t(`channelOrderState.${state}`)}</Tag>
            {heldReason !== null && t(`heldReason.${heldReason}`)}
          </>
        ),
      },
      { key: 'raw', title: t('shopLog.rawStatus'), width: 150, dataIndex: 'rawStatus' },
      {
        key: 'amount',
        title: t('orders.amount'),
        width: 110,
        align: 'right',
        render: (_value, { amountCents }) => <Money cents={amountCents} />,
      },
      {
        key: 'seen',
        title: t('shopLog.firstSeen'),
        width: 165,
        render: (_value, { firstSeenAt }) => <Moment at={firstSeenAt} />,
      },
      {
        key: 'retry',
        title: t('shopLog.replay'),
        width: 130,
        render: (_value, { shopId, platformOrderId, state }) =>
          state === 'held' && (
            <ActionButton
              size="small"
              label={t('shopLog.placeAgain')}
              act={() =>
                client.POST('/v1/channel-orders/{shopId}/{platformOrderId}/retry', {
                  params: { path: { shopId, platformOrderId } },
                })
              }
              onDone={() => void queries.invalidateQueries({ queryKey: ['get', '/v1/channel-orders'] })}
            />
          ),
      },
    ],
    [t, queries],
  )
}
