import fc from 'fast-check'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createOrderRecordActivities } from '../../activities/order-records.ts'
import type { EventRecord, Fulfilment, OrderPlaced, OrderState } from '../../domain/order.ts'
import { placeOrder } from '../../domain/order-life.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'
import { OrderStory } from '../support/order-story.ts'

/**
 * A worker that dies between its commit and Temporal's hearing of it leaves a commit that its successor repeats, in
 * other batches or in another order. Here the successor's calls are made by hand.
 */
let hub: TestHub
let commitOrder: ReturnType<typeof createOrderRecordActivities>['commitOrder']
beforeAll(async () => {
  hub = await startTestHub({ withoutWorker: true })
  commitOrder = createOrderRecordActivities({ db: hub.db, dataKeys: hub.keyRing }).commitOrder
})
afterAll(() => hub.close())

async function freshOrder(): Promise<OrderState> {
  const order = await hub.placeOrder()
  const { rows } = await import('kysely').then(({ sql }) =>
    sql<{ body: OrderPlaced }>`select body from inbox_body join inbox on inbox.id = inbox_id
      where order_key = ${order.orderId} and starts_order`.execute(hub.db),
  )
  const [row] = rows
  if (!row) throw new Error('the order was not placed')
  return placeOrder(row.body)
}

const record = (key: string): EventRecord => ({
  key,
  log: [
    {
      field: key,
      oldValue: null,
      newValue: null,
      operator: 'test',
      source: 'test',
      sourceTime: null,
      inboxId: null,
    },
  ],
  writes: [{ kind: 'open_work_item', workItemKind: 'contradiction', key: `${key}/${uuid()}`, detail: {} }],
})
const after = (state: OrderState, eventCount: number, version = state.version): OrderState => ({
  ...state,
  eventCount,
  version,
})
const loggedFields = async (state: OrderState) => {
  const rows = await hub.db
    .selectFrom('operation_log')
    .select('field')
    .where('order_id', '=', state.placed.orderId)
    .orderBy('id')
    .execute()
  return rows.map((row) => row.field).filter((field) => field !== 'status')
}

test('the same commit again adds nothing and gets the same version', async () => {
  const state = await freshOrder()
  const commit = { runId: 'run-1', state: after(state, 1), records: [record('a')] }
  const first = await commitOrder(commit)
  expect(await commitOrder(commit)).toEqual(first)
  expect(await loggedFields(state)).toEqual(['a'])
})

test('a successor that knows more in its first commit loses nothing of it', async () => {
  const state = await freshOrder()
  await commitOrder({ runId: 'run-1', state: after(state, 1), records: [record('a')] })
  const result = await commitOrder({
    runId: 'run-1',
    state: after(state, 2),
    records: [record('a'), record('b')],
  })
  expect(result.outcome).toBe('committed')
  expect(await loggedFields(state)).toEqual(['a', 'b'])
})

test('a successor that applies the same events in another order ends with each of them once', async () => {
  const state = await freshOrder()
  await commitOrder({ runId: 'run-1', state: after(state, 2), records: [record('a'), record('answer')] })
  await commitOrder({ runId: 'run-1', state: after(state, 2), records: [record('a'), record('b')] })
  const last = { ...after(state, 3), needsAttention: true }
  await commitOrder({ runId: 'run-1', state: last, records: [record('answer')] })
  expect(await loggedFields(state)).toEqual(['a', 'answer', 'b'])
  expect((await hub.row(state.placed.orderId)).needs_attention).toBe(true)
  expect(await hub.workItems(state.placed.orderId)).toHaveLength(3)
})

test('a late call of a dead attempt does not put an older state over a newer one', async () => {
  const state = await freshOrder()
  await commitOrder({ runId: 'run-1', state: after(state, 1), records: [record('a')] })
  await commitOrder({
    runId: 'run-1',
    state: { ...after(state, 2), needsAttention: true },
    records: [record('b')],
  })
  await commitOrder({ runId: 'run-1', state: after(state, 1), records: [record('a')] })
  expect((await hub.row(state.placed.orderId)).needs_attention).toBe(true)
})

