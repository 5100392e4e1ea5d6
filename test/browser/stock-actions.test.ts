import type { Page } from 'playwright-core'
import { v7 as uuid } from 'uuid'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { ask, barriers, PATIENCE_MS, useBrowser } from './support.ts'

const browser = useBrowser()
const WAREHOUSE = '上海青浦仓'

/** Chooses in a field of the component library by what its entry is called. */
async function choose(page: Page, label: string, entry: string): Promise<void> {
  await page.getByRole('combobox', { name: label, exact: true }).click()
  await page.getByTitle(entry, { exact: true }).click()
}

async function chooseSku(page: Page, label: string, skuId: string): Promise<void> {
  const field = page.getByRole('combobox', { name: label, exact: true })
  await field.click()
  await field.fill(skuId)
  await page.locator('.ant-select-item-option', { hasText: skuId }).first().click()
}

test('an adjustment is in the ledger beside its article, with who said so and why', async () => {
  const { page, complaints } = await browser.open({ as: 'ops' })
  await page.goto('/stock?text=SKU-0003')
  await page
    .getByRole('row', { name: /SKU-0003/ })
    .getByRole('button')
    .click()
  const drawer = page.getByRole('dialog')
  const reason = `到货 ${uuid().slice(-6)}`
  const form = drawer.getByRole('region', { name: '库存调整' })
  await form.getByRole('combobox', { name: '仓库' }).click()
  await page.getByTitle(WAREHOUSE, { exact: true }).last().click()
  await form.getByLabel('数量（减少填负数）').fill('12')
  await form.getByLabel('原因').fill(reason)
  await form.getByRole('button', { name: '提交调整' }).click()
  const entry = drawer.getByRole('region', { name: '库存流水' }).getByRole('row', { name: reason })
  await entry.getByText('+12').waitFor()
  await entry.getByText(WAREHOUSE).waitFor()
  expect(await barriers(page)).toEqual([])
  expect(complaints).toEqual([])
})

test('a transfer is proposed on the map before it is asked for, and is where it was asked for', async () => {
  const { page, complaints } = await browser.open({ as: 'ops' })
  await page.goto('/stock/transfers')
  await page.getByRole('button', { name: '申请调拨' }).click()
  await chooseSku(page, '商品', 'SKU-0001')
  await choose(page, '调入仓', WAREHOUSE)
  await page.getByLabel('数量').fill('3')
  await page
    .getByRole('img', { name: /调拨路线：.*上海青浦仓/ })
    .locator('canvas')
    .first()
    .waitFor()
  expect(await barriers(page)).toEqual([])
  await page.getByLabel('原因').fill('直播备货')
  await page.getByRole('button', { name: '提交调拨申请' }).click()
  await page.waitForURL(/\/stock\/transfers\/[0-9a-f-]{36}$/)
  await page.getByRole('heading', { level: 1, name: 'SKU-0001 × 3' }).waitFor()
  const transferId = page.url().split('/').at(-1)
  expect(await ask(page, 'GET', `/v1/transfers/${transferId}`)).toMatchObject({
    skuId: 'SKU-0001',
    quantity: 3,
    reason: '直播备货',
  })
  expect(await barriers(page)).toEqual([])
  expect(complaints).toEqual([])
})

test('a count is entered by one person and approved by another, and the books are put right', async () => {
  const { page } = await browser.open({ as: 'ops' })
  const skuId = 'SKU-0004'
  await page.goto('/stock/counts')
  await page.getByRole('button', { name: '新建盘点' }).click()
  await page.getByRole('dialog').getByRole('combobox', { name: '仓库' }).click()
  await page.getByTitle(WAREHOUSE, { exact: true }).last().click()
  await page.getByRole('button', { name: '开始盘点' }).click()
  await page.waitForURL(/\/stock\/counts\/[0-9a-f-]{36}$/)
  await chooseSku(page, '商品', skuId)
  await page.getByLabel('实盘数量').fill('7')
  await page.getByRole('button', { name: '录入', exact: true }).click()
  await page.getByRole('row', { name: new RegExp(skuId) }).waitFor()
  await page.getByRole('button', { name: '完成盘点并提交' }).click()
  await page.getByText('须由盘点人以外的人审批').waitFor()
  const address = page.url()

  const finance = await browser.open({ as: 'finance' })
  await finance.page.goto(address)
  await finance.page.getByLabel('审批意见').fill('已复核')
  await finance.page.getByRole('button', { name: '通过并调账' }).last().click()
  await finance.page.getByText('已通过').first().waitFor()
  expect(await barriers(finance.page)).toEqual([])
  const { items } = z
    .object({ items: z.array(z.object({ total: z.int(), shipped: z.int() })) })
    .parse(await ask(page, 'GET', `/v1/stock?skuId=${skuId}&warehouseId=WH-SH`))
  expect(items.map(({ total, shipped }) => total - shipped)).toEqual([7])
})

test('a promotion holds its quotas when it starts, and gives back what is left when it is called off', async () => {
  const { page } = await browser.open({ as: 'ops' })
  await page.goto('/stock/promotions/new')
  await page.getByLabel('名称').fill(`双十二 ${uuid().slice(-6)}`)
  // Of the browser's own zone, which is China's.
  const local = (minutes: number) =>
    new Date(Date.now() + minutes * 60_000 + 8 * 3_600_000).toISOString().slice(0, 16)
  await page.getByLabel('开始时间').fill(local(0))
  await page.getByLabel('结束时间').fill(local(120))
  await chooseSku(page, '第 1 行 商品', 'SKU-0005')
  await page.getByLabel('第 1 行 数量').fill('20')
  expect(await barriers(page)).toEqual([])
  await page.getByRole('button', { name: '创建促销' }).click()
  await page.waitForURL(/\/stock\/promotions\/[0-9a-f-]{36}$/)
  const promotion = `/v1/promotions/${page.url().split('/').at(-1)}`
  const stateOf = async () => (await ask(page, 'GET', promotion)).state
  await expect.poll(stateOf, { timeout: PATIENCE_MS }).toBe('running')
  await page.reload()
  await page.getByRole('button', { name: '取消促销' }).first().click()
  await page.getByRole('region', { name: '结束促销' }).getByLabel('原因').fill('活动取消')
  await page.getByRole('button', { name: '取消促销' }).last().click()
  await expect.poll(stateOf, { timeout: PATIENCE_MS }).toBe('cancelled')
})

test('a presale is made, and what comes in of it is stock', async () => {
  const { page } = await browser.open({ as: 'ops' })
  await page.goto('/stock/presales')
  await page.getByRole('button', { name: '新建预售' }).click()
  await chooseSku(page, '商品', 'SKU-0006')
  await page.getByRole('dialog').getByRole('combobox', { name: '仓库' }).click()
  await page.getByTitle(WAREHOUSE, { exact: true }).last().click()
  await page.getByLabel('预售量').fill('30')
  const day = new Date(Date.now() + 40 * 86_400_000).toISOString().slice(0, 10)
  await page.getByLabel('预计到货').fill(day)
  await page.getByLabel('预售截止').fill(`${day}T00:00`)
  await page.getByRole('button', { name: '创建预售' }).click()
  await page
    .getByRole('row', { name: /SKU-0006/ })
    .first()
    .click()
  await page.getByLabel('到货数量').fill('5')
  await page.getByLabel('到货说明').fill('DN-0001')
  await page.getByRole('button', { name: '登记到货' }).click()
  await page.getByText('已为 0 个订单分配 0 件').waitFor()
  expect(await barriers(page)).toEqual([])
})
