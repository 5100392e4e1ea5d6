import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { channelOrderDetail, channelOrderPage, stockWaitView } from '../../contracts/channel-orders.ts'
import { orderPlacedBody } from '../../contracts/facts.ts'
import { POLICIES } from '../../contracts/policies/index.ts'
import { workItemDetailView, workItemPage } from '../../contracts/work-items.ts'
import type { ChannelOrder } from '../../domain/channel-order.ts'
import { decide, placeOrder } from '../../domain/order-life.ts'
import { applyChannelOrder } from '../../store/channel-orders.ts'
import { commitOrder } from '../../store/commit.ts'
import { KeyRing } from '../../store/keyring.ts'
import { Policies } from '../../store/policy-cache.ts'
import { publishPolicy } from '../../store/policy-versions.ts'
import { TEST_PAYLOAD_KEYS } from '../support/keys.ts'
import { createTestApi, type TestApi } from './support.ts'

let api: TestApi
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
  const place = { region: '华东', active: true }
  await db
    .insertInto('warehouse')
    .values([
      { ...place, id: 'WH-HZ', name: '杭州仓', division_code: '330106', longitude: 120.13, latitude: 30.26 },
      { ...place, id: 'WH-GZ', name: '广州仓', division_code: '440106', longitude: 113.36, latitude: 23.12 },
    ])
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
const choose = async (orderId: string, payload: object, key: string = uuid()) => {
  const answer = await api.as('ops', {
    method: 'POST',
    url: `/v1/orders/${orderId}/stock-wait`,
    headers: { 'idempotency-key': key },
    payload,
  })
  return answer.json()
}

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

