import { v7 as uuid } from 'uuid'
import { expect, test } from 'vitest'
import { accountOf, ask, barriers, useBrowser } from './support.ts'

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
  await page.getByText('已处理').first().waitFor()
  const id = page.url().split('/').at(-1) ?? ''
  expect(await ask(page, 'GET', `/v1/work-items/${id}`)).toMatchObject({
    state: 'resolved',
    resolution: '已原路退回',
  })
  expect(complaints).toEqual([])
})
