import { Card, Typography } from 'antd'
import { useTranslation } from 'react-i18next'
import { LanguageSwitch } from '../shell/language-switch.tsx'
import { SignInForm } from './sign-in-form.tsx'

/** In place of every screen until somebody is signed in; the address stays, so that they arrive where they wanted to. */
export function SignInPage() {
  const { t } = useTranslation()
  return (
    <main className="sign-in">
      <Card className="sign-in-card">
        <Typography.Title level={1} className="sign-in-title">
          {t('app.name')}
        </Typography.Title>
        <Typography.Paragraph type="secondary">{t('app.tagline')}</Typography.Paragraph>
        <SignInForm />
        <div className="sign-in-foot">
          <LanguageSwitch />
        </div>
      </Card>
    </main>
  )
}
