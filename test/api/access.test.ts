import { fastify } from 'fastify'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ACCESS, type Access } from '../../api/access.ts'
import { auth } from '../../api/plugins/auth.ts'
import { sessions } from '../../api/plugins/session.ts'
import { ROLES } from '../../domain/role.ts'
import { createApiKey, SYSTEMS } from '../../store/identity.ts'
import { createTestApi, orderBody, placeOrder, signInAs, type TestApi } from './support.ts'

/** An inspector is let in by name only: "all" are those who work at a desk. */
const STAFF = ROLES.filter((role) => role !== 'inspector')

/** Every route and who may call it, written down a second time: a change of the table must be meant. */
const MATRIX: Record<string, { systems: string; roles: string }> = {
  'POST /v1/orders': { systems: 'mall', roles: 'clerk team_lead store_manager' },
  'GET /v1/orders': { systems: 'mall ops', roles: 'all' },
  'GET /v1/orders/counts': { systems: 'mall ops', roles: 'all' },
  'GET /v1/orders/rate': { systems: 'mall ops', roles: 'all' },
  'GET /v1/orders/:orderId': { systems: 'mall ops', roles: 'all' },
  'GET /v1/orders/:orderId/log': { systems: 'mall ops', roles: 'all' },
  'GET /v1/orders/:orderId/story': { systems: 'ops', roles: 'all' },
  'GET /v1/operation-log': { systems: 'ops', roles: 'all' },
  'GET /v1/operation-log/export': { systems: 'ops', roles: 'all' },
  'GET /v1/audit': { systems: 'ops', roles: 'finance ops admin' },
  'GET /v1/audit/export': { systems: 'ops', roles: 'finance ops admin' },
  'POST /v1/exports': { systems: 'ops', roles: 'all' },
  'GET /v1/exports': { systems: 'ops', roles: 'all' },
  'GET /v1/exports/:exportId': { systems: 'ops', roles: 'all' },
  'DELETE /v1/exports/:exportId': { systems: 'ops', roles: 'all' },
  'GET /v1/exports/:exportId/file': { systems: 'ops', roles: 'all' },
  'GET /v1/audit/heads': { systems: 'ops', roles: 'finance ops admin' },
  'POST /v1/orders/:orderId/payments': { systems: 'mall payments', roles: '' },
  'POST /v1/orders/:orderId/cancellation': {
    systems: 'mall',
    roles: 'clerk team_lead store_manager regional_director ops admin',
  },
  'POST /v1/orders/:orderId/returns': { systems: 'mall', roles: 'clerk team_lead store_manager' },
  'POST /v1/orders/:orderId/returns/:returnId/decisions': {
    systems: '',
    roles: 'team_lead store_manager regional_director admin',
  },
  'POST /v1/orders/:orderId/returns/:returnId/receipt': { systems: 'warehouse ops', roles: 'ops admin' },
  'POST /v1/orders/:orderId/returns/:returnId/inspection': { systems: 'warehouse ops', roles: 'ops admin' },
  'GET /v1/pick-tasks': { systems: 'warehouse ops', roles: 'all' },
  'POST /v1/pick-tasks/:pickTaskId/events': { systems: 'warehouse ops', roles: 'ops admin' },
  'POST /v1/pick-tasks/:pickTaskId/separate': { systems: 'warehouse ops', roles: 'ops admin' },
  'GET /v1/couriers': { systems: 'ops', roles: 'all' },
  'GET /v1/couriers/:courier': { systems: 'ops', roles: 'all' },
  'GET /v1/couriers/:courier/parcels': { systems: 'ops', roles: 'ops admin' },
  'GET /v1/courier-sources/:source/messages': { systems: 'ops', roles: 'ops admin' },
  'POST /v1/courier-sources/:source/messages/:messageId/replay': { systems: 'ops', roles: 'ops admin' },
  'GET /v1/shipments': { systems: 'mall warehouse ops', roles: 'all' },
  'GET /v1/stock': { systems: 'mall warehouse ops', roles: 'all' },
  'GET /v1/stock/board': { systems: 'mall warehouse ops', roles: 'all' },
  'GET /v1/stock/:skuId/ledger': { systems: 'warehouse ops', roles: 'all' },
  'GET /v1/stock/:skuId/holds': { systems: 'warehouse ops', roles: 'all' },
  'GET /v1/stock/events': { systems: 'mall warehouse ops', roles: 'all' },
  'GET /v1/stock/counts': { systems: 'warehouse ops', roles: 'all' },
  'GET /v1/stock/counts/:countId': { systems: 'warehouse ops', roles: 'all' },
  'GET /v1/stock/counts/:countId/lines': { systems: 'warehouse ops', roles: 'all' },
  'POST /v1/stock/counts': { systems: 'warehouse ops', roles: 'ops admin' },
  'PUT /v1/stock/counts/:countId/lines': { systems: 'warehouse ops', roles: 'ops admin' },
  'POST /v1/stock/counts/:countId/lines/import': { systems: 'warehouse ops', roles: 'ops admin' },
  'POST /v1/stock/counts/:countId/submission': { systems: 'warehouse ops', roles: 'ops admin' },
  'POST /v1/stock/counts/:countId/decisions': { systems: '', roles: 'regional_director finance ops admin' },
  'GET /v1/abnormal-orders': { systems: 'ops', roles: 'all' },
  'GET /v1/abnormal-orders/:orderId': { systems: 'ops', roles: 'all' },
  'POST /v1/abnormal-orders/:orderId/release': { systems: '', roles: 'all' },
  'GET /v1/customers': { systems: 'ops', roles: 'finance ops admin' },
  'GET /v1/customer-segments': { systems: 'ops', roles: 'finance ops admin' },
  'POST /v1/customers/search': { systems: 'ops', roles: 'finance ops admin' },
  'GET /v1/customers/:customerId': { systems: 'ops', roles: 'finance ops admin' },
  'GET /v1/customers/:customerId/orders': { systems: 'ops', roles: 'finance ops admin' },
  'GET /v1/orders/:orderId/customer': { systems: 'ops', roles: 'all' },
  'POST /v1/customers/:customerId/merge': { systems: '', roles: 'ops admin' },
  'POST /v1/customers/:customerId/split': { systems: '', roles: 'ops admin' },
  'POST /v1/customers/:customerId/erasure': { systems: '', roles: 'ops admin' },
  'GET /v1/change-anomalies': { systems: 'ops', roles: 'regional_director finance ops admin' },
  'GET /v1/change-anomalies/:anomalyId': { systems: 'ops', roles: 'regional_director finance ops admin' },
  'POST /v1/change-anomalies/:anomalyId/state': { systems: '', roles: 'finance ops admin' },
  'GET /v1/reports/changes': { systems: 'ops', roles: 'regional_director finance ops admin' },
  'GET /v1/reports/changes/export': { systems: 'ops', roles: 'regional_director finance ops admin' },
  'POST /v1/reconciliations': { systems: 'ops', roles: 'finance ops admin' },
  'GET /v1/reconciliations': { systems: 'ops', roles: 'regional_director finance ops admin' },
  'GET /v1/reconciliations/:runId': { systems: 'ops', roles: 'regional_director finance ops admin' },
  'DELETE /v1/reconciliations/:runId': { systems: 'ops', roles: 'finance ops admin' },
  'POST /v1/reconciliations/:runId/resume': { systems: 'ops', roles: 'finance ops admin' },
  'GET /v1/reconciliation-differences': { systems: 'ops', roles: 'regional_director finance ops admin' },
  'GET /v1/reconciliation-differences/:differenceId': {
    systems: 'ops',
    roles: 'regional_director finance ops admin',
  },
  'POST /v1/reconciliation-differences/:differenceId/decisions': { systems: '', roles: 'finance ops admin' },
  'POST /v1/reconciliation-periods': { systems: '', roles: 'finance admin' },
  'GET /v1/reconciliation-periods': { systems: 'ops', roles: 'regional_director finance ops admin' },
  'GET /v1/reconciliation-periods/:periodId': {
    systems: 'ops',
    roles: 'regional_director finance ops admin',
  },
  'POST /v1/settlement-files': { systems: 'ops', roles: 'finance ops admin' },
  'GET /v1/settlement-files': { systems: 'ops', roles: 'regional_director finance ops admin' },
  'GET /v1/settlement-files/:fileId': { systems: 'ops', roles: 'regional_director finance ops admin' },
  'GET /v1/replenishment': { systems: 'ops', roles: 'regional_director finance ops admin' },
  'GET /v1/replenishment/levels/:skuId/:warehouseId': {
    systems: 'ops',
    roles: 'regional_director finance ops admin',
  },
  'GET /v1/replenishment/runs': { systems: 'ops', roles: 'regional_director finance ops admin' },
  'POST /v1/replenishment/runs/:runId/cancellation': { systems: 'ops', roles: 'ops admin' },
  'GET /v1/replenishment/supplies': { systems: 'ops', roles: 'regional_director finance ops admin' },
  'PUT /v1/replenishment/supplies/:skuId': { systems: 'ops', roles: 'ops admin' },
  'POST /v1/replenishment/levels/:skuId/:warehouseId/transfer': {
    systems: 'ops',
    roles: 'regional_director ops admin',
  },
  'POST /v1/purchase-lists': { systems: 'ops', roles: 'ops admin' },
  'GET /v1/purchase-lists': { systems: 'warehouse ops', roles: 'regional_director finance ops admin' },
  'GET /v1/purchase-lists/:purchaseId': {
    systems: 'warehouse ops',
    roles: 'regional_director finance ops admin',
  },
  'PUT /v1/purchase-lists/:purchaseId/lines': { systems: 'ops', roles: 'ops admin' },
  'POST /v1/purchase-lists/:purchaseId/submission': { systems: 'ops', roles: 'ops admin' },
  'POST /v1/purchase-lists/:purchaseId/decisions': {
    systems: '',
    roles: 'regional_director finance ops admin',
  },
  'POST /v1/purchase-lists/:purchaseId/receipts': { systems: 'warehouse ops', roles: 'ops admin' },
  'POST /v1/purchase-lists/:purchaseId/closing': { systems: 'ops', roles: 'ops admin' },
  'POST /v1/purchase-lists/:purchaseId/cancellation': { systems: 'ops', roles: 'ops admin' },
  'POST /v1/purchase-lists/:purchaseId/erp-retry': { systems: 'ops', roles: 'ops admin' },
  'GET /v1/working-days': { systems: 'ops', roles: 'regional_director finance ops admin' },
  'PUT /v1/working-days': { systems: 'ops', roles: 'ops admin' },
  'DELETE /v1/working-days': { systems: 'ops', roles: 'ops admin' },
  'GET /v1/reports/stock-accuracy': { systems: 'ops', roles: 'regional_director finance ops admin' },
  'POST /v1/stock/adjustments': { systems: 'warehouse ops', roles: 'ops admin' },
  'POST /v1/stock/adjustments/import': { systems: 'warehouse ops', roles: 'ops admin' },
  'POST /v1/presales': { systems: 'ops', roles: 'ops admin' },
  'GET /v1/presales': { systems: 'mall warehouse ops', roles: 'all' },
  'GET /v1/presales/:presaleId': { systems: 'mall warehouse ops', roles: 'all' },
  'PATCH /v1/presales/:presaleId': { systems: 'ops', roles: 'ops admin' },
  'POST /v1/presales/:presaleId/close': { systems: 'ops', roles: 'ops admin' },
  'POST /v1/presales/:presaleId/arrivals': { systems: 'warehouse ops', roles: 'ops admin' },
  'POST /v1/promotions': { systems: 'ops', roles: 'ops admin' },
  'GET /v1/promotions': { systems: 'mall ops', roles: 'all' },
  'GET /v1/promotions/:promotionId': { systems: 'mall ops', roles: 'all' },
  'POST /v1/promotions/:promotionId/moves': { systems: 'ops', roles: 'ops admin' },
  'POST /v1/promotions/:promotionId/early-end': { systems: 'ops', roles: 'ops admin' },
  'POST /v1/promotions/:promotionId/cancellation': { systems: 'ops', roles: 'ops admin' },
  'GET /v1/channel-orders': { systems: 'mall ops', roles: 'all' },
  'GET /v1/channel-orders/:shopId/:platformOrderId': { systems: 'mall ops', roles: 'all' },
  'POST /v1/channel-orders/:shopId/:platformOrderId/retry': { systems: 'ops', roles: 'all' },
  'GET /v1/orders/:orderId/stock-wait': { systems: 'ops', roles: 'all' },
  'POST /v1/orders/:orderId/stock-wait': {
    systems: 'ops',
    roles: 'team_lead store_manager regional_director ops admin',
  },
  'GET /v1/listings': { systems: 'mall ops', roles: 'all' },
  'GET /v1/listings/:storeId/:skuId': { systems: 'mall ops', roles: 'all' },
  'PUT /v1/listings/:storeId/:skuId': { systems: 'mall ops', roles: 'store_manager ops admin' },
  'DELETE /v1/listings/:storeId/:skuId': { systems: 'mall ops', roles: 'store_manager ops admin' },
  'POST /v1/listings/:storeId/:skuId/resend': { systems: 'mall ops', roles: 'store_manager ops admin' },
  'POST /v1/listings/:storeId/:skuId/confirmations': { systems: 'mall', roles: '' },
  'POST /v1/listings/import': { systems: 'mall ops', roles: 'store_manager ops admin' },
  'POST /v1/complaints': { systems: 'mall ops', roles: 'all' },
  'GET /v1/complaints': { systems: 'mall ops', roles: 'all' },
  'POST /v1/complaints/:complaintId/withdrawal': { systems: 'mall ops', roles: 'all' },
  'GET /v1/health-score': { systems: 'ops', roles: 'regional_director finance ops admin' },
  'GET /v1/health-score/trend': { systems: 'ops', roles: 'regional_director finance ops admin' },
  'GET /v1/health-score/by/:dimension': { systems: 'ops', roles: 'regional_director finance ops admin' },
  'GET /v1/health-score/components/:component/outcomes': {
    systems: 'ops',
    roles: 'regional_director finance ops admin',
  },
  'GET /v1/health-score/counted-skus': { systems: 'ops', roles: 'regional_director finance ops admin' },
  'GET /v1/data-flow': { systems: 'ops', roles: 'regional_director finance ops admin' },
  'GET /v1/data-flow/events': { systems: 'ops', roles: 'regional_director finance ops admin' },
  'GET /v1/data-flow/edges/:edgeId': { systems: 'ops', roles: 'regional_director finance ops admin' },
  'GET /v1/data-flow/incidents': { systems: 'ops', roles: 'regional_director finance ops admin' },
  'GET /v1/reports/oversell-risk': { systems: 'ops', roles: 'regional_director finance ops admin' },
  'POST /v1/change-requests': { systems: 'mall ops', roles: 'all' },
  'GET /v1/change-requests': { systems: 'mall ops', roles: 'all' },
  'GET /v1/change-requests/export': { systems: 'ops', roles: 'all' },
  'POST /v1/attachments': { systems: 'mall ops', roles: 'all' },
  'DELETE /v1/attachments/:attachmentId': { systems: 'mall ops', roles: 'all' },
  'GET /v1/attachments/:attachmentId/file': { systems: 'mall ops', roles: 'all inspector' },
  'GET /v1/attachments/:attachmentId/thumbnail': { systems: 'mall ops', roles: 'all inspector' },
  'POST /v1/attachments/:attachmentId/erasure': { systems: '', roles: 'ops admin' },
  'POST /v1/change-requests/:changeId/attachments': { systems: 'mall ops', roles: 'all' },
  'GET /v1/change-requests/:changeId': { systems: 'mall ops', roles: 'all' },
  'POST /v1/change-requests/:changeId/decisions': { systems: '', roles: 'all' },
  'POST /v1/change-requests/:changeId/withdrawal': { systems: 'mall ops', roles: 'all' },
  'POST /v1/change-requests/:changeId/versions': { systems: 'mall ops', roles: 'all' },
  'POST /v1/change-requests/:changeId/retry': { systems: 'ops', roles: 'ops admin' },
  'POST /v1/change-requests/:changeId/abandonment': { systems: 'ops', roles: 'ops admin' },
  'GET /v1/approval-inbox': { systems: '', roles: 'all' },
  'POST /v1/approval-delegations': { systems: '', roles: 'all' },
  'GET /v1/approval-delegations': { systems: 'mall ops', roles: 'all' },
  'POST /v1/approval-delegations/:delegationId/end': { systems: '', roles: 'all' },
  'PUT /v1/accounts/:userName/contact': { systems: '', roles: 'ops admin' },
  'GET /v1/inspections': { systems: 'ops', roles: 'all inspector' },
  'GET /v1/inspections/:inspectionId': { systems: 'ops', roles: 'all inspector' },
  'PUT /v1/inspections/:inspectionId/photos/:photoId': { systems: '', roles: 'all inspector' },
  'PUT /v1/inspections/:inspectionId/photos/:photoId/completion': { systems: '', roles: 'all inspector' },
  'PUT /v1/inspections/:inspectionId/photos/:photoId/parts/:part': { systems: '', roles: 'all inspector' },
  'PUT /v1/inspections/:inspectionId/result': { systems: '', roles: 'all inspector' },
  'POST /v1/inspections/:inspectionId/assignment': {
    systems: 'ops',
    roles: 'store_manager regional_director ops admin',
  },
  'POST /v1/inspections/:inspectionId/cancellation': {
    systems: 'ops',
    roles: 'store_manager regional_director ops admin',
  },
  'POST /v1/transfers': { systems: 'ops', roles: 'regional_director ops admin' },
  'POST /v1/transfers/proposals': { systems: 'ops', roles: 'regional_director ops admin' },
  'GET /v1/transfers': { systems: 'warehouse ops', roles: 'all' },
  'GET /v1/transfers/:transferId': { systems: 'warehouse ops', roles: 'all' },
  'POST /v1/transfers/:transferId/decisions': {
    systems: '',
    roles: 'store_manager regional_director finance ops admin',
  },
  'POST /v1/transfers/:transferId/dispatch': { systems: 'warehouse ops', roles: 'ops admin' },
  'POST /v1/transfers/:transferId/receive': { systems: 'warehouse ops', roles: 'ops admin' },
  'POST /v1/transfers/:transferId/loss': { systems: 'warehouse ops', roles: 'ops admin' },
  'POST /v1/transfers/:transferId/cancellation': { systems: 'ops', roles: 'regional_director ops admin' },
  'POST /v1/subscriptions': { systems: 'ops', roles: 'ops admin' },
  'GET /v1/subscriptions': { systems: 'ops', roles: 'ops admin' },
  'GET /v1/subscriptions/event-types': { systems: 'ops', roles: 'ops admin' },
  'GET /v1/subscriptions/:subscriptionId': { systems: 'ops', roles: 'ops admin' },
  'PATCH /v1/subscriptions/:subscriptionId': { systems: 'ops', roles: 'ops admin' },
  'DELETE /v1/subscriptions/:subscriptionId': { systems: 'ops', roles: 'ops admin' },
  'POST /v1/subscriptions/:subscriptionId/pause': { systems: 'ops', roles: 'ops admin' },
  'POST /v1/subscriptions/:subscriptionId/resume': { systems: 'ops', roles: 'ops admin' },
  'POST /v1/subscriptions/:subscriptionId/test': { systems: 'ops', roles: 'ops admin' },
  'GET /v1/subscriptions/:subscriptionId/secrets': { systems: 'ops', roles: 'ops admin' },
  'POST /v1/subscriptions/:subscriptionId/secrets': { systems: 'ops', roles: 'ops admin' },
  'GET /v1/subscriptions/:subscriptionId/deliveries': { systems: 'ops', roles: 'ops admin' },
  'GET /v1/subscriptions/:subscriptionId/deliveries/:deliveryId': { systems: 'ops', roles: 'ops admin' },
  'POST /v1/subscriptions/:subscriptionId/deliveries/:deliveryId/replay': {
    systems: 'ops',
    roles: 'ops admin',
  },
  'POST /v1/subscriptions/:subscriptionId/replays': { systems: 'ops', roles: 'ops admin' },
  'GET /v1/subscriptions/:subscriptionId/replays': { systems: 'ops', roles: 'ops admin' },
  'GET /v1/work-items': { systems: 'ops', roles: 'all' },
  'GET /v1/work-items/counts': { systems: 'ops', roles: 'all' },
  'GET /v1/approval-inbox/counts': { systems: '', roles: 'all' },
  'GET /v1/work-items/kinds': { systems: 'ops', roles: 'all' },
  'GET /v1/work-items/assignees': { systems: 'ops', roles: 'all' },
  'POST /v1/work-items/:workItemId/snooze': { systems: 'ops', roles: 'all' },
  'DELETE /v1/work-items/:workItemId/snooze': { systems: 'ops', roles: 'all' },
  'GET /v1/work-items/:workItemId': { systems: 'ops', roles: 'all' },
  'POST /v1/work-items/:workItemId/approve': { systems: 'ops', roles: 'ops admin' },
  'POST /v1/work-items/:workItemId/dismiss': { systems: 'ops', roles: 'ops admin' },
  'GET /v1/wms': { systems: 'ops', roles: 'all' },
  'GET /v1/wms/movements': { systems: 'warehouse ops', roles: 'ops admin' },
  'POST /v1/wms/:warehouseId/readings': { systems: 'ops', roles: 'ops admin' },
  'POST /v1/wms/mapping-tests': { systems: 'ops', roles: 'ops admin' },
  'GET /v1/wms/connections': { systems: 'ops', roles: 'ops admin' },
  'PUT /v1/wms/connections/:name': { systems: 'ops', roles: 'ops admin' },
  'POST /v1/work-items/:workItemId/assign': { systems: 'ops', roles: 'all' },
  'POST /v1/work-items/:workItemId/resolve': { systems: 'ops', roles: 'all' },
  'POST /v1/work-items/:workItemId/replay': { systems: 'ops', roles: 'ops admin' },
  'GET /v1/notifications': { systems: 'ops', roles: 'all' },
  'POST /v1/notifications/preview': { systems: 'ops', roles: 'ops admin' },
  'GET /v1/wecom/members': { systems: 'ops', roles: 'ops admin' },
  'PUT /v1/wecom/members/:accountId': { systems: '', roles: 'admin' },
  'DELETE /v1/wecom/members/:accountId': { systems: '', roles: 'admin' },
  'GET /v1/policies': { systems: 'ops', roles: 'all' },
  'GET /v1/policies/:kind': { systems: 'ops', roles: 'all' },
  'GET /v1/policies/:kind/schema': { systems: 'ops', roles: 'all' },
  'GET /v1/policies/:kind/versions/:version': { systems: 'ops', roles: 'all' },
  'PUT /v1/policies/:kind': { systems: 'ops', roles: 'ops admin' },
  'POST /v1/policies/:kind/drafts': { systems: 'ops', roles: 'ops admin' },
  'PUT /v1/policies/:kind/drafts/:version': { systems: 'ops', roles: 'ops admin' },
  'DELETE /v1/policies/:kind/drafts/:version': { systems: 'ops', roles: 'ops admin' },
  'POST /v1/policies/:kind/drafts/:version/dry-run': { systems: 'ops', roles: 'ops admin' },
  'POST /v1/policies/:kind/drafts/:version/publish': { systems: 'ops', roles: 'ops admin' },
  'POST /v1/policies/:kind/rollback': { systems: 'ops', roles: 'ops admin' },
  'GET /v1/events': { systems: 'mall ops', roles: 'all' },
  'GET /v1/console': { systems: '', roles: 'all inspector' },
  'GET /v1/session': { systems: 'all', roles: 'all inspector' },
  'DELETE /v1/session': { systems: 'all', roles: 'all inspector' },
  'POST /v1/shops': { systems: 'ops', roles: 'ops admin' },
  'GET /v1/shops': { systems: 'ops', roles: 'all' },
  'GET /v1/shops/:shopId': { systems: 'ops', roles: 'all' },
  'PATCH /v1/shops/:shopId': { systems: 'ops', roles: 'ops admin' },
  'POST /v1/shops/:shopId/check': { systems: 'ops', roles: 'ops admin' },
  'GET /v1/accounts': { systems: '', roles: 'admin' },
  'POST /v1/accounts': { systems: '', roles: 'admin' },
  'PATCH /v1/accounts/:userName': { systems: '', roles: 'admin' },
  'GET /v1/api-keys': { systems: '', roles: 'admin' },
  'POST /v1/api-keys': { systems: '', roles: 'admin' },
  'POST /v1/api-keys/:keyId/rotation': { systems: '', roles: 'admin' },
  'POST /v1/api-keys/:keyId/revocation': { systems: '', roles: 'admin' },
  'GET /v1/session/second-factor': { systems: '', roles: 'all inspector' },
  'POST /v1/session/second-factor': { systems: '', roles: 'all inspector' },
  'POST /v1/session/second-factor/confirmation': { systems: '', roles: 'all inspector' },
  'POST /v1/session/second-factor/removal': { systems: '', roles: 'all inspector' },
  'GET /v1/saved-views': { systems: '', roles: 'all inspector' },
  'POST /v1/saved-views': { systems: '', roles: 'all inspector' },
  'DELETE /v1/saved-views/:viewId': { systems: '', roles: 'all inspector' },
  'POST /v1/session/password': { systems: '', roles: 'all inspector' },
  'GET /v1/platforms': { systems: 'ops', roles: 'ops admin' },
  'GET /v1/shops/:shopId/messages': { systems: 'ops', roles: 'ops admin' },
  'POST /v1/shops/:shopId/messages/:messageId/replay': { systems: 'ops', roles: 'ops admin' },
  'GET /v1/shops/:shopId/deliveries': { systems: 'ops', roles: 'ops admin' },
  'POST /v1/shops/:shopId/deliveries/:deliveryId/replay': { systems: 'ops', roles: 'ops admin' },
  'GET /v1/sku-mappings': { systems: 'ops', roles: 'all' },
  'POST /v1/sku-mappings': { systems: 'ops', roles: 'ops admin' },
  'POST /v1/sku-mappings/import': { systems: 'ops', roles: 'ops admin' },
  'GET /metrics': { systems: 'ops', roles: 'ops admin' },
  'POST /codec/decode': { systems: '', roles: 'ops admin' },
  ...Object.fromEntries(
    ['skus', 'warehouses', 'stores'].flatMap((path) => [
      [`GET /v1/${path}`, { systems: 'all', roles: 'all' }],
      [`GET /v1/${path}/:id`, { systems: 'all', roles: 'all' }],
      [`POST /v1/${path}`, { systems: 'ops', roles: 'ops admin' }],
      [`PATCH /v1/${path}/:id`, { systems: 'ops', roles: 'ops admin' }],
      [`POST /v1/${path}/import`, { systems: 'ops', roles: 'ops admin' }],
    ]),
  ),
}
const PUBLIC = [
  'POST /v1/session',
  'POST /v1/session/link',
  'GET /v1/session/ways',
  'GET /v1/session/oidc',
  'GET /v1/session/oidc/callback',
  'GET /v1/session/oidc/sign-out',
  'POST /v1/webhooks/:channel',
  'POST /v1/webhooks/couriers/:courier',
  'POST /v1/webhooks/sms/:provider/:secret',
  'GET /v1/webhooks/wecom',
  'POST /v1/webhooks/wecom',
  'GET /healthz',
  'GET /readyz',
  'GET /openapi.json',
]

