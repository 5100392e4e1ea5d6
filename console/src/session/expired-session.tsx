import { Button, Modal } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Person } from '../api/types.ts'
import { useSignOut } from './session.ts'
import { SignInForm } from './sign-in-form.tsx'

/** Over whatever somebody was at when their session ended: they sign in again and go on. */
export function ExpiredSession({ person }: { person: Person }) {
  const { t } = useTranslation()
  const signOut = useSignOut()
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
      <Button type="link" block onClick={() => signOut.mutate()}>
        {t('session.otherPerson')}
      </Button>
    </Modal>
  )
}
