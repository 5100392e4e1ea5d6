import { pino } from 'pino'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { byPlatform, CHANNEL_CONNECTORS } from '../../connectors/channels/registry.ts'
import { CallLimits } from '../../connectors/rate-limit.ts'
import { createMall } from '../../simulator/platforms/mall/index.ts'
import { type Simulator, startSimulator } from '../../simulator/server.ts'
import { queueShipment } from '../../store/channel-writeback.ts'
import { channelTarget } from '../../workers/channel-deliveries.ts'
import { ChannelFetch } from '../../workers/channel-fetch.ts'
import { DeliverySender } from '../../workers/delivery-sender.ts'
import { mallShop } from '../support/pushing-shops.ts'
import { sixthConnector } from '../support/sixth-channel/index.ts'
import { taobaoOrder } from '../support/taobao.ts'
import { createTestApi, type TestApi } from './support.ts'

/** A channel that is one line of the registry: from its store over a push to an order, and back with the waybill. */
const SEED = 'sixth-intake'
const connectors = byPlatform([...Object.values(CHANNEL_CONNECTORS), sixthConnector])
let api: TestApi
let simulator: Simulator

beforeAll(async () => {
  api = await createTestApi({ deps: { connectors } })
  const hubApi = await api.app.listen({ host: '127.0.0.1', port: 0 })
  const morePlatforms = (options: Parameters<typeof createMall>[0]) => [createMall(options, 'sixth')]
  simulator = await startSimulator({ secret: 'x'.repeat(32), seed: SEED, hubApi, morePlatforms })
})
afterAll(async () => {
  await simulator.close()
  await api.close()
})

const post = (url: string, payload: object) => api.as('ops', { method: 'POST', url, payload })

test('a sixth channel is taken in, fetched, placed and told its waybill', async () => {
  const store = { id: 'ST-6', name: '第六店', channel: 'sixth-stores', region: '华东' }
  expect((await post('/v1/stores', store)).statusCode).toBe(201)
  const { shopId: id, ...shop } = mallShop(simulator.url, SEED, 'sixth-1')
  const { platformShopId, appKey, credentials } = shop
  const body = { id, storeId: 'ST-6', platform: 'sixth', platformShopId, appKey, credentials }
  const gatewayUrl = `${simulator.url}/sixth/hub`
  expect((await post('/v1/shops', { ...body, gatewayUrl })).statusCode).toBe(201)
  const { orderId } = simulator.market.place(taobaoOrder({ platform: 'sixth', platformShopId }))
  const { lines } = simulator.market.pay('sixth', orderId)
  for (const { skuId } of lines) {
    const mapping = { shopId: id, platformSkuId: skuId, parts: [{ skuId: 'SKU-1', quantity: 1 }] }
    expect((await post('/v1/sku-mappings', mapping)).statusCode).toBeLessThan(300)
  }
  await vi.waitFor(() => expect(simulator.pendingPushes('sixth')).toBe(0), { timeout: 20_000, interval: 50 })

  const { db, keyRing, policies, shops } = api.deps
  const callLimits = new CallLimits(null)
  const logger = pino({ level: 'silent' })
  const fetch = new ChannelFetch({ db, connectors, shops, keyRing, policies, callLimits, logger, owner: 'f' })
  await fetch.runOnce()
  await fetch.settled()
  const [order] = await api.rows('select id, channel, store_id from orders where store_id = $1', ['ST-6'])
  expect(order).toMatchObject({ channel: 'sixth-stores' })

  await db.transaction().execute((tx) =>
    queueShipment(tx, {
      ...{ parcelId: 'P1', orderId: String(order?.id), courier: 'sf', waybillNumber: 'SF-6' },
      lines: lines.map((line, index) => ({ lineNumber: index + 1, skuId: 'SKU-1', quantity: line.quantity })),
    }),
  )
  const toShops = { keyRing, shops, connectors, callLimits }
  await new DeliverySender({ db, target: channelTarget('sixth-stores', toShops) }).runOnce()
  expect(simulator.market.find('sixth', orderId)).toMatchObject({ status: 'shipped' })
})

test('what no connector serves is refused: a store, an import of stores, a shop, a promotion', async () => {
  const store = { id: 'ST-7', name: '第七店', channel: 'seventh', region: '华东' }
  const named = (field: string) => ({ code: 'invalid-request', errors: [{ field }] })
  expect((await post('/v1/stores', store)).json()).toMatchObject(named('channel'))
  const csv = await api.as('ops', {
    method: 'POST',
    url: '/v1/stores/import',
    headers: { 'content-type': 'text/csv' },
    payload: 'id,name,channel,region\nST-7,第七店,seventh,华东\n',
  })
  expect(csv.json()).toMatchObject({ errors: [{ field: 'line 2, channel' }] })
  const shop = {
    id: 'S7',
    storeId: 'ST-6',
    platform: 'seventh',
    platformShopId: '1',
    appKey: 'a',
    credentials: {},
  }
  expect((await post('/v1/shops', shop)).json()).toMatchObject({ code: 'unknown-channel' })
  const promotion = await api.as('ops', {
    method: 'POST',
    url: '/v1/promotions',
    headers: { 'idempotency-key': 'seventh' },
    payload: {
      name: '双12',
      startsAt: new Date(Date.now() + 3_600_000).toISOString(),
      endsAt: new Date(Date.now() + 7_200_000).toISOString(),
      quotas: [{ skuId: 'SKU-1', channel: 'seventh', quantity: 1 }],
    },
  })
  expect(promotion.json()).toMatchObject(named('quotas.0.channel'))
})
