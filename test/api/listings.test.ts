import type { InjectOptions } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { INITIAL_SAFETY_STOCK_POLICY } from '../../domain/safety-stock.ts'
import { createApiKey } from '../../store/identity.ts'
import { planDueListings } from '../../store/listing-plan.ts'
import { createTestApi, type TestApi } from './support.ts'

let api: TestApi
beforeAll(async () => {
  api = await createTestApi()
})
afterAll(() => api.close())

const call = async (method: 'GET' | 'PUT' | 'DELETE' | 'POST', path: string, payload?: object) => {
  const response = await api.as('mall', {
    method,
    url: `/v1/listings${path}`,
    ...(payload === undefined ? {} : { payload }),
  })
  return { status: response.statusCode, body: response.json() }
}
const plan = () =>
  planDueListings(
    api.database.db,
    { policy: { version: 0, document: INITIAL_SAFETY_STOCK_POLICY }, connectedChannels: ['mall'] },
    50,
  )
const importCsv = (csv: string, query = '', as: 'ops' | 'mall' = 'ops') =>
  api.as(as, {
    method: 'POST',
    url: `/v1/listings/import${query}`,
    headers: { 'content-type': 'text/csv' },
    payload: csv,
  } satisfies InjectOptions)

test('a listing is put, decided, confirmed, sent again, removed and put again, and says so at every step', async () => {
  expect(await call('PUT', '/ST-1/SKU-1')).toMatchObject({
    status: 200,
    body: { state: 'new', version: 0, channel: 'mall', confirmed: null, stale: true },
  })
  await plan()
  expect(await call('GET', '/ST-1/SKU-1')).toMatchObject({
    body: {
      state: 'listed',
      reason: 'published',
      version: 1,
      quantity: 100,
      sentVersion: 1,
      mayShow: 100,
      deliveries: [{ version: 1, quantity: 100, state: 'pending', attempts: 0 }],
    },
  })
  const at = '2026-03-01T08:00:00.000Z'
  expect(await call('POST', '/ST-1/SKU-1/confirmations', { version: 1, quantity: 100, at })).toMatchObject({
    status: 200,
    body: { applied: true, listing: { stale: false, confirmed: { version: 1, quantity: 100, at } } },
  })
  await call('POST', '/ST-1/SKU-1/resend')
  await plan()
  expect(await call('POST', '/ST-1/SKU-1/confirmations', { version: 1, quantity: 0, at })).toMatchObject({
    body: { applied: false, listing: { version: 2, stale: true, confirmed: { quantity: 100 } } },
  })
  expect(await call('DELETE', '/ST-1/SKU-1')).toMatchObject({ status: 200, body: { state: 'removed' } })
  await plan()
  expect(await call('GET', '/ST-1/SKU-1')).toMatchObject({ body: { quantity: 0, reason: 'inactive' } })
  expect(await call('PUT', '/ST-1/SKU-1')).toMatchObject({ body: { state: 'delisted' } })
})

test('unknown stores, SKUs and listings, and confirmations of what was never decided, are refused by name', async () => {
  expect(await call('PUT', '/ST-9/SKU-1')).toMatchObject({ status: 422, body: { code: 'unknown-store' } })
  expect(await call('PUT', '/ST-1/SKU-9')).toMatchObject({ status: 422, body: { code: 'unknown-sku' } })
  for (const [method, path] of [
    ['GET', '/ST-2/SKU-2'],
    ['DELETE', '/ST-2/SKU-2'],
    ['POST', '/ST-2/SKU-2/resend'],
  ] as const) {
    expect(await call(method, path)).toMatchObject({ status: 404, body: { code: 'not-found' } })
  }
  await call('PUT', '/ST-2/SKU-1')
  const at = new Date().toISOString()
  for (const body of [
    { version: 7, quantity: 1, at },
    { version: 0, quantity: 1, at },
    { version: 1, quantity: -1, at },
    { version: 1, quantity: 1, at: 'now' },
  ]) {
    expect(await call('POST', '/ST-2/SKU-1/confirmations', body)).toMatchObject({ status: 400 })
  }
})

test('an import lists all of a file or nothing, and a dry run says what it would do', async () => {
  const csv = 'storeId,skuId\nST-1,SKU-2\nST-2,SKU-2\n'
  expect((await importCsv(csv, '?dryRun=true')).json()).toMatchObject({
    dryRun: true,
    created: 2,
    errors: [],
  })
  const wrong = await importCsv(`${csv}ST-9,SKU-2\nST-1,SKU-2\n`)
  expect(wrong.statusCode).toBe(400)
  expect(wrong.json().report.errors).toMatchObject([
    { line: 5, message: 'SKU-2 in ST-1 is already in line 2' },
    { line: 4, field: 'storeId' },
  ])
  expect((await importCsv(csv)).json()).toMatchObject({ created: 2, unchanged: 0 })
  expect((await importCsv(csv)).json()).toMatchObject({ created: 0, unchanged: 2 })
})

test('a list is filtered and paged in every order, and shows a caller their own stores only', async () => {
  const all = async (query: string) => {
    const items: { storeId: string; skuId: string }[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const page: Awaited<ReturnType<typeof call>> = await call(
        'GET',
        `?limit=1${query}${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
      )
      expect(page.status).toBe(200)
      items.push(...page.body.items)
      cursor = page.body.nextCursor
    }
    return items.map((item) => `${item.storeId} ${item.skuId}`)
  }
  await plan()
  const four = ['ST-1 SKU-1', 'ST-1 SKU-2', 'ST-2 SKU-1', 'ST-2 SKU-2']
  expect(await all('')).toEqual(four)
  expect(await all('&sort=sku')).toEqual(['ST-1 SKU-1', 'ST-2 SKU-1', 'ST-1 SKU-2', 'ST-2 SKU-2'])
  expect((await all('&sort=newest')).sort()).toEqual(four)
  expect(await all('&storeId=ST-2')).toEqual(['ST-2 SKU-1', 'ST-2 SKU-2'])
  expect(await all('&skuId=SKU-2&state=listed&stale=true')).toEqual(['ST-1 SKU-2', 'ST-2 SKU-2'])
  expect(await all('&stale=false')).toEqual([])
  expect(await call('GET', '?stale=perhaps')).toMatchObject({ status: 400 })

  const manager = await api.as('store_manager', { method: 'GET', url: '/v1/listings' })
  expect(manager.json().items.every((item: { storeId: string }) => item.storeId === 'ST-1')).toBe(true)
  const { secret } = await createApiKey(api.database.db, { name: 'two', system: 'mall', storeIds: ['ST-2'] })
  const headers = { authorization: `Bearer ${secret}` }
  const foreign = await api.app.inject({ url: '/v1/listings/ST-1/SKU-1', headers })
  expect(foreign.statusCode).toBe(404)
  const put = await api.app.inject({ method: 'PUT', url: '/v1/listings/ST-1/SKU-1', headers })
  expect(put.json()).toMatchObject({ code: 'unknown-store' })
})
