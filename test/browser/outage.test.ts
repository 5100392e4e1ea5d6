import type { Page } from 'playwright-core'
import { v7 as uuid } from 'uuid'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { PDF } from '../support/pictures.ts'
import { lookBackInVain, whileApiIsAway } from './outage.ts'
import { accountOf, ask, barriers, placeOrder, useBrowser } from './support.ts'

const browser = useBrowser()
const UNREACHABLE = '无法连接订单中台'

/** Under which keys something was sent to an address. */
function keysOf(page: Page, method: string, path: string): string[] {
  const keys: string[] = []
  page.on('request', (request) => {
    const { pathname, search } = new URL(request.url())
    if (request.method() === method && pathname === path && search === '')
      keys.push(request.headers()['idempotency-key'] ?? 'none')
  })
  return keys
}

/** What the tab keeps of forms. */
function keptForms(page: Page): Promise<string[]> {
  return page.evaluate(() => Object.keys(sessionStorage).filter((key) => key.startsWith('order-hub.form.')))
}

async function requestsFor(page: Page, orderId: string): Promise<unknown[]> {
  const { items } = await ask(page, 'GET', `/v1/change-requests?orderId=${orderId}`)
  return z.array(z.unknown()).parse(items)
}

/** A clerk's request for a lower price, filled in and not sent. */
async function fillInRequest(page: Page, reason: string): Promise<string> {
  const { orderId } = await placeOrder()
  await page.goto(`/orders/${orderId}/change`)
  await page.getByLabel('第 1 行 单价').fill('179')
  await page.getByLabel('原因说明').fill(reason)
  const preview = page.getByRole('region', { name: '影响预览' })
  await preview.getByRole('row', { name: '订单金额' }).getByText('¥179.00').waitFor()
  return orderId
}

async function expectRequest(page: Page, reason: string): Promise<void> {
  expect(await page.getByLabel('第 1 行 单价').inputValue()).toBe('179.00')
  expect(await page.getByLabel('原因说明').inputValue()).toBe(reason)
}

test('a request for a change that is sent while the API is away says so in either language, keeps what was typed, and is made once under one key', async () => {
  const { page } = await browser.open({ as: 'clerk' })
  const orderId = await fillInRequest(page, '客户反映包装破损')
  // Words of the other language are fetched by who reads them, which takes a hub.
  await page.getByRole('button', { name: 'English' }).click()
  await page.getByRole('button', { name: 'Ask for it' }).waitFor()
  await page.getByRole('button', { name: '中文' }).click()
  const keys = keysOf(page, 'POST', '/v1/change-requests')
  await whileApiIsAway(async () => {
    await page.getByRole('button', { name: '提交申请' }).click()
    const alert = page.locator('form').getByRole('alert')
    await alert.getByText(UNREACHABLE).waitFor()
    await alert.getByText('已输入的内容不会丢失').waitFor()
    await page.getByRole('button', { name: 'English' }).click()
    await alert.getByText('The hub cannot be reached').waitFor()
    await alert.getByText('What you typed is kept').waitFor()
    expect(await barriers(page)).toEqual([])
    await page.getByRole('button', { name: '中文' }).click()
    await lookBackInVain(page, `/v1/orders/${orderId}`)
    await expectRequest(page, '客户反映包装破损')
  })
  await page.getByRole('button', { name: '提交申请' }).click()
  await page.waitForURL(/\/change-requests\/[0-9a-f-]+$/)
  expect(await requestsFor(page, orderId)).toMatchObject([{ differenceCents: -2_000 }])
  expect(keys.length).toBeGreaterThanOrEqual(2)
  expect(new Set(keys).size).toBe(1)
})

test('a request whose answer was lost is not made twice, also when the page was loaded anew before it is sent again', async () => {
  const { page } = await browser.open({ as: 'clerk' })
  const orderId = await fillInRequest(page, '答复丢失')
  const { version } = await ask(page, 'GET', `/v1/orders/${orderId}`)
  await page.route(
    (url) => url.pathname === '/v1/change-requests' && url.search === '',
    async (route) => {
      await route.fetch()
      await route.abort()
    },
    { times: 1 },
  )
  await page.getByRole('button', { name: '提交申请' }).click()
  await page.locator('form').getByRole('alert').getByText(UNREACHABLE).waitFor()
  const made = await requestsFor(page, orderId)
  expect(made).toHaveLength(1)
  // The request holds the order for its approvers, which makes another version of that.
  const versionOf = async () => (await ask(page, 'GET', `/v1/orders/${orderId}`)).version
  await expect.poll(versionOf).not.toBe(version)
  await page.reload()
  await page.getByText('已恢复').waitFor()
  await page.getByRole('button', { name: '提交申请' }).click()
  await page.waitForURL(/\/change-requests\/[0-9a-f-]+$/)
  expect(await requestsFor(page, orderId)).toHaveLength(1)
  expect(made).toMatchObject([{ changeId: page.url().split('/').at(-1) }])
})

