import { WarningFilled } from '@ant-design/icons'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { Tooltip } from 'antd'
import { lazy, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useNames } from '../api/directory.ts'
import { useLiveOrders } from '../api/live.ts'
import { present } from '../api/query.ts'
import type { OrderSummary } from '../api/types.ts'
import { BulkSlot } from '../components/bulk-slot.tsx'
import { ColumnChoice } from '../components/column-choice.tsx'
import { type ChoosableColumn, chosen } from '../components/columns.ts'
import { ExportButton } from '../components/export-button.tsx'
import { ListTable } from '../components/list-table.tsx'
import { LiveMark } from '../components/live-mark.tsx'
import { Moment, Until } from '../components/moment.tsx'
import { Money } from '../components/money.tsx'
import { PageHead } from '../components/page-head.tsx'
import { SavedViews } from '../components/saved-views.tsx'
import { ChannelName, OrderStatusTag } from '../components/tags.tsx'
import { useList } from '../components/use-list.ts'
import { useSelection } from '../components/use-selection.ts'
import { withScreenTexts } from '../i18n/i18n.ts'
import { OrderFilters } from './order-filters.tsx'
import { ordersQuery } from './orders-query.ts'
import { ordersSearch } from './search.ts'

const OrderBulk = lazy(
  withScreenTexts(async () => ({ default: (await import('./order-bulk.tsx')).OrderBulk })),
)

const route = getRouteApi('/shell/orders')
/** The first page is looked at again while orders come in; deeper pages stay still under whoever reads them. */
const LIVE_MS = 3_000

/** All orders of one's stores: found by filters that are in the address, walked through by keyboard. */
export function OrdersPage() {
  const { t } = useTranslation()
  const search = route.useSearch()
  const navigate = useNavigate()
  const { cursor, sort: _sort, columns: _columns, ...filters } = search
  const query = useQuery({ ...ordersQuery(search), placeholderData: keepPreviousData })
  const list = useList<OrderSummary>(query)
  const isFirstPage = cursor === undefined
  const isLive = useLiveOrders(isFirstPage ? [['get', '/v1/orders']] : [], undefined, LIVE_MS)
  const columns = useColumns()
  const selection = useSelection(list.rows, { keyOf, nameOf: ({ orderId }) => shortId(orderId) })
  return (
    <>
      <PageHead
        title={t('orders.title')}
        extra={
          <>
            <LiveMark isLive={isLive} />
            <SavedViews
              screen="orders"
              linkOf={(saved, name) => (
                <Link to="/orders" search={ordersSearch.parse(saved)}>
                  {name}
                </Link>
              )}
            />
            <ColumnChoice columns={columns} />
            <ExportButton what={(format) => ({ kind: 'orders', format, filters: present(filters) })} />
          </>
        }
      />
      <OrderFilters />
      <ListTable
        label={t('orders.title')}
        list={list}
        columns={chosen(columns, search.columns)}
        rowKey={keyOf}
        selection={selection}
        minWidth={1_080}
        onOpen={({ orderId }) => void navigate({ to: '/orders/$orderId', params: { orderId } })}
      />
      <BulkSlot selection={selection}>
        <OrderBulk selection={selection} keyOf={keyOf} />
      </BulkSlot>
    </>
  )
}

const keyOf = ({ orderId }: OrderSummary) => orderId

function useColumns(): ChoosableColumn<OrderSummary>[] {
  const { t } = useTranslation()
  const { nameOf } = useNames('/v1/stores')
  return useMemo(
    () => [
      {
        key: 'id',
        title: t('orders.id'),
        width: 150,
        fixed: 'start',
        render: (_value, { orderId, needsAttention }) => (
          <span className="nowrap">
            <Link to="/orders/$orderId" params={{ orderId }} className="code" title={orderId}>
              {shortId(orderId)}
            </Link>
            {needsAttention && (
              <Tooltip title={t('orders.attentionTip')}>
                <WarningFilled className="attention" aria-label={t('orders.attention')} />
              </Tooltip>
            )}
          </span>
        ),
      },
      {
        key: 'status',
        title: t('orders.status'),
        width: 180,
        render: (_value, { status, reservationExpiresAt }) => (
          <>
            <OrderStatusTag status={status} />
            {status === 'reserved' && <Until at={reservationExpiresAt} />}
          </>
        ),
      },
      {
        key: 'channel',
        title: t('orders.channel'),
        width: 110,
        render: (_value, { channel }) => <ChannelName channel={channel} />,
      },
      {
        key: 'store',
        title: t('orders.store'),
        width: 140,
        render: (_value, { storeId }) => nameOf(storeId),
      },
      {
        key: 'externalId',
        title: t('orders.externalId'),
        width: 170,
        render: (_value, { externalOrderId }) => <span className="code">{externalOrderId ?? '–'}</span>,
      },
      {
        key: 'amount',
        title: t('orders.amount'),
        width: 120,
        align: 'right',
        render: (_value, { amountCents }) => <Money cents={amountCents} />,
      },
      {
        key: 'paid',
        title: t('orders.paid'),
        width: 120,
        align: 'right',
        render: (_value, { paidCents }) => <Money cents={paidCents} />,
      },
      {
        key: 'refunded',
        isExtra: true,
        title: t('orders.refunded'),
        width: 120,
        align: 'right',
        render: (_value, { refundedCents }) => <Money cents={refundedCents} />,
      },
      {
        key: 'freight',
        isExtra: true,
        title: t('orders.freight'),
        width: 100,
        align: 'right',
        render: (_value, { freightCents }) => <Money cents={freightCents} />,
      },
      {
        key: 'updated',
        isExtra: true,
        title: t('orders.updated'),
        width: 165,
        render: (_value, { updatedAt }) => <Moment at={updatedAt} />,
      },
      {
        key: 'created',
        title: t('orders.created'),
        width: 165,
        render: (_value, { createdAt }) => <Moment at={createdAt} />,
      },
    ],
    [t, nameOf],
  )
}

/** The end of an id, which differs between orders of one minute; the whole one is on hover and in the detail. */
export function shortId(orderId: string): string {
  return orderId.slice(-12)
}
