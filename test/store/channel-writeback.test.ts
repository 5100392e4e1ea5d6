import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { callShop } from '../../connectors/channels/calls.ts'
import { CHANNEL_CONNECTORS } from '../../connectors/channels/registry.ts'
import { taobaoConnector } from '../../connectors/channels/taobao/index.ts'
import { CallLimits } from '../../connectors/rate-limit.ts'
import { INITIAL_SAFETY_STOCK_POLICY } from '../../domain/safety-stock.ts'
import { shopQuantities } from '../../domain/shop-quantities.ts'
import { appSecretOf, Tokenbook } from '../../simulator/platforms/accounts.ts'
import { type Simulator, startSimulator } from '../../simulator/server.ts'
import { applyChannelOrder } from '../../store/channel-orders.ts'
import { readShopQuantities } from '../../store/channel-writeback.ts'
import { KeyRing } from '../../store/keyring.ts'
import { planDueListings } from '../../store/listing-plan.ts'
import { putListings } from '../../store/listings.ts'
import { Policies } from '../../store/policy-cache.ts'
import { ShopAccounts } from '../../store/shop-accounts.ts'
import { tokenStore } from '../../store/shop-tokens.ts'
import { createShop, findOpenShop, saveRefreshedCredentials } from '../../store/shops.ts'
import { channelTarget } from '../../workers/channel-deliveries.ts'
import { DeliverySender } from '../../workers/delivery-sender.ts'
import { TEST_PAYLOAD_KEYS } from '../support/keys.ts'
import { openTestStore, type TestStore } from './support.ts'

const SEED = 'order-hub'
const APP = 'app-1'
const SELLER = '4001'
const SHOP = { shopId: 'SHOP-TB', storeId: 'ST-TB', platform: 'taobao' as const }
const keyRing = KeyRing.parse(TEST_PAYLOAD_KEYS)
const policies = new Policies()
let store: TestStore
let simulator: Simulator
let sender: DeliverySender
let skuId: string
let lastOrder = 3_001_234_567_890_123_000n

beforeAll(async () => {
  store = await openTestStore()
  simulator = await startSimulator({ secret: 'x'.repeat(32), seed: SEED })
  await store.db
    .insertInto('store')
    .values({ id: SHOP.storeId, name: '天猫店', channel: 'taobao', region: '华东' })
    .execute()
  const { accessToken, refreshToken } = new Tokenbook(SEED, 'taobao').tokensOf(SELLER)
  await store.inTransaction((tx) =>
    createShop(tx, keyRing, {
      operator: 'test',
      channel: 'taobao',
      body: {
        id: SHOP.shopId,
        storeId: SHOP.storeId,
        platform: 'taobao',
        platformShopId: SELLER,
        appKey: APP,
        gatewayUrl: `${simulator.url}/taobao/router/rest`,
        pushUrl: null,
        pullFrom: new Date(),
        credentials: { appSecret: appSecretOf(SEED, 'taobao', APP), accessToken, refreshToken },
      },
    }),
  )
  sender = newSender()
  skuId = await store.addSku({ 'WH-HZ': 20, 'WH-GZ': 3 })
  for (const [platformSkuId, quantity] of [
    ['88001', 1],
    ['88002', 3],
  ] as const) {
    await store.db
      .insertInto('sku_mapping')
      .values({
        shop_id: SHOP.shopId,
        platform_sku_id: platformSkuId,
        version: 1,
        parts: JSON.stringify([{ skuId, quantity }]),
        platform_item_id: '77001',
        author: 'test',
      })
      .execute()
  }
})
afterAll(async () => {
  await simulator.close()
  await store.close()
})

/** One that knows the shops as they are now. */
function newSender(): DeliverySender {
  const shops = new ShopAccounts(store.db, keyRing)
  const callLimits = new CallLimits(null)
  const toShops = { keyRing, shops, connectors: CHANNEL_CONNECTORS, callLimits }
  return new DeliverySender({ db: store.db, target: channelTarget('taobao', toShops) })
}

/** A buyer pays on the platform, and the hub hears of it. Returns both ids. */
async function buy(lines: { skuId: string; quantity: number }[]) {
  lastOrder += 1n
  const orderId = String(lastOrder)
  simulator.market.place({
    platform: 'taobao',
    platformShopId: SELLER,
    orderId,
    buyerId: 'buyer-1',
    freightCents: 0,
    receiver: {
      name: '李四',
      phone: '13900000000',
      province: '浙江省',
      city: '杭州市',
      district: '西湖区',
      address: '文三路 1 号',
    },
    lines: lines.map((line, index) => ({
      lineId: `${orderId}${index}`,
      itemId: '77001',
      skuId: line.skuId,
      outerSkuId: '',
      title: '毛巾',
      quantity: line.quantity,
      unitPriceCents: 1_000,
      paidCents: 1_000 * line.quantity,
    })),
  })
  simulator.market.pay('taobao', orderId)
  return { platformOrderId: orderId, hubOrderId: await fetch(orderId) }
}

