import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { refreshCustomers } from '../../store/customer-refresh.ts'
import { createDatabase, type Db } from '../../store/database.ts'
import { ask, barriers, DATABASE_URL, PATIENCE_MS, type Placed, placeOrder, useBrowser } from './support.ts'

const browser = useBrowser()
/** Nobody else's in this hub, however often the tests run on it. */
const phones = [0, 1, 2].map((index) => `139${String((Date.now() + index) % 100_000_000).padStart(8, '0')}`)
const [PHONE = '', OTHER_PHONE = '', LEAVING_PHONE = ''] = phones
let db: Db
/** Of whoever asks to be forgotten. */
let openOrder: Placed

beforeAll(async () => {
  db = createDatabase(DATABASE_URL, 2)
  for (const phone of [PHONE, OTHER_PHONE]) await placeOrder({ phone })
  openOrder = await placeOrder({ phone: LEAVING_PHONE })
  // The schedule would come by within minutes.
  while (!(await refreshCustomers(db, { now: new Date() })).isDone);
})
afterAll(() => db?.destroy())

async function idOf(page: Page, phone: string): Promise<unknown> {
  return (await ask(page, 'POST', '/v1/customers/search', { phone })).customerId
}

test('two customers are made one after a look at both, and a split takes it back', async () => {
  const { page, complaints } = await browser.open({ as: 'ops' })
  await expect.poll(() => idOf(page, OTHER_PHONE), { timeout: PATIENCE_MS }).not.toBeNull()
  const [customerId, otherId] = [await idOf(page, PHONE), await idOf(page, OTHER_PHONE)]
  await page.goto(`/reports/customers/${customerId}`)

  const merge = page.getByRole('region', { name: '合并客户' })
  await merge.getByLabel('另一客户的手机号或客户编号').fill(PHONE)
  await merge.getByLabel('另一客户的手机号或客户编号').press('Enter')
  await merge.getByText('这就是当前客户').waitFor()
  await merge.getByLabel('另一客户的手机号或客户编号').fill(OTHER_PHONE)
  await merge.getByLabel('另一客户的手机号或客户编号').press('Enter')
  await merge.getByRole('link', { name: String(otherId).slice(-12) }).waitFor()
  await merge.getByRole('button', { name: '合并到此客户' }).click()
  await merge.getByText('请填写合并原因').waitFor()
  await merge.getByLabel('合并原因').fill('客服核实为同一人')
  await merge.getByRole('button', { name: '合并到此客户' }).click()

  const split = page.getByRole('region', { name: '拆分客户' })
  await split.getByRole('checkbox').nth(1).waitFor()
  expect(await idOf(page, OTHER_PHONE)).toBe(customerId)
  expect(await barriers(page)).toEqual([])
  await split.getByRole('checkbox').nth(0).check()
  await split.getByRole('checkbox').nth(1).check()
  await split.getByText('至少保留一个身份').waitFor()
  await split.getByRole('checkbox').nth(0).uncheck()
  await split.getByLabel('拆分原因').fill('误合并')
  await split.getByRole('button', { name: '拆分为新客户' }).click()
  await page.getByText('已拆分出新客户').waitFor()
  await expect
    .poll(async () => new Set([await idOf(page, PHONE), await idOf(page, OTHER_PHONE)]).size, {
      timeout: PATIENCE_MS,
    })
    .toBe(2)

  expect(await page.getByText(PHONE).count()).toBe(0)
  expect(complaints).toEqual([])
})

test('a person is erased once it was read what goes and what stays, not before their orders are over, and is nobody’s number then', async () => {
  const { page, complaints } = await browser.open({ as: 'ops' })
  await expect.poll(() => idOf(page, LEAVING_PHONE), { timeout: PATIENCE_MS }).not.toBeNull()
  const customerId = await idOf(page, LEAVING_PHONE)
  await page.goto(`/reports/customers/${customerId}`)
  await page.getByRole('button', { name: '删除个人信息' }).click()
  const dialog = page.getByRole('dialog', { name: '删除个人信息' })
  await dialog.getByText('将被删除').waitFor()
  await dialog.getByText('姓名、电话、地址和备注').waitFor()
  await dialog.getByText('继续保留').waitFor()
  await dialog.getByText('订单、金额和统计数字').waitFor()
  expect(await barriers(page)).toEqual([])
  const erase = dialog.getByRole('button', { name: '确认删除，无法恢复' })
  await erase.click()
  await dialog.getByText('请填写删除原因').waitFor()
  await dialog.getByLabel('删除原因').fill('客户本人来电要求')
  await erase.click()
  await dialog.getByText('该客户仍有未完结订单').waitFor()
  await dialog.getByRole('link', { name: openOrder.orderId.slice(-12) }).waitFor()
  const order = () => ask('mall', 'GET', `/v1/orders/${openOrder.orderId}`)
  expect(await order()).toMatchObject({ contact: { address: '世纪大道100号' } })

  await ask('mall', 'POST', `/v1/orders/${openOrder.orderId}/cancellation`, { reason: '不要了' })
  // It waits for a late payment for days before it is over.
  await db.updateTable('orders').set({ closed_at: new Date() }).where('id', '=', openOrder.orderId).execute()
  await erase.click()
  await page.getByText('个人信息已删除：联系方式 1 份').waitFor()
  await page.getByRole('region', { name: '客户概况' }).getByText('个人信息已删除', { exact: true }).waitFor()
  expect(await barriers(page)).toEqual([])
  for (const name of ['合并客户', '拆分客户', '删除个人信息'])
    expect(await page.getByRole('region', { name }).count()).toBe(0)
  expect(await idOf(page, LEAVING_PHONE)).toBeNull()
  expect(await order()).toMatchObject({ amountCents: openOrder.amountCents, contact: null })
  await page.reload()
  await page.getByRole('link', { name: openOrder.orderId.slice(-12) }).waitFor()
  await page.getByText('个人信息已删除', { exact: true }).waitFor()
  const { items } = await ask(page, 'GET', `/v1/audit?action=customer.erased&subjectId=${customerId}`)
  expect(items).toMatchObject([{ reason: '客户本人来电要求' }])
  expect(complaints).toEqual([])
})

test('whoever only reads reports is offered nothing to change about a customer', async () => {
  const { page } = await browser.open({ as: 'finance' })
  const customerId = (await idOf(page, OTHER_PHONE)) ?? (await idOf(page, PHONE))
  await page.goto(`/reports/customers/${customerId}`)
  await page.getByRole('region', { name: '客户概况' }).waitFor()
  for (const name of ['合并客户', '拆分客户', '删除个人信息'])
    expect(await page.getByRole('region', { name }).count()).toBe(0)
  expect(await page.getByRole('button', { name: '删除个人信息' }).count()).toBe(0)
  const erasure = `/v1/customers/${customerId}/erasure`
  await expect(ask(page, 'POST', erasure, { version: 1, reason: '试一试' })).rejects.toThrow('403')
})
