import fc from 'fast-check'
import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { factBodies } from '../../contracts/facts.ts'
import { POLICIES } from '../../contracts/policies/index.ts'
import type { ChannelOrder } from '../../domain/channel-order.ts'
import { placingOf } from '../../domain/channel-placing.ts'
import type { OrderEvent } from '../../domain/order.ts'
import { decide, restoreOrder } from '../../domain/order-life.ts'
import { applyChannelOrder } from '../../store/channel-orders.ts'
import { commitOrder } from '../../store/commit.ts'
import { buyerHash } from '../../store/contacts.ts'
import { placeHeldOrders, replaceHeldOrders } from '../../store/held-channel-orders.ts'
import { KeyRing } from '../../store/keyring.ts'
import { holdForChange } from '../../store/order-changes.ts'
import { decideCancellation, settleShortage } from '../../store/order-steps.ts'
import { Policies } from '../../store/policy-cache.ts'
import { publishPolicy } from '../../store/policy-versions.ts'
import { adjustStock } from '../../store/stock.ts'
import { decideOnStockWait } from '../../store/stock-decisions.ts'
import { serve, serveWaiting, takeUpWaiting } from '../../store/stock-waits.ts'
import { TEST_PAYLOAD_KEYS } from '../support/keys.ts'
import { expectSound, openTestStore, type TestStore } from './support.ts'

let store: TestStore
const deps = { keyRing: KeyRing.parse(TEST_PAYLOAD_KEYS), policies: new Policies() }
const SHOP = { shopId: 'SHOP-1', storeId: 'MALL', platform: 'mall' as const }

beforeAll(async () => {
  store = await openTestStore()
  await store.db
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
})
afterAll(async () => {
  await expectSound(store.db)
  await store.close()
})

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 11) + seconds * 1000).toISOString()
let lastId = 0

function orderOf(skuId: string, quantity: number, change: Partial<ChannelOrder> = {}): ChannelOrder {
  lastId += 1
  return {
    platformOrderId: `30012345678901${lastId}`,
    status: 'unpaid',
    rawStatus: 'WAIT_BUYER_PAY',
    createdAt: new Date(Date.now() - 60_000).toISOString(),
    modifiedAt: at(0),
    paidAt: null,
    payUntil: new Date(Date.now() + 600_000).toISOString(),
    shipUntil: null,
    buyerId: 'buyer',
    paymentId: null,
    amountCents: quantity * 1_000,
    freightCents: 0,
    lines: [
      {
        platformLineId: '1',
        platformSkuId: `P-${skuId}`,
        outerSkuId: null,
        title: 'x',
        quantity,
        amountCents: quantity * 1_000,
        refund: 'none',
      },
    ],
    receiver: {
      name: '张*',
      phone: '138****0000',
      province: '浙江省',
      city: '杭州市',
      district: '西湖区',
      address: '文三路 1 号',
      ciphertext: { oaid: 'OAID-OF-THE-TEST' },
    },
    buyerRemark: '',
    shippingForbidden: false,
    waybills: [],
    ...change,
  }
}
const paid = (order: ChannelOrder, seconds = 1, change: Partial<ChannelOrder> = {}): ChannelOrder => ({
  ...order,
  status: 'paid',
  rawStatus: 'WAIT_SELLER_SEND_GOODS',
  modifiedAt: at(seconds),
  paidAt: at(seconds),
  paymentId: `PAY-${order.platformOrderId}`,
  ...change,
})
const closed = (order: ChannelOrder, seconds: number): ChannelOrder => ({
  ...order,
  status: 'closed',
  rawStatus: 'TRADE_CLOSED',
  modifiedAt: at(seconds),
})
const apply = (order: ChannelOrder) =>
  store.inTransaction((tx) =>
    applyChannelOrder(tx, deps, { shop: SHOP, order, inboxIds: [], traceParent: null }),
  )
/** A buyer of the mall in a segment whose orders are served with this priority. */
async function valuedBuyer(buyerId: string, allocationPriority: number): Promise<void> {
  const { initial } = POLICIES['customer-segments']
  const [segment, ...others] = initial.segments
  if (!segment) throw new Error('a policy without a segment')
  const segments = [{ ...segment, service: { ...segment.service, allocationPriority } }, ...others]
  const document = { ...initial, segments }
  await publishPolicy(store.db, { kind: 'customer-segments', document, author: 'test', reason: 'test' })
  const customerId = uuid()
  const scores = { recency_score: 5, frequency_score: 5, monetary_score: 5 }
  const orders = { orders: 1, lifetime_orders: 1, first_order_at: at(0), last_order_at: at(0) }
  await store.db
    .insertInto('customer')
    .values({ id: customerId, ...orders, ...scores, last_order_day: 20_768, segment: segment.code })
    .execute()
  await store.db
    .insertInto('customer_identity')
    .values({
      id: uuid(),
      customer_id: customerId,
      kind: 'buyer',
      channel: 'mall',
      hash: buyerHash(deps.keyRing, 'mall', buyerId),
    })
    .execute()
}
const map = (skuId: string, quantity = 1, version = 1) =>
  store.db
    .insertInto('sku_mapping')
    .values({
      shop_id: SHOP.shopId,
      platform_sku_id: `P-${skuId}`,
      version,
      parts: JSON.stringify([{ skuId, quantity }]),
      author: 'test',
    })
    .execute()
