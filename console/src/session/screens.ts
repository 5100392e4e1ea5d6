import { OFFICE_ROLES } from '../../../domain/role.ts'
import type { Role } from '../api/types.ts'

/** The screens of the menu, in its order. `needs` are the routes of the API that a screen cannot do without. */
export const SCREENS = [
  { key: 'overview', path: '/', needs: ['GET /v1/orders', 'GET /v1/work-items'] },
  { key: 'orders', path: '/orders', needs: ['GET /v1/orders'] },
  { key: 'approvals', path: '/approvals', needs: ['GET /v1/approval-inbox'] },
  { key: 'changes', path: '/change-requests', needs: ['GET /v1/change-requests'] },
  { key: 'workItems', path: '/work-items', needs: ['GET /v1/work-items'] },
  { key: 'stock', path: '/stock', needs: ['GET /v1/stock/board'] },
  { key: 'shops', path: '/shops', needs: ['GET /v1/shops'] },
] as const

export type ScreenKey = (typeof SCREENS)[number]['key']

/** An inspector sees what they are sent to on their telephone, and none of these. */
const EVERYBODY: readonly Role[] = OFFICE_ROLES
const REPORT_READERS: readonly Role[] = ['regional_director', 'finance', 'ops', 'admin']
const OPERATORS: readonly Role[] = ['ops', 'admin']

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
  shops: EVERYBODY,
  /** Parts of screens. */
  healthScore: REPORT_READERS,
  temporalWeb: OPERATORS,
  replayWorkItems: OPERATORS,
  approveWorkItems: OPERATORS,
  settleStockWait: ['team_lead', 'store_manager', 'regional_director', 'ops', 'admin'],
} as const satisfies Record<string, readonly Role[]>

export function isOffered(what: keyof typeof OFFERED, role: Role): boolean {
  const roles: readonly Role[] = OFFERED[what]
  return roles.includes(role)
}