let api: TestApi
beforeAll(async () => {
  api = await createTestApi()
})
afterAll(() => api.close())

/** The routes that really exist, walked from the router. */
function routesOf(instance: TestApi['app']): string[] {
  const routes: string[] = []
  const parents: string[] = []
  for (const line of instance.printRoutes({ commonPrefix: false }).split('\n')) {
    const [, indent = '', path = '', methods = ''] = /^([│├└─ ]*)([^ ]+) \(([A-Z, ]+)\)/.exec(line) ?? []
    if (path === '') continue
    const depth = indent.length / 4
    parents.splice(depth - 1)
    const full = parents.join('') + path
    parents.push(path)
    for (const method of methods.split(', '))
      if (!/HEAD|OPTIONS/.test(method)) routes.push(`${method} ${full}`)
  }
  return routes.filter((route) => !/ \/docs/.test(route))
}

test('every route of the server is in the matrix, and nothing else is', () => {
  expect(routesOf(api.app).sort()).toEqual([...Object.keys(MATRIX), ...PUBLIC].sort())
})

test('no route edits an order: what is sent to one is a payment, a return, or what its buyer or the shelf decides', () => {
  const writing = /^(POST|PUT|PATCH|DELETE) \/v1\/orders\//
  expect(
    routesOf(api.app)
      .filter((route) => writing.test(route))
      .sort(),
  ).toEqual([
    'POST /v1/orders/:orderId/cancellation',
    'POST /v1/orders/:orderId/payments',
    'POST /v1/orders/:orderId/returns',
    'POST /v1/orders/:orderId/returns/:returnId/decisions',
    'POST /v1/orders/:orderId/returns/:returnId/inspection',
    'POST /v1/orders/:orderId/returns/:returnId/receipt',
    'POST /v1/orders/:orderId/stock-wait',
  ])
})

