import { sql } from 'kysely'
import { pino } from 'pino'
import { v7 as uuid } from 'uuid'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createMallGateway } from '../../connectors/mall/gateway.ts'
import { createOutsideHttp } from '../../connectors/outside-http.ts'
import { CallLimits } from '../../connectors/rate-limit.ts'
import { readConfig } from '../../contracts/config.ts'
import { listingMessage } from '../../contracts/listings.ts'
import { INITIAL_SAFETY_STOCK_POLICY, type SafetyStockPolicy } from '../../domain/safety-stock.ts'
import { type Simulator, startSimulator } from '../../simulator/server.ts'
import type { Db } from '../../store/database.ts'
import { claimDeliveries } from '../../store/delivery-queue.ts'
import { KeyRing } from '../../store/keyring.ts'
import { markListingsDue, requestResend } from '../../store/listing-due.ts'
import { planDueListings } from '../../store/listing-plan.ts'
import { confirmListing, dropOldDeliveries, putListings, removeListing } from '../../store/listings.ts'
import { publishPolicy } from '../../store/policy-versions.ts'
import { adjustStock } from '../../store/stock.ts'
import { awaitStock } from '../../store/stock-waits.ts'
import { replayWorkItem } from '../../store/work-items.ts'
import { DeliverySender } from '../../workers/delivery-sender.ts'
import { createListingLoops, ListingPlanner } from '../../workers/listing-loops.ts'
import { listingFailure, mallTarget } from '../../workers/listings.ts'
import { TEST_PAYLOAD_KEYS } from '../support/keys.ts'
import { openTestStore, type TestStore, until } from './support.ts'

const SECRET = 'the-outside-secret-of-the-tests-0123456789'
const STORES = ['MALL', 'MALL-2', 'TB'] as const
type StoreId = (typeof STORES)[number]

let store: TestStore
let simulator: Simulator

beforeAll(async () => {
  store = await openTestStore()
  await store.db
    .insertInto('store')
    .values([
      { id: 'MALL-2', name: '二店', channel: 'mall', region: '华南' },
      { id: 'TB', name: '淘宝店', channel: 'taobao', region: '华东' },
    ])
    .execute()
})
beforeEach(async () => {
  simulator = await startSimulator({ secret: SECRET })
})
afterEach(async () => {
  await simulator.close()
  await sql`update delivery set state = 'withdrawn' where state in ('pending', 'failed')`.execute(store.db)
  await sql`update listing_sku set due_at = 'infinity'`.execute(store.db)
})
afterAll(() => store.close())

const policyOf = (changes: Partial<SafetyStockPolicy>, version = 1) => ({
  version,
  document: { ...INITIAL_SAFETY_STOCK_POLICY, ...changes },
})
const plan = (changes: Partial<SafetyStockPolicy> = {}, connectedChannels = ['mall'], db: Db = store.db) =>
  planDueListings(db, { policy: policyOf(changes), connectedChannels }, 50)
const list = (skuId: string, ...stores: StoreId[]) =>
  store.inTransaction((tx) =>
    putListings(
      tx,
      stores.map((storeId) => ({ storeId, skuId })),
    ),
  )
const listing = (storeId: StoreId, skuId: string) =>
  store.db
    .selectFrom('listing')
    .selectAll()
    .where('store_id', '=', storeId)
    .where('sku_id', '=', skuId)
    .executeTakeFirstOrThrow()
const confirm = (storeId: StoreId, skuId: string, version: number, quantity: number, at = new Date()) =>
  store.inTransaction((tx) => confirmListing(tx, { storeId, skuId, version, quantity, at: at.toISOString() }))
const due = (...skuIds: string[]) => markListingsDue(store.db, skuIds, 0)
/** Until the planner has heard of a change of this SKU: somebody else's open transaction may hold the reading up. */
const untilHeard = (planner: ListingPlanner, skuId: string) =>
  until(`${skuId} to be due`, async () => {
    await planner.noteChanges()
    const row = await store.db
      .selectFrom('listing_sku')
      .select(sql<boolean>`due_at < now() + interval '2 seconds'`.as('soon'))
      .where('sku_id', '=', skuId)
      .executeTakeFirst()
    return row?.soon
  })
