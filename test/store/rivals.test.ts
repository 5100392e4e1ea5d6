import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PlacedOrder } from '../../contracts/orders.ts'
import type { Tx } from '../../store/database.ts'
import { askReservation, decideCancellation, settleShortage } from '../../store/order-steps.ts'
import { checkReservation, confirmHolds } from '../../store/reservation.ts'
import { lockStock } from '../../store/stock-movement.ts'
import { expectSound, openTestStore, type TestStore, until } from './support.ts'

/** Each test stops one side at an exact point by holding a lock, and sees that the other waits before it goes on. */
let store: TestStore

beforeAll(async () => {
  store = await openTestStore()
})
afterAll(async () => {
  await expectSound(store.db)
  await store.close()
})

const one = (skuId: string) => [{ skuId, quantity: 1 }]
const states = async (order: PlacedOrder) => (await store.holds(order.orderId)).map((hold) => hold.state)
const cancel = (order: PlacedOrder, mayCancelPaid = true) => ({
  orderId: order.orderId,
  mayCancelPaid,
  operationId: `${order.orderId}/cancel`,
  operator: 'test',
})

/** Lets the holds end shortly, so that they are alive now and over when the rival comes. */
const endTimeSoon = (order: PlacedOrder) =>
  store.db
    .updateTable('reservation')
    .set({ expires_at: sql`clock_timestamp() + interval '600 milliseconds'` })
    .where('order_id', '=', order.orderId)
    .execute()
const untilTimeIsOver = (order: PlacedOrder) =>
  until('the time of the holds to be over', async () => {
    const { rows } = await sql<{ over: boolean }>`
      select bool_and(expires_at <= clock_timestamp()) as over from reservation where order_id = ${order.orderId}`.execute(
      store.db,
    )
    return rows[0]?.over
  })

describe('confirm against reclaim', () => {
  test('a buyer who confirmed in time keeps the unit, although the rival’s reclaim began before that was committed', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 1 })
    const first = await store.order(one(skuId))
    await endTimeSoon(first)
    const paying = await store.begin()
    expect(await store.payIn(paying, first)).toMatchObject({ outcome: 'accepted' })
    await untilTimeIsOver(first)
    const rival = store.newRival()
    const { result } = await rival.start((db) => store.tryCheckout(one(skuId), { db }))
    await rival.untilBlocked()
    await paying.commit().execute()
    expect(await result).toMatchObject({ ok: false, problem: { code: 'insufficient-stock' } })
    expect(await states(first)).toEqual(['confirmed'])
  })

  test('a confirmation that is rolled back leaves the unit to the rival who waited for it', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 1 })
    const first = await store.order(one(skuId))
    await endTimeSoon(first)
    const paying = await store.begin()
    await store.payIn(paying, first)
    await untilTimeIsOver(first)
    const rival = store.newRival()
    const { result } = await rival.start((db) => store.tryCheckout(one(skuId), { db }))
    await rival.untilBlocked()
    await paying.rollback().execute()
    expect(await result).toMatchObject({ ok: true })
    expect(await states(first)).toEqual(['expired'])
  })

  test('a payment that waited for a reclaim does not confirm what the reclaim took', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 1 })
    const first = await store.order(one(skuId))
    await store.endTimeOf(first.orderId)
    const buying = await store.begin()
    const bought = await store.checkoutIn(buying, one(skuId))
    expect(bought.ok).toBe(true)
    const payer = store.newRival()
    const { result } = await payer.start((db) => db.transaction().execute((tx) => store.payIn(tx, first)))
    await payer.untilBlocked()
    await buying.commit().execute()
    expect(await result).toMatchObject({ outcome: 'late' })
    expect(await states(first)).toEqual(['expired'])
  })

  test('a payment that waited for a reclaim which was rolled back is late all the same: time decides, not the reclaim', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 1 })
    const first = await store.order(one(skuId))
    await store.endTimeOf(first.orderId)
    const buying = await store.begin()
    await store.checkoutIn(buying, one(skuId))
    const payer = store.newRival()
    const { result } = await payer.start((db) => db.transaction().execute((tx) => store.payIn(tx, first)))
    await payer.untilBlocked()
    await buying.rollback().execute()
    expect(await result).toMatchObject({ outcome: 'late' })
  })

  test('a hold whose time ends while its confirmation waits for a lock is not confirmed', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 1 })
    const first = await store.order(one(skuId))
    await endTimeSoon(first)
    const holder = await store.begin()
    await sql`select 1 from reservation where order_id = ${first.orderId} for update`.execute(holder)
    const payer = store.newRival()
    const { result } = await payer.start((db) => db.transaction().execute((tx) => store.payIn(tx, first)))
    await payer.untilBlocked()
    await untilTimeIsOver(first)
    await holder.commit().execute()
    expect(await result).toMatchObject({ outcome: 'late' })
  })

  test('two rivals who reclaim the same hold give its unit to one of them', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 1 })
    const first = await store.order(one(skuId))
    await store.endTimeOf(first.orderId)
    const holder = await store.begin()
    await lockStock(holder, [skuId])
    const rivals = [store.newRival(), store.newRival()]
    const buying = await Promise.all(
      rivals.map((rival) => rival.start((db) => store.tryCheckout(one(skuId), { db }))),
    )
    await Promise.all(rivals.map((rival) => rival.untilBlocked()))
    await holder.commit().execute()
    const results = await Promise.all(buying.map(({ result }) => result))
    expect(results.filter((result) => result.ok)).toHaveLength(1)
  })
})

