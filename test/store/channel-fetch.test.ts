import { Redis } from 'ioredis'
import { sql } from 'kysely'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lagTargetsOf } from '../../connectors/channels/calls.ts'
import { RateLimitedError, RefusedError, UnreachableError } from '../../connectors/outside-errors.ts'
import { CallLimits } from '../../connectors/rate-limit.ts'
import { inboxHintOf, insertHints } from '../../store/intake.ts'
import { ShopAccounts } from '../../store/shop-accounts.ts'
import { createShop } from '../../store/shops.ts'
import { putMappings } from '../../store/sku-mappings.ts'
import { replayWorkItem } from '../../store/work-items.ts'
import { ChannelFetch, type ChannelFetchOptions, type FetchOutcome } from '../../workers/channel-fetch.ts'
import { channelMetrics } from '../../workers/channel-metrics.ts'
import { ShopPatience } from '../../workers/shop-patience.ts'
import { required } from '../support/database.ts'
import { createFakeChannel } from '../support/fake-channel.ts'
import { Random } from '../support/random.ts'
import { openTestStore, type TestStore, until } from './support.ts'

const logger = pino({ level: 'silent' })
const fake = createFakeChannel()
let store: TestStore
let skuId: string

beforeAll(async () => {
  store = await openTestStore()
  await sql`insert into store (id, name, channel, region) values ('DY', '抖音店', 'douyin', '华东')`.execute(
    store.db,
  )
  skuId = await store.addSku({ 'WH-HZ': 1_000 })
})
afterAll(() => store.close())

/** A shop of its own for each test, whose only SKU is mapped. */
async function newShop(): Promise<string> {
  const shopId = `S-${uuid()}`
  const body = {
    id: shopId,
    storeId: 'DY',
    platform: 'doudian' as const,
    platformShopId: shopId,
    appKey: 'app',
    gatewayUrl: 'https://gateway.invalid',
    pushUrl: null,
    pullFrom: new Date(),
    credentials: { appSecret: 's', accessToken: fake.state.validToken },
  }
  await store.inTransaction(async (tx) => {
    await createShop(tx, store.keyRing, { body, operator: 'test', channel: 'douyin' })
    const parts = [{ skuId, quantity: 1 }]
    await putMappings(tx, {
      mappings: [{ shopId, platformSkuId: 'P-SKU-1', platformItemId: null, parts }],
      author: 'test',
    })
  })
  return shopId
}

function newFetch(options: Partial<ChannelFetchOptions> = {}) {
  const outcomes: FetchOutcome[] = []
  const fetch = new ChannelFetch({
    db: store.db,
    connectors: { doudian: fake.connector },
    shops: new ShopAccounts(store.db, store.keyRing),
    keyRing: store.keyRing,
    policies: store.policies,
    callLimits: new CallLimits(null),
    logger,
    owner: `fetch-${uuid()}`,
    onOutcome: (outcome) => outcomes.push(outcome),
    ...options,
    limits: { firstRetryMs: 0, ...options.limits },
  })
  const run = async () => {
    const begun = await fetch.runOnce()
    await fetch.settled()
    return begun
  }
  return { fetch, outcomes, run }
}

const hinted = (shopId: string, platformOrderIds: string[]) =>
  insertHints(
    store.db,
    platformOrderIds.map((platformOrderId) =>
      inboxHintOf({
        platform: 'doudian',
        shopId,
        messageId: uuid(),
        type: '100',
        platformOrderId,
        occurredAt: new Date(),
        isKnown: true,
        raw: '{}',
        receivedAt: new Date(),
        traceParent: null,
        isFollowed: true,
      }),
    ),
  )
const states = async (shopId: string) => {
  const { rows } = await sql<{ state: string; count: number }>`
    select state, count(*)::int as count from inbox where shop = ${shopId} group by state order by state`.execute(
    store.db,
  )
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]))
}
const orderId = () => String(6_917_116_789_712_345_678n + BigInt(Math.trunc(Math.random() * 1e12)))
const fetchesOf = (id: string) => fake.state.fetched.filter((fetched) => fetched === id).length

