import { keepPreviousData } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Button, Drawer } from 'antd'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import { present } from '../api/query.ts'
import type { AuditEntry } from '../api/types.ts'
import { ActorName } from '../components/actor-name.tsx'
import { ExportButton } from '../components/export-button.tsx'
import { Facts } from '../components/facts.tsx'
import { FilterBar } from '../components/filter-bar.tsx'
import { FilterSelect } from '../components/filter-select.tsx'
import { type ListColumn, ListTable } from '../components/list-table.tsx'
import { Moment } from '../components/moment.tsx'
import { PageHead } from '../components/page-head.tsx'
import { SearchField } from '../components/search-field.tsx'
import { TimeRange } from '../components/time-range.tsx'
import { useFilters } from '../components/use-filters.ts'
import { useList } from '../components/use-list.ts'
import { pickText } from '../format/bilingual.ts'

const route = getRouteApi('/shell/reports/audit')
const PAGE = 50
const TYPED = ['actor', 'action', 'subjectKind', 'subjectId'] as const

/** Who did what to what, when and from where; and the whole of what is found as a file. */
export function AuditPage() {
  const { t } = useTranslation()
  const search = route.useSearch()
  const change = useFilters<typeof search>()
  const { cursor: _cursor, sort, ...filters } = search
  const [entry, setEntry] = useState<AuditEntry | null>(null)
  const query = api.useQuery(
    'get',
    '/v1/audit',
    { params: { query: { ...present(search), limit: PAGE } } },
    { placeholderData: keepPreviousData },
  )
  return (
    <>
      <PageHead
        title={t('reports.audit')}
        extra={<ExportButton what={(format) => ({ kind: 'audit', format, filters: present(filters) })} />}
      />
      <FilterBar label={t('list.filters')}>
        {TYPED.map((name) => (
          <SearchField
            key={name}
            label={t(`audit.${name}`)}
            hint={t(`auditHint.${name}`)}
            value={search[name]}
            onSearch={(text) => change({ [name]: text })}
          />
        ))}
        <TimeRange label={t('audit.range')} from={search.from} to={search.to} onChange={change} />
        <FilterSelect
          label={t('list.newest')}
          value={sort}
          onChange={(value) => change({ sort: value })}
          options={(['newest', 'oldest'] as const).map((value) => ({ value, label: t(`list.${value}`) }))}
        />
      </FilterBar>
      <ListTable
        label={t('reports.audit')}
        list={useList<AuditEntry>(query)}
        columns={useColumns(setEntry)}
        rowKey={({ id }) => id}
        onOpen={setEntry}
      />
      <Drawer
        open={entry !== null}
        size="large"
        destroyOnHidden
        title={t('audit.entry')}
        onClose={() => setEntry(null)}
      >
        {entry !== null && <Entry entry={entry} />}
      </Drawer>
    </>
  )
}

function useColumns(onOpen: (entry: AuditEntry) => void): ListColumn<AuditEntry>[] {
  const { t, i18n } = useTranslation()
  return useMemo(
    () => [
      { key: 'at', title: t('audit.at'), width: 190, render: (_value, { at }) => <Moment at={at} /> },
      {
        key: 'actor',
        title: t('audit.actor'),
        width: 150,
        render: (_value, { actor }) => <ActorName actor={actor} />,
      },
      {
        key: 'action',
        title: t('audit.action'),
        width: 220,
        render: (_value, entry) => (
          <Button type="link" size="small" onClick={() => onOpen(entry)}>
            {pickText(entry.actionText, i18n.language)}
          </Button>
        ),
      },
      {
        key: 'subject',
        title: t('audit.subject'),
        width: 260,
        ellipsis: true,
        render: (_value, { subjectKind, subjectId }) => (
          <span className="code">
            {subjectKind} {subjectId}
          </span>
        ),
      },
      { key: 'source', title: t('audit.source'), width: 110, dataIndex: 'source' },
      {
        key: 'reason',
        title: t('audit.reason'),
        ellipsis: true,
        render: (_value, { reason }) => reason ?? '–',
      },
    ],
    [t, i18n.language, onOpen],
  )
}

function Entry({ entry }: { entry: AuditEntry }) {
  const { t, i18n } = useTranslation()
  return (
    <>
      <Facts
        facts={[
          [t('audit.action'), `${pickText(entry.actionText, i18n.language)} (${entry.action})`],
          [t('audit.at'), <Moment key="at" at={entry.at} />],
          [t('audit.actor'), <ActorName key="actor" actor={entry.actor} />],
          [t('audit.source'), entry.source],
          [t('audit.subject'), `${entry.subjectKind} ${entry.subjectId}`],
          [t('audit.reason'), entry.reason ?? '–'],
          [t('audit.requestId'), entry.requestId ?? '–'],
          [t('audit.sequence'), entry.sequence ?? t('audit.unsealed')],
        ]}
      />
      <Values label={t('audit.before')} value={entry.oldValue} />
      <Values label={t('audit.after')} value={entry.newValue} />
    </>
  )
}

function Values({ label, value }: { label: string; value: unknown }) {
  if (value === null || value === undefined) return null
  return (
    <>
      <h3 className="section-title">{label}</h3>
      <pre className="code json">{JSON.stringify(value, null, 2)}</pre>
    </>
  )
}
