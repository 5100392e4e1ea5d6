import { getRouteApi } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import { PageHead } from '../components/page-head.tsx'
import { Failure, Loading } from '../components/states.tsx'
import { ChangeView } from './change-view.tsx'

const route = getRouteApi('/shell/change-requests/$changeId')

/** A request for a change, to be read; decisions are made in the inbox. */
export function ChangePage() {
  const { t } = useTranslation()
  const { changeId } = route.useParams()
  const change = api.useQuery('get', '/v1/change-requests/{changeId}', { params: { path: { changeId } } })
  return (
    <>
      <PageHead title={t('changes.title')} />
      {change.isPending && <Loading />}
      {change.isError && <Failure error={change.error} onRetry={() => void change.refetch()} />}
      {change.isSuccess && <ChangeView change={change.data} />}
    </>
  )
}
