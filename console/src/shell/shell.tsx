import { MenuOutlined } from '@ant-design/icons'
import { Outlet, useLocation } from '@tanstack/react-router'
import { Button, Drawer, Grid, Layout } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Failure, Loading } from '../components/states.tsx'
import { ExpiredSession } from '../session/expired-session.tsx'
import { isByLink, useSession } from '../session/session.ts'
import { SignInPage } from '../session/sign-in-page.tsx'
import { Account } from './account.tsx'
import { ScreenMenu } from './screen-menu.tsx'

/** The frame of every screen: who is signed in, where one can go, and whatever happens when the session ends. */
export function Shell() {
  const session = useSession()
  if (session.isPending) return <Loading isWholePage />
  if (session.isError) return <Failure error={session.error} onRetry={() => void session.refetch()} />
  if (session.data === null) return <SignInPage />
  return (
    <>
      <Frame />
      <ExpiredSession />
    </>
  )
}

function Frame() {
  const { t } = useTranslation()
  const { md: isWide = true } = Grid.useBreakpoint()
  const [isOpen, setOpen] = useState(false)
  const { pathname } = useLocation()
  const menu = <ScreenMenu pathname={pathname} onChoose={() => setOpen(false)} />
  const hasMenu = !isByLink()
  return (
    <Layout className="shell">
      <a className="skip-link" href="#content">
        {t('common.skipToContent')}
      </a>
      <Layout.Header className="shell-header">
        {hasMenu && !isWide && (
          <Button
            type="text"
            icon={<MenuOutlined />}
            aria-label={t('menu.toggle')}
            aria-expanded={isOpen}
            onClick={() => setOpen(true)}
          />
        )}
        <span className="shell-name">
          <img src="/icon.svg" alt="" width={24} height={24} />
          {t('app.name')}
        </span>
        <Account />
      </Layout.Header>
      <Layout>
        {hasMenu && isWide && (
          <Layout.Sider width={184} className="shell-sider" theme="light">
            {menu}
          </Layout.Sider>
        )}
        <Layout.Content className="shell-content" id="content" tabIndex={-1} role="main">
          <Outlet />
        </Layout.Content>
      </Layout>
      {hasMenu && !isWide && (
        <Drawer
          open={isOpen}
          onClose={() => setOpen(false)}
          placement="left"
          size={240}
          title={t('app.name')}
          styles={{ body: { padding: 8 } }}
        >
          {menu}
        </Drawer>
      )}
    </Layout>
  )
}
