import { getRouteApi, Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import { PageHead } from '../components/page-head.tsx'
import { Failure, Loading } from '../components/states.tsx'
import { usePerson } from '../session/session.ts'
import { InspectionFormView } from './inspection-form.tsx'
import { InspectionOrder } from './inspection-order.tsx'
import { InspectionResult } from './inspection-result.tsx'
import { InspectionStateTag } from './inspections-page.tsx'

const route = getRouteApi('/shell/device/inspections/$inspectionId')

/** One inspection: where to go, what to find, and what was found. */
export function InspectionPage() {
  const { t } = useTranslation()
  const { userName } = usePerson()
  const path = route.useParams()
  const query = api.useQuery('get', '/v1/inspections/{inspectionId}', { params: { path } })
  const inspection = query.data
  return (
    <>
      <Link to="/inspections" className="back-link">
        ← {t('approvals.backToList')}
      </Link>
      <PageHead
        title={inspection?.form.title ?? t('inspections.one')}
        extra={inspection && <InspectionStateTag state={inspection.state} />}
      />
      {query.isPending && <Loading />}
      {query.isError && !inspection && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {inspection && (
        <>
          <InspectionOrder inspection={inspection} />
          {inspection.result !== null ? (
            <InspectionResult inspection={inspection} result={inspection.result} />
          ) : inspection.assignee === userName ? (
            <InspectionFormView key={path.inspectionId} inspection={inspection} />
          ) : (
            <p className="quiet">{t('inspections.notYours', { name: inspection.assignee ?? '–' })}</p>
          )}
        </>
      )}
    </>
  )
}
