import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { keepHistory } from '../support/histories.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'

/** Every path of an order's life, on real PostgreSQL and Temporal, with short deadlines. */
let hub: TestHub
beforeAll(async () => {
  hub = await startTestHub()
})
afterAll(async () => {
  expect(await hub.reconcile.checkStock()).toBe(0)
  await hub.close()
})

const operator = 'person:test'
const command = () => ({ requestId: randomUUID(), operator })

async function paidOrder(lines?: Parameters<TestHub['placeOrder']>[0]) {
  const order = await hub.placeOrder(lines)
  const paymentId = randomUUID()
  await hub.pay(order, order.amountCents, paymentId)
  return { order, paymentId, orderId: order.orderId, tasks: await hub.untilTasks(order.orderId) }
}

async function deliveredOrder(lines?: Parameters<TestHub['placeOrder']>[0]) {
  const paid = await paidOrder(lines)
  for (const task of paid.tasks) hub.scans(await hub.pack(task.id), ['in_transit', 'delivered'])
  await hub.untilStatus(paid.orderId, 'delivered')
  return paid
}

const takenEffects = () => hub.simulator.effects()
const refundsOutside = (orderId: string) =>
  takenEffects().refunds.filter((refund) => refund.refundId.startsWith(orderId))

describe('the straight way', () => {
  test('a paid order is picked, packed, shipped, scanned, delivered and completed, in 45 events or fewer', async () => {
    const { orderId, tasks } = await paidOrder()
    const [task] = tasks
    const taskId = task?.id ?? ''
    await hub.report(taskId, { type: 'started' })
    await hub.report(taskId, { type: 'picked' })
    const waybill = await hub.pack(taskId)
    await hub.untilStatus(orderId, 'shipped')
    hub.scans(waybill, ['in_transit'])
    await hub.untilStatus(orderId, 'in_transit')
    hub.scans(waybill, ['in_transit', 'in_transit', 'delivered'])
    await hub.untilClosed(orderId)

    expect(await hub.log(orderId)).toEqual([
      'reserved',
      'paid',
      'shipped',
      'in_transit',
      'delivered',
      'completed',
    ])
    const history = await hub.history(orderId)
    expect(history.events?.length).toBeLessThanOrEqual(45)
    expect(takenEffects().pdaMessages.filter((message) => message.orderId === orderId)).toMatchObject([
      { effects: 1 },
    ])
    expect(await hub.refunds(orderId)).toEqual([])
    await keepHistory(hub, orderId, 'completed')
  })

  test('scans that decide nothing are stored and do not wake the workflow', async () => {
    const { orderId, tasks } = await paidOrder()
    const waybill = await hub.pack(tasks[0]?.id ?? '')
    hub.scans(waybill, ['in_transit'])
    await hub.untilStatus(orderId, 'in_transit')
    // The next question to the courier is under way: what led to it is in the history.
    const eventsBefore = await hub.until('tracking to go on', async () => {
      const { events } = await hub.history(orderId)
      return (
        events?.filter((event) => event.activityTaskScheduledEventAttributes).length === 2 && events.length
      )
    })
    hub.scans(waybill, ['in_transit', 'in_transit', 'in_transit'])
    await hub.until('three scans to be stored', async () => {
      const scans = await hub.db
        .selectFrom('tracking_event')
        .selectAll()
        .where('parcel_id', 'like', `${orderId}%`)
        .execute()
      return scans.length === 3
    })
    expect((await hub.history(orderId)).events?.length).toBe(eventsBefore)
    hub.scans(waybill, ['in_transit', 'delivered'])
    await hub.untilClosed(orderId)
  })
})

