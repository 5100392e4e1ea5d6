import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { POLICIES } from '../../contracts/policies/index.ts'
import type { Role } from '../../domain/role.ts'
import type { System } from '../../store/identity.ts'
import { publishPolicy } from '../../store/policy-versions.ts'
import { openTestApi, seedCallers, type TestApi, userName } from '../api/support.ts'
import { expectStockAndMoney } from '../support/changed-orders.ts'
import { keepHistory } from '../support/histories.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'

/**
 * Orders that the rules stop, from the payment until they go on or end, with everything real: API, database, both
 * workflows, worker and carrier. Nothing is called but the API.
 */
let hub: TestHub
let api: TestApi

beforeAll(async () => {
  hub = await startTestHub({ patienceMs: 90_000, life: { afterSalesWindowSeconds: 600 } })
  const keys = await seedCallers(hub.db, 'MALL')
  const { keyRing, policies, commands: orderCommands } = hub
  api = await openTestApi(hub, keys, { deps: { keyRing, policies, orderCommands } })
})
afterAll(async () => {
  expect(await hub.reconcile.checkStock()).toBe(0)
  await api.close()
  await hub.close()
})

async function ask(caller: System | Role, method: 'GET' | 'POST', path: string, payload?: object) {
  const response = await api.as(caller, {
    method,
    url: `/v1${path}`,
    ...(payload ? { payload, headers: { 'idempotency-key': uuid() } } : {}),
  })
  return { status: response.statusCode, body: response.json() }
}
async function call(...request: Parameters<typeof ask>) {
  const { status, body } = await ask(...request)
  if (status >= 300) throw new Error(`${request[2]}: ${status} ${JSON.stringify(body)}`)
  return body
}

type Contact = { phone?: string; address?: string; remark?: string }
const RIGHT = { name: '张三', phone: '13800138000', divisionCode: '330106', address: '文三路 1 号' }

async function paidOrder(contact: Contact): Promise<string> {
  const { orderId, amountCents } = await call('mall', 'POST', '/orders', {
    ...{ storeId: 'MALL', channel: 'mall', freightCents: 500 },
    contact: { ...RIGHT, ...contact },
    lines: [{ skuId: 'SKU-A', quantity: 2, unitPriceCents: 1_000 }],
  })
  const payment = {
    paymentId: `PAY-${uuid()}`,
    amountCents,
    method: 'wechat',
    paidAt: new Date().toISOString(),
  }
  expect(await call('payments', 'POST', `/orders/${orderId}/payments`, payment)).toMatchObject({
    outcome: 'accepted',
  })
  return orderId
}

/** The work item of an order that is held, once there is one. */
const untilHeld = (orderId: string) =>
  hub.until(`${orderId} to be held`, async () => {
    const { items } = await call('clerk', 'GET', `/work-items?orderId=${orderId}&kind=abnormal_order`)
    return items[0]
  })
const openTasks = async (orderId: string) =>
  (await hub.tasks(orderId)).filter(({ state }) => state === 'created')
const release = (caller: Role, orderId: string, checkNumber = 1) =>
  ask(caller, 'POST', `/abnormal-orders/${orderId}/release`, {
    checkNumber,
    reason: '已电话核实，按原地址发货',
  })
const untilQuiet = (orderId: string) =>
  hub.until(`${orderId} to need nobody`, async () => {
    const row = await hub.row(orderId)
    const { items } = await call('clerk', 'GET', `/work-items?orderId=${orderId}`)
    return items.length === 0 && !row.needs_attention
  })

/** Asks for a change of the order and approves it, until it is applied. */
async function change(orderId: string, wanted: object): Promise<void> {
  const { version: orderVersion } = await call('clerk', 'GET', `/orders/${orderId}`)
  const request = {
    orderId,
    orderVersion,
    change: wanted,
    reasonCode: 'customer_request',
    reason: '客户要求',
  }
  const { changeId } = await call('clerk', 'POST', '/change-requests', request)
  const until = (status: string) =>
    hub.until(`${changeId} to be ${status}`, async () => {
      const found = await call('clerk', 'GET', `/change-requests/${changeId}`)
      if (found.end && found.status !== status) throw new Error(`${found.status}: ${found.end.detail}`)
      return found.status === status ? found : null
    })
  const asked = await until('in_approval')
  await call('team_lead', 'POST', `/change-requests/${changeId}/decisions`, {
    ...{ decision: 'approve', requestVersion: 1, stepNumber: 1, orderVersion: asked.orderVersion },
  })
  await until('applied')
}

