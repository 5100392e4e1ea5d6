import { Link, useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import type { PolicyKindView } from '../api/types.ts'
import { type ListColumn, ListTable } from '../components/list-table.tsx'
import { Moment } from '../components/moment.tsx'
import { PageHead } from '../components/page-head.tsx'
import { Tag } from '../components/tag.tsx'
import { useList } from '../components/use-list.ts'
import { pickText } from '../format/bilingual.ts'
import { VersionName } from './version-name.tsx'

/** Every kind of rule that people may change, and which version of it holds. */
export function PoliciesPage() {
  const { t } = useTranslation()
  const query = api.useQuery('get', '/v1/policies')
  const navigate = useNavigate()
  return (
    <>
      <PageHead title={t('policies.title')} />
      <ListTable
        label={t('policies.title')}
        list={useList<PolicyKindView>(query)}
        columns={useColumns()}
        rowKey={({ kind }) => kind}
        onOpen={({ kind }) => void navigate({ to: '/policies/$kind', params: { kind } })}
      />
    </>
  )
}

function useColumns(): ListColumn<PolicyKindView>[] {
  const { t, i18n } = useTranslation()
  return useMemo(
    () => [
      {
        key: 'kind',
        title: t('policies.kind'),
        render: (_value, { kind, title }) => (
          <Link to="/policies/$kind" params={{ kind }}>
            {pickText(title, i18n.language)}
          </Link>
        ),
      },
      {
        key: 'version',
        title: t('policies.inForce'),
        width: 160,
        render: (_value, { version }) => <VersionName version={version} />,
      },
      {
        key: 'publisher',
        title: t('policies.publisher'),
        width: 160,
        render: (_value, { publisher }) => publisher ?? '–',
      },
      {
        key: 'publishedAt',
        title: t('policies.publishedAt'),
        width: 190,
        render: (_value, { publishedAt }) => <Moment at={publishedAt} />,
      },
      {
        key: 'drafts',
        title: t('policies.drafts'),
        width: 110,
        render: (_value, { openDrafts }) =>
          openDrafts === 0 ? '–' : <Tag tone="gold">{t('policies.openDrafts', { count: openDrafts })}</Tag>,
      },
    ],
    [t, i18n.language],
  )
}
