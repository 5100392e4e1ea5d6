import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PlacedOrder } from '../../contracts/orders.ts'
import { findOrderDetail } from '../../store/order-queries.ts'
import { closePresale } from '../../store/presales.ts'
import {
  arrive,
  arriveIn,
  type ChangedLine,
  change,
  changeIn,
  countersOf,
  endTimeOfOrder,
  expectPresalesSound,
  openPresale,
  presaleHolds,
} from './presale-support.ts'
import { expectSound, openTestStore, type TestStore } from './support.ts'

/** Changes of orders that wait for presale units: by the difference only, in the presale's own ledger too. */
let store: TestStore
beforeAll(async () => {
  store = await openTestStore()
})
afterAll(async () => {
  await expectSound(store.db)
  await expectPresalesSound(store.db)
  await store.close()
})

const units = (skuId: string, quantity: number) => [{ skuId, quantity }]
const line = (skuId: string, quantity: number, lineNumber = 1): ChangedLine => ({
  lineNumber,
  skuId,
  quantity,
})
const changed = (order: PlacedOrder, ...demand: ChangedLine[]) => change(store.db, order, demand)
const waiting = async (order: PlacedOrder) =>
  (await presaleHolds(store.db, order.orderId)).map((hold) => [hold.state, hold.quantity, hold.served])
const inStock = async (order: PlacedOrder) =>
  (await store.holds(order.orderId))
    .filter((hold) => hold.state === 'held' || hold.state === 'confirmed')
    .map((hold) => [hold.sku_id, hold.quantity])
const movements = async (presaleId: string) =>
  (
    await store.db
      .selectFrom('presale_ledger')
      .selectAll()
      .where('presale_id', '=', presaleId)
      .orderBy('id')
      .execute()
  ).map((row) => [row.kind, row.sold_delta])
async function skuOnPresale(quantity: number, stock: { 'WH-HZ'?: number } = {}) {
  const skuId = await store.addSku(stock)
  return { skuId, presaleId: await openPresale(store.db, skuId, quantity) }
}

test('a line that waits grows and shrinks by the difference, in its presale, under the hold that it has', async () => {
  const { skuId, presaleId } = await skuOnPresale(10)
  const order = await store.order(units(skuId, 4))
  const [hold] = await presaleHolds(store.db, order.orderId)
  expect(await changed(order, line(skuId, 7))).toMatchObject({
    ok: true,
    allocations: [],
    presale: [{ holdId: hold?.id, presaleId, lineNumber: 1, skuId, quantity: 7 }],
  })
  await changed(order, line(skuId, 7))
  await changed(order, line(skuId, 2))
  expect(await waiting(order)).toEqual([['held', 2, 0]])
  expect(await movements(presaleId)).toEqual([
    ['open', 0],
    ['sell', 4],
    ['sell', 3],
    ['release', -5],
  ])
  expect(await countersOf(store.db, presaleId)).toMatchObject({ sold: 2, left: 8 })
  expect(await store.pay(order)).toMatchObject({ outcome: 'accepted' })
  expect(await waiting(order)).toEqual([['waiting', 2, 0]])
})

test('more than the presale has left is refused with what is left, and nothing changes, not even a line in stock', async () => {
  const { skuId, presaleId } = await skuOnPresale(5)
  const spot = await store.addSku({ 'WH-HZ': 5 })
  const order = await store.order([...units(spot, 1), ...units(skuId, 3)])
  const refused = await changed(order, line(spot, 4), line(skuId, 6, 2))
  expect(refused).toEqual({ ok: false, shortages: [{ skuId, requested: 3, available: 2 }] })
  expect([await waiting(order), await inStock(order)]).toEqual([[['held', 3, 0]], [[spot, 1]]])
  expect(await changed(order, line(spot, 6), line(skuId, 5, 2))).toMatchObject({
    ok: false,
    shortages: [{ skuId: spot, requested: 5, available: 4 }],
  })
  expect(await countersOf(store.db, presaleId)).toMatchObject({ sold: 3 })
})

test('of a line that has come in in part, what is not there yet goes back first, then stock', async () => {
  const { skuId, presaleId } = await skuOnPresale(10)
  const order = await store.order(units(skuId, 5))
  await store.pay(order)
  await arrive(store.db, presaleId, 3)
  expect(await changed(order, line(skuId, 4))).toMatchObject({ presale: [{ quantity: 4 }] })
  expect([await waiting(order), await inStock(order)]).toEqual([[['waiting', 4, 3]], [[skuId, 3]]])
  await changed(order, line(skuId, 2))
  // All that the line still wants is there: nothing waits any more.
  expect([await waiting(order), await inStock(order)]).toEqual([[['served', 3, 3]], [[skuId, 2]]])
  expect(await countersOf(store.db, presaleId)).toMatchObject({ sold: 3, served: 3, waiting: 0 })
  expect(await store.level(skuId, 'WH-HZ')).toMatchObject({ total: 3, reserved: 2 })
})

test('a line that holds stock grows from stock alone; a new line is served as at checkout, whole', async () => {
  const { skuId, presaleId } = await skuOnPresale(10, { 'WH-HZ': 3 })
  const order = await store.order(units(skuId, 2))
  expect(await changed(order, line(skuId, 4))).toMatchObject({
    ok: false,
    shortages: [{ skuId, requested: 2, available: 1 }],
  })
  const other = await skuOnPresale(4)
  expect(await changed(order, line(skuId, 3), line(other.skuId, 4, 2))).toMatchObject({
    ok: true,
    allocations: [{ skuId, quantity: 1 }],
    presale: [{ skuId: other.skuId, lineNumber: 2, quantity: 4, presaleId: other.presaleId }],
  })
  expect(await countersOf(store.db, presaleId)).toMatchObject({ sold: 0 })
  expect(await countersOf(store.db, other.presaleId)).toMatchObject({ sold: 4, left: 0 })
})

