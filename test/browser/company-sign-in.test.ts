import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { accountOf, ask, barriers, COMPANY_PASSWORD, HUB_URL, useBrowser } from './support.ts'

const browser = useBrowser()

/** What somebody does at the simulated company's page. */
async function signInThere(page: Page, userName: string): Promise<void> {
  await page.getByLabel('企业用户名').fill(userName)
  await page.getByLabel('企业密码').fill(COMPANY_PASSWORD)
  await page.getByRole('button', { name: '登录企业账号' }).click()
}

test('whoever comes by the company’s account arrives where they wanted to, and signs out at both ends', async () => {
  const { page, complaints } = await browser.open()
  await page.goto('/orders?status=paid')
  await page.getByRole('link', { name: '使用企业账号登录' }).click()
  await signInThere(page, accountOf('ops').user)
  await page.getByRole('heading', { name: '订单', level: 1 }).waitFor()
  expect(new URL(page.url()).searchParams.get('status')).toBe('paid')
  await page.getByRole('button', { name: '退出登录' }).click()
  await page.getByLabel('密码', { exact: true }).waitFor()
  expect(page.url()).toBe(`${HUB_URL}/`)
  expect((await page.request.get('/v1/session')).status()).toBe(401)
  expect(complaints).toEqual([])
})

test('a company account without one here is told so on the page that was wanted, in either language, once', async () => {
  const { page } = await browser.open()
  await page.goto('/orders?status=paid')
  await page.getByRole('link', { name: '使用企业账号登录' }).click()
  await signInThere(page, 'nobody-here')
  await page.getByRole('alert').getByText('未关联系统账号').waitFor()
  expect(new URL(page.url()).search).toBe('?status=paid')
  expect(await barriers(page)).toEqual([])
  await page.getByRole('button', { name: 'English' }).click()
  await page.getByRole('alert').getByText('no account here for this company account').waitFor()
  await page.reload()
  await page.getByRole('link', { name: 'Sign in with the company account' }).waitFor()
  expect(await page.getByRole('alert').count()).toBe(0)
})

test('a session that ends goes on after signing in at the company in another window, with what was typed', async () => {
  const { page } = await browser.open({ as: 'ops' })
  await page.goto('/orders')
  const field = page.getByPlaceholder('渠道单号 / 订单号')
  await field.fill('half of a number')
  await ask(page, 'DELETE', '/v1/session')
  await page.getByRole('checkbox', { name: '仅看需关注' }).check()
  const dialog = page.getByRole('dialog', { name: '登录已过期' })
  const opened = page.waitForEvent('popup')
  await dialog.getByRole('link', { name: '使用企业账号登录' }).click()
  const other = await opened
  await signInThere(other, accountOf('ops').user)
  await dialog.waitFor({ state: 'hidden' })
  await page.getByRole('table').first().waitFor()
  expect(await field.inputValue()).toBe('half of a number')
})
