import { expect, test } from 'vitest'
import { accountOf, ask, placeOrder, useBrowser } from './support.ts'

const browser = useBrowser()

test('a wrong password says so, a right one opens the screen that was asked for', async () => {
  const { page } = await browser.open()
  const { user, password } = accountOf('ops')
  await page.goto('/orders?status=paid')
  await page.getByLabel('用户名').fill(user)
  await page.getByLabel('密码').fill('wrong')
  await page.getByRole('button', { name: '登录' }).click()
  await page.getByRole('alert').getByText('用户名或密码错误').waitFor()
  await page.getByLabel('密码').fill(password)
  await page.getByRole('button', { name: '登录' }).click()
  await page.getByRole('heading', { name: '订单', level: 1 }).waitFor()
  expect(new URL(page.url()).searchParams.get('status')).toBe('paid')
})

test('whoever changes the language reads all of it in that language, also after a reload', async () => {
  const { page } = await browser.open({ as: 'ops' })
  await page.goto('/')
  await page.getByRole('button', { name: 'English' }).click()
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
  await page.reload()
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
  expect(await page.locator('html').getAttribute('lang')).toBe('en')
  expect(await page.getByRole('navigation').innerText()).not.toMatch(/\p{Script=Han}/u)
})

test('a session that ends keeps the page and what was typed, and goes on after signing in', async () => {
  const { page } = await browser.open({ as: 'ops' })
  const { password } = accountOf('ops')
  await page.goto('/orders')
  const field = page.getByPlaceholder('渠道单号 / 订单号')
  await field.fill('half of a number')
  await ask(page, 'DELETE', '/v1/session')
  await page.getByRole('checkbox', { name: '仅看需关注' }).check()
  const dialog = page.getByRole('dialog', { name: '登录已过期' })
  await dialog.waitFor()
  await dialog.getByLabel('密码').fill(password)
  await dialog.getByRole('button', { name: '登录', exact: true }).click()
  await dialog.waitFor({ state: 'hidden' })
  await page.getByRole('table').first().waitFor()
  expect(await field.inputValue()).toBe('half of a number')
})

test('signing out leaves nothing of the orders on the screen', async () => {
  const { orderId } = await placeOrder()
  const { page } = await browser.open({ as: 'clerk' })
  await page.goto(`/orders/${orderId}`)
  await page.getByText('世纪大道').waitFor()
  await page.getByRole('button', { name: '退出登录' }).click()
  await page.getByLabel('密码').waitFor()
  expect(await page.content()).not.toContain('世纪大道')
})

test('an order that is not there says so instead of breaking', async () => {
  const { page } = await browser.open({ as: 'ops' })
  await page.goto('/orders/0192f0c1-7d2e-7c39-9d3e-0f6f5a6f1e11')
  await page.getByText('没有找到').waitFor()
  await page.goto('/nowhere')
  await page.getByText('没有找到').waitFor()
})

test('a page that found the hub too busy to say who is signed in goes on by itself', async () => {
  const { page } = await browser.open({ as: 'clerk' })
  let isBusy = true
  const problem = { status: 503, code: 'overloaded', title: 'Too busy', titleZh: '系统繁忙' }
  await page.route('**/v1/session', (route) =>
    isBusy
      ? route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify(problem) })
      : route.continue(),
  )
  await page.goto('/orders')
  await page.getByRole('alert').getByText('系统繁忙', { exact: true }).waitFor()
  isBusy = false
  await page.getByRole('heading', { level: 1, name: '订单' }).waitFor()
})
