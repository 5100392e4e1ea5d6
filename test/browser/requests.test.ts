import { expect, test } from 'vitest'
import { ask, askForDiscount, barriers, placeOrder, untilChange, useBrowser } from './support.ts'

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
  const route = preview.getByRole('region', { name: '审批流程' })
  await route.getByText(/时限/).first().waitFor()
  await route.getByText('让利金额 小于 ¥50.00', { exact: true }).waitFor()
  await route.getByText(/层级 组长$/).waitFor()
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

test('a request is taken back by whoever asked for it, and by nobody else', async () => {
  const { page, complaints } = await browser.open({ as: 'clerk' })
  const { changeId } = await askForDiscount(page)
  await untilChange(page, changeId, ({ status }) => status === 'in_approval')
  const lead = await browser.open({ as: 'team_lead' })
  await lead.page.goto(`/change-requests/${changeId}`)
  await lead.page.getByRole('region', { name: '审批流程' }).waitFor()
  expect(await lead.page.getByRole('button', { name: '撤回申请' }).count()).toBe(0)

  await page.goto(`/change-requests/${changeId}`)
  await page.getByLabel('说明（可不填）').fill('客户不需要了')
  await page.getByRole('button', { name: '撤回申请' }).click()
  expect(await barriers(page)).toEqual([])
  await page.getByRole('tooltip').getByRole('button', { name: '撤回申请' }).click()
  const taken = await untilChange(page, changeId, ({ status }) => status === 'withdrawn')
  expect(taken).toMatchObject({ end: { detail: '客户不需要了' } })
  await page.getByRole('button', { name: '撤回申请' }).waitFor({ state: 'hidden' })
  expect(complaints).toEqual([])
})

test('a rejected request is corrected and asked for again under its number, with what was typed before', async () => {
  const { page, complaints } = await browser.open({ as: 'clerk' })
  const { changeId, changeNumber } = await askForDiscount(page)
  const waiting = await untilChange(page, changeId, ({ status }) => status === 'in_approval')
  const lead = await browser.open({ as: 'team_lead' })
  await ask(lead.page, 'POST', `/v1/change-requests/${changeId}/decisions`, {
    ...{
      decision: 'reject',
      requestVersion: 1,
      stepNumber: 1,
      orderVersion: waiting.orderVersion,
      note: '让利过多',
    },
  })
  await untilChange(page, changeId, ({ status }) => status === 'rejected')
  await page.goto(`/change-requests/${changeId}`)
  await page.getByRole('button', { name: '修改后重新提交' }).click()
  const price = page.getByLabel('第 1 行 单价')
  expect(await price.inputValue()).toBe('179.00')
  expect(await page.getByLabel('原因说明').inputValue()).toBe('客户反映包装破损，协商让利')
  await price.fill('189')
  await page.getByRole('button', { name: '提交申请' }).click()
  await page.waitForURL(/\/change-requests\/[0-9a-f-]+$/)
  const again = await untilChange(page, changeId, ({ requestVersion }) => requestVersion === 2)
  expect(again).toMatchObject({ changeNumber, differenceCents: -1_000 })
  expect(complaints).toEqual([])
})