const decideLater = () => sql`update listing_sku set due_at = 'infinity'`.execute(store.db)
const endClaims = () =>
  sql`update delivery set next_attempt_at = clock_timestamp() where state = 'pending'`.execute(store.db)
const workItem = (key: string) =>
  store.db
    .selectFrom('work_item')
    .selectAll()
    .where('kind', 'in', ['delisting_failed', 'delivery_failed'])
    .where('key', '=', key)
    .orderBy('created_at', 'desc')
    .executeTakeFirst()

/** Deliveries about a SKU, oldest first. */
async function deliveries(skuId: string) {
  const rows = await store.db
    .selectFrom('delivery')
    .select(['payload', 'state', 'target', 'attempts'])
    .where('kind', '=', 'listing')
    .where('order_key', 'like', `%/${skuId}`)
    .orderBy('created_at')
    .orderBy('order_key')
    .execute()
  return rows.map(({ payload, ...row }) => {
    const { storeId, version, quantity } = listingMessage.parse(payload)
    return { storeId, version, quantity, ...row }
  })
}
const open = async (skuId: string) => (await deliveries(skuId)).filter((entry) => entry.state === 'pending')

const senderTo = (url: string) =>
  new DeliverySender({ db: store.db, target: mallTarget(createMallGateway(createOutsideHttp(url, SECRET))) })
const send = () => senderTo(simulator.url).runOnce()
const shown = (skuId: string) =>
  Object.fromEntries(
    simulator
      .effects()
      .listings.filter((entry) => entry.skuId === skuId)
      .map((entry) => [entry.storeId, entry.quantity]),
  )
/** Sells without a trace but in the counters: what listings look at. */
const setTotal = (skuId: string, total: number) =>
  store.db.updateTable('stock_level').set({ total }).where('sku_id', '=', skuId).execute()

