import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { Button, Checkbox, Select } from 'antd'
// By itself: the library's `Input` brings every other kind of field to one of the first screens.
import Search from 'antd/es/input/Search'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ORDER_STATUSES } from '../../../domain/order-state.ts'
import { useNames } from '../api/directory.ts'
import { FilterBar } from '../components/filter-bar.tsx'
import { FilterSelect } from '../components/filter-select.tsx'
import { CHANNELS } from '../components/tags.tsx'
import { TimeRange } from '../components/time-range.tsx'
import { useFilters } from '../components/use-filters.ts'
import type { OrdersSearch } from './search.ts'

const route = getRouteApi('/shell/orders')
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** What the list is narrowed by. Each filter is in the address as soon as it is chosen. */
export function OrderFilters() {
  const { t } = useTranslation()
  const search = route.useSearch()
  const change = useFilters<OrdersSearch>()
  const { options: stores } = useNames('/v1/stores')
  return (
    <FilterBar label={t('list.filters')}>
      <Finder key={search.externalOrderId ?? ''} given={search.externalOrderId ?? ''} />
      <FilterSelect
        label={t('orders.status')}
        value={search.status}
        onChange={(status) => change({ status })}
        options={ORDER_STATUSES.map((value) => ({ value, label: t(`orderStatus.${value}`) }))}
      />
      <FilterSelect
        label={t('orders.channel')}
        value={search.channel}
        onChange={(channel) => change({ channel })}
        options={CHANNELS.map((value) => ({ value, label: t(`channel.${value}`) }))}
      />
      <FilterSelect
        label={t('orders.store')}
        isSearchable
        value={search.storeId}
        onChange={(storeId) => change({ storeId })}
        options={stores}
      />
      <TimeRange
        label={t('orders.createdRange')}
        from={search.createdFrom}
        to={search.createdTo}
        onChange={({ from, to }) => change({ createdFrom: from, createdTo: to })}
      />
      <Select
        aria-label={t('list.sort')}
        className="filter"
        value={search.sort ?? 'newest'}
        onChange={(sort) => change({ sort: sort === 'newest' ? undefined : sort })}
        options={(['newest', 'oldest'] as const).map((value) => ({ value, label: t(`list.${value}`) }))}
      />
      <Checkbox
        checked={search.needsAttention ?? false}
        onChange={({ target }) => change({ needsAttention: target.checked })}
      >
        {t('orders.attentionOnly')}
      </Checkbox>
      <Button
        type="link"
        onClick={() =>
          change({
            status: undefined,
            channel: undefined,
            storeId: undefined,
            externalOrderId: undefined,
            needsAttention: undefined,
            createdFrom: undefined,
            createdTo: undefined,
            sort: undefined,
          })
        }
      >
        {t('common.reset')}
      </Button>
    </FilterBar>
  )
}

/** One field for what people have in hand: the hub's own id opens the order, a channel's number finds it. */
function Finder({ given }: { given: string }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const change = useFilters<OrdersSearch>()
  const [value, setValue] = useState(given)
  const find = (text: string) => {
    const wanted = text.trim()
    if (UUID.test(wanted))
      return void navigate({ to: '/orders/$orderId', params: { orderId: wanted.toLowerCase() } })
    change({ externalOrderId: wanted })
  }
  return (
    <Search
      className="filter-wide"
      allowClear
      maxLength={128}
      aria-label={`${t('orders.externalId')} / ${t('orders.id')}`}
      placeholder={`${t('orders.externalId')} / ${t('orders.id')}`}
      value={value}
      onChange={({ target }) => setValue(target.value)}
      onSearch={find}
    />
  )
}
