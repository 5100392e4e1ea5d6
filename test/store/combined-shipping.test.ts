import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTrackingActivities } from '../../activities/tracking.ts'
import type { CourierFollower } from '../../connectors/couriers/registry.ts'
import type { PlacedOrder, PlaceOrderBody } from '../../contracts/orders.ts'
import { POLICIES } from '../../contracts/policies/index.ts'
import type { ChannelOrder } from '../../domain/channel-order.ts'
import { applyChannelOrder } from '../../store/channel-orders.ts'
import { checkout } from '../../store/checkout.ts'
import { separateOrder, separateTask } from '../../store/combined-shipping.ts'
import type { Db } from '../../store/database.ts'
import { planNotifications } from '../../store/notification-plan.ts'
import { decideCancellation } from '../../store/order-steps.ts'
import { recordPickTaskEvent } from '../../store/pick-tasks.ts'
import { Policies } from '../../store/policy-cache.ts'
import { publishPolicy } from '../../store/policy-versions.ts'
import { expectSound, newRandom, openTestStore, type Report, type TestStore, until } from './support.ts'

let store: TestStore
let skuId: string
beforeAll(async () => {
  store = await openTestStore(20)
  skuId = await store.addSku({ 'WH-HZ': 10_000 })
})
beforeEach(() => policy({ combine: true }))
afterAll(async () => {
  await expectSound(store.db)
  await store.close()
})

async function policy(document: object): Promise<void> {
  await publishPolicy(store.db, {
    kind: 'combined-shipping',
    document: POLICIES['combined-shipping'].schema.parse(document),
    author: 'test',
    reason: 'test',
  })
  store.policies.expire()
}

let people = 0
/** A receiver whom no other test has. */
const somebody = () => ({ name: '王小明', phone: `1390000${String(++people).padStart(4, '0')}` })

/** A paid order, whose workflow has not opened its task yet. */
async function paid(contact: Partial<PlaceOrderBody['contact']>, quantity = 1): Promise<PlacedOrder> {
  const input = store.checkoutInput([{ skuId, quantity }])
  const body = { ...input.body, contact: { ...input.body.contact, ...contact } }
  const result = await store.inTransaction((tx) =>
    checkout(tx, { keyRing: store.keyRing, policies: store.policies }, { ...input, body }),
  )
  if (!result.ok) throw result.problem
  await store.pay(result.order)
  return result.order
}
const open = (order: PlacedOrder, options: { db?: Db } = {}) =>
  store.openTasks(order.orderId, order.reservations, options)
async function opened(contact: Partial<PlaceOrderBody['contact']>, quantity = 1) {
  const order = await paid(contact, quantity)
  const [taskId = ''] = await open(order)
  await tellPdas()
  return { orderId: order.orderId, taskId }
}
/** Whatever is to be said to the PDAs has reached them. */
const tellPdas = () =>
  store.db
    .updateTable('delivery')
    .set({ state: 'delivered' })
    .where('target', '=', 'pda')
    .where('state', '=', 'pending')
    .execute()
/** So many orders of one receiver, each with its task. */
async function together(count: number, quantity = 1) {
  const contact = somebody()
  const orders = []
  for (let index = 0; index < count; index += 1) orders.push(await opened(contact, quantity))
  return orders
}
const taskOf = (taskId: string) =>
  store.db.selectFrom('pick_task').selectAll().where('id', '=', taskId).executeTakeFirstOrThrow()
const combinedIds = (tasks: { taskId: string }[]) =>
  Promise.all(tasks.map(async ({ taskId }) => (await taskOf(taskId)).combined_id))
const statesOf = (tasks: { taskId: string }[]) =>
  Promise.all(tasks.map(async ({ taskId }) => (await taskOf(taskId)).state))
const parcelsOf = (tasks: { orderId: string }[]) =>
  store.db
    .selectFrom('parcel')
    .select(['id', 'order_id', 'courier', 'waybill_number', 'main_parcel_id', 'state'])
    .where(
      'order_id',
      'in',
      tasks.map(({ orderId }) => orderId),
    )
    .orderBy('id')
    .execute()
const messagesTo = async (taskId: string) => {
  const rows = await store.db
    .selectFrom('delivery')
    .select(['kind', 'payload'])
    .where('order_key', '=', taskId)
    .where('target', '=', 'pda')
    .orderBy('created_at')
    .execute()
  return rows
}
const factsOf = (orderId: string, type: string) =>
  store.db
    .selectFrom('inbox')
    .select(['type', 'source_event_id'])
    .where('order_key', '=', orderId)
    .where('type', '=', type)
    .execute()
