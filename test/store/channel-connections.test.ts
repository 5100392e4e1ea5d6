import { sql } from 'kysely'
import { pino } from 'pino'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PushListener } from '../../connectors/channels/channel.ts'
import { DurableIntake, IntakeUnavailableError } from '../../store/durable-intake.ts'
import { ShopAccounts } from '../../store/shop-accounts.ts'
import { createShop, saveRefreshedCredentials } from '../../store/shops.ts'
import { ChannelConnections } from '../../workers/channel-connections.ts'
import { createFakeChannel } from '../support/fake-channel.ts'
import { openTestStore, type TestStore, until } from './support.ts'

const logger = pino({ level: 'silent' })
let store: TestStore
const running: ChannelConnections[] = []

beforeAll(async () => {
  store = await openTestStore()
  await sql`insert into store (id, name, channel, region) values ('DY', '抖音店', 'douyin', '华东')`.execute(
    store.db,
  )
  for (const shopId of ['S-1', 'S-2']) {
    const body = {
      id: shopId,
      storeId: 'DY',
      platform: 'doudian' as const,
      platformShopId: shopId,
      appKey: 'app',
      gatewayUrl: 'https://gateway.invalid',
      pushUrl: null,
      pullFrom: new Date(),
      credentials: { appSecret: 's', accessToken: 't' },
    }
    await store.inTransaction((tx) =>
      createShop(tx, store.keyRing, { body, operator: 'test', channel: 'douyin' }),
    )
  }
})
afterAll(async () => {
  await Promise.all(running.map((each) => each.stop()))
  await store.close()
})

function newProcess(options: { leaseSeconds?: number; accept?: DurableIntake['accept'] } = {}) {
  const fake = createFakeChannel()
  const shops = new ShopAccounts(store.db, store.keyRing)
  const intake = options.accept ? { accept: options.accept } : new DurableIntake(store.db, { stream: null })
  const connections = new ChannelConnections({
    db: store.db,
    connectors: { doudian: fake.connector },
    shops,
    intake,
    logger,
    owner: uuid(),
    ...(options.leaseSeconds === undefined ? {} : { leaseSeconds: options.leaseSeconds }),
  })
  running.push(connections)
  const round = async () => {
    shops.expire()
    await connections.runOnce()
    return [...fake.state.listeners.keys()].sort()
  }
  const listener = (shopId: string): PushListener => {
    const found = fake.state.listeners.get(shopId)
    if (!found) throw new Error(`nobody listens for ${shopId}`)
    return found
  }
  return { connections, round, listener, fake }
}
const feed = async (shopId: string) =>
  store.db
    .selectFrom('channel_feed')
    .selectAll()
    .where('shop_id', '=', shopId)
    .where('way', '=', 'push')
    .executeTakeFirst()
const hint = (messageId: string) => ({
  messageId,
  type: '100',
  platformOrderId: '1',
  occurredAt: null,
  isKnown: true,
  shopId: 'S-1',
  raw: '{}',
})

test('each shop’s connection is kept by one process, taken over when that one stops or dies', async () => {
  const [first, second] = [newProcess({ leaseSeconds: 60 }), newProcess({ leaseSeconds: 60 })]
  expect(await first.round()).toEqual(['S-1', 'S-2'])
  expect(await second.round()).toEqual([])
  expect(await first.round()).toEqual(['S-1', 'S-2'])
  await first.connections.stop()
  expect(await second.round()).toEqual(['S-1', 'S-2'])
  // It dies: nobody renews its leases, and they run out.
  await sql`update relay_lease set expires_at = clock_timestamp() where order_key like 'listen/%'`.execute(
    store.db,
  )
  expect(await first.round()).toEqual(['S-1', 'S-2'])
  // It was only stunned: as soon as it looks, it lets go.
  expect(await second.round()).toEqual([])
  await first.connections.stop()
})

test('a message is accepted only when it is durable, and what the connection says of itself is on the shop’s page', async () => {
  const process = newProcess()
  await process.round()
  const messageId = uuid()
  await process.listener('S-1').accept([hint(messageId)])
  const { rows } =
    await sql`select 1 from inbox where source_event_id = ${messageId} and state = 'hint'`.execute(store.db)
  expect(rows).toHaveLength(1)
  await until('the state to be noted', async () => (await feed('S-1'))?.state === 'connected')
  process.listener('S-1').onState({ state: 'disconnected', detail: 'reset by peer' })
  await until('the loss to be noted', async () => (await feed('S-1'))?.state === 'disconnected')
  expect(await feed('S-1')).toMatchObject({ last_error: 'reset by peer', consecutive_failures: 1 })
  await process.connections.stop()

  const nowhere = newProcess({
    accept: async () => {
      throw new IntakeUnavailableError('nowhere')
    },
  })
  await nowhere.round()
  await expect(nowhere.listener('S-1').accept([hint(uuid())])).rejects.toThrow(IntakeUnavailableError)
  await nowhere.connections.stop()
})

test('a shop whose credentials change is connected anew, and one taken out of service is let go', async () => {
  const process = newProcess()
  await process.round()
  const before = process.listener('S-1')
  const shops = new ShopAccounts(store.db, store.keyRing)
  const shop = await shops.find('S-1')
  if (!shop) throw new Error('no shop')
  await saveRefreshedCredentials(store.db, store.keyRing, shop, { appSecret: 'new', accessToken: 't' })
  await process.round()
  expect(process.listener('S-1')).not.toBe(before)
  await sql`update shop set active = false, updated_at = clock_timestamp() where id = 'S-2'`.execute(store.db)
  expect(await process.round()).toEqual(['S-1'])
  await until('it to be noted', async () => (await feed('S-2'))?.state === 'unknown')
  await process.connections.stop()
})
