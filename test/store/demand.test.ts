import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type Db } from '../../store/database.ts'
import { readDemand, takeDemand } from '../../store/demand.ts'
import { askReservation } from '../../store/order-steps.ts'
import { adjustStock } from '../../store/stock.ts'
import { openPromotions } from './promotion-support.ts'
import { newRandom, openTestStore, type TestStore } from './support.ts'

let store: TestStore
/** Who may move an order in time and forget what was counted: the application may not. */
let owner: Db
beforeAll(async () => {
  store = await openTestStore()
  owner = createDatabase(store.ownerUrl, 1)
})
afterAll(async () => {
  await owner.destroy()
  await store.close()
})

async function takeAll(rowsAtMost?: number): Promise<number> {
  let rows = 0
  for (;;) {
    const taken = await takeDemand(store.db, rowsAtMost)
    if (taken === 0) return rows
    rows += taken
  }
}
const demandOf = async (skuId: string) =>
  (await readDemand(store.db, [skuId], '2020-01-01')).map(({ warehouseId, level, days }) => ({
    ...{ warehouseId, available: level.available, isOut: level.outSinceMs !== null },
    units: days.reduce((sum, day) => sum + day.units, 0),
    promotionUnits: days.reduce((sum, day) => sum + day.promotionUnits, 0),
  }))
const everything = async () => {
  const { rows: days } = await sql`
    select sku_id, warehouse_id, day::text, units, promotion_units, out_ms from demand_day
    where units <> 0 or promotion_units <> 0 or out_ms <> 0 order by sku_id, warehouse_id, day`.execute(
    store.db,
  )
  const { rows: levels } = await sql`select * from demand_level order by sku_id, warehouse_id`.execute(
    store.db,
  )
  return { days, levels }
}
const forget = () =>
  owner.transaction().execute(async (tx) => {
    await sql`delete from demand_day`.execute(tx)
    await sql`delete from demand_level`.execute(tx)
    await sql`update demand_progress set ledger_id = 0, fence_ledger_id = 0, fence_transaction_id = '0'`.execute(
      tx,
    )
  })

test('an order is demand from its checkout on, once, and none any more when its time is over', async () => {
  const skuId = await store.addSku({ 'WH-HZ': 5 })
  const { orderId } = await store.order([{ skuId, quantity: 3 }])
  await takeAll()
  expect(await demandOf(skuId)).toEqual([
    { warehouseId: 'WH-HZ', available: 2, isOut: false, units: 3, promotionUnits: 0 },
  ])
  await store.endTimeOf(orderId)
  await askReservation(store.db, { orderId, paidInFull: false, operationId: uuid() })
  await takeAll()
  expect(await demandOf(skuId)).toMatchObject([{ available: 5, units: 0 }])
})

test('what is shipped is the same demand, and it belongs to the day of its order, whenever it is heard of', async () => {
  const skuId = await store.addSku({ 'WH-HZ': 2 })
  const { order, taskIds } = await store.paidOrder([{ skuId, quantity: 2 }])
  const { orderId } = order
  await store.report(taskIds[0] ?? '', { type: 'packed', courier: 'sf', waybillNumber: `SF${uuid()}` })
  await sql`update orders set created_at = '2026-02-28T15:59:00Z' where id = ${orderId}`.execute(owner)
  await takeAll()
  const [level] = await readDemand(store.db, [skuId], '2020-01-01')
  expect(level?.days).toMatchObject([{ day: '2026-02-28', units: 2 }])
  expect(level?.level).toMatchObject({ available: 0, outSinceMs: expect.any(Number) })
})

test('units of a promotion’s quota are told apart', async () => {
  const promotions = await openPromotions(store)
  const skuId = await store.addSku({ 'WH-HZ': 10 })
  await promotions.run([{ skuId, channel: 'mall', quantity: 4 }])
  await store.order([{ skuId, quantity: 6 }])
  await takeAll()
  expect(await demandOf(skuId)).toMatchObject([{ units: 6, promotionUnits: 4 }])
})

test('rows that commit late are not missed, and nothing is counted twice by two at once', async () => {
  const skuId = await store.addSku({ 'WH-HZ': 50 })
  const other = await store.addSku({ 'WH-HZ': 50 })
  const slow = await store.begin()
  await store.checkoutIn(slow, [{ skuId, quantity: 7 }])
  await store.order([{ skuId: other, quantity: 1 }])
  await takeAll()
  expect(await demandOf(other)).not.toMatchObject([{ units: 1 }])
  await slow.commit().execute()
  await Promise.all([takeAll(3), takeAll(2), takeAll(5)])
  await takeAll()
  expect(await demandOf(skuId)).toMatchObject([{ units: 7 }])
  expect(await demandOf(other)).toMatchObject([{ units: 1 }])
})

test('counted anew from the whole ledger it comes to the same, by whatever batches', async () => {
  const random = newRandom('demand')
  const skus = [await store.addSku({ 'WH-HZ': 6, 'WH-GZ': 4 }), await store.addSku({ 'WH-HZ': 3 })]
  for (let step = 0; step < 60; step += 1) {
    const skuId = random.pick(skus) ?? ''
    const dice = random.between(1, 10)
    if (dice <= 6) await store.tryCheckout([{ skuId, quantity: random.between(1, 3) }])
    else if (dice <= 8) {
      const adjustment = { skuId, warehouseId: 'WH-HZ', quantityDelta: random.between(-2, 4) }
      const change = { adjustments: [adjustment], operationId: uuid(), operator: 'test', reason: 'test' }
      // A loss of more than there is is refused and changes nothing.
      await store.inTransaction((tx) => adjustStock(tx, change))
    } else await takeDemand(store.db, random.between(1, 7))
  }
  await takeAll()
  const kept = await everything()
  await forget()
  await takeAll(random.between(1, 50))
  expect(await everything()).toEqual(kept)
})
