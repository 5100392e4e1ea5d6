import { useTranslation } from 'react-i18next'
import { Card } from '../components/card.tsx'
import { LanguageSwitch } from '../shell/language-switch.tsx'
import { OidcProblem, OidcSignIn } from './oidc.tsx'
import { SignInForm } from './sign-in-form.tsx'

/** In place of every screen until somebody is signed in; the address stays, so that they arrive where they wanted to. */
export function SignInPage() {
  const { t } = useTranslation()
  return (
    <main className="sign-in">
      <Card className="sign-in-card">
        <h1 className="sign-in-title">{t('app.name')}</h1>
        <p className="quiet">{t('app.tagline')}</p>
        <OidcProblem />
        <SignInForm />
        <div className="field">
          <OidcSignIn />
        </div>
        <div className="sign-in-foot">
          <LanguageSwitch />
        </div>
      </Card>
    </main>
  )
}
