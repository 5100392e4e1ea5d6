import type { Page, Route } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { askForDiscount, connectShops, pay, placeOrder, untilChange, useBrowser } from './support.ts'

const browser = useBrowser()
/** Rows of one page of these lists. */
const PAGE = 50
const ROW = {
  '/orders': 'tr.row-opens',
  '/work-items': 'tr.row-opens',
  '/approvals': '.inbox-entry',
} as const
const FIGURES = '.overview a:has(.figure-value)'

beforeAll(async () => {
  await placeOrder()
  await pay(await placeOrder())
  const { page } = await browser.open({ as: 'clerk' })
  const { changeId } = await askForDiscount(page)
  await untilChange(page, changeId, ({ status }) => status === 'in_approval')
})

/** The lists that the overview's numbers of orders, work items and approvals open. */
async function linksOf(page: Page): Promise<string[]> {
  for (const path of Object.keys(ROW)) await page.locator(`.overview a[href^="${path}"]`).first().waitFor()
  const links = await page
    .locator(FIGURES)
    .evaluateAll((found) => found.map((link) => link.getAttribute('href') ?? ''))
  return links.filter((link) => rowOf(link) !== undefined)
}

const rowOf = (link: string) =>
  Object.entries(ROW).find(([path]) => new URL(link, 'http://hub').pathname === path)?.[1]

/** What the overview says of a list, and how much is in the list: they agree unless something has just happened. */
async function compare(overview: Page, list: Page, link: string) {
  const said = Number.parseInt(
    await overview.locator(`.overview a[href="${link}"] .figure-value`).first().innerText(),
    10,
  )
  await list.goto(link)
  await list.getByRole('heading', { level: 1 }).waitFor()
  await list.getByRole('status').filter({ hasText: '正在加载' }).waitFor({ state: 'detached' })
  const rows = list.locator(rowOf(link) ?? '')
  const expected = Math.min(said, PAGE)
  // Rows below the edge of the window come a moment after those that are seen.
  if (expected > 0) {
    await rows
      .nth(expected - 1)
      .waitFor({ timeout: 5_000 })
      .catch(() => undefined)
  }
  return { said: expected, listed: await rows.count() }
}

test.each(['ops', 'team_lead'] as const)(
  'each number that a %s sees opens the list that has so many',
  async (as) => {
    const { page, complaints } = await browser.open({ as })
    const { page: list } = await browser.open({ as })
    await page.goto('/')
    const links = await linksOf(page)
    expect(links.length).toBeGreaterThan(8)
    for (const link of links) {
      await expect
        .poll(async () => {
          const { said, listed } = await compare(page, list, link)
          return listed === said ? 'as many' : `${link} has ${listed}, not ${said}`
        })
        .toBe('as many')
    }
    expect(complaints).toEqual([])
  },
)

test('the health score and each of its parts open their report', async () => {
  const { page } = await browser.open({ as: 'admin' })
  await page.goto('/')
  const score = page.getByRole('region', { name: '订单健康分' })
  await score.getByRole('link').first().waitFor()
  const links = await score
    .getByRole('link')
    .evaluateAll((found) => found.map((link) => link.getAttribute('href') ?? ''))
  expect(links).toContain('/reports/health')
  expect(links.filter((link) => link.startsWith('/reports/health?component='))).toHaveLength(5)
  await score.getByRole('link', { name: '及时履约率' }).click()
  await page.getByRole('heading', { level: 1 }).waitFor()
  expect(new URL(page.url()).searchParams.get('component')).toBe('onTimeFulfilment')
})

test('how far shops are behind says that it loads, what went wrong, and asked again each shop', async () => {
  await connectShops()
  const { page } = await browser.open({ as: 'ops' })
  const held: Route[] = []
  let answer = (route: Route): unknown => held.push(route)
  await page.route('**/v1/shops?*', (route) => void answer(route))
  await page.goto('/')
  const card = page.getByRole('region', { name: '渠道同步延迟' })
  await card.getByRole('status').filter({ hasText: '正在加载' }).waitFor()
  answer = (route) => route.abort()
  for (const route of held) void answer(route)
  await card.getByRole('alert').waitFor()
  answer = (route) => route.continue()
  await card.getByRole('button', { name: '重试' }).click()
  await card
    .getByRole('link', { name: /^SHOP-/ })
    .first()
    .waitFor()
  expect(await card.getByRole('alert').count()).toBe(0)
})
