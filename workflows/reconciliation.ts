import { proxyActivities } from '@temporalio/workflow'

type ReconciliationActivities = { requestReconciliations: () => Promise<{ started: number }> }

const { requestReconciliations } = proxyActivities<ReconciliationActivities>({
  startToCloseTimeout: '1m',
  scheduleToCloseTimeout: '1h',
})

/** One night: asks for every comparison that is due. The runs themselves are rows, which the relay works on. */
export async function reconciliation(): Promise<{ started: number }> {
  return requestReconciliations()
}