const label = (change: { packedWith?: string[] } = {}) =>
  ({ type: 'packed', courier: 'sf', waybillNumber: `SF${uuid()}`, ...change }) as const satisfies Report
const packing = (taskId: string, body: Report) => ({
  pickTaskId: taskId,
  body: { eventId: uuid(), ...body },
  operator: 'system:warehouse',
  traceParent: null,
})
const report = (db: Db, event: ReturnType<typeof packing>) =>
  db.transaction().execute((tx) => recordPickTaskEvent(tx, event))
const cancellation = (orderId: string) => ({
  orderId,
  mayCancelPaid: true,
  operationId: `${orderId}/cancel`,
  operator: 'test',
})
/** At a place of a deterministic order by task id. */
const byId = <Entry extends { taskId: string }>(tasks: Entry[]) =>
  tasks.toSorted((one, other) => (one.taskId < other.taskId ? -1 : 1))

describe('who ships together', () => {
  test('a second order of a receiver joins the first, and both PDAs hear of it', async () => {
    const tasks = await together(2)
    const [combinedId, other] = await combinedIds(tasks)
    expect(combinedId).not.toBeNull()
    expect(other).toBe(combinedId)
    const [first, second] = tasks
    expect(await messagesTo(first?.taskId ?? '')).toMatchObject([
      { kind: 'pick_task_created', payload: expect.not.objectContaining({ combinedId }) },
      { kind: 'pick_task_combined', payload: { combinedId, combinedWith: [second?.taskId] } },
    ])
    expect(await messagesTo(second?.taskId ?? '')).toMatchObject([
      { kind: 'pick_task_created', payload: { combinedId, combinedWith: [first?.taskId] } },
    ])
    const log = await store.db
      .selectFrom('operation_log')
      .select(['order_id', 'new_value'])
      .where('field', '=', 'combined_shipping')
      .where('new_value', '=', combinedId ?? '')
      .execute()
    expect(new Set(log.map((entry) => entry.order_id))).toEqual(new Set(tasks.map(({ orderId }) => orderId)))
  })

  test('nobody does until a policy says so, and nothing is kept to know them by', async () => {
    await policy({ combine: false })
    const tasks = await together(2)
    expect(await combinedIds(tasks)).toEqual([null, null])
    expect((await taskOf(tasks[0]?.taskId ?? '')).recipient).toBeNull()
  })

  test('another phone, another address, and an order that a rule keeps apart go by themselves', async () => {
    await policy({
      combine: true,
      rules: [{ condition: { '>': [{ var: 'amountCents' }, 5_000] }, outcome: { combine: false } }],
    })
    const contact = somebody()
    const tasks = [
      await opened(contact),
      await opened({ ...contact, phone: '13911111111' }),
      await opened({ ...contact, address: '文三路 2 号' }),
      await opened(contact, 6),
    ]
    expect(await combinedIds(tasks)).toEqual([null, null, null, null])
  })

  test('a parcel has no more orders and no more weight than the policy allows', async () => {
    await policy({ combine: true, maxOrders: 2, maxWeightGrams: 500 })
    const many = await combinedIds(await together(3))
    expect(new Set(many.slice(0, 2)).size).toBe(1)
    expect(many[2]).toBeNull()
    expect(await combinedIds(await together(2, 3))).toEqual([null, null])
  })

  test.each(['started', 'picked'] as const)('an order whose task is %s is not joined', async (type) => {
    const contact = somebody()
    const first = await opened(contact)
    await store.report(first.taskId, { type })
    expect(await combinedIds([first, await opened(contact)])).toEqual([null, null])
    expect((await taskOf(first.taskId)).recipient).toBeNull()
  })

  test('a group of which one task is begun takes no further one, which waits for the next instead', async () => {
    const contact = somebody()
    const group = [await opened(contact), await opened(contact)]
    await store.report(group[0]?.taskId ?? '', { type: 'started' })
    const third = await opened(contact)
    expect((await taskOf(third.taskId)).combined_id).toBeNull()
    const fourth = await opened(contact)
    const [of, its] = await combinedIds([third, fourth])
    expect(its).toBe(of)
    expect(its).not.toBe((await combinedIds(group))[0])
  })

  test('a task is kept from the PDAs for as long as the policy lets it wait', async () => {
    await policy({ combine: true, waitSeconds: 600 })
    const contact = somebody()
    const taskIds = [...(await open(await paid(contact))), ...(await open(await paid(contact)))]
    const rows = await store.db
      .selectFrom('delivery')
      .select(['next_attempt_at', 'created_at'])
      .where('kind', '=', 'pick_task_created')
      .where('order_key', 'in', taskIds)
      .orderBy('created_at')
      .execute()
    const [first, second] = rows
    const waited = Number(first?.next_attempt_at) - Number(first?.created_at)
    expect(Math.abs(waited - 600_000)).toBeLessThan(10_000)
    // The first one has waited for the second: they are told of at the same moment.
    expect(second?.next_attempt_at).toEqual(first?.next_attempt_at)
  })
})

