import { useTranslation } from 'react-i18next'
import { Card } from '../components/card.tsx'
import { Account } from '../shell/account.tsx'
import { PasswordForm } from './password-form.tsx'

/** In place of every screen while two people know the password; the address stays, so that they arrive where they wanted to. */
export function PasswordToChange() {
  const { t } = useTranslation()
  return (
    <main className="sign-in">
      <Card className="sign-in-card">
        <h1 className="sign-in-title">{t('app.name')}</h1>
        <p className="quiet">{t('account.mustChange')}</p>
        <PasswordForm />
        <div className="sign-in-foot">
          <Account />
        </div>
      </Card>
    </main>
  )
}
