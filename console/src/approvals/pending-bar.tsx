import { Alert, Button, Space } from 'antd'
import { useTranslation } from 'react-i18next'
import { ProblemHelp } from '../components/states.tsx'
import { useNow } from '../components/use-now.ts'
import { pickText } from '../format/bilingual.ts'
import type { PendingDecision } from './decision-queue.ts'
import { useDecisionQueue, usePendingDecisions } from './decisions.tsx'

/** What has been decided here and is not with the API yet, with the way back while there is one. */
export function PendingBar() {
  const pending = usePendingDecisions()
  if (pending.length === 0) return null
  return (
    <div className="pending-bar" role="status" aria-live="polite">
      {pending.map((entry) => (
        <PendingEntry key={entry.changeId} entry={entry} />
      ))}
    </div>
  )
}

function PendingEntry({ entry }: { entry: PendingDecision }) {
  const { t, i18n } = useTranslation()
  const queue = useDecisionQueue()
  const { changeId, changeNumber: number, state, problem } = entry
  if (state === 'failed' && problem) {
    return (
      <Alert
        type="error"
        showIcon
        title={`${number} · ${pickText(problem.title, i18n.language)}`}
        description={<ProblemHelp problem={problem} />}
        action={
          <Space orientation="vertical">
            <Button size="small" type="primary" onClick={() => queue.retry(changeId)}>
              {t('common.retry')}
            </Button>
            <Button size="small" onClick={() => queue.dismiss(changeId)}>
              {t('common.close')}
            </Button>
          </Space>
        }
      />
    )
  }
  if (state === 'sending') return <Alert type="info" showIcon title={t('approvals.sending', { number })} />
  return (
    <Alert
      type="info"
      showIcon
      title={<Countdown entry={entry} />}
      action={
        <Button size="small" onClick={() => queue.undo(changeId)}>
          {t('common.undo')}
        </Button>
      }
    />
  )
}

function Countdown({ entry: { decision, changeNumber: number, sendsAtMs } }: { entry: PendingDecision }) {
  const { t } = useTranslation()
  const seconds = useNow((now) => Math.max(0, Math.ceil((sendsAtMs - now.getTime()) / 1_000)))
  return t(decision === 'approve' ? 'approvals.pendingApprove' : 'approvals.pendingReject', {
    number,
    seconds,
  })
}
