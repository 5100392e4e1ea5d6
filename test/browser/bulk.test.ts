import { text } from 'node:stream/consumers'
import type { Page } from 'playwright-core'
import { v7 as uuid } from 'uuid'
import { expect, test } from 'vitest'
import { changePage } from '../../contracts/change-requests.ts'
import { workItemPage } from '../../contracts/work-items.ts'
import { accountOf, ask, barriers, placeOrder, useBrowser } from './support.ts'

const browser = useBrowser()

const tick = (page: Page, orderId: string) =>
  page.getByRole('checkbox', { name: `选择 ${orderId.slice(-12)}`, exact: true })
const bar = (page: Page) => page.getByRole('region', { name: '批量操作' })

/** Three orders, the oldest first, on a list that has the ones before them left out. */
async function threeOrders(page: Page): Promise<string[]> {
  const since = new Date().toISOString()
  const ids = []
  for (let count = 0; count < 3; count += 1) ids.push((await placeOrder()).orderId)
  await page.goto(`/orders?channel=mall&sort=oldest&createdFrom=${encodeURIComponent(since)}`)
  await tick(page, ids.at(-1) ?? '').waitFor()
  return ids
}

async function requestsOf(page: Page, orderId: string): Promise<string[]> {
  const answer = await ask(page, 'GET', `/v1/change-requests?orderId=${orderId}`)
  return changePage.parse(answer).items.map(({ type }) => type)
}

test('a change is asked for of each ticked order once, though one is refused and an answer is lost', async () => {
  const { page, complaints } = await browser.open({ as: 'clerk' })
  const [gone = '', lost = '', last = ''] = await threeOrders(page)
  await ask('mall', 'POST', `/v1/orders/${gone}/cancellation`, { reason: '客户取消' })
  await tick(page, gone).check()
  await tick(page, last).click({ modifiers: ['Shift'] })
  await bar(page).getByText('已选 3 项').waitFor()
  await bar(page).getByRole('button', { name: '申请改单' }).click()
  await bar(page).getByRole('button', { name: '提交 3 条申请' }).click()
  await bar(page).getByText('请填写原因说明').waitFor()
  await bar(page).getByLabel('原因说明').fill('重复下单')
  expect(await barriers(page)).toEqual([])

  let asked = 0
  await page.route('**/v1/change-requests', async (route) => {
    asked += 1
    if (asked !== 2) return route.continue()
    await route.fetch()
    return route.abort()
  })
  await bar(page).getByRole('button', { name: '提交 3 条申请' }).click()
  await bar(page).getByText('已完成 0 / 3 · 失败 2 项 · 未发送 1 项').waitFor()
  await bar(page).getByText('无法连接订单中台').waitFor()
  expect(await requestsOf(page, lost)).toEqual(['cancel'])
  expect(await requestsOf(page, last)).toEqual([])
  expect(await barriers(page)).toEqual([])

  await bar(page).getByRole('button', { name: '继续其余 3 项' }).click()
  await bar(page).getByText('已完成 2 / 3 · 失败 1 项').waitFor()
  await bar(page).getByRole('listitem').getByText(gone.slice(-12)).waitFor()
  for (const [orderId, types] of [
    [gone, []],
    [lost, ['cancel']],
    [last, ['cancel']],
  ] as const)
    expect(await requestsOf(page, orderId)).toEqual(types)
  await bar(page).getByRole('button', { name: '关闭' }).click()
  await bar(page).waitFor({ state: 'hidden' })
  expect(await tick(page, lost).isChecked()).toBe(false)
  expect(complaints).toEqual([])
})

test('exactly what is ticked by keyboard is exported, and its numbers are there to copy', async () => {
  const { page, complaints } = await browser.open({ as: 'clerk' })
  const [first = '', second = '', third = ''] = await threeOrders(page)
  for (const key of ['j', 'x', 'j', 'j', 'x']) await page.keyboard.press(key)
  await bar(page).getByText('已选 2 项').waitFor()
  expect([await tick(page, first).isChecked(), await tick(page, second).isChecked()]).toEqual([true, false])
  await bar(page).getByRole('button', { name: '订单号与渠道单号' }).click()
  expect(
    (await bar(page).getByRole('textbox').inputValue()).split('\n').map((line) => line.split('\t')[0]),
  ).toEqual([...[first, third]])
  await bar(page).getByRole('button', { name: '导出所选' }).click()
  await bar(page).getByRole('button', { name: '导出 CSV' }).click()
  const download = page.waitForEvent('download')
  await bar(page).getByRole('link', { name: '下载' }).click()
  const written = await text(await (await download).createReadStream())
  expect(written.trim().split('\n')).toHaveLength(3)
  expect([written.includes(first), written.includes(second), written.includes(third)]).toEqual([
    true,
    false,
    true,
  ])

  await page.getByRole('checkbox', { name: '选择本页全部' }).check()
  expect(await tick(page, second).isChecked()).toBe(true)
  await page.getByRole('checkbox', { name: '选择本页全部' }).uncheck()
  await bar(page).waitFor({ state: 'hidden' })
  expect(complaints).toEqual([])
})

test('ticked work items are given to somebody, put off and closed with one sentence', async () => {
  const paymentIds = [`PAY-LOST-${uuid()}`, `PAY-LOST-${uuid()}`]
  for (const paymentId of paymentIds)
    await ask('mall', 'POST', '/v1/orders/0192f0c1-7d2e-7c39-9d3e-0f6f5a6f1e11/payments', {
      ...{ paymentId, amountCents: 100, method: 'wechat', paidAt: new Date().toISOString() },
    })
  const { page, complaints } = await browser.open({ as: 'ops' })
  const items = async (query: string) => {
    const answer = await ask(
      page,
      'GET',
      `/v1/work-items?kind=unmatched_payment&sort=newest&limit=50&${query}`,
    )
    return workItemPage.parse(answer).items.filter(({ key }) => paymentIds.includes(key))
  }
  const tickBoth = async (address: string) => {
    await page.goto(`/work-items?kind=unmatched_payment&sort=newest${address}`)
    for (const paymentId of paymentIds)
      await page.getByRole('checkbox', { name: new RegExp(paymentId) }).check()
  }
  await tickBoth('')
  await bar(page).getByRole('button', { name: '指派', exact: true }).click()
  await bar(page).getByRole('button', { name: '由我处理' }).click()
  await bar(page).getByText('已完成 2 / 2').waitFor()
  expect((await items('')).map(({ owner }) => owner)).toEqual(paymentIds.map(() => accountOf('ops').user))
  await bar(page).getByRole('button', { name: '关闭' }).click()

  await tickBoth('')
  await bar(page).getByRole('button', { name: '稍后处理' }).click()
  expect(await barriers(page)).toEqual([])
  await bar(page).getByRole('button', { name: '1 小时后' }).click()
  await bar(page).getByText('已完成 2 / 2').waitFor()
  expect(await items('')).toEqual([])

  await tickBoth('&snoozed=only')
  await bar(page).getByRole('button', { name: '标记为已处理' }).click()
  await bar(page).getByLabel('处理说明').fill('已原路退回')
  await bar(page).getByRole('button', { name: '标记为已处理' }).last().click()
  await bar(page).getByText('已完成 2 / 2').waitFor()
  expect((await items('state=resolved')).map(({ resolution }) => resolution)).toEqual([
    '已原路退回',
    '已原路退回',
  ])
  expect(complaints).toEqual([])
})
