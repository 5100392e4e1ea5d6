import type { Page } from 'playwright-core'
import { v7 as uuid } from 'uuid'
import { expect, test } from 'vitest'
import { workItemPage } from '../../contracts/work-items.ts'
import { accountOf, ask, barriers, PATIENCE_MS, useBrowser } from './support.ts'

const browser = useBrowser()

/** A payment of an order that does not exist: what it leaves behind is a work item that somebody must settle. */
async function strandPayment(): Promise<void> {
  await ask('mall', 'POST', '/v1/orders/0192f0c1-7d2e-7c39-9d3e-0f6f5a6f1e11/payments', {
    paymentId: `PAY-LOST-${uuid()}`,
    amountCents: 100,
    method: 'wechat',
    paidAt: new Date().toISOString(),
  })
}

/** The newest of them, as whoever looks at the page sees it. */
async function newestStranded(page: Page): Promise<string> {
  const query = 'kind=unmatched_payment&sort=newest&limit=1'
  const [item] = workItemPage.parse(await ask(page, 'GET', `/v1/work-items?${query}`)).items
  return item?.workItemId ?? ''
}

test('a work item is taken by whoever opens it, and closed with what was done', async () => {
  await strandPayment()
  const { page, complaints } = await browser.open({ as: 'ops' })
  await page.goto('/work-items?sort=newest&kind=unmatched_payment')
  await page.locator('tr.row-opens').first().click()
  await page.getByRole('button', { name: '由我处理' }).click()
  await page
    .getByRole('region', { name: '下一步' })
    .getByText(accountOf('ops').user, { exact: true })
    .waitFor()
  expect(await barriers(page)).toEqual([])
  await page.getByRole('button', { name: '标记为已处理' }).click()
  await page.getByText('请填写处理说明').waitFor()
  await page.getByLabel('处理说明').fill('已原路退回')
  await page.getByRole('button', { name: '标记为已处理' }).click()
  const id = page.url().split('/').at(-1) ?? ''
  await expect
    .poll(() => ask(page, 'GET', `/v1/work-items/${id}`))
    .toMatchObject({ state: 'resolved', resolution: '已原路退回' })
  await page.getByText('已处理', { exact: true }).first().waitFor()
  expect(complaints).toEqual([])
})

test('a work item is put off by one press, is in nobody’s inbox, and comes back when somebody says so', async () => {
  await strandPayment()
  const { page, complaints } = await browser.open({ as: 'ops' })
  const id = await newestStranded(page)
  await page.goto('/work-items?sort=newest')
  await page.getByRole('combobox', { name: '类型' }).click()
  await page.getByTitle('收到付款，但订单不存在').last().click()
  await expect.poll(() => new URL(page.url()).searchParams.get('kind')).toBe('unmatched_payment')
  const link = page.locator(`a[href="/work-items/${id}"]`)
  await link.click()
  await page.getByLabel('稍后处理的原因（可不填）').fill('等支付机构答复')
  expect(await barriers(page)).toEqual([])
  await page.getByRole('button', { name: '明天 9:00' }).click()
  const about = page.getByRole('region', { name: '下一步' })
  await about.getByText('等支付机构答复').waitFor()
  expect(await ask(page, 'GET', `/v1/work-items/${id}`)).toMatchObject({
    snooze: {
      by: accountOf('ops').user,
      reason: '等支付机构答复',
      until: expect.stringMatching(/T01:00:00/),
    },
  })
  await page.goto('/work-items?sort=newest&kind=unmatched_payment')
  await page.getByText(/本页 \d+ 条/).waitFor()
  expect(await link.count()).toBe(0)
  await page.getByRole('combobox', { name: '是否含稍后处理' }).click()
  await page.getByTitle('仅稍后处理').last().click()
  await link.waitFor()
  expect(await barriers(page)).toEqual([])
  await link.click()
  await page.getByRole('button', { name: '立即恢复' }).click()
  await expect
    .poll(async () => (await ask(page, 'GET', `/v1/work-items/${id}`)).snooze, { timeout: PATIENCE_MS })
    .toBeNull()
  await page.getByRole('button', { name: '立即恢复' }).waitFor({ state: 'hidden' })
  expect(complaints).toEqual([])
})

test('a work item tells in words what it is about: its facts by name, an amount as money', async () => {
  await strandPayment()
  const { page, complaints } = await browser.open({ as: 'ops' })
  await page.goto(`/work-items/${await newestStranded(page)}`)
  const about = page.getByRole('region', { name: '下一步' })
  await about.getByText('付款流水号', { exact: true }).waitFor()
  const told = await about.getByRole('table').innerText()
  expect(told).toMatch(/金额\s+¥1\.00\s/)
  expect(told).toMatch(/付款所指的订单号\s+0192f0c1-7d2e-7c39-9d3e-0f6f5a6f1e11/)
  expect(told).toMatch(/消息编号\s+\d/)
  expect(told).not.toMatch(/paymentId|amountCents|namedOrderId|inboxId/)
  expect(complaints).toEqual([])
})

test('a payment that found no order is tried again by one press, and whoever did so has it', async () => {
  await strandPayment()
  const { page, complaints } = await browser.open({ as: 'ops' })
  const id = await newestStranded(page)
  await page.goto(`/work-items/${id}`)
  await page.getByRole('button', { name: '重试', exact: true }).click()
  await page.getByText('已提交', { exact: true }).waitFor()
  const region = page.getByRole('region', { name: '下一步' })
  await region.getByText(accountOf('ops').user, { exact: true }).waitFor()
  // It is open until its order is there, or somebody closes it.
  expect(await ask(page, 'GET', `/v1/work-items/${id}`)).toMatchObject({
    owner: accountOf('ops').user,
    state: 'open',
  })
  expect(complaints).toEqual([])
})

test('a work item is given to somebody out of the list of those who see it', async () => {
  await strandPayment()
  const { page, complaints } = await browser.open({ as: 'ops' })
  const admin = accountOf('admin').user
  await page.goto(`/work-items/${await newestStranded(page)}`)
  const field = page.getByRole('combobox', { name: '指派给' })
  await field.click()
  await field.fill(admin)
  await page.locator('.ant-select-item-option', { hasText: admin }).first().click()
  await page.getByRole('button', { name: '指派', exact: true }).click()
  await page.getByRole('region', { name: '下一步' }).getByText(admin, { exact: true }).waitFor()
  expect(complaints).toEqual([])
})
