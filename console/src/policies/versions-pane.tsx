import type { UseQueryResult } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { PolicyHistory, PolicyKind, PolicyVersionView } from '../api/types.ts'
import { ListPager } from '../components/list-pager.tsx'
import { Moment } from '../components/moment.tsx'
import { Section } from '../components/section.tsx'
import { Tag, type Tone } from '../components/tag.tsx'
import { useList } from '../components/use-list.ts'
import { VersionName } from './version-name.tsx'

const TONES: Record<PolicyVersionView['state'], Tone> = {
  'built-in': 'grey',
  draft: 'gold',
  published: 'green',
  retired: 'grey',
}

type Props = { kind: PolicyKind; query: UseQueryResult<PolicyHistory, unknown>; shown: number }

/** Every version, the newest first; the built-in one stands before all others. */
export function VersionsPane({ kind, query, shown }: Props) {
  const { t } = useTranslation()
  const list = useList<PolicyVersionView>(query)
  const isLast = list.pager.toNext === null
  return (
    <Section title={t('policies.history')} extra={<ListPager list={list} />}>
      <ol className="versions">
        {list.rows.map((row) => (
          <li key={row.version} className={row.version === shown ? 'version version-shown' : 'version'}>
            <VersionLine kind={kind} version={row.version} shown={shown} state={row.state} />
            <div>{row.reason}</div>
            <div className="quiet">
              {row.publisher ?? row.author} · <Moment at={row.publishedAt ?? row.createdAt} />
              {row.rollbackOf !== null && <> · {t('policies.rollbackOf', { number: row.rollbackOf })}</>}
            </div>
          </li>
        ))}
        {isLast && (
          <li className={shown === 0 ? 'version version-shown' : 'version'}>
            <VersionLine kind={kind} version={0} shown={shown} state="built-in" />
          </li>
        )}
      </ol>
    </Section>
  )
}

type LineProps = { kind: PolicyKind; version: number; shown: number; state: PolicyVersionView['state'] }

function VersionLine({ kind, version, shown, state }: LineProps) {
  const { t } = useTranslation()
  return (
    <div className="row-line">
      <Link
        to="/policies/$kind"
        params={{ kind }}
        search={{ version }}
        {...(version === shown ? { 'aria-current': 'true' as const } : {})}
      >
        <VersionName version={version} />
      </Link>
      {version !== 0 && <Tag tone={TONES[state]}>{t(`policyState.${state}`)}</Tag>}
      {version !== shown && (
        <Link to="/policies/$kind" params={{ kind }} search={{ version: shown, with: version }}>
          {t('policies.compareWithShown')}
        </Link>
      )}
    </div>
  )
}
