import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWorkItem } from '../../store/work-items.ts'
import { factsSignal, orderWorkflowId } from '../../workflows/messages.ts'
import { keepHistory } from '../support/histories.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'

/** An order outlives its run: continue-as-new, lost servers, old copies. */
let hub: TestHub
beforeAll(async () => {
  hub = await startTestHub({ life: { latePaymentWindowSeconds: 2 } })
})
afterAll(async () => {
  expect(await hub.reconcile.checkStock()).toBe(0)
  await hub.close()
})

const handle = (orderId: string) => hub.client.workflow.getHandle(orderWorkflowId(orderId))
const command = () => ({ requestId: randomUUID(), operator: 'person:test' })

async function shippedOrder() {
  const order = await hub.placeOrder()
  const paymentId = randomUUID()
  await hub.pay(order, order.amountCents, paymentId)
  const [task] = await hub.untilTasks(order.orderId)
  const waybill = await hub.pack(task?.id ?? '')
  await hub.untilStatus(order.orderId, 'shipped')
  return { order, orderId: order.orderId, waybill }
}

test('a run that has grown long continues as new with its memory of messages and answers, and the order goes on', async () => {
  const { orderId, waybill } = await shippedOrder()
  const firstRun = (await handle(orderId).describe()).runId
  const asked = { ...command(), reason: 'late', mayCancelPaid: true }
  const refusal = await hub.commands.cancel(orderId, asked)
  const before = await hub.state(orderId)
  // The test server suggests continuing after 300 events; messages without a meaning make the history that long.
  const pointless = { type: 'attention_cleared' as const, inboxId: before.seen[0] ?? 0, operator: 'test' }
  for (let sent = 0; sent < 600 && (await handle(orderId).describe()).runId === firstRun; sent += 20) {
    await Promise.all(Array.from({ length: 20 }, () => handle(orderId).signal(factsSignal, [pointless])))
    // The server fails a workflow task that 100 signals have piled up behind: let the worker keep up.
    await hub.state(orderId)
  }
  await hub.until('a new run', async () => (await handle(orderId).describe()).runId !== firstRun)
  const after = await hub.state(orderId)
  expect(after.seen).toEqual(before.seen)
  expect(after.version).toBeGreaterThanOrEqual(before.version)
  expect(await hub.commands.cancel(orderId, asked)).toEqual(refusal)
  hub.scans(waybill, ['in_transit', 'delivered'])
  await hub.untilClosed(orderId)
  expect((await hub.row(orderId)).status).toBe('completed')
  await keepHistory(hub, orderId, 'continued-as-new')
}, 120_000)

test('a workflow that is lost is started again from its last commit, hears its messages again, and repeats no effect', async () => {
  const { order, orderId, waybill } = await shippedOrder()
  await hub.pay(order)
  await hub.until('the refund of the second payment', async () =>
    (await hub.refunds(orderId)).some((refund) => refund.state === 'done'),
  )
  const before = await hub.row(orderId)
  await handle(orderId).terminate('lost')
  expect(await hub.reconcile.runOnce()).toBe(1)
  await hub.until('the resumed workflow', async () => (await hub.state(orderId)).version >= before.version)
  hub.scans(waybill, ['delivered'])
  await hub.untilClosed(orderId)
  expect(await hub.log(orderId)).toEqual(['reserved', 'paid', 'shipped', 'delivered', 'completed'])
  const { refunds, pdaMessages } = hub.simulator.effects()
  expect(refunds.filter((refund) => refund.refundId.startsWith(orderId))).toMatchObject([{ effects: 1 }])
  expect(pdaMessages.filter((message) => message.orderId === orderId)).toMatchObject([{ effects: 1 }])
  const items = await hub.db
    .selectFrom('work_item')
    .selectAll()
    .where('kind', '=', 'workflow_missing')
    .execute()
  expect(items).toHaveLength(1)
})

test('a message that Temporal took and the order never heard reaches it all the same, and one that changed nothing starts nothing', async () => {
  const order = await hub.placeOrder()
  const { orderId } = order
  await hub.until('the workflow', async () => (await hub.state(orderId)).status === 'reserved')
  const { runId } = await handle(orderId).describe()
  const seen = (await hub.state(orderId)).seen
  await hub.stopRelay()
  await hub.pay(order)
  // Delivered, as far as the relay knows.
  await hub.db
    .updateTable('inbox')
    .set({ state: 'delivered', settled_at: new Date(Date.now() - 1_000) })
    .where('order_key', '=', orderId)
    .where('starts_order', '=', false)
    .execute()
  expect((await hub.state(orderId)).seen).toEqual(seen)
  expect(await hub.reconcile.checkMessages(500)).toBe(1)
  hub.startRelay()
  const [task] = await hub.untilTasks(orderId)
  expect((await handle(orderId).describe()).runId).not.toBe(runId)
  const waybill = await hub.pack(task?.id ?? '')
  await hub.untilStatus(orderId, 'shipped')
  const again = (await handle(orderId).describe()).runId
  // The order knows the payment by its number: that it is told again changes nothing, and is in no commit.
  await hub.db
    .updateTable('order_snapshot')
    .set({ state: sql`jsonb_set(state, '{seen}', '[]')` })
    .where('order_id', '=', orderId)
    .execute()
  await hub.db
    .updateTable('inbox')
    .set({ settled_at: new Date(Date.now() - 600) })
    .where('order_key', '=', orderId)
    .where('settled_at', 'is not', null)
    .execute()
  expect(await hub.reconcile.checkMessages(500)).toBe(0)
  expect((await handle(orderId).describe()).runId).toBe(again)
  hub.scans(waybill, ['delivered'])
  await hub.untilClosed(orderId)
  expect(await hub.log(orderId)).toEqual(['reserved', 'paid', 'shipped', 'delivered', 'completed'])
})

