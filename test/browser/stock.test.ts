import { expect, test } from 'vitest'
import { z } from 'zod'
import { ask, barriers, PATIENCE_MS, useBrowser } from './support.ts'

const browser = useBrowser()

test('the matrix has each article in each warehouse, says what is short, and opens all figures of an article', async () => {
  const { page, complaints } = await browser.open({ as: 'ops' })
  await page.goto('/stock?text=SKU-0001')
  const matrix = page.getByRole('region', { name: '商品与仓库矩阵' })
  const row = matrix.getByRole('row', { name: /SKU-0001/ })
  await row.waitFor()
  expect(await barriers(page)).toEqual([])
  await row.getByRole('button').click()
  const drawer = page.getByRole('dialog')
  await drawer.getByRole('region', { name: '各门店上架' }).waitFor()
  await drawer.getByRole('columnheader', { name: '安全库存' }).waitFor()
  expect(complaints).toEqual([])
})

test('a level that moves is followed by itself', async () => {
  const { page } = await browser.open({ as: 'ops' })
  const [level] = z
    .object({ items: z.array(z.object({ warehouseId: z.string(), available: z.int() })) })
    .parse(await ask(page, 'GET', '/v1/stock/board?skuId=SKU-0002&limit=1')).items
  await page.goto('/stock?text=SKU-0002')
  const row = page.getByRole('row', { name: /SKU-0002/ })
  await row.waitFor()
  const before = await row.innerText()
  await ask('ops', 'POST', '/v1/stock/adjustments', {
    skuId: 'SKU-0002',
    warehouseId: level?.warehouseId,
    quantityDelta: 7,
    reason: 'receipt',
  })
  await expect.poll(() => row.innerText(), { timeout: PATIENCE_MS }).not.toBe(before)
})
