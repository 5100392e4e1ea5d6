import pg from 'pg'
import type { Page } from 'playwright-core'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { refreshChangeStatistics } from '../../store/change-statistics.ts'
import { createDatabase } from '../../store/database.ts'
import { ask, askForDiscount, barriers, DATABASE_URL, placeOrder, useBrowser } from './support.ts'

const browser = useBrowser()
// What a night's comparison and an hour's look at changes would find.
const rows = new pg.Client({ connectionString: DATABASE_URL })
beforeAll(() => rows.connect())
afterAll(() => rows.end())

/** A payment of which finance knows five yuan less. */
async function difference(): Promise<string> {
  const { orderId } = await placeOrder()
  const [runId, differenceId, key] = [uuid(), uuid(), `PAY-${orderId}`]
  await rows.query(
    `insert into reconciliation_run (id, counterpart, from_day, to_day, origin, requested_by, state, finished_at)
    values ($1, 'finance', current_date, current_date, 'person', 'finance', 'done', now())`,
    [runId],
  )
  const line = (value: number) => JSON.stringify({ ref: key, key, value, status: null, at: new Date() })
  await rows.query(
    `insert into reconciliation_difference (id, counterpart, subject, kind, facets, line_kind, hub, there, value_difference,
      at_stake_cents, order_id, store_id, occurred_on, fingerprint, first_run_id, last_run_id)
    values ($1, 'finance', $2, 'amount', '{amount}', 'payment', $3, $4, -500, 500, $5, 'ST-MALL-EAST', current_date,
      sha256($6::bytea), $7, $7)`,
    [differenceId, `payment/${key}`, line(19_900), line(19_400), orderId, Buffer.from(key), runId],
  )
  return differenceId
}

test('a difference shows both sides and is settled with a reason, by one of two people', async () => {
  const differenceId = await difference()
  const { page, complaints } = await browser.open({ as: 'finance' })
  const { page: second } = await browser.open({ as: 'admin' })
  for (const each of [page, second]) {
    await each.goto(`/reports/reconciliation/${differenceId}`)
    await each.getByRole('button', { name: '提交处理' }).waitFor()
  }
  const sides = page.getByRole('region', { name: '两边数据' })
  expect(await sides.getByRole('row', { name: '数值' }).locator('td').allInnerTexts()).toEqual([
    '¥199.00',
    '¥194.00',
  ])
  expect(await barriers(page)).toEqual([])

  await page.getByRole('button', { name: '提交处理' }).click()
  await page.getByText('请填写处理说明').waitFor()
  await page.getByLabel('处理说明').fill('平台手续费，已核对账单')
  await page.getByRole('button', { name: '提交处理' }).click()
  await page.getByRole('region', { name: '处理记录' }).getByText('平台手续费，已核对账单').waitFor()
  expect(await page.getByRole('button', { name: '提交处理' }).count()).toBe(0)
  expect(await ask(page, 'GET', `/v1/reconciliation-differences/${differenceId}`)).toMatchObject({
    state: 'accepted',
    moves: [{ from: 'open', to: 'accepted', operator: 'finance' }],
  })

  await second.getByText('已修正', { exact: true }).click()
  await second.getByLabel('处理说明').fill('已在财务系统改正')
  await second.getByRole('button', { name: '提交处理' }).click()
  await second.getByRole('alert').getByText('差异已变化或已处理').waitFor()
  expect(complaints).toEqual([])
})

/** Requests of one person that came oddly often. */
async function anomaly(clerk: Page, people: string[]): Promise<{ anomalyId: string; changeNumber: string }> {
  const { changeId, changeNumber } = await askForDiscount(clerk)
  const [applicant = ''] = people
  const evidence = { changeIds: [changeId], people, measured: 12, limit: 10, unit: 'requests', days: 7 }
  const { rows: found } = await rows.query<{ id: string }>(
    `insert into change_anomaly (key, kind, subject_kind, subject_id, change_id, store_id, score, evidence, people, policy_version)
    values ($1, 'frequent_person', 'person', $2, $3, 'ST-MALL-EAST', 60, $4, $5, 0) returning id`,
    [`frequent_person/${changeId}`, applicant, changeId, JSON.stringify(evidence), people],
  )
  return { anomalyId: found[0]?.id ?? '', changeNumber }
}

