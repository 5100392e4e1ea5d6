import { useTranslation } from 'react-i18next'
import type { WorkItem } from '../api/types.ts'
import { Moment } from '../components/moment.tsx'

/** That an item is put off: until when, by whom, and why. */
export function Snoozed({ snooze: { until, by, reason } }: { snooze: NonNullable<WorkItem['snooze']> }) {
  const { t } = useTranslation()
  return (
    <div className="quiet">
      {t('workItems.snoozedUntil')} <Moment at={until} /> · {by}
      {reason !== null && ` · ${reason}`}
    </div>
  )
}
