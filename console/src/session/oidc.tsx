import { Alert, Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import { arrivalProblem } from './arrival.ts'

type Props = {
  /** Where a page must stay as it is, the way is gone in a new window; called when that opens. */
  onNewWindow?: () => void
}

/** The way by the company's own provider, where there is one, back to the page that was asked for. */
export function OidcSignIn({ onNewWindow }: Props) {
  const { t } = useTranslation()
  const { data } = api.useQuery('get', '/v1/session/ways')
  if (!data?.oidc) return null
  const { pathname, search, hash } = window.location
  const returnTo = onNewWindow ? '/' : `${pathname}${search}${hash}`
  return (
    <Button
      block
      size="large"
      href={`/v1/session/oidc?returnTo=${encodeURIComponent(returnTo)}`}
      {...(onNewWindow ? { target: '_blank', onClick: onNewWindow } : {})}
    >
      {t('oidc.signIn')}
    </Button>
  )
}

/** What became of the sign-in at the provider that this page was opened after. */
export function OidcProblem() {
  const { t } = useTranslation()
  return arrivalProblem && <Alert type="error" showIcon role="alert" title={t(`oidc.${arrivalProblem}`)} />
}