test('a request that was being filled in is there again after the page was loaded anew, and gone once it was sent', async () => {
  const { page, complaints } = await browser.open({ as: 'clerk' })
  const orderId = await fillInRequest(page, '重新加载')
  await page.reload()
  const note = page.getByRole('status').filter({ hasText: '已恢复' })
  await note.waitFor()
  await expectRequest(page, '重新加载')
  expect(await barriers(page)).toEqual([])
  await note.getByRole('button', { name: '重新填写' }).click()
  expect(await page.getByLabel('第 1 行 单价').inputValue()).toBe('199.00')
  expect(await page.getByLabel('原因说明').inputValue()).toBe('')
  expect(await keptForms(page)).toEqual([])
  await page.getByLabel('第 1 行 单价').fill('179')
  await page.getByLabel('原因说明').fill('重新加载')
  await page.reload()
  await note.waitFor()
  await page.getByRole('button', { name: '提交申请' }).click()
  await page.waitForURL(/\/change-requests\/[0-9a-f-]+$/)
  expect(await requestsFor(page, orderId)).toMatchObject([{ differenceCents: -2_000 }])
  expect(await keptForms(page)).toEqual([])
  expect(complaints).toEqual([])
})

test('files of a request that was being filled in are attached to it after the page was loaded anew, but for one that had not arrived', async () => {
  const { page } = await browser.open({ as: 'clerk' })
  await fillInRequest(page, '包装破损，见附件')
  const attach = (name: string) =>
    page.getByLabel('附件').setInputFiles({ name, mimeType: 'application/pdf', buffer: PDF })
  await attach('检测报告.pdf')
  await page.getByRole('status').filter({ hasText: '检测报告.pdf' }).waitFor()
  await expect.poll(() => page.getByText('正在上传').count()).toBe(0)
  await page.route('/v1/attachments', (route) => route.abort(), { times: 1 })
  await attach('照片.pdf')
  await page.getByRole('button', { name: '重试' }).waitFor()
  await page.reload()
  await page.getByText('已恢复').waitFor()
  const lost = page.getByRole('status').filter({ hasText: '照片.pdf' })
  await lost.getByText('请移除后重新选择').waitFor()
  await page.getByRole('button', { name: '提交申请' }).click()
  await page.getByText('附件尚未全部上传').waitFor()
  await lost.getByRole('button').click()
  await page.getByRole('button', { name: '提交申请' }).click()
  await page.waitForURL(/\/change-requests\/[0-9a-f-]+$/)
  const change = await ask(page, 'GET', `/v1/change-requests/${page.url().split('/').at(-1)}`)
  expect(change.attachments).toMatchObject([{ fileName: expect.stringMatching(/-1\.pdf$/) }])
})

test('of what somebody was typing nothing is left in the browser when they sign out', async () => {
  const { page } = await browser.open({ as: 'clerk' })
  await fillInRequest(page, '下班了')
  await expect.poll(() => keptForms(page)).toHaveLength(1)
  await page.getByRole('button', { name: '退出登录' }).click()
  await page.getByLabel('密码').waitFor()
  expect(await keptForms(page)).toEqual([])
  const { user, password } = accountOf('clerk')
  await page.getByLabel('用户名').fill(user)
  await page.getByLabel('密码').fill(password)
  await page.getByRole('button', { name: '登录' }).click()
  await page.getByLabel('第 1 行 单价').waitFor()
  expect(await page.getByLabel('原因说明').inputValue()).toBe('')
})

