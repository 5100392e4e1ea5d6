import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import type { ChangeDetail, OrderDetail } from '../api/types.ts'
import { OrderLink } from '../approvals/order-link.tsx'
import { Loaded } from '../components/loaded.tsx'
import { PageHead } from '../components/page-head.tsx'
import { NothingHere } from '../components/states.tsx'
import { OrderStatusTag } from '../components/tags.tsx'
import { possibleTypes } from './draft.ts'
import { RequestForm } from './request-form.tsx'

const route = getRouteApi('/shell/orders/$orderId/change')

/** Asks for a change of an order, and shows before it is asked what would come of it and who would decide. */
export function RequestPage() {
  const { t } = useTranslation()
  const { orderId } = route.useParams()
  const { changeId } = route.useSearch()
  const before = api.useQuery(
    'get',
    '/v1/change-requests/{changeId}',
    { params: { path: { changeId: changeId ?? '' } } },
    { enabled: changeId !== undefined },
  )
  const order = api.useQuery('get', '/v1/orders/{orderId}', { params: { path: { orderId } } })
  return (
    <>
      <PageHead title={t('request.title')} extra={<OrderLink orderId={orderId} />} />
      <Loaded query={order}>
        {(seen) =>
          changeId === undefined ? (
            <Request key="new" order={seen} before={undefined} onReload={() => void order.refetch()} />
          ) : (
            <Loaded query={before}>
              {(change) => (
                <Request key={changeId} order={seen} before={change} onReload={() => void order.refetch()} />
              )}
            </Loaded>
          )
        }
      </Loaded>
    </>
  )
}

/**
 * The form keeps to the version of the order that it was opened on: a price that was typed beside the old one must not be asked for
 * beside a new one. Whoever loads the order anew begins with a new form.
 */
function Request({
  order,
  before,
  onReload,
}: {
  order: OrderDetail
  before: ChangeDetail | undefined
  onReload: () => void
}) {
  const { t } = useTranslation()
  const [seen, setSeen] = useState(order)
  const hasMoved = order.version !== seen.version
  const types = possibleTypes(seen)
  if (types.length === 0) {
    return (
      <>
        <OrderStatusTag status={seen.status} />
        <NothingHere title={t('request.closed')} hint={t('request.closedHint')} />
      </>
    )
  }
  return (
    <RequestForm
      key={seen.version}
      order={seen}
      before={before}
      types={types}
      hasMoved={hasMoved}
      onReload={() => (hasMoved ? setSeen(order) : onReload())}
    />
  )
}
