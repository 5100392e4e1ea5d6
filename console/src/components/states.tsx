import {
  DisconnectOutlined,
  InboxOutlined,
  LockOutlined,
  QuestionCircleOutlined,
  WarningOutlined,
} from '@ant-design/icons'
import { Button, Spin } from 'antd'
import { type ReactNode, useEffect, useEffectEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { type Problem, problemOf } from '../api/problem.ts'
import type { Role } from '../api/types.ts'
import { pickText } from '../format/bilingual.ts'
import { useSession } from '../session/session.ts'
import { useShownFailure } from './shown-failures.ts'

/** The one view each for what is not there yet, not there at all, not for this person, or broken. */

export function Loading({ isWholePage = false }: { isWholePage?: boolean }) {
  const { t } = useTranslation()
  return (
    <div className={isWholePage ? 'state state-page' : 'state'} role="status" aria-live="polite">
      <Spin />
      <span className="quiet">{t('state.loading')}</span>
    </div>
  )
}

type Props = { icon: ReactNode; title: string; children?: ReactNode; isAlert?: boolean }

function State({ icon, title, children, isAlert = false }: Props) {
  return (
    <div className="state" {...(isAlert ? { role: 'alert' } : {})}>
      <span className="state-icon" aria-hidden>
        {icon}
      </span>
      <strong>{title}</strong>
      {children}
    </div>
  )
}

export function NothingHere({
  title,
  hint,
  next,
}: {
  title?: string
  hint?: string
  /** What one can do about it, where there is something. */
  next?: ReactNode
}) {
  const { t } = useTranslation()
  return (
    <State icon={<InboxOutlined />} title={title ?? t('state.empty')}>
      <span className="quiet">{hint ?? t('state.emptyHint')}</span>
      {next}
    </State>
  )
}

export function NotFound() {
  const { t } = useTranslation()
  return (
    <State icon={<QuestionCircleOutlined />} title={t('state.notFound')}>
      <span className="quiet">{t('state.notFoundHint')}</span>
    </State>
  )
}

/** Opened without a network: the page is there, what it shows is not. It goes on by itself. */
export function Offline({ title, onBack }: { title?: string; onBack: () => void }) {
  const { t } = useTranslation()
  const back = useEffectEvent(onBack)
  useEffect(() => {
    const onOnline = () => back()
    window.addEventListener('online', onOnline)
    return () => window.removeEventListener('online', onOnline)
  }, [])
  return (
    <main className="state state-page" aria-live="polite">
      <span className="state-icon" aria-hidden>
        <DisconnectOutlined />
      </span>
      {title !== undefined && <h1 className="offline-title">{title}</h1>}
      <strong role="status">{t('state.offline')}</strong>
      <span className="quiet">{t('state.offlineHint')}</span>
      <Button onClick={onBack}>{t('common.retry')}</Button>
    </main>
  )
}

/** Whatever went wrong, with what can be done about it and the number by which the log has it. */
export function Failure({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t, i18n } = useTranslation()
  const problem = problemOf(error)
  useShownFailure(error)
  if (problem.status === 404) return <NotFound />
  if (problem.status === 403) return <NotAllowed linkTitle={linkTitleOf(problem, i18n.language)} />
  return (
    <State icon={<WarningOutlined />} title={pickText(problem.title, i18n.language)} isAlert>
      <ProblemHelp problem={problem} />
      {onRetry && <Button onClick={onRetry}>{t('common.retry')}</Button>}
    </State>
  )
}

/** Whoever came by a card's link may do nothing else, whatever their role. */
function linkTitleOf(problem: Problem, language: string): string | null {
  return problem.code === 'link-session' ? pickText(problem.title, language) : null
}

/** Says whom to ask, and which roles have what this person has not. */
export function NotAllowed({
  linkTitle = null,
  roles = [],
}: {
  linkTitle?: string | null
  roles?: readonly Role[]
}) {
  const { t } = useTranslation()
  const { data: person } = useSession()
  const role = person ? t(`role.${person.role}`) : t('common.unknown')
  return (
    <State icon={<LockOutlined />} title={linkTitle ?? t('state.notAllowed')}>
      {linkTitle === null && <span className="quiet">{t('state.notAllowedHint', { role })}</span>}
      {roles.length > 0 && (
        <span className="quiet">
          {t('state.allowedRoles', { roles: roles.map((each) => t(`role.${each}`)).join(' / ') })}
        </span>
      )}
    </State>
  )
}

/** What somebody who meets this problem needs to know beyond its title. */
export function ProblemHelp({ problem }: { problem: Problem }): ReactNode {
  const { t } = useTranslation()
  const advice =
    problem.status === 0
      ? t('problem.unreachable')
      : problem.passes
        ? t('problem.passes')
        : t('problem.other')
  return (
    <div>
      <div>{advice}</div>
      {problem.fields.map(({ field, message }) => (
        <div key={field}>
          <code>{field}</code> {message}
        </div>
      ))}
      {problem.requestId !== null && (
        <div className="quiet code">{t('state.requestId', { id: problem.requestId })}</div>
      )}
    </div>
  )
}
