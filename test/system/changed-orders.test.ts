import { v7 as uuid } from 'uuid'
import { afterAll, expect, test } from 'vitest'
import { POLICIES, type PolicyDocument } from '../../contracts/policies/index.ts'
import { verifyAuditChain } from '../../store/audit-records.ts'
import { keepAuditHead, sealAuditEntries } from '../../store/audit-sealing.ts'
import { RECEIVER_CHANGED } from '../../store/change-records.ts'
import { publishPolicy } from '../../store/policy-versions.ts'
import { openWorkItem } from '../../store/work-items.ts'
import { openChangeDesk } from '../support/change-desk.ts'
import { expectErpAgrees, expectStockAndMoney } from '../support/changed-orders.ts'
import { startTestHub } from '../support/hub.ts'

/**
 * Each type of change from the request to its end with everything real: API, database, both workflows, worker, carrier,
 * payment provider and ERP. Nothing is called but the API.
 */
const hub = await startTestHub({ patienceMs: 50_000, life: { afterSalesWindowSeconds: 600 } })
const desk = await openChangeDesk(hub)
const { api, call, pay, untilTasks, paidOrder, ship, ask, apply, untilOrder, refundsOf } = desk
const { askAndWait, approve, readRequest } = desk
afterAll(async () => {
  await desk.close()
  await hub.close()
})

test('a lower price: the difference goes back to its payment, and the goods are packed as they were', async () => {
  const { orderId, paymentId } = await paidOrder()
  const change = { type: 'price', lines: [{ lineNumber: 1, unitPriceCents: 900 }] }
  const { preview, order } = await apply(orderId, change, 'team_lead')
  expect(preview).toMatchObject({ effect: { differenceCents: -200 }, route: { tier: 'team-lead' } })
  expect(order).toMatchObject({ amountCents: 2_300, status: 'paid', supplementCents: 0 })
  expect(await refundsOf(orderId)).toEqual([[paymentId, 200, 'changed']])
  await expectStockAndMoney(hub.db, orderId)
  await ship(orderId)
  await untilOrder(orderId, 'shipped', ({ status }) => status === 'in_transit')
})

test('freight that is waived goes back to its payment, the lines cost what they did, and the ERP is told by how much', async () => {
  const { orderId, paymentId } = await paidOrder()
  const change = { type: 'price', lines: [], freightCents: 0 }
  const { preview, order } = await apply(orderId, change, 'team_lead')
  expect(preview).toMatchObject({
    effect: { freightCents: { before: 500, after: 0 }, lines: [], differenceCents: -500 },
    concessionCents: 500,
  })
  expect(order).toMatchObject({ freightCents: 0, amountCents: 2_000, status: 'paid', supplementCents: 0 })
  expect(order.lines).toMatchObject([{ quantity: 2, unitPriceCents: 1_000 }])
  expect(await refundsOf(orderId)).toEqual([[paymentId, 500, 'changed']])
  expect(hub.simulator.erp.ledger.adjustmentCents(orderId)).toBe(-500)
  await expectStockAndMoney(hub.db, orderId)
})

test('freight that is added is owed, and nothing is packed before it is paid', async () => {
  const { orderId } = await paidOrder()
  const change = { type: 'price', lines: [], freightCents: 1_200 }
  const { order } = await apply(orderId, change, 'team_lead')
  expect(order).toMatchObject({ freightCents: 1_200, amountCents: 3_200, supplementCents: 700 })
  expect(hub.simulator.erp.ledger.adjustmentCents(orderId)).toBe(700)
  expect(await pay(orderId, 700)).toMatchObject({ outcome: 'accepted' })
  await untilTasks(orderId)
  await expectStockAndMoney(hub.db, orderId)
})

