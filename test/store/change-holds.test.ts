import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PlacedOrder } from '../../contracts/orders.ts'
import { changeHolds } from '../../store/change-holds.ts'
import type { Tx } from '../../store/database.ts'
import { auditStock } from '../../store/stock-audit.ts'
import { lockStock } from '../../store/stock-movement.ts'
import { expectSound, openTestStore, type TestStore } from './support.ts'

let store: TestStore

beforeAll(async () => {
  store = await openTestStore()
})
afterAll(async () => {
  await expectSound(store.db)
  await store.close()
})

type Demand = { lineNumber: number; skuId: string; quantity: number }[]

const change = (tx: Tx, order: PlacedOrder, demand: Demand) =>
  changeHolds(tx, {
    orderId: order.orderId,
    channel: 'mall',
    divisionCode: '330106',
    demand,
    expiresAt: new Date(order.reservationExpiresAt),
    operationId: uuid(),
    confirmed: false,
    operator: 'test',
  })
const changed = (order: PlacedOrder, demand: Demand) => store.inTransaction((tx) => change(tx, order, demand))
const live = async (order: PlacedOrder) =>
  (await store.holds(order.orderId))
    .filter((hold) => hold.state === 'held')
    .map((hold) => [hold.line_number, hold.sku_id, hold.quantity])
const movements = async (skuId: string) =>
  (
    await store.db.selectFrom('stock_ledger').selectAll().where('sku_id', '=', skuId).orderBy('id').execute()
  ).map((row) => [row.kind, row.reserved_delta])

test('a quantity that grows reserves the difference, one that falls gives it back, and nothing else moves', async () => {
  const skuId = await store.addSku({ 'WH-HZ': 10 })
  const order = await store.order([{ skuId, quantity: 4 }])
  const line = (quantity: number) => [{ lineNumber: 1, skuId, quantity }]
  expect(await changed(order, line(7))).toMatchObject({ ok: true, allocations: [{ quantity: 3 }] })
  expect(await changed(order, line(7))).toMatchObject({ ok: true, allocations: [] })
  expect(await changed(order, line(2))).toMatchObject({ ok: true, allocations: [] })
  expect(await live(order)).toEqual([[1, skuId, 2]])
  expect(await movements(skuId)).toEqual([
    ['receive', 0],
    ['reserve', 4],
    ['reserve', 3],
    ['release', -5],
  ])
})

test('another article is reserved and the old one given back, or both stay as they were', async () => {
  const [old, other] = [await store.addSku({ 'WH-HZ': 2 }), await store.addSku({ 'WH-HZ': 1 })]
  const order = await store.order([{ skuId: old, quantity: 2 }])
  const refused = await changed(order, [{ lineNumber: 1, skuId: other, quantity: 2 }])
  expect(refused).toMatchObject({ ok: false, shortages: [{ skuId: other, requested: 2, available: 1 }] })
  expect(await live(order)).toEqual([[1, old, 2]])
  expect(await changed(order, [{ lineNumber: 1, skuId: other, quantity: 1 }])).toMatchObject({ ok: true })
  expect(await live(order)).toEqual([[1, other, 1]])
  expect(await store.level(old, 'WH-HZ')).toMatchObject({ reserved: 0 })
})

test('no rival can take the units that stay while the order is being changed', async () => {
  const skuId = await store.addSku({ 'WH-HZ': 3 })
  const order = await store.order([{ skuId, quantity: 3 }])
  const changing = await store.begin()
  await change(changing, order, [{ lineNumber: 1, skuId, quantity: 2 }])
  const rival = store.newRival()
  const { result } = await rival.start((db) => store.tryCheckout([{ skuId, quantity: 2 }], { db }))
  await rival.untilBlocked()
  await changing.commit().execute()
  expect(await result).toMatchObject({ ok: false, problem: { extra: { shortages: [{ available: 1 }] } } })
})

test('units whose time ran out before the change got the locks are wanted anew, not kept', async () => {
  const skuId = await store.addSku({ 'WH-HZ': 2 })
  const order = await store.order([{ skuId, quantity: 2 }])
  const holder = await store.begin()
  await lockStock(holder, [skuId])
  const changer = store.newRival()
  const { result } = await changer.start((db) =>
    db.transaction().execute((tx) => change(tx, order, [{ lineNumber: 1, skuId, quantity: 2 }])),
  )
  await changer.untilBlocked()
  await store.endTimeOf(order.orderId)
  await holder.commit().execute()
  expect(await result).toMatchObject({ ok: true, allocations: [{ quantity: 2 }] })
})

test('the audit rebuilds every counter from the ledger, and names a level whose counter was changed past it', async () => {
  const skuId = await store.addSku({ 'WH-HZ': 5, 'WH-GZ': 5 })
  await store.order([{ skuId, quantity: 3 }])
  expect(await auditStock(store.db, { skuId, limit: 10 })).toEqual({ levels: 2, differences: [] })
  expect((await auditStock(store.db, { limit: 10 })).differences).toEqual([])
  const tampered = await store.begin()
  const tamper = (reserved: number) =>
    tampered
      .updateTable('stock_level')
      .set({ reserved })
      .where('sku_id', '=', skuId)
      .where('warehouse_id', '=', 'WH-HZ')
      .execute()
  await tamper(2)
  await tampered.commit().execute()
  expect((await auditStock(store.db, { limit: 10 })).differences).toEqual([
    {
      skuId,
      warehouseId: 'WH-HZ',
      counters: { total: 5, shipped: 0, reserved: 2, shortfall: 0 },
      ledger: { total: 5, shipped: 0, reserved: 3, shortfall: 0 },
      held: 3,
    },
  ])
  await store.db
    .updateTable('stock_level')
    .set({ reserved: 3 })
    .where('sku_id', '=', skuId)
    .where('warehouse_id', '=', 'WH-HZ')
    .execute()
})
