import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { refreshCustomers } from '../../store/customer-refresh.ts'
import { createDatabase, type Db } from '../../store/database.ts'
import { ask, barriers, DATABASE_URL, PATIENCE_MS, placeOrder, useBrowser } from './support.ts'

const browser = useBrowser()
/** Nobody else's in this hub, however often the tests run on it. */
const phones = [0, 1].map((index) => `139${String((Date.now() + index) % 100_000_000).padStart(8, '0')}`)
const [PHONE = '', OTHER_PHONE = ''] = phones
let db: Db

beforeAll(async () => {
  db = createDatabase(DATABASE_URL, 2)
  for (const phone of phones) await placeOrder({ phone })
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

test('whoever only reads reports is offered nothing to change about a customer', async () => {
  const { page } = await browser.open({ as: 'finance' })
  const customerId = (await idOf(page, OTHER_PHONE)) ?? (await idOf(page, PHONE))
  await page.goto(`/reports/customers/${customerId}`)
  await page.getByRole('region', { name: '客户概况' }).waitFor()
  for (const name of ['合并客户', '拆分客户'])
    expect(await page.getByRole('region', { name }).count()).toBe(0)
})
