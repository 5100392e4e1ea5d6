import { expect, test } from 'vitest'
import { z } from 'zod'
import { ask, askForDiscount, PATIENCE_MS, PHONE, SIMULATOR_URL, untilChange, useBrowser } from './support.ts'

const browser = useBrowser()
const MEMBER = 'lead.of.the.tests'
/** Whoever is mapped to a member gets a card of all that waits for them, and WeCom takes thirty a minute: other tests leave some. */
const CARDS_MS = 3 * PATIENCE_MS

const carried = z.object({
  cards: z.array(
    z.looseObject({ card: z.looseObject({ card_action: z.object({ url: z.url() }).optional() }) }),
  ),
})

/** The link of the card that WeCom has carried about a request. */
async function linkOf(changeNumber: string): Promise<string> {
  let link: string | undefined
  const look = async () => {
    const answer = await fetch(`${SIMULATOR_URL}/control/platforms/wecom/state`)
    const { cards } = carried.parse(await answer.json())
    link = cards.find((card) => JSON.stringify(card).includes(changeNumber))?.card.card_action?.url
    return link !== undefined
  }
  await expect.poll(look, { timeout: CARDS_MS }).toBe(true)
  return link ?? ''
}

/** Whether anything sticks out at the side of the screen. */
const sticksOut = () => document.documentElement.scrollWidth > document.documentElement.clientWidth

test('the link of a card lets its approver decide by one tap on a narrow phone, and nothing else', async () => {
  const admin = await browser.open({ as: 'admin' })
  const { items } = z
    .object({ items: z.array(z.object({ accountId: z.string(), userName: z.string() })) })
    .parse(await ask(admin.page, 'GET', '/v1/wecom/members?text=team-lead'))
  await ask(admin.page, 'PUT', `/v1/wecom/members/${items[0]?.accountId}`, { memberId: MEMBER })
  const clerk = await browser.open({ as: 'clerk' })
  const { changeId, changeNumber } = await askForDiscount(clerk.page)
  const { page, complaints } = await browser.open({ viewport: PHONE })
  const link = await linkOf(changeNumber)

  await page.goto(link)
  await page.getByRole('button', { name: '打开审批单' }).click()
  await page.getByText(changeNumber).first().waitFor()
  expect(page.url()).not.toContain('#')
  expect(await page.evaluate(sticksOut)).toBe(false)
  expect(await page.getByRole('navigation').count()).toBe(0)
  const approve = page.getByRole('button', { name: '同意' })
  const box = await approve.boundingBox()
  expect(box?.height).toBeGreaterThanOrEqual(44)
  await approve.click()
  await untilChange(clerk.page, changeId, ({ status }) => status === 'applied')
  await page.goto('/orders')
  await page.getByText('通过链接登录只能处理审批').first().waitFor()
  expect(complaints).toEqual([])

  const { page: again } = await browser.open({ viewport: PHONE })
  await again.goto(link)
  await again.getByRole('button', { name: '打开审批单' }).click()
  await again.getByRole('alert').getByText('链接已失效').waitFor()
})

test('a link that was cut off says so before anything is asked', async () => {
  const { page } = await browser.open({ viewport: PHONE })
  await page.goto('/link')
  await page.getByText('链接不完整').waitFor()
  expect(await page.getByRole('button', { name: '打开审批单' }).count()).toBe(0)
})

test.each([
  '/',
  '/orders',
  '/approvals',
  '/change-requests',
  '/work-items',
  '/stock',
  '/picking',
  '/inspections',
  '/shops',
  '/couriers',
  '/policies/approval-route',
  '/reports/health',
])('on a narrow phone nothing of %s sticks out at the side', async (path) => {
  const as = path.startsWith('/reports') ? 'admin' : 'team_lead'
  const { page } = await browser.open({ as, viewport: PHONE })
  await page.goto(path)
  await page.getByRole('heading', { level: 1 }).waitFor()
  // With what it shows, not only its frame.
  await expect.poll(() => page.locator('.ant-spin-spinning').count()).toBe(0)
  expect(await page.evaluate(sticksOut)).toBe(false)
})

test('on a phone the inbox begins with its requests: what narrows it is a tap away, and open where a link has narrowed it', async () => {
  const { page } = await browser.open({ as: 'team_lead', viewport: PHONE })
  await page.goto('/approvals')
  const filters = page.getByRole('search', { name: '筛选条件' })
  await page.getByText('筛选条件').waitFor()
  expect(await filters.isVisible()).toBe(false)
  await page.getByText('筛选条件').click()
  await filters.getByRole('checkbox', { name: '已超时' }).check()
  await expect.poll(() => new URL(page.url()).search).toBe('?overdue=true')
  await page.reload()
  await filters.getByRole('checkbox', { name: '已超时', checked: true }).waitFor()
  expect(await page.evaluate(sticksOut)).toBe(false)
})
