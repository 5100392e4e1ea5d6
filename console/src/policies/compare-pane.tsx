import { CloseOutlined } from '@ant-design/icons'
import { useNavigate } from '@tanstack/react-router'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import type { PolicyKind, PolicyVersion } from '../api/types.ts'
import { Loaded } from '../components/loaded.tsx'
import { Section } from '../components/section.tsx'
import { type Change, differences } from './documents.ts'
import { type Names, useNames } from './names.ts'
import { VersionName } from './version-name.tsx'

type Props = { kind: PolicyKind; shown: PolicyVersion; otherVersion: number }

/** Where two versions differ, the older one first. */
export function ComparePane({ kind, shown, otherVersion }: Props) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const other = api.useQuery('get', '/v1/policies/{kind}/versions/{version}', {
    params: { path: { kind, version: otherVersion } },
  })
  const close = () =>
    void navigate({ to: '/policies/$kind', params: { kind }, search: { version: shown.version } })
  return (
    <Section
      title={t('policies.compare')}
      extra={<Button type="text" icon={<CloseOutlined />} aria-label={t('common.close')} onClick={close} />}
    >
      <Loaded query={other}>{(data) => <Differences kind={kind} versions={[shown, data]} />}</Loaded>
    </Section>
  )
}

function Differences({ kind, versions }: { kind: string; versions: PolicyVersion[] }) {
  const { t } = useTranslation()
  const names = useNames(kind)
  const [older, newer] = [...versions].sort((one, two) => one.version - two.version)
  if (!older || !newer) return null
  const changes = differences(older.document, newer.document)
  if (changes.length === 0) return <span className="quiet">{t('policies.same')}</span>
  return (
    <table className="comparison">
      <thead>
        <tr>
          <th scope="col">{t('policies.where')}</th>
          <th scope="col">
            <VersionName version={older.version} />
          </th>
          <th scope="col">
            <VersionName version={newer.version} />
          </th>
        </tr>
      </thead>
      <tbody>
        {changes.map((change) => (
          <tr key={change.path.join(' ')}>
            <th scope="row">{placeName(change, names)}</th>
            <td>{shownValue(change.before, names)}</td>
            <td className="differs">{shownValue(change.after, names)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** `审批层级 › 2 › 审批时限`; entries of lists are counted from one, as they are in the form. */
export function placeName({ path }: Pick<Change, 'path'>, names: Names): string {
  return path.map((step) => (typeof step === 'number' ? String(step + 1) : names.fieldOf(step))).join(' › ')
}

export function shownValue(value: unknown, names: Names): string {
  if (value === undefined || value === null) return '–'
  if (typeof value === 'string') return names.valueOf(value)
  return typeof value === 'object' ? JSON.stringify(value, null, 1) : String(value)
}
