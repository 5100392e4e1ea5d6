import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { POLICIES } from '../../contracts/policies/index.ts'
import type { Role } from '../../domain/role.ts'
import { chinaTimeOf } from '../../domain/working-time.ts'
import { noteHealthDue } from '../../store/health-due.ts'
import { refreshHealth } from '../../store/health-refresh.ts'
import type { System } from '../../store/identity.ts'
import { createTestApi, type TestApi } from './support.ts'

const DAY_MS = 86_400_000
const NOW = new Date()
/** In China, so that only its last midnight may pass while this runs. */
const DAY = chinaTimeOf(NOW.getTime() - 2 * DAY_MS).day
const { initial } = POLICIES['health-score']

let api: TestApi
beforeAll(async () => {
  api = await createTestApi()
  const countId = uuid()
  await api.rows(
    `insert into stock_count (id, warehouse_id, is_blind, state, counted_at, created_by, submitted_by, decided_by,
       submitted_at, decided_at, line_count, exact_lines, book_units, missing_units, surplus_units, difference_cents)
     values ($1, 'WH-1', true, 'approved', $2, 'a', 'a', 'b', now(), now(), 2, 1, 200, 4, 0, 0)`,
    [countId, `${DAY}T10:00:00+08:00`],
  )
  for (const [skuId, counted] of [
    ['SKU-1', 96],
    ['SKU-2', 100],
  ]) {
    await api.rows(
      `insert into stock_count_line (count_id, sku_id, counted, counted_by, counted_at, book, unit_price_cents)
       values ($1, $2, $3, 'a', now(), 100, 1)`,
      [countId, skuId, counted],
    )
  }
  await noteHealthDue(api.database.db, 'count', [countId])
  const targets = { policyVersion: 0, rows: [{ kind: 'sync' as const, key: '', seconds: 60 }] }
  while (!(await refreshHealth(api.database.db, { now: NOW, targets })).isDone);
})
afterAll(() => api.close())

const get = (url: string, caller: System | Role = 'finance') => api.as(caller, { url })
const read = async (query: string) => (await get(`/v1/health-score?${query}`)).json()
const publish = (document: object) =>
  api.as('ops', { method: 'PUT', url: '/v1/policies/health-score', payload: { document, reason: 'test' } })

test('with too little for a figure nothing is known; the policy says how much is enough', async () => {
  expect(await read(`at=${DAY}T12:00:00Z`)).toMatchObject({
    grain: 'day',
    from: new Date(`${DAY}T00:00:00+08:00`).toISOString(),
    to: new Date(Date.parse(`${DAY}T00:00:00+08:00`) + DAY_MS).toISOString(),
    complete: true,
    score: null,
    knownWeight: 0,
    policyVersion: 0,
  })
  const document = { ...initial, minimumSamples: { ...initial.minimumSamples, stockAccuracy: 2 } }
  expect((await publish(document)).statusCode).toBe(200)
  const score = await read(`at=${DAY}T12:00:00Z`)
  expect(score).toMatchObject({ score: 98, band: 'good', knownWeight: 25, change: null, policyVersion: 1 })
  expect(score.components[1]).toMatchObject({
    component: 'stockAccuracy',
    weight: 25,
    share: 1,
    measured: 200,
    missed: 4,
    outcomes: 2,
    missedOutcomes: 1,
  })
})

test('each number leads to what it is made of', async () => {
  const [, stock] = (await read(`at=${DAY}T12:00:00Z`)).components
  const { items } = (await get(stock.outcomesUrl)).json()
  expect(items).toHaveLength(2)
  expect((await get(`${stock.outcomesUrl}&missed=true`)).json().items).toMatchObject([
    { part: 'SKU-1', warehouseId: 'WH-1', measured: 100, missed: 4, detail: { book: 100, counted: 96 } },
  ])
  expect((await get(items[0].url, 'ops')).statusCode).toBe(200)
  expect((await get(`/v1/health-score/counted-skus?at=${DAY}T12:00:00Z`)).json().items).toMatchObject([
    { skuId: 'SKU-1', missedUnits: 4, accuracy: 0.96 },
    { skuId: 'SKU-2', missedUnits: 0, accuracy: 1 },
  ])
})

