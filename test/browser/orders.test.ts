import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { pay, placeOrder, useBrowser } from './support.ts'

const browser = useBrowser()

test('filters are in the address: a reload and a link show the same list', async () => {
  await placeOrder()
  const { page } = await browser.open({ as: 'ops' })
  await page.goto('/orders')
  await page.getByRole('combobox', { name: '渠道', exact: true }).click()
  await page.getByTitle('自营商城').click()
  await expect.poll(() => new URL(page.url()).searchParams.get('channel')).toBe('mall')
  await page.reload()
  await page.locator('tr.row-opens').first().waitFor()
  const channels = await page.locator('tr.row-opens td:nth-child(3)').allInnerTexts()
  expect(new Set(channels)).toEqual(new Set(['自营商城']))
  await page.goto('/orders?status=nonsense&channel=mall')
  await page.locator('tr.row-opens').first().waitFor()
})

test('the next page and the way back are pages of the browser’s history', async () => {
  for (let count = 0; count < 60; count += 10)
    await Promise.all(Array.from({ length: 10 }, () => placeOrder()))
  const { page } = await browser.open({ as: 'ops' })
  // The oldest first: what is placed meanwhile does not move them.
  await page.goto('/orders?channel=mall&sort=oldest')
  const first = () => page.locator('tr.row-opens a').first().innerText()
  const top = await first()
  await page.getByRole('button', { name: '下一页' }).click()
  await expect.poll(first).not.toBe(top)
  await page.goBack()
  await expect.poll(first).toBe(top)
  await page.goForward()
  await expect.poll(first).not.toBe(top)
  await page.getByRole('button', { name: '上一页' }).click()
  await expect.poll(first).toBe(top)
})

test('what is on the screen is exported, and the columns that one chose are in the address', async () => {
  const { orderId } = await placeOrder()
  const { page, complaints } = await browser.open({ as: 'ops' })
  await page.goto('/orders?status=reserved&channel=mall')
  await page.getByText('列设置').click()
  await page.getByRole('checkbox', { name: '运费' }).check()
  await page.getByRole('columnheader', { name: '运费' }).waitFor()
  await expect.poll(() => new URL(page.url()).searchParams.get('columns')).toContain('freight')
  await page.getByRole('button', { name: '导出 CSV' }).click()
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: '下载' }).click()
  const written = await text(await (await download).createReadStream())
  expect(written).toContain(orderId)
  const rows = written.trim().split('\n').slice(1)
  expect(rows.every((line) => line.includes('reserved'))).toBe(true)
  expect(complaints).toEqual([])
})

test('filters are saved under a name, which shows them again', async () => {
  const name = `view ${Date.now()}`
  const { page } = await browser.open({ as: 'ops' })
  await page.goto('/orders?status=paid&columns=id,status')
  await page.getByText('视图', { exact: true }).click()
  await page.getByLabel('将当前筛选与列保存为').fill(name)
  await page.getByRole('button', { name: '保存视图' }).click()
  await page.getByRole('link', { name }).waitFor()
  await page.goto('/orders')
  await page.getByText('视图', { exact: true }).click()
  await page.getByRole('link', { name }).click()
  await expect.poll(() => new URL(page.url()).searchParams.get('status')).toBe('paid')
  expect(await page.getByRole('columnheader').count()).toBe(2)
})

test('J, K and Enter walk through the list and open an order', async () => {
  await placeOrder()
  await placeOrder()
  const { page } = await browser.open({ as: 'ops' })
  await page.goto('/orders?sort=oldest&channel=mall')
  await page.locator('tr.row-opens').nth(1).waitFor()
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  const marked = await page.locator('tr.row-marked a').innerText()
  expect(await page.locator('tr.row-opens').nth(1).locator('a').innerText()).toBe(marked)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: `订单 ${marked}` }).waitFor()
})

test('an order’s page shows how long its units are held and why they come from there, and follows its payment by itself', async () => {
  const placed = await placeOrder()
  const { page } = await browser.open({ as: 'ops' })
  await page.goto(`/orders/${placed.orderId}`)
  const lines = page.getByRole('region', { name: '商品与库存' })
  await lines.getByText(/剩余/).waitFor()
  await lines.getByText('为什么从这些仓库发货').first().waitFor()
  await page.getByText('实时', { exact: true }).waitFor()
  await pay(placed)
  await page.getByRole('region', { name: '付款与退款' }).getByText(`PAY-${placed.orderId}`).waitFor()
  await page.getByRole('region', { name: '订单进度' }).getByText('待发货').first().waitFor()
})

test('the timeline is narrowed to one kind, and the address says to which', async () => {
  const placed = await placeOrder()
  await pay(placed)
  const { page } = await browser.open({ as: 'ops' })
  await page.goto(`/orders/${placed.orderId}?kind=stock`)
  const timeline = page.getByRole('region', { name: '时间线' })
  await timeline.locator('.tag').first().waitFor()
  const kinds = await timeline.locator('.tag').allInnerTexts()
  expect(new Set(kinds)).toEqual(new Set(['库存流水']))
})

test('a remark with markup is text, and runs nothing', async () => {
  const remark = '<img src=x onerror="document.title=1"><script>alert(1)</script>'
  const { orderId } = await placeOrder({ remark })
  const { page, complaints } = await browser.open({ as: 'clerk' })
  await page.goto(`/orders/${orderId}`)
  await page.getByText(remark).waitFor()
  expect(complaints).toEqual([])
  expect(await page.title()).toContain('订单')
})
