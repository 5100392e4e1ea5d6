import { proxyActivities, uuid4, workflowInfo } from '@temporalio/workflow'
import type { ReplenishmentPlan, ReplenishmentResult } from '../activities/replenishment.ts'
import { chinaTimeOf } from '../domain/working-time.ts'

type ReplenishmentActivities = {
  takeDemand: () => Promise<{ rows: number }>
  planReplenishment: (plan: ReplenishmentPlan) => Promise<ReplenishmentResult>
}

/** Batches follow each other within seconds: who has not been heard of for a minute has died, and is succeeded. */
const { takeDemand, planReplenishment } = proxyActivities<ReplenishmentActivities>({
  startToCloseTimeout: '6h',
  scheduleToCloseTimeout: '8h',
  heartbeatTimeout: '1m',
  retry: { initialInterval: '10s', maximumInterval: '5m' },
})

/**
 * A night's replenishment: the ledger's news become demand, then every SKU is worked out.
 *
 * @param input.day the day in China whose morning it is for; without it the day on which it was started
 */
export async function replenishment(input: { day?: string } = {}): Promise<ReplenishmentResult> {
  const day = input.day ?? chinaTimeOf(workflowInfo().startTime.getTime()).day
  await takeDemand()
  return planReplenishment({ runId: uuid4(), day })
}
