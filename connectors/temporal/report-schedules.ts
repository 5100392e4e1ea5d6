import { type Client, ScheduleOverlapPolicy } from '@temporalio/client'
import { ensureSchedule } from './ensure-schedule.ts'

/** Risk control hears of something strange within so long, and figures are no older. */
const EVERY = '10m'

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
