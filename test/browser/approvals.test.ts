import type { Page } from 'playwright-core'
import { v7 as uuid } from 'uuid'
import { expect, test } from 'vitest'
import { z } from 'zod'
import {
  ask,
  askForDiscount,
  makePerson,
  PATIENCE_MS,
  placeOrder,
  untilChange,
  useBrowser,
} from './support.ts'

const browser = useBrowser()
const accounts = z.object({ items: z.array(z.object({ storeIds: z.array(z.string()) })) })
const decisions = z.array(z.looseObject({ refusal: z.unknown() }))

/** Somebody who asks, and somebody who is asked, looking at the request once it has reached them. */
async function openRequest() {
  const clerk = await browser.open({ as: 'clerk' })
  const asked = await askForDiscount(clerk.page)
  await untilChange(clerk.page, asked.changeId, ({ status }) => status === 'in_approval')
  const lead = await browser.open({ as: 'team_lead' })
  await lead.page.goto(`/approvals/${asked.changeId}`)
  await lead.page.getByRole('button', { name: '同意' }).waitFor()
  return { clerk: clerk.page, page: lead.page, ...asked }
}

/** A second person who may decide what the first one may. */
async function anotherLead(): Promise<Page> {
  const userName = `lead-${uuid().slice(-12)}`
  const { page: admin } = await browser.open({ as: 'admin' })
  const { items } = accounts.parse(await ask(admin, 'GET', '/v1/accounts?role=team_lead'))
  const storeIds = items[0]?.storeIds
  const password = await makePerson(admin, { userName, displayName: '李主管', role: 'team_lead', storeIds })
  const { page } = await browser.open()
  await ask(page, 'POST', '/v1/session', { userName, password })
  return page
}

test('a request shows what is and what would be, its money, and who decides until when', async () => {
  const { page } = await openRequest()
  const comparison = page.getByRole('region', { name: '修改前后对比' })
  const amounts = await comparison.getByRole('row', { name: '订单金额' }).locator('td').allInnerTexts()
  expect(amounts).toEqual(['¥199.00', '¥179.00'])
  await page.getByText('客户反映包装破损').first().waitFor()
  const route = page.getByRole('region', { name: '审批流程' })
  await route.getByText(/等待 .*team-lead/).waitFor()
  await route.getByText(/剩余/).waitFor()
})

test('a request that is opened before it is somebody’s turn can be decided on as soon as it is', async () => {
  const { changeId } = await openRequest()
  const { page } = await browser.open({ as: 'team_lead' })
  let looks = 0
  await page.route(`**/v1/change-requests/${changeId}`, async (route) => {
    const response = await route.fetch()
    const first = { ...(await response.json()), status: 'submitted', approvers: [] }
    return looks++ === 0 ? route.fulfill({ response, json: first }) : route.fulfill({ response })
  })
  await page.goto(`/approvals/${changeId}`)
  await page.getByRole('button', { name: '同意' }).waitFor()
  expect(looks).toBe(2)
})

test('a request of another system says whose it is in words, to whoever decides and in its order', async () => {
  const { orderId } = await placeOrder()
  const { version } = await ask('mall', 'GET', `/v1/orders/${orderId}`)
  const { changeId } = await ask('mall', 'POST', '/v1/change-requests', {
    ...{ orderId, orderVersion: version, reasonCode: 'goodwill', reason: '客户反映包装破损' },
    change: { type: 'price', lines: [{ lineNumber: 1, unitPriceCents: 17_900 }] },
  })
  const { page } = await browser.open({ as: 'team_lead' })
  await untilChange(page, String(changeId), ({ status }) => status === 'in_approval')
  const named = /商城系统（.+）/
  await page.goto(`/approvals/${changeId}`)
  await page
    .getByRole('row', { name: /申请人/ })
    .getByText(named)
    .waitFor()
  await page.getByRole('region', { name: '处理记录' }).getByText(named).waitFor()
  await page.locator('[aria-current="page"]').getByText(named).waitFor()
  expect(await page.getByText(/mall:/).count()).toBe(0)
  await page.goto(`/orders/${orderId}`)
  await page.getByRole('region', { name: '改单记录' }).getByText(named).waitFor()
})

test('A approves, and what was approved is applied', async () => {
  const { page, clerk, changeId, changeNumber, orderId } = await openRequest()
  await page.keyboard.press('a')
  await page.getByText(`已同意 ${changeNumber}`).waitFor()
  expect(await ask(clerk, 'GET', `/v1/change-requests/${changeId}`)).toMatchObject({ decisions: [] })
  const applied = await untilChange(clerk, changeId, ({ status }) => status === 'applied')
  expect(applied).toMatchObject({ decisions: [{ decision: 'approve', via: 'console', refusal: null }] })
  expect(await ask(clerk, 'GET', `/v1/orders/${orderId}`)).toMatchObject({ amountCents: 17_900 })
})

