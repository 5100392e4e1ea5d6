import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Tx } from '../../store/database.ts'
import { adjustStock } from '../../store/stock.ts'
import { type LevelKey, readStockChanges } from '../../store/stock-changes.ts'
import { lockStock, moveStock } from '../../store/stock-movement.ts'
import { openTestStore, type TestStore, until } from './support.ts'

let store: TestStore
beforeAll(async () => {
  store = await openTestStore()
})
afterAll(() => store.close())

/** A consumer that nobody else reads with, past everything so far. */
let consumer: string
beforeEach(async () => {
  consumer = `test-${uuid().replaceAll(/[^a-z]/g, '')}`
  await drain()
})

const LIMIT = 100

/** Reads and commits until a while passes without anything new, as a worker does. */
async function drain(name = consumer): Promise<LevelKey[]> {
  const seen: LevelKey[] = []
  await until('the cursor to stand at the end of the ledger', async () => {
    for (;;) {
      const { levels, commit } = await readStockChanges(store.db, name, LIMIT)
      await commit()
      seen.push(...levels)
      if (levels.length === 0) break
    }
    return isAtEnd(name)
  })
  return seen
}

async function isAtEnd(name: string): Promise<boolean> {
  const { rows } = await sql<{ done: boolean }>`
    select after_sku_id is null and ledger_id = (select coalesce(max(id), 0) from stock_ledger) as done
    from stock_cursor where consumer = ${name}`.execute(store.db)
  return rows[0]?.done ?? false
}

const skusOf = (levels: LevelKey[]) => levels.map((level) => level.skuId)

async function moveIn(tx: Tx, skuId: string): Promise<void> {
  await lockStock(tx, [skuId])
  await moveStock(tx, [{ kind: 'receive', skuId, warehouseId: 'WH-HZ', totalDelta: 1 }], {
    operationId: uuid(),
    operator: 'test',
    physical: true,
  })
}
const move = (skuId: string) => store.inTransaction((tx) => moveIn(tx, skuId))

function set(skuId: string, warehouseId: string, change: { quantityDelta?: number; safetyStock?: number }) {
  return store.inTransaction((tx) =>
    adjustStock(tx, {
      adjustments: [{ skuId, warehouseId, quantityDelta: 0, ...change }],
      operationId: uuid(),
      operator: 'test',
      reason: 'test',
    }),
  )
}

test('a level that moved many times is told once, and after the commit no more', async () => {
  const skuId = await store.addSku({ 'WH-HZ': 1 })
  for (let times = 0; times < 5; times += 1) await move(skuId)
  expect(await drain()).toEqual([{ skuId, warehouseId: 'WH-HZ' }])
  expect(await drain()).toEqual([])
})

test('a transaction that commits late is told although rows above its own were read long before', async () => {
  const [slow, fast] = [await store.addSku({ 'WH-HZ': 1 }), await store.addSku({ 'WH-HZ': 1 })]
  await drain()
  const open = await store.begin()
  await moveIn(open, slow)
  await move(fast)
  const first = await readStockChanges(store.db, consumer, LIMIT)
  await first.commit()
  expect(first.levels).toEqual([])
  await open.commit().execute()
  expect(skusOf(await drain()).sort()).toEqual([slow, fast].sort())
})

test('changes go on to be told while somebody is always writing', async () => {
  const skuId = await store.addSku({ 'WH-HZ': 1 })
  await drain()
  let open = await store.begin()
  await moveIn(open, await store.addSku({ 'WH-HZ': 1 }))
  await move(skuId)
  const seen: LevelKey[] = []
  // At every read one transaction or the other is open.
  for (let round = 0; round < 4; round += 1) {
    const next = await store.begin()
    await moveIn(next, await store.addSku({ 'WH-HZ': 1 }))
    const { levels, commit } = await readStockChanges(store.db, consumer, LIMIT)
    await commit()
    seen.push(...levels)
    await open.commit().execute()
    open = next
  }
  expect(skusOf(seen)).toContain(skuId)
  await open.commit().execute()
})