/** With another allocation policy, and the one before again afterwards. */
const withPolicy = async (change: { maxDistanceKilometres: number }, act: () => Promise<void>) => {
  const publish = async (document: object) => {
    await publishPolicy(store.db, {
      kind: 'allocation',
      document: { ...POLICIES.allocation.initial, ...document },
      ...{ author: 'test', reason: 'test' },
    })
    // Which remember what they read for a second.
    deps.policies = new Policies()
  }
  await publish(change)
  await act().finally(() => publish({}))
}
const mappedSku = async (units: { 'WH-HZ'?: number; 'WH-GZ'?: number }) => {
  const skuId = await store.addSku(units)
  await map(skuId)
  return skuId
}
const receive = (skuId: string, quantityDelta: number) =>
  store.inTransaction((tx) =>
    adjustStock(tx, {
      adjustments: [{ skuId, warehouseId: 'WH-HZ', quantityDelta }],
      operationId: uuid(),
      operator: 'test',
      reason: 'came in',
    }),
  )
const facts = async (orderId: string | null) => {
  const rows = await store.db
    .selectFrom('inbox')
    .select('type')
    .where('order_key', '=', orderId ?? '')
    .orderBy('id')
    .execute()
  return rows.map((row) => row.type)
}
const requests = (orderId: string | null) =>
  store.db
    .selectFrom('change_request')
    .select(['type', 'applicant', 'status', 'number'])
    .where('order_id', '=', orderId ?? '')
    .execute()
const statusOf = async (orderId: string | null) =>
  (
    await store.db
      .selectFrom('orders')
      .select('status')
      .where('id', '=', orderId ?? '')
      .executeTakeFirst()
  )?.status
const items = async (
  kind: 'contradiction' | 'channel_change' | 'channel_order_held' | 'awaiting_stock',
  part: string,
) => {
  const rows = await store.db
    .selectFrom('work_item')
    .select(['state', 'detail', 'resolved_by'])
    .where('kind', '=', kind)
    .where('key', 'like', `%${part}%`)
    .execute()
  return rows
}
/** What the order was told last, of this type. */
const factOf = async (orderId: string | null, type: string) => {
  const { rows } = await sql<{ inboxId: number; body: unknown }>`
    select id as "inboxId", body from inbox join inbox_body on inbox_id = id
    where order_key = ${orderId} and type = ${type} order by id desc limit 1`.execute(store.db)
  const [fact] = rows
  if (!fact) throw new Error(`the order was told nothing of ${type}`)
  return fact
}
/** What the order's workflow makes of an event. */
const decided = async (orderId: string, event: OrderEvent) => {
  const snapshot = await store.db
    .selectFrom('order_snapshot')
    .select('state')
    .where('order_id', '=', orderId)
    .executeTakeFirst()
  return decide(restoreOrder(snapshot?.state ?? (await store.firstState(orderId))), event, Date.now())
}
const holds = async (orderId: string | null) => {
  const { rows } = await sql<{ state: string; units: number }>`
    select state, sum(quantity)::int as units from reservation where order_id = ${orderId} group by state`.execute(
    store.db,
  )
  return Object.fromEntries(rows.map((row) => [row.state, row.units]))
}

