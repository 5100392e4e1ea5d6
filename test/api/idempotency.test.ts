import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { buildServer } from '../../api/server.ts'
import { createApiKey } from '../../store/identity.ts'
import { createTestApi, orderBody, placeOrder, type TestApi } from './support.ts'

let api: TestApi
let key: string
beforeAll(async () => {
  api = await createTestApi()
})
afterAll(() => api.close())
beforeEach(() => {
  key = uuid()
})

/** Statements of this test's database that wait for a lock. */
const waitingForLocks = async () =>
  Number(
    (
      await api.rows(
        "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
      )
    )[0]?.count,
  )
const orderCount = async () => Number((await api.rows('select count(*) from orders'))[0]?.count)
const cancel = (orderId: string, idempotencyKey: string) =>
  api.as('mall', {
    method: 'POST',
    url: `/v1/orders/${orderId}/cancellation`,
    headers: { 'idempotency-key': idempotencyKey },
    payload: { reason: 'changed my mind' },
  })

test('the same key and body gets the first answer, marked as replayed, and one effect', async () => {
  const first = await placeOrder(api, {}, key)
  const orders = await orderCount()
  const second = await placeOrder(api, {}, key)
  expect([second.statusCode, second.json()]).toEqual([201, first.json()])
  expect(first.headers['idempotency-replayed']).toBeUndefined()
  expect(second.headers['idempotency-replayed']).toBe('true')
  expect(await orderCount()).toBe(orders)
})

test('another spelling of the same JSON is the same request', async () => {
  const first = await placeOrder(api, {}, key)
  const second = await api.as('mall', {
    method: 'POST',
    url: '/v1/orders',
    headers: { 'idempotency-key': key, 'content-type': 'application/json' },
    payload: JSON.stringify(Object.fromEntries(Object.entries(orderBody()).reverse()), null, 4),
  })
  expect(second.json()).toEqual(first.json())
})

test('the same key with another body is 422 and has no effect', async () => {
  await placeOrder(api, {}, key)
  const orders = await orderCount()
  const response = await placeOrder(api, { freightCents: 1 }, key)
  expect([response.statusCode, response.json().code]).toEqual([422, 'idempotency-key-reused'])
  expect(await orderCount()).toBe(orders)
})

test('the same key on another path is 422', async () => {
  const { orderId } = (await placeOrder(api, {}, key)).json()
  const response = await cancel(orderId, key)
  expect([response.statusCode, response.json().code]).toEqual([422, 'idempotency-key-reused'])
})

test('a key belongs to its caller: another system’s same key is another operation', async () => {
  const other = await createApiKey(api.database.db, { name: `mall-${key}`, system: 'mall', storeIds: [] })
  const first = await placeOrder(api, {}, key)
  const second = await api.app.inject({
    method: 'POST',
    url: '/v1/orders',
    headers: { authorization: `Bearer ${other.secret}`, 'idempotency-key': key },
    payload: orderBody(),
  })
  expect(second.statusCode).toBe(201)
  expect(second.json().orderId).not.toBe(first.json().orderId)
})

test.each([
  ['no key', {}, 'idempotency-key-required'],
  ['a key with spaces', { 'idempotency-key': 'a b' }, 'invalid-request'],
  ['a key of 129 characters', { 'idempotency-key': 'k'.repeat(129) }, 'invalid-request'],
])('%s is refused', async (_, headers, code) => {
  const response = await api.as('mall', { method: 'POST', url: '/v1/orders', headers, payload: orderBody() })
  expect([response.statusCode, response.json().code]).toEqual([400, code])
})

test('ten at once have exactly one effect; the others are told to wait or get its answer', async () => {
  const orders = await orderCount()
  const responses = await Promise.all(Array.from({ length: 10 }, () => placeOrder(api, {}, key)))
  expect(await orderCount()).toBe(orders + 1)
  for (const response of responses) {
    if (response.statusCode === 409) {
      expect(response.json().code).toBe('request-in-flight')
      expect(response.headers['retry-after']).toBe('1')
    } else expect(response.statusCode).toBe(201)
  }
  const ids = responses
    .filter((response) => response.statusCode === 201)
    .map((response) => response.json().orderId)
  expect(new Set(ids).size).toBe(1)
})

test('a refusal is an answer: it is replayed although stock has come meanwhile, and rolled back', async () => {
  const body = { lines: [{ skuId: 'SKU-2', quantity: 5_000, unitPriceCents: 1 }] }
  const orders = await orderCount()
  const first = await placeOrder(api, body, key)
  expect([first.statusCode, first.json().code]).toEqual([409, 'insufficient-stock'])
  await api.rows("update stock_level set total = total + 10000 where sku_id = 'SKU-2'")
  const second = await placeOrder(api, body, key)
  expect([second.statusCode, second.json()]).toEqual([409, first.json()])
  expect(second.headers['idempotency-replayed']).toBe('true')
  expect(await orderCount()).toBe(orders)
})