async function fetch(platformOrderId: string): Promise<string> {
  const shops = new ShopAccounts(store.db, keyRing)
  const shop = await shops.find(SHOP.shopId)
  if (!shop) throw new Error('no shop')
  const fetched = await callShop(taobaoConnector, shop, tokenStore(store.db, keyRing), (client) =>
    client.fetchOrder(platformOrderId),
  )
  if (!fetched) throw new Error('not found')
  const report = { shop: SHOP, order: fetched.order, inboxIds: [], traceParent: null }
  const { orderId } = await store.inTransaction((tx) => applyChannelOrder(tx, { keyRing, policies }, report))
  return orderId ?? ''
}

/** The warehouses pack everything that the order has there. */
async function pack(orderId: string): Promise<void> {
  const allocations = await store.db
    .selectFrom('reservation')
    .select(['line_number as lineNumber', 'sku_id as skuId', 'warehouse_id as warehouseId', 'quantity'])
    .where('order_id', '=', orderId)
    .where('state', '=', 'confirmed')
    .execute()
  const tasks = await store.openTasks(
    orderId,
    allocations.map((entry) => ({ ...entry, lineNumber: entry.lineNumber ?? 0 })),
  )
  for (const [index, taskId] of tasks.entries()) {
    await store.inTransaction((tx) =>
      store.reportIn(tx, taskId, {
        type: 'packed',
        courier: 'sf',
        waybillNumber: `SF${orderId.slice(-8)}${index}`,
      }),
    )
  }
}
const deliveries = (orderId: string) =>
  store.db
    .selectFrom('delivery')
    .selectAll()
    .where('order_id', '=', orderId)
    .where('kind', '=', 'channel_ship')
    .execute()

const makeDue = (orderId: string) =>
  store.db
    .updateTable('delivery')
    .set({ next_attempt_at: new Date(0) })
    .where('order_id', '=', orderId)
    .execute()

/** The shop's credentials become others, as by hand. */
async function enterTokens(tokens: { accessToken: string; refreshToken: string }): Promise<void> {
  const shop = await findOpenShop(store.db, keyRing, SHOP.shopId)
  if (!shop) throw new Error('no shop')
  await saveRefreshedCredentials(store.db, keyRing, shop, { ...shop.credentials, ...tokens })
}

describe('a parcel of a channel’s order', () => {
  test('is told to its platform, once, although the first answer was lost on the way', async () => {
    const { platformOrderId, hubOrderId } = await buy([{ skuId: '88001', quantity: 2 }])
    await pack(hubOrderId)
    simulator.mischief('taobao', { cutAfterEffect: 1 })
    await sender.runOnce()
    simulator.mischief('taobao', { cutAfterEffect: 0 })
    expect(simulator.market.find('taobao', platformOrderId)?.shipments).toHaveLength(1)
    expect(await deliveries(hubOrderId)).toMatchObject([{ state: 'pending', attempts: 1 }])
    await makeDue(hubOrderId)
    await sender.runOnce()
    expect(await deliveries(hubOrderId)).toMatchObject([{ state: 'delivered', attempts: 2 }])
    expect(simulator.market.find('taobao', platformOrderId)).toMatchObject({
      status: 'shipped',
      shipments: [{ waybillNumber: expect.stringMatching(/^SF/) }],
    })
  })

  test('waits for a shop whose way to new tokens is refused, and is told once it is let in again', async () => {
    const { platformOrderId, hubOrderId } = await buy([{ skuId: '88001', quantity: 1 }])
    await pack(hubOrderId)
    const shop = await findOpenShop(store.db, keyRing, SHOP.shopId)
    const { accessToken = '', refreshToken = '' } = shop?.credentials ?? {}
    await enterTokens({ accessToken: 'ended', refreshToken: 'ended' })
    await newSender().runOnce()
    expect(await deliveries(hubOrderId)).toMatchObject([
      { state: 'pending', attempts: 1, last_error: expect.stringContaining('no new tokens') },
    ])
    await enterTokens({ accessToken, refreshToken })
    await makeDue(hubOrderId)
    await newSender().runOnce()
    expect(await deliveries(hubOrderId)).toMatchObject([{ state: 'delivered', attempts: 2 }])
    expect(simulator.market.find('taobao', platformOrderId)).toMatchObject({ status: 'shipped' })
  })

  test('is what the platform then says itself: no contradiction, no change', async () => {
    const { platformOrderId, hubOrderId } = await buy([{ skuId: '88001', quantity: 1 }])
    await pack(hubOrderId)
    await sender.runOnce()
    expect(await fetch(platformOrderId)).toBe(hubOrderId)
    const items = await store.db
      .selectFrom('work_item')
      .select('kind')
      .where('order_id', '=', hubOrderId)
      .execute()
    expect(items).toEqual([])
  })
})

