import { createChangeReportActivities } from './change-reports.ts'
import { createChangeRequestActivities } from './change-requests.ts'
import { createChannelPullActivities } from './channel-pull.ts'
import { createCustomerActivities } from './customers.ts'
import { createErpActivities } from './erp.ts'
import { createHealthScoreActivities } from './health-score.ts'
import { createOrderRecordActivities } from './order-records.ts'
import { createPromotionActivities } from './promotions.ts'
import { createPurchaseActivities } from './purchases.ts'
import { createReconciliationActivities } from './reconciliation.ts'
import { createRefundActivities } from './refund.ts'
import { createReplenishmentActivities } from './replenishment.ts'
import { createTrackingActivities } from './tracking.ts'
import { createTransferActivities } from './transfers.ts'
import { createWmsSyncActivities } from './wms-sync.ts'

type Dependencies = Parameters<typeof createChangeReportActivities>[0] &
  Parameters<typeof createChangeRequestActivities>[0] &
  Parameters<typeof createChannelPullActivities>[0] &
  Parameters<typeof createCustomerActivities>[0] &
  Parameters<typeof createErpActivities>[0] &
  Parameters<typeof createHealthScoreActivities>[0] &
  Parameters<typeof createOrderRecordActivities>[0] &
  Parameters<typeof createPromotionActivities>[0] &
  Parameters<typeof createReconciliationActivities>[0] &
  Parameters<typeof createPurchaseActivities>[0] &
  Parameters<typeof createRefundActivities>[0] &
  Parameters<typeof createReplenishmentActivities>[0] &
  Parameters<typeof createTrackingActivities>[0] &
  Parameters<typeof createTransferActivities>[0] &
  Parameters<typeof createWmsSyncActivities>[0]

/** Every activity of the worker, over one set of dependencies. */
export function createActivities(deps: Dependencies) {
  return {
    ...createChangeRequestActivities(deps),
    ...createChangeReportActivities(deps),
    ...createChannelPullActivities(deps),
    ...createCustomerActivities(deps),
    ...createErpActivities(deps),
    ...createHealthScoreActivities(deps),
    ...createOrderRecordActivities(deps),
    ...createPromotionActivities(deps),
    ...createReconciliationActivities(deps),
    ...createPurchaseActivities(deps),
    ...createRefundActivities(deps),
    ...createReplenishmentActivities(deps),
    ...createTrackingActivities(deps),
    ...createTransferActivities(deps),
    ...createWmsSyncActivities(deps),
  }
}

export type Activities = ReturnType<typeof createActivities>
