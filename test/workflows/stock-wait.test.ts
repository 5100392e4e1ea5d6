import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { POLICIES } from '../../contracts/policies/index.ts'
import type { ChannelOrder } from '../../domain/channel-order.ts'
import { applyChannelOrder } from '../../store/channel-orders.ts'
import { publishPolicy } from '../../store/policy-versions.ts'
import { adjustStock } from '../../store/stock.ts'
import { decideOnStockWait } from '../../store/stock-decisions.ts'
import { takeUpWaiting } from '../../store/stock-waits.ts'
import { keepHistory } from '../support/histories.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'

/** What a person decides for a platform's order that waits for stock, to its end: on real PostgreSQL and Temporal. */
let hub: TestHub
const SHOP = { shopId: 'SHOP-1', storeId: 'MALL', platform: 'mall' as const }
beforeAll(async () => {
  hub = await startTestHub()
  await hub.db
    .insertInto('shop')
    .values({
      id: SHOP.shopId,
      store_id: SHOP.storeId,
      platform: SHOP.platform,
      ...{ platform_shop_id: '1', app_key: 'app', gateway_url: 'http://127.0.0.1:1' },
      ...{ key_id: 'k', sealed: Buffer.from('x'), changed_by: 'test' },
    })
    .execute()
  // Nobody has to decide here: how people do is tested where requests are.
  await publishPolicy(hub.db, {
    kind: 'approval-route',
    document: POLICIES['approval-route'].schema.parse({
      tiers: [{ name: 'nobody', title: '免审', condition: true, automatic: true }],
    }),
    ...{ author: 'test', reason: 'test' },
  })
})
afterAll(async () => {
  expect(await hub.reconcile.checkStock()).toBe(0)
  await hub.close()
})

/** A paid order of three units, of which one is there. */
async function waitingOrder(): Promise<{ orderId: string; skuId: string }> {
  const skuId = `SKU-${uuid()}`
  await hub.db
    .insertInto('sku')
    .values({ id: skuId, name: skuId, category: '测试', standard_price_cents: 1_000, weight_grams: 100 })
    .execute()
  await hub.db
    .insertInto('sku_mapping')
    .values({
      ...{ shop_id: SHOP.shopId, platform_sku_id: skuId, version: 1, author: 'test' },
      parts: JSON.stringify([{ skuId, quantity: 1 }]),
    })
    .execute()
  await receive(skuId, 1)
  const now = new Date().toISOString()
  const order: ChannelOrder = {
    platformOrderId: skuId,
    ...{ status: 'paid', rawStatus: 'paid', createdAt: now, modifiedAt: now, paidAt: now },
    ...{ payUntil: null, shipUntil: null, buyerId: null, paymentId: `PAY-${skuId}` },
    ...{ amountCents: 3_000, freightCents: 0, buyerRemark: '', shippingForbidden: false, waybills: [] },
    lines: [
      {
        ...{ platformLineId: '1', platformSkuId: skuId, outerSkuId: null, title: 'x' },
        ...{ quantity: 3, amountCents: 3_000, refund: 'none' },
      },
    ],
    receiver: {
      ...{ name: '张*', phone: '138****0000', province: '浙江省', city: '杭州市', district: '西湖区' },
      ...{ address: '文三路 1 号', ciphertext: {} },
    },
  }
  const { orderId } = await tell(order)
  const id = orderId ?? ''
  await hub.until('the order to hear of its money', async () => (await hub.row(id)).paid_cents === 3_000)
  return { orderId: id, skuId }
}
const tell = (order: ChannelOrder) =>
  hub.inTransaction((tx) =>
    applyChannelOrder(tx, hub, { shop: SHOP, order, inboxIds: [], traceParent: null }),
  )
const receive = (skuId: string, quantityDelta: number) =>
  hub.inTransaction((tx) =>
    adjustStock(tx, {
      adjustments: [{ skuId, warehouseId: 'WH-HZ', quantityDelta }],
      ...{ operationId: uuid(), operator: 'test', reason: 'came in' },
    }),
  )
const decide = (orderId: string, decision: 'partial' | 'cancel') =>
  hub.inTransaction((tx) =>
    decideOnStockWait(tx, {
      ...{ orderId, body: { decision, reason: '缺货' }, eventId: uuid() },
      applicant: { name: 'mei', role: 'store_manager' },
      origin: { actor: 'mei', source: 'console', requestId: null },
      requireDestination: async () => undefined,
    }),
  )
const changed = (orderId: string) =>
  hub.until('the change to be applied', async () => {
    const [change] = await hub.db
      .selectFrom('change_request')
      .select('status')
      .where('order_id', '=', orderId)
      .execute()
    return change?.status === 'applied'
  })

test('ships what there is once the change is approved, and owes the money of the rest at the platform', async () => {
  const { orderId, skuId } = await waitingOrder()
  expect(await hub.row(orderId)).toMatchObject({ status: 'awaiting_stock' })
  expect(await decide(orderId, 'partial')).toMatchObject({ result: 'change-requested' })
  await changed(orderId)
  await hub.until('the order to be served', async () => {
    await takeUpWaiting(hub.db, 10)
    return (await hub.row(orderId)).status === 'paid'
  })
  const [task] = await hub.untilTasks(orderId)
  expect(task?.lines).toEqual([{ lineNumber: 1, skuId, quantity: 1 }])
  expect(await hub.row(orderId)).toMatchObject({ amount_cents: 1_000 })
  expect(await hub.refunds(orderId)).toMatchObject([{ amount_cents: 2_000, reason: 'changed' }])
  await hub.until('a person to be told of the money', async () =>
    (await hub.workItems(orderId)).some((item) => item.kind === 'refund_failed'),
  )
  await hub.pack(task?.id ?? '')
  await hub.untilStatus(orderId, 'shipped')
  await keepHistory(hub, orderId, 'change-awaiting-stock-part')
})

test('is cancelled once that is approved, gets nothing of what comes then, and its money is owed back', async () => {
  const { orderId, skuId } = await waitingOrder()
  await decide(orderId, 'cancel')
  await hub.untilStatus(orderId, 'cancelled')
  await receive(skuId, 5)
  await takeUpWaiting(hub.db, 10)
  expect(await hub.stock(skuId, 'WH-HZ')).toMatchObject({ total: 6, reserved: 0 })
  expect(await hub.refunds(orderId)).toMatchObject([{ amount_cents: 3_000, reason: 'cancelled' }])
  expect((await hub.workItems(orderId)).map((item) => item.kind)).not.toContain('awaiting_stock')
  await keepHistory(hub, orderId, 'change-awaiting-stock-cancelled')
})
