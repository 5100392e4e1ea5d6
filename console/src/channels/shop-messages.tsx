import { keepPreviousData, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, client } from '../api/client.ts'
import { present } from '../api/query.ts'
import type { ShopMessage } from '../api/types.ts'
import { FilterBar } from '../components/filter-bar.tsx'
import { FilterSelect } from '../components/filter-select.tsx'
import { type ListColumn, ListTable } from '../components/list-table.tsx'
import { useMessageColumns } from '../components/message-columns.tsx'
import { SearchField } from '../components/search-field.tsx'
import { useFilters } from '../components/use-filters.ts'
import { useList } from '../components/use-list.ts'
import { OrderOfLog } from './order-of-log.tsx'
import { MESSAGE_STATES, type ShopSearch } from './search.ts'

const PAGE = 50

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
        <SearchField
          label={t('orders.externalId')}
          value={platformOrderId}
          onSearch={(text) => change({ platformOrderId: text })}
        />
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
  return useMessageColumns<ShopMessage>({
    about: [
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
    ],
    again: {
      label: t('shopLog.fetchAgain'),
      act: (messageId) =>
        client.POST('/v1/shops/{shopId}/messages/{messageId}/replay', {
          params: { path: { shopId, messageId } },
        }),
      onDone: () => void queries.invalidateQueries({ queryKey: ['get', '/v1/shops/{shopId}/messages'] }),
    },
  })
}
