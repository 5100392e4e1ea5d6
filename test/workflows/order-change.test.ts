import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Change, ChangeHoldAnswer } from '../../domain/change.ts'
import { previewChange } from '../../domain/change-preview.ts'
import { readOrderState } from '../../store/change-preview.ts'
import { keepHistory } from '../support/histories.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'

/** An authorised change from its hold to its end, on real PostgreSQL and Temporal. */
let hub: TestHub
beforeAll(async () => {
  hub = await startTestHub()
})
afterAll(async () => {
  expect(await hub.reconcile.checkStock()).toBe(0)
  await hub.close()
})

const operator = 'person:clerk'
const soon = (ms = 60_000) => new Date(Date.now() + ms).toISOString()

/** One change of one order, message by message. */
function changeOf(orderId: string, change: Change, changeId: string = randomUUID()) {
  const said = () => ({ requestId: randomUUID(), operator, changeId })
  let differenceCents = 0
  return {
    changeId,
    /** Asks for the hold of the order as it is now; again where it moved on between the look and the question. */
    acquire: async (until = soon()): Promise<ChangeHoldAnswer> => {
      const order = await readOrderState(hub.db, orderId)
      const preview = order && previewChange(order, change)
      if (preview?.ok) differenceCents = preview.effect.differenceCents
      for (;;) {
        const { version: orderVersion } = await hub.row(orderId)
        const command = { ...said(), requestVersion: 1, orderVersion, change, until }
        const answer = await hub.changes.acquireHold(orderId, command)
        if (answer.granted || answer.reason !== 'order-changed') return answer
      }
    },
    prepare: (until = soon()) => hub.changes.prepare(orderId, { ...said(), until }),
    commit: (approved = differenceCents) =>
      hub.changes.commit(orderId, {
        ...said(),
        changeNumber: `CR-${changeId.slice(0, 8)}`,
        approvers: ['li'],
        differenceCents: approved,
      }),
    release: () => hub.changes.release(orderId, said()),
    said,
  }
}

async function applied(orderId: string, change: Change) {
  const asked = changeOf(orderId, change)
  expect(await asked.acquire()).toMatchObject({ granted: true })
  expect(await asked.prepare()).toMatchObject({ prepared: true })
  const answer = await asked.commit()
  expect(answer).toMatchObject({ applied: true })
  return { ...asked, answer }
}

async function paidOrder(lines?: Parameters<TestHub['placeOrder']>[0]) {
  const order = await hub.placeOrder(lines)
  const paymentId = randomUUID()
  await hub.pay(order, order.amountCents, paymentId)
  return { order, paymentId, orderId: order.orderId, tasks: await hub.untilTasks(order.orderId) }
}

const price = (unitPriceCents: number): Change => ({
  type: 'price',
  lines: [{ lineNumber: 1, unitPriceCents }],
})
const quantity = (units: number): Change => ({
  type: 'quantity',
  lines: [{ lineNumber: 1, quantity: units }],
})
const held = async (orderId: string) => {
  const { rows } = await sql<{ line: number; sku: string; units: number }>`
    select line_number as line, sku_id as sku, sum(quantity)::int as units from reservation
    where order_id = ${orderId} and state in ('held', 'confirmed') group by 1, 2 order by 1, 2`.execute(
    hub.db,
  )
  return rows.map(({ line, sku, units }) => [line, sku, units])
}
const openTasks = async (orderId: string) =>
  (await hub.tasks(orderId)).filter((task) => ['created', 'started', 'picked'].includes(task.state))
const marked = (orderId: string) =>
  hub.db
    .selectFrom('operation_log')
    .select([
      'field',
      'old_value as oldValue',
      'new_value as newValue',
      'subject_id as subject',
      'request_id as by',
    ])
    .where('order_id', '=', orderId)
    .where('source', '=', 'authorised_change')
    .orderBy('id')
    .execute()

async function finish(orderId: string) {
  for (const task of await openTasks(orderId)) hub.scans(await hub.pack(task.id), ['in_transit', 'delivered'])
  await hub.untilClosed(orderId)
}

