import { keepPreviousData, useMutation } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { Checkbox, Input } from 'antd'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { api, client } from '../api/client.ts'
import { asQuery } from '../api/query.ts'
import type { CustomerSummary } from '../api/types.ts'
import { FilterBar } from '../components/filter-bar.tsx'
import { FilterSelect } from '../components/filter-select.tsx'
import { type ListColumn, ListTable } from '../components/list-table.tsx'
import { Moment } from '../components/moment.tsx'
import { Money } from '../components/money.tsx'
import { PageHead } from '../components/page-head.tsx'
import { ProblemText } from '../components/problem-text.tsx'
import { Section } from '../components/section.tsx'
import { CHANNELS, ChannelName } from '../components/tags.tsx'
import { useFilters } from '../components/use-filters.ts'
import { useList } from '../components/use-list.ts'
import { formatShare } from '../format/number.ts'

const route = getRouteApi('/shell/reports/customers')
const PAGE = 50
const SORTS = ['valuable', 'frequent', 'recent', 'lapsed', 'complaining'] as const

/** Who buys: segments, figures of each customer, and one found by their number. Nobody's name is here. */
export function CustomersPage() {
  const { t } = useTranslation()
  const search = route.useSearch()
  const change = useFilters<typeof search>()
  const navigate = useNavigate()
  const query = api.useQuery(
    'get',
    '/v1/customers',
    { params: { query: { ...asQuery(search), limit: PAGE } } },
    { placeholderData: keepPreviousData },
  )
  const segments = api.useQuery('get', '/v1/customer-segments')
  const options = (segments.data?.segments ?? []).map(({ code, title }) => ({ value: code, label: title }))
  return (
    <>
      <PageHead title={t('reports.customers')} extra={<FindCustomer />} />
      <Segments onChoose={(segment) => change({ segment })} />
      <FilterBar label={t('list.filters')}>
        <FilterSelect
          label={t('customer.segment')}
          value={search.segment}
          onChange={(segment) => change({ segment })}
          options={[...options, { value: 'none', label: t('customer.noSegment') }]}
        />
        <FilterSelect
          label={t('customer.channel')}
          value={search.preferredChannel}
          onChange={(preferredChannel) => change({ preferredChannel })}
          options={CHANNELS.map((value) => ({ value: String(value), label: t(`channel.${value}`) }))}
        />
        <Checkbox
          checked={search.complained === true}
          onChange={({ target }) => change({ complained: target.checked })}
        >
          {t('customer.complainedOnly')}
        </Checkbox>
        <FilterSelect
          label={t('list.sort')}
          value={search.sort}
          onChange={(sort) => change({ sort })}
          options={SORTS.map((value) => ({ value, label: t(`customerSort.${value}`) }))}
        />
      </FilterBar>
      <ListTable
        label={t('reports.customers')}
        list={useList<CustomerSummary>(query)}
        columns={useColumns()}
        rowKey={({ customerId }) => customerId}
        minWidth={1_100}
        onOpen={({ customerId }) =>
          void navigate({ to: '/reports/customers/$customerId', params: { customerId } })
        }
      />
    </>
  )
}

/** By their telephone number, which goes in the body of the question and stands in no address. */
function FindCustomer() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const find = useMutation({
    mutationFn: async (phone: string) =>
      (await client.POST('/v1/customers/search', { body: { phone } })).data?.customerId ?? null,
    onSuccess: (customerId) => {
      if (customerId !== null) void navigate({ to: '/reports/customers/$customerId', params: { customerId } })
    },
  })
  return (
    <>
      <Input.Search
        className="filter-wide"
        aria-label={t('customer.phone')}
        placeholder={t('customer.phone')}
        autoComplete="off"
        loading={find.isPending}
        onSearch={(phone) => {
          if (phone.trim() !== '') find.mutate(phone.trim())
        }}
      />
      {find.isSuccess && find.data === null && <span role="status">{t('customer.unknown')}</span>}
      {find.error && <ProblemText error={find.error} />}
    </>
  )
}

function Segments({ onChoose }: { onChoose: (segment: string) => void }) {
  const { t } = useTranslation()
  const { data } = api.useQuery('get', '/v1/customer-segments')
  if (!data) return null
  return (
    <Section title={t('customer.segments')} extra={<Moment at={data.refreshedAt} />}>
      <ul className="health-parts">
        {data.segments.map(({ code, title, customers, share, netCents }) => (
          <li key={code}>
            <button type="button" className="link-button" onClick={() => onChoose(code)}>
              {title}
            </button>
            <span className="figure">
              {customers} {share !== null && `(${formatShare(share)})`}
            </span>
            <Money cents={netCents} />
          </li>
        ))}
      </ul>
    </Section>
  )
}

function useColumns(): ListColumn<CustomerSummary>[] {
  const { t } = useTranslation()
  return useMemo(
    () => [
      {
        key: 'customer',
        title: t('customer.one'),
        width: 150,
        render: (_value, { customerId }) => (
          <Link to="/reports/customers/$customerId" params={{ customerId }} className="code">
            {customerId.slice(-12)}
          </Link>
        ),
      },
      {
        key: 'segment',
        title: t('customer.segment'),
        width: 140,
        render: (_value, { segment }) => segment?.title ?? '–',
      },
      { key: 'orders', title: t('customer.orders'), width: 90, align: 'right', dataIndex: 'orders' },
      {
        key: 'net',
        title: t('customer.net'),
        width: 130,
        align: 'right',
        render: (_value, { netCents }) => <Money cents={netCents} />,
      },
      {
        key: 'returns',
        title: t('customer.returnRate'),
        width: 90,
        align: 'right',
        render: (_value, { returnRate }) => (returnRate === null ? '–' : formatShare(returnRate)),
      },
      {
        key: 'changes',
        title: t('customer.changeRequests'),
        width: 90,
        align: 'right',
        dataIndex: 'changeRequests',
      },
      {
        key: 'complaints',
        title: t('customer.complaints'),
        width: 90,
        align: 'right',
        dataIndex: 'complaints',
      },
      {
        key: 'channel',
        title: t('customer.channel'),
        width: 120,
        render: (_value, { preferredChannel }) =>
          preferredChannel === null ? '–' : <ChannelName channel={preferredChannel} />,
      },
      {
        key: 'last',
        title: t('customer.lastOrder'),
        width: 190,
        render: (_value, { lastOrderAt }) => <Moment at={lastOrderAt} />,
      },
    ],
    [t],
  )
}
