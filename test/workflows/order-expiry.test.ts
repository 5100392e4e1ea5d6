import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { reserve } from '../../store/reservation.ts'
import { keepHistory } from '../support/histories.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'

/** What happens when time runs out, with reservations of a second and a half. */
const TTL_SECONDS = 1.5
let hub: TestHub
beforeAll(async () => {
  hub = await startTestHub({ holdTtlSeconds: TTL_SECONDS, life: { latePaymentWindowSeconds: 2 } })
})
afterAll(async () => {
  expect(await hub.reconcile.checkStock()).toBe(0)
  await hub.close()
})

const passed = (order: { reservationExpiresAt: string }, moreMs = 0) =>
  hub.until(
    'the reservation’s time to pass',
    async () => Date.now() > Date.parse(order.reservationExpiresAt) + moreMs,
  )

test('never paid: the order expires, its stock is free, and it closes', async () => {
  const order = await hub.placeOrder([{ skuId: 'SKU-A', quantity: 7 }])
  await hub.untilStatus(order.orderId, 'expired')
  const holds = await hub.db
    .selectFrom('reservation')
    .selectAll()
    .where('order_id', '=', order.orderId)
    .execute()
  expect(holds.map((hold) => hold.state)).toEqual(['expired'])
  const ledger = await hub.db
    .selectFrom('stock_ledger')
    .select(['kind', 'recorded_at'])
    .where('order_id', '=', order.orderId)
    .where('kind', '=', 'expire')
    .executeTakeFirstOrThrow()
  expect(ledger.recorded_at.getTime()).toBeGreaterThanOrEqual(Date.parse(order.reservationExpiresAt))
  await hub.untilClosed(order.orderId)
  expect(await hub.log(order.orderId)).toEqual(['reserved', 'expired'])
  await keepHistory(hub, order.orderId, 'expired')
})

test('expired goods can be sold to the next customer although no worker ran', async () => {
  await hub.stopWorker()
  const order = await hub.placeOrder([{ skuId: 'SKU-B', quantity: 200 }])
  await expect(hub.placeOrder([{ skuId: 'SKU-B', quantity: 1 }])).rejects.toMatchObject({
    code: 'insufficient-stock',
  })
  await passed(order)
  const rival = await hub.placeOrder([{ skuId: 'SKU-B', quantity: 200 }])
  expect(rival.reservations).toHaveLength(2)
  await hub.startWorker()
  await hub.untilStatus(order.orderId, 'expired')
  await hub.untilClosed(rival.orderId)
})

test('paid a moment before expiry: the customer keeps the goods though the relay sleeps and a rival buys right after', async () => {
  const order = await hub.placeOrder([{ skuId: 'SKU-B', quantity: 200 }])
  await hub.untilStatus(order.orderId, 'reserved')
  await hub.stopRelay()
  expect(await hub.pay(order)).toMatchObject({ outcome: 'accepted' })
  await passed(order, 1_000)
  await expect(hub.placeOrder([{ skuId: 'SKU-B', quantity: 1 }])).rejects.toMatchObject({
    code: 'insufficient-stock',
  })
  hub.startRelay()
  await hub.untilStatus(order.orderId, 'paid')
  expect(await hub.log(order.orderId)).toEqual(['reserved', 'paid'])
  await hub.commands.cancel(order.orderId, {
    requestId: randomUUID(),
    operator: 't',
    reason: 'x',
    mayCancelPaid: true,
  })
  await keepHistory(hub, order.orderId, 'paid-in-time-heard-late')
})

test('a hold whose time is over can never be confirmed, reclaimed or not', async () => {
  const order = await hub.placeOrder()
  await hub.stopWorker()
  await passed(order)
  expect(await hub.pay(order)).toMatchObject({ outcome: 'late' })
  await hub.startWorker()
  await hub.untilTasks(order.orderId)
})

test('paid after expiry and the goods are still there: reserved again and sent', async () => {
  const order = await hub.placeOrder()
  await hub.untilStatus(order.orderId, 'expired')
  expect(await hub.pay(order)).toMatchObject({ outcome: 'late' })
  await hub.untilTasks(order.orderId)
  expect(await hub.log(order.orderId)).toEqual(['reserved', 'expired', 'paid'])
  const holds = await hub.db
    .selectFrom('reservation')
    .selectAll()
    .where('order_id', '=', order.orderId)
    .execute()
  expect(holds.map((hold) => hold.state).sort()).toEqual(['confirmed', 'expired'])
  await hub.commands.cancel(order.orderId, {
    requestId: randomUUID(),
    operator: 't',
    reason: 'x',
    mayCancelPaid: true,
  })
  await hub.untilClosed(order.orderId)
  await keepHistory(hub, order.orderId, 'paid-after-expiry-reserved-again')
})

test('paid after expiry and the goods are gone: refunded with the payment’s serial number', async () => {
  const order = await hub.placeOrder([{ skuId: 'SKU-A', quantity: 150 }])
  await hub.untilStatus(order.orderId, 'expired')
  const rival = randomUUID()
  await hub.inTransaction(async (tx) => {
    // A rival's order row is not needed for the stock to be gone: a promotion may hold units too.
    await tx
      .updateTable('stock_level')
      .set({ total: 0 })
      .where('sku_id', '=', 'SKU-A')
      .where('reserved', '=', 0)
      .where('shipped', '=', 0)
      .execute()
    return rival
  })
  const paymentId = randomUUID()
  await hub.pay(order, order.amountCents, paymentId)
  await hub.untilClosed(order.orderId)
  expect((await hub.row(order.orderId)).status).toBe('expired')
  expect(await hub.refunds(order.orderId)).toMatchObject([
    { payment_id: paymentId, amount_cents: order.amountCents, state: 'done' },
  ])
  await hub.db
    .updateTable('stock_level')
    .set({ total: 100 })
    .where('sku_id', '=', 'SKU-A')
    .where('total', '=', 0)
    .execute()
  await keepHistory(hub, order.orderId, 'paid-after-expiry-refunded')
})

test('an instalment of an order that expires goes back', async () => {
  const order = await hub.placeOrder()
  await hub.pay(order, 700)
  await hub.untilClosed(order.orderId)
  expect(await hub.refunds(order.orderId)).toMatchObject([{ amount_cents: 700, state: 'done' }])
  await keepHistory(hub, order.orderId, 'instalment-expired')
})

test('a payment that waits for a rival’s reclaim sees the reclaim: both never win', async () => {
  const order = await hub.placeOrder([{ skuId: 'SKU-B', quantity: 1 }])
  await hub.stopWorker()
  await passed(order)
  // The rival holds its locks and has reclaimed, but not committed, when the payment comes in.
  let payment: Promise<unknown> = Promise.resolve()
  await hub.inTransaction(async (tx) => {
    const result = await reserve(tx, {
      orderId: (await hub.placeOrder([{ skuId: 'SKU-A', quantity: 1 }])).orderId,
      channel: 'mall',
      divisionCode: '330106',
      demand: [{ lineNumber: 9, skuId: 'SKU-B', quantity: 200 }],
      expiresAt: new Date(Date.now() + 60_000),
      operationId: 'rival',
      confirmed: false,
      operator: 'rival',
    })
    expect(result.ok).toBe(true)
    payment = hub.pay(order)
  })
  await expect(payment).resolves.toMatchObject({ outcome: 'late' })
  await hub.startWorker()
  await hub.untilClosed(order.orderId)
})