test('a workflow lost before its first commit begins anew from what was placed', async () => {
  const order = await hub.placeOrder()
  await hub.until('the workflow', async () =>
    hub.state(order.orderId).then(
      () => true,
      () => false,
    ),
  )
  await handle(order.orderId).terminate('lost')
  await hub.pay(order)
  await hub.reconcile.runOnce()
  await hub.untilTasks(order.orderId)
  await hub.commands.cancel(order.orderId, { ...command(), reason: 'x', mayCancelPaid: true })
})

test('messages that come while the workflow is lost wait and are heard after it is back', async () => {
  const { orderId, order, waybill } = await shippedOrder()
  await handle(orderId).terminate('lost')
  await hub.pay(order)
  await hub.until('the message to wait', async () => {
    const message = await hub.db
      .selectFrom('inbox')
      .selectAll()
      .where('order_key', '=', orderId)
      .where('last_error', 'is not', null)
      .executeTakeFirst()
    return message?.state === 'pending'
  })
  await hub.reconcile.runOnce()
  await hub.until('the refund', async () =>
    (await hub.refunds(orderId)).some((refund) => refund.state === 'done'),
  )
  hub.scans(waybill, ['delivered'])
  await hub.untilClosed(orderId)
})

test('an old copy of an order (a run reset by ops) may not overwrite newer versions; it ends and the order resumes', async () => {
  const { orderId, waybill } = await shippedOrder()
  const current = await hub.row(orderId)
  const description = await handle(orderId).describe()
  const history = await hub.history(orderId)
  const firstTask = history.events?.find((event) => event.workflowTaskCompletedEventAttributes)
  await hub.client.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId: orderWorkflowId(orderId), runId: description.runId },
    reason: 'test',
    workflowTaskFinishEventId: firstTask?.eventId ?? null,
    requestId: randomUUID(),
    // Without the signals the new run knows nothing of the payment.
    resetReapplyType: 2,
  })
  await handle(orderId).signal(factsSignal, [
    { type: 'attention_cleared', inboxId: 1_234_567, operator: 'test' },
  ])
  await hub.until(
    'the old copy to end',
    async () => (await handle(orderId).describe()).status.name === 'FAILED',
  )
  expect((await hub.row(orderId)).version).toBe(current.version)
  await hub.reconcile.runOnce()
  await hub.until('the resumed workflow', async () =>
    hub.state(orderId).then(
      (state) => state.status === 'shipped',
      () => false,
    ),
  )
  hub.scans(waybill, ['delivered'])
  await hub.untilClosed(orderId)
})

test('orders placed while Temporal’s relay is away start afterwards, each once, in order', async () => {
  await hub.stopRelay()
  const orders = await Promise.all([1, 2, 3, 4, 5].map(() => hub.placeOrder()))
  hub.startRelay()
  for (const order of orders)
    await hub.until('its workflow', async () =>
      hub.state(order.orderId).then(
        () => true,
        () => false,
      ),
    )
  await Promise.all(
    orders.map(async ({ orderId }) => {
      await hub.commands.cancel(orderId, { ...command(), reason: 'x', mayCancelPaid: true })
      await hub.untilClosed(orderId)
      const started = (await hub.history(orderId)).events?.filter(
        (event) => event.workflowExecutionStartedEventAttributes,
      )
      expect(started).toHaveLength(1)
    }),
  )
})

test('two relays at once carry each message, and none of them twice to effect', async () => {
  const orders = await Promise.all(Array.from({ length: 10 }, () => hub.placeOrder()))
  await Promise.all(orders.map((order) => hub.pay(order)))
  await Promise.all([hub.relay.runOnce(), hub.relay.runOnce(), hub.relay.runOnce()])
  for (const order of orders) {
    await hub.untilTasks(order.orderId)
    expect((await hub.state(order.orderId)).payments).toHaveLength(1)
    await hub.commands.cancel(order.orderId, { ...command(), reason: 'x', mayCancelPaid: true })
  }
})

test('an item about a workflow that outlived its order closes itself once that has ended, and not before', async () => {
  const running = await hub.placeOrder()
  await hub.until('its workflow', () => hub.state(running.orderId).catch(() => null))
  const ended = randomUUID()
  for (const key of [running.orderId, ended]) {
    await openWorkItem(hub.db, { kind: 'workflow_left_over', key, orderId: null, detail: {} })
  }
  await hub.reconcile.checkWorkflows()
  // Workflows of other tests run on the same server: each has an item here, too.
  const items = await hub.db
    .selectFrom('work_item')
    .select(['key', 'state'])
    .where('kind', '=', 'workflow_left_over')
    .where('key', 'in', [running.orderId, ended])
    .execute()
  expect(Object.fromEntries(items.map((item) => [item.key, item.state]))).toEqual({
    [running.orderId]: 'open',
    [ended]: 'resolved',
  })
})