describe('expiry against confirm', () => {
  test('the timer that asks while a payment is being written waits for it and hears that the goods are confirmed', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 1 })
    const order = await store.order(one(skuId))
    await endTimeSoon(order)
    const paying = await store.begin()
    await store.payIn(paying, order)
    await untilTimeIsOver(order)
    const timer = store.newRival()
    const { result } = await timer.start((db) =>
      askReservation(db, { orderId: order.orderId, paidInFull: false, operationId: uuid() }),
    )
    await timer.untilBlocked()
    await paying.commit().execute()
    expect(await result).toEqual({ answer: 'confirmed', remainingMs: 0 })
    expect(await states(order)).toEqual(['confirmed'])
  })

  test('a payment that comes while the timer lets the holds expire is late', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 1 })
    const order = await store.order(one(skuId))
    await store.endTimeOf(order.orderId)
    const expiring = await store.begin()
    const request = { orderId: order.orderId, paidInFull: false, operationId: uuid() }
    expect(await checkReservation(expiring, request)).toMatchObject({ answer: 'expired' })
    const payer = store.newRival()
    const { result } = await payer.start((db) => db.transaction().execute((tx) => store.payIn(tx, order)))
    await payer.untilBlocked()
    await expiring.commit().execute()
    expect(await result).toMatchObject({ outcome: 'late' })
    expect(await states(order)).toEqual(['expired'])
  })

  test.each([true, false])(
    'the timer (paid in full: %s) and a rival who buys the expired goods do not block each other',
    async (paidInFull) => {
      const skuId = await store.addSku({ 'WH-HZ': 1 })
      const order = await store.order(one(skuId))
      await store.endTimeOf(order.orderId)
      const buying = await store.begin()
      await lockStock(buying, [skuId])
      const timer = store.newRival()
      const { result } = await timer.start((db) =>
        askReservation(db, { orderId: order.orderId, paidInFull, operationId: uuid() }),
      )
      await timer.untilBlocked()
      expect(await store.checkoutIn(buying, one(skuId))).toMatchObject({ ok: true })
      await buying.commit().execute()
      expect(await result).toEqual({ answer: 'expired', remainingMs: 0 })
    },
  )

  test('the timer that asks too early is told how long to wait, and takes nothing away', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 1 })
    const order = await store.order(one(skuId))
    const request = { orderId: order.orderId, paidInFull: false, operationId: uuid() }
    const { answer, remainingMs } = await askReservation(store.db, request)
    expect(answer).toBe('held')
    expect(remainingMs).toBeGreaterThan(0)
    expect(await states(order)).toEqual(['held'])
  })

  test('the timer of an order whose instalments became complete in time confirms its holds', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 1 })
    const order = await store.order(one(skuId))
    const request = { orderId: order.orderId, paidInFull: true, operationId: uuid() }
    expect(await askReservation(store.db, request)).toEqual({ answer: 'confirmed', remainingMs: 0 })
    expect(await states(order)).toEqual(['confirmed'])
  })
})

