import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import { pickText } from '../format/bilingual.ts'
import { VersionName } from '../policies/version-name.tsx'

/** Which version of which policies something was decided with; a kind by its code until its name is there. */
export function PolicyVersions({ versions }: { versions: Readonly<Record<string, number>> }) {
  const { i18n } = useTranslation()
  const kinds = api.useQuery('get', '/v1/policies', {}, { staleTime: Number.POSITIVE_INFINITY })
  const entries = Object.entries(versions)
  if (entries.length === 0) return <>–</>
  const nameOf = (kind: string) => {
    const title = kinds.data?.items.find((each) => each.kind === kind)?.title
    return title ? pickText(title, i18n.language) : kind
  }
  return (
    <span>
      {entries.map(([kind, version], index) => (
        <Fragment key={kind}>
          {index > 0 && ' · '}
          {nameOf(kind)} <VersionName version={version} />
        </Fragment>
      ))}
    </span>
  )
}