describe('packing one', () => {
  test('packs all: each order’s units leave, each gets a parcel of the one waybill and hears of it once', async () => {
    const before = await store.level(skuId, 'WH-HZ')
    const tasks = byId(await together(3, 2))
    const [first, second] = tasks
    const body = { ...label(), eventId: 'e1' }
    const answer = await store.report(second?.taskId ?? '', body)
    expect(answer.packedWith).toEqual([tasks[0]?.taskId, tasks[2]?.taskId])
    expect(await statesOf(tasks)).toEqual(['packed', 'packed', 'packed'])
    expect(await parcelsOf(tasks)).toEqual(
      tasks.map(({ orderId, taskId }) => ({
        id: `${taskId}-P1`,
        order_id: orderId,
        courier: 'sf',
        waybill_number: body.waybillNumber,
        main_parcel_id: taskId === first?.taskId ? null : `${first?.taskId}-P1`,
        state: 'shipped',
      })),
    )
    const after = await store.level(skuId, 'WH-HZ')
    expect(after.shipped - before.shipped).toBe(6)
    for (const { orderId } of tasks) {
      expect((await store.holds(orderId)).map((hold) => hold.state)).toEqual(['consumed'])
      expect(await factsOf(orderId, 'fulfilment.packed')).toHaveLength(1)
    }
    expect(await store.report(second?.taskId ?? '', body)).toEqual(answer)
    expect(await parcelsOf(tasks)).toHaveLength(3)
  })

  test('a PDA that reports each of them by itself is heard, as long as it names the same waybill', async () => {
    const tasks = await together(2)
    const [first, second] = tasks
    // Devices number the events of each task: the other task has an event of this id already.
    await store.report(second?.taskId ?? '', { type: 'picked', eventId: 'e1' })
    const body = label()
    await store.report(first?.taskId ?? '', { ...body, eventId: 'e1' })
    expect(await store.report(second?.taskId ?? '', { ...body, eventId: 'e2' })).toMatchObject({
      state: 'packed',
    })
    await expect(store.report(second?.taskId ?? '', label())).rejects.toMatchObject({
      code: 'pick-task-wrong-state',
    })
    expect(await parcelsOf(tasks)).toHaveLength(2)
  })

  test('a waybill of other goods is refused for all of them, and nothing has moved', async () => {
    const other = await opened(somebody())
    const taken = label()
    await store.report(other.taskId, taken)
    const tasks = await together(2)
    await expect(store.report(tasks[0]?.taskId ?? '', taken)).rejects.toMatchObject({ code: 'waybill-taken' })
    expect(await statesOf(tasks)).toEqual(['created', 'created'])
    expect(await parcelsOf(tasks)).toEqual([])
  })

  test('the database itself lets no parcel ride under another number than its main one’s', async () => {
    const tasks = await together(2)
    await store.report(tasks[0]?.taskId ?? '', label())
    const [main] = (await parcelsOf(tasks)).filter((parcel) => parcel.main_parcel_id === null)
    const { orderId, taskId } = await opened(somebody())
    await expect(
      store.db
        .insertInto('parcel')
        .values({
          id: `${taskId}-P1`,
          order_id: orderId,
          pick_task_id: taskId,
          courier: 'sf',
          waybill_number: 'another',
          main_parcel_id: main?.id ?? '',
          state: 'shipped',
        })
        .execute(),
    ).rejects.toThrow('parcel_main_fkey')
  })

  test('takes along what the report names, and what it leaves out goes later', async () => {
    const tasks = await together(3)
    const [first, second, third] = tasks
    const body = label({ packedWith: [third?.taskId ?? ''] })
    expect(await store.report(first?.taskId ?? '', body)).toMatchObject({ packedWith: [third?.taskId] })
    expect(await statesOf(tasks)).toEqual(['packed', 'created', 'packed'])
    await store.report(second?.taskId ?? '', label())
    expect(await statesOf(tasks)).toEqual(['packed', 'packed', 'packed'])
  })

  test('is refused as a whole where it names goods that must not go: withdrawn, or of another parcel', async () => {
    const tasks = await together(2)
    const [first, second] = tasks
    const other = await opened(somebody())
    for (const foreign of [other.taskId, 'nothing']) {
      await expect(store.report(first?.taskId ?? '', label({ packedWith: [foreign] }))).rejects.toMatchObject(
        { code: 'pick-task-wrong-state' },
      )
    }
    await decideCancellation(store.db, cancellation(second?.orderId ?? ''))
    await expect(
      store.report(first?.taskId ?? '', label({ packedWith: [second?.taskId ?? ''] })),
    ).rejects.toMatchObject({ code: 'pick-task-wrong-state' })
    expect(await statesOf([...tasks, other])).toEqual(['created', 'withdrawn', 'created'])
  })

  test('what is missing of one order is only its own; an order that has nothing left to pack stays behind', async () => {
    const tasks = await together(3, 2)
    const [whole, less, none] = tasks
    await store.report(less?.taskId ?? '', {
      type: 'short',
      lines: [{ lineNumber: 1, quantityMissing: 1 }],
    })
    await store.report(none?.taskId ?? '', {
      type: 'short',
      lines: [{ lineNumber: 1, quantityMissing: 2 }],
    })
    await store.report(whole?.taskId ?? '', label())
    expect(await statesOf(tasks)).toEqual(['packed', 'packed', 'short'])
    expect((await taskOf(less?.taskId ?? '')).lines).toMatchObject([{ quantity: 1 }])
    expect(await parcelsOf(tasks)).toHaveLength(2)
  })

  test('an order that was cancelled before does not go along', async () => {
    const tasks = await together(2)
    const [kept, gone] = tasks
    const cancelled = await decideCancellation(store.db, cancellation(gone?.orderId ?? ''))
    expect(cancelled).toEqual({ refusal: null })
    expect(await store.report(kept?.taskId ?? '', label())).not.toHaveProperty('packedWith')
    expect(await statesOf(tasks)).toEqual(['packed', 'withdrawn'])
    expect(await parcelsOf(tasks)).toHaveLength(1)
  })
})