describe('cancellation against payment', () => {
  test('a payment that waits for a cancellation finds no goods: it is late', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 1 })
    const order = await store.order(one(skuId))
    const holder = await store.begin()
    await lockStock(holder, [skuId])
    const canceller = store.newRival()
    const cancelling = await canceller.start((db) => decideCancellation(db, cancel(order, false)))
    await canceller.untilBlocked()
    const payer = store.newRival()
    const paying = await payer.start((db) => db.transaction().execute((tx) => store.payIn(tx, order)))
    await payer.untilBlocked()
    await holder.commit().execute()
    expect(await cancelling.result).toEqual({ refusal: null })
    expect(await paying.result).toMatchObject({ outcome: 'late' })
    expect(await states(order)).toEqual(['released'])
  })

  test('a cancellation that waits for a payment is refused to staff, and the goods stay confirmed', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 1 })
    const order = await store.order(one(skuId))
    const paying = await store.begin()
    await store.payIn(paying, order)
    const canceller = store.newRival()
    const { result } = await canceller.start((db) => decideCancellation(db, cancel(order, false)))
    await canceller.untilBlocked()
    await paying.commit().execute()
    expect(await result).toMatchObject({ refusal: { code: 'paid-cancellation-forbidden' } })
    expect(await states(order)).toEqual(['confirmed'])
  })
})