describe('an order of a channel', () => {
  test('reserves when it is first stored, and its payment confirms in the transaction that stores it', async () => {
    const skuId = await mappedSku({ 'WH-HZ': 5 })
    const order = orderOf(skuId, 2)
    const { outcome, orderId } = await apply(order)
    expect(outcome).toBe('placed')
    expect(await holds(orderId)).toEqual({ held: 2 })
    expect((await apply(paid(order))).outcome).toBe('changed')
    expect(await holds(orderId)).toEqual({ confirmed: 2 })
    expect(await facts(orderId)).toEqual(['order.placed', 'payment.received'])
  })

  test('told a hundred times is one order, one payment and two facts', async () => {
    const skuId = await mappedSku({ 'WH-HZ': 5 })
    const order = orderOf(skuId, 1)
    const results = await Promise.all(Array.from({ length: 20 }, () => apply(paid(order))))
    expect(new Set(results.map((result) => result.orderId)).size).toBe(1)
    expect(results.filter((result) => result.outcome === 'placed')).toHaveLength(1)
    expect(await facts(results[0]?.orderId ?? '')).toEqual(['order.placed', 'payment.received'])
  })

  test('does not go back: an older report is logged and changes nothing', async () => {
    const skuId = await mappedSku({ 'WH-HZ': 5 })
    const order = orderOf(skuId, 1)
    const { orderId } = await apply(paid(order, 10))
    expect((await apply(order)).outcome).toBe('older')
    expect((await apply({ ...order, modifiedAt: at(10) })).outcome).toBe('older')
    expect(await facts(orderId)).toEqual(['order.placed', 'payment.received'])
    const log = await store.db
      .selectFrom('operation_log')
      .select('new_value')
      .where('order_id', '=', orderId ?? '')
      .where('field', '=', 'channel_status')
      .execute()
    expect(log.map((line) => line.new_value)).toEqual(Array(2).fill('WAIT_BUYER_PAY (older, ignored)'))
  })

  test('any order of reports ends the same: the newest, with each fact once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([0, 1, 2, 2, 1], { minLength: 5 }), async (sequence) => {
        const skuId = await mappedSku({ 'WH-HZ': 5 })
        const order = orderOf(skuId, 1)
        const reports = [order, paid(order, 1), closed(paid(order, 1), 2)]
        for (const index of sequence) {
          const report = reports[index]
          if (report) await apply(report)
        }
        const row = await store.db
          .selectFrom('channel_order')
          .select(['status', 'order_id'])
          .where('platform_order_id', '=', order.platformOrderId)
          .executeTakeFirstOrThrow()
        expect(row.status).toBe('closed')
        const told = await facts(row.order_id)
        expect(told.filter((type) => type === 'channel.closed').length).toBeLessThanOrEqual(1)
        expect(told.filter((type) => type === 'payment.received').length).toBeLessThanOrEqual(1)
        // An order that was never seen open is not placed only to be cancelled.
        expect(row.order_id === null).toBe(sequence[0] === 2)
      }),
      { numRuns: 15 },
    )
  })

  test('with a SKU that nobody mapped is kept, raised, and placed once it is mapped', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 6 })
    const order = paid(orderOf(skuId, 2))
    expect((await apply(order)).outcome).toBe('held')
    expect(await items('channel_order_held', order.platformOrderId)).toMatchObject([
      { state: 'open', detail: { reason: 'unmapped' } },
    ])
    await map(skuId, 3)
    await store.inTransaction((tx) => replaceHeldOrders(tx, SHOP.shopId, [`P-${skuId}`]))
    expect(await placeHeldOrders(store.db, deps, 10)).toBe(1)
    const row = await store.db
      .selectFrom('channel_order')
      .selectAll()
      .where('platform_order_id', '=', order.platformOrderId)
      .executeTakeFirstOrThrow()
    expect(row).toMatchObject({ state: 'placed', mapping_versions: { [`P-${skuId}`]: 1 } })
    expect(await holds(row.order_id)).toEqual({ confirmed: 6 })
    expect(await items('channel_order_held', order.platformOrderId)).toMatchObject([{ state: 'resolved' }])
  })

  test.each<[string, Partial<ChannelOrder>, string]>([
    ['amounts that do not add up', { amountCents: 999 }, 'bad_amounts'],
    [
      'an unknown province',
      { receiver: { ...orderOf('x', 1).receiver, province: '不知道' } },
      'unknown_address',
    ],
    ['an unknown status', { status: null, rawStatus: 'NEW_STATUS' }, 'unknown_status'],
  ])('with %s is kept and raised, and nothing is reserved', async (_, change, reason) => {
    const skuId = await mappedSku({ 'WH-HZ': 5 })
    const order = orderOf(skuId, 1, change)
    expect(await apply(order)).toEqual({ outcome: 'held', orderId: null })
    expect(await items('channel_order_held', order.platformOrderId)).toMatchObject([{ detail: { reason } }])
  })

  test('with a quantity of 0 is kept and raised', async () => {
    const skuId = await mappedSku({ 'WH-HZ': 5 })
    const order = orderOf(skuId, 0)
    expect(await apply(order)).toEqual({ outcome: 'held', orderId: null })
    expect(await items('channel_order_held', order.platformOrderId)).toMatchObject([
      { detail: { reason: 'bad_order' } },
    ])
  })

  describe('that nobody has paid yet', () => {
    const GRACE_MS = 10 * 60_000
    const heldUntil = async (orderId: string | null) =>
      (await store.holds(orderId ?? '')).map((hold) => hold.expires_at.getTime())

    test('holds its units until ten minutes after the platform’s own deadline', async () => {
      const skuId = await mappedSku({ 'WH-HZ': 5 })
      const payUntil = '2031-01-01T00:00:00.000Z'
      const { orderId } = await apply(orderOf(skuId, 1, { payUntil }))
      expect(await heldUntil(orderId)).toEqual([Date.parse(payUntil) + GRACE_MS])
    })

    test('holds them for half an hour and ten minutes where the platform names no deadline', async () => {
      const skuId = await mappedSku({ 'WH-HZ': 5 })
      const order = orderOf(skuId, 1, { payUntil: null })
      const { orderId } = await apply(order)
      expect(await heldUntil(orderId)).toEqual([Date.parse(order.createdAt) + 30 * 60_000 + GRACE_MS])
    })

    test('and whose money is heard only after that was paid in time: nothing goes back, and its units are asked for again', async () => {
      const skuId = await mappedSku({ 'WH-HZ': 1 })
      const order = orderOf(skuId, 1, { payUntil: new Date(Date.now() + 60_000).toISOString() })
      const id = (await apply(order)).orderId ?? ''
      await store.endTimeOf(id)
      const paidAt = new Date(Date.now() - 1_000).toISOString()
      await apply(paid(order, 5, { paidAt }))
      const { inboxId, body } = await factOf(id, 'payment.received')
      const fact = factBodies['payment.received'].parse(body)
      expect(fact).toMatchObject({ paidAt, holdsConfirmed: false })
      const { state } = await decided(id, { type: 'payment_received', inboxId, ...fact })
      expect(state).toMatchObject({ status: 'reserved', reservation: 'checking', refunds: [] })
    })
  })

  test('that is first heard of long after its deadline, and is paid, has its units all the same', async () => {
    const skuId = await mappedSku({ 'WH-HZ': 1 })
    const order = orderOf(skuId, 1, { payUntil: '2020-01-01T00:00:00.000Z' })
    const { orderId } = await apply(paid(order))
    expect(await holds(orderId)).toEqual({ confirmed: 1 })
  })

  test('whose status the platform never had before is a person’s work once, and goes on as it stood', async () => {
    const skuId = await mappedSku({ 'WH-HZ': 5 })
    const order = paid(orderOf(skuId, 1))
    const { orderId } = await apply(order)
    const odd = (seconds: number) => ({ ...order, status: null, rawStatus: 'ODD', modifiedAt: at(seconds) })
    expect((await apply(odd(5))).outcome).toBe('changed')
    await apply(odd(6))
    expect(await items('channel_change', orderId ?? '')).toMatchObject([
      { state: 'open', detail: { reason: 'the platform says ODD, which the hub does not know' } },
    ])
    expect(await holds(orderId)).toEqual({ confirmed: 1 })
    expect(await facts(orderId)).toEqual(['order.placed', 'payment.received'])
  })

  test.each<[string, number, number]>([
    ['since the shop is connected is a contradiction', 1_000, 1],
    ['before the shop was connected is nobody’s work', -1_000, 0],
  ])('that was shipped there and never seen here, bought %s', async (_, sinceMs, count) => {
    const skuId = await mappedSku({ 'WH-HZ': 5 })
    const { created_at: connectedAt } = await store.db
      .selectFrom('shop')
      .select('created_at')
      .where('id', '=', SHOP.shopId)
      .executeTakeFirstOrThrow()
    const createdAt = new Date(connectedAt.getTime() + sinceMs).toISOString()
    const order = paid(orderOf(skuId, 1, { createdAt }), 5, { status: 'shipped', rawStatus: 'SHIPPED' })
    expect(await apply(order)).toEqual({ outcome: 'ignored', orderId: null })
    expect(await items('contradiction', `${order.platformOrderId}/shipped`)).toMatchObject(
      Array(count).fill({
        state: 'open',
        detail: { reason: expect.stringContaining('never had this order') },
      }),
    )
    expect(await store.level(skuId, 'WH-HZ')).toMatchObject({ reserved: 0 })
  })

  test('that the platform closes after it was packed here is a person’s work, and stays shipped', async () => {
    const skuId = await mappedSku({ 'WH-HZ': 5 })
    const order = paid(orderOf(skuId, 1))
    const id = (await apply(order)).orderId ?? ''
    await store.commit(id, [], { status: 'shipped' })
    await apply(closed(order, 9))
    const { inboxId, body } = await factOf(id, 'channel.closed')
    const fact = factBodies['channel.closed'].parse(body)
    const { state, records } = await decided(id, { type: 'channel_closed', inboxId, ...fact })
    await commitOrder(store.db, { runId: 'run', state, records })
    expect(await items('contradiction', `${id}/closed`)).toMatchObject([
      { state: 'open', detail: { reason: 'TRADE_CLOSED', stands: 'shipped' } },
    ])
    expect(await statusOf(id)).toBe('shipped')
  })

  test('that the platform says is shipped while nothing has left here is a contradiction', async () => {
    const skuId = await mappedSku({ 'WH-HZ': 5 })
    const order = paid(orderOf(skuId, 1))
    const { orderId } = await apply(order)
    await apply({ ...order, status: 'shipped', rawStatus: 'WAIT_BUYER_CONFIRM_GOODS', modifiedAt: at(5) })
    expect(await items('contradiction', `${orderId}/shipped`)).toHaveLength(1)
    expect(await facts(orderId)).toEqual(['order.placed', 'payment.received'])
  })

  test('whose receiver changes keeps the one it was placed with until the change that its platform asks for is approved', async () => {
    const skuId = await mappedSku({ 'WH-HZ': 5 })
    const order = orderOf(skuId, 1)
    const { orderId } = await apply(order)
    const moved = { ...order, modifiedAt: at(3), receiver: { ...order.receiver, address: '延安路 9 号' } }
    await apply(moved)
    expect((await apply(moved)).outcome).toBe('unchanged')
    // A remark is no receiver: it is kept with the one there is.
    await apply({ ...moved, buyerRemark: '放门口', modifiedAt: at(4) })
    const [request, ...more] = await requests(orderId)
    expect(more).toEqual([])
    expect(request).toMatchObject({ type: 'address', applicant: 'mall', status: 'submitted' })
    expect(await items('channel_change', orderId ?? '')).toMatchObject([
      { state: 'open', detail: { changeNumber: request?.number } },
    ])
    // Once more while that is being decided: a person sees that there is a newer one.
    await apply({ ...moved, receiver: { ...order.receiver, address: '延安路 11 号' }, modifiedAt: at(5) })
    expect(await requests(orderId)).toHaveLength(1)
    expect(await items('channel_change', orderId ?? '')).toMatchObject([
      { detail: { changeNumber: request?.number } },
      { state: 'open', detail: { notAsked: expect.stringContaining(request?.number ?? '-') } },
    ])
  })

  test('whose receiver moves to where no province is known is not asked for: a person hears why', async () => {
    const order = orderOf(await mappedSku({ 'WH-HZ': 5 }), 1)
    const { orderId } = await apply(order)
    const receiver = { ...order.receiver, province: '某省', address: '延安路 9 号' }
    await apply({ ...order, modifiedAt: at(3), receiver })
    expect(await requests(orderId)).toEqual([])
    expect(await items('channel_change', orderId ?? '')).toMatchObject([
      { state: 'open', detail: { notAsked: 'the province of the address is unknown' } },
    ])
  })

  test('under a shipping ban is not told of its money before the ban is lifted', async () => {
    const skuId = await mappedSku({ 'WH-HZ': 5 })
    const order = paid(orderOf(skuId, 1), 1, { shippingForbidden: true })
    const { orderId } = await apply(order)
    expect(await facts(orderId)).toEqual(['order.placed'])
    await apply({ ...order, shippingForbidden: false, modifiedAt: at(9) })
    expect(await facts(orderId)).toEqual(['order.placed', 'payment.received'])
  })

  test('keeps what only the platform can open, sealed', async () => {
    const skuId = await mappedSku({ 'WH-HZ': 5 })
    await apply(orderOf(skuId, 1))
    const { rows } = await sql<{ found: number }>`
      select count(*)::int as found from channel_order where canonical::text like '%文三路%' or canonical::text like '%OAID-OF-THE-TEST%'`.execute(
      store.db,
    )
    expect(rows[0]?.found).toBe(0)
  })
})

