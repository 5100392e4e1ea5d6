import { keepPreviousData, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, client } from '../api/client.ts'
import { present } from '../api/query.ts'
import type { CourierMessage } from '../api/types.ts'
import { OrderLink } from '../approvals/order-link.tsx'
import { FilterBar } from '../components/filter-bar.tsx'
import { FilterSelect } from '../components/filter-select.tsx'
import { type ListColumn, ListTable } from '../components/list-table.tsx'
import { useMessageColumns } from '../components/message-columns.tsx'
import { SearchField } from '../components/search-field.tsx'
import { useFilters } from '../components/use-filters.ts'
import { useList } from '../components/use-list.ts'
import { type CourierSearch, PUSH_STATES } from './search.ts'

const PAGE = 50
type Source = 'kuaidi100'

/** What the source of a courier pushed, for all its couriers, and what became of each. */
export function CourierMessages({ source, search }: { source: Source; search: CourierSearch }) {
  const { t } = useTranslation()
  const change = useFilters<CourierSearch>()
  const { cursor, sort, messageState: state, waybillNumber } = search
  const query = { ...present({ cursor, sort, state, waybillNumber }), limit: PAGE }
  const messages = api.useQuery(
    'get',
    '/v1/courier-sources/{source}/messages',
    { params: { path: { source }, query } },
    { placeholderData: keepPreviousData },
  )
  return (
    <>
      <FilterBar label={t('list.filters')}>
        <SearchField
          label={t('couriers.waybill')}
          value={waybillNumber}
          onSearch={(text) => change({ waybillNumber: text })}
        />
        <FilterSelect
          label={t('shopLog.state')}
          value={state}
          onChange={(messageState) => change({ messageState })}
          options={PUSH_STATES.map((value) => ({ value, label: t(`messageState.${value}`) }))}
        />
      </FilterBar>
      <ListTable
        label={t('courierLog.messages')}
        list={useList<CourierMessage>(messages)}
        columns={useColumns(source)}
        rowKey={({ messageId }) => messageId}
        minWidth={1_000}
      />
    </>
  )
}

function useColumns(source: Source): ListColumn<CourierMessage>[] {
  const { t } = useTranslation()
  const queries = useQueryClient()
  return useMessageColumns<CourierMessage>({
    about: [
      {
        key: 'waybill',
        title: t('couriers.waybill'),
        width: 190,
        render: (_value, { waybillNumber }) => <span className="code">{waybillNumber ?? '–'}</span>,
      },
      {
        key: 'order',
        title: t('orders.id'),
        width: 140,
        render: (_value, { orderId }) => (orderId === null ? '–' : <OrderLink orderId={orderId} />),
      },
    ],
    again: {
      label: t('couriers.readAgain'),
      act: (messageId) =>
        client.POST('/v1/courier-sources/{source}/messages/{messageId}/replay', {
          params: { path: { source, messageId } },
        }),
      onDone: () =>
        void queries.invalidateQueries({ queryKey: ['get', '/v1/courier-sources/{source}/messages'] }),
    },
  })
}
