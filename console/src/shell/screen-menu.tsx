import {
  AuditOutlined,
  BellOutlined,
  DashboardOutlined,
  DatabaseOutlined,
  FileSearchOutlined,
  OrderedListOutlined,
  ShopOutlined,
} from '@ant-design/icons'
import { Link } from '@tanstack/react-router'
import { Menu } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { isOffered, SCREENS, type ScreenKey } from '../session/screens.ts'
import { usePerson } from '../session/session.ts'

const ICONS: Record<ScreenKey, ReactNode> = {
  overview: <DashboardOutlined />,
  orders: <OrderedListOutlined />,
  approvals: <AuditOutlined />,
  changes: <FileSearchOutlined />,
  workItems: <BellOutlined />,
  stock: <DatabaseOutlined />,
  shops: <ShopOutlined />,
}

/** Where this person can go. The entries are links, so that they open in a new tab like any other. */
export function ScreenMenu({ pathname, onChoose }: { pathname: string; onChoose: () => void }) {
  const { t } = useTranslation()
  const { role } = usePerson()
  const screens = SCREENS.filter(({ key }) => isOffered(key, role))
  const current = screens.findLast(({ path }) => pathname === path || pathname.startsWith(`${path}/`))
  return (
    <nav aria-label={t('menu.label')}>
      <Menu
        mode="inline"
        selectedKeys={current ? [current.key] : []}
        onClick={onChoose}
        items={screens.map(({ key, path }) => ({
          key,
          icon: ICONS[key],
          label: <Link to={path}>{t(`menu.${key}`)}</Link>,
        }))}
      />
    </nav>
  )
}
