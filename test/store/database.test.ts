import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PlacedOrder } from '../../contracts/orders.ts'
import { createDatabase, type Db, jsonTexts, together } from '../../store/database.ts'
import { decideCancellation } from '../../store/order-steps.ts'
import { isPassing } from '../../store/passing-error.ts'
import { levelsUnderLock } from '../../store/reservation.ts'
import { createReservations } from '../../store/reservation-groups.ts'
import { adjustStock } from '../../store/stock.ts'
import { auditStock } from '../../store/stock-audit.ts'
import { stockLock } from '../../store/stock-movement.ts'
import { openTestStore, type TestStore, until } from './support.ts'

let store: TestStore
let watched: Db

beforeAll(async () => {
  store = await openTestStore()
  watched = createDatabase(store.appUrl, 1)
})
afterAll(async () => {
  await watched.destroy()
  await store.close()
})

const stateOf = async (pid: number) => {
  const { rows } = await sql<{
    state: string
  }>`select state from pg_stat_activity where pid = ${pid}`.execute(store.db)
  return rows[0]?.state
}
const pidOf = async (db: Db) => {
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db)
  return rows[0]?.pid ?? 0
}
const operation = (id: string) => sql`insert into stock_operation (id, result) values (${id}, '{}')`
const isKnown = async (id: string) =>
  (await store.db.selectFrom('stock_operation').select('id').where('id', '=', id).execute()).length > 0

describe('statements sent together', () => {
  test('each sees what was committed while the one before it waited', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 5 })
    const rival = store.newRival()
    const change = await store.begin()
    await stockLock([skuId]).execute(change)
    const { result } = await rival.start((db) =>
      db.transaction().execute((tx) => together(tx, stockLock([skuId]), levelsUnderLock([skuId]))),
    )
    await rival.untilBlocked()
    await sql`update stock_level set total = 3 where sku_id = ${skuId} and warehouse_id = 'WH-HZ'`.execute(
      change,
    )
    await change.commit().execute()
    const [, levels] = await result
    expect(levels.map((level) => level.available)).toEqual([3])
  })

  test('the first that fails is what the caller hears of, and nothing of the transaction stays', async () => {
    const failing = store.db
      .transaction()
      .execute((tx) => together(tx, operation('together/1'), sql`select 1 / 0`, operation('together/2')))
    await expect(failing).rejects.toThrow('division by zero')
    expect([await isKnown('together/1'), await isKnown('together/2')]).toEqual([false, false])
  })
})

describe('a transaction', () => {
  test('begins with its first statement, and its connection is free for others when it has none', async () => {
    const pid = await pidOf(watched)
    await watched.transaction().execute(async (tx) => {
      expect(await stateOf(pid)).toBe('idle')
      await operation('late/1').execute(tx)
      expect(await stateOf(pid)).toBe('idle in transaction')
      expect(await isKnown('late/1')).toBe(false)
    })
    expect(await isKnown('late/1')).toBe(true)
    await watched.transaction().execute(async () => undefined)
    await expect(
      watched.transaction().execute(async () => {
        throw new Error('no')
      }),
    ).rejects.toThrow('no')
    await until('the connection to be idle', async () => (await stateOf(pid)) === 'idle')
    await operation('late/2').execute(watched)
    expect(await isKnown('late/2')).toBe(true)
  })

  test('whose first statement fails leaves nothing and keeps its connection usable', async () => {
    const failing = watched.transaction().execute(async (tx) => {
      await sql`select 1 / 0`.execute(tx)
    })
    await expect(failing).rejects.toThrow('division by zero')
    await watched.transaction().execute((tx) => operation('late/3').execute(tx))
    expect(await isKnown('late/3')).toBe(true)
  })

  test('whose connection was cut off before its first statement is refused, not half carried out', async () => {
    const pid = await pidOf(watched)
    const cut = watched.transaction().execute(async (tx) => {
      await sql`select pg_terminate_backend(${pid})`.execute(store.db)
      await until('the backend to be gone', async () => (await stateOf(pid)) === undefined)
      await operation('late/4').execute(tx)
    })
    await expect(cut).rejects.toThrow()
    expect(await isKnown('late/4')).toBe(false)
  })
})