describe('a copy of the platform that lags', () => {
  const pulled = (shopId: string, platformOrderId: string, modifiedAt: Date) =>
    insertHints(store.db, [
      inboxHintOf({
        platform: 'doudian',
        shopId,
        messageId: `pull/${platformOrderId}/${modifiedAt.toISOString()}`,
        type: 'pull',
        platformOrderId,
        occurredAt: modifiedAt,
        isKnown: true,
        raw: '{}',
        receivedAt: new Date(),
        traceParent: null,
        isFollowed: true,
      }),
    ])

  test('is asked again until it shows what the pull has seen', async () => {
    const shopId = await newShop()
    const id = orderId()
    fake.put(id)
    const later = new Date(Date.now() + 60_000)
    await pulled(shopId, id, later)
    const { run, outcomes } = newFetch()
    await run()
    expect(outcomes).toEqual(['failed'])
    expect(await states(shopId)).toEqual({ hint: 1 })
    fake.put(id, { modifiedAt: later.toISOString() })
    await run()
    expect(outcomes).toEqual(['failed', 'placed'])
  })

  test('that never catches up counts after a few tries', async () => {
    const shopId = await newShop()
    const id = orderId()
    fake.put(id)
    await pulled(shopId, id, new Date(Date.now() + 60_000))
    const { run, outcomes } = newFetch()
    for (let tries = 0; tries < 5; tries += 1) await run()
    expect(outcomes).toEqual(['failed', 'failed', 'failed', 'failed', 'placed'])
  })
})