describe('from stock to store', () => {
  test('stores are told their shares, confirm them, and together show no more than there is', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 7, 'WH-GZ': 4 })
    await list(skuId, 'MALL', 'MALL-2')
    await plan()
    await send()
    expect(shown(skuId)).toEqual({ MALL: 6, 'MALL-2': 5 })
    expect(await listing('MALL', skuId)).toMatchObject({
      version: 1,
      quantity: 6,
      state: 'listed',
      confirmed_version: 1,
      confirmed_quantity: 6,
      may_show: 6,
      stale: false,
    })
  })

  test('reserved units, each warehouse’s safety stock and warehouses out of use are not shown', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 20, 'WH-GZ': 9 })
    await store.order([{ skuId, quantity: 3 }])
    await store.db
      .updateTable('stock_level')
      .set({ safety_stock: 5 })
      .where('sku_id', '=', skuId)
      .where('warehouse_id', '=', 'WH-HZ')
      .execute()
    await list(skuId, 'MALL')
    const byCategory = {
      thresholds: { fallbackUnits: 0, unitsByCategory: { 测试: 2 }, heldBackPercent: 100 },
    }
    await plan(byCategory)
    // 20 − 3 reserved − 5 of its own, and 9 − 2 of the category.
    expect(await listing('MALL', skuId)).toMatchObject({ quantity: 19 })
    await store.db.updateTable('warehouse').set({ active: false }).where('id', '=', 'WH-GZ').execute()
    await due(skuId)
    await plan(byCategory)
    await store.db.updateTable('warehouse').set({ active: true }).where('id', '=', 'WH-GZ').execute()
    expect(await listing('MALL', skuId)).toMatchObject({ quantity: 12 })
  })

  test('what platforms have sold without there being any is shown by no store, from the moment that it is known', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 6 })
    await list(skuId, 'MALL', 'MALL-2')
    await plan()
    await send()
    expect(shown(skuId)).toEqual({ MALL: 3, 'MALL-2': 3 })
    const { orderId } = await store.order([{ skuId: await store.addSku({ 'WH-HZ': 1 }), quantity: 1 }])
    const placedAt = new Date().toISOString()
    const lines = [{ lineNumber: 1, skuId, quantity: 4, unitPriceCents: 100 }]
    await store.inTransaction((tx) =>
      awaitStock(tx, { orderId, lines, placedAt, paidAt: placedAt, holdUntil: new Date() }),
    )
    await plan()
    await send()
    expect(shown(skuId)).toEqual({ MALL: 1, 'MALL-2': 1 })
  })

  test('at the threshold a listing is taken down, and it comes back only when enough has returned', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 20 })
    await store.db.updateTable('stock_level').set({ safety_stock: 5 }).where('sku_id', '=', skuId).execute()
    await list(skuId, 'MALL')
    const quantities: number[] = []
    for (const total of [20, 5, 6, 9, 5, 10, 12]) {
      await setTotal(skuId, total)
      await due(skuId)
      await plan()
      await send()
      quantities.push(shown(skuId).MALL ?? -1)
    }
    expect(quantities).toEqual([15, 0, 0, 0, 0, 5, 7])
    expect(simulator.effects().listings).toMatchObject([{ changes: 4 }])
  })

  test('sales are found in the ledger; however many there are, they are one decision and one delivery', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 60 })
    await list(skuId, 'MALL')
    const planner = new ListingPlanner(store.db, ['mall'])
    await planner.decide()
    await decideLater()
    await untilHeard(planner, skuId)
    await decideLater()
    const before = await listing('MALL', skuId)
    for (let order = 0; order < 10; order += 1) await store.order([{ skuId, quantity: 1 }])
    await untilHeard(planner, skuId)
    // Gathered: nothing is decided before the time is over.
    expect(await planner.decide()).toBe(0)
    await due(skuId)
    expect(await planner.decide()).toBe(1)
    expect(await listing('MALL', skuId)).toMatchObject({ version: before.version + 1, quantity: 50 })
    expect(await open(skuId)).toMatchObject([{ quantity: 50 }])
  })

  test('another safety stock is a change of the level, too', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 60 })
    await list(skuId, 'MALL')
    const planner = new ListingPlanner(store.db, ['mall'])
    await untilHeard(planner, skuId)
    await decideLater()
    await store.inTransaction((tx) =>
      adjustStock(tx, {
        adjustments: [{ skuId, warehouseId: 'WH-HZ', quantityDelta: 0, safetyStock: 30 }],
        operationId: uuid(),
        operator: 'test',
        reason: 'test',
      }),
    )
    await untilHeard(planner, skuId)
    await due(skuId)
    await planner.decide()
    expect(await listing('MALL', skuId)).toMatchObject({ quantity: 30 })
  })

  test('a new version of the policy decides every SKU anew', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 10 })
    await list(skuId, 'MALL')
    const planner = new ListingPlanner(store.db, ['mall'])
    await planner.decide()
    expect(await listing('MALL', skuId)).toMatchObject({ quantity: 10 })
    await publishPolicy(store.db, {
      kind: 'safety-stock',
      document: {
        ...INITIAL_SAFETY_STOCK_POLICY,
        thresholds: { fallbackUnits: 4, unitsByCategory: {}, heldBackPercent: 100 },
      },
      author: 'test',
      reason: 'test',
    })
    const next = new ListingPlanner(store.db, ['mall'])
    while ((await next.decide()) > 0);
    expect(await listing('MALL', skuId)).toMatchObject({ quantity: 6 })
  })
})

