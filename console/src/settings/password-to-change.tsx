import { useTranslation } from 'react-i18next'
import { SignInCard } from '../session/sign-in-card.tsx'
import { Account } from '../shell/account.tsx'
import { PasswordForm } from './password-form.tsx'

/** In place of every screen while two people know the password; the address stays, so that they arrive where they wanted to. */
export function PasswordToChange() {
  const { t } = useTranslation()
  return (
    <SignInCard title={t('app.name')} foot={<Account />}>
      <p className="quiet">{t('account.mustChange')}</p>
      <PasswordForm />
    </SignInCard>
  )
}
