import { WarningOutlined } from '@ant-design/icons'
import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { problemOf } from '../api/problem.ts'
import { pickText } from '../format/bilingual.ts'
import { shownFailures } from './shown-failures.ts'
import { ProblemHelp } from './states.tsx'

/** Answers that a part of a screen takes as that there is nothing for this person. */
const SAID_BY_ABSENCE: ReadonlySet<number> = new Set([401, 403, 404])

/**
 * Above a screen: that some of it could not be loaded, or is older than it looks, where the part itself does not say so. A
 * figure that stands still must not be taken for one that is so. Drawn by hand: every first screen would fetch the library's.
 */
export function FailedParts() {
  const { t, i18n } = useTranslation()
  const queries = useQueryClient()
  const cache = queries.getQueryCache()
  const error = useSyncExternalStore(
    (listener) => {
      const leave = [cache.subscribe(listener), shownFailures.subscribe(listener)]
      return () => {
        for (const each of leave) each()
      }
    },
    () => cache.getAll().find(isUnsaid)?.state.error ?? null,
  )
  if (error === null) return null
  const problem = problemOf(error)
  return (
    <div className="failed-parts" role="alert">
      <WarningOutlined aria-hidden />
      <div className="failed-parts-text">
        <strong>{`${t('state.partly')} ${pickText(problem.title, i18n.language)}`}</strong>
        <ProblemHelp problem={problem} />
      </div>
      <Button onClick={() => void queries.refetchQueries({ type: 'active', predicate: hasFailed })}>
        {t('common.retry')}
      </Button>
    </div>
  )
}

type Asked = ReturnType<ReturnType<ReturnType<typeof useQueryClient>['getQueryCache']>['getAll']>[number]

const hasFailed = ({ state }: Asked) => state.error !== null

function isUnsaid(query: Asked): boolean {
  const { error } = query.state
  return (
    error !== null &&
    query.isActive() &&
    !SAID_BY_ABSENCE.has(problemOf(error).status) &&
    !shownFailures.has(error)
  )
}