test('a policy that is edited while the API dies keeps its fields, also over a reload, and becomes one draft', async () => {
  const reason = `断线 ${uuid()}`
  const { page } = await browser.open({ as: 'ops' })
  await page.goto('/policies/promotion')
  await page.getByRole('button', { name: '编辑为新草稿' }).click()
  const most = page.getByLabel('最多商品数')
  await most.fill('21')
  await page.getByLabel('变更原因').fill(reason)
  const keys = keysOf(page, 'POST', '/v1/policies/promotion/drafts')
  const save = page.getByRole('button', { name: '保存草稿' })
  await whileApiIsAway(async () => {
    await save.click()
    await page.getByRole('alert').getByText(UNREACHABLE).waitFor()
    await lookBackInVain(page, '/v1/policies/promotion')
    expect(await most.inputValue()).toBe('21')
    expect(await page.getByLabel('变更原因').inputValue()).toBe(reason)
  })
  await page.reload()
  await page.getByText('已恢复').waitFor()
  expect(await most.inputValue()).toBe('21')
  expect(await page.getByLabel('变更原因').inputValue()).toBe(reason)
  expect(await barriers(page)).toEqual([])
  await save.click()
  await page.getByRole('button', { name: '发布', exact: true }).waitFor()
  expect(keys).toHaveLength(2)
  expect(new Set(keys).size).toBe(1)
  const { items } = z
    .object({ items: z.array(z.object({ version: z.int(), reason: z.string() })) })
    .parse(await ask(page, 'GET', '/v1/policies/promotion'))
  const drafts = items.filter((version) => version.reason === reason)
  expect(drafts).toHaveLength(1)
  expect(await keptForms(page)).toEqual([])
  await ask(page, 'DELETE', `/v1/policies/promotion/drafts/${drafts[0]?.version}`)
})

test('an adjustment of stock that is sent while the API is away is booked once when it is back', async () => {
  const reason = `断线 ${uuid().slice(-6)}`
  const { page } = await browser.open({ as: 'ops' })
  await page.goto('/stock?text=SKU-0007')
  await page
    .getByRole('row', { name: /SKU-0007/ })
    .getByRole('button')
    .click()
  const drawer = page.getByRole('dialog')
  const form = drawer.getByRole('region', { name: '库存调整' })
  await form.getByRole('combobox', { name: '仓库' }).click()
  await page.getByTitle('上海青浦仓', { exact: true }).last().click()
  await form.getByLabel('数量（减少填负数）').fill('5')
  await form.getByLabel('原因').fill(reason)
  const keys = keysOf(page, 'POST', '/v1/stock/adjustments')
  const send = form.getByRole('button', { name: '提交调整' })
  await whileApiIsAway(async () => {
    await send.click()
    await form.getByRole('alert').getByText(UNREACHABLE).waitFor()
    await lookBackInVain(page, '/v1/stock/board')
    expect(await form.getByLabel('数量（减少填负数）').inputValue()).toBe('5')
    expect(await form.getByLabel('原因').inputValue()).toBe(reason)
  })
  await send.click()
  const entries = drawer.getByRole('region', { name: '库存流水' }).getByRole('row', { name: reason })
  await entries.getByText('+5').waitFor()
  expect(await entries.count()).toBe(1)
  expect(new Set(keys).size).toBe(1)
})

test('lines of a purchase list that are saved while the API is away are saved once when it is back', async () => {
  const { page } = await browser.open({ as: 'ops' })
  const made = await ask(page, 'POST', '/v1/purchase-lists', {
    warehouseId: 'WH-SH',
    supplierId: 'SUP-01',
    lines: [{ skuId: 'SKU-0001', units: 10, unitCostCents: 1_000 }],
  })
  const path = `/v1/purchase-lists/${made.purchaseId}`
  await page.goto(`/reports/purchases/${made.purchaseId}`)
  const units = page.getByRole('spinbutton', { name: '数量 SKU-0001' })
  await units.fill('25')
  const keys = keysOf(page, 'PUT', `${path}/lines`)
  const save = page.getByRole('button', { name: '保存明细' })
  await whileApiIsAway(async () => {
    await save.click()
    await page.getByRole('alert').getByText(UNREACHABLE).first().waitFor()
    await lookBackInVain(page, path)
    expect(await units.inputValue()).toBe('25')
  })
  await save.click()
  await page.getByText('修改明细').waitFor()
  expect(keys).toHaveLength(2)
  expect(new Set(keys).size).toBe(1)
  expect(await ask(page, 'GET', path)).toMatchObject({
    version: Number(made.version) + 1,
    lines: [{ skuId: 'SKU-0001', units: 25 }],
  })
})