describe('an order of a channel for which stock is missing', () => {
  test('is accepted, reserves nothing, and is served when stock comes, who paid first first', async () => {
    const skuId = await mappedSku({ 'WH-HZ': 0 })
    const late = await apply(paid(orderOf(skuId, 2), 20))
    const first = await apply(paid(orderOf(skuId, 2), 10))
    const unpaid = await apply(orderOf(skuId, 1))
    expect(await Promise.all([late, first, unpaid].map(({ orderId }) => statusOf(orderId)))).toEqual(
      Array(3).fill('awaiting_stock'),
    )
    expect(await items('awaiting_stock', first.orderId ?? '')).toMatchObject([{ state: 'open' }])
    await receive(skuId, 3)
    expect(await serveWaiting(store.db, skuId, 10)).toBe(1)
    expect(await holds(first.orderId)).toEqual({ confirmed: 2 })
    // One unit is left: the later payment needs two, and the unpaid order behind it may not take it.
    expect(await holds(unpaid.orderId)).toEqual({})
    await receive(skuId, 2)
    expect(await serveWaiting(store.db, skuId, 10)).toBe(2)
    expect(await holds(late.orderId)).toEqual({ confirmed: 2 })
    expect(await holds(unpaid.orderId)).toEqual({ held: 1 })
    expect(await items('awaiting_stock', first.orderId ?? '')).toMatchObject([{ state: 'resolved' }])
    expect(await facts(first.orderId)).toEqual(['order.placed', 'payment.received', 'stock.granted'])
  })

  test('of a segment with a higher priority is served before older payments, and what comes in is owed to it first', async () => {
    await valuedBuyer('valued', 9)
    const skuId = await mappedSku({ 'WH-HZ': 0 })
    const early = await apply(paid(orderOf(skuId, 1), 10))
    const valued = await apply(paid(orderOf(skuId, 1, { buyerId: 'valued' }), 20))
    const unpaid = await apply(orderOf(skuId, 1, { buyerId: 'valued' }))
    await receive(skuId, 1)
    const alone = await store.inTransaction((tx) => serve(tx, early.orderId ?? '', { operator: 'system' }))
    expect(alone).toMatchObject({ result: 'short' })
    expect(await serveWaiting(store.db, skuId, 10)).toBe(1)
    expect(await holds(valued.orderId)).toEqual({ confirmed: 1 })
    // Nobody's priority counts before their money: the unpaid one stays behind.
    await receive(skuId, 1)
    expect(await serveWaiting(store.db, skuId, 10)).toBe(1)
    expect(await holds(early.orderId)).toEqual({ confirmed: 1 })
    expect(await holds(unpaid.orderId)).toEqual({})
  })

  test('is owed what comes in: a buyer who is first at the shelf gets only what is left over', async () => {
    const skuId = await mappedSku({ 'WH-HZ': 0, 'WH-GZ': 0 })
    const { orderId } = await apply(paid(orderOf(skuId, 2)))
    await receive(skuId, 3)
    const two = await store.tryCheckout([{ skuId, quantity: 2 }])
    expect(two).toMatchObject({ ok: false, problem: { code: 'insufficient-stock' } })
    expect(await store.tryCheckout([{ skuId, quantity: 1 }])).toMatchObject({ ok: true })
    // Another platform's buyer has paid later and waits behind.
    const later = await apply(paid(orderOf(skuId, 1), 30))
    expect(await statusOf(later.orderId)).toBe('awaiting_stock')
    expect(await serveWaiting(store.db, skuId, 10)).toBe(1)
    expect(await holds(orderId)).toEqual({ confirmed: 2 })
  })

  test('is owed what comes in also by a buyer who waited for the locks while it came in', async () => {
    const skuId = await mappedSku({ 'WH-HZ': 0 })
    const { orderId } = await apply(paid(orderOf(skuId, 1)))
    const receiving = await store.begin()
    await adjustStock(receiving, {
      adjustments: [{ skuId, warehouseId: 'WH-HZ', quantityDelta: 1 }],
      operationId: uuid(),
      operator: 'test',
      reason: 'came in',
    })
    const buyer = store.newRival()
    const { result } = await buyer.start((db) => store.tryCheckout([{ skuId, quantity: 1 }], { db }))
    await buyer.untilBlocked()
    await receiving.commit().execute()
    expect(await result).toMatchObject({ ok: false, problem: { code: 'insufficient-stock' } })
    expect(await serveWaiting(store.db, skuId, 10)).toBe(1)
    expect(await holds(orderId)).toEqual({ confirmed: 1 })
  })

  test('takes nothing that is owed to an earlier one which still waits for something else', async () => {
    const [first, second] = [await mappedSku({ 'WH-HZ': 0 }), await mappedSku({ 'WH-HZ': 0 })]
    const both = orderOf(first, 1)
    const [line] = both.lines
    if (!line) throw new Error('an order without a line')
    both.lines.push({ ...line, platformLineId: '2', platformSkuId: `P-${second}` })
    const early = await apply(paid({ ...both, amountCents: 2_000 }, 10))
    const late = await apply(paid(orderOf(first, 1), 20))
    await receive(first, 1)
    expect(await serveWaiting(store.db, first, 10)).toBe(0)
    const alone = await store.inTransaction((tx) => serve(tx, late.orderId ?? '', { operator: 'system' }))
    expect(alone).toMatchObject({ result: 'short' })
    await receive(second, 1)
    expect(await serveWaiting(store.db, second, 10)).toBe(1)
    expect(await holds(early.orderId)).toEqual({ confirmed: 2 })
  })

  test('that nobody has paid is owed nothing', async () => {
    const skuId = await mappedSku({ 'WH-HZ': 0 })
    await apply(orderOf(skuId, 2))
    await receive(skuId, 2)
    expect(await store.tryCheckout([{ skuId, quantity: 2 }])).toMatchObject({ ok: true })
  })

  test('comes after an order that lost its units to a short pick', async () => {
    const skuId = await mappedSku({ 'WH-HZ': 1 })
    const { order, taskIds } = await store.paidOrder([{ skuId, quantity: 1 }])
    await apply(paid(orderOf(skuId, 1)))
    await store.report(taskIds[0] ?? '', { type: 'short', lines: [{ lineNumber: 1, quantityMissing: 1 }] })
    await store.inTransaction((tx) =>
      adjustStock(tx, {
        adjustments: [{ skuId, warehouseId: 'WH-GZ', quantityDelta: 1 }],
        operationId: uuid(),
        operator: 'test',
        reason: 'came in',
      }),
    )
    const { placed } = await store.firstState(order.orderId)
    const lines = [{ lineNumber: 1, skuId, quantity: 1 }]
    const found = await settleShortage(store.db, {
      placed,
      lines,
      warehouseId: 'WH-HZ',
      operationId: uuid(),
    })
    expect(found.allocations).toMatchObject([{ warehouseId: 'WH-GZ', quantity: 1 }])
  })

  test('is served once, however many processes try', async () => {
    const skuId = await mappedSku({ 'WH-HZ': 0 })
    const { orderId } = await apply(paid(orderOf(skuId, 1)))
    await receive(skuId, 5)
    const served = await Promise.all(Array.from({ length: 6 }, () => serveWaiting(store.db, skuId, 10)))
    expect(served.reduce((sum, count) => sum + count, 0)).toBe(1)
    expect(await holds(orderId)).toEqual({ confirmed: 1 })
  })

  test('is not served after it was cancelled', async () => {
    const skuId = await mappedSku({ 'WH-HZ': 0 })
    const { orderId } = await apply(paid(orderOf(skuId, 1)))
    await decideCancellation(store.db, {
      orderId: orderId ?? '',
      mayCancelPaid: true,
      operationId: uuid(),
      operator: 'test',
    })
    await receive(skuId, 5)
    expect(await serveWaiting(store.db, skuId, 10)).toBe(0)
    expect(await holds(orderId)).toEqual({})
  })

  test('is sent by the warehouse that a person names, whatever the policy’s limits are', async () => {
    await withPolicy({ maxDistanceKilometres: 100 }, async () => {
      const skuId = await mappedSku({ 'WH-GZ': 5 })
      const { orderId } = await apply(paid(orderOf(skuId, 2)))
      const id = orderId ?? ''
      const serveFrom = (warehouseIds?: string[]) =>
        store.inTransaction((tx) => serve(tx, id, { operator: 'mei', warehouseIds }))
      expect(await serveFrom()).toMatchObject({ result: 'short', shortages: [{ beyondLimits: 2 }] })
      expect(await serveFrom(['WH-HZ'])).toMatchObject({ result: 'short' })
      expect(await serveFrom(['WH-GZ'])).toEqual({ result: 'served' })
      expect(await holds(orderId)).toEqual({ confirmed: 2 })
    })
  })

  describe('and whose change is being decided', () => {
    const hold = (orderId: string, changeId: string) =>
      holdForChange(store.db, {
        ...{ orderId, changeId, change: { type: 'cancel' }, tasks: [] },
        operationId: uuid(),
      })

    test('gets nothing meanwhile, keeps what is owed to it, and is tried again at once when that is over', async () => {
      const skuId = await mappedSku({ 'WH-HZ': 0 })
      const first = await apply(paid(orderOf(skuId, 2), 10))
      const second = await apply(paid(orderOf(skuId, 2), 20))
      expect(await hold(first.orderId ?? '', uuid())).toEqual({ problem: null })
      await receive(skuId, 2)
      expect(await serveWaiting(store.db, skuId, 10)).toBe(0)
      await receive(skuId, 2)
      expect(await serveWaiting(store.db, skuId, 10)).toBe(1)
      expect(await holds(second.orderId)).toEqual({ confirmed: 2 })
      expect(await store.inTransaction((tx) => serve(tx, first.orderId ?? '', { operator: 'mei' }))).toEqual({
        result: 'on-hold',
      })
      await store.commit(first.orderId ?? '', [{ kind: 'resume_picking' }], { status: 'awaiting_stock' })
      expect(await takeUpWaiting(store.db, 10)).toBe(1)
      expect(await holds(first.orderId)).toEqual({ confirmed: 2 })
      expect(await takeUpWaiting(store.db, 10)).toBe(0)
    })

    test('is not held when stock was given to it a moment before, of which it has not heard', async () => {
      const skuId = await mappedSku({ 'WH-HZ': 0 })
      const { orderId } = await apply(paid(orderOf(skuId, 1)))
      await receive(skuId, 1)
      expect(await serveWaiting(store.db, skuId, 10)).toBe(1)
      expect(await hold(orderId ?? '', uuid())).toMatchObject({ problem: { reason: 'order-changed' } })
    })

    test('needs less once units of it were given up, and stores show more again', async () => {
      const skuId = await mappedSku({ 'WH-HZ': 1 })
      const { orderId } = await apply(paid(orderOf(skuId, 3)))
      const id = orderId ?? ''
      await hold(id, uuid())
      const lines = [{ lineNumber: 1, skuId, quantity: 1, unitPriceCents: 1_000 }]
      const change = {
        changeId: uuid(),
        changeNumber: 'CR-1',
        type: 'quantity' as const,
        approvers: [],
        amountBeforeCents: 3_000,
        amountAfterCents: 1_000,
        allowanceCents: 0,
      }
      await store.commit(
        id,
        [
          {
            kind: 'apply_change',
            ...{ change, lines, freightCents: 0, amountCents: 1_000, contact: null },
            ...{ giveBack: [], withdraw: [] },
          },
          { kind: 'resume_picking' },
        ],
        { status: 'awaiting_stock' },
      )
      expect(await takeUpWaiting(store.db, 10)).toBe(1)
      expect(await holds(orderId)).toEqual({ confirmed: 1 })
    })
  })

  test('that a person puts off comes back as a work item when its time is here', async () => {
    const skuId = await mappedSku({ 'WH-HZ': 0 })
    const { orderId } = await apply(paid(orderOf(skuId, 1)))
    const id = orderId ?? ''
    await store.inTransaction(async (tx) => {
      const origin = { actor: 'mei', source: 'console' as const, requestId: null }
      await decideOnStockWait(tx, {
        orderId: id,
        body: { decision: 'wait', until: new Date(Date.now() + 60_000).toISOString() },
        ...{ applicant: { name: 'mei', role: 'store_manager' }, eventId: uuid(), origin },
        requireDestination: async () => undefined,
      })
    })
    expect(await items('awaiting_stock', id)).toMatchObject([{ state: 'resolved', resolved_by: 'mei' }])
    expect(await takeUpWaiting(store.db, 10)).toBe(0)
    await sql`update stock_wait set look_again_at = clock_timestamp() where order_id = ${id}`.execute(
      store.db,
    )
    expect(await takeUpWaiting(store.db, 10)).toBe(1)
    expect((await items('awaiting_stock', id)).map((item) => item.state).toSorted()).toEqual([
      'open',
      'resolved',
    ])
  })
})

