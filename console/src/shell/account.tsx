import { LogoutOutlined, UserOutlined } from '@ant-design/icons'
import { Button, Dropdown, Tag } from 'antd'
import { useTranslation } from 'react-i18next'
import { isByLink, usePerson, useSignOut } from '../session/session.ts'
import { LanguageSwitch } from './language-switch.tsx'

/** Who is signed in, in which language, and the way out. */
export function Account() {
  const { t } = useTranslation()
  const person = usePerson()
  const signOut = useSignOut()
  const scope = [...person.storeIds, ...(person.region === null ? [] : [person.region])].join(' · ')
  return (
    <div className="shell-account">
      {isByLink() && <Tag color="gold">{t('session.linkSession')}</Tag>}
      <LanguageSwitch />
      <Dropdown
        trigger={['click']}
        menu={{
          items: [
            { key: 'role', disabled: true, label: `${t(`role.${person.role}`)}${scope ? ` · ${scope}` : ''}` },
            { type: 'divider' },
            { key: 'out', icon: <LogoutOutlined />, label: t('session.signOut'), onClick: () => signOut.mutate() },
          ],
        }}
      >
        <Button type="text" icon={<UserOutlined />} loading={signOut.isPending}>
          {person.userName}
        </Button>
      </Dropdown>
    </div>
  )
}
