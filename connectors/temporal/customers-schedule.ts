import { type Client, ScheduleOverlapPolicy } from '@temporalio/client'
import { ensureSchedule } from './ensure-schedule.ts'

/** What an order changes about its customer is counted so long after it at the latest. */
const EVERY = '5m'

/** The schedule that counts customers, and grades them once a day of China. */
export async function ensureCustomersSchedule(
  client: Client,
  { taskQueue, id = 'customers' }: { taskQueue: string; id?: string },
): Promise<void> {
  await ensureSchedule(client, {
    scheduleId: id,
    spec: { intervals: [{ every: EVERY }] },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: EVERY },
    action: { type: 'startWorkflow', workflowType: 'customers', workflowId: id, taskQueue, args: [] },
  })
}
