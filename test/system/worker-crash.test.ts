import { randomUUID } from 'node:crypto'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checksOf, releaseOrder } from '../../store/abnormal-orders.ts'
import { SYSTEM_ORIGIN } from '../../store/audit.ts'
import { after, before, type CrashPoint } from '../support/crash-points.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'
import { startCrashingWorkers } from '../support/worker-crashes.ts'

/**
 * The worker dies by SIGKILL at every point where an order waits for something, once in one order each, while the
 * others are on their way. Nothing may be lost and nothing outside may happen twice.
 */
let hub: TestHub
let workers: ReturnType<typeof startCrashingWorkers>

beforeAll(async () => {
  hub = await startTestHub({
    withoutWorker: true,
    // A parcel whose worker dies is asked for again 15 s later, and every crash may hit it.
    patienceMs: 300_000,
    holdTtlSeconds: 120,
    life: { latePaymentWindowSeconds: 2, afterSalesWindowSeconds: 2 },
  })
  workers = startCrashingWorkers(hub)
})

afterAll(async () => {
  workers.stop()
  await hub.close()
})

/** Places an order whose point is known before anybody works on it. */
function placeOrder(point: CrashPoint, lines = [{ skuId: 'SKU-A', quantity: 2 }], address?: string) {
  const orderId = uuid()
  workers.plan(orderId, point)
  // Everybody buys the same two articles at once: who waits too long for their rows is told to ask again, and does.
  return answered(() => hub.placeOrder(lines, orderId, address))
}

/** From an overpaid checkout to the end: commits, a refund, and a parcel that is followed. */
async function liveOverpaid(point: CrashPoint): Promise<string> {
  const order = await placeOrder(point)
  await hub.pay(order, order.amountCents + 100)
  const [task] = await hub.untilTasks(order.orderId)
  const waybill = await hub.pack(task?.id ?? '')
  hub.scans(waybill, ['in_transit'])
  await hub.untilStatus(order.orderId, 'in_transit')
  hub.scans(waybill, ['in_transit', 'delivered'])
  await hub.untilClosed(order.orderId)
  expect(await hub.log(order.orderId)).toEqual([
    'reserved',
    'paid',
    'shipped',
    'in_transit',
    'delivered',
    'completed',
  ])
  expect(await hub.refunds(order.orderId)).toMatchObject([{ amount_cents: 100, state: 'done' }])
  return order.orderId
}

async function liveCancelled(point: CrashPoint): Promise<string> {
  const order = await placeOrder(point)
  await hub.pay(order)
  await hub.untilTasks(order.orderId)
  const command = { requestId: randomUUID(), operator: 'system:mall', reason: 'x', mayCancelPaid: true }
  expect(await answered(() => hub.commands.cancel(order.orderId, command))).toEqual({ accepted: true })
  await hub.untilClosed(order.orderId)
  expect(await hub.refunds(order.orderId)).toMatchObject([{ amount_cents: order.amountCents, state: 'done' }])
  return order.orderId
}

async function liveShort(point: CrashPoint): Promise<string> {
  const order = await placeOrder(point, [{ skuId: 'SKU-B', quantity: 3 }])
  await hub.pay(order)
  const [task] = await hub.untilTasks(order.orderId)
  await hub.report(task?.id ?? '', { type: 'short', lines: [{ lineNumber: 1, quantityMissing: 3 }] })
  const replacement = await hub.until('the replacement', async () =>
    (await hub.tasks(order.orderId)).find((entry) => entry.state === 'created'),
  )
  hub.scans(await hub.pack(replacement.id), ['delivered'])
  await hub.untilClosed(order.orderId)
  expect((await hub.row(order.orderId)).status).toBe('completed')
  return order.orderId
}

