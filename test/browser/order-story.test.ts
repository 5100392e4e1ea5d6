import { expect, test } from 'vitest'
import { z } from 'zod'
import { PATIENCE_MS, PHONE, placeOrder, SIMULATOR_URL, useBrowser } from './support.ts'

const browser = useBrowser()

const books = z.object({
  orders: z.array(z.object({ orderId: z.string(), amountCents: z.int().nullable() })),
})
/** What an order is worth in the merchant's ERP. */
async function worthInErp(orderId: string): Promise<number | null | undefined> {
  const answer = await fetch(`${SIMULATOR_URL}/control/erp`)
  return books.parse(await answer.json()).orders.find((order) => order.orderId === orderId)?.amountCents
}

test('an order of the mall appears by itself, is made cheaper by one tap on a phone, and the ERP and the audit say so', async () => {
  const { page: clerk, complaints } = await browser.open({ as: 'clerk' })
  await clerk.goto('/orders?channel=mall')
  await clerk.getByRole('heading', { name: '订单', level: 1 }).waitFor()
  const { orderId } = await placeOrder({ unitPriceCents: 19_900 })
  const row = clerk.getByRole('row').filter({ has: clerk.getByTitle(orderId) })
  await row.getByText('待付款').waitFor()
  await row.getByRole('link').click()

  await clerk.getByRole('link', { name: '申请改单' }).click()
  await clerk.getByLabel('第 1 行 单价').fill('179')
  await clerk.getByLabel('原因说明').fill('客户反映包装破损')
  await clerk.getByRole('region', { name: '影响预览' }).getByText('¥179.00').first().waitFor()
  await clerk.getByRole('button', { name: '提交申请' }).click()
  await clerk.waitForURL(/\/change-requests\/[0-9a-f-]+$/)
  const changeId = clerk.url().split('/').at(-1) ?? ''

  const { page: lead } = await browser.open({ as: 'team_lead', viewport: PHONE })
  await lead.goto(`/approvals/${changeId}`)
  await lead.getByRole('button', { name: '同意' }).click()
  await clerk.getByText(/ERP 单号/).waitFor()
  await expect.poll(() => worthInErp(orderId), { timeout: PATIENCE_MS }).toBe(17_900)
  await clerk.goto(`/orders/${orderId}`)
  await clerk.getByText('¥179.00').first().waitFor()

  const { page: admin } = await browser.open({ as: 'admin' })
  await admin.goto(`/reports/audit?subjectId=${changeId}`)
  const trail = admin.getByRole('table')
  for (const step of ['提交改单申请', '审批改单', '改单已通知 ERP', '改单已执行'])
    await trail.getByText(step).first().waitFor()
  // In words; what the filter takes is on hover.
  expect(await trail.getByTitle('system', { exact: true }).first().innerText()).toBe('系统')
  expect(complaints).toEqual([])
})
