import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { operationLogQuery, orderStoryQuery } from '../../contracts/operation-log.ts'
import type { OrderEvent } from '../../domain/order.ts'
import { decide, restoreOrder } from '../../domain/order-life.ts'
import {
  applyChangeEvent,
  decideOnChange,
  resubmitChange,
  submitChange,
} from '../../store/change-requests.ts'
import { commitOrder } from '../../store/commit.ts'
import { upsertAccount } from '../../store/identity.ts'
import { listOperationLog } from '../../store/operation-log.ts'
import { decideCancellation } from '../../store/order-steps.ts'
import { readOrderStory } from '../../store/order-story.ts'
import { openTestStore, type TestStore } from './support.ts'

let store: TestStore
let sku: string
beforeAll(async () => {
  store = await openTestStore()
  await upsertAccount(store.db, {
    ...{ userName: 'boss', displayName: 'boss', role: 'team_lead', storeIds: ['MALL'], region: null },
    password: 'correct horse battery staple',
  })
  sku = await store.addSku({ 'WH-HZ': 100 })
})
afterAll(() => store.close())

/** What the order's workflow makes of an event, committed as it does it. */
async function hear(orderId: string, event: OrderEvent): Promise<void> {
  const snapshot = await store.db
    .selectFrom('order_snapshot')
    .select('state')
    .where('order_id', '=', orderId)
    .executeTakeFirst()
  const before = restoreOrder(snapshot?.state ?? (await store.firstState(orderId)))
  const { state, records } = decide(before, event, Date.now())
  await commitOrder(store.db, { runId: 'run', state, records })
}

const inboxOf = (orderId: string, type: string) =>
  store.db
    .selectFrom('inbox')
    .select('id')
    .where('order_key', '=', orderId)
    .where('type', '=', type)
    .executeTakeFirstOrThrow()

const logOf = (query: Record<string, unknown>) =>
  listOperationLog(store.db, operationLogQuery.parse({ limit: 200, sort: 'oldest', ...query }), {
    kind: 'all',
  })

/** An order that was paid, picked, packed and partly given back. */
async function livedOrder() {
  const order = await store.order([{ skuId: sku, quantity: 2 }])
  const { orderId, amountCents } = order
  const paymentId = uuid()
  await store.pay(order, { paymentId })
  const paid = await inboxOf(orderId, 'payment.received')
  const paidAt = new Date().toISOString()
  await hear(orderId, {
    type: 'payment_received',
    inboxId: paid.id,
    paymentId,
    amountCents,
    paidAt,
    holdsConfirmed: true,
    operator: 'system:payments',
  })
  const clear = { outcome: 'clear' as const, policyVersion: 0, findings: [], handler: null }
  await hear(orderId, { type: 'order_checked', number: 1, ...clear })
  const [task] = await store.tasks(orderId)
  const taskId = task?.id ?? ''
  const packed = { waybillNumber: `WB-${uuid()}`, courier: 'sf' }
  await store.report(taskId, { type: 'packed', ...packed })
  const heard = await inboxOf(orderId, 'fulfilment.packed')
  await hear(orderId, {
    type: 'fulfilment_packed',
    inboxId: heard.id,
    fulfilmentId: taskId,
    operator: 'system:warehouse',
    occurredAt: paidAt,
    ...packed,
  })
  return { order, orderId, paymentId, taskId, inboxIds: { paid: paid.id, packed: heard.id }, ...packed }
}

test('every change of status, money and goods says who, whence, when, from what to what, and what caused it', async () => {
  const { order, orderId, paymentId, taskId, inboxIds, waybillNumber } = await livedOrder()
  const placed = await inboxOf(orderId, 'order.placed')
  const { items } = await logOf({ orderId })
  const seen = items.map(
    ({ field, oldValue, newValue, operator, source, inboxId, subjectId, amountCents }) => [
      field,
      oldValue,
      newValue,
      operator,
      source,
      inboxId,
      subjectId,
      amountCents,
    ],
  )
  const [paid, packed] = [String(inboxIds.paid), String(inboxIds.packed)]
  expect(seen).toEqual([
    ['status', null, 'reserved', 'system:mall', 'order.placed', String(placed.id), null, null],
    ['payment', null, 'received', 'system:payments', 'payment_received', paid, paymentId, order.amountCents],
    ['reservation', 'held', 'confirmed', 'system:payments', 'payment_received', paid, null, null],
    ['status', 'reserved', 'paid', 'system:payments', 'payment_received', paid, null, null],
    ['check', null, 'clear, policy 0', 'system', 'order_checked', null, '1', null],
    ['pick_task', null, 'created at WH-HZ', 'system', 'order_checked', null, taskId, null],
    ['pick_task', 'created', 'packed', 'system:warehouse', 'pda.packed', null, taskId, null],
    [
      'waybill',
      null,
      `sf ${waybillNumber}`,
      'system:warehouse',
      'fulfilment_packed',
      packed,
      `${taskId}-P1`,
      null,
    ],
    ['status', 'paid', 'shipped', 'system:warehouse', 'fulfilment_packed', packed, null, null],
  ])
  // Of those whose source has a time of its own, that too.
  const outside = items.filter((item) => item.operator !== 'system')
  expect(outside.every((item) => item.sourceTime !== null)).toBe(true)
})