describe('money', () => {
  test('an instalment waits for the rest, and the order is paid when it is complete', async () => {
    const order = await hub.placeOrder()
    expect(await hub.pay(order, 1_000)).toMatchObject({ outcome: 'partial' })
    expect(await hub.pay(order, order.amountCents - 1_000)).toMatchObject({ outcome: 'accepted' })
    await hub.untilStatus(order.orderId, 'paid')
    expect(await hub.refunds(order.orderId)).toEqual([])
    const answer = await hub.commands.cancel(order.orderId, {
      ...command(),
      reason: 'x',
      mayCancelPaid: true,
    })
    expect(answer).toEqual({ accepted: true })
    await hub.untilClosed(order.orderId)
    expect((await hub.refunds(order.orderId)).reduce((sum, refund) => sum + refund.amount_cents, 0)).toBe(
      order.amountCents,
    )
    await keepHistory(hub, order.orderId, 'paid-in-instalments-cancelled')
  })

  test('what was paid too much goes back, naming the payment it came with', async () => {
    const order = await hub.placeOrder()
    const paymentId = randomUUID()
    await hub.pay(order, order.amountCents + 300, paymentId)
    await hub.until('the refund', async () =>
      (await hub.refunds(order.orderId)).some((refund) => refund.state === 'done'),
    )
    expect(await hub.refunds(order.orderId)).toMatchObject([
      { payment_id: paymentId, amount_cents: 300, reason: 'overpaid' },
    ])
    expect((await hub.row(order.orderId)).status).toBe('paid')
    await keepHistory(hub, order.orderId, 'overpaid')
  })

  test('paid twice: the second payment goes back whole', async () => {
    const { order, orderId } = await paidOrder()
    const second = randomUUID()
    await hub.pay(order, order.amountCents, second)
    await hub.until('the refund', async () =>
      (await hub.refunds(orderId)).some((refund) => refund.state === 'done'),
    )
    expect(await hub.refunds(orderId)).toMatchObject([
      { payment_id: second, amount_cents: order.amountCents },
    ])
    expect(refundsOutside(orderId)).toMatchObject([{ effects: 1 }])
    await keepHistory(hub, orderId, 'paid-twice')
  })

  test('the same payment reported again changes nothing', async () => {
    const order = await hub.placeOrder()
    const paymentId = randomUUID()
    const first = await hub.pay(order, order.amountCents, paymentId)
    expect(await hub.pay(order, order.amountCents, paymentId)).toEqual(first)
    await hub.untilTasks(order.orderId)
    const payments = await hub.db
      .selectFrom('payment')
      .selectAll()
      .where('order_id', '=', order.orderId)
      .execute()
    expect(payments).toHaveLength(1)
  })

  test('a refund whose answer was lost is asked for again and happens once', async () => {
    const { order, orderId } = await paidOrder()
    hub.simulator.behave({ next: { payment: ['timeout-after-applying', 'down'] } })
    await hub.pay(order)
    await hub.until('the refund', async () =>
      (await hub.refunds(orderId)).some((refund) => refund.state === 'done'),
    )
    const [refund] = refundsOutside(orderId)
    expect(refund?.effects).toBe(1)
    expect(refund?.calls).toBeGreaterThan(1)
  })

  test('a refused refund becomes a work item, and a replay settles it', async () => {
    const { order, orderId } = await paidOrder()
    hub.simulator.behave({ next: { payment: ['refuse'] } })
    await hub.pay(order)
    const item = await hub.until('the work item', async () =>
      (await hub.workItems(orderId)).find((entry) => entry.kind === 'refund_failed'),
    )
    const { replayWorkItem } = await import('../../store/work-items.ts')
    await hub.inTransaction((tx) => replayWorkItem(tx, item.id, operator))
    await hub.until('the refund', async () =>
      (await hub.refunds(orderId)).every((refund) => refund.state === 'done'),
    )
    await hub.until('the item to be resolved', async () => (await hub.workItems(orderId)).length === 0)
    await keepHistory(hub, orderId, 'refund-refused-then-replayed')
  })
})

