import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { channelOrderDetail, channelOrderPage } from '../../contracts/channel-orders.ts'
import type { ChannelOrder } from '../../domain/channel-order.ts'
import { applyChannelOrder } from '../../store/channel-orders.ts'
import { KeyRing } from '../../store/keyring.ts'
import { Policies } from '../../store/policy-cache.ts'
import { TEST_PAYLOAD_KEYS } from '../support/keys.ts'
import { createTestApi, type TestApi } from './support.ts'

let api: TestApi
const skuId = `SKU-${uuid()}`
const SHOP = { shopId: 'SHOP-1', storeId: 'STORE-1', platform: 'mall' as const }
beforeAll(async () => {
  api = await createTestApi()
  const { db } = api.database
  const store = await db
    .selectFrom('store')
    .select(['id', 'channel'])
    .where('channel', '=', 'mall')
    .executeTakeFirstOrThrow()
  SHOP.storeId = store.id
  await db
    .insertInto('shop')
    .values({
      id: SHOP.shopId,
      store_id: SHOP.storeId,
      platform: SHOP.platform,
      platform_shop_id: '1',
      app_key: 'app',
      gateway_url: 'http://127.0.0.1:1',
      key_id: 'k',
      sealed: Buffer.from('x'),
      changed_by: 'test',
    })
    .execute()
  await db
    .insertInto('sku')
    .values({ id: skuId, name: skuId, category: '测试', standard_price_cents: 1_000, weight_grams: 100 })
    .execute()
})
afterAll(() => api.close())

async function tell(platformOrderId: string, platformSkuId: string) {
  const now = new Date().toISOString()
  const order: ChannelOrder = {
    platformOrderId,
    status: 'paid',
    rawStatus: 'PAID',
    createdAt: now,
    modifiedAt: now,
    paidAt: now,
    payUntil: null,
    shipUntil: null,
    buyerId: null,
    paymentId: null,
    amountCents: 1_000,
    freightCents: 0,
    lines: [
      {
        platformLineId: '1',
        platformSkuId,
        outerSkuId: null,
        title: '毛巾',
        quantity: 2,
        amountCents: 1_000,
        refund: 'none',
      },
    ],
    receiver: {
      name: '张*',
      phone: '138****0000',
      province: '浙江',
      city: '杭州市',
      district: '西湖区',
      address: '1 号',
      ciphertext: {},
    },
    buyerRemark: '',
    shippingForbidden: false,
    waybills: [],
  }
  const deps = { keyRing: KeyRing.parse(TEST_PAYLOAD_KEYS), policies: new Policies() }
  const report = { shop: SHOP, order, inboxIds: [], traceParent: null }
  return api.database.db.transaction().execute((tx) => applyChannelOrder(tx, deps, report))
}
const list = async (query: string) => {
  const answer = await api.as('ops', { url: `/v1/channel-orders${query}` })
  expect(answer.statusCode).toBe(200)
  return channelOrderPage.parse(answer.json())
}
const decide = (orderId: string, decision: string) =>
  api.as('ops', {
    method: 'POST',
    url: `/v1/orders/${orderId}/stock-wait`,
    headers: { 'idempotency-key': uuid() },
    payload: { decision },
  })

test('held orders are found by state, reason, shop and id, page by page, newest or oldest first', async () => {
  for (const id of ['H1', 'H2', 'H3']) await tell(id, 'nobody-mapped-this')
  const first = await list('?state=held&reason=unmapped&limit=2&sort=oldest')
  expect(first.items.map((item) => item.platformOrderId)).toEqual(['H1', 'H2'])
  const second = await list(`?state=held&reason=unmapped&limit=2&sort=oldest&cursor=${first.nextCursor}`)
  expect(second).toMatchObject({ items: [{ platformOrderId: 'H3', orderId: null }], nextCursor: null })
  expect((await list('?state=held')).items.map((item) => item.platformOrderId)).toEqual(['H3', 'H2', 'H1'])
  expect((await list('?shopId=SHOP-1&platformOrderId=H2')).items).toHaveLength(1)
  expect((await list('?reason=bad_amounts')).items).toEqual([])
})

test('one order is shown with its lines as the platform has them; it can be tried again', async () => {
  const answer = await api.as('ops', { url: '/v1/channel-orders/SHOP-1/H1' })
  expect(channelOrderDetail.parse(answer.json())).toMatchObject({
    state: 'held',
    heldReason: 'unmapped',
    lines: [{ platformSkuId: 'nobody-mapped-this', quantity: 2 }],
  })
  const retry = await api.as('ops', { method: 'POST', url: '/v1/channel-orders/SHOP-1/H1/retry' })
  expect(retry.statusCode).toBe(202)
  expect((await api.as('ops', { url: '/v1/channel-orders/SHOP-1/NONE' })).statusCode).toBe(404)
})

test('an order that waits for stock ships what there is only when somebody decides so, and only once', async () => {
  const { db } = api.database
  await db
    .insertInto('sku_mapping')
    .values({
      shop_id: SHOP.shopId,
      platform_sku_id: 'P1',
      version: 1,
      parts: JSON.stringify([{ skuId, quantity: 1 }]),
      author: 'test',
    })
    .execute()
  const { orderId } = await tell('W1', 'P1')
  const id = orderId ?? ''
  expect((await decide(id, 'serve-now')).json()).toMatchObject({ code: 'insufficient-stock' })
  expect((await decide(id, 'ship-what-there-is')).json()).toMatchObject({ code: 'insufficient-stock' })
  const warehouse = await db.selectFrom('warehouse').select('id').executeTakeFirstOrThrow()
  await api.as('ops', {
    method: 'POST',
    url: '/v1/stock/adjustments',
    headers: { 'idempotency-key': uuid() },
    payload: { skuId, warehouseId: warehouse.id, quantityDelta: 1, reason: 'came in' },
  })
  expect((await decide(id, 'serve-now')).statusCode).toBe(409)
  expect((await decide(id, 'ship-what-there-is')).json()).toEqual({ orderId: id, result: 'served' })
  expect((await decide(id, 'ship-what-there-is')).json()).toMatchObject({ code: 'order-not-waiting' })
  expect((await decide(id, 'throw-away')).statusCode).toBe(400)
})