test('what was read and not committed is told again', async () => {
  const skuId = await store.addSku({ 'WH-HZ': 1 })
  const read = () =>
    until('the change', async () => {
      const changes = await readStockChanges(store.db, consumer, LIMIT)
      return changes.levels.length > 0 && changes
    })
  expect(skusOf((await read()).levels)).toEqual([skuId])
  const rolledBack = store.inTransaction(async (tx) => {
    await (await read()).commit(tx)
    throw new Error('the work failed')
  })
  await expect(rolledBack).rejects.toThrow('the work failed')
  expect(skusOf((await read()).levels)).toEqual([skuId])
})

test('of two processes that read the same changes the slower one does not put the cursor back', async () => {
  const first = await store.addSku({ 'WH-HZ': 1 })
  const slower = await until('the change', async () => {
    const changes = await readStockChanges(store.db, consumer, LIMIT)
    return changes.levels.length > 0 && changes
  })
  expect(skusOf(await drain())).toEqual([first])
  const second = await store.addSku({ 'WH-HZ': 1 })
  expect(skusOf(await drain())).toEqual([second])
  await slower.commit()
  expect(await drain()).toEqual([])
})

test('a new consumer is told of every level there is, in pages, and then of what changes', async () => {
  const skus = [await store.addSku({ 'WH-HZ': 1, 'WH-GZ': 1 }), await store.addSku({ 'WH-HZ': 1 })]
  const fresh = `${consumer}-fresh`
  const seen: string[] = []
  await until('all levels', async () => {
    const { levels, commit } = await readStockChanges(store.db, fresh, 2)
    expect(levels.length).toBeLessThanOrEqual(2)
    await commit()
    seen.push(...skusOf(levels))
    return isAtEnd(fresh)
  })
  const { count } = await store.db
    .selectFrom('stock_level')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  expect(seen).toHaveLength(count)
  expect(seen).toEqual(expect.arrayContaining(skus))
  await move(skus[0] ?? '')
  expect(skusOf(await drain(fresh))).toEqual([skus[0]])
})

test('a backlog larger than the limit comes in several reads, in order and without loss', async () => {
  const skus: string[] = []
  for (let count = 0; count < 5; count += 1) skus.push(await store.addSku({ 'WH-HZ': 1 }))
  const seen: string[] = []
  await until('all changes', async () => {
    const { levels, commit } = await readStockChanges(store.db, consumer, 2)
    expect(levels.length).toBeLessThanOrEqual(2)
    await commit()
    seen.push(...skusOf(levels))
    return isAtEnd(consumer)
  })
  expect(seen.sort()).toEqual(skus.sort())
})

test('a new safety stock and a new empty level are changes; an adjustment of nothing is none', async () => {
  const skuId = await store.addSku({ 'WH-HZ': 5 })
  await drain()
  await set(skuId, 'WH-HZ', { safetyStock: 3 })
  expect(await drain()).toEqual([{ skuId, warehouseId: 'WH-HZ' }])
  await set(skuId, 'WH-GZ', {})
  expect(await drain()).toEqual([{ skuId, warehouseId: 'WH-GZ' }])
  await set(skuId, 'WH-HZ', { safetyStock: 3 })
  expect(await drain()).toEqual([])
  const rows = await store.db
    .selectFrom('stock_ledger')
    .select(['warehouse_id', 'kind', 'total_delta', 'reason'])
    .where('sku_id', '=', skuId)
    .orderBy('id')
    .execute()
  expect(rows.slice(1)).toEqual([
    { warehouse_id: 'WH-HZ', kind: 'adjust', total_delta: 0, reason: 'test (safety stock 0 → 3)' },
    { warehouse_id: 'WH-GZ', kind: 'adjust', total_delta: 0, reason: 'test' },
  ])
})

test('a cursor restored on another server, whose transactions are counted anew, goes on', async () => {
  const skuId = await store.addSku({ 'WH-HZ': 1 })
  await sql`
    update stock_cursor set fence_ledger_id = ledger_id + 1, fence_transaction_id = '9000000000000000000'
    where consumer = ${consumer}`.execute(store.db)
  expect(skusOf(await drain())).toEqual([skuId])
})
