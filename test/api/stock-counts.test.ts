import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApi, type TestApi } from './support.ts'

let api: TestApi
beforeAll(async () => {
  api = await createTestApi()
})
afterAll(() => api.close())

const post = (url: string, payload: object, as: 'ops' | 'warehouse' | 'finance' = 'warehouse') =>
  api.as(as, { method: 'POST', url, payload, headers: { 'idempotency-key': uuid() } })
const get = (url: string) => api.as('ops', { method: 'GET', url })
const line = (skuId: string, quantityCounted: number) => ({ skuId, quantityCounted })

test('a count goes from the shelves to the books: entered by CSV, compared, approved by somebody else', async () => {
  const draft = (await post('/v1/stock/counts', { warehouseId: 'WH-1' })).json()
  expect(draft).toMatchObject({ state: 'draft', blind: true, result: null })
  const url = `/v1/stock/counts/${draft.countId}`
  const imported = await api.as('warehouse', {
    method: 'POST',
    url: `${url}/lines/import`,
    payload: 'skuId,quantityCounted\nSKU-1,97\nSKU-2,100\n',
    headers: { 'content-type': 'text/csv', 'idempotency-key': uuid() },
  })
  expect(imported.statusCode, imported.body).toBe(200)
  const submitted = (await post(`${url}/submission`, {})).json()
  expect(submitted).toMatchObject({
    state: 'submitted',
    result: {
      lines: 2,
      exactLines: 1,
      bookUnits: 200,
      missingUnits: 3,
      surplusUnits: 0,
      differencePercent: -1.5,
    },
  })
  const different = (await get(`${url}/lines?different=true`)).json()
  expect(different.items).toMatchObject([{ skuId: 'SKU-1', difference: -3, differencePercent: -3 }])
  expect((await post(`${url}/decisions`, { decision: 'approve', reason: 'ok' })).statusCode).toBe(403)
  const key = { 'idempotency-key': uuid() }
  const decide = () =>
    api.as('finance', {
      method: 'POST',
      url: `${url}/decisions`,
      payload: { decision: 'approve', reason: 'ok' },
      headers: key,
    })
  expect((await decide()).json()).toMatchObject({ state: 'approved', recountId: null })
  expect((await decide()).json()).toMatchObject({ state: 'approved' })
  expect((await get('/v1/stock?skuId=SKU-1')).json().items).toMatchObject([{ total: 97 }])
  const report = await get('/v1/reports/stock-accuracy?from=2020-01-01T00:00:00Z&to=2020-06-01T00:00:00Z')
  expect(report.json()).toMatchObject({ counts: 0, lineAccuracy: null, warehouses: [] })
  const to = new Date(Date.now() + 60_000).toISOString()
  const now = await get(
    `/v1/reports/stock-accuracy?from=${new Date(Date.now() - 60_000).toISOString()}&to=${to}`,
  )
  expect(now.json()).toMatchObject({
    counts: 1,
    lineAccuracy: 0.5,
    unitAccuracy: 0.985,
    warehouses: [{ warehouseId: 'WH-1' }],
  })
})

const tomorrow = () => new Date(Date.now() + 86_400_000).toISOString()
test.each([
  ['an unknown SKU', () => ({ lines: [line('SKU-1', 1), line('SKU-9', 1)] }), 'unknown-sku', 'lines.1.skuId'],
  [
    'a SKU twice',
    () => ({ lines: [line('SKU-1', 1), line('SKU-1', 2)] }),
    'invalid-request',
    'lines.1.skuId',
  ],
  [
    'a negative quantity',
    () => ({ lines: [line('SKU-1', -1)] }),
    'invalid-request',
    'lines.0.quantityCounted',
  ],
  ['a billion units', () => ({ lines: [line('SKU-1', 1e9)] }), 'invalid-request', 'lines.0.quantityCounted'],
  ['half a unit', () => ({ lines: [line('SKU-1', 0.5)] }), 'invalid-request', 'lines.0.quantityCounted'],
  ['a warehouse that is not there', () => ({ warehouseId: 'WH-9' }), 'unknown-warehouse', 'warehouseId'],
  ['a count of tomorrow', () => ({ countedAt: tomorrow() }), 'invalid-request', 'countedAt'],
  ['a count of last year', () => ({ countedAt: '2025-01-01T00:00:00Z' }), 'invalid-request', 'countedAt'],
] as const)('%s is refused by name, and nothing is written', async (_, change, code, field) => {
  const before = await api.rows('select count(*) from stock_count')
  const response = await post('/v1/stock/counts', {
    warehouseId: 'WH-1',
    lines: [line('SKU-1', 1)],
    ...change(),
  })
  expect(response.statusCode).toBeGreaterThanOrEqual(400)
  expect(response.json()).toMatchObject({ code, errors: [{ field: expect.stringContaining(field) }] })
  expect(await api.rows('select count(*) from stock_count')).toEqual(before)
})

test('a faulty CSV is refused with the lines to mend, and nothing of it is entered', async () => {
  const { countId } = (await post('/v1/stock/counts', { warehouseId: 'WH-1' })).json()
  const response = await api.as('warehouse', {
    method: 'POST',
    url: `/v1/stock/counts/${countId}/lines/import`,
    payload: 'skuId,quantityCounted\nSKU-1,5\nSKU-2,many\nSKU-1,6\n',
    headers: { 'content-type': 'text/csv', 'idempotency-key': uuid() },
  })
  expect(response.json()).toMatchObject({
    code: 'invalid-request',
    report: { errors: [{ line: 3 }, { line: 4 }] },
  })
  expect((await get(`/v1/stock/counts/${countId}/lines`)).json().items).toEqual([])
  const empty = await post(`/v1/stock/counts/${countId}/submission`, {})
  expect(empty.json()).toMatchObject({ code: 'count-incomplete' })
})