describe('promotions', () => {
  async function runningPromotion(): Promise<string> {
    const id = uuid()
    await sql`
      insert into promotion (id, name, starts_at, ends_at, max_share_percent, retry_seconds, policy_version, created_by,
        state, started_at)
      values (${id}, 'x', now(), now() + interval '1 hour', 100, 1, 0, 'test', 'running', now())`.execute(
      store.db,
    )
    return id
  }

  test('what a running promotion holds is shown by its channel’s stores, and by nobody once it is over', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 30 })
    await list(skuId, 'MALL', 'TB')
    const promotionId = await runningPromotion()
    await sql`
      insert into promotion_quota (promotion_id, sku_id, channel, promised, drawn)
      values (${promotionId}, ${skuId}, 'mall', 30, 4), (${promotionId}, ${skuId}, 'jd', 0, 0)`.execute(
      store.db,
    )
    await store.db.updateTable('stock_level').set({ reserved: 30 }).where('sku_id', '=', skuId).execute()
    await plan()
    expect(await listing('MALL', skuId)).toMatchObject({ quantity: 26, reason: 'published' })
    expect(await listing('TB', skuId)).toMatchObject({ quantity: 0, reason: 'low' })
    await sql`update promotion set ends_at = now() where id = ${promotionId}`.execute(store.db)
    await due(skuId)
    await plan()
    expect(await listing('MALL', skuId)).toMatchObject({ quantity: 0, reason: 'low' })
  })

  test('units that are missing physically are shown by nobody', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 30 })
    await list(skuId, 'MALL')
    const promotionId = await runningPromotion()
    await sql`
      insert into promotion_quota (promotion_id, sku_id, channel, promised)
      values (${promotionId}, ${skuId}, 'mall', 30)`.execute(store.db)
    await sql`update stock_level set reserved = 30, total = 10, shortfall = 20 where sku_id = ${skuId}`.execute(
      store.db,
    )
    await plan()
    expect(await listing('MALL', skuId)).toMatchObject({ quantity: 10 })
  })
})

describe('versions', () => {
  test('the latest decision wins: what it supersedes is withdrawn, and one delivery is open', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 50 })
    await list(skuId, 'MALL')
    for (const total of [50, 40, 30]) {
      await setTotal(skuId, total)
      await due(skuId)
      await plan()
    }
    expect(await deliveries(skuId)).toMatchObject([
      { version: 1, quantity: 50, state: 'withdrawn' },
      { version: 2, quantity: 40, state: 'withdrawn' },
      { version: 3, quantity: 30, state: 'pending' },
    ])
  })

  test('a message that was under way when it was superseded comes late and changes nothing at the store', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 50 })
    await list(skuId, 'MALL')
    await plan()
    const [late] = await claimDeliveries(store.db, 'mall', 1, 20)
    if (!late) throw new Error('nothing was due')
    await setTotal(skuId, 3)
    await due(skuId)
    await plan()
    await send()
    await mallTarget(createMallGateway(createOutsideHttp(simulator.url, SECRET))).deliver(store.db, late)
    expect(simulator.effects().listings).toMatchObject([{ version: 2, quantity: 3, changes: 1, outdated: 1 }])
    expect(await listing('MALL', skuId)).toMatchObject({ confirmed_version: 2, confirmed_quantity: 3 })
  })

  test('an older confirmation never overwrites a newer one, in whichever order and however close they come', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 50 })
    await list(skuId, 'MALL')
    await plan()
    await setTotal(skuId, 30)
    await due(skuId)
    await plan()
    expect(await confirm('MALL', skuId, 2, 30)).toBe(true)
    expect(await confirm('MALL', skuId, 1, 50)).toBe(false)
    expect(await listing('MALL', skuId)).toMatchObject({ confirmed_version: 2, may_show: 30, stale: false })

    await setTotal(skuId, 20)
    await due(skuId)
    await plan()
    const first = await store.begin()
    await confirmListing(first, {
      storeId: 'MALL',
      skuId,
      version: 3,
      quantity: 20,
      at: new Date().toISOString(),
    })
    const rival = store.newRival()
    const { result } = await rival.start((db) =>
      db.transaction().execute((tx) =>
        confirmListing(tx, {
          storeId: 'MALL',
          skuId,
          version: 2,
          quantity: 30,
          at: new Date().toISOString(),
        }),
      ),
    )
    await rival.untilBlocked()
    await first.commit().execute()
    expect(await result).toBe(false)
    expect(await listing('MALL', skuId)).toMatchObject({ confirmed_version: 3, confirmed_quantity: 20 })
  })

  test('a version that was never decided cannot be confirmed, nor a listing that does not exist', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 5 })
    await list(skuId, 'MALL')
    await plan()
    await expect(confirm('MALL', skuId, 2, 5)).rejects.toMatchObject({ code: 'invalid-request' })
    await expect(confirm('TB', skuId, 1, 5)).rejects.toMatchObject({ code: 'not-found' })
  })

  test('a resend is a new version, so that a store that has forgotten takes it', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 5 })
    await list(skuId, 'MALL')
    await plan()
    await send()
    await store.inTransaction((tx) => requestResend(tx, { storeId: 'MALL', skuId }))
    await plan()
    await send()
    expect(simulator.effects().listings).toMatchObject([{ version: 2, quantity: 5, changes: 2 }])
  })
})

