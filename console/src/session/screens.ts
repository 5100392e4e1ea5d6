import { OFFICE_ROLES } from '../../../domain/role.ts'
import type { Role } from '../api/types.ts'

/** The screens of the menu, in its order. `needs` are the routes of the API that a screen cannot do without. */
export const SCREENS = [
  { key: 'overview', path: '/', needs: ['GET /v1/orders/counts', 'GET /v1/work-items/counts'] },
  { key: 'orders', path: '/orders', needs: ['GET /v1/orders'] },
  { key: 'approvals', path: '/approvals', needs: ['GET /v1/approval-inbox'] },
  { key: 'changes', path: '/change-requests', needs: ['GET /v1/change-requests'] },
  { key: 'workItems', path: '/work-items', needs: ['GET /v1/work-items'] },
  { key: 'stock', path: '/stock', needs: ['GET /v1/stock/board'] },
  {
    key: 'wall',
    path: '/wall',
    needs: ['GET /v1/stock/board', 'GET /v1/warehouses', 'GET /v1/orders/rate', 'GET /v1/work-items'],
  },
  {
    key: 'picking',
    path: '/picking',
    needs: ['GET /v1/pick-tasks', 'POST /v1/pick-tasks/{pickTaskId}/events'],
  },
  {
    key: 'inspections',
    path: '/inspections',
    needs: ['GET /v1/inspections', 'PUT /v1/inspections/{inspectionId}/result'],
  },
  { key: 'shops', path: '/shops', needs: ['GET /v1/shops'] },
  { key: 'couriers', path: '/couriers', needs: ['GET /v1/couriers'] },
  { key: 'policies', path: '/policies', needs: ['GET /v1/policies'] },
  { key: 'reports', path: '/reports', needs: ['GET /v1/health-score'] },
  { key: 'subscriptions', path: '/subscriptions', needs: ['GET /v1/subscriptions'] },
  { key: 'settings', path: '/settings', needs: ['GET /v1/approval-delegations'] },
] as const

/** The reports, beside each other under `reports`. */
export const REPORTS = [
  { key: 'health', path: '/reports/health', needs: ['GET /v1/health-score'] },
  { key: 'dataFlow', path: '/reports/data-flow', needs: ['GET /v1/data-flow'] },
  {
    key: 'reconciliation',
    path: '/reports/reconciliation',
    needs: ['GET /v1/reconciliation-differences', 'GET /v1/reconciliations'],
  },
  {
    key: 'replenishment',
    path: '/reports/replenishment',
    needs: ['GET /v1/replenishment', 'GET /v1/purchase-lists'],
  },
  { key: 'anomalies', path: '/reports/anomalies', needs: ['GET /v1/change-anomalies'] },
  { key: 'statistics', path: '/reports/changes', needs: ['GET /v1/reports/changes'] },
  { key: 'oversellRisk', path: '/reports/oversell-risk', needs: ['GET /v1/reports/oversell-risk'] },
  { key: 'customers', path: '/reports/customers', needs: ['GET /v1/customers'] },
  { key: 'audit', path: '/reports/audit', needs: ['GET /v1/audit'] },
] as const

/** Screens that stand below another one, and are not for everybody who may open that. */
const BELOW = [
  { key: 'requestTransfers', path: '/stock/transfers/new' },
  { key: 'adjustStock', path: '/stock/promotions/new' },
  { key: 'replenishment', path: '/reports/purchases' },
] as const

export type ScreenKey = (typeof SCREENS)[number]['key']

/** An inspector sees what they are sent to on their telephone, and nothing else. */
const EVERYBODY: readonly Role[] = OFFICE_ROLES
const REPORT_READERS: readonly Role[] = ['regional_director', 'finance', 'ops', 'admin']
const AUDITORS: readonly Role[] = ['finance', 'ops', 'admin']
const OPERATORS: readonly Role[] = ['ops', 'admin']
const ADMINS: readonly Role[] = ['admin']

/**
 * What is offered to whom. Only an offer: the API answers by its own table, and test/scripts/console-client.test.ts holds the two
 * together, so that nobody is shown a way that is closed to them.
 */
export const OFFERED = {
  overview: EVERYBODY,
  orders: EVERYBODY,
  approvals: EVERYBODY,
  changes: EVERYBODY,
  workItems: EVERYBODY,
  stock: EVERYBODY,
  wall: EVERYBODY,
  picking: OPERATORS,
  inspections: [...EVERYBODY, 'inspector'],
  shops: EVERYBODY,
  couriers: EVERYBODY,
  policies: EVERYBODY,
  reports: REPORT_READERS,
  health: REPORT_READERS,
  dataFlow: REPORT_READERS,
  reconciliation: REPORT_READERS,
  replenishment: REPORT_READERS,
  anomalies: REPORT_READERS,
  statistics: REPORT_READERS,
  oversellRisk: REPORT_READERS,
  customers: AUDITORS,
  audit: AUDITORS,
  subscriptions: OPERATORS,
  settings: EVERYBODY,
  /** Parts of screens. */
  healthScore: REPORT_READERS,
  temporalWeb: OPERATORS,
  shopLogs: OPERATORS,
  courierLogs: OPERATORS,
  changeShops: OPERATORS,
  calendar: REPORT_READERS,
  changeCalendar: OPERATORS,
  people: ADMINS,
  apiKeys: ADMINS,
  replayWorkItems: OPERATORS,
  approveWorkItems: OPERATORS,
  publishPolicies: OPERATORS,
  runReconciliation: AUDITORS,
  settleDifferences: AUDITORS,
  closeReconciliation: ['finance', 'admin'],
  judgeAnomalies: AUDITORS,
  settleFailedChanges: OPERATORS,
  mergeCustomers: OPERATORS,
  eraseCustomers: OPERATORS,
  changePurchases: OPERATORS,
  /** What the warehouses' and planning's people do with stock. */
  adjustStock: OPERATORS,
  requestTransfers: ['regional_director', ...OPERATORS],
  decideCounts: REPORT_READERS,
  settleStockWait: ['team_lead', 'store_manager', 'regional_director', 'ops', 'admin'],
} as const satisfies Record<string, readonly Role[]>

/** Whom the screen at an address is for; null: anybody, as their own account is. By the longest path that it begins with. */
export function rolesAt(pathname: string): readonly Role[] | null {
  if (pathname.startsWith('/settings')) return null
  const found = [...SCREENS, ...REPORTS, ...BELOW]
    .filter(({ path }) => pathname === path || (path !== '/' && pathname.startsWith(`${path}/`)))
    .sort((one, other) => other.path.length - one.path.length)[0]
  return found === undefined ? null : OFFERED[found.key]
}

export function isOffered(what: keyof typeof OFFERED, role: Role): boolean {
  const roles: readonly Role[] = OFFERED[what]
  return roles.includes(role)
}
