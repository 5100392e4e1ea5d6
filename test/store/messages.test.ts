import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { commitOrder } from '../../store/commit.ts'
import { appendInbox } from '../../store/inbox.ts'
import { withOperation } from '../../store/operation.ts'
import { decideCancellation, reserveAgain } from '../../store/order-steps.ts'
import { createReservations } from '../../store/reservation-groups.ts'
import { expectSound, openTestStore, type TestStore } from './support.ts'

let store: TestStore

beforeAll(async () => {
  store = await openTestStore()
})
afterAll(async () => {
  await expectSound(store.db)
  await store.close()
})

const placeOne = async () => store.order([{ skuId: await store.addSku({ 'WH-HZ': 5 }), quantity: 1 }])

describe('an operation', () => {
  const count = (operationId: string) =>
    store.db
      .selectFrom('stock_ledger')
      .select('id')
      .where('operation_id', '=', operationId)
      .execute()
      .then((rows) => rows.length)

  test('the same operation asked for many times at once has one effect, and every caller gets its one result', async () => {
    const operationId = uuid()
    let runs = 0
    const results = await Promise.all(
      Array.from({ length: 8 }, () =>
        withOperation(store.db, operationId, async () => {
          runs += 1
          return { result: uuid() }
        }),
      ),
    )
    expect(runs).toBe(1)
    expect(new Set(results.map((entry) => entry.result)).size).toBe(1)
  })

  test('one that waits for the first attempt gets its result', async () => {
    const operationId = uuid()
    let open: () => void = () => undefined
    const gate = new Promise<void>((resolve) => {
      open = resolve
    })
    const first = withOperation(store.db, operationId, async () => {
      await gate
      return { from: 'first' }
    })
    const rival = store.newRival()
    const { result } = await rival.start((db) =>
      withOperation(db, operationId, async () => ({ from: 'second' })),
    )
    await rival.untilBlocked()
    open()
    expect(await first).toEqual({ from: 'first' })
    expect(await result).toEqual({ from: 'first' })
  })

  test('one whose first attempt failed leaves nothing behind and runs again', async () => {
    const operationId = uuid()
    const failing = withOperation(store.db, operationId, async (tx) => {
      await sql`insert into stock_operation (id, result) values (${`${operationId}/side`}, '{}')`.execute(tx)
      throw new Error('crash')
    })
    await expect(failing).rejects.toThrow('crash')
    expect(await withOperation(store.db, operationId, async () => ({ again: true }))).toEqual({ again: true })
    const side = store.db.selectFrom('stock_operation').select('id').where('id', '=', `${operationId}/side`)
    expect(await side.execute()).toEqual([])
  })

  test('a cancellation repeated after a crash gives back the goods once and answers the same', async () => {
    const order = await placeOne()
    const request = {
      orderId: order.orderId,
      mayCancelPaid: true,
      operationId: `${order.orderId}/cancel`,
      operator: 'test',
    }
    const answers = await Promise.all([1, 2, 3].map(() => decideCancellation(store.db, request)))
    expect(answers).toEqual([{ refusal: null }, { refusal: null }, { refusal: null }])
    expect(await count(request.operationId)).toBe(1)
  })

  test('reserving again, repeated, takes the goods once, and a refusal stays a refusal', async () => {
    const order = await placeOne()
    const [skuId = ''] = order.reservations.map((entry) => entry.skuId)
    await store.endTimeOf(order.orderId)
    const { placed } = await store.firstState(order.orderId)
    const again = { placed, operationId: `${order.orderId}/reserve-again/1` }
    const reservations = createReservations(store.db)
    const [first, second] = [await reserveAgain(reservations, again), await reserveAgain(reservations, again)]
    expect(first.allocations).toMatchObject([{ skuId, quantity: 1 }])
    expect(second).toEqual(first)
    expect(await store.level(skuId, 'WH-HZ')).toMatchObject({ reserved: 1 })
  })
})

