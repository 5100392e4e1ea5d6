import { LogoutOutlined, QuestionCircleOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { isOffered } from '../session/screens.ts'
import { isByLink, usePerson, useSignOut } from '../session/session.ts'
import { LanguageSwitch } from './language-switch.tsx'
import { tourStore } from './tour-store.ts'

/** Who is signed in, in which language, and the way out. */
export function Account() {
  const { t } = useTranslation()
  const person = usePerson()
  const signOut = useSignOut()
  const scope = [...person.storeIds, ...(person.region === null ? [] : [person.region])].join(' · ')
  return (
    <div className="shell-account">
      <LanguageSwitch />
      <span className="shell-person" title={scope}>
        {person.userName}
        <span className="quiet wide-only">
          {' · '}
          {isByLink() ? t('session.linkSession') : t(`role.${person.role}`)}
        </span>
      </span>
      {isOffered('overview', person.role) && !isByLink() && !person.mustChangePassword && (
        <Button
          type="text"
          icon={<QuestionCircleOutlined />}
          aria-label={t('tour.name')}
          title={t('tour.name')}
          onClick={() => tourStore.begin()}
        />
      )}
      <Button
        type="text"
        icon={<LogoutOutlined />}
        aria-label={t('session.signOut')}
        title={t('session.signOut')}
        loading={signOut.isPending}
        onClick={() => signOut.mutate()}
      />
    </div>
  )
}