test('more units: only the difference is reserved, and nothing is packed before the supplement is paid', async () => {
  const { orderId } = await paidOrder()
  const change = { type: 'quantity', lines: [{ lineNumber: 1, quantity: 5 }] }
  const { preview, order } = await apply(orderId, change, 'team_lead')
  expect(preview.stock.moves).toMatchObject([{ skuId: 'SKU-A', quantity: 3 }])
  expect(order).toMatchObject({ amountCents: 5_500, supplementCents: 3_000, refundedCents: 0 })
  await expectStockAndMoney(hub.db, orderId)
  const { items } = await call('ops', 'GET', `/pick-tasks?orderId=${orderId}`)
  expect(items.filter((task: { state: string }) => task.state === 'created')).toEqual([])
  expect(await pay(orderId, 3_000)).toMatchObject({ outcome: 'accepted' })
  const [task] = await untilTasks(orderId)
  expect(task.lines).toEqual([{ lineNumber: 1, skuId: 'SKU-A', quantity: 5 }])
  await expectStockAndMoney(hub.db, orderId)
})

test('another address: the warehouse packs for the new one, money and goods stay, and what a platform raised is done with', async () => {
  const { orderId } = await paidOrder()
  const raised = {
    kind: 'channel_change',
    key: `${orderId}/${RECEIVER_CHANGED}`,
    orderId,
    detail: {},
  } as const
  await hub.db.transaction().execute((tx) => openWorkItem(tx, raised))
  const contact = { name: '李四', phone: '13900139000', divisionCode: '310115', address: '世纪大道 100 号' }
  const { order } = await apply(orderId, { type: 'address', contact }, 'team_lead')
  expect(order).toMatchObject({ divisionCode: '310115', contact: { name: '李四' }, amountCents: 2_500 })
  const item = hub.db.selectFrom('work_item').select('state').where('key', '=', raised.key)
  expect(await item.execute()).toEqual([{ state: 'resolved' }])
  await untilTasks(orderId)
  await expectStockAndMoney(hub.db, orderId)
  expect(await refundsOf(orderId)).toEqual([])
})

test('a gift: one more line for nothing, reserved and handed to the warehouse', async () => {
  const { orderId } = await paidOrder()
  const { preview, order } = await apply(
    orderId,
    { type: 'gift', lines: [{ skuId: 'SKU-B', quantity: 1 }] },
    'team_lead',
  )
  expect(preview.concessionCents).toBe(1_000)
  expect(order).toMatchObject({ amountCents: 2_500, supplementCents: 0 })
  expect(order.lines).toMatchObject([{ skuId: 'SKU-A' }, { skuId: 'SKU-B', unitPriceCents: 0 }])
  await untilTasks(orderId)
  await expectStockAndMoney(hub.db, orderId)
})

test('another article: the new one is reserved, the old one given back, and the difference with it', async () => {
  const { orderId, paymentId } = await paidOrder()
  const lines = [{ lineNumber: 1, skuId: 'SKU-B', quantity: 2, unitPriceCents: 700 }]
  const { order } = await apply(orderId, { type: 'item', lines }, 'team_lead')
  expect(order.lines).toMatchObject([{ skuId: 'SKU-B', quantity: 2, unitPriceCents: 700 }])
  expect(await refundsOf(orderId)).toEqual([[paymentId, 600, 'changed']])
  await untilTasks(orderId)
  await expectStockAndMoney(hub.db, orderId)
})

test('a refund for goods that stay sold, which finance approves, and units that are sent once more', async () => {
  const { orderId, paymentId } = await paidOrder()
  await ship(orderId)
  await untilOrder(orderId, 'in transit', ({ status }) => status === 'in_transit')
  await apply(orderId, { type: 'refund', paymentId, amountCents: 800 }, 'finance')
  expect(await refundsOf(orderId)).toEqual([[paymentId, 800, 'allowance']])
  // Of ¥25.00 that is left: together they would be more than was paid.
  await expect(ask(orderId, { type: 'refund', paymentId, amountCents: 1_701 })).rejects.toThrow(
    'refund-above-paid',
  )
  await apply(orderId, { type: 'reship', lines: [{ lineNumber: 1, quantity: 1 }] }, 'team_lead')
  await expectStockAndMoney(hub.db, orderId)
  const [task] = await untilTasks(orderId)
  expect(task.lines).toEqual([{ lineNumber: 2, skuId: 'SKU-A', quantity: 1 }])
  await ship(orderId)
  await expectStockAndMoney(hub.db, orderId)
})

