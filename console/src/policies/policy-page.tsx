import { keepPreviousData } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import type { PolicyKind } from '../api/types.ts'
import { PageHead } from '../components/page-head.tsx'
import { Failure, Loading } from '../components/states.tsx'
import { pickText } from '../format/bilingual.ts'
import { ComparePane } from './compare-pane.tsx'
import { DocumentPane } from './document-pane.tsx'
import { readSchema } from './schema.ts'
import { VersionsPane } from './versions-pane.tsx'

const route = getRouteApi('/shell/policies/$kind')
const PAGE = 20

/** One kind of policy: the document that holds or any other version, its history, and the way from a draft to being in force. */
export function PolicyPage() {
  const { i18n } = useTranslation()
  const search = route.useSearch()
  const kind = route.useParams().kind as PolicyKind // one of them, or a word out of a link, which the API refuses
  const path = { kind }
  const { cursor } = search
  const history = api.useQuery(
    'get',
    '/v1/policies/{kind}',
    { params: { path, query: { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) } } },
    { placeholderData: keepPreviousData },
  )
  const schema = api.useQuery(
    'get',
    '/v1/policies/{kind}/schema',
    { params: { path } },
    { staleTime: Number.POSITIVE_INFINITY },
  )
  const kinds = api.useQuery('get', '/v1/policies')
  const inForce = history.data?.version
  const version = search.version ?? inForce
  const shown = api.useQuery(
    'get',
    '/v1/policies/{kind}/versions/{version}',
    { params: { path: { kind, version: version ?? 0 } } },
    { enabled: version !== undefined },
  )
  const title = kinds.data?.items.find((each) => each.kind === kind)?.title
  // What is shown stays while it is looked at again: somebody may be writing in it.
  const failed = [history, schema, shown].find(({ isError, data }) => isError && data === undefined)
  const isReady = history.data !== undefined && schema.data !== undefined && shown.data !== undefined
  return (
    <>
      <PageHead title={title ? pickText(title, i18n.language) : kind} />
      {failed && <Failure error={failed.error} onRetry={() => void failed.refetch()} />}
      {!failed && !isReady && <Loading />}
      {!failed && isReady && (
        <>
          {search.with !== undefined && (
            <ComparePane kind={kind} shown={shown.data} otherVersion={search.with} />
          )}
          <div className="policy">
            <DocumentPane
              // Another version, or another state of it, begins anew: what was typed into one is none of the other.
              key={`${shown.data.version} ${shown.data.revision} ${shown.data.state}`}
              schema={readSchema(schema.data)}
              version={shown.data}
              inForce={history.data.version}
            />
            <VersionsPane kind={kind} query={history} shown={shown.data.version} />
          </div>
        </>
      )}
    </>
  )
}