/** The holds are over before the money comes: the database is asked, and the goods are reserved again. */
async function liveLatePaid(point: CrashPoint): Promise<string> {
  const order = await placeOrder(point)
  await hub.db
    .updateTable('reservation')
    .set({ expires_at: new Date(Date.now() - 1_000) })
    .where('order_id', '=', order.orderId)
    .execute()
  expect(await hub.pay(order)).toMatchObject({ outcome: 'late' })
  const [task] = await hub.untilTasks(order.orderId)
  hub.scans(await hub.pack(task?.id ?? ''), ['delivered'])
  await hub.untilClosed(order.orderId)
  expect(await hub.log(order.orderId)).toEqual([
    'reserved',
    'expired',
    'paid',
    'shipped',
    'delivered',
    'completed',
  ])
  return order.orderId
}

/** Held by the rules about abnormal orders, and let go by a person: found once, let go once, picked once. */
async function liveHeld(point: CrashPoint): Promise<string> {
  const { orderId, ...order } = await placeOrder(point, undefined, '家里')
  await hub.pay({ orderId, ...order })
  await hub.until(`${orderId} to be held`, async () => (await hub.workItems(orderId)).length > 0)
  expect(await hub.tasks(orderId)).toEqual([])
  const by = { operator: 'lead', role: 'team_lead' as const, origin: SYSTEM_ORIGIN, traceParent: null }
  await hub.inTransaction((tx) => releaseOrder(tx, orderId, { checkNumber: 1, reason: 'asked' }, by))
  const tasks = await hub.untilTasks(orderId)
  hub.scans(await hub.pack(tasks[0]?.id ?? ''), ['delivered'])
  await hub.untilClosed(orderId)
  const items = hub.db
    .selectFrom('work_item')
    .select(['state', 'occurrences'])
    .where('order_id', '=', orderId)
  expect(await items.where('kind', '=', 'abnormal_order').execute()).toEqual([
    { state: 'resolved', occurrences: 1 },
  ])
  expect(await checksOf(hub.db, orderId)).toMatchObject([{ number: 1, state: 'released' }])
  expect(tasks).toHaveLength(1)
  return orderId
}

/** A caller whose worker dies repeats the request under the same id, as the API tells it to. */
async function answered<Result>(ask: () => Promise<Result>): Promise<Result> {
  return hub.until('an answer', () => ask().catch(() => null))
}

test('a worker killed at every point of every life loses no order and repeats no effect', async () => {
  const lives = [
    ...[1, 2, 3, 4, 5, 6].map((call) => liveOverpaid(after('commitOrder', call))),
    liveOverpaid(before('refundPayment')),
    liveOverpaid(after('refundPayment')),
    liveOverpaid(before('trackParcel')),
    liveOverpaid(after('trackParcel')),
    liveOverpaid(after('trackParcel', 2)),
    liveCancelled(before('decideCancellation')),
    liveCancelled(after('decideCancellation')),
    liveShort(after('settleShortage')),
    liveLatePaid(after('askReservation')),
    liveLatePaid(after('reserveAgain')),
  ]
  const orderIds = await Promise.all(lives)
  expect(workers.unreached()).toEqual([])
  // Some points are reached at the same moment: one death for several.
  expect(workers.crashes()).toBeGreaterThanOrEqual(3)

  const { refunds, pdaMessages, conflicts } = hub.simulator.effects()
  expect(conflicts).toBe(0)
  expect([...refunds, ...pdaMessages].filter((effect) => effect.effects !== 1)).toEqual([])
  expect(pdaMessages.length).toBeGreaterThanOrEqual(orderIds.length)
  expect(await hub.reconcile.checkStock()).toBe(0)
}, 420_000)

test('a worker killed at every point of a check leaves no order held for ever, and none found or picked twice', async () => {
  const crashesBefore = workers.crashes()
  await Promise.all([
    liveHeld(after('checkOrder')),
    liveHeld(after('commitOrder', 1)),
    liveHeld(after('commitOrder', 2)),
  ])
  expect(workers.unreached()).toEqual([])
  expect(workers.crashes()).toBeGreaterThan(crashesBefore)
  const { pdaMessages, conflicts } = hub.simulator.effects()
  expect(conflicts).toBe(0)
  expect(pdaMessages.filter((effect) => effect.effects !== 1)).toEqual([])
}, 420_000)
