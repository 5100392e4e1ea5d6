import { getRouteApi } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { isChangeClosed } from '../../../domain/change-request-state.ts'
import { api } from '../api/client.ts'
import { Loaded } from '../components/loaded.tsx'
import { PageHead } from '../components/page-head.tsx'
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
      <Loaded query={change}>
        {(shown) => (
          <>
            <ChangeActions change={shown} />
            <ChangeView change={shown} />
          </>
        )}
      </Loaded>
    </>
  )
}
