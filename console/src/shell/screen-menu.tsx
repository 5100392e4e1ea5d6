import {
  ApiOutlined,
  AuditOutlined,
  BarChartOutlined,
  BarcodeOutlined,
  BellOutlined,
  CarOutlined,
  ControlOutlined,
  DashboardOutlined,
  DatabaseOutlined,
  FileSearchOutlined,
  FundProjectionScreenOutlined,
  OrderedListOutlined,
  SafetyCertificateOutlined,
  SettingOutlined,
  ShopOutlined,
} from '@ant-design/icons'
import { Link } from '@tanstack/react-router'
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
  wall: <FundProjectionScreenOutlined />,
  picking: <BarcodeOutlined />,
  inspections: <SafetyCertificateOutlined />,
  shops: <ShopOutlined />,
  couriers: <CarOutlined />,
  policies: <ControlOutlined />,
  reports: <BarChartOutlined />,
  subscriptions: <ApiOutlined />,
  settings: <SettingOutlined />,
}

/** Where this person can go: links, so that they open in a new tab like any other. */
export function ScreenMenu({ onChoose }: { onChoose: () => void }) {
  const { t } = useTranslation()
  const { role } = usePerson()
  return (
    <nav aria-label={t('menu.label')}>
      <ul className="menu">
        {SCREENS.filter(({ key }) => isOffered(key, role)).map(({ key, path }) => (
          <li key={key} data-screen={key}>
            <Link
              to={path}
              className="menu-entry"
              activeOptions={{ exact: path === '/', includeSearch: false }}
              onClick={onChoose}
            >
              {ICONS[key]}
              {t(`menu.${key}`)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