describe('money', () => {
  test('a lower price goes back to its payment once, the warehouse stands still until it is decided, and the log names the change', async () => {
    const { orderId, paymentId, tasks } = await paidOrder()
    const asked = changeOf(orderId, price(900))
    expect(await asked.acquire()).toMatchObject({ granted: true })
    await expect(hub.pack(tasks[0]?.id ?? '')).rejects.toMatchObject({ code: 'pick-task-on-hold' })
    expect(await asked.prepare()).toMatchObject({ prepared: true, gained: [] })
    const answer = await asked.commit()
    expect(answer).toMatchObject({
      applied: true,
      refunds: [{ paymentId, amountCents: 200 }],
      supplementCents: 0,
    })
    // Said again, it is so already.
    expect(await asked.commit()).toMatchObject({ applied: true, refunds: [{ paymentId, amountCents: 200 }] })
    expect(await asked.release()).toEqual({ released: true, applied: true })

    expect(await hub.row(orderId)).toMatchObject({ amount_cents: 2_300, refunded_cents: 200, status: 'paid' })
    const number = `CR-${asked.changeId.slice(0, 8)}`
    expect(await marked(orderId)).toMatchObject([
      {
        field: 'order_line',
        oldValue: 'line 1: SKU-A ×2 at 1000',
        newValue: 'line 1: SKU-A ×2 at 900',
        subject: number,
        by: asked.changeId,
      },
      { field: 'change', oldValue: '2500', newValue: '2300 price, approved by li', subject: number },
    ])
    await finish(orderId)
    expect(await hub.refunds(orderId)).toMatchObject([
      { payment_id: paymentId, amount_cents: 200, state: 'done' },
    ])
    await keepHistory(hub, orderId, 'change-price-lowered')
  })

  test('more units are reserved by the difference, and packed only once the supplement is paid', async () => {
    const { order, orderId } = await paidOrder()
    const { answer } = await applied(orderId, quantity(5))
    expect(answer).toMatchObject({ supplementCents: 3_000, refunds: [] })
    expect(await held(orderId)).toEqual([[1, 'SKU-A', 5]])
    expect(await hub.row(orderId)).toMatchObject({ amount_cents: 5_500, supplement_cents: 3_000 })
    expect(await openTasks(orderId)).toEqual([])
    expect(await hub.pay(order, 1_000)).toMatchObject({ outcome: 'partial' })
    await hub.until(
      'a part of the supplement',
      async () => (await hub.row(orderId)).supplement_cents === 2_000,
    )
    expect(await hub.pay(order, 2_000)).toMatchObject({ outcome: 'accepted' })
    const [task, ...others] = await hub.until('the new task', async () => {
      const open = await openTasks(orderId)
      return open.length > 0 && open
    })
    expect(others).toEqual([])
    expect(task?.lines).toEqual([{ lineNumber: 1, skuId: 'SKU-A', quantity: 5 }])
    await finish(orderId)
    expect(await hub.row(orderId)).toMatchObject({
      status: 'completed',
      paid_cents: 5_500,
      refunded_cents: 0,
    })
    await keepHistory(hub, orderId, 'change-quantity-raised')
  })

  test('money is given back for goods that stay sold, and goods are sent once more, after the parcel has left', async () => {
    const { orderId, paymentId, tasks } = await paidOrder()
    const waybill = await hub.pack(tasks[0]?.id ?? '')
    hub.scans(waybill, ['in_transit'])
    await hub.untilStatus(orderId, 'in_transit')
    const refund: Change = { type: 'refund', paymentId, amountCents: 700 }
    expect((await applied(orderId, refund)).answer).toMatchObject({
      refunds: [{ paymentId, amountCents: 700 }],
    })
    expect(await changeOf(orderId, { ...refund, amountCents: 1_900 }).acquire()).toMatchObject({
      granted: false,
      reason: 'refund-above-paid',
    })
    await applied(orderId, { type: 'reship', lines: [{ lineNumber: 1, quantity: 1 }] })
    await hub.untilStatus(orderId, 'partially_shipped')
    expect(await held(orderId)).toEqual([[2, 'SKU-A', 1]])
    hub.scans(waybill, ['in_transit', 'delivered'])
    await finish(orderId)
    expect(await hub.row(orderId)).toMatchObject({
      amount_cents: 2_500,
      paid_cents: 2_500,
      refunded_cents: 700,
    })
    await keepHistory(hub, orderId, 'change-refund-and-reship')
  })

  test('a cancellation that was approved takes back goods and money, and says so again when the order is closed', async () => {
    const { orderId, paymentId } = await paidOrder()
    const { answer, ...asked } = await applied(orderId, { type: 'cancel' })
    expect(answer).toMatchObject({ refunds: [{ paymentId, amountCents: 2_500 }], supplementCents: 0 })
    expect(await held(orderId)).toEqual([])
    await hub.untilClosed(orderId)
    expect(await hub.row(orderId)).toMatchObject({ status: 'cancelled', refunded_cents: 2_500 })
    expect(await asked.prepare()).toMatchObject({ prepared: true, gained: [] })
    const { orderVersion: _, ...first } = { orderVersion: 0, ...answer }
    expect(await asked.commit()).toMatchObject(first)
    expect(await asked.release()).toEqual({ released: true, applied: true })
    const other = changeOf(orderId, price(900))
    expect(await other.commit()).toMatchObject({ applied: false, reason: 'order-closed' })
    expect(await other.release()).toEqual({ released: true, applied: false })
    await keepHistory(hub, orderId, 'change-cancelled')
  })
})

