import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import {
  askForDiscount,
  barriers,
  connectShops,
  HUB_URL,
  PATIENCE_MS,
  pay,
  placeOrder,
  type Role,
  untilChange,
  useBrowser,
} from './support.ts'

const browser = useBrowser()
/** JavaScript of the first screen, packed by gzip as it is served to whoever knows no better. */
const FIRST_SCREEN_BYTES = 300_000

const screens: Record<string, string> = {
  overview: '/',
  orders: '/orders',
  approvals: '/approvals',
  'change requests': '/change-requests',
  'work items': '/work-items',
  stock: '/stock',
  'stock list': '/stock?view=list',
  counts: '/stock/counts',
  transfers: '/stock/transfers',
  promotions: '/stock/promotions',
  presales: '/stock/presales',
  'the wall': '/wall',
  picking: '/picking',
  inspections: '/inspections',
  shops: '/shops',
  couriers: '/couriers',
  policies: '/policies',
  'one policy': '/policies/health-score',
  'the approval route': '/policies/approval-route',
  'health score': '/reports/health?component=onTimeFulfilment',
  'data-flow map': '/reports/data-flow',
  reconciliation: '/reports/reconciliation',
  'runs of reconciliation': '/reports/reconciliation/runs',
  replenishment: '/reports/replenishment',
  'purchase lists': '/reports/purchases',
  anomalies: '/reports/anomalies',
  'changes by month': '/reports/changes',
  'oversell risk': '/reports/oversell-risk',
  customers: '/reports/customers',
  audit: '/reports/audit',
  'one shop': '/shops/SHOP-DOUYIN',
  subscriptions: '/subscriptions',
  'my account': '/settings',
  delegations: '/settings?part=delegations',
  calendar: '/settings?part=calendar',
  people: '/settings?part=people',
  'API keys': '/settings?part=keys',
}
/** Who opens what is not for everybody. Reports are about the whole business: a team lead would only see that they may not. */
const OPENED_BY: Record<string, Role> = {
  ...{ 'one shop': 'ops', subscriptions: 'ops', calendar: 'ops' },
  ...{ people: 'admin', 'API keys': 'admin' },
}
beforeAll(async () => {
  await connectShops()
  const placed = await placeOrder()
  await pay(placed)
  screens['one order'] = `/orders/${placed.orderId}`
  screens['a change of an order'] = `/orders/${placed.orderId}/change?type=address`
  const { page } = await browser.open({ as: 'clerk' })
  const { changeId } = await askForDiscount(page)
  await untilChange(page, changeId, ({ status }) => status === 'in_approval')
  screens['one approval'] = `/approvals/${changeId}`
  screens['one change request'] = `/change-requests/${changeId}`
})

const names = [
  ...Object.keys(screens),
  'one order',
  'a change of an order',
  'one approval',
  'one change request',
]

test.each(names)(
  '%s: nothing keeps somebody from using it, no error, no other host is asked',
  async (name) => {
    const path = screens[name] ?? '/'
    const as = OPENED_BY[name] ?? (path.startsWith('/reports') ? 'admin' : 'team_lead')
    const { page, complaints, hosts } = await browser.open({ as })
    await page.goto(path)
    await page.getByRole('heading', { level: 1 }).waitFor()
    const loading = page.getByRole('status').filter({ hasText: '正在加载' })
    await expect.poll(() => loading.count(), { timeout: PATIENCE_MS }).toBe(0)
    expect(await barriers(page)).toEqual([])
    expect(complaints).toEqual([])
    expect([...hosts]).toEqual([new URL(HUB_URL).host])
  },
)

test('the page to sign in keeps nobody out', async () => {
  const { page, complaints } = await browser.open()
  await page.goto('/')
  await page.getByLabel('密码').waitFor()
  expect(await barriers(page)).toEqual([])
  expect(complaints).toEqual([])
})

test.each([
  ['of the overview', 'ops', '/'],
  ['of the orders', 'ops', '/orders'],
  ['of the approvals', 'ops', '/approvals'],
  ['to sign in', undefined, '/'],
] as const)('the first screen %s needs at most 300 kB of JavaScript', async (_name, as, path) => {
  const { page } = await browser.open(as ? { as } : {})
  const scripts = new Set<string>()
  page.on('request', (request) => {
    if (request.resourceType() === 'script') scripts.add(request.url())
  })
  await page.goto(path)
  await page.getByRole('heading', { level: 1 }).waitFor()
  // With what it shows: whatever it still asks for by then is of the first screen, too.
  await expect.poll(() => page.locator('[aria-busy="true"], .ant-spin-spinning').count()).toBe(0)
  const sizes = await Promise.all([...scripts].map((url) => gzipBytesOf(page, url)))
  expect(sizes.length).toBeGreaterThan(0)
  expect(sizes.reduce((sum, bytes) => sum + bytes)).toBeLessThanOrEqual(FIRST_SCREEN_BYTES)
})

/** How many bytes of a file go over the wire to somebody who takes gzip. */
async function gzipBytesOf(page: Page, url: string): Promise<number> {
  const answer = await page.request.get(url, { headers: { 'accept-encoding': 'gzip' } })
  expect(answer.headers()['content-encoding'], url).toBe('gzip')
  return Number(answer.headers()['content-length'])
}

test('each number of the overview opens the list behind it', async () => {
  const { page } = await browser.open({ as: 'ops' })
  await page.goto('/')
  await page.getByRole('link', { name: /待付款/ }).click()
  await page.getByRole('heading', { name: '订单', level: 1 }).waitFor()
  expect(new URL(page.url()).searchParams.get('status')).toBe('reserved')
})
