import { Button, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Person } from '../api/types.ts'
import { OidcSignIn } from './oidc.tsx'
import { useReturn, useSignOut } from './session.ts'
import { SignInForm } from './sign-in-form.tsx'

/** Over whatever somebody was at when their session ended: they sign in again and go on. */
export function ExpiredSession({ person }: { person: Person }) {
  const { t } = useTranslation()
  const signOut = useSignOut()
  const [isElsewhere, setElsewhere] = useState(false)
  useReturn(isElsewhere)
  return (
    <Modal
      open
      title={t('session.expiredTitle')}
      footer={null}
      closable={false}
      keyboard={false}
      mask={{ closable: false }}
    >
      <p>{t('session.expiredHint')}</p>
      <SignInForm userName={person.userName} />
      <div className="field">
        <OidcSignIn onNewWindow={() => setElsewhere(true)} />
      </div>
      <Button type="link" block onClick={() => signOut.mutate()}>
        {t('session.otherPerson')}
      </Button>
    </Modal>
  )
}
