import { ProblemError } from '../contracts/errors.ts'
import { PURCHASE_APPROVERS } from '../domain/purchase.ts'
import { OFFICE_ROLES, type Role } from '../domain/role.ts'
import { TRANSFER_APPROVERS } from '../domain/transfer-approval.ts'
import type { Identity, Person, System } from '../store/identity.ts'

/**
 * Who may call a route. Every route declares one of these as `config.access`; a route without it keeps the server
 * from starting.
 */
export type Access = { systems: readonly System[]; roles: readonly Role[] } | 'public'

/** Everybody but inspectors: their routes name them. */
export const ALL_ROLES = OFFICE_ROLES
/** People who work on the orders of their own stores. */
export const STORE_ROLES = ['clerk', 'team_lead', 'store_manager'] as const satisfies Role[]
/** People who decide what a clerk asks for. */
export const DECIDING_ROLES = [
  'team_lead',
  'store_manager',
  'regional_director',
  'admin',
] as const satisfies Role[]
/** People who run the hub and its master data. */
export const OPERATING_ROLES = ['ops', 'admin'] as const satisfies Role[]

/** The one table of who may do what; routes refer to it by name. */
export const ACCESS = {
  placeOrder: { systems: ['mall'], roles: STORE_ROLES },
  /** With what went on behind an order; a buyer's system sees the order and its log. */
  readStories: { systems: ['ops'], roles: ALL_ROLES },
  readOperationLog: { systems: ['ops'], roles: ALL_ROLES },
  /** What everybody did, sign-ins included: for those who look into it. */
  readAudit: { systems: ['ops'], roles: ['finance', ...OPERATING_ROLES] },
  /** Of what one may read anyway. */
  runExports: { systems: ['ops'], roles: ALL_ROLES },
  readOrders: { systems: ['mall', 'ops'], roles: ALL_ROLES },
  recordPayment: { systems: ['payments', 'mall'], roles: [] },
  cancelOrder: { systems: ['mall'], roles: [...STORE_ROLES, 'regional_director', 'ops', 'admin'] },
  /** What can be decided for an order that waits for stock, for whoever works on it. */
  readStockWait: { systems: ['ops'], roles: ALL_ROLES },
  settleStockWait: { systems: ['ops'], roles: [...DECIDING_ROLES, 'ops'] },
  requestReturn: { systems: ['mall'], roles: STORE_ROLES },
  decideReturn: { systems: [], roles: DECIDING_ROLES },
  handleReturn: { systems: ['warehouse', 'ops'], roles: OPERATING_ROLES },
  readPickTasks: { systems: ['warehouse', 'ops'], roles: ALL_ROLES },
  reportPickTask: { systems: ['warehouse', 'ops'], roles: OPERATING_ROLES },
  readShipments: { systems: ['mall', 'warehouse', 'ops'], roles: ALL_ROLES },
  readStock: { systems: ['mall', 'warehouse', 'ops'], roles: ALL_ROLES },
  /** What moved it and who holds it: with orders of one's own scope. */
  readStockHistory: { systems: ['warehouse', 'ops'], roles: ALL_ROLES },
  adjustStock: { systems: ['warehouse', 'ops'], roles: OPERATING_ROLES },
  readPromotions: { systems: ['mall', 'ops'], roles: ALL_ROLES },
  runPromotions: { systems: ['ops'], roles: OPERATING_ROLES },
  readPresales: { systems: ['mall', 'warehouse', 'ops'], roles: ALL_ROLES },
  runPresales: { systems: ['ops'], roles: OPERATING_ROLES },
  /** Whoever books what comes in. */
  receivePresales: { systems: ['warehouse', 'ops'], roles: OPERATING_ROLES },
  readListings: { systems: ['mall', 'ops'], roles: ALL_ROLES },
  changeListings: { systems: ['mall', 'ops'], roles: ['store_manager', ...OPERATING_ROLES] },
  /** What a store shows only its own system can say. */
  confirmListings: { systems: ['mall'], roles: [] },
  /** Figures of the whole business: not for people who see single stores. */
  readReports: { systems: ['ops'], roles: ['regional_director', 'finance', ...OPERATING_ROLES] },
  /** About orders of one's own scope; also the systems of customer service and of buyers. */
  recordComplaints: { systems: ['mall', 'ops'], roles: ALL_ROLES },
  readComplaints: { systems: ['mall', 'ops'], roles: ALL_ROLES },
  /** Customers buy in all stores: not for people who see single stores or regions. */
  readCustomers: { systems: ['ops'], roles: ['finance', ...OPERATING_ROLES] },
  /** Of the orders of one's own scope. */
  readOrderCustomer: { systems: ['ops'], roles: ALL_ROLES },
  /** People only, and few: whoever says who is one stands for it. */
  mergeCustomers: { systems: [], roles: OPERATING_ROLES },
  eraseCustomers: { systems: [], roles: OPERATING_ROLES },
  /** Money of the whole business beside the orders that it belongs to. */
  readReconciliation: { systems: ['ops'], roles: ['regional_director', 'finance', ...OPERATING_ROLES] },
  runReconciliation: { systems: ['ops'], roles: ['finance', ...OPERATING_ROLES] },
  /** People only, and few: what is closed stays. */
  closeReconciliation: { systems: [], roles: ['finance', 'admin'] },
  /** People only: whoever accepts a difference stands for it. */
  settleDifferences: { systems: [], roles: ['finance', ...OPERATING_ROLES] },
  readReplenishment: { systems: ['ops'], roles: ['regional_director', 'finance', ...OPERATING_ROLES] },
  changeReplenishment: { systems: ['ops'], roles: OPERATING_ROLES },
  readPurchases: {
    systems: ['warehouse', 'ops'],
    roles: ['regional_director', 'finance', ...OPERATING_ROLES],
  },
  changePurchases: { systems: ['ops'], roles: OPERATING_ROLES },
  /** Everybody whom a policy may name; the list's own amount says who of them decides. People only. */
  decidePurchases: { systems: [], roles: PURCHASE_APPROVERS },
  /** Whoever books what comes in. */
  receivePurchases: { systems: ['warehouse', 'ops'], roles: OPERATING_ROLES },
  /** People only, who do not ask for changes themselves; nobody judges what names them. */
  judgeAnomalies: { systems: [], roles: ['finance', 'ops', 'admin'] },
  readCounts: { systems: ['warehouse', 'ops'], roles: ALL_ROLES },
  enterCounts: { systems: ['warehouse', 'ops'], roles: OPERATING_ROLES },
  /** A person, and another one than who counted. */
  decideCounts: { systems: [], roles: ['regional_director', 'finance', 'ops', 'admin'] },
  readMasterData: { systems: ['mall', 'payments', 'warehouse', 'ops'], roles: ALL_ROLES },
  changeMasterData: { systems: ['ops'], roles: OPERATING_ROLES },
  readShops: { systems: ['ops'], roles: ALL_ROLES },
  /** Also tries a shop: that is a call to its platform in the merchant's name. */
  changeShops: { systems: ['ops'], roles: OPERATING_ROLES },
  /** Of all of a shop's orders, whoever's stores they are of. */
  readShopLogs: { systems: ['ops'], roles: OPERATING_ROLES },
  readCouriers: { systems: ['ops'], roles: ALL_ROLES },
  /** Parcels of all orders, and what was pushed of them. */
  readCourierLogs: { systems: ['ops'], roles: OPERATING_ROLES },
  replayCourierMessages: { systems: ['ops'], roles: OPERATING_ROLES },
  readAbnormalOrders: { systems: ['ops'], roles: ALL_ROLES },
  /** People only, of the order's scope; of a blocked order its rule names the roles. */
  releaseAbnormalOrders: { systems: [], roles: ALL_ROLES },
  readWorkItems: { systems: ['ops'], roles: ALL_ROLES },
  settleWorkItems: { systems: ['ops'], roles: ALL_ROLES },
  approveWorkItems: { systems: ['ops'], roles: OPERATING_ROLES },
  readWms: { systems: ['ops'], roles: ALL_ROLES },
  readWmsMovements: { systems: ['warehouse', 'ops'], roles: OPERATING_ROLES },
  operateWms: { systems: ['ops'], roles: OPERATING_ROLES },
  replayWorkItems: { systems: ['ops'], roles: OPERATING_ROLES },
  /** What the customers of one's own stores were told. */
  readNotifications: { systems: ['ops'], roles: ALL_ROLES },
  readPolicies: { systems: ['ops'], roles: ALL_ROLES },
  publishPolicies: { systems: ['ops'], roles: OPERATING_ROLES },
  /** Regional directors act for the warehouses of their own region; the route sees to that. */
  requestTransfer: { systems: ['ops'], roles: ['regional_director', 'ops', 'admin'] },
  readTransfers: { systems: ['warehouse', 'ops'], roles: ALL_ROLES },
  /** Everybody whom a policy may name; the transfer's own policy says who of them decides. People only. */
  decideTransfer: { systems: [], roles: TRANSFER_APPROVERS },
  handleTransfer: { systems: ['warehouse', 'ops'], roles: OPERATING_ROLES },
  cancelTransfer: { systems: ['ops'], roles: ['regional_director', 'ops', 'admin'] },
  /** On orders of one's own scope; also the buyer's system, in the buyer's name. */
  requestChange: { systems: ['mall', 'ops'], roles: ALL_ROLES },
  readChanges: { systems: ['mall', 'ops'], roles: ALL_ROLES },
  settleFailedChange: { systems: ['ops'], roles: OPERATING_ROLES },
  /** Because of what a file shows of a person. */
  eraseAttachment: { systems: [], roles: OPERATING_ROLES },
  /** Files are for whoever may see what they belong to. */
  readAttachments: { systems: ['mall', 'ops'], roles: [...ALL_ROLES, 'inspector'] },
  /** Of orders in one's scope, and whatever one is sent to. */
  readInspections: { systems: ['ops'], roles: [...ALL_ROLES, 'inspector'] },
  /** People only; of whom only the one who is sent there, which the route sees to. */
  carryOutInspections: { systems: [], roles: [...ALL_ROLES, 'inspector'] },
  runInspections: { systems: ['ops'], roles: ['store_manager', 'regional_director', ...OPERATING_ROLES] },
  /** Who may do what: people only, and fewest of all. */
  manageAccess: { systems: [], roles: ['admin'] },
  knowAccounts: { systems: [], roles: OPERATING_ROLES },
  /** People only. Which of them a step asks, the policy says. */
  decideChange: { systems: [], roles: ALL_ROLES },
  /** Whoever may say where the hub's events go may read all of them. */
  runSubscriptions: { systems: ['ops'], roles: OPERATING_ROLES },
  readWecomMembers: { systems: ['ops'], roles: OPERATING_ROLES },
  /** Whoever is mapped decides in somebody's name: people only, and few. */
  mapWecomMembers: { systems: [], roles: ['admin'] },
  readEvents: { systems: ['mall', 'ops'], roles: ALL_ROLES },
  readMetrics: { systems: ['ops'], roles: OPERATING_ROLES },
  /** People only: Temporal Web asks in the name of whoever is signed in. */
  decodePayloads: { systems: [], roles: OPERATING_ROLES },
  /** What the console needs to know of its installation: for whoever looks at it. */
  useConsole: { systems: [], roles: [...ALL_ROLES, 'inspector'] },
  anybodySignedIn: {
    systems: ['mall', 'payments', 'warehouse', 'ops'],
    roles: [...ALL_ROLES, 'inspector'],
  },
} as const satisfies Record<string, Access>

/** Whether an identity passes. */
export function mayCall(access: Access, identity: Identity): boolean {
  if (access === 'public') return true
  return identity.kind === 'system'
    ? access.systems.includes(identity.system)
    : access.roles.includes(identity.role)
}

/** The identity of a request on a route that is not public. */
export function identityOf(request: { identity: Identity | null }): Identity {
  if (!request.identity) throw new ProblemError('unauthenticated')
  return request.identity
}

/** For what somebody does in person: the access of such a route lets in nobody else. @throws ProblemError `forbidden` */
export function requirePerson(identity: Identity): Person {
  if (identity.kind !== 'person') throw new ProblemError('forbidden')
  return identity
}

/** A stable name for the caller, to scope its idempotency keys and its rate limit. */
export function callerOf(identity: Identity): string {
  return identity.kind === 'system' ? `system/${identity.name}` : `account/${identity.accountId}`
}