test('settled deliveries of listings go after a month; open ones, newer ones and other messages stay', async () => {
  const skuId = await store.addSku({ 'WH-HZ': 50 })
  await list(skuId, 'MALL')
  for (const total of [50, 40, 30, 20]) {
    await setTotal(skuId, total)
    await due(skuId)
    await plan()
  }
  await sql`
    update delivery set settled_at = now() - make_interval(days => 32 - (payload ->> 'version')::int)
    where order_key = ${`MALL/${skuId}`} and state = 'withdrawn'`.execute(store.db)
  await sql`
    insert into delivery (id, kind, target, operation_id, order_key, payload, state, settled_at)
    values (${uuid()}, 'pick_task_created', 'pda', ${skuId}, ${skuId}, '{}', 'delivered', now() - interval '1 year')`.execute(
    store.db,
  )
  // Version 1 is 31 days old, version 2 a moment more than 30.
  expect(await dropOldDeliveries(store.db)).toBe(2)
  expect(await deliveries(skuId)).toMatchObject([{ version: 3 }, { version: 4, state: 'pending' }])
  expect(
    await store.db.selectFrom('delivery').select('id').where('order_key', '=', skuId).execute(),
  ).toHaveLength(1)
  await expect(sql`select hub_drop_listing_deliveries(6, 10)`.execute(store.db)).rejects.toThrow('seven days')
})