const cells = Object.entries(MATRIX).map(([route, { systems, roles }]) => ({
  route,
  systems: systems === 'all' ? [...SYSTEMS] : systems.split(' ').filter(Boolean),
  roles: roles.split(' ').flatMap((role) => (role === 'all' ? STAFF : role === '' ? [] : [role])),
}))

function call(route: string, headers: Record<string, string>) {
  const [method, pattern = ''] = route.split(' ')
  const url = pattern
    .replace(/:(orderId|promotionId|presaleId)/, uuid())
    .replace(':kind', 'order-life')
    .replace(/:\w+/g, 'X-1')
  return api.app.inject({
    method: method as 'GET',
    // A filter that is refused: whoever is let in gets a 400 instead of an endless stream.
    url: route.startsWith('GET') && pattern.endsWith('/events') ? `${url}?wrong=x` : url,
    headers,
  })
}

test.each(cells)(
  '$route is open to its callers and closed to everybody else',
  async ({ route, systems, roles }) => {
    const ask = async (headers: Record<string, string>) => {
      const response = await call(route, headers)
      if (response.statusCode === 401) return 'unknown'
      return response.body.includes('"code":"forbidden"') ? 'refused' : 'let in'
    }
    expect(await ask({})).toBe('unknown')
    expect(await ask({ authorization: `Bearer ${'x'.repeat(40)}` })).toBe('unknown')
    for (const system of SYSTEMS) {
      const expected = systems.includes(system) ? 'let in' : 'refused'
      expect([system, await ask({ authorization: `Bearer ${api.keys[system]}` })]).toEqual([system, expected])
    }
    for (const role of ROLES) {
      // Signing out must not take the other routes' session with it.
      const cookie = route === 'DELETE /v1/session' ? await signInAs(api.app, role) : await api.signIn(role)
      const expected = roles.includes(role) ? 'let in' : 'refused'
      expect([role, await ask({ cookie, 'x-order-hub': '1' })]).toEqual([role, expected])
    }
  },
)

