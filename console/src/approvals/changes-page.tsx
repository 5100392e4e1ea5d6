import { keepPreviousData } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { Button, Checkbox } from 'antd'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { CHANGE_TYPES } from '../../../domain/change.ts'
import { CHANGE_REQUEST_STATUSES } from '../../../domain/change-request-state.ts'
import { api } from '../api/client.ts'
import { useNames } from '../api/directory.ts'
import { asQuery, present } from '../api/query.ts'
import type { ChangeSummary } from '../api/types.ts'
import { ApplicantName } from '../components/actor-name.tsx'
import { ExportButton } from '../components/export-button.tsx'
import { FilterBar } from '../components/filter-bar.tsx'
import { FilterSelect } from '../components/filter-select.tsx'
import { type ListColumn, ListTable } from '../components/list-table.tsx'
import { Moment } from '../components/moment.tsx'
import { Difference } from '../components/money.tsx'
import { PageHead } from '../components/page-head.tsx'
import { SearchField } from '../components/search-field.tsx'
import { ChangeStatusTag } from '../components/tags.tsx'
import { useFilters } from '../components/use-filters.ts'
import { useList } from '../components/use-list.ts'
import { usePerson } from '../session/session.ts'
import { OrderLink } from './order-link.tsx'
import type { ChangesSearch } from './search.ts'

const route = getRouteApi('/shell/change-requests')
const PAGE = 50

/** Every request for a change of one's stores, open or long over, and its export for whoever audits. */
export function ChangesPage() {
  const { t } = useTranslation()
  const search = route.useSearch()
  const navigate = useNavigate()
  const { cursor: _cursor, sort: _sort, ...filters } = search
  const query = api.useQuery(
    'get',
    '/v1/change-requests',
    { params: { query: { ...asQuery(search), limit: PAGE } } },
    { placeholderData: keepPreviousData },
  )
  const list = useList<ChangeSummary>(query)
  return (
    <>
      <PageHead
        title={t('changes.title')}
        extra={
          <ExportButton what={(format) => ({ kind: 'change-requests', format, filters: present(filters) })} />
        }
      />
      <ChangeFilters />
      <ListTable
        label={t('changes.title')}
        list={list}
        columns={useColumns()}
        rowKey={({ changeId }) => changeId}
        minWidth={1_000}
        onOpen={({ changeId }) => void navigate({ to: '/change-requests/$changeId', params: { changeId } })}
      />
    </>
  )
}

function useColumns(): ListColumn<ChangeSummary>[] {
  const { t } = useTranslation()
  const { nameOf } = useNames('/v1/stores')
  return useMemo(
    () => [
      {
        key: 'number',
        title: t('change.number'),
        width: 170,
        fixed: 'start',
        render: (_value, { changeId, changeNumber }) => (
          <Link to="/change-requests/$changeId" params={{ changeId }} className="code">
            {changeNumber}
          </Link>
        ),
      },
      {
        key: 'status',
        title: t('change.status'),
        width: 110,
        render: (_value, { status }) => <ChangeStatusTag status={status} />,
      },
      {
        key: 'type',
        title: t('change.type'),
        width: 100,
        render: (_value, { type }) => t(`changeType.${type}`),
      },
      {
        key: 'order',
        title: t('change.order'),
        width: 130,
        render: (_value, { orderId }) => <OrderLink orderId={orderId} />,
      },
      {
        key: 'store',
        title: t('change.store'),
        width: 130,
        render: (_value, { storeId }) => nameOf(storeId),
      },
      {
        key: 'difference',
        title: t('change.difference'),
        width: 110,
        align: 'right',
        render: (_value, { differenceCents }) => <Difference cents={differenceCents} />,
      },
      {
        key: 'applicant',
        title: t('change.applicant'),
        width: 130,
        render: (_value, { applicant }) => <ApplicantName applicant={applicant} />,
      },
      { key: 'reason', title: t('change.reason'), ellipsis: true, dataIndex: 'reason' },
      {
        key: 'created',
        title: t('change.created'),
        width: 165,
        render: (_value, { createdAt }) => <Moment at={createdAt} />,
      },
    ],
    [t, nameOf],
  )
}

function ChangeFilters() {
  const { t } = useTranslation()
  const search = route.useSearch()
  const change = useFilters<ChangesSearch>()
  const { userName } = usePerson()
  return (
    <FilterBar label={t('list.filters')}>
      <SearchField
        label={t('change.number')}
        hint={t('changes.numberHint')}
        maxLength={20}
        value={search.changeNumber}
        onSearch={(changeNumber) => change({ changeNumber })}
      />
      <FilterSelect
        label={t('change.status')}
        value={search.status}
        onChange={(status) => change({ status })}
        options={CHANGE_REQUEST_STATUSES.map((value) => ({ value, label: t(`changeStatus.${value}`) }))}
      />
      <FilterSelect
        label={t('change.type')}
        value={search.type}
        onChange={(type) => change({ type })}
        options={CHANGE_TYPES.map((value) => ({ value, label: t(`changeType.${value}`) }))}
      />
      <SearchField
        label={t('change.applicant')}
        hint={t('changes.applicantHint')}
        maxLength={200}
        isNarrow
        value={search.applicant}
        onSearch={(applicant) => change({ applicant })}
      />
      <Checkbox
        checked={search.applicant === userName}
        onChange={({ target }) => change({ applicant: target.checked ? userName : undefined })}
      >
        {t('changes.mine')}
      </Checkbox>
      <Checkbox checked={search.open ?? false} onChange={({ target }) => change({ open: target.checked })}>
        {t('changes.open')}
      </Checkbox>
      <Checkbox
        checked={search.needsAttention ?? false}
        onChange={({ target }) => change({ needsAttention: target.checked })}
      >
        {t('changes.attention')}
      </Checkbox>
      <Button
        type="link"
        onClick={() =>
          change({
            status: undefined,
            type: undefined,
            open: undefined,
            needsAttention: undefined,
            storeId: undefined,
            orderId: undefined,
            applicant: undefined,
            changeNumber: undefined,
            createdFrom: undefined,
            createdTo: undefined,
          })
        }
      >
        {t('common.reset')}
      </Button>
    </FilterBar>
  )
}
