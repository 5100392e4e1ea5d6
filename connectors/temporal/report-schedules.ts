import type { Client } from '@temporalio/client'
import { ensureTurns } from './ensure-schedule.ts'

/** Risk control hears of something strange within so long, and figures are no older. */
const EVERY = '10m'

/** After yesterday's messages have come in, and before people come to work. */
const RECONCILED_AT = { hour: 3, minute: 30 }

/** The schedule that asks for the comparisons of each night. After an outage one night stands for all that were missed. */
export async function ensureReconciliationSchedule(
  client: Client,
  { taskQueue, id = 'reconciliation' }: { taskQueue: string; id?: string },
): Promise<void> {
  const when = { nightlyAt: RECONCILED_AT, within: '12h' } as const
  await ensureTurns(client, { id, workflowType: 'reconciliation', taskQueue, when })
}

/** The schedule that looks for what is strange about changes of orders, and counts their months. */
export async function ensureReportSchedule(
  client: Client,
  { taskQueue, id = 'change-reports' }: { taskQueue: string; id?: string },
): Promise<void> {
  await ensureTurns(client, { id, workflowType: 'changeReports', taskQueue, when: { every: EVERY } })
}

/** When the fewest orders come in, and stock has been compared with the warehouses' own. */
const REPLENISH_AT = { hour: 3, minute: 30 }

/** The ERP hears of an approved purchase within so long. */
const PURCHASES_EVERY = '1m'

/** The schedules that work out every night what is to be bought, and tell the ERP of what was approved. */
export async function ensureReplenishmentSchedules(
  client: Client,
  { taskQueue, id = 'replenishment' }: { taskQueue: string; id?: string },
): Promise<void> {
  await ensureTurns(client, {
    ...{ id: `${id}-purchases`, workflowType: 'purchases', taskQueue, when: { every: PURCHASES_EVERY } },
  })
  await ensureTurns(client, {
    ...{ id, workflowType: 'replenishment', taskQueue, args: [{}] },
    when: { nightlyAt: REPLENISH_AT, within: '6h' },
  })
}
