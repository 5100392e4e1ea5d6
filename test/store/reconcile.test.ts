import { Client, Connection } from '@temporalio/client'
import { sql } from 'kysely'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findPresaleDrift, findQuotaDrift, findStockDrift } from '../../store/reconcile.ts'
import { resolveWorkItem } from '../../store/work-items.ts'
import { Reconcile } from '../../workers/reconcile.ts'
import { openPresale } from './presale-support.ts'
import { openPromotions } from './promotion-support.ts'
import { openTestStore, type TestStore } from './support.ts'

let store: TestStore
let promotions: Awaited<ReturnType<typeof openPromotions>>
let reconcile: Reconcile

beforeAll(async () => {
  store = await openTestStore()
  promotions = await openPromotions(store)
  // Comparing counters asks nothing of Temporal: nobody listens there.
  const client = new Client({ connection: Connection.lazy({ address: '127.0.0.1:1' }) })
  const logger = pino({ level: 'silent' })
  reconcile = new Reconcile({ db: store.db, client, taskQueue: 'none', logger })
})
afterAll(() => store.close())

const itemsOf = (key: string) =>
  store.db
    .selectFrom('work_item')
    .select(['id', 'kind', 'state', 'occurrences', 'detail'])
    .where('key', '=', key)
    .orderBy('created_at')
    .execute()
const drifts = async () => ({
  stock: await findStockDrift(store.db),
  quotas: await findQuotaDrift(store.db),
  presales: await findPresaleDrift(store.db),
})
const NONE = { stock: [], quotas: [], presales: [] }

/** A counter that says something else than what is held: how to make it wrong by some units, and what it says. */
type Counter = {
  key: string
  add: (units: number) => Promise<unknown>
  read: () => Promise<unknown>
  detail: object
}

/** Two of five units are held by an order; the level says three. */
async function stockCounter(): Promise<Counter> {
  const skuId = await store.addSku({ 'WH-HZ': 5 })
  await store.order([{ skuId, quantity: 2 }])
  return {
    key: `${skuId}/WH-HZ`,
    add: (units) =>
      sql`update stock_level set reserved = reserved + ${units} where sku_id = ${skuId}`.execute(store.db),
    read: () => store.level(skuId, 'WH-HZ'),
    detail: { skuId, warehouseId: 'WH-HZ', reserved: 3, held: 2 },
  }
}

/** Three of four promised units are held for a channel, one is drawn; the quota says that two were. */
async function quotaCounter(): Promise<Counter> {
  const skuId = await store.addSku({ 'WH-HZ': 5 })
  const promotionId = await promotions.run([{ skuId, channel: 'jd', quantity: 4 }])
  await promotions.buy('jd', [{ skuId, quantity: 1 }])
  const quotaId = `${promotionId}/jd`
  return {
    key: `${quotaId}/${skuId}`,
    add: (units) =>
      sql`update promotion_quota set drawn = drawn + ${units} where quota_id = ${quotaId}`.execute(store.db),
    read: () => promotions.counts(promotionId),
    detail: { quotaId, skuId, remaining: 2, held: 3 },
  }
}

/** An order was promised two of five units to come; the presale says that three were sold. */
async function presaleCounter(): Promise<Counter> {
  const skuId = await store.addSku({})
  const presaleId = await openPresale(store.db, skuId, 5)
  await store.order([{ skuId, quantity: 2 }])
  return {
    key: presaleId,
    add: (units) => sql`update presale set sold = sold + ${units} where id = ${presaleId}`.execute(store.db),
    read: () =>
      store.db.selectFrom('presale').selectAll().where('id', '=', presaleId).executeTakeFirstOrThrow(),
    detail: { presaleId, sold: 3, served: 0, held: 2, heldServed: 0 },
  }
}

describe.each([
  ['a stock level', stockCounter],
  ["a promotion's quota", quotaCounter],
  ['a presale', presaleCounter],
])('the counter of %s that differs from its holds', (_, newCounter) => {
  test('is raised once, however often it is seen, and never repaired', async () => {
    const counter = await newCounter()
    expect([await reconcile.checkStock(), await itemsOf(counter.key)]).toEqual([0, []])
    await counter.add(1)
    const wrong = await counter.read()
    expect([await reconcile.checkStock(), await reconcile.checkStock()]).toEqual([1, 1])
    expect(await itemsOf(counter.key)).toMatchObject([
      { kind: 'stock_drift', state: 'open', occurrences: 2, detail: counter.detail },
    ])
    expect(await counter.read()).toEqual(wrong)
    await counter.add(-1)
  })

  test('stays with people until one of them has explained it, right again or not', async () => {
    const counter = await newCounter()
    await counter.add(1)
    await reconcile.checkStock()
    await counter.add(-1)
    expect([await reconcile.checkStock(), await drifts()]).toEqual([0, NONE])
    const [item] = await itemsOf(counter.key)
    expect(item).toMatchObject({ state: 'open', occurrences: 1 })
    await store.inTransaction((tx) =>
      resolveWorkItem(tx, item?.id ?? '', { resolution: 'explained', operator: 'ops' }),
    )
    await reconcile.checkStock()
    expect((await itemsOf(counter.key)).map(({ state }) => state)).toEqual(['resolved'])
    await counter.add(1)
    await reconcile.checkStock()
    expect((await itemsOf(counter.key)).map(({ state }) => state)).toEqual(['resolved', 'open'])
    await counter.add(-1)
  })
})

test('units that are held and not counted are raised like those that are counted and not held', async () => {
  const counter = await stockCounter()
  await counter.add(-2)
  expect(await reconcile.checkStock()).toBe(1)
  expect(await itemsOf(counter.key)).toMatchObject([{ detail: { reserved: 0, held: 2 } }])
  await counter.add(2)
})
