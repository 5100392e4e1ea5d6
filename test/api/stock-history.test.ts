import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type StockHold,
  type StockLedgerEntry,
  stockHoldPage,
  stockLedgerPage,
} from '../../contracts/stock-history.ts'
import type { Role } from '../../domain/role.ts'
import { createTestApi, placeOrder, type TestApi } from './support.ts'

let api: TestApi
let skuId: string
/** One order in the clerk's store and one in another. */
let own: string
let other: string
beforeAll(async () => {
  api = await createTestApi()
  skuId = `SKU-${uuid().slice(-12)}`
  const sku = { id: skuId, name: skuId, category: '日用', standardPriceCents: 1, weightGrams: 1 }
  await api.as('ops', { method: 'POST', url: '/v1/skus', payload: sku })
  await api.rows(
    `insert into warehouse (id, name, division_code, longitude, latitude, region) values ('WH-2', '二仓', '330110', 120, 30, '华东')
     on conflict do nothing`,
  )
  for (const [warehouseId, quantityDelta] of [
    ['WH-1', 40],
    ['WH-2', 30],
    ['WH-1', -3],
  ] as const) {
    const response = await api.as('ops', {
      method: 'POST',
      url: '/v1/stock/adjustments',
      headers: { 'idempotency-key': uuid() },
      payload: { skuId, warehouseId, quantityDelta, reason: '到货' },
    })
    expect(response.statusCode, response.body).toBe(201)
  }
  const place = async (storeId: string) => {
    const response = await placeOrder(api, { storeId, lines: [{ skuId, quantity: 2, unitPriceCents: 1 }] })
    expect(response.statusCode, response.body).toBe(201)
    return String(response.json().orderId)
  }
  own = await place('ST-1')
  other = await place('ST-2')
})
afterAll(() => api.close())

const get = (path: string, role: Role = 'ops') => api.as(role, { url: `/v1/stock/${skuId}/${path}` })

async function everyEntry(query: string): Promise<StockLedgerEntry[]> {
  const entries: StockLedgerEntry[] = []
  let cursor = ''
  do {
    const page = stockLedgerPage.parse((await get(`ledger?limit=2&${query}${cursor}`)).json())
    expect(page.items.length).toBeLessThanOrEqual(2)
    entries.push(...page.items)
    cursor = page.nextCursor === null ? '' : `&cursor=${page.nextCursor}`
  } while (cursor !== '')
  return entries
}

test('pages of the ledger have every movement of all warehouses once, in order, and add up to the levels', async () => {
  const newest = await everyEntry('sort=newest')
  const ids = newest.map(({ entryId }) => entryId)
  expect(ids).toEqual([...ids].sort((one, two) => two - one))
  expect((await everyEntry('sort=oldest')).map(({ entryId }) => entryId)).toEqual([...ids].reverse())
  const levels = await api.rows(
    'select warehouse_id, total, reserved from stock_level where sku_id = $1 order by warehouse_id',
    [skuId],
  )
  for (const { warehouse_id: warehouseId, total, reserved } of levels) {
    const part = newest.filter((entry) => entry.warehouseId === warehouseId)
    expect(part.reduce((sum, { totalDelta }) => sum + totalDelta, 0)).toBe(total)
    expect(part.reduce((sum, { reservedDelta }) => sum + reservedDelta, 0)).toBe(reserved)
  }
  expect(newest.at(-1)).toMatchObject({
    kind: 'receive',
    totalDelta: 40,
    operator: 'ops:ops-test',
    reason: '到货',
  })
})

test('one warehouse, and only what moved goods', async () => {
  const entries = await everyEntry('warehouseId=WH-1&physical=true')
  expect(entries.map(({ totalDelta }) => totalDelta)).toEqual([-3, 40])
  const promised = await everyEntry('physical=false')
  expect(promised.every(({ totalDelta, shippedDelta }) => totalDelta === 0 && shippedDelta === 0)).toBe(true)
})

test('holds are live ones, with what they are for, page by page', async () => {
  const holds: StockHold[] = []
  let cursor = ''
  do {
    const page = stockHoldPage.parse((await get(`holds?limit=1${cursor}`)).json())
    holds.push(...page.items)
    cursor = page.nextCursor === null ? '' : `&cursor=${page.nextCursor}`
  } while (cursor !== '')
  expect(holds.map(({ orderId }) => orderId)).toEqual([other, own])
  expect(holds[0]).toMatchObject({ quantity: 2, state: 'held', heldFor: 'order_line' })
  expect(holds[0]?.expiresAt).not.toBeNull()
  expect((await get('holds?state=confirmed')).json().items).toEqual([])
})

test('orders outside the caller’s scope are not named, their units are', async () => {
  const holds = stockHoldPage.parse((await get('holds', 'clerk')).json()).items
  expect(holds.map(({ orderId }) => orderId)).toEqual([null, own])
  const ledger = stockLedgerPage.parse((await get('ledger', 'clerk')).json()).items
  expect(JSON.stringify(ledger)).not.toContain(other)
  expect(JSON.stringify(ledger)).toContain(own)
})

test('a cursor belongs to its article and its filters', async () => {
  const { nextCursor } = (await get('ledger?limit=1')).json()
  const elsewhere = await api.as('ops', { url: `/v1/stock/SKU-1/ledger?limit=1&cursor=${nextCursor}` })
  expect([elsewhere.statusCode, elsewhere.json().code]).toEqual([400, 'invalid-cursor'])
})