describe('several processes', () => {
  test('two that decide at once decide each SKU once', async () => {
    const skuIds = await Promise.all(Array.from({ length: 6 }, () => store.addSku({ 'WH-HZ': 9 })))
    for (const skuId of skuIds) await list(skuId, 'MALL', 'MALL-2')
    const decided = await Promise.all([plan(), plan(), plan()])
    expect(decided.reduce((sum, count) => sum + count, 0)).toBe(skuIds.length)
    for (const skuId of skuIds) expect(await open(skuId)).toMatchObject([{ version: 1 }, { version: 1 }])
  })

  test('with two processes at work, while orders come in, every store ends up showing its share, told a few times', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 60, 'WH-GZ': 40 })
    await list(skuId, 'MALL', 'MALL-2')
    const config = readConfig({
      DATABASE_URL: store.appUrl,
      TEMPORAL_ADDRESS: '127.0.0.1:1',
      DATA_KEYS: TEST_PAYLOAD_KEYS,
      PAYLOAD_KEYS: TEST_PAYLOAD_KEYS,
      SESSION_SECRET: SECRET,
      PDA_URL: simulator.url,
      PAYMENT_URL: simulator.url,
      COURIER_URL: simulator.url,
      MALL_URL: simulator.url,
      OUTSIDE_SECRET: SECRET,
    })
    await publishPolicy(store.db, {
      kind: 'safety-stock',
      document: { ...INITIAL_SAFETY_STOCK_POLICY, gatherMilliseconds: 100 },
      author: 'test',
      reason: 'test',
    })
    const logger = pino({ level: 'silent' })
    const keyRing = KeyRing.parse(TEST_PAYLOAD_KEYS)
    const callLimits = new CallLimits(null)
    const loops = [1, 2].flatMap(() =>
      createListingLoops({ db: store.db, config, keyRing, callLimits, logger }),
    )
    for (const loop of loops) loop.start()
    simulator.behave({ next: { mall: ['down', 'timeout-after-applying'] } })
    try {
      for (let order = 0; order < 31; order += 1) await store.order([{ skuId, quantity: 1 }])
      await until('the stores to show what is left, and to have said so', async () => {
        const { MALL = 0, 'MALL-2': second = 0 } = shown(skuId)
        const stale = (await listing('MALL', skuId)).stale || (await listing('MALL-2', skuId)).stale
        return MALL + second === 69 && !stale
      })
    } finally {
      await Promise.all(loops.map((loop) => loop.stop()))
    }
    const told = simulator.effects()
    expect(told.conflicts).toBe(0)
    for (const { changes } of told.listings) expect(changes).toBeLessThan(20)
  })

  test('a change that comes while its SKU is being decided is decided afterwards, not lost', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 9 })
    await list(skuId, 'MALL')
    const deciding = await store.begin()
    await sql`select 1 from listing_sku where sku_id = ${skuId} for update`.execute(deciding)
    const rival = store.newRival()
    const { result } = await rival.start((db) => markListingsDue(db, [skuId], 0))
    await rival.untilBlocked()
    await sql`update listing_sku set due_at = now() + interval '15 minutes' where sku_id = ${skuId}`.execute(
      deciding,
    )
    await deciding.commit().execute()
    await result
    expect(await plan()).toBe(1)
  })

  test('a sender that dies between sending and marking is followed by one that sends again; the store changes once', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 9 })
    await list(skuId, 'MALL')
    await plan()
    const [claimed] = await claimDeliveries(store.db, 'mall', 1, 20)
    if (!claimed) throw new Error('nothing was due')
    const gateway = createMallGateway(createOutsideHttp(simulator.url, SECRET))
    await gateway.showListing({
      ...listingMessage.parse(claimed.payload),
      operationId: claimed.operationId,
    })
    expect(await listing('MALL', skuId)).toMatchObject({ confirmed_version: null })
    await endClaims()
    await send()
    expect(simulator.effects()).toMatchObject({
      listings: [{ quantity: 9, calls: 2, changes: 1, outdated: 0 }],
      conflicts: 0,
    })
    expect(await listing('MALL', skuId)).toMatchObject({ confirmed_version: 1, confirmed_quantity: 9 })
    expect(await deliveries(skuId)).toMatchObject([{ state: 'delivered', attempts: 2 }])
  })
})

