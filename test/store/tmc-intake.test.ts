import { sql } from 'kysely'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { taobaoConnector } from '../../connectors/channels/taobao/index.ts'
import { listenTmc } from '../../connectors/channels/taobao/listen.ts'
import { type Simulator, startSimulator } from '../../simulator/server.ts'
import { DurableIntake } from '../../store/durable-intake.ts'
import { ShopAccounts } from '../../store/shop-accounts.ts'
import { createShop } from '../../store/shops.ts'
import { ChannelConnections } from '../../workers/channel-connections.ts'
import { cuttingProxy } from '../support/listening-hub.ts'
import { SEED, SELLER, taobaoOrder, taobaoShop } from '../support/taobao.ts'
import { openTestStore, type TestStore, until } from './support.ts'

let store: TestStore
let simulator: Simulator
let proxy: Awaited<ReturnType<typeof cuttingProxy>>

beforeAll(async () => {
  store = await openTestStore()
  simulator = await startSimulator({ secret: 'x'.repeat(32), seed: SEED, redeliverAfterMs: 200 })
  proxy = await cuttingProxy(new URL(simulator.url).port)
  await sql`insert into store (id, name, channel, region) values ('TB', '淘宝店', 'taobao', '华东')`.execute(
    store.db,
  )
  const { appKey, gatewayUrl, credentials } = taobaoShop(simulator)
  const body = {
    id: 'S-TB',
    storeId: 'TB',
    platform: 'taobao' as const,
    platformShopId: SELLER,
    appKey,
    gatewayUrl,
    pushUrl: `ws://127.0.0.1:${proxy.port}/taobao/tmc`,
    pullFrom: new Date(),
    credentials: { ...credentials },
  }
  await store.inTransaction((tx) =>
    createShop(tx, store.keyRing, { body, operator: 'test', channel: 'taobao' }),
  )
})
afterAll(async () => {
  await simulator.close()
  await proxy.close()
  await store.close()
})

test('what the platform has heard confirmed is in the inbox, once, though connections are cut and nothing can be written for a while', async () => {
  simulator.mischief('taobao', { doubled: 0.2, reordered: 0.3, late: 0.1, delayMs: 50 })
  const intake = new DurableIntake(store.db, { stream: null })
  let failures = 0
  const groups: number[] = []
  const connections = new ChannelConnections({
    db: store.db,
    connectors: {
      taobao: {
        ...taobaoConnector,
        listen: (shop, listener) => listenTmc(shop, listener, { firstPauseMs: 20, beatEveryMs: 100 }),
      },
    },
    shops: new ShopAccounts(store.db, store.keyRing),
    intake: {
      accept: async (hints) => {
        if (failures-- > 0) throw new Error('nothing can be written')
        groups.push(hints.length)
        return intake.accept(hints)
      },
    },
    logger: pino({ level: 'silent' }),
    owner: 'test',
  })
  const ids: string[] = []
  await connections.runOnce()
  for (let burst = 0; burst < 3; burst += 1) {
    for (let order = 0; order < 150; order += 1) ids.push(simulator.market.place(taobaoOrder()).orderId)
    if (burst === 1) failures = 3
    const written = groups.length
    await until('something to be written', async () => groups.length > written)
    if (burst !== 1) proxy.cut()
  }
  await until('everything to be confirmed', async () => simulator.pendingPushes('taobao') === 0)
  const { rows } = await sql<{ orderKey: string; messages: number }>`
    select order_key as "orderKey", count(*)::int as messages from inbox where state = 'hint' group by 1`.execute(
    store.db,
  )
  expect(rows.map(({ orderKey }) => orderKey).sort()).toEqual(ids.map((id) => `taobao/S-TB/${id}`).sort())
  expect(rows.every(({ messages }) => messages === 1)).toBe(true)
  await connections.stop()
})
