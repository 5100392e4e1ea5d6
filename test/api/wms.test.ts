import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createWmsSyncActivities } from '../../activities/wms-sync.ts'
import { POLICIES } from '../../contracts/policies/index.ts'
import { type WmsMapping, wmsMappingEntry } from '../../contracts/policies/wms-mapping.ts'
import { createWmsDatabase, type WmsDatabase } from '../support/mariadb.ts'
import { createTestApi, type TestApi } from './support.ts'

let api: TestApi
let wms: WmsDatabase
let sync: () => Promise<unknown>

beforeAll(async () => {
  api = await createTestApi()
  wms = await createWmsDatabase()
  await wms.run(`CREATE TABLE stock (sku VARCHAR(40), qty VARCHAR(20), updated_at DATETIME(3));
    INSERT INTO stock VALUES ('SKU-1', '90', NOW(3)), ('SKU-2', '-1', NOW(3)), ('OTHER', '1', NULL)`)
  const { db, keyRing, wmsReader } = api.deps
  const activities = createWmsSyncActivities({ db, dataKeys: keyRing, wmsReader })
  sync = async () => {
    const [due] = await activities.claimDueWarehouses({ full: false })
    return due ? activities.syncWarehouse(due) : 'not due'
  }
})
afterAll(async () => {
  await api.close()
  await wms.destroy()
})

const mapping = (change: Partial<WmsMapping> = {}): WmsMapping =>
  wmsMappingEntry.parse({
    connection: 'wms-1',
    source: { table: 'stock' },
    rows: 'one',
    onHandFallsAt: 'pack',
    timeZone: '+08:00',
    columns: {
      sku: 'sku',
      quantity: ['qty'],
      updatedAt: 'updated_at',
      cursor: { column: 'updated_at', type: 'time' },
    },
    ...change,
  })
const ask = async (url: string, payload: object, method: 'POST' | 'PUT' = 'POST') =>
  api.as('ops', { method, url, payload })
const tryMapping = async (change: Partial<WmsMapping> = {}) =>
  (await ask('/v1/wms/mapping-tests', { warehouseId: 'WH-1', mapping: mapping(change) })).json()
const publish = async (change: Partial<WmsMapping> = {}) => {
  const document = { ...POLICIES['wms-mapping'].initial, warehouses: { 'WH-1': mapping(change) } }
  const response = await ask('/v1/policies/wms-mapping', { document, reason: 'test' }, 'PUT')
  expect(response.statusCode, response.body).toBe(200)
}

test('a connection is written once and shown without its password', async () => {
  const response = await ask('/v1/wms/connections/wms-1', wms.connection, 'PUT')
  expect(response.json()).toMatchObject({ name: 'wms-1', user: wms.name, tls: 'verify' })
  const list = await api.as('ops', { url: '/v1/wms/connections' })
  expect(list.json().items).toHaveLength(1)
  expect(list.body + response.body).not.toContain(wms.connection.password)
  expect(api.log.join('')).not.toContain(wms.connection.password)
})

describe('trying a mapping', () => {
  test('shows ten rows as the hub would read them, and what deserves a look', async () => {
    const found = await tryMapping()
    expect(found).toMatchObject({ ok: true, problems: [], columns: ['sku', 'qty', 'updated_at'] })
    expect(found.rows).toMatchObject([
      { skuId: 'SKU-1', onHand: 90, isKnownSku: true, problem: null },
      { skuId: 'SKU-2', onHand: null, problem: { en: 'a quantity is negative', zh: '数量为负' } },
      { skuId: 'OTHER', onHand: 1, updatedAt: null, isKnownSku: false },
    ])
    expect(found.warnings.map((each: { code: string }) => each.code)).toEqual([
      'bad-times',
      'unknown-skus',
      'bad-rows',
    ])
  })

  test.each([
    ['no-such-column', { columns: { ...mapping().columns, quantity: ['on_hand'] } }, '列不存在'],
    ['no-such-table', { source: { table: 'nowhere' } }, '表或视图不存在'],
    ['no-connection', { connection: 'nobody' }, '映射引用的连接不存在'],
    [
      'timeout',
      { source: { query: 'SELECT SLEEP(20) AS sku, 1 AS qty, 1 AS updated_at' } },
      '在时限内未返回完整结果',
    ],
  ] as const)('says %s in two languages and changes nothing', async (code, change, zh) => {
    const { columns } = 'columns' in change ? change : mapping()
    const found = await tryMapping({ ...change, columns: { ...columns, quantity: [...columns.quantity] } })
    expect(found).toMatchObject({ ok: false, problems: [{ code, zh }] })
    expect(await api.rows('select * from wms_level')).toEqual([])
  })

  test('a query that does more than read is refused', async () => {
    const body = { warehouseId: 'WH-1', mapping: { ...mapping(), source: { query: 'DELETE FROM stock' } } }
    expect((await ask('/v1/wms/mapping-tests', body)).statusCode).toBe(400)
    const document = { ...POLICIES['wms-mapping'].initial, warehouses: { 'WH-1': body.mapping } }
    expect((await ask('/v1/policies/wms-mapping', { document, reason: 'x' }, 'PUT')).statusCode).toBe(400)
  })
})