test('whoever has a password that somebody else chose passes to three routes: who they are, another password, and out', async () => {
  await api.rows("update account set must_change_password = true where user_name = 'admin'")
  const cookie = await signInAs(api.app, 'admin')
  const open: string[] = []
  for (const { route } of cells.filter(({ roles }) => roles.includes('admin'))) {
    // Last, because it ends the session.
    if (route === 'DELETE /v1/session') continue
    const { body } = await call(route, { cookie, 'x-order-hub': '1' })
    if (!body.includes('"code":"password-change-required"')) open.push(route)
  }
  expect(open.sort()).toEqual(['GET /v1/session', 'POST /v1/session/password'])
  expect((await call('DELETE /v1/session', { cookie, 'x-order-hub': '1' })).statusCode).toBe(204)
  await api.rows("update account set must_change_password = false where user_name = 'admin'")
})

test('a route that does not say who may call it keeps the server from starting', async () => {
  const app = fastify()
  await app.register(sessions, { deps: api.deps })
  await app.register(auth, { deps: api.deps })
  expect(() => app.get('/v1/forgotten', () => 'secret')).toThrow('does not say who may call it')
})

test('the access table names only systems and roles that exist', () => {
  for (const access of Object.values<Access>(ACCESS)) {
    if (access === 'public') continue
    expect(SYSTEMS).toEqual(expect.arrayContaining([...access.systems]))
    expect(ROLES).toEqual(expect.arrayContaining([...access.roles]))
  }
})

