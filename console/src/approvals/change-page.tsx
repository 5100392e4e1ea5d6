import { getRouteApi } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { isChangeClosed } from '../../../domain/change-request-state.ts'
import { api } from '../api/client.ts'
import { PageHead } from '../components/page-head.tsx'
import { Failure, Loading } from '../components/states.tsx'
import { ChangeActions } from './change-actions.tsx'
import { ChangeView } from './change-view.tsx'

/** While others decide on it; no event says so. */
const LOOK_EVERY_MS = 3_000
const route = getRouteApi('/shell/change-requests/$changeId')

/** A request for a change, to be read; decisions are made in the inbox. */
export function ChangePage() {
  const { t } = useTranslation()
  const { changeId } = route.useParams()
  const change = api.useQuery(
    'get',
    '/v1/change-requests/{changeId}',
    { params: { path: { changeId } } },
    {
      refetchInterval: ({ state: { data } }) => (data && isChangeClosed(data.status) ? false : LOOK_EVERY_MS),
    },
  )
  return (
    <>
      <PageHead title={t('changes.title')} />
      {change.isPending && <Loading />}
      {change.isError && <Failure error={change.error} onRetry={() => void change.refetch()} />}
      {change.isSuccess && (
        <>
          <ChangeActions change={change.data} />
          <ChangeView change={change.data} />
        </>
      )}
    </>
  )
}
