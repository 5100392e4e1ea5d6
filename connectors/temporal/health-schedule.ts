import type { Client } from '@temporalio/client'
import { ensureTurns } from './ensure-schedule.ts'

/** An hour is in the health score so long after its end at the latest, and so is what comes late. */
const EVERY = '10m'

/** The schedule that brings the figures of the health score up to date. */
export async function ensureHealthSchedule(
  client: Client,
  { taskQueue, id = 'health-score' }: { taskQueue: string; id?: string },
): Promise<void> {
  await ensureTurns(client, { id, workflowType: 'healthScore', taskQueue, when: { every: EVERY } })
}