describe('taking one out', () => {
  const separate = (taskId: string) =>
    store.inTransaction((tx) =>
      separateTask(tx, { pickTaskId: taskId, operator: 'ops', reason: 'does not fit' }),
    )

  test('lets it go by itself for good, and its PDA hears of it', async () => {
    const contact = somebody()
    const tasks = [await opened(contact), await opened(contact)]
    const [first, second] = tasks
    await separate(second?.taskId ?? '')
    await separate(second?.taskId ?? '')
    expect((await messagesTo(second?.taskId ?? '')).map((message) => message.kind)).toEqual([
      'pick_task_created',
      'pick_task_separated',
    ])
    const third = await opened(contact)
    const [of, alone, joined] = await combinedIds([...tasks, third])
    expect(alone).toBeNull()
    expect(joined).toBe(of)
    await store.report(first?.taskId ?? '', label())
    expect(await statesOf([...tasks, third])).toEqual(['packed', 'created', 'packed'])
  })

  test('is refused once it is packed', async () => {
    const [task] = await together(2)
    await store.report(task?.taskId ?? '', label())
    await expect(separate(task?.taskId ?? '')).rejects.toMatchObject({ code: 'pick-task-wrong-state' })
    await expect(separate('nothing')).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('rivals', () => {
  /** Waits with a lock on an order's task, as somebody who is about to change it. */
  async function holdingTask(taskId: string) {
    const tx = await store.begin()
    await sql`select 1 from pick_task where id = ${taskId} for update`.execute(tx)
    return tx
  }

  test('two tasks of one receiver that open at once find each other', async () => {
    const contact = somebody()
    const orders = [await paid(contact), await paid(contact)]
    const [first, second] = orders
    if (!first || !second) throw new Error('two orders were to be paid')
    const turn = await store.begin()
    // The receiver's turn is taken by whoever opens a task; here by a task that is opened and not yet committed.
    const { recipient } = await taskOf((await opened(contact)).taskId)
    await sql`select pg_advisory_xact_lock(hashtextextended(${recipient?.toString('hex') ?? ''}, 0))`.execute(
      turn,
    )
    const rivals = [store.newRival(), store.newRival()]
    const results = await Promise.all([
      rivals[0]?.start((db) => open(first, { db })),
      rivals[1]?.start((db) => open(second, { db })),
    ])
    await Promise.all(rivals.map((rival) => rival.untilBlocked()))
    await turn.rollback().execute()
    const opening = await Promise.all(results.map((each) => each?.result))
    const ids = await combinedIds(opening.flatMap((taskIds) => (taskIds ?? []).map((taskId) => ({ taskId }))))
    expect(ids[0]).not.toBeNull()
    expect(ids[1]).toBe(ids[0])
  })

  test('a task that somebody is changing at this moment is not joined and not waited for', async () => {
    const contact = somebody()
    const first = await opened(contact)
    const changing = await holdingTask(first.taskId)
    const second = await opened(contact)
    await changing.rollback().execute()
    expect(await combinedIds([first, second])).toEqual([null, null])
  })

  test('a task that joins while its company is being packed, and of which no PDA knew, ships by itself', async () => {
    const contact = somebody()
    const first = await opened(contact)
    const order = await paid(contact)
    // The joining transaction is stopped after it has taken the first task along.
    const gate = await store.begin()
    await sql`lock table delivery in exclusive mode`.execute(gate)
    const joiner = store.newRival()
    const { result: joining } = await joiner.start((db) => open(order, { db }))
    await joiner.untilBlocked()
    const packer = store.newRival()
    const { result: packed } = await packer.start((db) => report(db, packing(first.taskId, label())))
    await packer.untilBlocked()
    await gate.rollback().execute()
    const [second = ''] = await joining
    expect(await packed).not.toHaveProperty('packedWith')
    expect(await statesOf([first, { taskId: second }])).toEqual(['packed', 'created'])
    await store.report(second, label())
    expect(await statesOf([{ taskId: second }])).toEqual(['packed'])
  })

  test('a packing that waited for a cancellation leaves that order behind', async () => {
    const tasks = byId(await together(2))
    const [first, second] = tasks
    // The cancellation is stopped between withdrawing the task and giving the holds back.
    const gate = await store.begin()
    await sql`select 1 from stock_level where sku_id = ${skuId} for update`.execute(gate)
    const canceller = store.newRival()
    const { result: cancelling } = await canceller.start((db) =>
      decideCancellation(db, cancellation(second?.orderId ?? '')),
    )
    await canceller.untilBlocked()
    const packer = store.newRival()
    const { result: packed } = await packer.start((db) => report(db, packing(first?.taskId ?? '', label())))
    await packer.untilBlocked()
    await gate.rollback().execute()
    expect(await cancelling).toEqual({ refusal: null })
    expect(await packed).not.toHaveProperty('packedWith')
    expect(await statesOf(tasks)).toEqual(['packed', 'withdrawn'])
  })

  test('a cancellation that waited for a packing comes too late for every order in the parcel', async () => {
    const tasks = byId(await together(2))
    const [first, second] = tasks
    const packing = await store.begin()
    await store.reportIn(packing, first?.taskId ?? '', label())
    const canceller = store.newRival()
    const { result } = await canceller.start((db) =>
      decideCancellation(db, cancellation(second?.orderId ?? '')),
    )
    await canceller.untilBlocked()
    await packing.commit().execute()
    expect(await result).toMatchObject({ refusal: { code: 'order-already-shipped' } })
  })

  test('two who pack different tasks of one group at once wait for each other; the second is told of the first', async () => {
    const tasks = byId(await together(2))
    const [first, second] = tasks
    const gate = await store.begin()
    await sql`select 1 from stock_level where sku_id = ${skuId} for update`.execute(gate)
    const rivals = [store.newRival(), store.newRival()]
    const started = await Promise.all([
      rivals[0]?.start((db) => report(db, packing(first?.taskId ?? '', label()))),
      rivals[1]?.start((db) => report(db, packing(second?.taskId ?? '', label()))),
    ])
    await Promise.all(rivals.map((rival) => rival.untilBlocked()))
    await gate.rollback().execute()
    const results = await Promise.allSettled(started.map((each) => each?.result))
    expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(results.find((result) => result.status === 'rejected')).toMatchObject({
      reason: { code: 'pick-task-wrong-state' },
    })
    expect(await parcelsOf(tasks)).toHaveLength(2)
  })

  test('an order that its platform takes out while its task is being opened does not go along', async () => {
    const contact = somebody()
    const first = await opened(contact)
    const order = await paid(contact)
    const gate = await store.begin()
    await sql`lock table delivery in access exclusive mode`.execute(gate)
    const opener = store.newRival()
    const { result: opening } = await opener.start((db) => open(order, { db }))
    await opener.untilBlocked()
    const taker = store.newRival()
    const { result: taking } = await taker.start((db) =>
      db
        .transaction()
        .execute((tx) =>
          separateOrder(tx, { orderId: order.orderId, operator: 'mall', reason: 'the platform forbids' }),
        ),
    )
    await taker.untilBlocked()
    await gate.rollback().execute()
    const [second = ''] = await opening
    await taking
    expect((await taskOf(second)).combined_id).toBeNull()
    await store.report(first.taskId, label())
    expect(await statesOf([first, { taskId: second }])).toEqual(['packed', 'created'])
  })

  test('whatever happens to one receiver’s orders at once, nobody blocks anybody and every unit is accounted for', async () => {
    await policy({ combine: true, maxOrders: 4 })
    const random = newRandom('combined shipping')
    for (let round = 0; round < 3; round += 1) {
      const contact = somebody()
      const orders = await Promise.all(Array.from({ length: 12 }, () => paid(contact, 2)))
      const settled = await Promise.allSettled(
        orders.map(async (order) => {
          const [taskId = ''] = await open(order)
          await tellPdas()
          const acts = [
            () => report(store.db, packing(taskId, label())),
            () => report(store.db, packing(taskId, { type: 'started' })),
            () =>
              report(
                store.db,
                packing(taskId, { type: 'short', lines: [{ lineNumber: 1, quantityMissing: 1 }] }),
              ),
            () => decideCancellation(store.db, cancellation(order.orderId)),
            () =>
              store.inTransaction((tx) =>
                separateTask(tx, { pickTaskId: taskId, operator: 'ops', reason: 'test' }),
              ),
          ]
          for (let count = 0; count < 3; count += 1) {
            await random
              .pick(acts)?.()
              .catch((error: unknown) => {
                const code = error instanceof Error && 'code' in error ? error.code : null
                if (code !== 'pick-task-wrong-state' && code !== 'invalid-request') throw error
              })
          }
        }),
      )
      expect(settled.filter((result) => result.status === 'rejected')).toEqual([])
      const parcels = await parcelsOf(orders)
      const tasks = await Promise.all(orders.map((order) => store.tasks(order.orderId)))
      expect(parcels).toHaveLength(tasks.flat().filter((task) => task.state === 'packed').length)
      await expectSound(store.db)
    }
  })
})

describe('on its way', () => {
  const request = ({ orderId, taskId }: { orderId: string; taskId: string }, waybillNumber: string) => ({
    orderId,
    parcelId: `${taskId}-P1`,
    courier: 'sf',
    waybillNumber,
    known: 'shipped' as const,
    intervalMs: 60_000,
  })
  function followed(track: CourierFollower['track']) {
    let calls = 0
    const follower: CourierFollower = {
      source: 'gateway',
      wantsPhone: false,
      isBatched: false,
      subscribe: null,
      track: (waybill) => {
        calls += 1
        return track(waybill)
      },
    }
    const { trackParcel } = createTrackingActivities({
      db: store.db,
      couriers: () => follower,
      dataKeys: store.keyRing,
    })
    return { trackParcel, calls: () => calls }
  }
  const IN_TRANSIT = {
    eventId: 'e1',
    state: 'in_transit' as const,
    rawState: 'in_transit',
    description: '已揽收',
    occurredAt: '2026-11-11T09:00:00.000Z',
  }

  async function packedTogether(count: number) {
    const tasks = byId(await together(count))
    const body = label()
    await store.report(tasks[0]?.taskId ?? '', body)
    return { tasks, waybillNumber: body.waybillNumber }
  }

  test('the courier is asked once for all orders in a parcel, however many ask at a moment', async () => {
    const { tasks, waybillNumber } = await packedTogether(3)
    const { trackParcel, calls } = followed(async () => [])
    const asked = await Promise.allSettled(tasks.map((task) => trackParcel(request(task, waybillNumber))))
    expect(asked.every((result) => result.status === 'rejected')).toBe(true)
    expect(calls()).toBe(1)
    await Promise.allSettled(tasks.map((task) => trackParcel(request(task, waybillNumber))))
    expect(calls()).toBe(1)
  })

  test('what it says moves all of them, and wakes the orders that did not ask', async () => {
    const { tasks, waybillNumber } = await packedTogether(2)
    const [first, second] = tasks
    const { trackParcel } = followed(async () => [IN_TRANSIT])
    if (!first || !second) throw new Error('two were packed')
    expect(await trackParcel(request(second, waybillNumber))).toMatchObject({ state: 'in_transit' })
    expect((await parcelsOf(tasks)).map((parcel) => parcel.state)).toEqual(['in_transit', 'in_transit'])
    expect(await factsOf(first.orderId, 'parcel.news')).toHaveLength(1)
    expect(await factsOf(second.orderId, 'parcel.news')).toHaveLength(0)
    expect(await trackParcel(request(first, waybillNumber))).toMatchObject({ state: 'in_transit' })
  })

  test('three failed calls are one work item, whoever made them, and the next answer closes it', async () => {
    const { tasks, waybillNumber } = await packedTogether(2)
    const main = `${tasks[0]?.taskId}-P1`
    let isDown = true
    const { trackParcel, calls } = followed(async () => {
      if (isDown) throw new Error('no answer')
      return []
    })
    const due = () =>
      sql`update parcel set next_poll_at = clock_timestamp() where waybill_number = ${waybillNumber}`.execute(
        store.db,
      )
    const items = () =>
      store.db
        .selectFrom('work_item')
        .select(['key', 'state'])
        .where('kind', '=', 'courier_unreachable')
        .where('key', 'like', `%${main}`)
        .execute()
    for (const task of [...tasks, ...tasks]) {
      await trackParcel(request(task, waybillNumber)).catch(() => undefined)
      await due()
    }
    expect(calls()).toBe(4)
    expect(await items()).toEqual([{ key: main, state: 'open' }])
    isDown = false
    const [, second] = tasks
    if (second) await trackParcel(request(second, waybillNumber)).catch(() => undefined)
    expect(await items()).toEqual([{ key: main, state: 'resolved' }])
  })

  test('the customer is told once a parcel, with everything that is in it', async () => {
    const notification = POLICIES.notification.schema.parse({
      templates: [
        {
          event: 'shipped',
          way: 'sms',
          templateId: 'SMS_1',
          parameters: [
            { name: 'order', field: 'orderNumber', maxCharacters: 60 },
            { name: 'units', field: 'unitCount' },
          ],
        },
      ],
    })
    await publishPolicy(store.db, {
      kind: 'notification',
      document: notification,
      author: 'test',
      reason: 'test',
    })
    const { tasks } = await packedTogether(3)
    for (const { orderId, taskId } of tasks.toReversed()) {
      await sql`insert into outbound_event (type, order_key, at, data) values ('order.parcel_packed',
        ${`order/${orderId}`}, now(), ${JSON.stringify({ parcelId: `${taskId}-P1` })})`.execute(store.db)
      await planNotifications(store.db, new Policies(), 100)
    }
    const rows = await store.db
      .selectFrom('notification')
      .select(['parcel_id', 'parameters'])
      .where(
        'order_id',
        'in',
        tasks.map(({ orderId }) => orderId),
      )
      .execute()
    expect(rows).toEqual([
      {
        parcel_id: `${tasks[0]?.taskId}-P1`,
        parameters: [
          { name: 'order', value: `${tasks[0]?.orderId}等3单` },
          { name: 'units', value: '3' },
        ],
      },
    ])
  })
})

describe('orders of platforms', () => {
  const SHOP = { shopId: 'SHOP-PDD', storeId: 'ST-PDD', platform: 'pinduoduo' as const }
  let lastId = 0
  beforeAll(async () => {
    await store.db
      .insertInto('store')
      .values({ id: SHOP.storeId, name: '拼多多店', channel: 'pinduoduo', region: '华东' })
      .execute()
    await store.db
      .insertInto('shop')
      .values({
        id: SHOP.shopId,
        store_id: SHOP.storeId,
        platform: SHOP.platform,
        platform_shop_id: '1',
        app_key: 'app',
        gateway_url: 'http://127.0.0.1:1',
        key_id: 'k',
        sealed: Buffer.from('x'),
        changed_by: 'test',
      })
      .execute()
    await store.db
      .insertInto('sku_mapping')
      .values({
        shop_id: SHOP.shopId,
        platform_sku_id: 'P-1',
        version: 1,
        parts: JSON.stringify([{ skuId, quantity: 1 }]),
        author: 'test',
      })
      .execute()
  })

  const addressId = () => ({ open_address_id: uuid() })
  function orderOf(ciphertext: Record<string, string>, change: Partial<ChannelOrder> = {}): ChannelOrder {
    lastId += 1
    return {
      platformOrderId: `261111-${lastId}`,
      status: 'paid',
      rawStatus: 'order_status=1',
      createdAt: new Date(Date.now() - 60_000).toISOString(),
      modifiedAt: new Date(Date.UTC(2026, 10, 11)).toISOString(),
      paidAt: new Date().toISOString(),
      payUntil: null,
      shipUntil: null,
      buyerId: null,
      paymentId: `PAY-${lastId}`,
      amountCents: 1_000,
      freightCents: 0,
      lines: [
        {
          platformLineId: '1',
          platformSkuId: 'P-1',
          outerSkuId: null,
          title: 'x',
          quantity: 1,
          amountCents: 1_000,
          refund: 'none',
        },
      ],
      // The platform masks the same receiver differently each time.
      receiver: {
        name: `王${'*'.repeat(lastId)}`,
        phone: '*******8000',
        province: '浙江省',
        city: '杭州市',
        district: '西湖区',
        address: '文三路***',
        ciphertext: { receiver_name: `~sealed-${lastId}~`, ...ciphertext },
      },
      buyerRemark: '',
      shippingForbidden: false,
      waybills: [],
      ...change,
    }
  }
  const later = (order: ChannelOrder, change: Partial<ChannelOrder>): ChannelOrder => ({
    ...order,
    modifiedAt: new Date(Date.parse(order.modifiedAt) + 60_000).toISOString(),
    ...change,
  })
  const apply = (order: ChannelOrder) =>
    store.inTransaction((tx) =>
      applyChannelOrder(
        tx,
        { keyRing: store.keyRing, policies: store.policies },
        { shop: SHOP, order, inboxIds: [], traceParent: null },
      ),
    )
  async function task(order: ChannelOrder) {
    const { orderId } = await apply(order)
    if (orderId === null) throw new Error('the order was to be placed')
    const holds = await store.holds(orderId)
    const [taskId = ''] = await store.openTasks(
      orderId,
      holds.map((hold) => ({
        lineNumber: hold.line_number ?? 0,
        skuId: hold.sku_id,
        quantity: hold.quantity,
        warehouseId: hold.warehouse_id,
      })),
    )
    await tellPdas()
    return { orderId, taskId }
  }

  test('are known by the platform’s own id of the receiver, and each is told of the one waybill', async () => {
    const receiver = addressId()
    const orders = [orderOf(receiver), orderOf(receiver), orderOf(addressId())]
    const tasks = []
    for (const order of orders) tasks.push(await task(order))
    const [first, second, other] = await combinedIds(tasks)
    expect(first).not.toBeNull()
    expect(second).toBe(first)
    expect(other).toBeNull()
    const body = label()
    await store.report(tasks[1]?.taskId ?? '', body)
    const told = await store.db
      .selectFrom('delivery')
      .select('payload')
      .where('kind', '=', 'channel_ship')
      .where(
        'order_id',
        'in',
        tasks.map(({ orderId }) => orderId),
      )
      .orderBy('operation_id')
      .execute()
    expect(told.map((delivery) => delivery.payload)).toEqual(
      orders.slice(0, 2).map(({ platformOrderId }) => ({
        shopId: SHOP.shopId,
        platformOrderId,
        courier: 'sf',
        waybillNumber: body.waybillNumber,
        lines: [],
      })),
    )
  })

  const REASONS: [string, (order: ChannelOrder) => Partial<ChannelOrder>][] = [
    ['is examined (风控)', () => ({ shippingForbidden: true })],
    ['has another receiver', ({ receiver }) => ({ receiver: { ...receiver, ciphertext: addressId() } })],
    [
      'is asked for its money back',
      ({ lines }) => ({ lines: lines.map((line) => ({ ...line, refund: 'open' as const })) }),
    ],
    ['is closed', () => ({ status: 'closed' })],
  ]
  test.each(REASONS)('one that %s ships by itself, if at all', async (_, change) => {
    const receiver = addressId()
    const order = orderOf(receiver)
    const tasks = [await task(orderOf(receiver)), await task(order), await task(orderOf(receiver))]
    expect(new Set(await combinedIds(tasks)).size).toBe(1)
    await apply(later(order, change(order)))
    await store.report(tasks[0]?.taskId ?? '', label())
    expect(await statesOf(tasks)).toEqual(['packed', 'created', 'packed'])
  })

  test.each(REASONS.slice(1))('one that %s before its task is opened joins nobody', async (_, change) => {
    const receiver = addressId()
    const first = await task(orderOf(receiver))
    const order = orderOf(receiver)
    await apply(order)
    await apply(later(order, change(order)))
    const placed = await store.db
      .selectFrom('channel_order')
      .select('order_id')
      .where('platform_order_id', '=', order.platformOrderId)
      .executeTakeFirstOrThrow()
    const [taskId = ''] = await store.openTasks(placed.order_id ?? '', [
      { lineNumber: 1, skuId, quantity: 1, warehouseId: 'WH-HZ' },
    ])
    expect(await combinedIds([first, { taskId }])).toEqual([null, null])
    expect((await taskOf(taskId)).recipient).toBeNull()
  })
})

test('a receiver is known by a keyed hash, and only as long as somebody may still join', async () => {
  const contact = somebody()
  const { taskId } = await opened(contact)
  const { recipient } = await taskOf(taskId)
  expect(recipient).toHaveLength(32)
  const text = JSON.stringify(await store.db.selectFrom('pick_task').selectAll().execute())
  expect(text).not.toContain(contact.phone)
  await store.report(taskId, label())
  await until('the hash to be gone', async () => (await taskOf(taskId)).recipient === null)
  await expect(
    sql`update pick_task set recipient = ${recipient} where id = ${taskId}`.execute(store.db),
  ).rejects.toThrow('pick_task_recipient_open')
})
