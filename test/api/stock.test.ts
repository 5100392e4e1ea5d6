import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApi, placeOrder, type TestApi } from './support.ts'

let api: TestApi
beforeAll(async () => {
  api = await createTestApi()
})
afterAll(() => api.close())

const adjust = (changes: Record<string, unknown>, key: string = uuid()) =>
  api.as('ops', {
    method: 'POST',
    url: '/v1/stock/adjustments',
    headers: { 'idempotency-key': key },
    payload: { skuId: 'SKU-1', warehouseId: 'WH-1', quantityDelta: 1, reason: '到货', ...changes },
  })
const newSku = async () => {
  const id = `SKU-${uuid().slice(-12)}`
  const payload = { id, name: id, category: '日用', standardPriceCents: 1, weightGrams: 1 }
  await api.as('ops', { method: 'POST', url: '/v1/skus', payload })
  return id
}

test('a receipt creates the level, counts it and writes the ledger, once per key', async () => {
  const skuId = await newSku()
  const key = uuid()
  const first = await adjust({ skuId, quantityDelta: 40, safetyStock: 5 }, key)
  expect(first.statusCode).toBe(201)
  expect(first.json()).toMatchObject({ total: 40, available: 40, safetyStock: 5, shortfall: 0 })
  expect((await adjust({ skuId, quantityDelta: 40, safetyStock: 5 }, key)).json()).toEqual(first.json())
  expect(
    await api.rows('select kind, total_delta, operator from stock_ledger where sku_id = $1', [skuId]),
  ).toEqual([{ kind: 'receive', total_delta: 40, operator: 'ops:ops-test' }])
})

test('more cannot be gone than was there', async () => {
  const skuId = await newSku()
  await adjust({ skuId, quantityDelta: 10 })
  const response = await adjust({ skuId, quantityDelta: -11 })
  expect([response.statusCode, response.json().code]).toEqual([409, 'stock-below-zero'])
  expect(response.json().errors[0].field).toBe('quantityDelta')
  expect(await api.rows('select total from stock_level where sku_id = $1', [skuId])).toEqual([{ total: 10 }])
})

test('a loss of promised units raises the shortfall and a work item; a receipt lowers it', async () => {
  const skuId = await newSku()
  await adjust({ skuId, quantityDelta: 10 })
  const placed = await placeOrder(api, { lines: [{ skuId, quantity: 8, unitPriceCents: 1 }] })
  expect(placed.statusCode).toBe(201)
  const lost = await adjust({ skuId, quantityDelta: -6, reason: '盘亏' })
  expect(lost.json()).toMatchObject({ total: 4, reserved: 8, available: 0, shortfall: 4 })
  const items = (await api.as('ops', { url: '/v1/work-items?kind=stock_shortfall' })).json().items
  expect(items).toMatchObject([{ key: `${skuId}/WH-1`, detail: { skuId, shortfall: 4 } }])
  expect((await adjust({ skuId, quantityDelta: 3 })).json()).toMatchObject({ shortfall: 1, available: 0 })
  expect((await adjust({ skuId, quantityDelta: 3 })).json()).toMatchObject({ shortfall: 0, available: 2 })
})

test.each([
  [{ skuId: 'NONE' }, 422, 'unknown-sku', 'skuId'],
  [{ warehouseId: 'NONE' }, 422, 'unknown-warehouse', 'warehouseId'],
  [{ quantityDelta: 0 }, 400, 'invalid-request', 'quantityDelta'],
  [{ quantityDelta: 1.5 }, 400, 'invalid-request', 'quantityDelta'],
  [{ quantityDelta: 1e9 }, 400, 'invalid-request', 'quantityDelta'],
  [{ safetyStock: -1 }, 400, 'invalid-request', 'safetyStock'],
  [{ reason: '' }, 400, 'invalid-request', 'reason'],
])('an adjustment with %j is refused by field', async (changes, status, code, field) => {
  const response = await adjust(changes)
  expect([response.statusCode, response.json().code, response.json().errors[0].field]).toEqual([
    status,
    code,
    field,
  ])
})

test('adjustments and checkouts at once never lose a unit', async () => {
  const skuId = await newSku()
  await adjust({ skuId, quantityDelta: 50 })
  const answers = await Promise.all(
    Array.from({ length: 30 }, (_, index) =>
      index % 3 === 0
        ? adjust({ skuId, quantityDelta: index % 2 === 0 ? 2 : -1 })
        : placeOrder(api, { lines: [{ skuId, quantity: 2, unitPriceCents: 1 }] }),
    ),
  )
  expect(answers.map((answer) => answer.statusCode).filter((status) => status !== 201)).toEqual([])
  const [level] = await api.rows('select total, reserved from stock_level where sku_id = $1', [skuId])
  const [held] = await api.rows(
    "select sum(quantity)::int as held from reservation where sku_id = $1 and state = 'held'",
    [skuId],
  )
  const [ledger] = await api.rows(
    'select sum(total_delta)::int as total, sum(reserved_delta)::int as reserved from stock_ledger where sku_id = $1',
    [skuId],
  )
  expect(level).toEqual({ total: 55, reserved: 40 })
  expect(held).toEqual({ held: 40 })
  expect(ledger).toEqual(level)
})

test('a CSV with one faulty line adjusts nothing, and names the line', async () => {
  const skuId = await newSku()
  const csv = `skuId,warehouseId,quantity\n${skuId},WH-1,5\nNONE,WH-1,5\n`
  const url = '/v1/stock/adjustments/import'
  const headers = { 'content-type': 'text/csv', 'idempotency-key': uuid() }
  const refused = await api.as('ops', { method: 'POST', url, headers, payload: csv })
  expect(refused.statusCode).toBe(400)
  expect(refused.json().report.errors).toMatchObject([{ line: 3, field: 'skuId' }])
  expect(await api.rows('select * from stock_level where sku_id = $1', [skuId])).toEqual([])
  const dry = await api.as('ops', {
    method: 'POST',
    url: `${url}?dryRun=true`,
    headers,
    payload: csv.replace('NONE', 'SKU-1'),
  })
  expect(dry.json()).toMatchObject({ created: 1, changed: 1, errors: [] })
  expect(await api.rows('select * from stock_level where sku_id = $1', [skuId])).toEqual([])
})

test.each(['sku', 'available'])('the list sorted by %s shows every level once', async (sort) => {
  const seen: string[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const url: string = `/v1/stock?limit=2&sort=${sort}${cursor && `&cursor=${cursor}`}`
    const page = (await api.as('clerk', { url })).json()
    seen.push(...page.items.map((item: { skuId: string }) => item.skuId))
    cursor = page.nextCursor
  }
  const order = sort === 'sku' ? 'sku_id' : 'total - shipped - reserved, sku_id'
  expect(seen).toEqual(
    (await api.rows(`select sku_id from stock_level order by ${order}`)).map((row) => row.sku_id),
  )
})

test('what is at or below its safety stock can be asked for', async () => {
  const skuId = await newSku()
  await adjust({ skuId, quantityDelta: 5, safetyStock: 5 })
  const low = (await api.as('ops', { url: `/v1/stock?atOrBelowSafety=true&skuId=${skuId}` })).json()
  expect(low.items).toMatchObject([{ skuId, available: 5, safetyStock: 5 }])
  await adjust({ skuId, quantityDelta: 1 })
  expect(
    (await api.as('ops', { url: `/v1/stock?atOrBelowSafety=true&skuId=${skuId}` })).json().items,
  ).toEqual([])
})
