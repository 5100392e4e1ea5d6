import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import {
  ask,
  askForDiscount,
  connectShops,
  PATIENCE_MS,
  pay,
  placeOrder,
  type Role,
  untilChange,
  type Visit,
} from './support.ts'

/** An address of the console. `route` is how its router calls it; where that has parameters, `path` has what stands for them. */
export type Screen = { name: string; route: string; path: string; as: Role }

/** Of what a hub may have none: the address is a screen all the same, and says that there is nothing. */
const NONE = '019a0000-0000-7000-8000-000000000000'

/** Who opens what is not for everybody: reports are about the whole business, and a team lead would only see that they may not. */
const opened =
  (as: Role) =>
  ([name, path, route = path.replace(/\?.*/, '')]: readonly [string, string, string?]): Screen => ({
    ...{ name, path, route, as },
  })

/** Every screen, as a test without anything of its own to look at can open it. */
export const SCREENS: readonly Screen[] = [
  ...(
    [
      ['overview', '/'],
      ['orders', '/orders'],
      ['one order', `/orders/${NONE}`, '/orders/$orderId'],
      ['a change of an order', `/orders/${NONE}/change?type=address`, '/orders/$orderId/change'],
      ['approvals', '/approvals'],
      ['one approval', `/approvals/${NONE}`, '/approvals/$changeId'],
      ['change requests', '/change-requests'],
      ['one change request', `/change-requests/${NONE}`, '/change-requests/$changeId'],
      ['work items', '/work-items'],
      ['one work item', `/work-items/${NONE}`, '/work-items/$workItemId'],
      ['stock', '/stock'],
      ['stock list', '/stock?view=list'],
      ['counts', '/stock/counts'],
      ['one count', `/stock/counts/${NONE}`, '/stock/counts/$countId'],
      ['transfers', '/stock/transfers'],
      ['one transfer', `/stock/transfers/${NONE}`, '/stock/transfers/$transferId'],
      ['promotions', '/stock/promotions'],
      ['one promotion', `/stock/promotions/${NONE}`, '/stock/promotions/$promotionId'],
      ['presales', '/stock/presales'],
      ['the wall', '/wall'],
      ['inspections', '/inspections'],
      ['one inspection', `/inspections/${NONE}`, '/inspections/$inspectionId'],
      ['shops', '/shops'],
      ['couriers', '/couriers'],
      ['policies', '/policies'],
      ['one policy', '/policies/health-score', '/policies/$kind'],
      ['the approval route', '/policies/approval-route', '/policies/$kind'],
      ['my account', '/settings'],
      ['delegations', '/settings?part=delegations'],
    ] as const
  ).map(opened('team_lead')),
  ...(
    [
      ['a new transfer', '/stock/transfers/new'],
      ['a new promotion', '/stock/promotions/new'],
      ['picking', '/picking'],
      ['one pick task', `/picking/${NONE}/${NONE}`, '/picking/$orderId/$pickTaskId'],
      ['one shop', '/shops/SHOP-DOUYIN', '/shops/$shopId'],
      ['one courier', '/couriers/SF', '/couriers/$courier'],
      ['subscriptions', '/subscriptions'],
      ['one subscription', `/subscriptions/${NONE}`, '/subscriptions/$subscriptionId'],
      ['calendar', '/settings?part=calendar'],
    ] as const
  ).map(opened('ops')),
  ...(
    [
      ['health score', '/reports/health?component=onTimeFulfilment'],
      ['data-flow map', '/reports/data-flow'],
      ['reconciliation', '/reports/reconciliation'],
      ['one difference', `/reports/reconciliation/${NONE}`, '/reports/reconciliation/$differenceId'],
      ['runs of reconciliation', '/reports/reconciliation/runs'],
      ['closed months', '/reports/reconciliation/periods'],
      ['replenishment', '/reports/replenishment'],
      ['purchase lists', '/reports/purchases'],
      ['one purchase list', `/reports/purchases/${NONE}`, '/reports/purchases/$purchaseId'],
      ['anomalies', '/reports/anomalies'],
      ['one anomaly', `/reports/anomalies/${NONE}`, '/reports/anomalies/$anomalyId'],
      ['changes by month', '/reports/changes'],
      ['oversell risk', '/reports/oversell-risk'],
      ['customers', '/reports/customers'],
      ['one customer', `/reports/customers/${NONE}`, '/reports/customers/$customerId'],
      ['audit', '/reports/audit'],
      ['people', '/settings?part=people'],
      ['API keys', '/settings?part=keys'],
    ] as const
  ).map(opened('admin')),
]

