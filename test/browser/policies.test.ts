import { expect, test } from 'vitest'
import { ask, barriers, PATIENCE_MS, placeOrder, useBrowser } from './support.ts'

const browser = useBrowser()

test('a rule is drafted, tried on the past, put in force, compared and rolled back', async () => {
  const { orderId } = await placeOrder()
  const { page, complaints } = await browser.open({ as: 'ops' })
  await page.goto('/policies')
  await page.getByRole('link', { name: '库存预占' }).click()
  await page.getByRole('button', { name: '编辑为新草稿' }).click()
  await page.getByLabel('预占时长（秒）').first().fill('1800')
  await page.getByRole('button', { name: '添加规则（依次匹配）' }).click()
  await page.getByRole('button', { name: /1\. 始终/ }).click()
  await page.getByRole('button', { name: '编辑条件' }).click()
  await page.getByRole('button', { name: '添加条件', exact: true }).click()
  await page.getByRole('combobox', { name: '字段' }).click()
  await page.getByTitle('订单金额（含运费，分）').click()
  await page.getByRole('combobox', { name: '比较方式' }).click()
  await page.getByTitle('大于', { exact: true }).click()
  await page.getByRole('spinbutton', { name: '值' }).fill('10000')
  await page.getByLabel('预占时长（秒）').nth(1).fill('1800')
  expect(await barriers(page)).toEqual([])

  await page.getByRole('button', { name: '保存草稿' }).click()
  await page.getByText('请填写变更原因').waitFor()
  await page.getByLabel('变更原因').fill('百元以上的订单多留一会儿')
  await page.getByRole('button', { name: '保存草稿' }).click()
  await page.getByRole('button', { name: '开始试运行' }).click()
  const dryRun = page.getByRole('region', { name: '试运行' })
  await dryRun.getByText(/已检查 \d+ \/ \d+/).waitFor()
  // It would have been held for longer.
  const trial = dryRun.getByRole('row').filter({ has: page.getByRole('link', { name: orderId.slice(-12) }) })
  await trial.getByText('订单金额 大于 ¥100.00', { exact: true }).waitFor()

  await page.getByRole('button', { name: '发布', exact: true }).click()
  await page.getByRole('tooltip').getByRole('button', { name: '发布' }).click()
  const history = page.getByRole('region', { name: '版本历史' })
  await history.getByText('生效中').waitFor()
  expect(await ask(page, 'GET', '/v1/policies/reservation')).toMatchObject({
    state: 'published',
    document: {
      holdTtlSeconds: 1_800,
      rules: [{ condition: { '>': [{ var: 'amountCents' }, 10_000] } }],
    },
  })

  await history.getByRole('link', { name: '与当前查看的对比' }).last().click()
  const compare = page.getByRole('region', { name: '版本对比' })
  await compare.getByRole('row', { name: '预占时长（秒） 900 1800' }).waitFor()
  expect(await barriers(page)).toEqual([])

  await history.getByRole('link', { name: '内置' }).click()
  await page.getByRole('button', { name: '回滚到此版本' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('变更原因').fill('恢复原设置')
  await dialog.getByRole('button', { name: '回滚到此版本' }).click()
  await history.getByText('恢复原设置').waitFor()
  await expect
    .poll(async () => (await ask(page, 'GET', '/v1/policies/reservation')).document, { timeout: PATIENCE_MS })
    .toEqual({ holdTtlSeconds: 900, rules: [] })
  expect(complaints).toEqual([])
})

test('the way of a change is drawn, and somebody who may not publish only reads it', async () => {
  const { page } = await browser.open({ as: 'clerk' })
  await page.goto('/policies/approval-route')
  const route = page.getByRole('figure', { name: '审批路线图' })
  await route.getByText('区域总监').first().waitFor()
  await route.getByText('自动批准').waitFor()
  expect(await page.getByRole('button', { name: '编辑为新草稿' }).count()).toBe(0)
  expect(await page.getByRole('button', { name: '开始试运行' }).count()).toBe(0)
})

test('what was typed is not lost by a wrong click', async () => {
  const { page } = await browser.open({ as: 'ops' })
  await page.goto('/policies/promotion')
  await page.getByRole('button', { name: '编辑为新草稿' }).click()
  await page.getByLabel('最多商品数').fill('20')
  const asked = new Promise<string>((resolve) => {
    page.once('dialog', async (dialog) => {
      resolve(dialog.message())
      await dialog.dismiss()
    })
  })
  await page.locator('a[href="/orders"]').first().click()
  expect(await asked).toContain('未保存')
  expect(await page.getByLabel('最多商品数').inputValue()).toBe('20')
})

test('parts of a condition are moved by dragging them, or by the arrows beside them', async () => {
  const { page, complaints } = await browser.open({ as: 'ops' })
  await page.goto('/policies/combined-shipping')
  await page.getByRole('button', { name: '编辑为新草稿' }).click()
  await page.getByRole('button', { name: '添加规则（依次匹配）' }).click()
  await page.getByRole('button', { name: /1\. 始终/ }).click()
  await page.getByRole('button', { name: '编辑条件' }).click()
  for (const [index, fact] of ['订单金额（含运费，分）', '商品总件数'].entries()) {
    await page.getByRole('button', { name: '添加条件', exact: true }).click()
    await page.getByRole('combobox', { name: '字段' }).nth(index).click()
    await page
      .getByRole('option', { name: fact })
      .or(page.locator('.ant-select-item').filter({ hasText: fact }))
      .last()
      .click()
    await page
      .getByRole('spinbutton', { name: '值' })
      .nth(index)
      .fill(String(index + 1))
  }
  const says = (text: string) => page.locator('.condition').getByText(text, { exact: true }).waitFor()
  await says('订单金额 等于 ¥0.01 且 商品总件数 等于 2')
  await page.getByTitle('拖动以移动').first().dragTo(page.locator('.rule').last())
  await says('商品总件数 等于 2 且 订单金额 等于 ¥0.01')
  await page.locator('.rule').last().getByRole('button', { name: '上移' }).click()
  await says('订单金额 等于 ¥0.01 且 商品总件数 等于 2')
  expect(complaints).toEqual([])
})
