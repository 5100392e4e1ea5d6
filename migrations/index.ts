import type { Migration } from 'kysely'
import { up as initial } from './0001-initial.ts'
import { up as roles } from './0002-roles.ts'
import { up as policies } from './0003-policies.ts'
import { up as allocation } from './0004-allocation.ts'
import { up as listings } from './0005-listings.ts'
import { up as wms } from './0006-wms.ts'
import { up as stockBoard } from './0007-stock-board.ts'
import { up as transfers } from './0008-transfers.ts'
import { up as promotions } from './0009-promotions.ts'
import { up as inboxRetention } from './0010-inbox-retention.ts'
import { up as presale } from './0011-presale.ts'
import { up as channels } from './0012-channels.ts'
import { up as outboundEvents } from './0013-outbound-events.ts'
import { up as couriers } from './0014-couriers.ts'
import { up as intake } from './0015-intake.ts'
import { up as awaitingStock } from './0016-awaiting-stock.ts'
import { up as decisionsAsText } from './0017-decisions-as-text.ts'
import { up as notifications } from './0018-notifications.ts'
import { up as cheaperHolds } from './0019-cheaper-holds.ts'
import { up as combinedShipping } from './0020-combined-shipping.ts'
import { up as notificationReports } from './0021-notification-reports.ts'
import { up as changeRequests } from './0023-change-requests.ts'
import { up as orderChanges } from './0024-order-changes.ts'
import { up as audit } from './0025-audit.ts'
import { up as wecom } from './0026-wecom.ts'
import { up as changeReports } from './0028-change-reports.ts'
import { up as exports } from './0029-exports.ts'
import { up as stockDecisions } from './0030-stock-decisions.ts'
import { up as attachments } from './0031-attachments.ts'
import { up as customers } from './0034-customers.ts'
import { up as holdsOfKnownOrders } from './0035-holds-of-known-orders.ts'
import { up as complaints } from './0036-complaints.ts'
import { up as healthScore } from './0037-health-score.ts'
import { up as abnormalOrders } from './0038-abnormal-orders.ts'
import { up as reconciliation } from './0040-reconciliation.ts'
import { up as reconciliationPeriods } from './0041-reconciliation-periods.ts'
import { up as replenishment } from './0042-replenishment.ts'
import { up as purchases } from './0043-purchases.ts'
import { up as cancellationsBehindChanges } from './0044-cancellations-behind-changes.ts'
import { up as announcedEvents } from './0045-announced-events.ts'
import { up as reasonsToldOnce } from './0046-reasons-told-once.ts'
import { up as customerFigures } from './0047-customer-figures.ts'
import { up as customerPriority } from './0048-customer-priority.ts'
import { up as inspection } from './0049-inspection.ts'
import { up as inspectionPhotos } from './0050-inspection-photos.ts'
import { up as dataFlow } from './0051-data-flow.ts'
import { up as settledByTime } from './0052-settled-by-time.ts'
import { up as delegationsInTurn } from './0053-delegations-in-turn.ts'
import { up as customersWrittenOnce } from './0057-customers-written-once.ts'
import { up as shopLogs } from './0060-shop-logs.ts'
import { up as ofPeople } from './0061-of-people.ts'
import { up as oidcIdentities } from './0062-oidc-identities.ts'
import { up as snoozedWorkItems } from './0063-snoozed-work-items.ts'
import { up as couriersWatched } from './0064-couriers-watched.ts'
import { up as passwordsToChange } from './0065-passwords-to-change.ts'

/** Every migration in order. Forward only: a mistake is mended by the next one. */
export const migrations: Record<string, Migration> = {
  '0001-initial': { up: initial },
  '0002-roles': { up: roles },
  '0003-policies': { up: policies },
  '0004-allocation': { up: allocation },
  '0005-listings': { up: listings },
  '0006-wms': { up: wms },
  '0007-stock-board': { up: stockBoard },
  '0008-transfers': { up: transfers },
  '0009-promotions': { up: promotions },
  '0010-inbox-retention': { up: inboxRetention },
  '0011-presale': { up: presale },
  '0012-channels': { up: channels },
  '0013-outbound-events': { up: outboundEvents },
  '0014-couriers': { up: couriers },
  '0015-intake': { up: intake },
  '0016-awaiting-stock': { up: awaitingStock },
  '0017-decisions-as-text': { up: decisionsAsText },
  '0018-notifications': { up: notifications },
  '0019-cheaper-holds': { up: cheaperHolds },
  '0020-combined-shipping': { up: combinedShipping },
  '0021-notification-reports': { up: notificationReports },
  '0023-change-requests': { up: changeRequests },
  '0024-order-changes': { up: orderChanges },
  '0025-audit': { up: audit },
  '0026-wecom': { up: wecom },
  '0028-change-reports': { up: changeReports },
  '0029-exports': { up: exports },
  '0030-stock-decisions': { up: stockDecisions },
  '0031-attachments': { up: attachments },
  '0034-customers': { up: customers },
  '0035-holds-of-known-orders': { up: holdsOfKnownOrders },
  '0036-complaints': { up: complaints },
  '0037-health-score': { up: healthScore },
  '0038-abnormal-orders': { up: abnormalOrders },
  '0040-reconciliation': { up: reconciliation },
  '0041-reconciliation-periods': { up: reconciliationPeriods },
  '0042-replenishment': { up: replenishment },
  '0043-purchases': { up: purchases },
  '0044-cancellations-behind-changes': { up: cancellationsBehindChanges },
  '0045-announced-events': { up: announcedEvents },
  '0046-reasons-told-once': { up: reasonsToldOnce },
  '0047-customer-figures': { up: customerFigures },
  '0048-customer-priority': { up: customerPriority },
  '0049-inspection': { up: inspection },
  '0050-inspection-photos': { up: inspectionPhotos },
  '0051-data-flow': { up: dataFlow },
  '0052-settled-by-time': { up: settledByTime },
  '0053-delegations-in-turn': { up: delegationsInTurn },
  '0057-customers-written-once': { up: customersWrittenOnce },
  '0060-shop-logs': { up: shopLogs },
  '0061-of-people': { up: ofPeople },
  '0062-oidc-identities': { up: oidcIdentities },
  '0063-snoozed-work-items': { up: snoozedWorkItems },
  '0064-couriers-watched': { up: couriersWatched },
  '0065-passwords-to-change': { up: passwordsToChange },
}