describe('the lines of a platform’s order', () => {
  test('cost here what they cost there, to the cent, however bundles divide', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            quantity: fc.integer({ min: 1, max: 50 }),
            amountCents: fc.integer({ min: 0, max: 10_000_000 }),
            parts: fc.array(
              fc.record({
                units: fc.integer({ min: 1, max: 9 }),
                price: fc.integer({ min: 0, max: 99_999 }),
              }),
              {
                minLength: 1,
                maxLength: 4,
              },
            ),
          }),
          { minLength: 1, maxLength: 5 },
        ),
        (drafts) => {
          const parts = new Map(
            drafts.map((draft, line) => [
              `P${line}`,
              draft.parts.map((part, index) => ({ skuId: `S${line}-${index}`, quantity: part.units })),
            ]),
          )
          const standardPriceCents = new Map(
            drafts.flatMap((draft, line) =>
              draft.parts.map((part, index) => [`S${line}-${index}`, part.price] as const),
            ),
          )
          const lines = drafts.map(({ quantity, amountCents }, index) => ({
            platformLineId: String(index),
            platformSkuId: `P${index}`,
            outerSkuId: null,
            title: 'x',
            quantity,
            amountCents,
            refund: 'none' as const,
          }))
          const amountCents = lines.reduce((sum, line) => sum + line.amountCents, 500)
          const placing = placingOf(
            { ...orderOf('x', 1), lines, amountCents, freightCents: 500 },
            { parts, standardPriceCents },
          )
          expect(placing.ok).toBe(true)
          if (!placing.ok) return
          for (const [index, draft] of drafts.entries()) {
            const own = placing.lines.filter((line) => line.platformLineId === String(index))
            expect(own.reduce((sum, line) => sum + line.quantity * line.unitPriceCents, 0)).toBe(
              draft.amountCents,
            )
            const units = draft.parts.reduce((sum, part) => sum + part.units * draft.quantity, 0)
            expect(own.reduce((sum, line) => sum + line.quantity, 0)).toBe(units)
          }
        },
      ),
    )
  })
})

