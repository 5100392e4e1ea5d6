import { proxyActivities } from '@temporalio/workflow'
import type { DueWarehouse, SyncResult } from '../activities/wms-sync.ts'

type WmsActivities = {
  claimDueWarehouses: (request: { full: boolean }) => Promise<DueWarehouse[]>
  syncWarehouse: (warehouse: DueWarehouse) => Promise<SyncResult>
}

const { claimDueWarehouses } = proxyActivities<WmsActivities>({
  startToCloseTimeout: '30s',
  scheduleToCloseTimeout: '2m',
})
/** Longer than the longest time-out of a reading; a claim outlasts it. One attempt: the next turn is the retry. */
const { syncWarehouse } = proxyActivities<WmsActivities>({
  startToCloseTimeout: '350s',
  scheduleToCloseTimeout: '350s',
  retry: { maximumAttempts: 1 },
})

/**
 * One round over the warehouses' own systems: those that are due, or all of them whole at night. They are read beside
 * each other, so that one that is down or slow costs only its own freshness.
 *
 * @returns what became of each, by warehouse; a reader that broke off says why
 */
export async function wmsSync({ full }: { full: boolean }): Promise<Record<string, SyncResult | string>> {
  const due = await claimDueWarehouses({ full })
  const results = await Promise.allSettled(due.map((warehouse) => syncWarehouse(warehouse)))
  return Object.fromEntries(
    results.map((result, index) => [
      due[index]?.warehouseId ?? '',
      result.status === 'fulfilled' ? result.value : String(result.reason),
    ]),
  )
}