describe('what a shop shows', () => {
  test('is what its store may show, divided among the SKUs that are made of the same goods', async () => {
    await store.inTransaction((tx) => putListings(tx, [{ storeId: SHOP.storeId, skuId }]))
    const policy = {
      version: 1,
      document: { ...INITIAL_SAFETY_STOCK_POLICY, bufferUnitsByChannel: { taobao: 2 } },
    }
    await planDueListings(store.db, { policy, connectedChannels: ['taobao'] }, 10)
    const { quantity } = await store.db
      .selectFrom('listing')
      .select('quantity')
      .where('sku_id', '=', skuId)
      .executeTakeFirstOrThrow()
    const levels = await Promise.all(['WH-HZ', 'WH-GZ'].map((id) => store.level(skuId, id)))
    const available = levels.reduce(
      (sum, { total, shipped, reserved }) => sum + total - shipped - reserved,
      0,
    )
    expect(quantity).toBe(available - 2)
    await sender.runOnce()
    const single = simulator.market.quantityShown('taobao', SELLER, '88001') ?? 0
    const triple = simulator.market.quantityShown('taobao', SELLER, '88002') ?? 0
    expect(single + 3 * triple).toBeLessThanOrEqual(quantity)
    expect(single).toBe(Math.ceil(quantity / 2))
    const listing = await store.db
      .selectFrom('listing')
      .select(['version', 'confirmed_version'])
      .where('sku_id', '=', skuId)
      .executeTakeFirstOrThrow()
    expect(listing.confirmed_version).toBe(listing.version)
  })

  test('is found by any part of a bundle, with all that share its goods; what is sold no longer takes no share', async () => {
    const storeId = 'ST-TB'
    const [one, two, other] = await Promise.all([1, 2, 3].map(() => store.addSku({ 'WH-HZ': 100 })))
    const map = (platformSkuId: string, version: number, parts: object[]) =>
      store.db
        .insertInto('sku_mapping')
        .values({
          shop_id: SHOP.shopId,
          platform_sku_id: platformSkuId,
          version,
          parts: JSON.stringify(parts),
          author: 'test',
        })
        .execute()
    await map('91', 1, [{ skuId: one, quantity: 1 }])
    await map('92', 1, [
      { skuId: one, quantity: 1 },
      { skuId: two, quantity: 2 },
    ])
    await map('93', 1, [{ skuId: two, quantity: 1 }])
    await map('94', 1, [{ skuId: two, quantity: 1 }])
    await map('94', 2, [])
    await map('95', 1, [{ skuId: other, quantity: 1 }])
    for (const [skuId, quantity] of [
      [one, 10],
      [two, 8],
      [other, 7],
    ] as const) {
      await store.inTransaction((tx) => putListings(tx, [{ storeId, skuId: skuId ?? '' }]))
      await store.db
        .updateTable('listing')
        .set({ quantity, version: 1, decided_at: new Date() })
        .where('sku_id', '=', skuId ?? '')
        .execute()
    }
    const shown = await readShopQuantities(store.db, storeId, one ?? '')
    // Of ten there are five for each of the two; of the eight others four for each, which is two bundles.
    expect(shown.map(({ platformSkuId, quantity }) => [platformSkuId, quantity])).toEqual([
      ['91', 5],
      ['92', 2],
    ])
  })

  test('never offers a unit twice, however SKUs share their goods', () => {
    const part = fc.record({
      skuId: fc.constantFrom('A', 'B', 'C'),
      quantity: fc.integer({ min: 1, max: 4 }),
    })
    fc.assert(
      fc.property(
        fc.uniqueArray(
          fc.record({
            platformItemId: fc.constant(null),
            platformSkuId: fc.stringMatching(/^[0-9]{1,3}$/),
            parts: fc.uniqueArray(part, { maxLength: 3, selector: (entry) => entry.skuId }),
          }),
          { selector: (entry) => entry.platformSkuId, maxLength: 8 },
        ),
        fc.record({ A: fc.nat(50), B: fc.nat(50), C: fc.nat(50) }),
        (mapped, stock) => {
          const shown = shopQuantities(mapped, (id) =>
            id === 'A' ? stock.A : id === 'B' ? stock.B : stock.C,
          )
          for (const id of ['A', 'B', 'C'] as const) {
            const promised = mapped.reduce(
              (sum, sku) =>
                sum +
                (shown.get(sku.platformSkuId) ?? 0) *
                  (sku.parts.find((entry) => entry.skuId === id)?.quantity ?? 0),
              0,
            )
            expect(promised).toBeLessThanOrEqual(stock[id])
          }
        },
      ),
    )
  })
})
