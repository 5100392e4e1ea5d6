import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openWorkItem } from '../../store/work-items.ts'
import { createTestApi, placeOrder, type TestApi } from './support.ts'

let api: TestApi
let orderId: string
beforeAll(async () => {
  api = await createTestApi()
})
afterAll(() => api.close())
beforeEach(async () => {
  api.commands.answer = async () => ({ accepted: true })
  orderId = (await placeOrder(api)).json().orderId
})

const post = (caller: Parameters<TestApi['as']>[0], url: string, payload?: object) =>
  api.as(caller, {
    method: 'POST',
    url,
    headers: { 'idempotency-key': uuid() },
    ...(payload === undefined ? {} : { payload }),
  })
const pay = (caller: 'payments' | 'mall', id: string, changes: Record<string, unknown> = {}) =>
  post(caller, `/v1/orders/${id}/payments`, {
    paymentId: uuid(),
    amountCents: 2_000,
    method: 'wechat',
    paidAt: new Date().toISOString(),
    ...changes,
  })

test('a payment in time confirms the holds in its own transaction', async () => {
  const response = await pay('payments', orderId)
  expect([response.statusCode, response.json().outcome]).toEqual([201, 'accepted'])
  expect(await api.rows('select state from reservation where order_id = $1', [orderId])).toEqual([
    { state: 'confirmed' },
  ])
})

test('a payment for an unknown order is kept and raised, not lost', async () => {
  const unknown = uuid()
  const response = await pay('payments', unknown, { paymentId: 'P-LOST' })
  expect([response.statusCode, response.json().outcome]).toEqual([202, 'unmatched'])
  expect(
    await api.rows("select amount_cents, named_order_id from payment where id = 'P-LOST'"),
  ).toMatchObject([{ named_order_id: unknown }])
  const { items } = (await api.as('ops', { url: '/v1/work-items?kind=unmatched_payment' })).json()
  expect(items).toMatchObject([{ key: 'P-LOST', title: { zh: '收到付款，但订单不存在' } }])
})

test('one serial number with two amounts is refused, and a person hears of it', async () => {
  const paymentId = uuid()
  await pay('payments', orderId, { paymentId, amountCents: 100 })
  const response = await pay('payments', orderId, { paymentId, amountCents: 200 })
  expect([response.statusCode, response.json().code]).toEqual([409, 'payment-mismatch'])
  const { items } = (await api.as('ops', { url: '/v1/work-items?kind=payment_mismatch' })).json()
  expect(items).toMatchObject([{ key: paymentId, detail: { recordedCents: 100, reportedCents: 200 } }])
})

test('only the buyer’s system may cancel what is paid; the order is told who asks', async () => {
  await post('mall', `/v1/orders/${orderId}/cancellation`, { reason: 'no longer needed' })
  await post('clerk', `/v1/orders/${orderId}/cancellation`, { reason: 'customer rang' })
  const asked = api.commands.sent.filter((command) => command.orderId === orderId)
  expect(asked.map((command) => command.mayCancelPaid)).toEqual([true, false])
  api.commands.answer = async () => ({
    accepted: false,
    code: 'paid-cancellation-forbidden',
    detail: 'it is paid',
  })
  const refused = await post('clerk', `/v1/orders/${orderId}/cancellation`, { reason: 'again' })
  expect([refused.statusCode, refused.json().code]).toEqual([403, 'paid-cancellation-forbidden'])
})

test('Temporal away is 503 for commands, and the same key is carried out later', async () => {
  const { ProblemError } = await import('../../contracts/errors.ts')
  api.commands.answer = async () => {
    throw new ProblemError('unavailable')
  }
  const headers = { 'idempotency-key': uuid() }
  const ask = () =>
    api.as('mall', {
      method: 'POST',
      url: `/v1/orders/${orderId}/cancellation`,
      headers,
      payload: { reason: 'r' },
    })
  const away = await ask()
  expect([away.statusCode, away.headers['retry-after']]).toEqual([503, '3'])
  api.commands.answer = async () => ({ accepted: true })
  expect((await ask()).statusCode).toBe(200)
})