describe('cancellation', () => {
  test('before payment: the stock is free again at once', async () => {
    const before = await hub.stock('SKU-B', 'WH-HZ')
    const order = await hub.placeOrder([{ skuId: 'SKU-B', quantity: 5 }])
    const answer = await hub.commands.cancel(order.orderId, {
      ...command(),
      reason: 'changed my mind',
      mayCancelPaid: false,
    })
    expect(answer).toEqual({ accepted: true })
    expect((await hub.row(order.orderId)).status).toBe('cancelled')
    expect((await hub.stock('SKU-B', 'WH-HZ')).reserved).toBe(before.reserved)
    await hub.untilClosed(order.orderId)
    await keepHistory(hub, order.orderId, 'cancelled-before-payment')
  })

  test('after payment: task withdrawn, stock released, refund with the payment’s serial number', async () => {
    const { order, orderId, paymentId, tasks } = await paidOrder()
    await hub.report(tasks[0]?.id ?? '', { type: 'started' })
    expect(
      await hub.commands.cancel(orderId, { ...command(), reason: 'too slow', mayCancelPaid: true }),
    ).toEqual({ accepted: true })
    expect((await hub.tasks(orderId)).map((task) => task.state)).toEqual(['withdrawn'])
    await hub.untilClosed(orderId)
    expect(await hub.refunds(orderId)).toMatchObject([
      { payment_id: paymentId, amount_cents: order.amountCents, reason: 'cancelled', state: 'done' },
    ])
    await hub.until('the withdrawal on the PDA', async () =>
      takenEffects().pdaMessages.some(
        (message) => message.orderId === orderId && message.kind === 'pick_task_withdrawn',
      ),
    )
    await keepHistory(hub, orderId, 'cancelled-after-payment')
  })

  test('asked for after packing: refused with the reason, and the parcel goes its way', async () => {
    const { orderId, tasks } = await paidOrder()
    const waybill = await hub.pack(tasks[0]?.id ?? '')
    const answer = await hub.commands.cancel(orderId, { ...command(), reason: 'late', mayCancelPaid: true })
    expect(answer).toMatchObject({ accepted: false, code: 'order-already-shipped' })
    hub.scans(waybill, ['delivered'])
    await hub.untilClosed(orderId)
    expect((await hub.row(orderId)).status).toBe('completed')
    await keepHistory(hub, orderId, 'cancellation-refused')
  })

  test('staff cannot cancel what has been paid, even when the workflow has not heard of the payment yet', async () => {
    const order = await hub.placeOrder()
    await hub.untilStatus(order.orderId, 'reserved')
    await hub.stopRelay()
    await hub.pay(order)
    hub.startRelay()
    const answer = await hub.commands.cancel(order.orderId, {
      ...command(),
      reason: 'x',
      mayCancelPaid: false,
    })
    expect(answer).toMatchObject({ accepted: false, code: 'paid-cancellation-forbidden' })
    await hub.untilTasks(order.orderId)
  })

  test('the same cancellation asked for again gets the first answer', async () => {
    const { orderId } = await paidOrder()
    const same = { ...command(), reason: 'x', mayCancelPaid: true }
    const first = await hub.commands.cancel(orderId, same)
    expect(await hub.commands.cancel(orderId, same)).toEqual(first)
  })
})

describe('returns', () => {
  test('requested, approved, received, inspected, restocked or written off, refunded', async () => {
    const hangzhou = await hub.stock('SKU-A', 'WH-HZ')
    const { orderId, paymentId } = await deliveredOrder([{ skuId: 'SKU-A', quantity: 3 }])
    const returnId = randomUUID()
    const lines = [{ lineNumber: 1, quantity: 3 }]
    expect(
      await hub.commands.requestReturn(orderId, { ...command(), returnId, reason: 'broken', lines }),
    ).toEqual({ accepted: true })
    await hub.untilStatus(orderId, 'returning')
    expect(await hub.commands.receiveReturn(orderId, { ...command(), returnId })).toMatchObject({
      code: 'return-wrong-state',
    })
    await hub.commands.decideReturn(orderId, { ...command(), returnId, decision: 'approve', note: '' })
    await hub.commands.receiveReturn(orderId, { ...command(), returnId })
    await hub.commands.inspectReturn(orderId, {
      ...command(),
      returnId,
      lines: [{ lineNumber: 1, restocked: 2, writtenOff: 1 }],
    })
    await hub.untilClosed(orderId)
    expect((await hub.row(orderId)).status).toBe('returned')
    expect(await hub.refunds(orderId)).toMatchObject([
      { payment_id: paymentId, amount_cents: 3_000, reason: 'returned', state: 'done' },
    ])
    const after = await hub.stock('SKU-A', 'WH-HZ')
    expect(after.shipped).toBe(hangzhou.shipped)
    expect(after.total).toBe(hangzhou.total - 1)
    await keepHistory(hub, orderId, 'returned')
  })

  test('a rejected return leaves the order delivered, and it completes', async () => {
    const { orderId } = await deliveredOrder()
    const returnId = randomUUID()
    await hub.commands.requestReturn(orderId, {
      ...command(),
      returnId,
      reason: 'x',
      lines: [{ lineNumber: 1, quantity: 1 }],
    })
    await hub.commands.decideReturn(orderId, { ...command(), returnId, decision: 'reject', note: 'used' })
    await hub.untilClosed(orderId)
    expect((await hub.row(orderId)).status).toBe('completed')
    expect(await hub.refunds(orderId)).toEqual([])
    await keepHistory(hub, orderId, 'return-rejected')
  })

  test('more than was delivered cannot be returned, and nothing can after the order has closed', async () => {
    const { orderId } = await deliveredOrder()
    const ask = (quantity: number) =>
      hub.commands.requestReturn(orderId, {
        ...command(),
        returnId: randomUUID(),
        reason: 'x',
        lines: [{ lineNumber: 1, quantity }],
      })
    expect(await ask(3)).toMatchObject({ code: 'return-quantity-too-large' })
    await hub.untilClosed(orderId)
    expect(await ask(1)).toMatchObject({ code: 'order-already-closed' })
  })
})