describe('whoever waits too long for a row that somebody else keeps', () => {
  /** Far below the 30 s after which any statement is cut off, and far above the limit, for a busy machine. */
  const BOUND_MS = 20_000

  test('is told that it passes, within bounded time and with nothing written; the same operation works afterwards', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 9 })
    const placed = await store.order([{ skuId, quantity: 2 }])
    const operations = newOperations(skuId, placed)
    const before = await everything(skuId)
    const holder = await store.begin()
    await sql`select 1 from stock_level where sku_id = ${skuId} for update`.execute(holder)
    const ended = await Promise.all(
      operations.map(async (operation) => {
        const since = performance.now()
        const error: unknown = await operation().then(
          () => 'done',
          (reason: unknown) => reason,
        )
        return {
          code: Reflect.get(Object(error), 'code'),
          passing: isPassing(error),
          inTime: performance.now() - since < BOUND_MS,
        }
      }),
    )
    expect(ended).toEqual(operations.map(() => ({ code: '55P03', passing: true, inTime: true })))
    expect(await everything(skuId)).toEqual(before)
    await holder.rollback().execute()
    for (const operation of operations) await operation()
    // Three more came in and one was sold; the cancelled order gave back what it had held and what was reserved for it.
    expect(await store.level(skuId, 'WH-HZ')).toMatchObject({ total: 12, reserved: 1, shortfall: 0 })
    expect((await auditStock(store.db, { skuId, limit: 1 })).differences).toEqual([])
  })

  /** An adjustment, a checkout, a reservation in a group and a cancellation, each under one operation however often it is called. */
  function newOperations(skuId: string, placed: PlacedOrder): (() => Promise<unknown>)[] {
    const { orderId } = placed
    const ids = { adjust: uuid(), checkout: uuid(), reserve: uuid(), cancel: uuid() }
    const adjustments = [{ skuId, warehouseId: 'WH-HZ', quantityDelta: 3 }]
    const { reserve } = createReservations(store.db)
    return [
      () =>
        store.inTransaction((tx) =>
          adjustStock(tx, { adjustments, operationId: ids.adjust, operator: 'test', reason: 'test' }),
        ),
      () => store.tryCheckout([{ skuId, quantity: 1 }], { externalOrderId: ids.checkout }),
      () =>
        reserve({
          orderId,
          channel: 'mall',
          divisionCode: '330106',
          demand: [{ lineNumber: 100, skuId, quantity: 1 }],
          expiresAt: new Date(Date.now() + 600_000),
          operationId: ids.reserve,
          confirmed: false,
          operator: 'test',
        }),
      () =>
        decideCancellation(store.db, {
          orderId,
          mayCancelPaid: true,
          operationId: ids.cancel,
          operator: 'test',
        }),
    ]
  }

  /** All that such an operation could leave behind. */
  async function everything(skuId: string): Promise<unknown> {
    const { rows } = await sql`
      select (select jsonb_agg(level order by warehouse_id) from stock_level as level where sku_id = ${skuId}) as levels,
        (select jsonb_agg(hold order by id) from reservation as hold where sku_id = ${skuId}) as holds,
        (select count(*) from stock_ledger) as movements, (select count(*) from orders) as orders,
        (select count(*) from order_line) as lines, (select count(*) from inbox) as messages,
        (select count(*) from stock_operation) as operations, (select count(*) from operation_log) as log`.execute(
      store.db,
    )
    return rows
  }
})

test('texts of JSON arrive as they are, whatever is in them', async () => {
  const values = [{ text: 'a "quoted" \\ back\u001eslash, {brace}', n: null }, { text: '中文\n' }, {}]
  const { rows } = await sql<{ value: unknown }>`
    select value::json as value from unnest(${jsonTexts(values.map((value) => JSON.stringify(value)))}) with ordinality as given (value, place)
    order by place`.execute(store.db)
  expect(rows.map((row) => row.value)).toEqual(values)
  const none = await sql`select from unnest(${jsonTexts([])})`.execute(store.db)
  expect(none.rows).toEqual([])
})