describe('hints become orders', () => {
  test('a hundred hints of one order are one fetch, and the order is placed with its stock', async () => {
    const shopId = await newShop()
    const id = orderId()
    fake.put(id)
    await hinted(
      shopId,
      Array.from({ length: 100 }, () => id),
    )
    const { run, outcomes } = newFetch()
    expect(await run()).toBe(1)
    expect([fetchesOf(id), outcomes, await states(shopId)]).toEqual([1, ['placed'], { fetched: 100 }])
    const { rows } = await sql<{ state: string; holds: number }>`
      select channel_order.state, (select count(*)::int from reservation
        where reservation.order_id = channel_order.order_id) as holds
      from channel_order where platform_order_id = ${id}`.execute(store.db)
    expect(rows).toEqual([{ state: 'placed', holds: 1 }])
    expect(await run()).toBe(0)
  })

  test.each([1, 2, 3])(
    'a storm of hints tells an order no more than what really changed, in any order (seed %i)',
    async (seed) => {
      const random = new Random(seed)
      const shopId = await newShop()
      const start = Date.now()
      const at = (step: number) => ({ modifiedAt: new Date(start + step * 1_000).toISOString() })
      const unpaid = { status: 'unpaid', rawStatus: '1', paidAt: null } as const
      const paid = { status: 'paid', rawStatus: '2', paidAt: new Date(start).toISOString() } as const
      const lives = Array.from({ length: 12 }, () => {
        const id = orderId()
        const remarks = Array.from({ length: random.between(0, 4) }, (_, index) => ({
          ...paid,
          buyerRemark: `${index}`,
        }))
        const ends = random.oneIn(2) ? [{ ...paid, status: 'closed', rawStatus: '4' } as const] : []
        return { id, steps: [unpaid, paid, ...remarks, ...ends], changes: 1 + ends.length }
      })
      const { run } = newFetch()
      for (let step = 0; step < 7; step += 1) {
        for (const { id, steps } of lives) {
          const now = steps[step]
          if (now) fake.put(id, { ...now, ...at(step) })
        }
        // Doubled, late, mixed: thirty for each order in a round, and rounds that overlap the changes.
        await hinted(shopId, random.shuffle(lives.flatMap(({ id }) => Array.from({ length: 30 }, () => id))))
        while ((await run()) > 0);
      }
      const { rows } = await sql<{ id: string; told: number }>`
      select platform_order_id as id, (select count(*)::int from inbox
        where order_key = channel_order.order_id::text and not starts_order) as told
      from channel_order where shop_id = ${shopId}`.execute(store.db)
      expect(rows).toHaveLength(lives.length)
      for (const { id, changes } of lives) {
        const told = rows.find((row) => row.id === id)?.told ?? 0
        // The bar is two more than that; there is none.
        expect(told - changes).toBeLessThanOrEqual(2)
        expect(told).toBe(changes)
      }
    },
  )

  test('a hint that arrives while the order is fetched is not closed by that fetch', async () => {
    const shopId = await newShop()
    const id = orderId()
    fake.put(id)
    await hinted(shopId, [id])
    fake.state.beforeFetch = async () => {
      fake.state.beforeFetch = async () => undefined
      await hinted(shopId, [id])
    }
    const { run, outcomes } = newFetch()
    await run()
    expect(await states(shopId)).toEqual({ fetched: 1, hint: 1 })
    await run()
    expect([fetchesOf(id), outcomes, await states(shopId)]).toEqual([
      2,
      ['placed', 'unchanged'],
      { fetched: 2 },
    ])
  })

  test('two processes fetch each order once between them', async () => {
    const shopId = await newShop()
    const ids = Array.from({ length: 12 }, orderId)
    for (const id of ids) fake.put(id)
    await hinted(shopId, [...ids, ...ids])
    const [one, other] = [newFetch(), newFetch()]
    await until('all to be fetched', async () => {
      await Promise.all([one.run(), other.run()])
      return (await states(shopId)).hint === undefined
    })
    expect(ids.map(fetchesOf)).toEqual(ids.map(() => 1))
  })

  test('an order whose process died is taken over when the lease is over', async () => {
    const shopId = await newShop()
    const id = orderId()
    fake.put(id)
    await hinted(shopId, [id])
    await sql`insert into relay_lease (order_key, owner, expires_at)
      values (${`doudian/${shopId}/${id}`}, 'dead', clock_timestamp() + interval '1 minute')`.execute(
      store.db,
    )
    const { run } = newFetch()
    expect(await run()).toBe(0)
    await sql`update relay_lease set expires_at = clock_timestamp() where owner = 'dead'`.execute(store.db)
    expect(await run()).toBe(1)
    expect(await states(shopId)).toEqual({ fetched: 1 })
  })

  test('hints of a shop out of service wait', async () => {
    const shopId = await newShop()
    await hinted(shopId, [orderId()])
    await sql`update shop set active = false, updated_at = now() where id = ${shopId}`.execute(store.db)
    expect(await newFetch().run()).toBe(0)
    expect(await states(shopId)).toEqual({ hint: 1 })
  })
})

describe('how far a shop is behind', () => {
  test('is a figure by shop and way, beside what its feed is expected to keep', async () => {
    const shopId = await newShop()
    await sql`update channel_feed set watermark = clock_timestamp() - interval '10 minutes'
      where shop_id = ${shopId} and way = 'pull'`.execute(store.db)
    await hinted(shopId, [orderId()])
    await sql`insert into channel_feed (shop_id, way, state, last_message_at) values (${shopId}, 'push', 'ok', clock_timestamp())
      on conflict (shop_id, way) do update set state = 'ok'`.execute(store.db)
    await sql`update inbox set received_at = clock_timestamp() - interval '90 seconds' where shop = ${shopId}`.execute(
      store.db,
    )
    const registry = new Registry()
    channelMetrics(registry, { db: store.db, targets: async () => lagTargetsOf({ doudian: fake.connector }) })
    const of = async (name: string) => {
      const found = (await registry.getMetricsAsJSON()).find((metric) => metric.name === name)
      const own = found?.values.filter(({ labels }) => labels.shop === shopId) ?? []
      return Object.fromEntries(
        own.map(({ labels, value }) => [labels.way ?? 'all', Math.round(value / 10) * 10]),
      )
    }
    expect(await of('hub_channel_lag_seconds')).toEqual({ push: 90, pull: 600 })
    expect(await of('hub_channel_lag_target_seconds')).toEqual({ push: 60, pull: 120 })
    // Nobody waits for a shop that is out of service.
    await sql`update shop set active = false where id = ${shopId}`.execute(store.db)
    expect(await of('hub_channel_lag_seconds')).toEqual({})
  })
})