test('a vague address holds the paid order; the corrected one lets it go by itself', async () => {
  const orderId = await paidOrder({ address: '家里' })
  const item = await untilHeld(orderId)
  expect(item).toMatchObject({ owner: userName('clerk'), detail: { outcome: 'held', tags: '地址过于模糊' } })
  expect(await hub.row(orderId)).toMatchObject({ status: 'paid', needs_attention: true })
  expect(await hub.tasks(orderId)).toEqual([])
  await change(orderId, { type: 'address', contact: { ...RIGHT, address: '文三路 88 号' } })
  await hub.untilTasks(orderId)
  await untilQuiet(orderId)
  const { checks, status } = await call('clerk', 'GET', `/orders/${orderId}`)
  expect(status).toBe('paid')
  expect(checks).toMatchObject([
    { number: 1, outcome: 'held', state: 'superseded', findings: [{ rule: 'address-too-short' }] },
    { number: 2, state: 'passed', releasedBy: null },
  ])
  await expectStockAndMoney(hub.db, orderId)
  await keepHistory(hub, orderId, 'abnormal-held-then-changed')
})

test('a person lets a held order go, once; it says who and why, and the same finding holds it no more', async () => {
  const orderId = await paidOrder({ phone: '12012345678' })
  const { workItemId } = await untilHeld(orderId)
  // Out of sight is not let go.
  expect(await ask('clerk', 'POST', `/work-items/${workItemId}/resolve`, { resolution: 'x' })).toMatchObject({
    status: 409,
    body: { code: 'order-held' },
  })
  expect(await release('clerk', orderId, 2)).toMatchObject({ status: 409, body: { code: 'order-not-held' } })
  expect(await ask('mall', 'POST', `/abnormal-orders/${orderId}/release`, {})).toMatchObject({ status: 403 })
  expect(await release('clerk', orderId)).toMatchObject({ status: 200 })
  expect(await release('team_lead', orderId)).toMatchObject({ status: 409 })
  await hub.untilTasks(orderId)
  await untilQuiet(orderId)
  const { checks } = await call('clerk', 'GET', `/orders/${orderId}`)
  expect(checks).toMatchObject([
    { state: 'released', releasedBy: userName('clerk'), releaseReason: '已电话核实，按原地址发货' },
  ])
  await change(orderId, { type: 'gift', lines: [{ skuId: 'SKU-B', quantity: 1 }] })
  await hub.until('its task with the gift', async () => {
    const [task] = await openTasks(orderId)
    return task?.change_id === null && task.lines.length === 2
  })
  const { checks: again } = await call('clerk', 'GET', `/orders/${orderId}`)
  expect(again[1]).toMatchObject({
    ...{ number: 2, state: 'passed', outcome: 'noted' },
    findings: [{ rule: 'phone-invalid', action: 'note', wasReleased: true }],
  })
  const { items: log } = await call('clerk', 'GET', `/orders/${orderId}/log?limit=200`)
  const lines = log.filter(({ field }: { field: string }) => field === 'check')
  expect(lines).toMatchObject([
    { newValue: 'held, policy 0, phone-invalid (phoneKind invalid)' },
    { oldValue: 'held', newValue: 'released', operator: userName('clerk') },
    { newValue: expect.stringContaining('noted, policy 0') },
  ])
  await keepHistory(hub, orderId, 'abnormal-held-then-released')
})

test('a blocked order is let go by nobody but the roles that its rule names', async () => {
  const orderId = await paidOrder({ remark: '顺便放一把管制刀具' })
  const item = await untilHeld(orderId)
  expect(item).toMatchObject({ owner: null, detail: { outcome: 'blocked' } })
  for (const role of ['clerk', 'store_manager', 'regional_director'] as const) {
    expect(await release(role, orderId)).toMatchObject({
      status: 403,
      body: { code: 'order-release-forbidden' },
    })
  }
  expect(await hub.tasks(orderId)).toEqual([])
  expect(await release('admin', orderId)).toMatchObject({ status: 200 })
  await hub.untilTasks(orderId)
})

