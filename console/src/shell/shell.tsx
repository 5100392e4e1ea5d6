import { MenuOutlined } from '@ant-design/icons'
import { Navigate, Outlet, useLocation } from '@tanstack/react-router'
import { Button } from 'antd'
import { lazy, Suspense, useDeferredValue, useState, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { problemOf } from '../api/problem.ts'
import type { Person } from '../api/types.ts'
import { FailedParts } from '../components/failed-parts.tsx'
import { PageHead } from '../components/page-head.tsx'
import { Failure, Loading, NotAllowed, Offline } from '../components/states.tsx'
import { useMedia, WIDE } from '../components/use-media.ts'
import { withScreenTexts } from '../i18n/i18n.ts'
import { sessionGate } from '../session/gate.ts'
import { isOffered, rolesAt, SCREENS } from '../session/screens.ts'
import { isByLink, usePerson, useSession } from '../session/session.ts'
import { Account } from './account.tsx'
import { tourStore } from './tour-store.ts'

// Most visits find a session that holds: forms to sign in are fetched by those who need one.
const SignInPage = lazy(async () => ({ default: (await import('../session/sign-in-page.tsx')).SignInPage }))
const PasswordToChange = lazy(async () => {
  const load = withScreenTexts(() => import('../settings/password-to-change.tsx'))
  return { default: (await load()).PasswordToChange }
})
const ExpiredSession = lazy(async () => ({
  default: (await import('../session/expired-session.tsx')).ExpiredSession,
}))

// With its icons a tenth of what a telephone fetches first, which shows it when it is asked to.
const ScreenMenu = lazy(async () => ({ default: (await import('./screen-menu.tsx')).ScreenMenu }))
const Tour = lazy(async () => ({ default: (await import('./tour.tsx')).Tour }))

/** Seen from across the room: it needs all of the screen. */
const WALL = '/wall'

/** The frame of every screen: who is signed in, where one can go, and whatever happens when the session ends. */
export function Shell() {
  const session = useSession()
  const isExpired = useSyncExternalStore(sessionGate.subscribe, sessionGate.isExpired)
  // Waits for a network that is not there, or has not found the hub.
  const isAway =
    session.fetchStatus === 'paused' || (session.isError && problemOf(session.error).status === 0)
  if (isAway && !session.data) return <OfflineScreen onBack={() => void session.refetch()} />
  if (session.isPending) return <Loading isWholePage />
  if (session.isError) return <Failure error={session.error} onRetry={() => void session.refetch()} />
  return (
    <Suspense fallback={<Loading isWholePage />}>
      {session.data === null ? <SignInPage /> : <ScreenOf person={session.data} />}
      {session.data !== null && isExpired && <ExpiredSession person={session.data} />}
    </Suspense>
  )
}

/** A password that somebody else chose opens nothing but the form to change it. */
function ScreenOf({ person }: { person: Person }) {
  return person.mustChangePassword ? <PasswordToChange /> : <Frame />
}

/** The screen that was asked for, before anybody can be told what is on it. */
function OfflineScreen({ onBack }: { onBack: () => void }) {
  const { t } = useTranslation()
  const { pathname } = useLocation()
  const screen = SCREENS.find(({ path }) => path !== '/' && pathname.startsWith(path))
  return <Offline title={t(`menu.${screen?.key ?? 'overview'}`)} onBack={onBack} />
}

function Frame() {
  const { t } = useTranslation()
  const isWide = useMedia(WIDE)
  const [isOpen, setOpen] = useState(false)
  const isTouring = useSyncExternalStore(tourStore.subscribe, tourStore.isOpen)
  const hasMenu = !isByLink()
  const { role } = usePerson()
  const { pathname } = useLocation()
  // Whoever works in the field begins with where they are sent to.
  if (pathname === '/' && !isOffered('overview', role)) return <Navigate to="/inspections" replace />
  if (pathname === WALL) {
    return (
      <main id="content">
        <Screen pathname={pathname} />
      </main>
    )
  }
  return (
    <div className="shell">
      <a className="skip-link" href="#content">
        {t('common.skipToContent')}
      </a>
      <header className="shell-header">
        {hasMenu && !isWide && (
          <Button
            type="text"
            icon={<MenuOutlined />}
            aria-label={t('menu.toggle')}
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
          />
        )}
        <span className="shell-name">
          <img src="/icon.svg" alt="" width={24} height={24} />
          <span className="wide-only">{t('app.name')}</span>
        </span>
        <Account />
      </header>
      <div className="shell-body">
        {hasMenu && (isWide || isOpen) && (
          <div className="shell-menu">
            <Suspense fallback={null}>
              <ScreenMenu onChoose={() => setOpen(false)} />
            </Suspense>
          </div>
        )}
        <main className="shell-content" id="content" tabIndex={-1}>
          <Screen pathname={pathname} />
        </main>
      </div>
      {isTouring && (
        <Suspense fallback={null}>
          <Tour />
        </Suspense>
      )}
    </div>
  )
}

/** What the address names, for whom it is; whoever follows a link to what is not theirs is told whom to ask. */
function Screen({ pathname }: { pathname: string }) {
  const { t } = useTranslation()
  const { role } = usePerson()
  // After the frame around it, in small pieces: a telephone would be deaf for as long as both take at once.
  const isFramed = useDeferredValue(true, false)
  const roles = rolesAt(pathname)
  if (!isFramed) return <Loading />
  if (roles !== null && !roles.includes(role)) {
    return (
      <>
        <PageHead title={t('state.notAllowedTitle')} />
        <NotAllowed roles={roles} />
      </>
    )
  }
  return (
    <>
      <FailedParts />
      <Outlet />
    </>
  )
}
