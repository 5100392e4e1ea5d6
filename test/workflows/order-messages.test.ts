import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { factsSignal, type OrderFact, orderWorkflowId } from '../../workflows/messages.ts'
import { keepHistory } from '../support/histories.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'

/** Messages that come twice, in the wrong order, unknown or broken. */
let hub: TestHub
beforeAll(async () => {
  hub = await startTestHub({ replays: true })
})
afterAll(async () => {
  expect(await hub.reconcile.checkStock()).toBe(0)
  await hub.close()
})

const signal = (orderId: string, facts: OrderFact[]) =>
  hub.client.workflow.getHandle(orderWorkflowId(orderId)).signal(factsSignal, facts)

async function cancel(orderId: string): Promise<void> {
  await hub.commands.cancel(orderId, {
    requestId: randomUUID(),
    operator: 't',
    reason: 'x',
    mayCancelPaid: true,
  })
}

/** Everything that the order was told, as the relay told it. */
async function toldFacts(orderId: string): Promise<OrderFact[]> {
  const history = await hub.history(orderId)
  const { decodeArrayFromPayloads } = await import('@temporalio/common/lib/internal-non-workflow/index.js')
  const { loadDataConverter } = await import('@temporalio/common/lib/internal-non-workflow/index.js')
  const converter = loadDataConverter(hub.client.options.dataConverter)
  const batches = (history.events ?? []).flatMap((event) => {
    const attributes = event.workflowExecutionSignaledEventAttributes
    return attributes?.signalName === factsSignal.name ? [attributes.input?.payloads] : []
  })
  const decoded = await Promise.all(batches.map((payloads) => decodeArrayFromPayloads(converter, payloads)))
  return decoded.flat(2) as OrderFact[]
}

test('every message told again, in reverse order, changes neither goods nor money', async () => {
  const order = await hub.placeOrder([{ skuId: 'SKU-A', quantity: 3 }])
  await hub.pay(order, order.amountCents + 100)
  const [task] = await hub.untilTasks(order.orderId)
  await hub.report(task?.id ?? '', { type: 'short', lines: [{ lineNumber: 1, quantityMissing: 1 }] })
  const waybill = await hub.pack(task?.id ?? '')
  await hub.untilStatus(order.orderId, 'partially_shipped')
  const before = await hub.state(order.orderId)

  const facts = (await toldFacts(order.orderId)).toReversed()
  expect(facts.length).toBeGreaterThanOrEqual(3)
  for (const fact of facts) await signal(order.orderId, [fact])
  // The same facts under new ids: a source that repeats itself with fresh event ids.
  await signal(
    order.orderId,
    facts.map((fact, index) => ({ ...fact, inboxId: 9_000_000 + index })),
  )

  const after = await hub.until('the workflow to have heard all', async () => {
    const state = await hub.state(order.orderId)
    return state.seen.includes(9_000_000 + facts.length - 1) ? state : null
  })
  expect(after.payments).toEqual(before.payments)
  expect(after.parcels.map((parcel) => parcel.waybillNumber)).toEqual([waybill])
  expect(after.refunds.map((refund) => refund.amountCents)).toEqual([100])
  expect(
    hub.simulator.effects().refunds.filter((refund) => refund.refundId.startsWith(order.orderId)),
  ).toMatchObject([{ effects: 1 }])

  hub.scans(waybill, ['delivered'])
  const replacement = await hub.until('the replacement', async () =>
    (await hub.tasks(order.orderId)).find((entry) => entry.state === 'created'),
  )
  hub.scans(await hub.pack(replacement.id), ['delivered'])
  await hub.untilClosed(order.orderId)
  await keepHistory(hub, order.orderId, 'every-message-again')
})