describe('what fails', () => {
  test('a platform that is away costs its orders no attempts and the other shops nothing', async () => {
    const [bad, good] = [await newShop(), await newShop()]
    const ids = Array.from({ length: 40 }, orderId)
    for (const id of ids) fake.put(id)
    // The bad shop's backlog is older and longer than what one round takes.
    await hinted(bad, ids.slice(0, 30))
    await hinted(good, ids.slice(30))
    let hanging = 0
    let release = (): void => undefined
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    fake.state.beforeFetch = async (shop) => {
      if (shop.shopId !== bad) return
      hanging += 1
      await released
      throw new UnreachableError('504')
    }
    const { fetch, outcomes } = newFetch()
    await until('the good shop to be done', async () => {
      await fetch.runOnce()
      return (await states(good)).fetched === 10
    })
    // Its calls hang, as many as one shop may have, and no more.
    expect([hanging, await states(bad)]).toEqual([6, { hint: 30 }])
    release()
    await fetch.settled()
    expect(await fetch.runOnce()).toBe(0)
    fake.state.beforeFetch = async () => undefined
    expect(outcomes.filter((outcome) => outcome === 'postponed')).toHaveLength(6)
    const { rows } = await sql`select 1 from inbox where shop = ${bad} and attempts > 0`.execute(store.db)
    expect(rows).toEqual([])
    // It is back: a process that knows nothing of the outage goes on at once with what is due.
    await sql`update inbox set next_attempt_at = clock_timestamp() where shop = ${bad}`.execute(store.db)
    const after = newFetch()
    await until('the backlog to be fetched', async () => {
      await after.run()
      return (await states(bad)).fetched === 30
    })
  })

  test('an order that cannot be read is set aside after its attempts, holds up nobody, and is replayed', async () => {
    const shopId = await newShop()
    const [poison, fine] = [orderId(), orderId()]
    fake.put(poison)
    fake.put(fine)
    await hinted(shopId, [poison, fine])
    fake.state.beforeFetch = async (_, id) => {
      if (id === poison) throw new RangeError('not an amount in yuan')
    }
    const { run, outcomes } = newFetch({ limits: { firstRetryMs: 0, attempts: 3 } })
    await until('it to be set aside', async () => {
      await run()
      return (await states(shopId)).set_aside === 1
    })
    expect(outcomes.filter((outcome) => outcome === 'failed')).toHaveLength(2)
    expect(await states(shopId)).toEqual({ fetched: 1, set_aside: 1 })
    const item = await store.db
      .selectFrom('work_item')
      .selectAll()
      .where('kind', '=', 'channel_order_unread')
      .where('key', '=', `doudian/${shopId}/${poison}`)
      .executeTakeFirstOrThrow()
    expect(item.detail).toMatchObject({ shopId, platformOrderId: poison, error: 'not an amount in yuan' })
    fake.state.beforeFetch = async () => undefined
    await store.inTransaction((tx) => replayWorkItem(tx, item.id, 'test'))
    await run()
    expect(await states(shopId)).toEqual({ fetched: 2 })
  })

  test('an order that the platform does not know yet is asked for again', async () => {
    const shopId = await newShop()
    const id = orderId()
    await hinted(shopId, [id])
    const { run, outcomes } = newFetch()
    await run()
    fake.put(id)
    await run()
    expect(outcomes).toEqual(['failed', 'placed'])
  })

  test('an expired token is refreshed by one of the fetches that find it so, and none fails', async () => {
    const shopId = await newShop()
    const ids = Array.from({ length: 4 }, orderId)
    for (const id of ids) fake.put(id)
    await hinted(shopId, ids)
    const before = fake.state.refreshed
    fake.state.validToken = 'a new day'
    const { run, outcomes } = newFetch()
    await run()
    expect([fake.state.refreshed - before, outcomes]).toEqual([1, ['placed', 'placed', 'placed', 'placed']])
  })

  test('a shop whose every order is refused is raised once, and its orders lose no attempts by it', async () => {
    const shopId = await newShop()
    const ids = Array.from({ length: 6 }, orderId)
    for (const id of ids) fake.put(id)
    await hinted(shopId, ids)
    fake.state.beforeFetch = async () => {
      throw new RefusedError(403, 'insufficient permission')
    }
    const { run, outcomes } = newFetch()
    await run()
    expect(outcomes.filter((outcome) => outcome === 'failed').length).toBeLessThan(5)
    expect(outcomes).toContain('postponed')
    const open = () =>
      store.db
        .selectFrom('work_item')
        .select('key')
        .where('kind', '=', 'shop_refused')
        .where('key', '=', shopId)
        .where('state', '=', 'open')
        .execute()
    expect(await open()).toHaveLength(1)
    fake.state.beforeFetch = async () => undefined
    await sql`update inbox set next_attempt_at = clock_timestamp() where shop = ${shopId}`.execute(store.db)
    await newFetch().run()
    expect(await open()).toEqual([])
  })
})