test('another article for one that waits: its units go back to the presale, also those that had come in to stock', async () => {
  const { skuId, presaleId } = await skuOnPresale(5)
  const other = await skuOnPresale(5)
  const spot = await store.addSku({ 'WH-HZ': 5 })
  const order = await store.order(units(skuId, 3))
  await store.pay(order)
  await arrive(store.db, presaleId, 1)
  expect(await changed(order, line(other.skuId, 2))).toMatchObject({
    ok: true,
    presale: [{ skuId: other.skuId, quantity: 2 }],
  })
  expect(await countersOf(store.db, presaleId)).toMatchObject({ sold: 1, served: 1, left: 4 })
  expect(await waiting(order)).toEqual([
    ['released', 3, 1],
    ['waiting', 2, 0],
  ])
  expect(await changed(order, line(spot, 2))).toMatchObject({ ok: true, presale: [] })
  expect(await inStock(order)).toEqual([[spot, 2]])
  expect(await countersOf(store.db, other.presaleId)).toMatchObject({ sold: 0 })
  const detail = await findOrderDetail(store.db, order.orderId, { kind: 'all' })
  expect(detail?.order.lines).toMatchObject([{ skuId: spot, presale: null }])
})

test('a presale that is closed gives no more, but takes back', async () => {
  const { skuId, presaleId } = await skuOnPresale(5)
  const order = await store.order(units(skuId, 2))
  await store.inTransaction((tx) =>
    closePresale(tx, {
      presaleId,
      body: { reason: 'no more', giveUpWaiting: false },
      operationId: 'close',
      operator: 'test',
      traceParent: null,
    }),
  )
  // Another presale of the SKU is no home for a line that waits for the first one.
  await openPresale(store.db, skuId, 9)
  expect(await changed(order, line(skuId, 3))).toMatchObject({ ok: false, shortages: [{ available: 0 }] })
  expect(await changed(order, line(skuId, 1))).toMatchObject({ ok: true })
  expect(await countersOf(store.db, presaleId)).toMatchObject({ state: 'closed', sold: 1 })
})

test('no rival can take the units that stay, and one gets what is given back', async () => {
  const { skuId, presaleId } = await skuOnPresale(4)
  const order = await store.order(units(skuId, 4))
  const changing = await store.begin()
  await changeIn(changing, order, [line(skuId, 3)])
  const [greedy, modest] = [store.newRival(), store.newRival()]
  const first = await greedy.start((db) => store.tryCheckout(units(skuId, 2), { db }))
  await greedy.untilBlocked()
  const second = await modest.start((db) => store.tryCheckout(units(skuId, 1), { db }))
  await modest.untilBlocked()
  await changing.commit().execute()
  expect(await first.result).toMatchObject({ ok: false })
  expect(await second.result).toMatchObject({ ok: true, order: { presale: [{ quantity: 1 }] } })
  expect(await countersOf(store.db, presaleId)).toMatchObject({ sold: 4, left: 0 })
})

test('of a change and a checkout for the last presale unit one gets it, whoever waited', async () => {
  const { skuId, presaleId } = await skuOnPresale(3)
  const order = await store.order(units(skuId, 2))
  const buying = await store.begin()
  expect(await store.checkoutIn(buying, units(skuId, 1))).toMatchObject({ ok: true })
  const changer = store.newRival()
  const { result } = await changer.start((db) => change(db, order, [line(skuId, 3)]))
  await changer.untilBlocked()
  await buying.commit().execute()
  expect(await result).toEqual({ ok: false, shortages: [{ skuId, requested: 1, available: 0 }] })
  expect(await countersOf(store.db, presaleId)).toMatchObject({ sold: 3, left: 0 })
})

test('a change that waited for an arrival keeps what it brought, and an arrival that waited for a change serves what is left of the line', async () => {
  const { skuId, presaleId } = await skuOnPresale(10)
  const order = await store.order(units(skuId, 5))
  await store.pay(order)
  const arriving = await store.begin()
  await arriveIn(arriving, presaleId, 2)
  const changer = store.newRival()
  const { result } = await changer.start((db) => change(db, order, [line(skuId, 4)]))
  await changer.untilBlocked()
  await arriving.commit().execute()
  expect(await result).toMatchObject({ ok: true, presale: [{ quantity: 4 }] })
  expect([await waiting(order), await inStock(order)]).toEqual([[['waiting', 4, 2]], [[skuId, 2]]])

  const changing = await store.begin()
  await changeIn(changing, order, [line(skuId, 3)])
  const supplier = store.newRival()
  const { result: arrival } = await supplier.start((db) => arrive(db, presaleId, 5))
  await supplier.untilBlocked()
  await changing.commit().execute()
  expect(await arrival).toMatchObject({ servedUnits: 1, freeUnits: 4 })
  expect([await waiting(order), await inStock(order)]).toEqual([[['served', 3, 3]], [[skuId, 3]]])
})

test('presale units whose time is over are wanted anew, not kept', async () => {
  const { skuId, presaleId } = await skuOnPresale(3)
  const order = await store.order(units(skuId, 2))
  await endTimeOfOrder(store.db, order.orderId)
  expect(await changed(order, line(skuId, 3))).toMatchObject({ ok: true, presale: [{ quantity: 3 }] })
  expect(await waiting(order)).toEqual([
    ['expired', 2, 0],
    ['held', 3, 0],
  ])
  expect(await countersOf(store.db, presaleId)).toMatchObject({ sold: 3 })
})
