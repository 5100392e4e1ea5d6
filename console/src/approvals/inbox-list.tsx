import { Link } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { InboxItem } from '../api/types.ts'
import { ApplicantName } from '../components/actor-name.tsx'
import { Until } from '../components/moment.tsx'
import { Difference } from '../components/money.tsx'
import { Failure, Loading, NothingHere } from '../components/states.tsx'
import { Tag } from '../components/tag.tsx'
import { useFirstRows } from '../components/use-first-rows.ts'
import type { useInbox } from './use-inbox.ts'

/** Each is as high as three lines. */
const ON_A_SCREEN = 8

type Props = { inbox: ReturnType<typeof useInbox>; openId: string | null }

/** The requests that wait, each with what decides how soon it has to be looked at. */
export function InboxList({ inbox, openId }: Props) {
  const { t } = useTranslation()
  const list = useRef<HTMLUListElement>(null)
  const drawn = useFirstRows(inbox.rows, ON_A_SCREEN)
  const open = drawn.find(({ changeId }) => changeId === openId)?.changeId
  // biome-ignore lint/correctness/useExhaustiveDependencies: follows whichever request is open, as soon as it is drawn
  useEffect(() => {
    list.current?.querySelector('[aria-current="page"]')?.scrollIntoView({ block: 'nearest' })
  }, [open])
  if (inbox.isPending) return <Loading />
  if (inbox.error !== null && inbox.rows.length === 0)
    return <Failure error={inbox.error} onRetry={inbox.refetch} />
  if (inbox.rows.length === 0)
    return <NothingHere title={t('approvals.empty')} hint={t('approvals.emptyHint')} />
  return (
    <>
      <div className="quiet inbox-count">
        {t('approvals.inbox')} {inbox.total}
      </div>
      <ul className="inbox-list" ref={list} aria-label={t('approvals.inbox')}>
        {drawn.map((item) => (
          <li key={item.changeId}>
            <InboxEntry item={item} isOpen={item.changeId === openId} />
          </li>
        ))}
      </ul>
    </>
  )
}

function InboxEntry({ item, isOpen }: { item: InboxItem; isOpen: boolean }) {
  const { t } = useTranslation()
  return (
    <Link
      to="/approvals/$changeId"
      params={{ changeId: item.changeId }}
      search
      className={isOpen ? 'inbox-entry inbox-open' : 'inbox-entry'}
      {...(isOpen ? { 'aria-current': 'page' as const } : {})}
    >
      <div className="inbox-line">
        <span>
          <Tag tone="blue">{t(`changeType.${item.type}`)}</Tag>
          <span className="code">{item.changeNumber}</span>
        </span>
        <Difference cents={item.differenceCents} />
      </div>
      <div className="inbox-reason">
        {t(`reasonCode.${item.reasonCode as 'other'}`, { defaultValue: item.reasonCode })} · {item.reason}
      </div>
      <div className="inbox-line quiet">
        <span>
          <ApplicantName applicant={item.applicant} /> · {item.tierTitle}
          {item.onBehalfOf !== null && <> · {t('approvals.onBehalf', { name: item.onBehalfOf })}</>}
        </span>
        {item.dueAt !== null && <Until at={item.dueAt} />}
      </div>
    </Link>
  )
}
