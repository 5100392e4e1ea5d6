import { keepPreviousData } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import { useNames } from '../api/directory.ts'
import { present } from '../api/query.ts'
import type { CustomerDetail, CustomerOrder, ErasedCustomer } from '../api/types.ts'
import { OrderLink } from '../approvals/order-link.tsx'
import { Facts } from '../components/facts.tsx'
import { type ListColumn, ListTable } from '../components/list-table.tsx'
import { Loaded } from '../components/loaded.tsx'
import { Moment } from '../components/moment.tsx'
import { Money } from '../components/money.tsx'
import { PageHead } from '../components/page-head.tsx'
import { Section } from '../components/section.tsx'
import { Tag } from '../components/tag.tsx'
import { ChannelName } from '../components/tags.tsx'
import { useList } from '../components/use-list.ts'
import { formatShare } from '../format/number.ts'
import { isOffered } from '../session/screens.ts'
import { usePerson } from '../session/session.ts'
import { MergeCustomer, SplitCustomer } from './customer-actions.tsx'
import { EraseCustomer } from './customer-erasure.tsx'
import { CustomerIdentity } from './customer-identity.tsx'

const route = getRouteApi('/shell/reports/customers/$customerId')
const PAGE = 30

/** One customer: figures, segment and what it is given, by what they are known, and the orders behind it. */
export function CustomerPage() {
  const { t } = useTranslation()
  const { customerId } = route.useParams()
  const { cursor } = route.useSearch()
  const path = { customerId }
  const query = api.useQuery('get', '/v1/customers/{customerId}', { params: { path } })
  const orders = api.useQuery(
    'get',
    '/v1/customers/{customerId}/orders',
    { params: { path, query: { ...present({ cursor }), limit: PAGE } } },
    { placeholderData: keepPreviousData },
  )
  const list = useList<CustomerOrder>(orders)
  const columns = useColumns()
  return (
    <>
      <PageHead title={t('customer.title', { id: customerId.slice(-12) })} />
      <Link to="/reports/customers" className="back-link">
        {t('approvals.backToList')}
      </Link>
      <Loaded query={query}>
        {(customer) => (
          <>
            <About customer={customer} />
            <Section title={t('customer.ordersOf')}>
              <ListTable
                label={t('customer.ordersOf')}
                list={list}
                columns={columns}
                rowKey={({ orderId }) => orderId}
              />
            </Section>
            <Actions
              key={customerId}
              customer={customer}
              onDone={() => {
                void query.refetch()
                void orders.refetch()
              }}
            />
          </>
        )}
      </Loaded>
    </>
  )
}

/** What people say about who is one customer, and who is to be forgotten. Whoever was merged or erased is nobody to say anything about. */
function Actions({ customer, onDone }: { customer: CustomerDetail; onDone: () => void }) {
  const { t } = useTranslation()
  const { role } = usePerson()
  const [splitOffId, setSplitOffId] = useState<string | null>(null)
  const [erased, setErased] = useState<ErasedCustomer | null>(null)
  if (erased !== null)
    return (
      <p role="status">
        {t('customer.erasedNow', { contacts: erased.contacts, attachments: erased.attachments })}
      </p>
    )
  if (customer.mergedInto !== null || customer.erasedAt !== null) return null
  // Of another version there is something else to look at first.
  const key = customer.version
  return (
    <>
      {splitOffId !== null && (
        <p role="status">
          {t('customer.splitOff')} <CustomerLink customerId={splitOffId} />
        </p>
      )}
      {isOffered('mergeCustomers', role) && (
        <>
          <MergeCustomer key={`merge ${key}`} customer={customer} onDone={onDone} />
          <SplitCustomer
            key={`split ${key}`}
            customer={customer}
            onDone={(newId) => {
              setSplitOffId(newId)
              onDone()
            }}
          />
        </>
      )}
      {isOffered('eraseCustomers', role) && (
        <EraseCustomer
          key={`erase ${key}`}
          customer={customer}
          onDone={(gone) => {
            setErased(gone)
            onDone()
          }}
        />
      )}
    </>
  )
}

function CustomerLink({ customerId }: { customerId: string }) {
  return (
    <Link to="/reports/customers/$customerId" params={{ customerId }} className="code">
      {customerId.slice(-12)}
    </Link>
  )
}

function About({ customer }: { customer: CustomerDetail }) {
  const { t } = useTranslation()
  const { scores, service, segment } = customer
  return (
    <Section
      title={t('customer.about')}
      extra={customer.erasedAt !== null && <Tag tone="red">{t('customer.erased')}</Tag>}
    >
      <Facts
        facts={[
          [t('customer.segment'), segment?.title ?? t('customer.noSegment')],
          [
            t('customer.scores'),
            scores === null ? '–' : `R${scores.recency} F${scores.frequency} M${scores.monetary}`,
          ],
          [t('customer.orders'), `${customer.orders} / ${customer.lifetimeOrders}`],
          [t('customer.net'), <Money key="net" cents={customer.netCents} />],
          [t('customer.returnRate'), customer.returnRate === null ? '–' : formatShare(customer.returnRate)],
          [t('customer.changeRequests'), customer.changeRequests],
          [t('customer.complaints'), customer.complaints],
          [t('customer.lastOrder'), <Moment key="last" at={customer.lastOrderAt} />],
          [
            t('customer.service'),
            t('customer.serviceIs', {
              priority: service.allocationPriority,
              reships: service.freeReships,
            }),
          ],
          [t('customer.leniency'), <Money key="leniency" cents={service.approvalLeniencyCents} />],
        ]}
      />
      {customer.mergedInto !== null && (
        <p>
          {t('customer.mergedInto')} <CustomerLink customerId={customer.mergedInto} />
        </p>
      )}
      {customer.identities.map((identity) => (
        <div key={identity.identityId} className="row-line">
          <CustomerIdentity identity={identity} />
        </div>
      ))}
    </Section>
  )
}

function useColumns(): ListColumn<CustomerOrder>[] {
  const { t } = useTranslation()
  const { nameOf } = useNames('/v1/stores')
  return useMemo(
    () => [
      {
        key: 'order',
        title: t('change.order'),
        width: 150,
        render: (_value, { orderId }) => <OrderLink orderId={orderId} />,
      },
      {
        key: 'at',
        title: t('orders.created'),
        width: 190,
        render: (_value, { orderedAt }) => <Moment at={orderedAt} />,
      },
      {
        key: 'channel',
        title: t('orders.channel'),
        width: 120,
        render: (_value, { channel }) => <ChannelName channel={channel} />,
      },
      { key: 'store', title: t('orders.store'), render: (_value, { storeId }) => nameOf(storeId) },
      {
        key: 'amount',
        title: t('orders.amount'),
        width: 130,
        align: 'right',
        render: (_value, { amountCents }) => <Money cents={amountCents} />,
      },
      {
        key: 'net',
        title: t('customer.net'),
        width: 130,
        align: 'right',
        render: (_value, { netCents }) => <Money cents={netCents} />,
      },
      {
        key: 'counts',
        title: t('customer.counts'),
        width: 90,
        render: (_value, { counts }) => t(counts ? 'policies.yes' : 'policies.no'),
      },
    ],
    [t, nameOf],
  )
}