describe('for an order that waits for stock', () => {
  let waiting = 0
  /** A paid order of two units, of which there are as many as said in warehouses; its workflow has heard of its money. */
  async function waitingOrder(units: Record<string, number>) {
    waiting += 1
    const skuId = `SKU-${uuid()}`
    const { db } = api.database
    await db
      .insertInto('sku')
      .values({ id: skuId, name: skuId, category: '测试', standard_price_cents: 1_000, weight_grams: 100 })
      .execute()
    await db
      .insertInto('sku_mapping')
      .values({
        shop_id: SHOP.shopId,
        platform_sku_id: skuId,
        version: 1,
        parts: JSON.stringify([{ skuId, quantity: 1 }]),
        author: 'test',
      })
      .execute()
    for (const [warehouseId, quantityDelta] of Object.entries(units))
      await arrive(skuId, warehouseId, quantityDelta)
    const orderId = (await tell(`W${waiting}`, skuId)).orderId ?? ''
    const [placed, payment] = await factsOf(orderId)
    const paid = decide(placeOrder(orderPlacedBody.parse(placed?.body)), paymentOf(payment), Date.now())
    await commitOrder(db, {
      runId: 'run',
      state: paid.state,
      records: paid.records,
    })
    return { orderId, skuId }
  }
  const factsOf = (orderId: string) =>
    api.database.db
      .selectFrom('inbox')
      .innerJoin('inbox_body', 'inbox_id', 'id')
      .select(['id', 'body'])
      .where('order_key', '=', orderId)
      .orderBy('id')
      .execute()
  const paymentOf = (row: Awaited<ReturnType<typeof factsOf>>[number] | undefined) => ({
    type: 'payment_received' as const,
    inboxId: row?.id ?? 0,
    ...paymentBody.parse(row?.body),
  })
  const paymentBody = z.object({
    paymentId: z.string(),
    amountCents: z.int(),
    paidAt: z.string(),
    holdsConfirmed: z.boolean(),
  })
  const arrive = async (target: string, warehouseId: string, quantityDelta: number) => {
    const answer = await api.as('ops', {
      method: 'POST',
      url: '/v1/stock/adjustments',
      headers: { 'idempotency-key': uuid() },
      payload: { skuId: target, warehouseId, quantityDelta, reason: 'came in' },
    })
    expect(answer.statusCode).toBe(201)
  }
  const look = async (orderId: string) => {
    const answer = await api.as('ops', { url: `/v1/orders/${orderId}/stock-wait` })
    return stockWaitView.parse(answer.json())
  }
  const possible = async (orderId: string) => {
    const { choices } = await look(orderId)
    return choices.filter((choice) => choice.isPossible).map((choice) => choice.decision)
  }
  const itemOf = async (orderId: string) => {
    const list = await api.as('ops', { url: `/v1/work-items?kind=awaiting_stock&orderId=${orderId}` })
    const [item] = workItemPage.parse(list.json()).items
    return item
      ? workItemDetailView.parse((await api.as('ops', { url: `/v1/work-items/${item.workItemId}` })).json())
      : null
  }
  const decisionsIn = async (orderId: string) => {
    const rows = await api.database.db
      .selectFrom('operation_log')
      .select(['new_value', 'operator'])
      .where('order_id', '=', orderId)
      .where('field', '=', 'stock_wait')
      .execute()
    return rows.map((row) => row.new_value)
  }
  const publish = async (document: object) => {
    await publishPolicy(api.database.db, {
      kind: 'allocation',
      document: { ...POLICIES.allocation.initial, ...document },
      ...{ author: 'test', reason: 'test' },
    })
  }

  test('the work item shows what is there and what can be decided now, and why the rest cannot', async () => {
    const { orderId, skuId } = await waitingOrder({ 'WH-HZ': 1 })
    const item = await itemOf(orderId)
    expect(item?.actions).toContain('decide')
    expect(item?.stockWait).toMatchObject({
      isPaid: true,
      lines: [{ skuId, quantity: 2, served: 1 }],
      warehouses: [{ warehouseId: 'WH-HZ', units: [{ skuId, quantity: 1 }] }],
    })
    expect(await possible(orderId)).toEqual(['wait', 'partial', 'cancel'])
    await arrive(skuId, 'WH-HZ', 1)
    expect(await possible(orderId)).toContain('serve-now')
    expect(await choose(orderId, { decision: 'serve-now' })).toEqual({ orderId, result: 'served' })
    expect(await choose(orderId, { decision: 'serve-now' })).toMatchObject({ code: 'order-not-waiting' })
    expect(await itemOf(orderId)).toBeNull()
    expect(await decisionsIn(orderId)).toEqual(['serve-now: by the policy'])
  })

  test('a person may let warehouses send it that the policy’s limits keep out', async () => {
    await publish({ maxParcels: 1 })
    const { orderId, skuId } = await waitingOrder({ 'WH-HZ': 1, 'WH-GZ': 1 })
    expect(await possible(orderId)).toContain('other-warehouse')
    const unknown = { decision: 'other-warehouse', warehouseIds: ['WH-NOWHERE'] }
    expect(await choose(orderId, unknown)).toMatchObject({ code: 'unknown-warehouse' })
    const one = { decision: 'other-warehouse', warehouseIds: ['WH-GZ'] }
    expect(await choose(orderId, one)).toMatchObject({ code: 'insufficient-stock', shortages: [{ skuId }] })
    const both = { decision: 'other-warehouse', warehouseIds: ['WH-HZ', 'WH-GZ'] }
    expect(await choose(orderId, both)).toEqual({ orderId, result: 'served' })
    await publish({})
  })

  test('a transfer is asked for with what is missing where it is needed, once for each request', async () => {
    await publish({ maxParcels: 1 })
    const { orderId, skuId } = await waitingOrder({ 'WH-HZ': 1, 'WH-GZ': 1 })
    const key = uuid()
    const ask = { decision: 'transfer', reason: '凑齐一个包裹' }
    const answer = await choose(orderId, ask, key)
    expect(answer).toMatchObject({
      result: 'transfer-requested',
      transfers: [{ skuId, quantity: 1, warehouseId: 'WH-HZ' }],
    })
    expect(await choose(orderId, ask, key)).toEqual(answer)
    expect((await look(orderId)).incoming).toMatchObject([{ skuId, quantity: 1, warehouseId: 'WH-HZ' }])
    await publish({})
  })

  test('it may be put off until a moment, of at most thirty days', async () => {
    const { orderId } = await waitingOrder({})
    const until = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString()
    for (const days of [-1, 31]) {
      const refused = await choose(orderId, { decision: 'wait', until: until(days) })
      expect(refused).toMatchObject({ code: 'invalid-request', errors: [{ field: 'until' }] })
    }
    expect(await choose(orderId, { decision: 'wait', until: until(2) })).toMatchObject({ result: 'waiting' })
    expect(await itemOf(orderId)).toBeNull()
    expect((await look(orderId)).lookAgainAt).not.toBeNull()
  })

  test('what gives up units is a change request, and one at a time', async () => {
    const { orderId, skuId } = await waitingOrder({ 'WH-HZ': 1 })
    const nothing = await waitingOrder({})
    const partial = { decision: 'partial', reason: '客户同意先发一件' }
    expect(await choose(nothing.orderId, partial)).toMatchObject({ code: 'insufficient-stock' })
    const asked = await choose(orderId, partial)
    expect(asked).toMatchObject({ result: 'change-requested' })
    const change = await api.as('ops', { url: `/v1/change-requests/${asked.changeId}` })
    expect(change.json()).toMatchObject({
      type: 'quantity',
      reasonCode: 'out_of_stock',
      effect: { lines: [{ after: { skuId, quantity: 1 } }], refunds: [{ amountCents: 500 }] },
    })
    const cancel = { decision: 'cancel', reason: '缺货' }
    expect(await choose(orderId, cancel)).toMatchObject({ code: 'change-request-open' })
    expect((await look(orderId)).openChange).toMatchObject({ changeNumber: asked.changeNumber })
    expect(await possible(orderId)).toEqual(['wait'])
    expect(await choose(nothing.orderId, cancel)).toMatchObject({ result: 'change-requested' })
    expect(await decisionsIn(nothing.orderId)).toHaveLength(1)
  })

  test('what is no decision is refused, and so is everything for an order that does not wait', async () => {
    const { orderId } = await waitingOrder({})
    expect(await choose(orderId, { decision: 'throw-away' })).toMatchObject({ status: 400 })
    expect(await choose(orderId, { decision: 'other-warehouse', warehouseIds: [] })).toMatchObject({
      status: 400,
    })
    const { orderId: served } = await waitingOrder({ 'WH-HZ': 2 })
    for (const body of [
      { decision: 'partial', reason: 'x' },
      { decision: 'cancel', reason: 'x' },
      { decision: 'transfer', reason: 'x' },
      { decision: 'wait', until: new Date(Date.now() + 1_000_000).toISOString() },
    ])
      expect(await choose(served, body)).toMatchObject({ code: 'order-not-waiting' })
    expect(await decisionsIn(orderId)).toEqual([])
  })
})
