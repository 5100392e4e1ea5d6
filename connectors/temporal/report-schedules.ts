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

/** When the fewest orders come in, and stock has been compared with the warehouses' own. */
const REPLENISH_AT = { hour: 3, minute: 30 }
const REPLENISH_ZONE = 'Asia/Shanghai'

/** The ERP hears of an approved purchase within so long. */
const PURCHASES_EVERY = '1m'

/** The schedules that work out every night what is to be bought, and tell the ERP of what was approved. */
export async function ensureReplenishmentSchedules(
  client: Client,
  { taskQueue, id = 'replenishment' }: { taskQueue: string; id?: string },
): Promise<void> {
  await ensureSchedule(client, {
    scheduleId: `${id}-purchases`,
    spec: { intervals: [{ every: PURCHASES_EVERY }] },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: PURCHASES_EVERY },
    action: {
      ...{ type: 'startWorkflow', workflowType: 'purchases', workflowId: `${id}-purchases` },
      ...{ taskQueue, args: [] },
    },
  })
  await ensureSchedule(client, {
    scheduleId: id,
    spec: { calendars: [REPLENISH_AT], timezone: REPLENISH_ZONE },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '6h' },
    action: { type: 'startWorkflow', workflowType: 'replenishment', workflowId: id, taskQueue, args: [{}] },
  })
}