describe('cash on delivery (货到付款)', () => {
  const released = (order: ChannelOrder, seconds = 1, change: Partial<ChannelOrder> = {}): ChannelOrder => ({
    ...order,
    status: 'paid',
    rawStatus: 'WAIT_SELLER_SEND_GOODS',
    modifiedAt: at(seconds),
    cashOnDelivery: true,
    ...change,
  })
  const bodyOf = async (orderId: string | null) => {
    const { rows } = await sql<{ body: object }>`
      select body from inbox join inbox_body on inbox_id = id
      where order_key = ${orderId} and type = 'payment.received' order by id`.execute(store.db)
    return rows.map((row) => row.body)
  }
  const payments = (orderId: string | null) =>
    store.db
      .selectFrom('payment')
      .select(['amount_cents', 'outcome'])
      .where('order_id', '=', orderId ?? '')
      .execute()

  test('is released once, keeps its units, and owes its money until the platform has it', async () => {
    const skuId = await mappedSku({ 'WH-HZ': 2 })
    const order = orderOf(skuId, 2)
    const { orderId } = await apply(released(order))
    await apply(released(order, 2, { rawStatus: 'again' }))
    expect((await store.holds(orderId ?? '')).map((hold) => hold.state)).toEqual(['confirmed'])
    expect(await bodyOf(orderId)).toMatchObject([{ amountCents: 0, onDelivery: true, holdsConfirmed: true }])
    expect(await payments(orderId)).toEqual([])
    await apply(released(order, 3, { status: 'completed', paidAt: at(3) }))
    expect(await payments(orderId)).toMatchObject([{ amount_cents: 2_000 }])
    expect(await bodyOf(orderId)).toHaveLength(2)
  })

  test('that came after the order’s end is written down, and nobody’s work', async () => {
    const skuId = await mappedSku({ 'WH-HZ': 1 })
    const order = orderOf(skuId, 1)
    const { orderId } = await apply(released(order))
    await store.commit(orderId ?? '', [], { status: 'completed', closed: true })
    await apply(released(order, 2, { status: 'completed', paidAt: at(2) }))
    expect(await payments(orderId)).toEqual([{ amount_cents: 1_000, outcome: 'accepted' }])
    expect(await bodyOf(orderId)).toHaveLength(1)
  })

  test('waits for stock by the time at which it was placed', async () => {
    const skuId = await mappedSku({ 'WH-HZ': 0 })
    const order = orderOf(skuId, 1)
    const { orderId } = await apply(released(order))
    expect(await statusOf(orderId)).toBe('awaiting_stock')
    const wait = await store.db
      .selectFrom('stock_wait')
      .select('paid_at')
      .where('order_id', '=', orderId ?? '')
      .executeTakeFirstOrThrow()
    expect(wait.paid_at).toEqual(new Date(order.createdAt))
    await receive(skuId, 1)
    expect(await serveWaiting(store.db, skuId, 10)).toBe(1)
    expect((await store.holds(orderId ?? '')).map((hold) => hold.state)).toEqual(['confirmed'])
  })

  test('is not released while its platform forbids to ship', async () => {
    const skuId = await mappedSku({ 'WH-HZ': 1 })
    const order = orderOf(skuId, 1)
    const { orderId } = await apply(released(order, 1, { shippingForbidden: true }))
    expect(await bodyOf(orderId)).toEqual([])
    await apply(released(order, 2))
    expect(await bodyOf(orderId)).toHaveLength(1)
  })
})

