import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { claimDeliveries } from '../../store/delivery-queue.ts'
import { adjustStock } from '../../store/stock.ts'
import { alertOnChanges, alertOnThresholds } from '../../store/stock-alerts.ts'
import { openTestStore, type TestStore, until } from './support.ts'

const THRESHOLDS = { fallbackUnits: 5, unitsByCategory: {} }

let store: TestStore
beforeAll(async () => {
  store = await openTestStore()
})
afterAll(() => store.close())

/** Rounds until the consumer stands at the end of the ledger. */
async function settle(thresholds = THRESHOLDS): Promise<void> {
  await until('all changes to be judged', async () => {
    await alertOnChanges(store.db, thresholds, 500)
    const { rows } = await sql<{ done: boolean }>`
      select after_sku_id is null and ledger_id = (select max(id) from stock_ledger) as done
      from stock_cursor where consumer = 'stock-alerts'`.execute(store.db)
    return rows[0]?.done
  })
}

const alertsOf = (skuId: string) =>
  store.db
    .selectFrom('delivery')
    .select(['kind', 'target', 'state', 'attempts', 'operation_id', 'payload'])
    .where('order_key', '=', `stock-alert/${skuId}/WH-HZ`)
    .orderBy('created_at')
    .execute()

const adjust = (skuId: string, quantityDelta: number) =>
  store.inTransaction((tx) =>
    adjustStock(tx, {
      adjustments: [{ skuId, warehouseId: 'WH-HZ', quantityDelta }],
      operationId: uuid(),
      operator: 'test',
      reason: 'test',
    }),
  )

test('many orders that take a level through its threshold and down to nothing are one alert', async () => {
  const skuId = await store.addSku({ 'WH-HZ': 8 })
  await settle()
  expect(await alertsOf(skuId)).toEqual([])
  for (let order = 0; order < 8; order += 1) {
    await store.order([{ skuId, quantity: 1 }])
    if (order % 2 === 0) await settle()
  }
  await settle()
  expect(await alertsOf(skuId)).toEqual([
    {
      kind: 'stock_alert',
      target: 'wecom',
      state: 'pending',
      attempts: 0,
      operation_id: `stock-alert/${skuId}/WH-HZ/1`,
      payload: {
        skuId,
        skuName: skuId,
        warehouseId: 'WH-HZ',
        warehouseName: '杭州仓',
        region: '华东',
        available: 5,
        threshold: 5,
        level: 'low',
        number: 1,
      },
    },
  ])
})

test('a level alerts again only after it had clearly recovered; what was not sent by then is withdrawn', async () => {
  const skuId = await store.addSku({ 'WH-HZ': 5 })
  await settle()
  for (const delta of [1, -1, 1, -3]) {
    await adjust(skuId, delta)
    await settle()
  }
  expect(await alertsOf(skuId)).toMatchObject([{ state: 'pending' }])
  await adjust(skuId, 10)
  await settle()
  expect(await alertsOf(skuId)).toMatchObject([{ state: 'withdrawn' }])
  await adjust(skuId, -10)
  await settle()
  expect(await alertsOf(skuId)).toMatchObject([
    { state: 'withdrawn' },
    { state: 'pending', payload: { number: 2 } },
  ])
})

test('two processes at once, and one that dies before its commit, still give one alert', async () => {
  const skuId = await store.addSku({ 'WH-HZ': 3 })
  // Fails after the changes were read, where a process may die, too.
  const dies = alertOnChanges(store.db, { fallbackUnits: 1e12, unitsByCategory: {} }, 500)
  await expect(dies).rejects.toThrow('out of range')
  expect(await alertsOf(skuId)).toEqual([])
  await Promise.all(Array.from({ length: 4 }, () => alertOnChanges(store.db, THRESHOLDS, 500)))
  await settle()
  expect(await alertsOf(skuId)).toHaveLength(1)
})

test('a threshold that rises above a level alerts without any movement, one that falls ends the alert', async () => {
  const skuId = await store.addSku({ 'WH-HZ': 20 })
  await settle()
  await alertOnThresholds(store.db, { ...THRESHOLDS, unitsByCategory: { 测试: 25 } }, 500)
  await alertOnThresholds(store.db, { ...THRESHOLDS, unitsByCategory: { 测试: 25 } }, 500)
  expect(await alertsOf(skuId)).toMatchObject([{ payload: { available: 20, threshold: 25 } }])
  await alertOnThresholds(store.db, { ...THRESHOLDS, unitsByCategory: { 测试: 17 } }, 500)
  expect(await alertsOf(skuId)).toMatchObject([{ state: 'pending' }])
  await alertOnThresholds(store.db, { ...THRESHOLDS, unitsByCategory: { 测试: 3 } }, 500)
  expect(await alertsOf(skuId)).toMatchObject([{ state: 'withdrawn' }])
})

test('a level that waits for its first units and an article no longer sold alert nobody', async () => {
  const empty = await store.addSku({ 'WH-HZ': 0 })
  const inactive = await store.addSku({ 'WH-HZ': 1 })
  await store.db.updateTable('sku').set({ active: false }).where('id', '=', inactive).execute()
  await settle()
  await alertOnThresholds(store.db, THRESHOLDS, 500)
  expect(await alertsOf(empty)).toEqual([])
  expect(await alertsOf(inactive)).toEqual([])
})

test('an alert waits for whoever sends to WeCom: nobody else takes it, and no attempt is used up', async () => {
  const skuId = await store.addSku({ 'WH-HZ': 1 })
  await settle()
  expect(await claimDeliveries(store.db, 'pda', 100, 20)).toEqual([])
  expect(await alertsOf(skuId)).toMatchObject([{ state: 'pending', attempts: 0 }])
})
