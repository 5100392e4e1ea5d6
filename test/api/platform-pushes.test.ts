import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { ShopAccount } from '../../connectors/channels/channel.ts'
import { signEvent } from '../../connectors/channels/doudian/sign.ts'
import { webhookHeaders } from '../../connectors/channels/mall/sign.ts'
import { CHANNEL_CONNECTORS } from '../../connectors/channels/registry.ts'
import type { Platform } from '../../domain/channel-order.ts'
import { type Simulator, startSimulator } from '../../simulator/server.ts'
import { doudianShop, mallShop } from '../support/pushing-shops.ts'
import { taobaoOrder } from '../support/taobao.ts'
import { createTestApi, type TestApi } from './support.ts'

/** Doudian and the own mall push over HTTP into the real API. */
const SEED = 'pushes'
let api: TestApi
let simulator: Simulator
let shops: Record<'doudian' | 'mall', ShopAccount>

beforeAll(async () => {
  api = await createTestApi({ deps: { connectors: CHANNEL_CONNECTORS } })
  const hubApi = await api.app.listen({ host: '127.0.0.1', port: 0 })
  simulator = await startSimulator({ secret: 'x'.repeat(32), seed: SEED, hubApi })
  await api.rows(
    `insert into store (id, name, channel, region) values ('DY-1', '抖音一店', 'douyin', '华东')`,
  )
  shops = { doudian: doudianShop(simulator.url, SEED), mall: mallShop(simulator.url, SEED) }
  await register('doudian', 'DY-1', shops.doudian)
  await register('mall', 'ST-1', shops.mall)
})
afterAll(async () => {
  await simulator.close()
  await api.close()
})

async function register(platform: Platform, storeId: string, shop: ShopAccount): Promise<void> {
  const { shopId: id, platformShopId, appKey, credentials, gatewayUrl } = shop
  const payload = { id, storeId, platform, platformShopId, appKey, credentials, gatewayUrl }
  expect((await api.as('ops', { method: 'POST', url: '/v1/shops', payload })).statusCode).toBe(201)
}

const hintsOf = async (shop: ShopAccount) =>
  new Map(
    (
      await api.rows(
        `select order_key, count(*) as hints from inbox where shop = $1 and state = 'hint' group by 1`,
        [shop.shopId],
      )
    ).map(({ order_key: key, hints }) => [String(key).split('/')[2], Number(hints)]),
  )

test.each(['doudian', 'mall'] as const)(
  'every change at %s is one hint, however pushes are lost on the way back, doubled, mixed or late',
  async (platform) => {
    simulator.mischief(platform, { doubled: 0.4, reordered: 0.4, late: 0.2, delayMs: 50 })
    const shop = shops[platform]
    const { intake } = api.deps
    const accept = intake.accept.bind(intake)
    let pushes = 0
    const answers = vi.spyOn(intake, 'accept').mockImplementation(async (hints) => {
      const accepted = await accept(hints)
      pushes += 1
      // Durable, but the platform never hears of it: the push comes again.
      if (pushes % 5 === 0) throw new Error('the answer is lost')
      return accepted
    })
    const orderIds = Array.from({ length: 12 }, () => {
      const { orderId } = simulator.market.place(
        taobaoOrder({ platform, platformShopId: shop.platformShopId }),
      )
      simulator.market.pay(platform, orderId)
      return orderId
    })
    for (const orderId of orderIds.slice(0, 4)) simulator.market.close(platform, orderId)
    await vi.waitFor(() => expect(simulator.pendingPushes(platform)).toBe(0), {
      timeout: 30_000,
      interval: 50,
    })
    answers.mockRestore()
    expect(pushes).toBeGreaterThan(28)
    const hints = await hintsOf(shop)
    expect(orderIds.map((orderId) => hints.get(orderId))).toEqual(orderIds.map((_, at) => (at < 4 ? 3 : 2)))
  },
)

const post = (url: string, body: string | Buffer, headers: Record<string, string>) =>
  api.app.inject({ method: 'POST', url, headers, payload: body })
const doudian = (body: string | Buffer) => {
  const { appKey, credentials } = shops.doudian
  return post('/v1/webhooks/doudian', body, {
    'app-id': appKey,
    'event-sign': signEvent(appKey, body, credentials.appSecret ?? '').toUpperCase(),
  })
}
const mall = (body: string | Buffer) => {
  const message = { id: 'msg_1', timestampSeconds: Math.floor(Date.now() / 1000), body: body.toString() }
  return post(
    `/v1/webhooks/mall?app=${shops.mall.appKey}`,
    body,
    webhookHeaders(message, [shops.mall.credentials.secret ?? '']),
  )
}

test('each platform is answered in its own words', async () => {
  const tested = await doudian('[{"tag":"0","msg_id":"0","data":"test"}]')
  expect([tested.statusCode, tested.body]).toEqual([200, '{"code":0,"msg":"success"}'])
  const paid = await mall('{"type":"order.paid","data":{"shopId":"mall-east","orderId":"A"}}')
  expect([paid.statusCode, paid.body]).toEqual([200, '{"ok":true}'])
})

test.each<[string, () => ReturnType<typeof doudian>, number]>([
  ['a wrong signature', () => post('/v1/webhooks/doudian', '[]', { 'app-id': shops.doudian.appKey }), 401],
  ['no app', () => post('/v1/webhooks/mall', '{}', {}), 401],
  ['10 MB', () => doudian(Buffer.alloc(10 * 1024 * 1024, 0x20)), 413],
  ['signed, half of JSON', () => doudian('[{"tag":'), 400],
  ['signed, 10,000 deep', () => doudian(`${'['.repeat(10_000)}${']'.repeat(10_000)}`), 400],
  ['signed, no UTF-8', () => doudian(Buffer.from([0x5b, 0xff, 0x5d])), 400],
  ['signed, XML with entities', () => mall('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), 400],
  ['signed, no type', () => mall('{}'), 400],
])('%s is refused and leaves nothing behind', async (_, send, status) => {
  const count = async () => (await api.rows('select count(*) from inbox'))[0]?.count
  const before = await count()
  expect((await send()).statusCode).toBe(status)
  expect(await count()).toBe(before)
})
