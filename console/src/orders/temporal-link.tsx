import { ExportOutlined } from '@ant-design/icons'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import { isOffered } from '../session/screens.ts'
import { usePerson } from '../session/session.ts'

/** The workflow's own page, for whoever may read what is in it, where the installation says where that is. */
export function TemporalLink({ workflowId }: { workflowId: string }) {
  const { t } = useTranslation()
  const { role } = usePerson()
  const isAllowed = isOffered('temporalWeb', role)
  const { data } = api.useQuery(
    'get',
    '/v1/console',
    {},
    { enabled: isAllowed, staleTime: Number.POSITIVE_INFINITY },
  )
  const web = data?.temporalWeb
  if (!isAllowed || !web) return null
  const path = `/namespaces/${encodeURIComponent(web.namespace)}/workflows/${encodeURIComponent(workflowId)}`
  return (
    <a href={`${web.origin}${path}`} target="_blank" rel="noreferrer">
      <ExportOutlined /> {t('order.temporal')}
    </a>
  )
}
