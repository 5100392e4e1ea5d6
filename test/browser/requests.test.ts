import { expect, test } from 'vitest'
import { ask, barriers, placeOrder, untilChange, useBrowser } from './support.ts'

const browser = useBrowser()

test('a change is asked for from its order: effect and route are shown before, and nothing happens until it is sent', async () => {
  const { orderId } = await placeOrder()
  const { page, complaints } = await browser.open({ as: 'clerk' })
  await page.goto(`/orders/${orderId}`)
  await page.getByRole('link', { name: '申请改单' }).click()
  const price = page.getByLabel('第 1 行 单价')
  await price.fill('179')
  const preview = page.getByRole('region', { name: '影响预览' })
  await preview.getByRole('row', { name: '订单金额' }).getByText('¥179.00').waitFor()
  await preview.getByRole('region', { name: '审批流程' }).getByText(/时限/).first().waitFor()
  expect(await ask(page, 'GET', `/v1/change-requests?orderId=${orderId}`)).toMatchObject({ items: [] })
  expect(await barriers(page)).toEqual([])

  await page.getByRole('button', { name: '提交申请' }).click()
  await page.getByText('请填写原因说明').waitFor()
  await page.getByLabel('原因说明').fill('客户反映包装破损')
  await page.getByRole('button', { name: '提交申请' }).click()
  await page.waitForURL(/\/change-requests\/[0-9a-f-]+$/)
  const changeId = page.url().split('/').at(-1) ?? ''
  const change = await untilChange(page, changeId, ({ status }) => status === 'in_approval')
  expect(change).toMatchObject({ type: 'price', differenceCents: -2_000, reason: '客户反映包装破损' })
  await page.goto('/change-requests')
  await page.getByRole('checkbox', { name: '仅看我提交的' }).check()
  await page.getByText(String(change.changeNumber)).waitFor()
  expect(complaints).toEqual([])
})

test('what the order does not allow is said beside the form, which keeps what was typed', async () => {
  const { orderId } = await placeOrder()
  const { page } = await browser.open({ as: 'clerk' })
  await page.goto(`/orders/${orderId}/change?type=quantity`)
  await page.getByLabel('第 1 行 数量').fill('0')
  const preview = page.getByRole('region', { name: '影响预览' })
  await preview.getByRole('alert').getByText('订单当前不能这样修改').waitFor()
  expect(await page.getByLabel('第 1 行 数量').inputValue()).toBe('0')
})