describe('office against warehouse', () => {
  const packed = { type: 'packed', courier: 'sim' } as const
  const pack = (tx: Tx, taskId: string) => store.reportIn(tx, taskId, { ...packed, waybillNumber: uuid() })

  test('a cancellation that waits for a parcel being packed is refused, and neither blocks the other for good', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 1 })
    const { order, taskIds } = await store.paidOrder(one(skuId))
    const [taskId = ''] = taskIds
    const holder = await store.begin()
    await lockStock(holder, [skuId])
    const packer = store.newRival()
    const packing = await packer.start((db) => db.transaction().execute((tx) => pack(tx, taskId)))
    await packer.untilBlocked()
    const canceller = store.newRival()
    const cancelling = await canceller.start((db) => decideCancellation(db, cancel(order)))
    await canceller.untilBlocked()
    await holder.commit().execute()
    expect(await packing.result).toMatchObject({ state: 'packed' })
    expect(await cancelling.result).toMatchObject({ refusal: { code: 'order-already-shipped' } })
    expect(await states(order)).toEqual(['consumed'])
    expect(await store.level(skuId, 'WH-HZ')).toMatchObject({ total: 1, shipped: 1, reserved: 0 })
  })

  test('a parcel that waits for a cancellation is not packed: the PDA is told, and nothing has left the books', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 1 })
    const { order, taskIds } = await store.paidOrder(one(skuId))
    const [taskId = ''] = taskIds
    const holder = await store.begin()
    await lockStock(holder, [skuId])
    const canceller = store.newRival()
    const cancelling = await canceller.start((db) => decideCancellation(db, cancel(order)))
    await canceller.untilBlocked()
    const packer = store.newRival()
    const packing = await packer.start((db) => db.transaction().execute((tx) => pack(tx, taskId)))
    await packer.untilBlocked()
    await holder.commit().execute()
    expect(await cancelling.result).toEqual({ refusal: null })
    await expect(packing.result).rejects.toMatchObject({ code: 'pick-task-wrong-state' })
    expect(await store.level(skuId, 'WH-HZ')).toMatchObject({ total: 1, shipped: 0, reserved: 0 })
    expect(await store.tasks(order.orderId)).toMatchObject([{ state: 'withdrawn' }])
  })

  test('one packed parcel of two keeps the order from being cancelled, and the other task stays open', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 1, 'WH-GZ': 1 })
    const { order, taskIds } = await store.paidOrder([{ skuId, quantity: 2 }])
    const [taskId = ''] = taskIds
    await store.inTransaction((tx) => pack(tx, taskId))
    expect(await decideCancellation(store.db, cancel(order))).toMatchObject({
      refusal: { code: 'order-already-shipped' },
    })
    expect((await store.tasks(order.orderId)).map((task) => task.state)).toEqual(['packed', 'created'])
  })

  test('a cancellation that waits for a short pick finds the rest of the task, and gives back exactly that', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 3 })
    const { order, taskIds } = await store.paidOrder([{ skuId, quantity: 3 }])
    const [taskId = ''] = taskIds
    const holder = await store.begin()
    await lockStock(holder, [skuId])
    const picker = store.newRival()
    const picking = await picker.start((db) =>
      db
        .transaction()
        .execute((tx) =>
          store.reportIn(tx, taskId, { type: 'short', lines: [{ lineNumber: 1, quantityMissing: 1 }] }),
        ),
    )
    await picker.untilBlocked()
    const canceller = store.newRival()
    const cancelling = await canceller.start((db) => decideCancellation(db, cancel(order)))
    await canceller.untilBlocked()
    await holder.commit().execute()
    await picking.result
    expect(await cancelling.result).toEqual({ refusal: null })
    expect(await store.level(skuId, 'WH-HZ')).toMatchObject({
      total: 2,
      shipped: 0,
      reserved: 0,
      shortfall: 0,
    })
  })

  test('a short pick that waits for a cancellation is refused and corrects nothing', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 3 })
    const { order, taskIds } = await store.paidOrder([{ skuId, quantity: 3 }])
    const [taskId = ''] = taskIds
    const holder = await store.begin()
    await lockStock(holder, [skuId])
    const canceller = store.newRival()
    const cancelling = await canceller.start((db) => decideCancellation(db, cancel(order)))
    await canceller.untilBlocked()
    const picker = store.newRival()
    const picking = await picker.start((db) =>
      db
        .transaction()
        .execute((tx) =>
          store.reportIn(tx, taskId, { type: 'short', lines: [{ lineNumber: 1, quantityMissing: 1 }] }),
        ),
    )
    await picker.untilBlocked()
    await holder.commit().execute()
    await cancelling.result
    await expect(picking.result).rejects.toMatchObject({ code: 'pick-task-wrong-state' })
    expect(await store.level(skuId, 'WH-HZ')).toMatchObject({ total: 3, reserved: 0 })
  })

  test('goods for a short pick are not reserved for an order that was cancelled meanwhile', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 2, 'WH-GZ': 5 })
    const { order, taskIds } = await store.paidOrder([{ skuId, quantity: 2 }])
    const [taskId = ''] = taskIds
    await store.report(taskId, { type: 'short', lines: [{ lineNumber: 1, quantityMissing: 1 }] })
    const { placed } = await store.firstState(order.orderId)
    const holder = await store.begin()
    await lockStock(holder, [skuId])
    const canceller = store.newRival()
    const cancelling = await canceller.start((db) => decideCancellation(db, cancel(order)))
    await canceller.untilBlocked()
    const seeker = store.newRival()
    const lines = [{ lineNumber: 1, skuId, quantity: 1 }]
    const seeking = await seeker.start((db) =>
      settleShortage(db, { placed, lines, warehouseId: 'WH-HZ', operationId: uuid() }),
    )
    await seeker.untilBlocked()
    await holder.commit().execute()
    expect(await cancelling.result).toEqual({ refusal: null })
    expect(await seeking.result).toEqual({ allocations: [] })
    expect(await store.level(skuId, 'WH-GZ')).toMatchObject({ reserved: 0 })
  })

  test('two packing reports of one task at once ship it once, and the second device is told', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 2 })
    const { taskIds } = await store.paidOrder([{ skuId, quantity: 1 }])
    const [taskId = ''] = taskIds
    const holder = await store.begin()
    await lockStock(holder, [skuId])
    const packers = [store.newRival(), store.newRival()]
    const packing = []
    for (const packer of packers) {
      packing.push(await packer.start((db) => db.transaction().execute((tx) => pack(tx, taskId))))
      await packer.untilBlocked()
    }
    await holder.commit().execute()
    const [first, second] = await Promise.allSettled(packing.map(({ result }) => result))
    expect(first).toMatchObject({ status: 'fulfilled', value: { state: 'packed' } })
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'pick-task-wrong-state' } })
    expect(await store.level(skuId, 'WH-HZ')).toMatchObject({ total: 2, shipped: 1, reserved: 0 })
  })

  test('one packing report sent twice at once has one effect and one answer', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 2 })
    const { taskIds } = await store.paidOrder([{ skuId, quantity: 1 }])
    const [taskId = ''] = taskIds
    const report = { ...packed, waybillNumber: uuid(), eventId: uuid() }
    const answers = await Promise.all([store.report(taskId, report), store.report(taskId, report)])
    expect(answers).toEqual([
      { pickTaskId: taskId, state: 'packed' },
      { pickTaskId: taskId, state: 'packed' },
    ])
    expect(await store.level(skuId, 'WH-HZ')).toMatchObject({ shipped: 1, reserved: 0 })
  })

  test('a waybill that is on another parcel is refused, and the goods have not left', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 2 })
    const waybillNumber = uuid()
    const [first, second] = [await store.paidOrder(one(skuId)), await store.paidOrder(one(skuId))]
    await store.report(first.taskIds[0] ?? '', { ...packed, waybillNumber })
    await expect(store.report(second.taskIds[0] ?? '', { ...packed, waybillNumber })).rejects.toMatchObject({
      code: 'waybill-taken',
    })
    expect(await store.level(skuId, 'WH-HZ')).toMatchObject({ shipped: 1, reserved: 1 })
  })
})

