import { keepPreviousData, useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { api, client } from '../api/client.ts'
import { present } from '../api/query.ts'
import type { ShopMessage } from '../api/types.ts'
import { ActionButton } from '../components/action-button.tsx'
import { FilterBar } from '../components/filter-bar.tsx'
import { FilterSelect } from '../components/filter-select.tsx'
import { type ListColumn, ListTable } from '../components/list-table.tsx'
import { Moment } from '../components/moment.tsx'
import { Tag, type Tone } from '../components/tag.tsx'
import { useFilters } from '../components/use-filters.ts'
import { useList } from '../components/use-list.ts'
import { OrderNumberFilter, OrderOfLog } from './log-filters.tsx'
import { MESSAGE_STATES, type ShopSearch } from './search.ts'

const PAGE = 50
const TONES: Record<ShopMessage['state'], Tone> = {
  hint: 'gold',
  fetched: 'green',
  set_aside: 'red',
  dismissed: 'grey',
  pending: 'gold',
  waiting: 'gold',
  delivered: 'green',
  late: 'grey',
  unread: 'gold',
  read: 'green',
}

/** What a shop sent, and what became of each. */
export function ShopMessages({ shopId, search }: { shopId: string; search: ShopSearch }) {
  const { t } = useTranslation()
  const change = useFilters<ShopSearch>()
  const { cursor, sort, platformOrderId, messageState: state } = search
  const query = { ...present({ cursor, sort, platformOrderId, state }), limit: PAGE }
  const messages = api.useQuery(
    'get',
    '/v1/shops/{shopId}/messages',
    { params: { path: { shopId }, query } },
    { placeholderData: keepPreviousData },
  )
  return (
    <>
      <FilterBar label={t('list.filters')}>
        <OrderNumberFilter search={search} />
        <FilterSelect
          label={t('shopLog.state')}
          value={state}
          onChange={(messageState) => change({ messageState })}
          options={MESSAGE_STATES.map((value) => ({ value, label: t(`messageState.${value}`) }))}
        />
      </FilterBar>
      <ListTable
        label={t('shopLog.messages')}
        list={useList<ShopMessage>(messages)}
        columns={useColumns(shopId)}
        rowKey={({ messageId }) => messageId}
        minWidth={1_000}
      />
    </>
  )
}

function useColumns(shopId: string): ListColumn<ShopMessage>[] {
  const { t } = useTranslation()
  const queries = useQueryClient()
  return useMemo(
    () => [
      {
        key: 'received',
        title: t('shopLog.received'),
        width: 165,
        render: (_value, { receivedAt }) => <Moment at={receivedAt} />,
      },
      {
        key: 'type',
        title: t('shopLog.type'),
        width: 190,
        render: (_value, { type }) => <span className="code">{type}</span>,
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
        width: 110,
        render: (_value, { state }) => <Tag tone={TONES[state]}>{t(`messageState.${state}`)}</Tag>,
      },
      { key: 'attempts', title: t('shopLog.attempts'), width: 70, align: 'right', dataIndex: 'attempts' },
      {
        key: 'error',
        title: t('shops.error'),
        render: (_value, { lastError }) => lastError ?? '–',
      },
      {
        key: 'replay',
        title: t('shopLog.replay'),
        width: 150,
        render: (_value, { messageId, canReplay }) =>
          canReplay && (
            <ActionButton
              size="small"
              label={t('shopLog.fetchAgain')}
              act={() =>
                client.POST('/v1/shops/{shopId}/messages/{messageId}/replay', {
                  params: { path: { shopId, messageId } },
                })
              }
              onDone={() =>
                void queries.invalidateQueries({ queryKey: ['get', '/v1/shops/{shopId}/messages'] })
              }
            />
          ),
      },
    ],
    [t, queries, shopId],
  )
}
