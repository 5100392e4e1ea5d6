import fc from 'fast-check'
import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type Db } from '../../store/database.ts'
import { readDemand, takeDemand } from '../../store/demand.ts'
import { askReservation } from '../../store/order-steps.ts'
import { adjustStock } from '../../store/stock.ts'
import { openPromotions } from './promotion-support.ts'
import { openTestStore, type TestStore, until } from './support.ts'

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

/** What transactions that still run anywhere on the server do not hold up. */
async function takeSettled(rowsAtMost?: number): Promise<void> {
  while ((await takeDemand(store.db, rowsAtMost)) > 0);
}
/** Everything, once nobody holds it up: other files' transactions do, too. */
function takeAll(rowsAtMost?: number): Promise<unknown> {
  return until('all of the ledger to be taken', async () => {
    await takeSettled(rowsAtMost)
    const { rows } = await sql`
      select from demand_progress where ledger_id >= (select coalesce(max(id), 0) from stock_ledger)`.execute(
      store.db,
    )
    return rows.length > 0
  })
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
  await expire(orderId)
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
  await takeSettled()
  expect(await demandOf(other)).not.toMatchObject([{ units: 1 }])
  await slow.commit().execute()
  await Promise.all([takeSettled(3), takeSettled(2), takeSettled(5)])
  await takeAll()
  expect(await demandOf(skuId)).toMatchObject([{ units: 7 }])
  expect(await demandOf(other)).toMatchObject([{ units: 1 }])
})

test('counted anew from the whole ledger it comes to the same, whatever has happened and by whatever batches', async () => {
  const sku = fc.nat(1)
  const sold = { sku, units: fc.integer({ min: 1, max: 3 }) }
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.record({ do: fc.constantFrom('order', 'send'), ...sold }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('expire' as const), order: fc.nat(9) }) },
    {
      weight: 2,
      // A loss of more than there is is refused and changes nothing.
      arbitrary: fc.record({
        ...{ do: fc.constant('adjust' as const), sku, units: fc.integer({ min: -2, max: 4 }) },
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('take' as const), rows: fc.integer({ min: 1, max: 7 }) }),
    },
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 5, maxLength: 25 }),
      fc.integer({ min: 5, max: 50 }),
      async (steps, rowsAtMost) => {
        const skus = [await store.addSku({ 'WH-HZ': 6, 'WH-GZ': 4 }), await store.addSku({ 'WH-HZ': 3 })]
        const unpaid: string[] = []
        for (const one of steps) {
          if (one.do === 'take') await takeDemand(store.db, one.rows)
          else if (one.do === 'expire') {
            const [orderId] = unpaid.splice(one.order, 1)
            if (orderId) await expire(orderId)
          } else {
            const skuId = skus[one.sku] ?? ''
            if (one.do === 'adjust') await adjust(skuId, one.units)
            else {
              const orderId = await sell(skuId, one.units, one.do === 'send')
              if (orderId) unpaid.push(orderId)
            }
          }
        }
        await takeAll()
        const kept = await everything()
        await forget()
        await takeAll(rowsAtMost)
        expect(await everything()).toEqual(kept)
      },
    ),
    { numRuns: 5, ...(process.env.TEST_SEED ? { seed: Number(process.env.TEST_SEED) } : {}) },
  )
})

async function adjust(skuId: string, quantityDelta: number): Promise<void> {
  const adjustments = [{ skuId, warehouseId: 'WH-HZ', quantityDelta }]
  const change = { adjustments, operationId: uuid(), operator: 'test', reason: 'test' }
  await store.inTransaction((tx) => adjustStock(tx, change))
}

async function expire(orderId: string): Promise<void> {
  await store.endTimeOf(orderId)
  await askReservation(store.db, { orderId, paidInFull: false, operationId: uuid() })
}

/** Returns the order where there was stock for it and it still waits for its money. */
async function sell(skuId: string, quantity: number, isSent: boolean): Promise<string | null> {
  const result = await store.tryCheckout([{ skuId, quantity }])
  if (!result.ok) return null
  const { order } = result
  if (!isSent) return order.orderId
  await store.pay(order)
  for (const taskId of await store.openTasks(order.orderId, order.reservations)) {
    await store.report(taskId, { type: 'packed', courier: 'sf', waybillNumber: `SF${uuid()}` })
  }
  return null
}
