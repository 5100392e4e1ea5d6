import { MockActivityEnvironment } from '@temporalio/testing'
import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createChannelPullActivities, type PullResult } from '../../activities/channel-pull.ts'
import { RefusedError, UnreachableError } from '../../connectors/outside-errors.ts'
import { createShop } from '../../store/shops.ts'
import { openTestStore, type TestStore } from '../store/support.ts'
import { createFakeChannel } from '../support/fake-channel.ts'

const HOUR_MS = 3_600_000
let store: TestStore

beforeAll(async () => {
  store = await openTestStore()
  await sql`insert into store (id, name, channel, region) values ('DY', '抖音店', 'douyin', '华东')`.execute(
    store.db,
  )
})
afterAll(() => store.close())

/** A shop that has been pulled up to so long ago. */
async function newShop(agoMs: number) {
  const fake = createFakeChannel()
  const shopId = `S-${uuid()}`
  const body = {
    id: shopId,
    storeId: 'DY',
    platform: 'doudian' as const,
    platformShopId: shopId,
    appKey: 'app',
    gatewayUrl: 'https://gateway.invalid',
    pushUrl: null,
    pullFrom: new Date(Date.now() - agoMs),
    credentials: { appSecret: 's', accessToken: fake.state.validToken },
  }
  await store.inTransaction((tx) =>
    createShop(tx, store.keyRing, { body, operator: 'test', channel: 'douyin' }),
  )
  const { pullShop } = createChannelPullActivities({
    db: store.db,
    dataKeys: store.keyRing,
    connectors: { doudian: fake.connector },
    callLimits: { take: async () => undefined },
  })
  const environment = new MockActivityEnvironment()
  const pull = (): Promise<PullResult> => environment.run(pullShop, { shopId })
  const change = (agoNowMs: number, id = uuid()) => {
    fake.changes.push({ platformOrderId: id, modifiedAt: new Date(Date.now() - agoNowMs) })
    return id
  }
  const hints = async () => {
    const { rows } = await sql<{ id: string; state: string }>`
      select source_event_id as id, state from inbox where shop = ${shopId} order by id`.execute(store.db)
    return rows
  }
  const feed = () =>
    store.db
      .selectFrom('channel_feed')
      .selectAll()
      .where('shop_id', '=', shopId)
      .where('way', '=', 'pull')
      .executeTakeFirstOrThrow()
  return { fake, shopId, pull, change, hints, feed, environment }
}

test('after an outage of hours one turn catches up, window by window, and nothing between is missed', async () => {
  const shop = await newShop(5 * HOUR_MS)
  const ids = Array.from({ length: 50 }, (_, index) => shop.change(4_000 + (index * 5 * HOUR_MS) / 51))
  const result = await shop.pull()
  expect(result).toMatchObject({ ok: true, hints: 50, isCaughtUp: true })
  const heard = (await shop.hints()).map(({ id }) => id.split('/')[1])
  expect(heard.toSorted()).toEqual(ids.toSorted())
  for (const { from, to } of shop.fake.state.pulled)
    expect(to.getTime() - from.getTime()).toBeLessThanOrEqual(HOUR_MS)
  expect(Date.now() - ((await shop.feed()).watermark?.getTime() ?? 0)).toBeLessThan(10_000)
  expect(await shop.feed()).toMatchObject({ state: 'ok', consecutive_failures: 0 })
})

test('what was pulled before is the same hint, and a later change of it another one', async () => {
  const shop = await newShop(60_000)
  const id = shop.change(30_000)
  await shop.pull()
  await sql`update channel_feed set watermark = now() - interval '1 minute' where shop_id = ${shop.shopId}`.execute(
    store.db,
  )
  expect(await shop.pull()).toMatchObject({ hints: 0 })
  shop.change(5_000, id)
  await sql`update channel_feed set watermark = now() - interval '1 minute' where shop_id = ${shop.shopId}`.execute(
    store.db,
  )
  expect(await shop.pull()).toMatchObject({ hints: 1 })
  expect(await shop.hints()).toHaveLength(2)
})

test('a change whose outcome was fetched already is no hint, unless it was fetched within its own second', async () => {
  const shop = await newShop(60_000)
  const contact = uuid()
  await sql`insert into contact (id, key_id, sealed, division_code) values (${contact}, 'k', '', '330106')`.execute(
    store.db,
  )
  const [seen, tooSoon] = [shop.change(30_000), shop.change(30_000)]
  for (const [id, after] of [
    [seen, '6 seconds'],
    [tooSoon, '0 seconds'],
  ]) {
    const modifiedAt = shop.fake.changes.find(({ platformOrderId }) => platformOrderId === id)?.modifiedAt
    await sql`insert into channel_order (shop_id, platform_order_id, state, raw_status, modified_at, updated_at, canonical,
      contact_id) values (${shop.shopId}, ${id}, 'ignored', '1', ${modifiedAt}, ${modifiedAt}::timestamptz + ${after}::interval,
      '{}', ${contact})`.execute(store.db)
  }
  await shop.pull()
  expect((await shop.hints()).map(({ id }) => id.split('/')[1])).toEqual([tooSoon])
})