test('the reason that a refund is asked for is a complaint where the policy says so, once a line', async () => {
  const skuId = await mappedSku({ 'WH-HZ': 10 })
  const asking = (
    order: ChannelOrder,
    seconds: number,
    refundReason: string,
    refund: 'open' | 'done' = 'open',
  ) =>
    apply({
      ...order,
      modifiedAt: at(seconds),
      lines: order.lines.map((line) => ({ ...line, refund, refundReason })),
    })
  const complaints = (order: ChannelOrder) =>
    store.db
      .selectFrom('complaint')
      .innerJoin('channel_order', 'channel_order.order_id', 'complaint.order_id')
      .select(['category', 'source', 'refund_reason', 'occurred_at', 'recorded_by'])
      .where('platform_order_id', '=', order.platformOrderId)
      .execute()
  const broken = paid(orderOf(skuId, 1))
  const unwanted = paid(orderOf(skuId, 1))
  for (const order of [broken, unwanted]) await apply(order)
  await asking(broken, 10, '商品破损')
  await asking(broken, 20, '质量问题')
  await asking(broken, 30, '质量问题', 'done')
  await asking(unwanted, 10, '七天无理由退货')
  expect(await complaints(broken)).toEqual([
    {
      category: 'damaged',
      source: 'channel_refund',
      refund_reason: '商品破损',
      occurred_at: new Date(at(10)),
      recorded_by: 'mall',
    },
  ])
  expect(await complaints(unwanted)).toEqual([])
})
