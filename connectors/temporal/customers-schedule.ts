import type { Client } from '@temporalio/client'
import { ensureTurns } from './ensure-schedule.ts'

/** What an order changes about its customer is counted so long after it at the latest. */
const EVERY = '5m'

/** The schedule that counts customers, and grades them once a day of China. */
export async function ensureCustomersSchedule(
  client: Client,
  { taskQueue, id = 'customers' }: { taskQueue: string; id?: string },
): Promise<void> {
  await ensureTurns(client, { id, workflowType: 'customers', taskQueue, when: { every: EVERY } })
}
