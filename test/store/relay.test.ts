import { type Client, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client'
import { sql } from 'kysely'
import { pino } from 'pino'
import { v7 as uuid } from 'uuid'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { appendInbox } from '../../store/inbox.ts'
import { claimOrders, pendingMessages, releaseLeases, settleMessages } from '../../store/relay.ts'
import { OrderRelay } from '../../workers/order-relay.ts'
import type { OrderFact } from '../../workflows/messages.ts'
import { openTestStore, type TestStore } from './support.ts'

let store: TestStore

beforeAll(async () => {
  store = await openTestStore()
})
afterEach(async () => {
  // Nothing of one test is due in the next.
  await sql`update inbox set state = 'dismissed' where state in ('pending', 'waiting')`.execute(store.db)
  await sql`delete from relay_lease`.execute(store.db)
})
afterAll(() => store.close())

const tell = (orderKey: string, body: object = { operator: 'test' }) =>
  store.inTransaction((tx) =>
    appendInbox(tx, {
      source: 'console',
      sourceEventId: uuid(),
      type: 'attention.cleared',
      orderKey,
      occurredAt: new Date(),
      body,
      traceParent: null,
    }),
  )
const messages = (orderKey: string) =>
  store.db.selectFrom('inbox').selectAll().where('order_key', '=', orderKey).orderBy('id').execute()
const makeDue = () =>
  sql`update inbox set next_attempt_at = clock_timestamp() where state in ('pending', 'waiting')`.execute(
    store.db,
  )
const placeOne = async () => {
  const { orderId } = await store.order([{ skuId: await store.addSku({ 'WH-HZ': 1 }), quantity: 1 }])
  return orderId
}

/** Temporal as the relay sees it. What it is told to fail with stands in for the errors of the real one. */
class TemporalStub {
  readonly started: string[] = []
  readonly signalled: { workflowId: string; inboxId: number }[] = []
  fail: (inboxIds: number[]) => Error | null = () => null

  client(): Client {
    const workflow = {
      start: async (_type: string, { workflowId }: { workflowId: string }) => {
        const error = this.fail([])
        if (error) throw error
        this.started.push(workflowId)
      },
      getHandle: (workflowId: string) => ({
        signal: async (_signal: unknown, facts: OrderFact[]) => {
          const error = this.fail(facts.map((fact) => fact.inboxId))
          if (error) throw error
          this.signalled.push(...facts.map(({ inboxId }) => ({ workflowId, inboxId })))
        },
      }),
    }
    const withDeadline = (_deadline: number, call: () => Promise<unknown>) => call()
    // The three calls that the relay makes; it asks for nothing else of the client.
    return { workflow, withDeadline } as unknown as Client
  }
}

function newRelay(temporal: TemporalStub, orphanLimitMs = 60_000): OrderRelay {
  return new OrderRelay({
    db: store.db,
    client: temporal.client(),
    taskQueue: 'unused',
    logger: pino({ level: 'silent' }),
    owner: `relay-${uuid()}`,
    orphanLimitMs,
  })
}
const unavailable = () => Object.assign(new Error('unavailable'), { code: 14, details: '', metadata: {} })

describe('leases', () => {
  test('an order is in one hand at a time: of many claimers at once one gets it', async () => {
    const orderKeys = Array.from({ length: 20 }, () => uuid())
    for (const orderKey of orderKeys) await tell(orderKey)
    const claims = await Promise.all(
      Array.from({ length: 8 }, (_, index) => claimOrders(store.db, `owner-${index}`, 64, 30)),
    )
    expect(claims.flat().sort()).toEqual(orderKeys.sort())
    expect(await claimOrders(store.db, 'latecomer', 64, 30)).toEqual([])
  })

  test('a claimer that waits for another’s claim does not get what the other one took', async () => {
    const orderKey = uuid()
    await tell(orderKey)
    const first = await store.begin()
    await sql`insert into relay_lease (order_key, owner, expires_at)
      values (${orderKey}, 'first', clock_timestamp() + interval '1 minute')`.execute(first)
    const rival = store.newRival()
    const { result } = await rival.start((db) => claimOrders(db, 'second', 64, 30))
    await rival.untilBlocked()
    await first.commit().execute()
    expect(await result).toEqual([])
  })

  test('the lease of an owner that died is taken over when it has run out, and not before', async () => {
    const orderKey = uuid()
    await tell(orderKey)
    expect(await claimOrders(store.db, 'dead', 64, 30)).toEqual([orderKey])
    expect(await claimOrders(store.db, 'heir', 64, 30)).toEqual([])
    await sql`update relay_lease set expires_at = clock_timestamp() where order_key = ${orderKey}`.execute(
      store.db,
    )
    const claims = await Promise.all(
      ['heir', 'other heir'].map((owner) => claimOrders(store.db, owner, 64, 30)),
    )
    expect(claims.flat()).toEqual([orderKey])
    // The dead one awakes: it can no longer give away what is not its own.
    await releaseLeases(store.db, 'dead', [orderKey])
    expect(await claimOrders(store.db, 'third', 64, 30)).toEqual([])
  })

  test('a claim takes the orders that have waited longest, and no more than asked for', async () => {
    const orderKeys = [uuid(), uuid(), uuid()]
    for (const orderKey of orderKeys) await tell(orderKey)
    const claimed = await claimOrders(store.db, 'owner', 2, 30)
    expect(claimed.sort()).toEqual(orderKeys.slice(0, 2).sort())
  })

  test('the messages of an order come in the order in which they were recorded, settled ones not again', async () => {
    const orderKey = uuid()
    const ids = [await tell(orderKey), await tell(orderKey), await tell(orderKey)]
    await settleMessages(store.db, [{ id: ids[1] ?? 0, state: 'delivered' }])
    const pending = await pendingMessages(store.db, [orderKey])
    expect(pending.map((message) => message.id)).toEqual([ids[0], ids[2]])
  })
})

describe('the relay', () => {
  test('two relays at once carry every message of every order once, in sequence', async () => {
    const temporal = new TemporalStub()
    const orderIds = await Promise.all(Array.from({ length: 6 }, placeOne))
    for (let round = 0; round < 3; round += 1) for (const orderId of orderIds) await tell(orderId)
    await Promise.all([newRelay(temporal).runOnce(), newRelay(temporal).runOnce()])
    await newRelay(temporal).runOnce()
    expect(temporal.started.sort()).toEqual(orderIds.map((orderId) => `order:${orderId}`).sort())
    for (const orderId of orderIds) {
      const heard = temporal.signalled.filter((signal) => signal.workflowId === `order:${orderId}`)
      const facts = (await messages(orderId)).filter((message) => !message.starts_order)
      expect(heard.map((signal) => signal.inboxId)).toEqual(facts.map((message) => message.id))
    }
  })

  test('a message that keeps failing is set aside with its error and a work item; what came later is delivered', async () => {
    const temporal = new TemporalStub()
    const relay = newRelay(temporal)
    const orderId = await placeOne()
    await relay.runOnce()
    const poison = (await tell(orderId)) ?? 0
    temporal.fail = (inboxIds) => (inboxIds.includes(poison) ? new Error('cannot be sent') : null)
    for (let attempt = 1; attempt < 8; attempt += 1) {
      await makeDue()
      await relay.runOnce()
    }
    const later = await tell(orderId)
    await makeDue()
    await relay.runOnce()
    await makeDue()
    await relay.runOnce()
    const rows = await messages(orderId)
    expect(rows.map((row) => [row.id, row.state])).toEqual([
      [rows[0]?.id, 'delivered'],
      [poison, 'set_aside'],
      [later, 'delivered'],
    ])
    const item = await store.db
      .selectFrom('work_item')
      .selectAll()
      .where('key', '=', String(poison))
      .executeTakeFirstOrThrow()
    expect(item).toMatchObject({
      kind: 'message_set_aside',
      state: 'open',
      detail: { reason: 'cannot be sent' },
    })
  })

  test('a message that fails does not hold up or wear out those that were claimed with it', async () => {
    const temporal = new TemporalStub()
    const orderId = await placeOne()
    const before = await tell(orderId)
    const poison = (await tell(orderId)) ?? 0
    const after = await tell(orderId)
    temporal.fail = (inboxIds) => (inboxIds.includes(poison) ? new Error('cannot be sent') : null)
    await newRelay(temporal).runOnce()
    expect(new Set(temporal.started)).toEqual(new Set([`order:${orderId}`]))
    expect(temporal.signalled.map((signal) => signal.inboxId)).toEqual([before, after])
    expect((await messages(orderId)).map((row) => [row.id, row.state, row.attempts])).toEqual([
      [expect.any(Number), 'delivered', 0],
      [before, 'delivered', 0],
      [poison, 'pending', 1],
      [after, 'delivered', 0],
    ])
  })

  test('a body that does not fit its type is set aside at once, and the order’s other messages go on', async () => {
    const temporal = new TemporalStub()
    const orderId = await placeOne()
    const unreadable = await tell(orderId, { operator: 7 })
    const readable = await tell(orderId)
    await newRelay(temporal).runOnce()
    const rows = await messages(orderId)
    expect(rows.find((row) => row.id === unreadable)?.state).toBe('set_aside')
    expect(rows.find((row) => row.id === readable)?.state).toBe('delivered')
  })

  test('an outage is no fault of the messages: they wait it out uncounted, and are delivered in sequence', async () => {
    const temporal = new TemporalStub()
    const relay = newRelay(temporal)
    const orderId = await placeOne()
    const ids = [await tell(orderId), await tell(orderId)]
    temporal.fail = unavailable
    for (let attempt = 0; attempt < 12; attempt += 1) {
      await makeDue()
      await relay.runOnce()
    }
    expect((await messages(orderId)).map((row) => [row.state, row.attempts])).toEqual([
      ['pending', 0],
      ['pending', 0],
      ['pending', 0],
    ])
    temporal.fail = () => null
    await makeDue()
    await relay.runOnce()
    expect(temporal.signalled.map((signal) => signal.inboxId)).toEqual(ids)
  })

  test('a message for an order that nobody knows waits uncounted, and is a person’s work when the limit is over', async () => {
    const temporal = new TemporalStub()
    const orderKey = 'no-such-order'
    const id = await tell(orderKey)
    await newRelay(temporal).runOnce()
    expect(await messages(orderKey)).toMatchObject([{ state: 'waiting', attempts: 0 }])
    await makeDue()
    await newRelay(temporal, -1).runOnce()
    expect(await messages(orderKey)).toMatchObject([{ state: 'set_aside' }])
    const item = await store.db.selectFrom('work_item').select('kind').where('key', '=', String(id)).execute()
    expect(item).toEqual([{ kind: 'order_not_found' }])
    expect(temporal.signalled).toEqual([])
  })

  test('a message that came before its order is delivered after the order has started', async () => {
    const temporal = new TemporalStub()
    const orderId = await placeOne()
    await tell(orderId)
    // As if it had been recorded first.
    await sql`update inbox set state = 'waiting' where order_key = ${orderId} and not starts_order`.execute(
      store.db,
    )
    await newRelay(temporal).runOnce()
    expect(temporal.started).toEqual([`order:${orderId}`])
    expect(temporal.signalled).toHaveLength(1)
  })

  test('a message for a closed order is closed as late and never reaches a workflow', async () => {
    const temporal = new TemporalStub()
    const orderId = await placeOne()
    await newRelay(temporal).runOnce()
    await store.db
      .updateTable('orders')
      .set({ closed_at: new Date(), status: 'completed' })
      .where('id', '=', orderId)
      .execute()
    const id = await tell(orderId)
    await newRelay(temporal).runOnce()
    expect((await messages(orderId)).find((row) => row.id === id)?.state).toBe('late')
    expect(temporal.signalled).toEqual([])
  })

  test('an open order whose workflow is missing keeps its messages until it is there again', async () => {
    const temporal = new TemporalStub()
    const relay = newRelay(temporal)
    const orderId = await placeOne()
    await relay.runOnce()
    await tell(orderId)
    temporal.fail = () => new WorkflowNotFoundError('gone', `order:${orderId}`, undefined)
    for (let attempt = 0; attempt < 10; attempt += 1) {
      await makeDue()
      await relay.runOnce()
    }
    expect((await messages(orderId)).at(-1)).toMatchObject({ state: 'pending', attempts: 0 })
    temporal.fail = () => null
    await makeDue()
    await relay.runOnce()
    expect((await messages(orderId)).at(-1)).toMatchObject({ state: 'delivered' })
  })

  test('the creation message of an order that ran already starts nothing and is not tried again', async () => {
    const temporal = new TemporalStub()
    const orderId = await placeOne()
    temporal.fail = () => new WorkflowExecutionAlreadyStartedError('ran', `order:${orderId}`, 'order')
    await newRelay(temporal).runOnce()
    expect(await messages(orderId)).toMatchObject([{ state: 'delivered' }])
  })
})