describe('calls of a shop', () => {
  test('are counted for all processes together', async () => {
    const redis = new Redis(required('TEST_REDIS_URL'))
    try {
      const prefix = `test/${uuid()}`
      const [one, other] = [new CallLimits(redis, prefix), new CallLimits(redis, prefix)]
      const startedAt = performance.now()
      await Promise.all([one, other, one, other].map((limiter) => limiter.take('S', 4, 3_000)))
      const first = performance.now() - startedAt
      await Promise.all([one, other].map((limiter) => limiter.take('S', 4, 3_000)))
      const second = performance.now() - startedAt
      expect([first < 900, second > 900]).toEqual([true, true])
      // What one process hears holds for the other.
      await one.pause('S', 4, 60_000)
      await expect(other.take('S', 4)).rejects.toThrow(RateLimitedError)
    } finally {
      redis.disconnect()
    }
  })

  test('go on at half the rate while Redis is away', async () => {
    const redis = new Redis('redis://127.0.0.1:1', {
      lazyConnect: true,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
    })
    redis.on('error', () => undefined)
    await redis.connect().catch(() => undefined)
    const limiter = new CallLimits(redis)
    const startedAt = performance.now()
    await Promise.all([1, 2].map(() => limiter.take('S', 4, 3_000)))
    expect(performance.now() - startedAt).toBeLessThan(900)
    await limiter.take('S', 4, 3_000)
    expect(performance.now() - startedAt).toBeGreaterThan(900)
  })

  test('are tried one at a time and ever more rarely while the platform is away, and freely once it answers', () => {
    let nowMs = 0
    const patience = new ShopPatience(() => nowMs)
    expect(patience.room('S', 6)).toBe(6)
    const rests = Array.from({ length: 10 }, () => {
      const restMs = patience.failed('S')
      // Others that were under way fail with it and make it no longer.
      patience.failed('S')
      expect(patience.room('S', 6)).toBe(0)
      nowMs += 40_000
      expect(patience.room('S', 6)).toBe(1)
      return restMs
    })
    expect(rests).toEqual(rests.toSorted((a, b) => a - b))
    expect(rests.at(-1)).toBe(30_000)
    patience.answered('S')
    expect([patience.room('S', 6), patience.room('T', 6)]).toEqual([6, 6])
  })
})