test('a refund from another order’s payment, or above what was paid, is refused and nothing changes', async () => {
  const [{ orderId, paymentId }, other] = [await paidOrder(), await paidOrder()]
  const { version: orderVersion } = await call('clerk', 'GET', `/orders/${orderId}`)
  const refused = async (change: object) => {
    const response = await api.as('clerk', {
      method: 'POST',
      url: '/v1/change-requests',
      headers: { 'idempotency-key': uuid() },
      payload: { orderId, orderVersion, change, reasonCode: 'goodwill', reason: '退款' },
    })
    return [response.statusCode, response.json().code, response.json().reason]
  }
  expect(await refused({ type: 'refund', paymentId: other.paymentId, amountCents: 1 })).toEqual([
    ...[409, 'change-not-possible', 'payment-unknown'],
  ])
  expect(await refused({ type: 'refund', paymentId, amountCents: 2_501 })).toEqual([
    ...[409, 'change-not-possible', 'refund-above-paid'],
  ])
  expect(await call('ops', 'GET', `/change-requests?orderId=${orderId}`)).toMatchObject({ items: [] })
  await expectStockAndMoney(hub.db, orderId)
})

test('a cancellation after payment that staff asks for: everything goes back', async () => {
  const { orderId, paymentId } = await paidOrder()
  const { order } = await apply(orderId, { type: 'cancel' }, 'team_lead')
  expect(order).toMatchObject({ status: 'cancelled' })
  expect(await refundsOf(orderId)).toEqual([[paymentId, 2_500, 'cancelled']])
  await untilOrder(orderId, 'refunded', ({ refundedCents }) => refundedCents === 2_500)
  await expectStockAndMoney(hub.db, orderId)
})

const publishRoute = (change: Partial<PolicyDocument<'approval-route'>>) =>
  publishPolicy(hub.db, {
    kind: 'approval-route',
    document: { ...POLICIES['approval-route'].initial, ...change },
    author: 'test',
    reason: 'test',
  })

const untilErpIsCalled = (changeId: string) =>
  hub.until('the ERP to be called', async () => {
    const row = hub.db.selectFrom('change_request').select('erp').where('id', '=', changeId)
    return (await row.executeTakeFirstOrThrow()).erp === 'begun'
  })

/** The buyer's own system takes an order back. */
const takeBack = (orderId: string, key: string) =>
  api.as('mall', {
    method: 'POST',
    url: `/v1/orders/${orderId}/cancellation`,
    headers: { 'idempotency-key': key },
    payload: { reason: '买家不要了' },
  })
const requestsOf = async (orderId: string) =>
  (await call('ops', 'GET', `/change-requests?orderId=${orderId}`)).items
const untilCancelled = (orderId: string) =>
  hub.until('the cancellation to be applied', async () => {
    const requests = await requestsOf(orderId)
    return requests.find(({ type, status }: { type: string; status: string }) => {
      return type === 'cancel' && status === 'applied'
    })
  })

