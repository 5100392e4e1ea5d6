import { getRouteApi, Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import { Loaded } from '../components/loaded.tsx'
import { PageHead } from '../components/page-head.tsx'
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
      <Loaded query={query}>
        {(shown) => (
          <>
            <InspectionOrder inspection={shown} />
            {shown.result !== null ? (
              <InspectionResult inspection={shown} result={shown.result} />
            ) : shown.assignee === userName ? (
              <InspectionFormView key={path.inspectionId} inspection={shown} />
            ) : (
              <p className="quiet">{t('inspections.notYours', { name: shown.assignee ?? '–' })}</p>
            )}
          </>
        )}
      </Loaded>
    </>
  )
}
