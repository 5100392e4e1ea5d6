import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { RefusedError } from '../../connectors/outside-errors.ts'
import type { PdaGateway } from '../../connectors/pda/gateway.ts'
import {
  claimDeliveries,
  type DueDelivery,
  failedDeliveryItem,
  markDelivered,
  markFailed,
} from '../../store/delivery-queue.ts'
import { queuePdaMessage } from '../../store/pda-messages.ts'
import { replayWorkItem, resolveWorkItem } from '../../store/work-items.ts'
import { DeliverySender, pdaTarget } from '../../workers/delivery-sender.ts'
import { openTestStore, type TestStore } from './support.ts'

let store: TestStore
let orderId: string

beforeAll(async () => {
  store = await openTestStore()
  orderId = (await store.order([{ skuId: await store.addSku({ 'WH-HZ': 1 }), quantity: 1 }])).orderId
})
afterEach(() =>
  sql`update delivery set state = 'withdrawn' where state in ('pending', 'failed')`.execute(store.db),
)
afterAll(() => store.close())

const queue = (pickTaskId: string, kind: 'pick_task_created' | 'pick_task_withdrawn') =>
  store.inTransaction((tx) =>
    queuePdaMessage(tx, kind, { orderId, pickTaskId, warehouseId: 'WH-HZ', lines: [] }),
  )
const claim = (limit = 10) => claimDeliveries(store.db, 'pda', limit, 20)
const endClaims = () =>
  sql`update delivery set next_attempt_at = clock_timestamp() where state = 'pending'`.execute(store.db)
const operations = (deliveries: DueDelivery[]) => deliveries.map((delivery) => delivery.operationId)
const fail = (delivery: DueDelivery) =>
  markFailed(store.db, delivery, {
    error: 'refused',
    retryInMs: null,
    workItem: failedDeliveryItem(delivery, 'refused'),
  })
const failedItem = (operationId: string) =>
  store.db
    .selectFrom('work_item')
    .selectAll()
    .where('kind', '=', 'delivery_failed')
    .where('key', '=', operationId)
    .where('state', '=', 'open')
    .executeTakeFirstOrThrow()

/** Claims the one delivery that is due. */
async function claimOne(): Promise<DueDelivery> {
  const [delivery, ...others] = await claim()
  if (!delivery || others.length > 0) throw new Error('expected one delivery to be due')
  return delivery
}

describe('the queue', () => {
  test('messages of one key go one after the other, each after the one before has arrived', async () => {
    const task = uuid()
    await queue(task, 'pick_task_created')
    await queue(task, 'pick_task_withdrawn')
    const created = await claimOne()
    expect(created.kind).toBe('pick_task_created')
    expect(await claim()).toEqual([])
    await markFailed(store.db, created, { error: 'try again', retryInMs: 60_000, workItem: null })
    expect(await claim()).toEqual([])
    await markDelivered(store.db, created.id)
    expect(operations(await claim())).toEqual([`${task}/pick_task_withdrawn`])
  })

  test('messages of different keys do not wait for each other, and two senders never claim the same one', async () => {
    const tasks = Array.from({ length: 12 }, () => uuid())
    for (const task of tasks) await queue(task, 'pick_task_created')
    const claims = await Promise.all([claim(5), claim(5), claim(5)])
    const rest = await claim()
    const all = [...claims.flat(), ...rest]
    expect(operations(all).sort()).toEqual(tasks.map((task) => `${task}/pick_task_created`).sort())
  })

  test('what a sender that died had claimed is sent again, when its claim ran out, under the same operation id', async () => {
    const task = uuid()
    await queue(task, 'pick_task_created')
    const first = await claimOne()
    expect(await claim()).toEqual([])
    await endClaims()
    const second = await claimOne()
    expect(second).toMatchObject({ id: first.id, operationId: first.operationId, attempts: 2 })
  })

  test('a failure that a person must mend opens a work item once; replay sends it again', async () => {
    const task = uuid()
    await queue(task, 'pick_task_created')
    const delivery = await claimOne()
    await Promise.all([fail(delivery), fail(delivery)])
    const item = await failedItem(delivery.operationId)
    expect(item).toMatchObject({ occurrences: 1, order_id: orderId, detail: { reason: 'refused' } })
    expect(await claim()).toEqual([])
    await store.inTransaction((tx) => replayWorkItem(tx, item.id, 'ops'))
    expect(await claimOne()).toMatchObject({
      id: delivery.id,
      operationId: delivery.operationId,
      attempts: 1,
    })
  })

  test('what failed keeps its place: a later message of its key waits, and after a replay both go in order', async () => {
    const task = uuid()
    await queue(task, 'pick_task_created')
    const created = await claimOne()
    await fail(created)
    await queue(task, 'pick_task_withdrawn')
    expect(await claim()).toEqual([])
    const item = await failedItem(created.operationId)
    await store.inTransaction((tx) => replayWorkItem(tx, item.id, 'ops'))
    const replayed = await claimOne()
    expect(replayed.kind).toBe('pick_task_created')
    await markDelivered(store.db, replayed.id)
    expect((await claimOne()).kind).toBe('pick_task_withdrawn')
  })

  test('what failed and is given up steps aside: its work item resolved, the messages behind it go on', async () => {
    const task = uuid()
    await queue(task, 'pick_task_created')
    const created = await claimOne()
    await fail(created)
    await queue(task, 'pick_task_withdrawn')
    const item = await failedItem(created.operationId)
    await store.inTransaction((tx) =>
      resolveWorkItem(tx, item.id, { resolution: 'told them by phone', operator: 'ops' }),
    )
    expect((await claimOne()).kind).toBe('pick_task_withdrawn')
  })

  test('a late answer of a sender whose message arrived through another one changes nothing', async () => {
    await queue(uuid(), 'pick_task_created')
    const delivery = await claimOne()
    await markDelivered(store.db, delivery.id)
    await fail(delivery)
    await markFailed(store.db, delivery, { error: 'too late', retryInMs: 1, workItem: null })
    const row = await store.db
      .selectFrom('delivery')
      .select(['state', 'last_error'])
      .where('id', '=', delivery.id)
      .executeTakeFirst()
    expect(row).toEqual({ state: 'delivered', last_error: null })
  })
})

describe('the sender', () => {
  const senderTo = (push: PdaGateway['push']) =>
    new DeliverySender({ db: store.db, target: pdaTarget({ push }) })

  test('a PDA that does not answer is tried again under the same operation id until it does', async () => {
    const task = uuid()
    await queue(task, 'pick_task_created')
    const heard: string[] = []
    const sender = senderTo(async (delivery) => {
      heard.push(delivery.operationId)
      if (heard.length < 4) throw new Error('no answer')
    })
    for (let round = 0; round < 5; round += 1) {
      await endClaims()
      await sender.runOnce()
    }
    expect(heard).toEqual(Array(4).fill(`${task}/pick_task_created`))
  })

  test('a message that is refused outright is not tried again: a person is told', async () => {
    const task = uuid()
    await queue(task, 'pick_task_created')
    let calls = 0
    const sender = senderTo(async () => {
      calls += 1
      throw new RefusedError(422, 'unknown warehouse')
    })
    for (let round = 0; round < 3; round += 1) {
      await endClaims()
      await sender.runOnce()
    }
    expect(calls).toBe(1)
    expect(await failedItem(`${task}/pick_task_created`)).toMatchObject({ state: 'open' })
  })
})