describe('a commit', () => {
  const commitOf = async (
    orderId: string,
    change: { runId?: string; key?: string; version?: number } = {},
  ) => {
    const row = await store.row(orderId)
    const state = {
      ...(await store.firstState(orderId)),
      version: change.version ?? row.version,
      eventCount: row.event_count + 1,
      status: 'paid' as const,
    }
    const log = [
      {
        field: 'status',
        oldValue: 'reserved',
        newValue: 'paid',
        operator: 'system',
        source: 'test',
        sourceTime: null,
        inboxId: null,
      },
    ]
    const key = change.key ?? uuid()
    const writes = [
      {
        kind: 'open_work_item' as const,
        workItemKind: 'contradiction' as const,
        key: `${orderId}/${key}`,
        detail: {},
      },
    ]
    return { runId: change.runId ?? 'run-1', state, records: [{ key, log, writes }] }
  }
  const traces = async (orderId: string) => {
    const log = await store.db
      .selectFrom('operation_log')
      .select('id')
      .where('order_id', '=', orderId)
      .where('source', '=', 'test')
      .execute()
    const items = await store.db
      .selectFrom('work_item')
      .select('occurrences')
      .where('order_id', '=', orderId)
      .execute()
    const { version } = await store.row(orderId)
    return { version, log: log.length, occurrences: items.map((item) => item.occurrences) }
  }

  test('the same commit again changes nothing and answers the same', async () => {
    const { orderId } = await placeOne()
    const commit = await commitOf(orderId)
    const first = await commitOrder(store.db, commit)
    expect(first.outcome).toBe('committed')
    expect(await commitOrder(store.db, commit)).toEqual(first)
    expect(await traces(orderId)).toEqual({ version: 2, log: 1, occurrences: [1] })
  })

  test('the same commit twice at once is written once', async () => {
    const { orderId } = await placeOne()
    const commit = await commitOf(orderId)
    const [first, second] = await Promise.all([commitOrder(store.db, commit), commitOrder(store.db, commit)])
    expect(second).toEqual(first)
    expect(await traces(orderId)).toEqual({ version: 2, log: 1, occurrences: [1] })
  })

  test('an old copy of the order, behind its row, is told that it is stale and writes nothing', async () => {
    const { orderId } = await placeOne()
    await commitOrder(store.db, await commitOf(orderId))
    await commitOrder(store.db, await commitOf(orderId))
    const before = await traces(orderId)
    const old = await commitOf(orderId, { runId: 'an-old-copy', version: 1 })
    expect(await commitOrder(store.db, old)).toEqual({ outcome: 'stale', version: 3 })
    expect(await traces(orderId)).toEqual(before)
  })

  test('of two runs that commit the same version at once one writes, and the other is stale', async () => {
    const { orderId } = await placeOne()
    const commits = [await commitOf(orderId, { runId: 'one' }), await commitOf(orderId, { runId: 'other' })]
    const results = await Promise.all(commits.map((commit) => commitOrder(store.db, commit)))
    expect(results.map((result) => result.outcome).sort()).toEqual(['committed', 'stale'])
    expect(await traces(orderId)).toMatchObject({ version: 2, log: 1, occurrences: [1] })
  })

  test('a commit whose writes fail leaves no version, log or work item', async () => {
    const { orderId } = await placeOne()
    const commit = await commitOf(orderId)
    const writes = [
      ...commit.records.flatMap((record) => record.writes),
      {
        kind: 'record_refund' as const,
        refund: {
          refundId: uuid(),
          paymentId: 'nobody-paid-this',
          amountCents: 1,
          reason: 'cancelled' as const,
          state: 'due' as const,
          tries: 0,
        },
      },
    ]
    const failing = commitOrder(store.db, {
      ...commit,
      records: commit.records.map((record) => ({ ...record, writes })),
    })
    await expect(failing).rejects.toThrow('refund')
    expect(await traces(orderId)).toEqual({ version: 1, log: 0, occurrences: [] })
  })
})

describe('the inbox', () => {
  const envelope = (sourceEventId: string, shop = '') => ({
    source: 'payments',
    shop,
    sourceEventId,
    type: 'payment.received' as const,
    orderKey: uuid(),
    occurredAt: new Date(),
    body: { hello: 'world' },
    traceParent: null,
  })
  const append = (message: ReturnType<typeof envelope>) =>
    store.inTransaction((tx) => appendInbox(tx, message))

  test('one message told many times at once is one row with one body', async () => {
    const sourceEventId = uuid()
    const ids = await Promise.all(Array.from({ length: 8 }, () => append(envelope(sourceEventId))))
    const known = ids.filter((id) => id !== null)
    expect(known).toHaveLength(1)
    const bodies = await sql`select from inbox_body where inbox_id = ${known[0]}`.execute(store.db)
    expect(bodies.rows).toHaveLength(1)
  })

  test('a duplicate that waited is recorded after all when the first one rolls back', async () => {
    const sourceEventId = uuid()
    const first = await store.begin()
    expect(await appendInbox(first, envelope(sourceEventId))).not.toBeNull()
    const rival = store.newRival()
    const { result } = await rival.start((db) =>
      db.transaction().execute((tx) => appendInbox(tx, envelope(sourceEventId))),
    )
    await rival.untilBlocked()
    await first.rollback().execute()
    expect(await result).not.toBeNull()
  })

  test('the same event id of two shops is two messages', async () => {
    const sourceEventId = uuid()
    expect(await append(envelope(sourceEventId, 'shop-1'))).not.toBeNull()
    expect(await append(envelope(sourceEventId, 'shop-2'))).not.toBeNull()
  })
})