test('an anomaly shows what it was found by, and is judged with a reason, step by step', async () => {
  const { page: clerk } = await browser.open({ as: 'clerk' })
  const { anomalyId, changeNumber } = await anomaly(clerk, ['clerk'])
  const { page, complaints } = await browser.open({ as: 'finance' })
  await page.goto('/reports/anomalies?state=new')
  await page.getByRole('link', { name: 'clerk 在 7 天内提交 12 次改单（阈值 10 次）' }).first().waitFor()
  await page.goto(`/reports/anomalies/${anomalyId}`)
  await page.getByRole('link', { name: changeNumber }).waitFor()
  expect(await barriers(page)).toEqual([])

  const verdict = page.getByRole('region', { name: '判定' })
  await verdict.getByText('核查中', { exact: true }).click()
  await verdict.getByRole('button', { name: '提交判定' }).click()
  await verdict.getByText('请填写判定说明').waitFor()
  await verdict.getByLabel('判定说明').fill('请门店说明原因')
  await verdict.getByRole('button', { name: '提交判定' }).click()
  const moves = page.getByRole('region', { name: '处理记录' })
  await moves.getByText('请门店说明原因').waitFor()
  // Looked into once, it is not to be looked into again.
  expect(await verdict.getByText('核查中', { exact: true }).count()).toBe(0)
  await verdict.getByText('已排除', { exact: true }).click()
  await verdict.getByLabel('判定说明').fill('大促期间集中处理')
  await verdict.getByRole('button', { name: '提交判定' }).click()
  await moves.getByText('大促期间集中处理').waitFor()
  expect(await ask(page, 'GET', `/v1/change-anomalies/${anomalyId}`)).toMatchObject({
    state: 'dismissed',
    moves: [{ to: 'checked' }, { to: 'dismissed' }],
  })
  expect(complaints).toEqual([])
})

test('nobody judges what names them, and is told so with what they wrote still there', async () => {
  const { page: clerk } = await browser.open({ as: 'clerk' })
  const { anomalyId } = await anomaly(clerk, ['finance'])
  const { page } = await browser.open({ as: 'finance' })
  await page.goto(`/reports/anomalies/${anomalyId}`)
  await page.getByLabel('判定说明').fill('没有问题')
  await page.getByRole('button', { name: '提交判定' }).click()
  await page.getByRole('alert').getByText('不能处理涉及本人的异常').waitFor()
  expect(await page.getByLabel('判定说明').inputValue()).toBe('没有问题')
})

test('a month’s changes are narrowed by store, applicant and type, and a row leads to the requests that it counts', async () => {
  const { page: clerk } = await browser.open({ as: 'clerk' })
  await askForDiscount(clerk)
  const db = createDatabase(DATABASE_URL, 1)
  await refreshChangeStatistics(db, new Date()).finally(() => db.destroy())
  const { page, complaints } = await browser.open({ as: 'finance' })
  await page.goto('/reports/changes')
  await page.getByRole('combobox', { name: '门店' }).click()
  await page.getByTitle('官方商城 华东店').click()
  await page.getByPlaceholder('申请人').fill('clerk')
  await page.getByPlaceholder('申请人').press('Enter')
  await page.getByRole('combobox', { name: '类型' }).click()
  await page.getByTitle('改价', { exact: true }).click()
  await expect
    .poll(() => Object.fromEntries(new URL(page.url()).searchParams))
    .toMatchObject({ storeId: 'ST-MALL-EAST', applicant: 'clerk', type: 'price' })
  await page.getByRole('region', { name: '改单月报' }).getByRole('link', { name: '官方商城 华东店' }).click()
  await page.getByRole('heading', { level: 1, name: '改单记录' }).waitFor()
  const behind = Object.fromEntries(new URL(page.url()).searchParams)
  expect(behind).toMatchObject({ storeId: 'ST-MALL-EAST', applicant: 'clerk', type: 'price' })
  await page.locator('tr.row-opens').first().waitFor()
  const types = await page.locator('tr.row-opens td:nth-child(3)').allInnerTexts()
  expect(new Set(types)).toEqual(new Set(['改价']))
  expect(complaints).toEqual([])
})