test('a key of one store neither sees nor pays the orders of another, nor places them', async () => {
  const { secret } = await createApiKey(api.database.db, {
    name: 'shop-1',
    system: 'mall',
    storeIds: ['ST-1'],
  })
  const headers = () => ({ authorization: `Bearer ${secret}`, 'idempotency-key': uuid() })
  const { orderId } = (await placeOrder(api, { storeId: 'ST-2' })).json()
  const read = await api.app.inject({ url: `/v1/orders/${orderId}`, headers: headers() })
  const pay = await api.app.inject({
    method: 'POST',
    url: `/v1/orders/${orderId}/payments`,
    headers: headers(),
    payload: { paymentId: uuid(), amountCents: 2_000, method: 'wechat', paidAt: new Date().toISOString() },
  })
  const place = await api.app.inject({
    method: 'POST',
    url: '/v1/orders',
    headers: headers(),
    payload: orderBody({ storeId: 'ST-2' }),
  })
  expect([read, pay, place].map((response) => response.json().code)).toEqual([
    'order-not-found',
    'order-not-found',
    'unknown-store',
  ])
  expect(await api.rows('select id from payment where named_order_id = $1', [orderId])).toEqual([])
})

test('a disabled key is refused once the few seconds of its cache are over', async () => {
  const { secret, id } = await createApiKey(api.database.db, {
    name: 'revoked',
    system: 'mall',
    storeIds: [],
  })
  const ask = async () =>
    (await api.app.inject({ url: '/v1/session', headers: { authorization: `Bearer ${secret}` } })).statusCode
  expect(await ask()).toBe(200)
  await api.rows('update api_key set disabled = true where id = $1', [id])
  api.clock.advance(5_001)
  expect(await ask()).toBe(401)
})

test('keys and passwords are stored hashed only', async () => {
  const stored = JSON.stringify([
    await api.rows('select * from api_key'),
    await api.rows('select * from account'),
  ])
  for (const secret of Object.values(api.keys)) expect(stored).not.toContain(secret)
  expect(stored).toContain('$argon2id$')
})