test('a buyer who takes a paid order back: cancelled at once, and a request says so, approved by the policy', async () => {
  const { orderId, paymentId } = await paidOrder()
  const key = uuid()
  const first = await takeBack(orderId, key)
  expect([first.statusCode, first.json()]).toEqual([200, { orderId, status: 'cancelled' }])
  expect((await takeBack(orderId, key)).json()).toEqual(first.json())
  const [request, ...others] = await hub.until('the request to be applied', async () => {
    const requests = await requestsOf(orderId)
    return requests[0]?.status === 'applied' ? requests : null
  })
  expect(others).toEqual([])
  expect(request).toMatchObject({
    type: 'cancel',
    applicant: 'mall:mall-test',
    reason: '买家不要了',
    end: null,
  })
  const detail = await call('ops', 'GET', `/change-requests/${request.changeId}`)
  expect(detail).toMatchObject({ tier: 'buyer-cancellation', approvers: [], differenceCents: -2_500 })
  expect(await refundsOf(orderId)).toEqual([[paymentId, 2_500, 'cancelled']])
  await untilOrder(orderId, 'refunded', ({ refundedCents }) => refundedCents === 2_500)
  await expectStockAndMoney(hub.db, orderId)
  const audited = await hub.db
    .selectFrom('audit_entry')
    .select('action')
    .where('subject_id', '=', request.changeId)
    .orderBy('id')
    .execute()
  expect(audited.map((entry) => entry.action)).toEqual([
    'change.requested',
    'change.told_to_erp',
    'change.applied',
  ])
})

test('a buyer who takes back an order that somebody has asked to change: what was asked means nothing any more', async () => {
  const { orderId } = await paidOrder()
  const { version: orderVersion } = await call('clerk', 'GET', `/orders/${orderId}`)
  const { changeId } = await call('clerk', 'POST', '/change-requests', {
    ...{ orderId, orderVersion, reasonCode: 'goodwill', reason: '让利' },
    change: { type: 'price', lines: [{ lineNumber: 1, unitPriceCents: 900 }] },
  })
  await hub.until('the order to be held', async () => {
    const { status } = await call('clerk', 'GET', `/change-requests/${changeId}`)
    return status === 'in_approval'
  })
  expect((await takeBack(orderId, uuid())).statusCode).toBe(200)
  expect(await call('clerk', 'GET', `/change-requests/${changeId}`)).toMatchObject({
    status: 'stale',
    end: { code: 'order-closed' },
  })
  await untilCancelled(orderId)
  await untilOrder(orderId, 'refunded', ({ refundedCents }) => refundedCents === 2_500)
  await expectStockAndMoney(hub.db, orderId)
})

test('a buyer who takes an order back while a change of it is being applied: that ends, then the ERP hears of the cancellation', async () => {
  const { orderId } = await paidOrder()
  const { version: orderVersion } = await call('clerk', 'GET', `/orders/${orderId}`)
  const { changeId } = await call('clerk', 'POST', '/change-requests', {
    ...{ orderId, orderVersion, reasonCode: 'goodwill', reason: '让利' },
    change: { type: 'price', lines: [{ lineNumber: 1, unitPriceCents: 900 }] },
  })
  const read = () => call('clerk', 'GET', `/change-requests/${changeId}`)
  const asked = await hub.until('the order to be held', async () => {
    const found = await read()
    return found.status === 'in_approval' ? found : null
  })
  // Away until the order has been taken back: it is being applied, and does not get further.
  hub.simulator.erp.change({ mood: 'down' })
  await call('team_lead', 'POST', `/change-requests/${changeId}/decisions`, {
    ...{ decision: 'approve', requestVersion: 1, stepNumber: 1, orderVersion: asked.orderVersion },
  })
  await untilErpIsCalled(changeId)
  expect((await takeBack(orderId, uuid())).statusCode).toBe(200)
  expect((await read()).status).toBe('approved')
  hub.simulator.erp.change({ mood: 'ok' })

  const [ended, cancellation] = await hub.until('both to come to their end', async () => {
    const requests = await requestsOf(orderId)
    const cancel = requests.find(({ type }: { type: string }) => type === 'cancel')
    const before = await read()
    return before.closedAt && cancel?.status === 'applied' ? [before, cancel] : null
  })
  expect(ended).toMatchObject({ status: 'stale', end: { code: 'order-closed' } })
  expect(cancellation.differenceCents).toBe(-2_500)
  await untilOrder(orderId, 'refunded', ({ refundedCents }) => refundedCents === 2_500)
  await expectStockAndMoney(hub.db, orderId)
})

