import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SoldOutHints } from '../../api/sold-out-hints.ts'
import { startRedis } from '../../scripts/parts/redis.ts'
import { required } from '../support/database.ts'
import { createTestApi, placeOrder, redisAt, type TestApi } from './support.ts'

/** Waiting for Redis is cut off after 0.2 s; the rest is room for a busy machine. */
const BOUND_MS = 10_000

let api: TestApi
const redis = redisAt(required('TEST_REDIS_URL'))

beforeAll(async () => {
  redis.on('error', () => undefined)
  await once(redis, 'ready')
  api = await createTestApi({ redis })
})
afterAll(async () => {
  await api.close()
  redis.disconnect()
})

/** An article of its own, so that what is remembered of it is not remembered of another test's. */
async function newSku(total: number): Promise<string> {
  const skuId = `SKU-${uuid()}`
  await api.rows(
    `insert into sku (id, name, category, standard_price_cents, weight_grams) values ($1, 'x', '日用', 100, 100)`,
    [skuId],
  )
  await api.rows(`insert into stock_level (sku_id, warehouse_id, total) values ($1, 'WH-1', $2)`, [
    skuId,
    total,
  ])
  return skuId
}
const buy = (skuId: string, key?: string) =>
  placeOrder(api, { lines: [{ skuId, quantity: 1, unitPriceCents: 100 }] }, key)

test('once a SKU was refused with nothing left, the next callers are refused without waiting for its row', async () => {
  const skuId = await newSku(1)
  expect((await buy(skuId)).statusCode).toBe(201)
  expect((await buy(skuId)).json()).toMatchObject({
    code: 'insufficient-stock',
    shortages: [{ available: 0 }],
  })
  const rival = await api.database.db.startTransaction().execute()
  await sql`select 1 from stock_level where sku_id = ${skuId} for update`.execute(rival)
  const refused = await buy(skuId)
  expect([refused.statusCode, refused.json().shortages]).toEqual([
    409,
    [{ skuId, requested: 1, available: 0 }],
  ])
  await rival.rollback().execute()
})

test('whoever has an order and asks again gets it, however empty the shelf is said to be', async () => {
  const skuId = await newSku(1)
  const key = uuid()
  const first = await buy(skuId, key)
  await buy(skuId)
  const again = await buy(skuId, key)
  expect([again.statusCode, again.json()]).toEqual([201, first.json()])
})

test('what was remembered is forgotten by itself: units that came in are sold', async () => {
  const skuId = await newSku(0)
  expect((await buy(skuId)).statusCode).toBe(409)
  await api.rows('update stock_level set total = 1 where sku_id = $1', [skuId])
  await expect.poll(async () => (await buy(skuId)).statusCode, { timeout: 3_000 }).toBe(201)
})

test('nothing is remembered past the moment at which the first hold ends', async () => {
  const skuId = await newSku(1)
  await buy(skuId)
  await api.rows(
    `update reservation set expires_at = clock_timestamp() + interval '150 milliseconds' where sku_id = $1`,
    [skuId],
  )
  const hints = new SoldOutHints(redis, api.database.db)
  await hints.note('mall', [skuId])
  const key = `order-hub/sold-out/mall/${skuId}`
  expect(await redis.pttl(key)).toBeLessThanOrEqual(150)
  await expect.poll(async () => (await buy(skuId)).statusCode, { timeout: 3_000 }).toBe(201)
})

test('what one channel was refused says nothing about another', async () => {
  const hints = new SoldOutHints(redis, api.database.db)
  const skuId = await newSku(0)
  await hints.note('mall', [skuId])
  expect(await hints.find('mall', [skuId, 'SKU-1'])).toEqual([skuId])
  expect(await hints.find('taobao', [skuId])).toEqual([])
})

test('without Redis nothing is remembered, and nothing else changes', async () => {
  const away = redisAt('redis://127.0.0.1:1')
  away.on('error', () => undefined)
  const hints = new SoldOutHints(away, api.database.db)
  await hints.note('mall', ['SKU-1'])
  expect(await hints.find('mall', ['SKU-1'])).toEqual([])
  expect(await new SoldOutHints(null, api.database.db).find('mall', ['SKU-1'])).toEqual([])
  away.disconnect()
})

test.each([
  ['dies', 'SIGKILL'],
  ['hangs', 'SIGSTOP'],
] as const)(
  'a Redis that %s while buying goes on: the database answers everybody in bounded time, and no unit is sold twice',
  async (_, signal) => {
    const folder = await mkdtemp(join(tmpdir(), 'hub-sold-out-'))
    const part = await startRedis({ dataDir: folder })
    const own = redisAt(part.url)
    own.on('error', () => undefined)
    await once(own, 'ready')
    const shop = await createTestApi({ redis: own })
    try {
      await shop.rows(`update stock_level set total = 30 where sku_id = 'SKU-1'`)
      let sold = 0
      const buyUntil = async (buyers: number) => {
        const waits = await Promise.all(
          Array.from({ length: buyers }, async () => {
            const since = performance.now()
            const { statusCode } = await placeOrder(shop, {
              lines: [{ skuId: 'SKU-1', quantity: 1, unitPriceCents: 100 }],
            })
            expect([201, 409]).toContain(statusCode)
            if (statusCode === 201) sold += 1
            return performance.now() - since
          }),
        )
        return Math.max(...waits)
      }
      await buyUntil(10)
      // Some of those who buy now have asked Redis already.
      const meanwhile = buyUntil(10)
      process.kill(part.pid() ?? 0, signal)
      expect(Math.max(await meanwhile, await buyUntil(20), await buyUntil(10))).toBeLessThan(BOUND_MS)
      expect(sold).toBe(30)
      const rows = await shop.rows(`select reserved from stock_level where sku_id = 'SKU-1'`)
      expect(rows).toEqual([{ reserved: 30 }])
    } finally {
      own.disconnect()
      await shop.close()
      await part.kill()
      await rm(folder, { recursive: true })
    }
  },
)