/** As the hub would have stored it from a fetch. */
async function stored(shop: { shopId: string }, id: string, version: { status: string; modifiedAt: Date }) {
  const contact = uuid()
  await sql`insert into contact (id, key_id, sealed, division_code) values (${contact}, 'k', '', '330106')`.execute(
    store.db,
  )
  const { status, modifiedAt } = version
  await sql`insert into channel_order (shop_id, platform_order_id, state, status, raw_status, modified_at, updated_at,
      canonical, contact_id)
    values (${shop.shopId}, ${id}, 'ignored', ${status}, '1', ${modifiedAt}, ${modifiedAt}::timestamptz + interval '10 seconds',
      '{}', ${contact})`.execute(store.db)
}
const pullAgain = async (shop: Awaited<ReturnType<typeof newShop>>) => {
  await sql`update channel_feed set watermark = now() - interval '1 minute' where shop_id = ${shop.shopId}`.execute(
    store.db,
  )
  return shop.pull()
}

test('an order that is unpaid here is looked at once more: its payment may have come in the second of the order', async () => {
  const shop = await newShop(60_000)
  const [unpaid, paid] = [shop.change(30_000), shop.change(30_000)]
  const modifiedAt = shop.fake.changes[0]?.modifiedAt ?? new Date()
  await stored(shop, unpaid, { status: 'unpaid', modifiedAt })
  await stored(shop, paid, { status: 'paid', modifiedAt: shop.fake.changes[1]?.modifiedAt ?? modifiedAt })
  expect(await shop.pull()).toMatchObject({ hints: 1 })
  expect((await shop.hints()).map(({ id }) => id.split('/')[1])).toEqual([unpaid])
  expect(await pullAgain(shop)).toMatchObject({ hints: 0 })
})

test('a change whose fetch was answered from an older copy is asked for again by the next pulls, once a minute', async () => {
  const shop = await newShop(60_000)
  const id = shop.change(30_000)
  expect(await shop.pull()).toMatchObject({ hints: 1 })
  // It is still to be fetched.
  expect(await pullAgain(shop)).toMatchObject({ hints: 0 })
  await stored(shop, id, { status: 'unpaid', modifiedAt: new Date(Date.now() - 50_000) })
  await sql`update inbox set state = 'fetched' where shop = ${shop.shopId}`.execute(store.db)
  expect(await pullAgain(shop)).toMatchObject({ hints: 1 })
  await sql`update channel_order set modified_at = ${shop.fake.changes[0]?.modifiedAt ?? null}, status = 'paid'
    where shop_id = ${shop.shopId}`.execute(store.db)
  expect(await pullAgain(shop)).toMatchObject({ hints: 0 })
})

test('the watermark moves only after the hints are durable: a window that breaks off is pulled again whole', async () => {
  const shop = await newShop(30 * 60_000)
  const ids = [1, 2, 3, 4, 5].map((minute) => shop.change(minute * 60_000))
  const before = (await shop.feed()).watermark
  let pages = 0
  shop.fake.state.beforePage = async () => {
    pages += 1
    if (pages === 2) throw new UnreachableError('cut')
  }
  expect(await shop.pull()).toEqual({ ok: false, outcome: 'unreachable', failures: 1 })
  expect(await shop.hints()).toHaveLength(2)
  expect(await shop.feed()).toMatchObject({ watermark: before, state: 'failing', last_error: 'cut' })
  shop.fake.state.beforePage = async () => undefined
  expect(await shop.pull()).toMatchObject({ ok: true, hints: 3 })
  expect((await shop.hints()).map(({ id }) => id.split('/')[1]).toSorted()).toEqual(ids.toSorted())
})

test('a platform that refuses the shop is raised after three turns, and closes that by answering', async () => {
  const shop = await newShop(60_000)
  shop.change(30_000)
  shop.fake.state.beforePage = async () => {
    throw new RefusedError(403, 'no permission')
  }
  const open = async () =>
    store.db
      .selectFrom('work_item')
      .select('id')
      .where('kind', '=', 'shop_refused')
      .where('key', '=', shop.shopId)
      .where('state', '=', 'open')
      .execute()
  await shop.pull()
  await shop.pull()
  expect(await open()).toHaveLength(0)
  expect(await shop.pull()).toEqual({ ok: false, outcome: 'refused', failures: 3 })
  expect(await open()).toHaveLength(1)
  shop.fake.state.beforePage = async () => undefined
  await shop.pull()
  expect(await open()).toHaveLength(0)
})

test('a turn that is cancelled ends between two pages and keeps what it has', async () => {
  const shop = await newShop(30 * 60_000)
  for (const minute of [1, 2, 3, 4, 5]) shop.change(minute * 60_000)
  shop.environment.on('heartbeat', () => shop.environment.cancel())
  await expect(shop.pull()).rejects.toThrow()
  expect(await shop.hints()).toHaveLength(2)
})

test('a shop out of service is not asked', async () => {
  const shop = await newShop(HOUR_MS)
  await sql`update shop set active = false where id = ${shop.shopId}`.execute(store.db)
  expect(await shop.pull()).toEqual({ ok: true, windows: 0, hints: 0, isCaughtUp: true })
  expect(shop.fake.state.pulled).toEqual([])
})
