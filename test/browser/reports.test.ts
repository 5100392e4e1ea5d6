import { v7 as uuid } from 'uuid'
import { expect, test } from 'vitest'
import { ask, barriers, measureMonth, PATIENCE_MS, useBrowser } from './support.ts'

const browser = useBrowser()

test('the health score shows its trend and its parts, and each report is found from there', async () => {
  await measureMonth()
  const { page, complaints } = await browser.open({ as: 'finance' })
  await page.goto('/reports')
  await page.getByRole('heading', { name: '健康分', level: 1 }).waitFor()
  await page.getByRole('row', { name: /同步及时率/ }).waitFor()
  await page
    .getByRole('img', { name: /个周期的健康分/ })
    .locator('canvas')
    .waitFor()
  await page.getByText('以表格查看').click()
  await page.getByRole('row').filter({ hasText: '进行中' }).getByRole('button').first().click()
  await expect.poll(() => new URL(page.url()).searchParams.has('at'), { timeout: PATIENCE_MS }).toBe(true)
  expect(await barriers(page)).toEqual([])
  const tabs = page.getByRole('navigation', { name: '报表' })
  await tabs.getByRole('link', { name: '审计' }).click()
  await page.getByRole('heading', { name: '审计', level: 1 }).waitFor()
  expect(complaints).toEqual([])
})

test('the map shows the systems around the hub, live, and a flow opens its figures', async () => {
  const { page, complaints } = await browser.open({ as: 'ops' })
  await page.goto('/reports/data-flow')
  await page.getByRole('figure', { name: '系统与数据流' }).getByText('订单中台').waitFor()
  await page.getByText('实时', { exact: true }).waitFor()
  const flows = page.getByRole('region', { name: '全部数据流' })
  await flows.getByRole('button').first().click()
  await page.getByRole('dialog').getByRole('region', { name: '最近一小时' }).waitFor()
  expect(new URL(page.url()).searchParams.get('edge')).not.toBeNull()
  expect(await barriers(page)).toEqual([])
  expect(complaints).toEqual([])
})

test('a comparison is begun and its result leads to its differences', async () => {
  const { page, complaints } = await browser.open({ as: 'finance' })
  await page.goto('/reports/reconciliation/runs')
  await page.getByRole('combobox', { name: '对方系统' }).first().click()
  await page.getByTitle('渠道', { exact: true }).last().click()
  await page.getByRole('button', { name: '开始', exact: true }).click()
  const row = page.getByRole('row').filter({ hasText: '渠道' }).first()
  await row.getByText(/已完成|失败/).waitFor()
  await row.getByRole('link', { name: /差异/ }).click()
  await page.getByRole('heading', { name: '对账', level: 1 }).waitFor()
  expect(new URL(page.url()).searchParams.get('runId')).not.toBeNull()
  expect(complaints).toEqual([])
})

test('who did what is searched, opened and written to a file', async () => {
  const { page, complaints } = await browser.open({ as: 'admin' })
  const reason = `试用审计 ${uuid()}`
  const { document } = await ask(page, 'GET', '/v1/policies/promotion')
  await ask(page, 'PUT', '/v1/policies/promotion', { document, reason })
  await page.goto('/reports/audit?action=policy.published&subjectKind=policy')
  await page.getByText(reason).waitFor()
  await page.getByRole('button', { name: '发布策略' }).first().click()
  const entry = page.getByRole('dialog')
  await entry.getByText(reason).waitFor()
  await entry.getByRole('button', { name: /close|关闭/i }).click()
  await page.getByRole('button', { name: '导出 CSV' }).click()
  await page.getByRole('link', { name: '下载' }).waitFor()
  expect(complaints).toEqual([])
})

test('a purchase list is changed, handed in by one, approved by another, and its goods are booked', async () => {
  const { page: ops, complaints } = await browser.open({ as: 'ops' })
  const lines = [{ skuId: 'SKU-0001', units: 10, unitCostCents: 1_000 }]
  const made = await ask(ops, 'POST', '/v1/purchase-lists', {
    warehouseId: 'WH-SH',
    supplierId: 'SUP-01',
    lines,
  })
  const address = `/reports/purchases/${made.purchaseId}`
  await ops.goto(address)
  await ops.getByRole('spinbutton', { name: '数量 SKU-0001' }).fill('25')
  await ops.getByRole('button', { name: '保存明细' }).click()
  await ops.getByText('修改明细').waitFor()
  await ops.getByRole('button', { name: '提交审批' }).click()
  await ops.getByText('待审批').first().waitFor()
  expect(await barriers(ops)).toEqual([])
  const { page: finance } = await browser.open({ as: 'finance' })
  await finance.goto(address)
  await finance.getByRole('button', { name: '批准' }).click()
  await finance.getByText('已批准').first().waitFor()
  expect(await ask(ops, 'GET', `/v1/purchase-lists/${made.purchaseId}`)).toMatchObject({
    status: 'approved',
    lines: [{ skuId: 'SKU-0001', units: 25 }],
  })
  await ops.reload()
  await ops.getByRole('spinbutton', { name: '到货数量 SKU-0001' }).fill('25')
  await ops.getByRole('button', { name: '确认收货' }).click()
  await ops.getByText('已到货').first().waitFor()
  expect(complaints).toEqual([])
})

test('whoever may not see reports is told so, and is not offered them', async () => {
  const { page } = await browser.open({ as: 'clerk' })
  await page.goto('/reports/customers')
  await page.getByText('没有权限查看此页面').first().waitFor()
  expect(await page.getByRole('link', { name: '报表' }).count()).toBe(0)
})