/** Addresses that are no screen of their own: the one leads on to the first report, the other is for whoever has no session. */
export const NO_SCREENS = ['/reports', '/link']

/** The addresses that the router of this page knows. */
export function routesOf(page: Page): Promise<string[]> {
  return page.evaluate(() => Object.keys(Reflect.get(globalThis, '__TSR_ROUTER__')?.routesByPath ?? {}))
}

/** Where there is something to look at: by the name of a screen its address in this hub, which gets an order and a request for it. */
export async function fillScreens(
  open: (options: { as: Role }) => Promise<Visit>,
): Promise<Map<string, string>> {
  await connectShops()
  const placed = await placeOrder()
  await pay(placed)
  const { page: clerk } = await open({ as: 'clerk' })
  const { changeId } = await askForDiscount(clerk)
  await untilChange(clerk, changeId, ({ status }) => status === 'in_approval')
  const { page } = await open({ as: 'admin' })
  const found = new Map([
    ['one order', `/orders/${placed.orderId}`],
    ['a change of an order', `/orders/${placed.orderId}/change?type=address`],
    ['one approval', `/approvals/${changeId}`],
    ['one change request', `/change-requests/${changeId}`],
  ])
  for (const [name, { list, to }] of Object.entries(FIRST_OF)) {
    const { items } = await ask(page, 'GET', `${list}?limit=1`)
    const first: unknown = Array.isArray(items) ? items[0] : undefined
    if (typeof first === 'object' && first !== null) found.set(name, to(first))
  }
  return found
}

const word = (row: object, name: string) => String(Reflect.get(row, name))
/** What other tests, and the hub itself, have left to look at. */
const FIRST_OF: Record<string, { list: string; to: (row: object) => string }> = {
  'one work item': { list: '/v1/work-items', to: (row) => `/work-items/${word(row, 'workItemId')}` },
  'one count': { list: '/v1/stock/counts', to: (row) => `/stock/counts/${word(row, 'countId')}` },
  'one transfer': { list: '/v1/transfers', to: (row) => `/stock/transfers/${word(row, 'transferId')}` },
  'one promotion': { list: '/v1/promotions', to: (row) => `/stock/promotions/${word(row, 'promotionId')}` },
  'one inspection': { list: '/v1/inspections', to: (row) => `/inspections/${word(row, 'inspectionId')}` },
  'one pick task': {
    list: '/v1/pick-tasks',
    to: (row) => `/picking/${word(row, 'orderId')}/${word(row, 'pickTaskId')}`,
  },
  'one subscription': {
    list: '/v1/subscriptions',
    to: (row) => `/subscriptions/${word(row, 'subscriptionId')}`,
  },
  'one difference': {
    list: '/v1/reconciliation-differences',
    to: (row) => `/reports/reconciliation/${word(row, 'differenceId')}`,
  },
  'one purchase list': {
    list: '/v1/purchase-lists',
    to: (row) => `/reports/purchases/${word(row, 'purchaseId')}`,
  },
  'one anomaly': {
    list: '/v1/change-anomalies',
    to: (row) => `/reports/anomalies/${word(row, 'anomalyId')}`,
  },
  'one customer': { list: '/v1/customers', to: (row) => `/reports/customers/${word(row, 'customerId')}` },
}

/** Screens that are looked at side by side: most of the time each waits for an answer. */
const AT_ONCE = 4
/** For all of them, one after the other in each place. */
export const WALK_MS = 900_000

/** What is wrong with any of the screens, a line each. `paths` are those of `fillScreens`. */
export async function walk(
  paths: ReadonlyMap<string, string>,
  screens: readonly Screen[],
  look: (screen: Screen) => Promise<string[]>,
): Promise<string[]> {
  const left = [...screens]
  const faults: string[] = []
  const next = async (): Promise<void> => {
    const screen = left.shift()
    if (!screen) return
    const path = paths.get(screen.name) ?? screen.path
    const found = await look({ ...screen, path }).catch((error: unknown) => [String(error)])
    faults.push(...found.map((fault) => `${screen.name}: ${fault}`))
    return next()
  }
  await Promise.all(Array.from({ length: AT_ONCE }, next))
  return faults
}

export const loading = (page: Page) => page.getByRole('status').filter({ hasText: /正在加载|Loading/ })

/** Waits until nothing of the screen is on its way any more. */
export async function isLoaded(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor()
  await expect.poll(() => loading(page).count(), { timeout: PATIENCE_MS, message: 'it is loaded' }).toBe(0)
}