describe('stores that do not follow', () => {
  test('a store that may still show units keeps the others from getting them, and a person is told', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 10 })
    await list(skuId, 'MALL')
    await plan()
    await send()
    await list(skuId, 'MALL-2')
    await plan()
    simulator.behave({ mall: 'down' })
    await send()
    expect(await workItem('MALL')).toMatchObject({ state: 'open', detail: { skuId, attempts: 1 } })
    await endClaims()
    await send()
    expect(await listing('MALL', skuId)).toMatchObject({ quantity: 5, may_show: 10, stale: true })
    expect(await listing('MALL-2', skuId)).toMatchObject({ quantity: 0, reason: 'waiting-for-others' })
    expect(await workItem('MALL')).toMatchObject({
      state: 'open',
      detail: { skuId, attempts: 2 },
      occurrences: 2,
    })
    simulator.behave({ mall: 'ok' })
    await endClaims()
    await send()
    expect(await workItem('MALL')).toMatchObject({ state: 'resolved', resolved_by: 'system' })
    // The confirmation has made the SKU due: the other store gets what has become free.
    await plan()
    await send()
    expect(shown(skuId)).toEqual({ MALL: 5, 'MALL-2': 5 })
  })

  test('a store that only asks for patience is raised when that takes too long, and asked when it says', () => {
    const payload = { storeId: 'MALL', skuId: 'S', version: 2, quantity: 0, lowers: true }
    const delivery = { id: uuid(), kind: 'listing', operationId: 'o', orderId: null, payload }
    const failed = (attempts: number, retryAfterMs: number | null) =>
      listingFailure({ ...delivery, attempts }, { error: 'x', isRefusal: false, retryAfterMs })
    expect(failed(1, 2_000)).toMatchObject({ retryInMs: 2_000, workItem: null })
    expect(failed(8, 2_000).workItem?.kind).toBe('delisting_failed')
    expect(failed(1, null).workItem?.kind).toBe('delisting_failed')
  })

  test('a refused delisting is a work item whose replay sends it as a new version', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 10 })
    await list(skuId, 'MALL')
    await plan()
    await send()
    await store.inTransaction((tx) => removeListing(tx, { storeId: 'MALL', skuId }))
    await plan()
    simulator.behave({ next: { mall: ['refuse'] } })
    await send()
    const item = await workItem(`MALL/${skuId}`)
    expect(item).toMatchObject({ kind: 'delisting_failed', state: 'open', detail: { quantity: 0 } })
    expect(await open(skuId)).toEqual([])
    await store.inTransaction((tx) => replayWorkItem(tx, item?.id ?? '', 'ops'))
    await plan()
    await send()
    expect(shown(skuId)).toEqual({ MALL: 0 })
    expect(await listing('MALL', skuId)).toMatchObject({ state: 'removed', version: 3, stale: false })
    expect(await workItem(`MALL/${skuId}`)).toMatchObject({ state: 'resolved' })
  })

  test('a store that confirms more than it should show is raised until it confirms less', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 10 })
    await list(skuId, 'MALL')
    await plan()
    await confirm('MALL', skuId, 1, 12, new Date(Date.now() - 1_000))
    expect(await listing('MALL', skuId)).toMatchObject({ stale: true, may_show: 12 })
    expect(await workItem(`MALL/${skuId}`)).toMatchObject({ state: 'open', detail: { confirmed: 12 } })
    await confirm('MALL', skuId, 1, 10)
    expect(await listing('MALL', skuId)).toMatchObject({ stale: false, may_show: 10 })
    expect(await workItem(`MALL/${skuId}`)).toMatchObject({ state: 'resolved' })
  })

  test('for a channel without a connector is decided and nothing queued; once it has one, its stores are told', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 10 })
    await list(skuId, 'MALL', 'TB')
    await plan()
    expect(await listing('TB', skuId)).toMatchObject({
      version: 1,
      quantity: 5,
      sent_version: 0,
      stale: true,
    })
    expect((await deliveries(skuId)).map((entry) => entry.target)).toEqual(['mall'])
    await due(skuId)
    await plan({}, ['mall', 'taobao'])
    expect(await open(skuId)).toMatchObject([
      { target: 'mall', quantity: 5 },
      { target: 'taobao', quantity: 5, version: 1 },
    ])
  })

  test('what a person took down shows nothing until it is put up again', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 4 })
    await list(skuId, 'MALL')
    await plan()
    await store.inTransaction((tx) => removeListing(tx, { storeId: 'MALL', skuId }))
    await plan()
    expect(await listing('MALL', skuId)).toMatchObject({ state: 'removed', quantity: 0, reason: 'inactive' })
    await list(skuId, 'MALL')
    await plan()
    expect(await listing('MALL', skuId)).toMatchObject({ state: 'listed', quantity: 4 })
  })
})