test('by warehouse, and over time', async () => {
  expect((await get(`/v1/health-score/by/warehouse?at=${DAY}T12:00:00Z`)).json()).toMatchObject({
    items: [{ key: 'WH-1', score: 98 }],
    dimension: 'warehouse',
  })
  const trend = (await get('/v1/health-score/trend?limit=3')).json()
  expect(trend.items).toMatchObject([
    { complete: false, score: null },
    { complete: true, score: null },
    { score: 98 },
  ])
  const next = (await get(`/v1/health-score/trend?limit=3&cursor=${trend.nextCursor}`)).json()
  expect(next.items[0].to).toBe(trend.items[2].from)
})

test.each([
  '/v1/health-score?grain=year',
  '/v1/health-score?at=yesterday',
  '/v1/health-score?storeid=ST-1',
  '/v1/health-score/trend?limit=63',
  '/v1/health-score/trend?cursor=made-up',
  '/v1/health-score/by/customer',
  '/v1/health-score/components/luck/outcomes',
  '/v1/health-score/counted-skus?sort=best',
])('%s is refused', async (url) => expect((await get(url)).statusCode).toBe(400))

test('weights that do not sum to 100 are refused in both languages, and nothing changes', async () => {
  const answer = await publish({ ...initial, weights: { ...initial.weights, onTimeFulfilment: 20 } })
  expect(answer.json()).toMatchObject({
    status: 400,
    code: 'invalid-request',
    errors: [
      {
        field: 'document.weights',
        message: 'must sum to 100, these sum to 110 (权重之和必须为 100，现为 110)',
      },
    ],
  })
  expect((await get('/v1/policies/health-score')).json()).toMatchObject({ version: 1 })
})

test('a channel and a platform that there are not are refused by their field', async () => {
  for (const change of [
    { shipWithinSeconds: { nowhere: 60 } },
    { syncTargetSeconds: { nowhere: { push: 60 } } },
  ]) {
    const answer = await publish({ ...initial, ...change })
    expect(answer.statusCode).toBe(400)
    expect(JSON.stringify(answer.json().errors)).toContain('nowhere')
  }
})

test('a draft is tried on the days of the past: which would have had another score', async () => {
  const document = {
    ...initial,
    stockAccuracyBy: 'sku',
    minimumSamples: { ...initial.minimumSamples, stockAccuracy: 2 },
  }
  const url = '/v1/policies/health-score/drafts'
  const send = (to: string, payload: object) =>
    api.as('ops', { method: 'POST', url: to, payload, headers: { 'idempotency-key': uuid() } })
  const { version } = (await send(url, { document, reason: 'by SKU' })).json()
  const report = (await send(`${url}/${version}/dry-run`, { days: 7 })).json()
  expect(report).toMatchObject({ subject: 'health-day', examined: 8, changed: 1 })
  expect(report.items).toMatchObject([
    { id: DAY, before: { outcome: { score: 98 } }, after: { outcome: { score: 50, band: 'poor' } } },
  ])
})

test('a target of the policy is what feeds are expected to keep everywhere', async () => {
  await publish({ ...initial, syncTargetSeconds: { jd: { pull: 99 } } })
  await api.rows(
    `insert into shop (id, store_id, platform, platform_shop_id, app_key, gateway_url, key_id, sealed, changed_by)
     values ('shop-jd', 'ST-1', 'jd', 'x', 'app', 'http://x', 'k', '\\x00', 'test')`,
  )
  expect((await get('/v1/shops/shop-jd', 'ops')).json()).toMatchObject({ pull: { lagTargetSeconds: 99 } })
})