test('a buyer who takes an order back while the ERP is away for longer than a change may take: nobody is asked to try that again', async () => {
  await publishRoute({ applyWithinSeconds: 8 })
  const { orderId } = await paidOrder()
  const change = { type: 'price', lines: [{ lineNumber: 1, unitPriceCents: 900 }] }
  const asked = await askAndWait(orderId, change)
  // It keeps the time that it was asked for with; the cancellation has more.
  await publishRoute({})
  hub.simulator.erp.change({ mood: 'down' })
  await approve('team_lead', asked)
  await untilErpIsCalled(asked.changeId)
  expect((await takeBack(orderId, uuid())).statusCode).toBe(200)
  await hub.until('the change to be given up', async () => {
    return (await readRequest(asked.changeId)).status === 'undoing'
  })
  hub.simulator.erp.change({ mood: 'ok' })
  const cancellation = await untilCancelled(orderId)
  expect(await readRequest(cancellation.changeId)).toMatchObject({ needsAttention: false, end: null })
  expect(await readRequest(asked.changeId)).toMatchObject({
    status: 'stale',
    end: { code: 'erp-unreachable' },
  })
  const { items } = await call('ops', 'GET', '/work-items?kind=change_apply_failed')
  expect(items.filter(({ key }: { key: string }) => key === asked.changeId)).toEqual([])
  await untilOrder(orderId, 'refunded', ({ refundedCents }) => refundedCents === 2_500)
  await expectStockAndMoney(hub.db, orderId)
})

test('an ERP that refuses a buyer’s cancellation changes nothing of it: it is made, and raised for somebody to book', async () => {
  const { orderId } = await paidOrder()
  desk.orders.pop()
  hub.simulator.erp.change({ next: ['refuse'], rates: {} })
  expect((await takeBack(orderId, uuid())).statusCode).toBe(200)
  const [request] = await hub.until('the request to end', async () => {
    const requests = await requestsOf(orderId)
    return requests[0]?.status === 'applied' ? requests : null
  })
  expect(await call('ops', 'GET', `/change-requests/${request.changeId}`)).toMatchObject({
    needsAttention: true,
  })
  const { items } = await call('ops', 'GET', '/work-items?kind=change_apply_failed&state=open')
  expect(items.filter(({ key }: { key: string }) => key === request.changeId)).toHaveLength(1)
  await untilOrder(orderId, 'refunded', ({ refundedCents }) => refundedCents === 2_500)
  await expectStockAndMoney(hub.db, orderId)
})

test('an ERP that answers late, not at all, or is away books each change once', async () => {
  const orders = await Promise.all([paidOrder(), paidOrder(), paidOrder()])
  hub.simulator.erp.change({ next: ['timeout-after-applying', 'down', 'garbage', 'busy', 'down'], rates: {} })
  await Promise.all(
    orders.map(({ orderId }) =>
      apply(orderId, { type: 'price', lines: [{ lineNumber: 1, unitPriceCents: 800 }] }, 'team_lead'),
    ),
  )
  for (const { orderId, paymentId } of orders) {
    expect(await refundsOf(orderId)).toEqual([[paymentId, 400, 'changed']])
    await expectStockAndMoney(hub.db, orderId)
  }
})

test('in the end ERP, payment provider, stock and audit trail say the same', async () => {
  await expectErpAgrees(hub.db, hub.simulator.erp.ledger, desk.orders)
  const { refunds, conflicts } = hub.simulator.effects()
  expect(conflicts).toBe(0)
  expect(refunds.filter((refund) => refund.effects !== 1)).toEqual([])
  expect(await hub.reconcile.checkStock()).toBe(0)
  while ((await sealAuditEntries(hub.db, 1_000)) > 0);
  await keepAuditHead(hub.db)
  expect(await verifyAuditChain(hub.db)).toMatchObject({ found: 0 })
})
