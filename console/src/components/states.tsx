import { Button, Empty, Result, Spin, Typography } from 'antd'
import type { ReactNode } from 'react'
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
      <span className="state-text">{t('state.loading')}</span>
    </div>
  )
}

export function NothingHere({ title, hint }: { title?: string; hint?: string }) {
  const { t } = useTranslation()
  return (
    <Empty
      image={Empty.PRESENTED_IMAGE_SIMPLE}
      description={
        <>
          <div>{title ?? t('state.empty')}</div>
          <Typography.Text type="secondary">{hint ?? t('state.emptyHint')}</Typography.Text>
        </>
      }
    />
  )
}

export function NotFound() {
  const { t } = useTranslation()
  return <Result status="404" title={t('state.notFound')} subTitle={t('state.notFoundHint')} />
}

/** Whatever went wrong, with what can be done about it and the number by which the log has it. */
export function Failure({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t, i18n } = useTranslation()
  const { data: person } = useSession()
  const problem = problemOf(error)
  if (problem.status === 404) return <NotFound />
  if (problem.status === 403) {
    const role = person ? t(`role.${person.role}`) : t('common.unknown')
    const isLink = problem.code === 'link-session'
    return (
      <Result
        status="403"
        title={isLink ? pickText(problem.title, i18n.language) : t('state.notAllowed')}
        subTitle={isLink ? undefined : t('state.notAllowedHint', { role })}
      />
    )
  }
  return (
    <Result
      status={problem.passes ? 'warning' : 'error'}
      title={pickText(problem.title, i18n.language)}
      subTitle={<ProblemHelp problem={problem} />}
      extra={onRetry && <Button onClick={onRetry}>{t('common.retry')}</Button>}
    />
  )
}

/** What somebody who meets this problem needs to know beyond its title. */
export function ProblemHelp({ problem }: { problem: Problem }): ReactNode {
  const { t } = useTranslation()
  const advice =
    problem.status === 0 ? t('problem.unreachable') : problem.passes ? t('problem.passes') : t('problem.other')
  return (
    <>
      <div>{advice}</div>
      {problem.fields.map(({ field, message }) => (
        <div key={field}>
          <code>{field}</code> {message}
        </div>
      ))}
      {problem.requestId !== null && (
        <Typography.Text type="secondary" copyable={{ text: problem.requestId }}>
          {t('state.requestId', { id: problem.requestId })}
        </Typography.Text>
      )}
    </>
  )
}