test('payments that arrive in reverse order end as if in order', async () => {
  const order = await hub.placeOrder()
  await hub.untilStatus(order.orderId, 'reserved')
  await hub.stopRelay()
  await hub.pay(order, 1_000)
  await hub.pay(order, order.amountCents - 1_000)
  // The relay would keep the order; another process may be faster with the second message.
  await hub.db
    .updateTable('inbox')
    .set({ next_attempt_at: new Date(Date.now() + 500) })
    .where('order_key', '=', order.orderId)
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('inbox')
        .select((inner) => inner.fn.min('id').as('first'))
        .where('order_key', '=', order.orderId)
        .where('type', '=', 'payment.received'),
    )
    .execute()
  hub.startRelay()
  await hub.untilTasks(order.orderId)
  expect((await hub.state(order.orderId)).payments.map((payment) => payment.amountCents)).toEqual([
    order.amountCents - 1_000,
    1_000,
  ])
  expect(await hub.refunds(order.orderId)).toEqual([])
  await cancel(order.orderId)
})

test('a message of an unknown kind is kept, raised, and harms nothing', async () => {
  const order = await hub.placeOrder()
  await hub.inTransaction(async (tx) => {
    const { sql } = await import('kysely')
    await sql`with message as (insert into inbox (source, source_event_id, type, order_key, occurred_at)
      values ('test', ${randomUUID()}, 'order.abducted', ${order.orderId}, now()) returning id, received_at)
      insert into inbox_body select id, received_at, '{}'::jsonb from message`.execute(tx)
  })
  await hub.until('the work item', async () =>
    (await hub.workItems(order.orderId)).some((item) => item.kind === 'unknown_message'),
  )
  await hub.pay(order)
  await hub.untilTasks(order.orderId)
  await cancel(order.orderId)
  await keepHistory(hub, order.orderId, 'unknown-message')
})

test('a message whose body is broken is set aside and holds up nothing behind it', async () => {
  const order = await hub.placeOrder()
  await hub.inTransaction(async (tx) => {
    const { sql } = await import('kysely')
    await sql`with message as (insert into inbox (source, source_event_id, type, order_key, occurred_at)
      values ('test', ${randomUUID()}, 'payment.received', ${order.orderId}, now()) returning id, received_at)
      insert into inbox_body select id, received_at, '{"amountCents": "much"}'::jsonb from message`.execute(
      tx,
    )
  })
  await hub.pay(order)
  await hub.untilTasks(order.orderId)
  const messages = await hub.db
    .selectFrom('inbox')
    .select('state')
    .where('order_key', '=', order.orderId)
    .orderBy('id')
    .execute()
  expect(messages.map((message) => message.state)).toEqual(['delivered', 'set_aside', 'delivered'])
  await cancel(order.orderId)
})

test('an unknown signal is ignored', async () => {
  const order = await hub.placeOrder()
  await hub.untilStatus(order.orderId, 'reserved')
  await hub.until('the workflow', async () =>
    hub.state(order.orderId).then(
      () => true,
      () => false,
    ),
  )
  await hub.client.workflow
    .getHandle(orderWorkflowId(order.orderId))
    .signal('no-such-signal', { anything: 1 })
  await hub.pay(order)
  await hub.untilTasks(order.orderId)
  await cancel(order.orderId)
})

test('resolving an order’s last work item clears its attention mark', async () => {
  const order = await hub.placeOrder()
  await hub.pay(order)
  const [task] = await hub.untilTasks(order.orderId)
  await hub.report(task?.id ?? '', { type: 'short', lines: [{ lineNumber: 1, quantityMissing: 1 }] })
  const [item] = await hub.until('the work item', async () => {
    const items = await hub.workItems(order.orderId)
    return items.length > 0 && (await hub.row(order.orderId)).needs_attention ? items : null
  })
  const { resolveWorkItem } = await import('../../store/work-items.ts')
  await hub.inTransaction((tx) =>
    resolveWorkItem(tx, item?.id ?? '', { resolution: 'counted', operator: 'person:ops' }),
  )
  await hub.until('the mark to be cleared', async () => !(await hub.row(order.orderId)).needs_attention)
  await cancel(order.orderId)
})
