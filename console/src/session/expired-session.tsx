import { Button, Modal, Typography } from 'antd'
import { useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { sessionGate } from './gate.ts'
import { useSession, useSignOut } from './session.ts'
import { SignInForm } from './sign-in-form.tsx'

/** Over whatever somebody was at when their session ended: they sign in again and go on. */
export function ExpiredSession() {
  const { t } = useTranslation()
  const isExpired = useSyncExternalStore(sessionGate.subscribe, sessionGate.isExpired)
  const { data: person } = useSession()
  const signOut = useSignOut()
  return (
    <Modal
      open={isExpired && person !== null}
      title={t('session.expiredTitle')}
      footer={null}
      closable={false}
      keyboard={false}
      mask={{ closable: false }}
      destroyOnHidden
    >
      <Typography.Paragraph>{t('session.expiredHint')}</Typography.Paragraph>
      <SignInForm userName={person?.userName ?? ''} />
      <Button type="link" block onClick={() => signOut.mutate()}>
        {t('session.otherPerson')}
      </Button>
    </Modal>
  )
}