test('a held order is cancelled by a change request, and everything goes back', async () => {
  const orderId = await paidOrder({ remark: '不要发货了，拍错了' })
  await untilHeld(orderId)
  await change(orderId, { type: 'cancel' })
  await hub.untilStatus(orderId, 'cancelled')
  await untilQuiet(orderId)
  const { items } = await call('clerk', 'GET', `/abnormal-orders?orderId=${orderId}&action=hold`)
  expect(items).toMatchObject([{ rule: 'remark-stop', state: 'ended' }])
  expect(await release('clerk', orderId)).toMatchObject({ status: 409, body: { code: 'order-not-held' } })
  expect(await hub.tasks(orderId)).toEqual([])
  await expectStockAndMoney(hub.db, orderId)
  await keepHistory(hub, orderId, 'abnormal-held-then-cancelled')
})

test('a change that makes an order abnormal stops it while it is being picked', async () => {
  const orderId = await paidOrder({})
  await hub.untilTasks(orderId)
  await change(orderId, { type: 'address', contact: { ...RIGHT, address: '见备注' } })
  await untilHeld(orderId)
  const [task] = await openTasks(orderId)
  expect(task?.change_id).not.toBeNull()
  const report = { type: 'packed', eventId: uuid(), courier: 'sim', waybillNumber: `WB-${uuid()}` }
  expect(await ask('warehouse', 'POST', `/pick-tasks/${task?.id}/events`, report)).toMatchObject({
    status: 409,
  })
  expect(await release('clerk', orderId, 2)).toMatchObject({ status: 200 })
  await hub.until('its task to go on', async () => (await openTasks(orderId))[0]?.change_id === null)
  await keepHistory(hub, orderId, 'abnormal-after-change')
})

test('a worker that stops and one that begins again change nothing: held stays held, and a release waits', async () => {
  const orderId = await paidOrder({ address: '。。。。。' })
  await untilHeld(orderId)
  await hub.stopWorker()
  expect(await release('clerk', orderId)).toMatchObject({ status: 200 })
  expect(await hub.tasks(orderId)).toEqual([])
  await hub.startWorker()
  await hub.untilTasks(orderId)
  await untilQuiet(orderId)
})

test('findings are listed by tag, severity, state, handler and store, page by page', async () => {
  const list = (query: string) => call('clerk', 'GET', `/abnormal-orders?${query}`)
  const { items } = await list('limit=200')
  const rules = new Set(items.map(({ rule }: { rule: string }) => rule))
  expect([...rules]).toEqual(
    expect.arrayContaining(['address-too-short', 'phone-invalid', 'remark-dangerous']),
  )
  const first = await list('limit=1')
  const second = await list(`limit=1&cursor=${first.nextCursor}`)
  expect([first.items[0], second.items[0]]).toEqual(items.slice(0, 2))
  const tag = encodeURIComponent('电话无效')
  const byTag = await list(
    `tag=${tag}&severity=high&state=released&handler=${userName('clerk')}&storeId=MALL`,
  )
  expect(byTag.items).toMatchObject([{ rule: 'phone-invalid', policyVersion: 0, checkNumber: 1 }])
  expect(await list('severity=critical&handlerRole=ops')).toMatchObject({ items: [{ action: 'block' }] })
  expect(await list('state=held')).toMatchObject({ items: [] })
  expect(await ask('clerk', 'GET', '/abnormal-orders?colour=red')).toMatchObject({ status: 400 })
})

test('without rules every order goes its way', async () => {
  const none = { ...POLICIES['abnormal-order'].initial, rules: [] }
  await publishPolicy(hub.db, { kind: 'abnormal-order', document: none, author: 'test', reason: 'test' })
  await hub.until('the new version to count', async () => {
    const orderId = await paidOrder({ address: '家里' })
    await hub.until('its check', async () => (await call('clerk', 'GET', `/orders/${orderId}`)).checks[0])
    return (await call('clerk', 'GET', `/orders/${orderId}`)).checks[0].policyVersion === 1 && orderId
  })
})