describe('several warehouses and missing goods', () => {
  test('an order over two warehouses, one short-picked: the rest is found elsewhere or refunded', async () => {
    const order = await hub.placeOrder([{ skuId: 'SKU-B', quantity: 120 }])
    expect(order.reservations.map((entry) => [entry.warehouseId, entry.quantity])).toEqual([
      ['WH-HZ', 100],
      ['WH-GZ', 20],
    ])
    await hub.pay(order)
    const [hangzhou, guangzhou] = await hub.untilTasks(order.orderId, 2)
    await hub.report(hangzhou?.id ?? '', { type: 'short', lines: [{ lineNumber: 1, quantityMissing: 90 }] })
    // Guangzhou has 80 left for the 90 that are missing in Hangzhou: 10 units cannot be had.
    const replacement = await hub.until('the replacement task', async () =>
      (await hub.tasks(order.orderId)).find((task) => task.id.endsWith('-S1F1')),
    )
    expect(replacement).toMatchObject({ warehouse_id: 'WH-GZ', lines: [{ quantity: 80 }] })
    for (const task of [hangzhou, guangzhou, replacement])
      hub.scans(await hub.pack(task?.id ?? ''), ['delivered'])
    await hub.untilClosed(order.orderId)
    expect(await hub.log(order.orderId)).toContain('partially_shipped')
    expect(await hub.refunds(order.orderId)).toMatchObject([
      { amount_cents: 10_000, reason: 'short_picked', state: 'done' },
    ])
    expect((await hub.workItems(order.orderId)).map((item) => item.kind)).toEqual(['short_pick'])
    expect(await hub.stock('SKU-B', 'WH-HZ')).toMatchObject({ total: 10, shipped: 10, reserved: 0 })
    await keepHistory(hub, order.orderId, 'split-and-short-picked')
  })

  test('nothing of the order can be found: it is cancelled and refunded, freight included', async () => {
    const { orderId, order, tasks } = await paidOrder([{ skuId: 'SKU-A', quantity: 1 }])
    await hub.db.updateTable('warehouse').set({ active: false }).where('id', '=', 'WH-GZ').execute()
    await hub.report(tasks[0]?.id ?? '', { type: 'short', lines: [{ lineNumber: 1, quantityMissing: 1 }] })
    await hub.untilClosed(orderId)
    await hub.db.updateTable('warehouse').set({ active: true }).where('id', '=', 'WH-GZ').execute()
    expect((await hub.row(orderId)).status).toBe('cancelled')
    expect(await hub.refunds(orderId)).toMatchObject([{ amount_cents: order.amountCents, state: 'done' }])
    await keepHistory(hub, orderId, 'nothing-found')
  })
})