test('a cancellation names the person, and each pick task that it withdraws', async () => {
  const { order, taskIds } = await store.paidOrder([{ skuId: sku, quantity: 1 }])
  await decideCancellation(store.db, {
    orderId: order.orderId,
    mayCancelPaid: true,
    operationId: `${order.orderId}/cancel`,
    operator: 'li.ming',
  })
  expect((await logOf({ orderId: order.orderId, operator: 'li.ming' })).items).toMatchObject([
    {
      field: 'pick_task',
      oldValue: 'created',
      newValue: 'withdrawn',
      subjectId: taskIds[0],
      requestId: `${order.orderId}/cancel`,
    },
  ])
})

test('a refund is in the log from due to done, each time with its money and the payment it goes back to', async () => {
  const order = await store.order([{ skuId: sku, quantity: 1 }])
  const { orderId, amountCents } = order
  const [first, second] = [uuid(), uuid()]
  for (const [inboxId, paymentId] of [
    [1, first],
    [2, second],
  ] as const) {
    await store.pay(order, { paymentId })
    const paidAt = new Date().toISOString()
    await hear(orderId, {
      type: 'payment_received',
      inboxId,
      paymentId,
      amountCents,
      paidAt,
      holdsConfirmed: inboxId === 1,
    })
  }
  const [due] = (await logOf({ orderId, field: 'refund' })).items
  expect(due).toMatchObject({ newValue: expect.stringMatching(/^due of .* \(overpaid\)$/), amountCents })
  const refundId = due?.subjectId ?? ''
  await hear(orderId, { type: 'refund_settled', refundId, tries: 1, outcome: 'done', detail: '' })
  expect((await logOf({ subjectId: refundId })).items).toMatchObject([
    { oldValue: null, amountCents },
    { oldValue: 'due', newValue: 'done', amountCents },
  ])
})

test('the log is asked by order, person, source, what it is about, store and period, in pages that fit together', async () => {
  const { orderId, paymentId, taskId } = await livedOrder()
  const other = await store.order([{ skuId: sku, quantity: 1 }])
  const whole = (await logOf({})).items
  const seen: string[] = []
  for (let cursor: string | undefined; ; ) {
    const page = await logOf({ limit: 3, ...(cursor ? { cursor } : {}) })
    seen.push(...page.items.map((item) => item.id))
    if (page.nextCursor === null) break
    cursor = page.nextCursor
  }
  expect(seen).toEqual(whole.map((item) => item.id))
  expect((await logOf({ sort: 'newest' })).items.map((item) => item.id)).toEqual(seen.toReversed())
  const idsOf = async (query: Record<string, unknown>) =>
    new Set((await logOf(query)).items.map((item) => item.orderId))
  expect(await idsOf({ orderId: other.orderId })).toEqual(new Set([other.orderId]))
  expect(await idsOf({ subjectId: paymentId })).toEqual(new Set([orderId]))
  expect((await logOf({ subjectId: taskId, source: 'pda.packed' })).items).toHaveLength(1)
  expect((await logOf({ operator: 'system:mall' })).items.every((item) => item.field === 'status')).toBe(true)
  expect((await logOf({ storeId: 'OTHER' })).items).toEqual([])
  const at = whole[2]?.at ?? ''
  const before = (await logOf({ to: at })).items
  const after = (await logOf({ from: at })).items
  expect([...before, ...after].map((item) => item.id)).toEqual(seen)
  expect(before.every((item) => item.at < at)).toBe(true)
  const scoped = operationLogQuery.parse({ limit: 200 })
  const seenBy = async (storeIds: string[]) =>
    (await listOperationLog(store.db, scoped, { kind: 'stores', storeIds })).items.length
  expect([await seenBy(['MALL']), await seenBy(['OTHER'])]).toEqual([whole.length, 0])
})