test('a return goes step by step, each by whoever may take it', async () => {
  const asked = await post('clerk', `/v1/orders/${orderId}/returns`, {
    reason: '不合适',
    lines: [{ lineNumber: 1, quantity: 1 }],
  })
  expect([asked.statusCode, asked.json().state]).toEqual([201, 'requested'])
  const { returnId } = asked.json()
  const path = `/v1/orders/${orderId}/returns/${returnId}`
  expect((await post('team_lead', `${path}/decisions`, { decision: 'approve' })).json().code).toBe(
    'return-not-found',
  )
  await api.rows(
    "insert into order_return (id, order_id, state, reason, lines) values ($1, $2, 'requested', 'r', '[]')",
    [returnId, orderId],
  )
  expect((await post('team_lead', `${path}/decisions`, { decision: 'approve' })).json().state).toBe(
    'approved',
  )
  expect((await post('warehouse', `${path}/receipt`)).json().state).toBe('received')
  const lines = [{ lineNumber: 1, restocked: 1, writtenOff: 0 }]
  expect((await post('warehouse', `${path}/inspection`, { lines })).json().state).toBe('settled')
  expect(
    api.commands.sent.filter((command) => command.orderId === orderId).map((command) => command.name),
  ).toEqual(['requestReturn', 'decideReturn', 'receiveReturn', 'inspectReturn'])
})

test('a pick task is reported by the warehouse once per event id, and its parcel is listed', async () => {
  const pickTaskId = `${orderId}-F1`
  await pay('payments', orderId)
  await api.rows(
    `insert into pick_task (id, order_id, warehouse_id, state, lines)
     values ($1, $2, 'WH-1', 'created', '[{"lineNumber":1,"skuId":"SKU-1","quantity":2}]')`,
    [pickTaskId, orderId],
  )
  const open = (await api.as('clerk', { url: `/v1/pick-tasks?orderId=${orderId}` })).json()
  expect(open.items).toMatchObject([{ pickTaskId, state: 'created' }])
  const event = { type: 'packed', eventId: 'E-1', waybillNumber: `SF${orderId}`, courier: 'sf' }
  const first = await post('warehouse', `/v1/pick-tasks/${pickTaskId}/events`, event)
  expect([first.statusCode, first.json()]).toEqual([200, { pickTaskId, state: 'packed' }])
  expect((await post('warehouse', `/v1/pick-tasks/${pickTaskId}/events`, event)).json()).toEqual(first.json())
  const shipments = (await api.as('mall', { url: `/v1/shipments?orderId=${orderId}` })).json()
  expect(shipments.items).toMatchObject([{ waybillNumber: `SF${orderId}`, state: 'shipped', tracking: [] }])
  const late = await post('warehouse', `/v1/pick-tasks/${pickTaskId}/events`, {
    type: 'started',
    eventId: 'E-2',
  })
  expect([late.statusCode, late.json().code]).toEqual([409, 'pick-task-wrong-state'])
})

