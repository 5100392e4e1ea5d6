import { getRouteApi, Outlet, useMatchRoute, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isTyping } from '../components/keyboard.ts'
import { PageHead } from '../components/page-head.tsx'
import { Loading, NothingHere } from '../components/states.tsx'
import { useMedia, WIDE_FOR_TWO } from '../components/use-media.ts'
import { stepped } from '../components/use-row-keys.ts'
import { Decisions, useDecisionQueue } from './decisions.tsx'
import { InboxList } from './inbox-list.tsx'
import { PendingBar } from './pending-bar.tsx'
import { useInbox } from './use-inbox.ts'

// The list is what one has come for: its fields to narrow it by follow, on a phone when they are asked for.
const InboxFilters = lazy(async () => ({ default: (await import('./inbox-filters.tsx')).InboxFilters }))

// Beside the list on a wide screen, where the first press of J opens one.
if (window.matchMedia(WIDE_FOR_TWO).matches) void import('./approval-pane.tsx')

const route = getRouteApi('/shell/approvals')

/**
 * What waits for this person: the list at the left, the request that is looked at beside it; on a phone one after the other.
 * J and K go through the list, and whatever is decided makes room for the next.
 */
export function ApprovalsPage() {
  return (
    <Decisions>
      <Approvals />
    </Decisions>
  )
}

function Approvals() {
  const { t } = useTranslation()
  const isWide = useMedia(WIDE_FOR_TWO)
  const openId = useOpenId()
  const inbox = useInbox(route.useSearch())
  useInboxKeys(
    inbox.rows.map(({ changeId }) => changeId),
    openId,
  )
  const showsList = isWide || openId === null
  return (
    <>
      <PageHead title={t('approvals.title')} />
      <PendingBar />
      <div className={isWide ? 'approvals approvals-wide' : 'approvals'}>
        {showsList && (
          <div className="inbox">
            <Filters isWide={isWide} />
            <InboxList inbox={inbox} openId={openId} />
          </div>
        )}
        {openId === null ? (
          isWide &&
          inbox.rows.length > 0 && <NothingHere title={t('approvals.choose')} hint={t('approvals.keys')} />
        ) : (
          <Outlet />
        )}
      </div>
    </>
  )
}

function Filters({ isWide }: { isWide: boolean }) {
  const { t } = useTranslation()
  // Whoever comes by a link to some of them sees that these are not all.
  const isNarrowed = Object.values(route.useSearch()).some((value) => value !== undefined)
  const [isOpen, setOpen] = useState(isNarrowed)
  if (isWide) {
    return (
      <Suspense fallback={<div className="inbox-filters-place" />}>
        <InboxFilters />
      </Suspense>
    )
  }
  return (
    <details
      className="inbox-filters"
      open={isOpen}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
    >
      <summary>{t('list.filters')}</summary>
      {isOpen && (
        <Suspense fallback={<Loading />}>
          <InboxFilters />
        </Suspense>
      )}
    </details>
  )
}

/** The request that the address names. */
export function useOpenId(): string | null {
  const match = useMatchRoute()({ to: '/approvals/$changeId' })
  return match === false ? null : match.changeId
}

function useInboxKeys(ids: readonly string[], openId: string | null): void {
  const navigate = useNavigate()
  const queue = useDecisionQueue()
  const key = ids.join(' ')
  // Where the last key has led to, which the page may not have arrived at: whoever presses J twice wants the second but one.
  const at = useRef(openId)
  useLayoutEffect(() => {
    at.current = openId
  }, [openId])
  useEffect(() => {
    const all = key === '' ? [] : key.split(' ')
    const onKey = (event: KeyboardEvent) => {
      if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return
      if (event.key === 'u' || event.key === 'U') return void queue.undoLast()
      const place = at.current === null ? -1 : all.indexOf(at.current)
      const next = all.length === 0 ? null : stepped(place === -1 ? null : place, event.key, all.length)
      const changeId = next === null ? undefined : all[next]
      if (changeId === undefined) return
      event.preventDefault()
      void navigate({
        to: '/approvals/$changeId',
        params: { changeId },
        search: true,
        replace: at.current !== null,
      })
      at.current = changeId
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [key, navigate, queue])
}