describe('goods', () => {
  test('an unpaid order gets another article and a gift; the payment of the new amount closes it', async () => {
    const order = await hub.placeOrder()
    const { orderId } = order
    await applied(orderId, {
      type: 'item',
      lines: [{ lineNumber: 1, skuId: 'SKU-B', quantity: 1, unitPriceCents: 1_200 }],
    })
    await applied(orderId, { type: 'gift', lines: [{ skuId: 'SKU-A', quantity: 1 }] })
    expect(await held(orderId)).toEqual([
      [1, 'SKU-B', 1],
      [2, 'SKU-A', 1],
    ])
    expect(await hub.pay(order, 1_700)).toMatchObject({ outcome: 'accepted' })
    await hub.untilTasks(orderId)
    await finish(orderId)
    expect(await hub.row(orderId)).toMatchObject({
      status: 'completed',
      paid_cents: 1_700,
      refunded_cents: 0,
    })
    await keepHistory(hub, orderId, 'change-before-payment')
  })

  test('what was prepared goes back exactly, and the warehouse goes on with the task it had', async () => {
    const { orderId, tasks } = await paidOrder()
    await hub.report(tasks[0]?.id ?? '', { type: 'started' })
    const asked = changeOf(orderId, quantity(4))
    await asked.acquire()
    expect(await asked.prepare()).toMatchObject({ gained: [{ lineNumber: 1, skuId: 'SKU-A', quantity: 2 }] })
    expect(await held(orderId)).toEqual([[1, 'SKU-A', 4]])
    expect(await asked.release()).toEqual({ released: true, applied: false })
    expect(await asked.commit()).toMatchObject({ applied: false, reason: 'not-held' })
    expect(await held(orderId)).toEqual([[1, 'SKU-A', 2]])
    expect(await openTasks(orderId)).toMatchObject([{ id: tasks[0]?.id, state: 'started', change_id: null }])
    await finish(orderId)
    await keepHistory(hub, orderId, 'change-released')
  })

  test('units that are not there refuse the change, and everything stays as it was', async () => {
    const { orderId } = await paidOrder()
    const asked = changeOf(orderId, quantity(50_000))
    await asked.acquire()
    expect(await asked.prepare()).toMatchObject({
      prepared: false,
      reason: 'not-enough-stock',
      shortages: [{ skuId: 'SKU-A', requested: 49_998 }],
    })
    expect(await asked.commit()).toMatchObject({ applied: false, reason: 'not-prepared' })
    await asked.release()
    expect(await held(orderId)).toEqual([[1, 'SKU-A', 2]])
    await finish(orderId)
    await keepHistory(hub, orderId, 'change-without-stock')
  })
})