test('a work item is assigned, resolved once, and hidden from other stores', async () => {
  const other = (await placeOrder(api, { storeId: 'ST-2' })).json().orderId
  for (const id of [orderId, other]) {
    await openWorkItem(api.database.db, {
      kind: 'short_pick',
      key: id,
      orderId: id,
      detail: { missing: 'SKU-1 ×1' },
    })
  }
  const visible = (await api.as('clerk', { url: '/v1/work-items?kind=short_pick' })).json().items
  expect(visible.map((item: { orderId: string }) => item.orderId)).toEqual([orderId])
  const all = (await api.as('ops', { url: '/v1/work-items?kind=short_pick' })).json().items
  const hidden = all.find((item: { orderId: string }) => item.orderId === other)
  expect(
    (await post('clerk', `/v1/work-items/${hidden.workItemId}/resolve`, { resolution: 'x' })).statusCode,
  ).toBe(404)
  const [{ workItemId }] = visible
  expect((await post('clerk', `/v1/work-items/${workItemId}/assign`, { owner: 'clerk' })).json().owner).toBe(
    'clerk',
  )
  const resolved = await post('clerk', `/v1/work-items/${workItemId}/resolve`, { resolution: 'counted' })
  expect(resolved.json()).toMatchObject({ state: 'resolved', resolvedBy: 'clerk', resolution: 'counted' })
  const again = await post('clerk', `/v1/work-items/${workItemId}/resolve`, { resolution: 'counted' })
  expect([again.statusCode, again.json().code]).toEqual([409, 'work-item-resolved'])
  const replay = await post('ops', `/v1/work-items/${hidden.workItemId}/replay`)
  expect([replay.statusCode, replay.json().code]).toEqual([409, 'not-replayable'])
})

test('a published policy holds for the next order, which remembers its version', async () => {
  const url = '/v1/policies/reservation'
  const { version, document } = (await api.as('clerk', { url })).json()
  const changed = { ...document, holdTtlSeconds: 60 }
  const put = await api.as('admin', { method: 'PUT', url, payload: { document: changed, reason: '试运行' } })
  expect(put.json()).toMatchObject({ kind: 'reservation', version: version + 1, document: changed })
  const placed = (await placeOrder(api)).json()
  expect(Date.parse(placed.reservationExpiresAt) - Date.now()).toBeLessThanOrEqual(60_000)
  const order = (await api.as('ops', { url: `/v1/orders/${placed.orderId}` })).json()
  const versions = { 'order-life': 0, reservation: version + 1 }
  expect(order.policyVersions).toMatchObject(versions)
  const input = await api.rows(
    `select body -> 'policyVersions' as versions from inbox join inbox_body on inbox_id = id
     where order_key = $1 and starts_order`,
    [placed.orderId],
  )
  expect(input).toMatchObject([{ versions }])
})

test('a document that does not fit its kind is refused, and every field is named', async () => {
  const url = '/v1/policies/order-life'
  const { document } = (await api.as('clerk', { url })).json()
  const wrong = { document: { ...document, trackingIntervalSeconds: 301, foo: 1 }, reason: 'x' }
  const refused = await api.as('admin', { method: 'PUT', url, payload: wrong })
  expect(refused.json().errors.map((error: { field: string }) => error.field)).toEqual([
    'document.trackingIntervalSeconds',
    'document.foo',
  ])
})

test('open work items are counted by how long they have waited, those of other stores for nobody else', async () => {
  const counted = async (caller: 'clerk' | 'admin') =>
    (await api.as(caller, { url: '/v1/work-items/counts' })).json()
  const before = { clerk: await counted('clerk'), admin: await counted('admin') }
  const other = (await placeOrder(api, { storeId: 'ST-2' })).json().orderId
  for (const [id, waited] of [
    [orderId, '59 minutes'],
    [uuid(), '61 minutes'],
    [other, '25 hours'],
  ] as const) {
    const named = id === orderId || id === other ? id : null
    const item = { kind: 'short_pick', key: `${id}/counted`, orderId: named, detail: {} } as const
    await openWorkItem(api.database.db, item)
    await api.rows('update work_item set created_at = now() - $2::interval where key = $1', [
      item.key,
      waited,
    ])
  }
  expect(await counted('admin')).toMatchObject({
    total: before.admin.total + 3,
    underHour: before.admin.underHour + 1,
    underDay: before.admin.underDay + 1,
    overDay: before.admin.overDay + 1,
  })
  expect(await counted('clerk')).toEqual({
    ...before.clerk,
    total: before.clerk.total + 1,
    underHour: before.clerk.underHour + 1,
  })
})