test('the story tells log, units, messages, deliveries, scans and work items of one order in one sequence', async () => {
  const { orderId, taskId, waybillNumber } = await livedOrder()
  await store.db
    .insertInto('tracking_event')
    .values({
      parcel_id: `${taskId}-P1`,
      event_key: 'an event key, of the courier’s own / making',
      state: 'in_transit',
      description: '已揽收',
      occurred_at: new Date(Date.now() - 60_000),
    })
    .execute()
  const read = async (query: Record<string, unknown> = {}) =>
    readOrderStory(store.db, orderId, orderStoryQuery.parse({ limit: 200, ...query }))
  const { items } = await read()
  const times = items.map((item) => item.at)
  expect(times).toEqual(times.toSorted())
  expect(new Set(items.map((item) => item.kind))).toEqual(
    new Set(['log', 'stock', 'message', 'delivery', 'tracking']),
  )
  const texts = items.map((item) => item.text.zh)
  expect(texts).toContain('状态：已锁库存，待付款 → 已付款，仓库拣货中')
  expect(texts).toContain('付款：received ¥20.00')
  expect(texts).toContain(`预占：WH-HZ ${sku} ×2`)
  expect(texts).toContain(`出库：WH-HZ ${sku} ×2`)
  expect(texts).toContain(`${waybillNumber}：已揽收`)
  expect(items.find((item) => item.kind === 'tracking')?.happenedAt).not.toBeNull()
  const backwards = await read({ sort: 'newest' })
  expect(backwards.items.map((item) => item.id)).toEqual(items.map((item) => item.id).toReversed())
  const seen: string[] = []
  for (let cursor: string | undefined; ; ) {
    const page = await read({ limit: 2, ...(cursor ? { cursor } : {}) })
    seen.push(...page.items.map((item) => item.id))
    if (page.nextCursor === null) break
    cursor = page.nextCursor
  }
  expect(seen).toEqual(items.map((item) => item.id))
  expect(new Set((await read({ kinds: 'stock,tracking' })).items.map((item) => item.kind))).toEqual(
    new Set(['stock', 'tracking']),
  )
  expect(JSON.stringify(items)).not.toMatch(/张三|13800138000|文三路/)
  // Units of the order alone, and all of them: what the ledger says of it adds up to nothing held.
  const moved = items.filter((item) => item.kind === 'stock').map((item) => Number(item.detail.reservedDelta))
  expect(moved.reduce((sum, delta) => sum + delta, 0)).toBe(0)
})

test('the life of a change request stands in its order’s story: who did what under which number, and nothing that somebody wrote', async () => {
  const { orderId } = await store.order([{ skuId: sku, quantity: 2 }])
  const changeId = uuid()
  const written = '张三要求：改到文三路'
  const asked = {
    ...{ changeId, orderId, orderVersion: 1, reasonCode: 'other', reason: written },
    ...{ change: { type: 'price' as const, lines: [{ lineNumber: 1, unitPriceCents: 400 }] } },
    applicant: { name: 'mei', role: 'clerk' },
  }
  const { changeNumber } = await store.inTransaction((tx) => submitChange(tx, { ...asked, eventId: uuid() }))
  const hear = (event: Parameters<typeof applyChangeEvent>[2]['event'], operator = 'system') =>
    store.inTransaction((tx) =>
      applyChangeEvent(tx, store.keyRing, { changeId, eventId: uuid(), event, operator }),
    )
  await hear({ type: 'hold_granted', orderVersion: 1 })
  await hear({ type: 'people_changed' })
  await hear({ type: 'order_looked_at', problem: null, atVersion: 3 })
  await store.inTransaction((tx) =>
    decideOnChange(tx, store.keyRing, {
      ...{ changeId, decisionId: uuid(), decision: 'reject', account: 'boss', requestVersion: 1 },
      ...{ stepNumber: 1, orderVersion: 1, note: written, via: 'console' },
    }),
  )
  await store.inTransaction((tx) => resubmitChange(tx, { ...asked, eventId: uuid() }))
  await hear({ type: 'hold_granted', orderVersion: 1 })
  await hear({ type: 'order_looked_at', problem: { code: 'order-closed', detail: written } })
  const query = orderStoryQuery.parse({ limit: 200, kinds: 'change_request' })
  const { items } = await readOrderStory(store.db, orderId, query)
  const of = `变更申请 ${changeNumber}（改价）：`
  expect(items.map(({ by, text }) => [by, text.zh])).toEqual([
    ['mei', `${of}提交申请`],
    ['system', `${of}订单已占用，等待审批`],
    ['boss', `${of}第 1 步驳回`],
    ['mei', `${of}重新提交（第 2 版）`],
    ['system', `${of}订单已占用，等待审批`],
    ['system', `${of}订单已变化，已失效（order-closed）`],
  ])
  expect(items[2]).toMatchObject({
    id: `change_request-${changeId}-5`,
    text: { en: `change request ${changeNumber} (price): rejected at step 1` },
    detail: { changeId, changeNumber, requestVersion: 1, event: 'decided', decision: 'reject' },
  })
  expect(JSON.stringify(items)).not.toMatch(/张三|文三路/)
})
