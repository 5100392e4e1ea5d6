import { useTranslation } from 'react-i18next'
import { LanguageSwitch } from '../shell/language-switch.tsx'
import { OidcProblem, OidcSignIn } from './oidc.tsx'
import { SignInCard } from './sign-in-card.tsx'
import { SignInForm } from './sign-in-form.tsx'

/** In place of every screen until somebody is signed in; the address stays, so that they arrive where they wanted to. */
export function SignInPage() {
  const { t } = useTranslation()
  return (
    <SignInCard title={t('app.name')} foot={<LanguageSwitch />}>
      <p className="quiet">{t('app.tagline')}</p>
      <OidcProblem />
      <SignInForm />
      <div className="field">
        <OidcSignIn />
      </div>
    </SignInCard>
  )
}