test('another amount than was approved refuses the change; the one that was approved is still made', async () => {
  const { orderId } = await paidOrder()
  const before = await hub.row(orderId)
  const asked = changeOf(orderId, quantity(3))
  await asked.acquire()
  await asked.prepare()
  expect(await asked.commit(1)).toMatchObject({ applied: false, reason: 'order-changed' })
  expect(await hub.row(orderId)).toMatchObject({ amount_cents: before.amount_cents })
  expect(await asked.commit()).toMatchObject({ applied: true })
})

describe('rivals', () => {
  test('a hold whose time is over ends by itself, gives back what was prepared, and a late commit changes nothing', async () => {
    const { orderId } = await paidOrder()
    const asked = changeOf(orderId, quantity(3))
    await asked.acquire(soon(1_500))
    await asked.prepare(soon(1_500))
    await hub.until('the hold to end', async () => (await openTasks(orderId))[0]?.change_id === null)
    expect(await held(orderId)).toEqual([[1, 'SKU-A', 2]])
    expect(await asked.commit()).toMatchObject({ applied: false, reason: 'not-held' })
    expect(await hub.row(orderId)).toMatchObject({ amount_cents: 2_500 })
    await finish(orderId)
    await keepHistory(hub, orderId, 'change-hold-over')
  })

  test('a warehouse that has packed was faster, although the order has not heard of it', async () => {
    const { orderId, tasks } = await paidOrder([
      { skuId: 'SKU-A', quantity: 1 },
      { skuId: 'SKU-B', quantity: 1 },
    ])
    await hub.stopRelay()
    const waybill = await hub.pack(tasks[0]?.id ?? '')
    expect(await changeOf(orderId, price(900)).acquire()).toMatchObject({
      granted: false,
      reason: 'already-packed',
    })
    hub.startRelay()
    hub.scans(waybill, ['in_transit', 'delivered'])
    await hub.untilClosed(orderId)
    await keepHistory(hub, orderId, 'change-too-late')
  })

  test('one change at a time, and only of the version that was looked at', async () => {
    const { orderId } = await paidOrder()
    const first = changeOf(orderId, price(900))
    const { version } = await hub.row(orderId)
    await first.acquire()
    expect(await changeOf(orderId, price(800)).acquire()).toMatchObject({
      granted: false,
      reason: 'held-by-another-change',
    })
    await first.release()
    const stale = await hub.changes.acquireHold(orderId, {
      ...changeOf(orderId, price(800)).said(),
      requestVersion: 1,
      orderVersion: version,
      change: price(800),
      until: soon(),
    })
    expect(stale).toMatchObject({ granted: false, reason: 'order-changed' })
    await finish(orderId)
  })

  test('a cancellation beats the hold, and takes back what was prepared with the rest', async () => {
    const { orderId } = await paidOrder()
    const asked = changeOf(orderId, quantity(3))
    await asked.acquire()
    await asked.prepare()
    const cancel = { requestId: randomUUID(), operator: 'system:mall', reason: 'buyer', mayCancelPaid: true }
    expect(await hub.commands.cancel(orderId, cancel)).toEqual({ accepted: true })
    expect(await asked.prepare()).toMatchObject({ prepared: false, reason: 'order-closed' })
    expect(await asked.commit()).toMatchObject({ applied: false, reason: 'order-closed' })
    expect(await held(orderId)).toEqual([])
    await hub.untilClosed(orderId)
    expect(await hub.row(orderId)).toMatchObject({
      status: 'cancelled',
      amount_cents: 2_500,
      refunded_cents: 2_500,
    })
    await keepHistory(hub, orderId, 'change-beaten-by-cancellation')
  })
})