test('freshness, reading on demand, and a jump that is approved', async () => {
  expect((await ask('/v1/wms/WH-1/readings', {})).statusCode).toBe(404)
  await publish()
  await wms.run('DELETE FROM stock; INSERT INTO stock VALUES (?, ?, NOW(3))', ['SKU-1', '95'])
  const asked = await ask('/v1/wms/WH-1/readings', { mode: 'full' })
  expect([asked.statusCode, asked.json().state]).toEqual([202, 'never'])
  expect(await sync()).toMatchObject({ ok: true, changed: 1 })
  expect(await sync()).toBe('not due')
  const list = (await api.as('ops', { url: '/v1/wms' })).json()
  expect(list.items).toMatchObject([{ warehouseId: 'WH-1', isMapped: true, state: 'fresh', quarantined: 0 }])
  expect(list.items[0].lagSeconds).toBeLessThan(60)

  await wms.run('UPDATE stock SET qty = 5000, updated_at = NOW(3)')
  await ask('/v1/wms/WH-1/readings', {})
  expect(await sync()).toMatchObject({ quarantined: 1 })
  const [item] = (await api.as('ops', { url: '/v1/work-items?kind=wms_jump' })).json().items
  const url = `/v1/work-items/${item.workItemId}`
  expect((await api.as('ops', { url })).json()).toMatchObject({
    actions: ['assign', 'snooze', 'approve', 'dismiss'],
    ordersAtRisk: [],
  })
  expect((await ask(`${url}/approve`, {})).json()).toMatchObject({
    state: 'resolved',
    resolution: 'approved',
  })
  const [level] = await api.rows("select total from stock_level where sku_id = 'SKU-1'")
  expect(level).toEqual({ total: 5_000 })
  expect((await ask(`${url}/dismiss`, {})).json()).toMatchObject({ code: 'not-decidable' })
})

test('a jump that is dismissed, or resolved without a decision, stays out', async () => {
  for (const [path, payload] of [
    ['dismiss', {}],
    ['resolve', { resolution: 'asked the warehouse' }],
  ] as const) {
    await wms.run('UPDATE stock SET qty = qty + 1, updated_at = NOW(3)')
    await wms.run(`UPDATE stock SET qty = ${path === 'dismiss' ? 1 : 2}, updated_at = NOW(3)`)
    await ask('/v1/wms/WH-1/readings', {})
    await sync()
    const [item] = (await api.as('ops', { url: '/v1/work-items?kind=wms_jump' })).json().items
    expect((await ask(`/v1/work-items/${item.workItemId}/${path}`, payload)).statusCode).toBe(200)
    await ask('/v1/wms/WH-1/readings', { mode: 'full' })
    expect(await sync()).toMatchObject({ ok: true, changed: 0, quarantined: 0 })
  }
  expect(await api.rows("select total from stock_level where sku_id = 'SKU-1'")).toEqual([{ total: 5_000 }])
})

test('a shortfall names the orders at risk', async () => {
  const order = await api.as('mall', {
    method: 'POST',
    url: '/v1/orders',
    headers: { 'idempotency-key': 'risk-1' },
    payload: {
      storeId: 'ST-1',
      channel: 'mall',
      contact: { name: '张三', phone: '13800138000', divisionCode: '330106', address: '文三路 1 号' },
      lines: [{ skuId: 'SKU-2', quantity: 60, unitPriceCents: 100 }],
      freightCents: 0,
    },
  })
  const { orderId } = order.json()
  await wms.run("INSERT INTO stock VALUES ('SKU-2', '50', NOW(3))")
  await ask('/v1/wms/WH-1/readings', {})
  await sync()
  const [item] = (await api.as('ops', { url: '/v1/work-items?kind=stock_shortfall' })).json().items
  expect(item.detail).toMatchObject({ skuId: 'SKU-2', shortfall: 10, orders: orderId })
  expect(
    (await api.as('ops', { url: `/v1/work-items/${item.workItemId}` })).json().ordersAtRisk,
  ).toMatchObject([{ orderId, quantity: 60, isPaid: false, isShort: true }])
})
