import { type Client, ScheduleOverlapPolicy } from '@temporalio/client'
import { ensureSchedule } from './ensure-schedule.ts'

/** Risk control hears of something strange within so long, and figures are no older. */
const EVERY = '10m'

/** After yesterday's messages have come in, and before people come to work. */
const RECONCILED_AT = { hour: 3, minute: 30 }
const CHINA = 'Asia/Shanghai'

/** The schedule that asks for the comparisons of each night. After an outage one night stands for all that were missed. */
export async function ensureReconciliationSchedule(
  client: Client,
  { taskQueue, id = 'reconciliation' }: { taskQueue: string; id?: string },
): Promise<void> {
  await ensureSchedule(client, {
    scheduleId: id,
    spec: { calendars: [RECONCILED_AT], timezone: CHINA },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '12h' },
    action: { type: 'startWorkflow', workflowType: 'reconciliation', workflowId: id, taskQueue, args: [] },
  })
}

/** The schedule that looks for what is strange about changes of orders, and counts their months. */
export async function ensureReportSchedule(
  client: Client,
  { taskQueue, id = 'change-reports' }: { taskQueue: string; id?: string },
): Promise<void> {
  await ensureSchedule(client, {
    scheduleId: id,
    spec: { intervals: [{ every: EVERY }] },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: EVERY },
    action: { type: 'startWorkflow', workflowType: 'changeReports', workflowId: id, taskQueue, args: [] },
  })
}