describe('couriers', () => {
  test('unreachable three times: a work item, and tracking goes on until the parcel arrives', async () => {
    const { orderId, tasks } = await paidOrder()
    hub.simulator.behave({ courier: 'down' })
    const waybill = await hub.pack(tasks[0]?.id ?? '')
    await hub.until('the work item', async () =>
      (await hub.workItems(orderId)).some((item) => item.kind === 'courier_unreachable'),
    )
    hub.simulator.behave({ courier: 'ok' })
    hub.scans(waybill, ['in_transit', 'delivered'])
    await hub.untilClosed(orderId)
    expect((await hub.row(orderId)).status).toBe('completed')
    expect(await hub.workItems(orderId)).toEqual([])
    await keepHistory(hub, orderId, 'courier-unreachable')
  })

  test('a parcel that comes back is inspected like a return and refunded', async () => {
    const { orderId, order, tasks } = await paidOrder()
    const waybill = await hub.pack(tasks[0]?.id ?? '')
    hub.scans(waybill, ['in_transit', 'returned'])
    await hub.untilStatus(orderId, 'returning')
    const returnId = `${tasks[0]?.id}-P1-RETURN`
    await hub.commands.receiveReturn(orderId, { ...command(), returnId })
    await hub.commands.inspectReturn(orderId, {
      ...command(),
      returnId,
      lines: [{ lineNumber: 1, restocked: 2, writtenOff: 0 }],
    })
    await hub.untilClosed(orderId)
    expect((await hub.row(orderId)).status).toBe('returned')
    expect((await hub.refunds(orderId))[0]?.amount_cents).toBe(order.amountCents - 500)
    await keepHistory(hub, orderId, 'parcel-returned')
  })

  test('a lost parcel is raised and refunded whole', async () => {
    const { orderId, order, tasks } = await paidOrder()
    hub.scans(await hub.pack(tasks[0]?.id ?? ''), ['in_transit', 'lost'])
    await hub.untilClosed(orderId)
    expect((await hub.row(orderId)).status).toBe('lost')
    expect(await hub.refunds(orderId)).toMatchObject([
      { amount_cents: order.amountCents, reason: 'parcel_lost', state: 'done' },
    ])
    expect((await hub.workItems(orderId)).map((item) => item.kind)).toEqual(['parcel_lost'])
    await keepHistory(hub, orderId, 'parcel-lost')
  })
})

describe('messages that come late', () => {
  test('a payment for a closed order revives nothing and becomes a person’s work', async () => {
    const order = await hub.placeOrder()
    await hub.commands.cancel(order.orderId, { ...command(), reason: 'x', mayCancelPaid: false })
    await hub.untilClosed(order.orderId)
    await hub.pay(order)
    await hub.until('the message to be settled', async () => {
      const messages = await hub.db
        .selectFrom('inbox')
        .selectAll()
        .where('order_key', '=', order.orderId)
        .orderBy('id')
        .execute()
      return messages.map((message) => message.state).join() === 'delivered,late'
    })
    expect((await hub.workItems(order.orderId)).map((item) => item.kind)).toEqual(['late_payment'])
    expect((await hub.row(order.orderId)).status).toBe('cancelled')
  })

  test('a payment after a cancellation, while the order still listens, is refunded', async () => {
    const order = await hub.placeOrder()
    await hub.commands.cancel(order.orderId, { ...command(), reason: 'x', mayCancelPaid: false })
    await hub.pay(order)
    await hub.untilClosed(order.orderId)
    expect((await hub.row(order.orderId)).status).toBe('cancelled')
    expect(await hub.refunds(order.orderId)).toMatchObject([
      { amount_cents: order.amountCents, state: 'done' },
    ])
    await keepHistory(hub, order.orderId, 'paid-after-cancellation')
  })

  test('a payment for an order that nobody knows is kept and raised at once', async () => {
    const paymentId = randomUUID()
    const unknown = { ...(await hub.placeOrder()), orderId: randomUUID() }
    expect(await hub.pay(unknown, 700, paymentId)).toMatchObject({ outcome: 'unmatched' })
    const item = await hub.db
      .selectFrom('work_item')
      .selectAll()
      .where('key', '=', paymentId)
      .executeTakeFirstOrThrow()
    expect(item).toMatchObject({ kind: 'unmatched_payment', state: 'open' })
    await hub.until('the message to be set aside', async () => {
      const message = await hub.db
        .selectFrom('inbox')
        .selectAll()
        .where('order_key', '=', unknown.orderId)
        .executeTakeFirst()
      return message?.state === 'set_aside'
    })
  })
})
