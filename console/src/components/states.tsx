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
import { pickText } from '../format/bilingual.ts'
import { useSession } from '../session/session.ts'

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

export function NothingHere({ title, hint }: { title?: string; hint?: string }) {
  const { t } = useTranslation()
  return (
    <State icon={<InboxOutlined />} title={title ?? t('state.empty')}>
      <span className="quiet">{hint ?? t('state.emptyHint')}</span>
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
  if (problem.status === 404) return <NotFound />
  if (problem.status === 403) return <NotAllowed problem={problem} />
  return (
    <State icon={<WarningOutlined />} title={pickText(problem.title, i18n.language)} isAlert>
      <ProblemHelp problem={problem} />
      {onRetry && <Button onClick={onRetry}>{t('common.retry')}</Button>}
    </State>
  )
}

function NotAllowed({ problem }: { problem: Problem }) {
  const { t, i18n } = useTranslation()
  const { data: person } = useSession()
  const role = person ? t(`role.${person.role}`) : t('common.unknown')
  const isLink = problem.code === 'link-session'
  return (
    <State
      icon={<LockOutlined />}
      title={isLink ? pickText(problem.title, i18n.language) : t('state.notAllowed')}
    >
      {!isLink && <span className="quiet">{t('state.notAllowedHint', { role })}</span>}
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