test('the marker of a crashed attempt is 409 for 30 seconds and is then taken over', async () => {
  const { orderId } = (await placeOrder(api)).json()
  // A crash in the middle: the command was sent, and its answer never came back.
  let crashed: (() => void) | undefined
  const started = new Promise<void>((resolve) => {
    api.commands.answer = () => {
      resolve()
      return new Promise(() => undefined)
    }
  })
  const lost = Promise.race([cancel(orderId, key), new Promise<void>((resolve) => (crashed = resolve))])
  await started
  crashed?.()
  await lost
  api.commands.answer = async () => ({ accepted: true })
  expect((await cancel(orderId, key)).json().code).toBe('request-in-flight')
  api.clock.advance(29_000)
  expect((await cancel(orderId, key)).json().code).toBe('request-in-flight')
  api.clock.advance(2_000)
  expect((await cancel(orderId, key)).statusCode).toBe(200)
  const requestIds = api.commands.sent
    .filter((command) => command.orderId === orderId)
    .map((command) => command.requestId)
  expect(requestIds).toHaveLength(2)
  expect(new Set(requestIds).size, 'the order recognises the repetition').toBe(1)
})

test('one payment sent to two processes at once is one payment; whoever is second is rolled back and tells the same', async () => {
  const placed = (await placeOrder(api)).json()
  const other = await buildServer(api.deps)
  const blocker = await api.database.db.startTransaction().execute()
  await sql`select 1 from orders where id = ${placed.orderId} for update`.execute(blocker)
  const request = {
    method: 'POST' as const,
    url: `/v1/orders/${placed.orderId}/payments`,
    headers: { authorization: `Bearer ${api.keys.payments}`, 'idempotency-key': key },
    payload: { paymentId: uuid(), amountCents: 1, method: 'wechat', paidAt: new Date().toISOString() },
  }
  const both = [api.app.inject(request), other.inject(request)]
  await expect.poll(waitingForLocks).toBeGreaterThan(1)
  await blocker.commit().execute()
  const responses = await Promise.all(both)
  expect(responses.map((response) => response.statusCode)).toEqual([201, 201])
  expect(responses[0]?.json()).toEqual(responses[1]?.json())
  const payments = await api.rows('select id from payment where order_id = $1', [placed.orderId])
  expect(payments).toHaveLength(1)
  await other.close()
})

test('a process that dies in the middle leaves no marker: the repetition is carried out at once', async () => {
  const placed = (await placeOrder(api)).json()
  const pay = (server: typeof api.app) =>
    server.inject({
      method: 'POST',
      url: `/v1/orders/${placed.orderId}/payments`,
      headers: { authorization: `Bearer ${api.keys.payments}`, 'idempotency-key': key },
      payload: { paymentId: `pay-${key}`, amountCents: 1, method: 'wechat', paidAt: '2026-01-01T00:00:00Z' },
    })
  const blocker = await api.database.db.startTransaction().execute()
  await sql`select 1 from orders where id = ${placed.orderId} for update`.execute(blocker)
  const lost = pay(api.app)
  await expect.poll(waitingForLocks).toBeGreaterThan(0)
  await api.rows(`select pg_terminate_backend(pid) from pg_stat_activity
    where wait_event_type = 'Lock' and datname = current_database()`)
  expect((await lost).statusCode).toBe(503)
  await blocker.commit().execute()
  const other = await buildServer(api.deps)
  expect((await pay(other)).statusCode).toBe(201)
  await other.close()
})

test('one checkout sent to two processes at once is one order, and both tell of it', async () => {
  const orders = await orderCount()
  const other = await buildServer(api.deps)
  const blocker = await api.database.db.startTransaction().execute()
  await sql`select 1 from stock_level where sku_id = 'SKU-1' for update`.execute(blocker)
  const request = {
    method: 'POST' as const,
    url: '/v1/orders',
    headers: { authorization: `Bearer ${api.keys.mall}`, 'idempotency-key': key },
    payload: orderBody(),
  }
  const both = [api.app.inject(request), other.inject(request)]
  await expect.poll(waitingForLocks).toBeGreaterThan(1)
  await blocker.commit().execute()
  const responses = await Promise.all(both)
  expect(responses.map((response) => response.statusCode)).toEqual([201, 201])
  expect(new Set(responses.map((response) => response.json().orderId)).size).toBe(1)
  expect(await orderCount()).toBe(orders + 1)
  await other.close()
})

test('a failure on our side gives the key back, so that the retry is carried out', async () => {
  const { orderId } = (await placeOrder(api)).json()
  api.commands.answer = async () => {
    throw new Error('connection broke')
  }
  const failed = await cancel(orderId, key)
  expect([failed.statusCode, failed.json().detail]).toEqual([500, 'Something went wrong on our side'])
  api.commands.answer = async () => ({ accepted: true })
  expect((await cancel(orderId, key)).statusCode).toBe(200)
})

test('a command’s refusal keeps its code and is replayed', async () => {
  const { orderId } = (await placeOrder(api)).json()
  api.commands.answer = async () => ({
    accepted: false,
    code: 'order-already-shipped',
    detail: 'it left at noon',
  })
  const first = await cancel(orderId, key)
  expect([first.statusCode, first.json().code, first.json().detail]).toEqual([
    409,
    'order-already-shipped',
    'it left at noon',
  ])
  api.commands.answer = async () => ({ accepted: true })
  expect((await cancel(orderId, key)).json()).toEqual(first.json())
})
