import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { promotionView } from '../../contracts/promotions.ts'
import { advancePromotion } from '../../store/promotions.ts'
import { createTestApi, type TestApi } from './support.ts'

let api: TestApi
beforeAll(async () => {
  api = await createTestApi()
})
afterAll(() => api.close())

const HOUR_MS = 3_600_000
const body = (changes: Record<string, unknown> = {}) => ({
  name: '双十一',
  startsAt: new Date(Date.now() - 1_000).toISOString(),
  endsAt: new Date(Date.now() + HOUR_MS).toISOString(),
  quotas: [{ skuId: 'SKU-1', channel: 'mall', quantity: 5 }],
  ...changes,
})
const post = (url: string, payload: object, key: string = uuid()) =>
  api.as('ops', { method: 'POST', url, headers: { 'idempotency-key': key }, payload })
const plan = (changes: Record<string, unknown> = {}, key?: string) =>
  post('/v1/promotions', body(changes), key)
const get = (url: string) => api.as('ops', { url })

/** A promotion that runs, as its workflow would have started it. */
async function run(): Promise<string> {
  const { promotionId } = promotionView.parse((await plan()).json())
  expect(await advancePromotion(api.database.db, promotionId)).toMatchObject({ state: 'running' })
  return promotionId
}

test('planned, running, moved and cancelled, with its quotas shown at each step', async () => {
  const key = uuid()
  const payload = body()
  const planned = await post('/v1/promotions', payload, key)
  expect(planned.statusCode).toBe(201)
  const { promotionId } = promotionView.parse(planned.json())
  expect((await post('/v1/promotions', payload, key)).json()).toEqual(planned.json())
  expect(planned.json()).toMatchObject({ state: 'scheduled', createdBy: 'ops:ops-test', policyVersion: 0 })

  await advancePromotion(api.database.db, promotionId)
  const moved = await post(`/v1/promotions/${promotionId}/moves`, {
    skuId: 'SKU-1',
    fromChannel: 'mall',
    toChannel: 'jd',
    quantity: 2,
    reason: 'jd sells better',
  })
  expect(moved.statusCode).toBe(200)
  const quotas = [
    { skuId: 'SKU-1', channel: 'jd', promised: 2, drawn: 0, returned: 0, remaining: 2 },
    { skuId: 'SKU-1', channel: 'mall', promised: 3, drawn: 0, returned: 0, remaining: 3 },
  ]
  expect(moved.json()).toMatchObject({ state: 'running', quotas })
  expect((await get(`/v1/promotions/${promotionId}`)).json()).toEqual(moved.json())
  expect((await get('/v1/promotions?state=running&channel=jd')).json().items).toMatchObject([
    { promotionId, total: { promised: 5, remaining: 5 } },
  ])

  const cancelled = await post(`/v1/promotions/${promotionId}/cancellation`, { reason: 'wrong price' })
  expect(cancelled.statusCode).toBe(200)
  expect(cancelled.json()).toMatchObject({
    state: 'cancelled',
    closeReason: 'wrong price',
    total: { promised: 5, returned: 5, remaining: 0 },
  })
  const again = await post(`/v1/promotions/${promotionId}/early-end`, { reason: 'again' })
  expect(again.json()).toMatchObject({ status: 409, code: 'promotion-closed' })
})

test.each([
  ['that ends before it begins', { endsAt: new Date(Date.now() - HOUR_MS).toISOString() }, 'endsAt'],
  ['without quotas', { quotas: [] }, 'quotas'],
  [
    'that names a SKU and channel twice',
    { quotas: [1, 2].map((quantity) => ({ skuId: 'SKU-1', channel: 'mall', quantity })) },
    'quotas',
  ],
  ['for no units', { quotas: [{ skuId: 'SKU-1', channel: 'mall', quantity: 0 }] }, 'quotas.0.quantity'],
  ['for half a unit', { quotas: [{ skuId: 'SKU-1', channel: 'mall', quantity: 1.5 }] }, 'quotas.0.quantity'],
  [
    'on an unknown channel',
    { quotas: [{ skuId: 'SKU-1', channel: 'seventh', quantity: 1 }] },
    'quotas.0.channel',
  ],
])('a promotion %s is refused and named field by field', async (_what, changes, field) => {
  const response = await plan(changes)
  expect(response.statusCode).toBe(400)
  expect(response.json().errors.map((error: { field: string }) => error.field)).toContain(field)
})

test('a promotion that asks for more than there is gets a 409 with the shortage, and nothing is written', async () => {
  const before = await api.rows('select count(*)::int as count from promotion')
  const response = await plan({ quotas: [{ skuId: 'SKU-2', channel: 'mall', quantity: 101 }] })
  expect(response.json()).toMatchObject({
    status: 409,
    code: 'insufficient-stock',
    shortages: [{ skuId: 'SKU-2', requested: 101, available: 100 }],
  })
  expect(await api.rows('select count(*)::int as count from promotion')).toEqual(before)
})

test('longer than the policy allows: 422; an unknown SKU: 422 with its place', async () => {
  const endsAt = new Date(Date.now() + 40 * 24 * HOUR_MS).toISOString()
  expect((await plan({ endsAt })).json()).toMatchObject({ status: 422, code: 'promotion-not-allowed' })
  const unknown = await plan({ quotas: [{ skuId: 'NONE', channel: 'mall', quantity: 1 }] })
  expect(unknown.json()).toMatchObject({
    status: 422,
    code: 'unknown-sku',
    errors: [{ field: 'quotas.0.skuId' }],
  })
})

test('moving to the same channel, more than is left, or on an unknown promotion is refused', async () => {
  const promotionId = await run()
  const move = (changes: object, id = promotionId) =>
    post(`/v1/promotions/${id}/moves`, {
      skuId: 'SKU-1',
      fromChannel: 'mall',
      toChannel: 'jd',
      quantity: 1,
      reason: 'test',
      ...changes,
    })
  expect((await move({ toChannel: 'mall' })).statusCode).toBe(400)
  expect((await move({ quantity: 6 })).json()).toMatchObject({ code: 'quota-too-small', remaining: 5 })
  expect((await move({ skuId: 'SKU-2' })).json()).toMatchObject({ code: 'quota-too-small', remaining: 0 })
  expect((await move({}, uuid())).statusCode).toBe(404)
  expect((await get(`/v1/promotions/${uuid()}`)).statusCode).toBe(404)
  expect((await post(`/v1/promotions/${uuid()}/cancellation`, { reason: 'x' })).statusCode).toBe(404)
})
