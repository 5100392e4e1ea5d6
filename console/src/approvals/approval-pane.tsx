import { ArrowLeftOutlined } from '@ant-design/icons'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { Alert } from 'antd'
import { useTranslation } from 'react-i18next'
import { isChangeClosed } from '../../../domain/change-request-state.ts'
import { api } from '../api/client.ts'
import type { ChangeDetail } from '../api/types.ts'
import { Loaded } from '../components/loaded.tsx'
import { useMedia, WIDE_FOR_TWO } from '../components/use-media.ts'
import { usePerson } from '../session/session.ts'
import { ChangeView } from './change-view.tsx'
import { DecisionForm } from './decision-form.tsx'
import { usePendingDecisions } from './decisions.tsx'
import { placeOf } from './route-steps.ts'
import { useInbox } from './use-inbox.ts'

/** Until it is this person's turn; no event says so. */
const LOOK_EVERY_MS = 3_000
const route = getRouteApi('/shell/approvals/$changeId')
const inboxRoute = getRouteApi('/shell/approvals')

/** One request with what it does, who decides, and the two buttons. */
export function ApprovalPane() {
  const { t } = useTranslation()
  const isWide = useMedia(WIDE_FOR_TWO)
  const { userName } = usePerson()
  const { changeId } = route.useParams()
  const change = api.useQuery(
    'get',
    '/v1/change-requests/{changeId}',
    { params: { path: { changeId } } },
    {
      // What somebody decides on stays as they look at it: whether it still is so, they hear when they decide.
      refetchInterval: ({ state: { data } }) =>
        data && !isChangeClosed(data.status) && placeOf(data, userName) === null && LOOK_EVERY_MS,
    },
  )
  return (
    <article className="approval">
      {!isWide && (
        <Link to="/approvals" search className="back-link">
          <ArrowLeftOutlined /> {t('approvals.backToList')}
        </Link>
      )}
      <Loaded query={change}>
        {(shown) => (
          <>
            <ChangeView change={shown} />
            <Deciding key={changeId} change={shown} />
          </>
        )}
      </Loaded>
    </article>
  )
}

function Deciding({ change }: { change: ChangeDetail }) {
  const { t } = useTranslation()
  const { userName } = usePerson()
  const pending = usePendingDecisions()
  const goOn = useGoOn(change.changeId)
  if (pending.some(({ changeId }) => changeId === change.changeId)) return null
  if (placeOf(change, userName) === null)
    return <Alert type="info" showIcon title={t('approvals.notYours')} className="not-yours" />
  return <DecisionForm change={change} onDecided={goOn} />
}

/** After a decision the next request is opened; after the last one the list says that there is none. */
function useGoOn(changeId: string): () => void {
  const navigate = useNavigate()
  const { rows } = useInbox(inboxRoute.useSearch())
  return () => {
    const at = rows.findIndex((row) => row.changeId === changeId)
    const next = rows[at + 1] ?? rows[at - 1]
    if (!next || next.changeId === changeId) return void navigate({ to: '/approvals', search: true })
    void navigate({
      to: '/approvals/$changeId',
      params: { changeId: next.changeId },
      search: true,
      replace: true,
    })
  }
}
