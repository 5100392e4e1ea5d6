import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type Db } from '../../store/database.ts'
import { countNextHour, ordersByDay, recentSales } from '../../store/sales-figures.ts'
import { openTestStore, type TestStore } from './support.ts'

let store: TestStore
/** Who may move an order in time: the application may not. */
let owner: Db
let skuId: string
beforeAll(async () => {
  store = await openTestStore()
  owner = createDatabase(store.ownerUrl, 1)
  skuId = await store.addSku({ 'WH-HZ': 60, 'WH-GZ': 5 })
})
afterAll(async () => {
  await owner.destroy()
  await store.close()
})

/** Places an order and moves it back in time. */
async function orderAt(at: string, quantity: number, status = 'paid') {
  const { orderId } = await store.order([{ skuId, quantity }])
  await sql`update orders set created_at = ${at}::timestamptz, status = ${status} where id = ${orderId}`.execute(
    owner,
  )
}
const everything = { from: '2020-01-01', to: '2100-01-01' }

test('hours are counted once each and in sequence, however many processes count, and days are China’s', async () => {
  await orderAt('2026-03-01T15:59:59Z', 2)
  await orderAt('2026-03-01T16:00:00Z', 1)
  await orderAt('2026-03-01T16:10:00Z', 4, 'cancelled')
  await orderAt(new Date().toISOString(), 1)
  const count = async () => {
    // Six hours are enough to be past these orders; those since would take the test minutes.
    for (let hour = 0; hour < 6; hour += 1) await countNextHour(store.db)
  }
  await Promise.all([count(), count(), count()])
  const { rows } = await sql`
    select day::text, store_id, warehouse_ids, orders from order_day order by day`.execute(store.db)
  expect(rows).toEqual([
    { day: '2026-03-01', store_id: 'MALL', warehouse_ids: ['WH-HZ'], orders: 1 },
    { day: '2026-03-02', store_id: 'MALL', warehouse_ids: ['WH-HZ'], orders: 2 },
  ])
  // What was cancelled is an order, but no sale.
  const { rows: sales } = await sql`select day::text, quantity from sales_day order by day`.execute(store.db)
  expect(sales).toEqual([
    { day: '2026-03-01', quantity: 2 },
    { day: '2026-03-02', quantity: 1 },
  ])
})

test('a day’s orders are those of its counted hours and of the time since, each once', async () => {
  const days = await ordersByDay(store.db, everything, ['WH-GZ'])
  expect(days).toMatchObject([
    { day: '2026-03-01', orders: 1, ordersFromNamed: 0, channels: ['mall'] },
    { day: '2026-03-02', orders: 2, ordersFromNamed: 0, channels: ['mall'] },
    { orders: 1 },
  ])
  const one = await ordersByDay(store.db, { from: '2026-03-02', to: '2026-03-02' }, ['WH-GZ', 'WH-HZ'])
  expect(one).toEqual([{ day: '2026-03-02', orders: 2, ordersFromNamed: 2, channels: ['mall'] }])
})

test('an hour is counted only when it has been over for long enough', async () => {
  await sql`
    insert into counted_hour (hour) select date_trunc('hour', now(), 'UTC') - interval '1 hour'`.execute(
    store.db,
  )
  expect(await countNextHour(store.db)).toBe(false)
})

test('recent sales are those of the last days only', async () => {
  await sql`
    insert into sales_day (sku_id, store_id, day, quantity) values
      (${skuId}, 'MALL', (now() at time zone 'Asia/Shanghai')::date, 3),
      (${skuId}, 'MALL', (now() at time zone 'Asia/Shanghai')::date - 6, 4),
      (${skuId}, 'MALL', (now() at time zone 'Asia/Shanghai')::date - 7, 50)`.execute(store.db)
  expect(await recentSales(store.db, [skuId, 'SKU-none'], 7)).toEqual(new Map([[`MALL ${skuId}`, 7]]))
})
