import { Alert } from 'antd'
import { useTranslation } from 'react-i18next'
import { problemOf } from '../api/problem.ts'
import { pickText } from '../format/bilingual.ts'
import { useShownFailure } from './shown-failures.ts'
import { ProblemHelp } from './states.tsx'

/** What went wrong with something that was sent, beside the form that keeps what was typed. */
export function ProblemText({ error }: { error: unknown }) {
  const { i18n } = useTranslation()
  const problem = problemOf(error)
  useShownFailure(error)
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      title={pickText(problem.title, i18n.language)}
      description={
        <>
          {problem.status !== 0 && <div>{problem.message}</div>}
          <ProblemHelp problem={problem} />
        </>
      }
    />
  )
}