const opening = (key: string, fulfilment: Fulfilment): EventRecord => {
  const [line] = record(key).log
  const created = { field: 'pick_task', newValue: 'created', subjectId: fulfilment.fulfilmentId }
  return {
    key,
    log: line ? [line, { ...line, ...created }] : [],
    writes: [{ kind: 'create_pick_task', fulfilment }],
  }
}
const withTask = (state: OrderState, eventCount: number, fulfilment: Fulfilment): OrderState => ({
  ...after(state, eventCount),
  fulfilments: [fulfilment],
})
const taskOf = (state: OrderState): Fulfilment => ({
  ...{ fulfilmentId: `${state.placed.orderId}-F1`, warehouseId: 'WH-HZ', state: 'picking' },
  lines: [{ lineNumber: 1, skuId: 'SKU-0001', quantity: 1 }],
})
const tasksAndMessages = async ({ placed: { orderId } }: OrderState) => {
  const tasks = await hub.db.selectFrom('pick_task').select('id').where('order_id', '=', orderId).execute()
  const messages = await hub.db
    .selectFrom('delivery')
    .select('id')
    .where('order_id', '=', orderId)
    .where('kind', '=', 'pick_task_created')
    .execute()
  return [tasks.length, messages.length]
}

test('a pick task that a dead worker has opened under another event is opened once, and the order goes on', async () => {
  const state = await freshOrder()
  const task = taskOf(state)
  await commitOrder({ runId: 'run-1', state: withTask(state, 2, task), records: [opening('check/1', task)] })
  // Its successor heard of a cancellation before the answer to the check, and opens the task once that is refused.
  await commitOrder({
    runId: 'run-1',
    state: after(state, 3),
    records: [record('check/1'), record('closed')],
  })
  const refused = { runId: 'run-1', state: withTask(state, 4, task), records: [opening('cancel/1', task)] }
  expect(await commitOrder(refused)).toMatchObject({ outcome: 'committed' })
  expect(await tasksAndMessages(state)).toEqual([1, 1])
  expect(await loggedFields(state)).toEqual(['check/1', 'pick_task', 'closed', 'cancel/1'])
})

test('a pick task that only the successor opens under an event that is known is opened, also when that is told again', async () => {
  const state = await freshOrder()
  const task = taskOf(state)
  await commitOrder({ runId: 'run-1', state: after(state, 2), records: [record('check/1')] })
  const heardMore = {
    runId: 'run-1',
    state: withTask(state, 3, task),
    records: [record('released'), opening('check/1', task)],
  }
  await commitOrder(heardMore)
  await commitOrder(heardMore)
  expect(await tasksAndMessages(state)).toEqual([1, 1])
  expect(await loggedFields(state)).toEqual(['check/1', 'released', 'pick_task'])
})

test('another run may go on from the row’s own version and from no other', async () => {
  const state = await freshOrder()
  const { version } = await commitOrder({ runId: 'run-1', state: after(state, 1), records: [record('a')] })
  expect(await commitOrder({ runId: 'run-2', state: after(state, 1), records: [record('b')] })).toEqual({
    outcome: 'stale',
    version,
  })
  expect(await loggedFields(state)).toEqual(['a'])
  const resumed = await commitOrder({
    runId: 'run-2',
    state: after(state, 2, version),
    records: [record('b')],
  })
  expect(resumed).toEqual({ outcome: 'committed', version: version + 1 })
})

test('the end of an order is written although a dead attempt had counted as many events', async () => {
  const state = await freshOrder()
  await commitOrder({ runId: 'run-1', state: after(state, 3), records: [record('a')] })
  await commitOrder({ runId: 'run-1', state: { ...after(state, 3), closed: true }, records: [] })
  expect((await hub.row(state.placed.orderId)).closed_at).not.toBeNull()
  // Once it is there, a repetition changes nothing.
  const { version } = await hub.row(state.placed.orderId)
  await commitOrder({ runId: 'run-1', state: { ...after(state, 3), closed: true }, records: [] })
  expect((await hub.row(state.placed.orderId)).version).toBe(version)
})

test('whatever an event makes of the status leaves a record, by which its commit is known', () => {
  fc.assert(
    fc.property(fc.infiniteStream(fc.nat()), (picks) => {
      const story = new OrderStory()
      for (const pick of [...picks.take(12)]) {
        const before = story.state.status
        const logged = story.log.length
        const [event] = [STEPS[pick % STEPS.length]]
        event?.(story)
        if (story.state.status !== before) expect(story.log.length).toBeGreaterThan(logged)
      }
    }),
    { numRuns: 500 },
  )
})
/** What nobody asks while a cancellation is being decided is not answered then. */
const checkReservation = (answer: 'expired' | 'confirmed') => (story: OrderStory) => {
  if (story.state.cancellation?.state === 'deciding') return
  story.tell({ type: 'reservation_checked', answer, remainingMs: 0 })
}
const STEPS: ((story: OrderStory) => void)[] = [
  (story) => story.paid(),
  (story) => story.passTime(61),
  checkReservation('expired'),
  checkReservation('confirmed'),
  (story) => story.tell({ type: 'cancel_requested', reason: 'x', mayCancelPaid: true }),
  (story) => story.tell({ type: 'cancellation_decided', refusal: null }),
]