test('what is undone in time was never sent, and can be decided anew', async () => {
  const { page, clerk, changeId, changeNumber } = await openRequest()
  await page.keyboard.press('a')
  await page.getByText(`已同意 ${changeNumber}`).waitFor()
  await page.keyboard.press('u')
  await page.getByText(`已同意 ${changeNumber}`).waitFor({ state: 'hidden' })
  await page.goto(`/approvals/${changeId}`)
  await page.getByRole('button', { name: '同意' }).waitFor()
  expect(await ask(clerk, 'GET', `/v1/change-requests/${changeId}`)).toMatchObject({ decisions: [] })
})

test('R asks for a reason, does nothing without one, and the applicant reads it', async () => {
  const { page, clerk, changeId } = await openRequest()
  await page.keyboard.press('r')
  const reason = page.getByLabel('驳回理由')
  await expect.poll(() => reason.evaluate((field) => field === document.activeElement)).toBe(true)
  await page.getByRole('button', { name: '确认驳回' }).click()
  await page.getByText('请填写驳回理由').waitFor()
  await reason.fill('让利超出标准')
  await reason.press('Control+Enter')
  const rejected = await untilChange(clerk, changeId, ({ status }) => status === 'rejected')
  expect(rejected).toMatchObject({ decisions: [{ decision: 'reject', note: '让利超出标准' }] })
})

test('of two windows of one approver the second is told that it is settled', async () => {
  const { page, clerk, changeId, changeNumber } = await openRequest()
  const { page: second } = await browser.open({ as: 'team_lead' })
  await second.goto(`/approvals/${changeId}`)
  await second.getByRole('button', { name: '同意' }).waitFor()
  await page.keyboard.press('a')
  await page.getByText(`已同意 ${changeNumber}`).waitFor()
  await second.keyboard.press('r')
  await second.getByLabel('驳回理由').fill('再看看')
  await untilChange(clerk, changeId, ({ status }) => status === 'applied')
  await second.getByLabel('驳回理由').press('Control+Enter')
  await second.getByText(`${changeNumber} 未生效`).waitFor()
})

test('of two approvers who decide at once one decision counts, and the other hears that theirs did not', async () => {
  const other = await anotherLead()
  const { page, clerk, changeId, changeNumber } = await openRequest()
  await other.goto(`/approvals/${changeId}`)
  await other.getByRole('button', { name: '同意' }).waitFor()
  await Promise.all([page, other].map((each) => each.keyboard.press('a')))
  const applied = await untilChange(clerk, changeId, ({ status }) => status === 'applied')
  expect(decisions.parse(applied.decisions).filter(({ refusal }) => refusal === null)).toHaveLength(1)
  const told = async () => {
    const counts = await Promise.all(
      [page, other].map((each) => each.getByText(`${changeNumber} 未生效`).count()),
    )
    return counts.filter((count) => count > 0).length
  }
  await expect.poll(told, { timeout: PATIENCE_MS }).toBe(1)
})

test('a page that is left sends what was decided on it', async () => {
  const { page, clerk, changeId, changeNumber } = await openRequest()
  await page.keyboard.press('a')
  await page.getByText(`已同意 ${changeNumber}`).waitFor()
  await page.goto('about:blank')
  await untilChange(clerk, changeId, ({ status }) => status === 'applied' || status === 'approved')
})

test('J and K go through what waits, each press one further, however soon it follows', async () => {
  const { page } = await openRequest()
  await openRequest()
  await page.goto('/approvals')
  await page.locator('.inbox-entry').nth(1).waitFor()
  const isAt = (place: number) =>
    expect.poll(() => page.locator('.inbox-entry').nth(place).getAttribute('aria-current')).toBe('page')
  await page.keyboard.press('j')
  await isAt(0)
  await page.keyboard.press('j')
  await isAt(1)
  await page.keyboard.press('k')
  await isAt(0)
  await page.goto('/approvals')
  await page.locator('.inbox-entry').nth(1).waitFor()
  // Before the page can have arrived at the first.
  await page.evaluate(() => {
    for (let press = 0; press < 2; press++) window.dispatchEvent(new KeyboardEvent('keydown', { key: 'j' }))
  })
  await isAt(1)
})
