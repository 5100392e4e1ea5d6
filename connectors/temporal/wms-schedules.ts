import { type Client, ScheduleOverlapPolicy } from '@temporalio/client'
import { ensureSchedule, ensureTurns } from './ensure-schedule.ts'

/** How often is looked whose turn it is; each warehouse has its interval in the policy. */
const LOOK_EVERY = '15s'
/** Everything is compared when the fewest orders come in. */
const COMPARE_AT = { hour: 2, minute: 30 }
/** After an outage one round catches up for all that were missed. */
const CATCH_UP = '1m'

/**
 * The schedules that read the warehouses' own systems: what is due every few seconds, and everything at night. Made
 * when they do not exist, brought to this version's settings when they do; a pause by a person stays.
 *
 * @param ids names of the two schedules
 */
export async function ensureWmsSchedules(
  client: Client,
  options: { taskQueue: string; ids?: { due: string; compare: string } },
): Promise<void> {
  const { taskQueue, ids = { due: 'wms-sync', compare: 'wms-full-compare' } } = options
  const work = { workflowType: 'wmsSync', taskQueue }
  await ensureSchedule(client, {
    scheduleId: ids.due,
    spec: { intervals: [{ every: LOOK_EVERY }] },
    // A slow warehouse must not keep the others from their turn; each is claimed by one round at a time.
    policies: { overlap: ScheduleOverlapPolicy.ALLOW_ALL, catchupWindow: CATCH_UP },
    action: { type: 'startWorkflow', ...work, workflowId: ids.due, args: [{ full: false }] },
  })
  await ensureTurns(client, {
    ...{ ...work, id: ids.compare, args: [{ full: true }] },
    when: { nightlyAt: COMPARE_AT, within: '6h' },
  })
}