describe('payments', () => {
  test('two payments of half the price at once secure the goods: the second one sees the first', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 2 })
    const order = await store.order([{ skuId, quantity: 2 }])
    const half = { amountCents: order.amountCents / 2 }
    const first = await store.begin()
    expect(await store.payIn(first, order, half)).toMatchObject({ outcome: 'partial' })
    const payer = store.newRival()
    const { result } = await payer.start((db) =>
      db.transaction().execute((tx) => store.payIn(tx, order, half)),
    )
    await payer.untilBlocked()
    await first.commit().execute()
    expect(await result).toMatchObject({ outcome: 'accepted' })
    expect(await states(order)).toEqual(['confirmed'])
  })

  test('half a payment whose other half is rolled back confirms nothing', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 2 })
    const order = await store.order([{ skuId, quantity: 2 }])
    const half = { amountCents: order.amountCents / 2 }
    const first = await store.begin()
    await store.payIn(first, order, half)
    const payer = store.newRival()
    const { result } = await payer.start((db) =>
      db.transaction().execute((tx) => store.payIn(tx, order, half)),
    )
    await payer.untilBlocked()
    await first.rollback().execute()
    expect(await result).toMatchObject({ outcome: 'partial' })
    expect(await states(order)).toEqual(['held'])
  })

  test('one serial number reported many times at once is one payment, one message and one answer', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 1 })
    const order = await store.order(one(skuId))
    const paymentId = uuid()
    const answers = await Promise.all(Array.from({ length: 6 }, () => store.pay(order, { paymentId })))
    expect(new Set(answers.map((answer) => answer.outcome))).toEqual(new Set(['accepted']))
    const messages = await store.db
      .selectFrom('inbox')
      .select('id')
      .where('source_event_id', '=', paymentId)
      .execute()
    expect(messages).toHaveLength(1)
  })

  test('one serial number for two orders at once is recorded for one; the other is refused', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 2 })
    const orders = [await store.order(one(skuId)), await store.order(one(skuId))]
    const paymentId = uuid()
    const results = await Promise.allSettled(orders.map((order) => store.pay(order, { paymentId })))
    expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(results.find((result) => result.status === 'rejected')).toMatchObject({
      reason: { code: 'payment-mismatch' },
    })
  })

  test('a payment for an order that nobody knows is kept, raised and queued', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 1 })
    const known = await store.order(one(skuId))
    const paymentId = uuid()
    const answer = await store.pay({ ...known, orderId: uuid() }, { paymentId })
    expect(answer).toMatchObject({ outcome: 'unmatched' })
    const item = await store.db
      .selectFrom('work_item')
      .select(['kind', 'state'])
      .where('key', '=', paymentId)
      .execute()
    expect(item).toEqual([{ kind: 'unmatched_payment', state: 'open' }])
  })

  test('holds of an order without a whole set of live holds are never confirmed', async () => {
    const skuId = await store.addSku({ 'WH-HZ': 1, 'WH-GZ': 1 })
    const order = await store.order([{ skuId, quantity: 2 }])
    await store.inTransaction(async (tx) => {
      await tx
        .updateTable('reservation')
        .set({ state: 'released' })
        .where('order_id', '=', order.orderId)
        .where('warehouse_id', '=', 'WH-GZ')
        .execute()
      expect(await confirmHolds(tx, order.orderId)).toBe(false)
      await tx
        .updateTable('reservation')
        .set({ state: 'held' })
        .where('order_id', '=', order.orderId)
        .execute()
    })
    expect(await states(order)).toEqual(['held', 'held'])
  })
})
