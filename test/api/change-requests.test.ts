import { createHash } from 'node:crypto'
import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { POLICIES } from '../../contracts/policies/index.ts'
import type { ApprovalMode } from '../../domain/approval-route.ts'
import type { Role } from '../../domain/role.ts'
import { turnDelegation } from '../../store/change-delegations.ts'
import { applyChangeEvent } from '../../store/change-requests.ts'
import { type System, upsertAccount } from '../../store/identity.ts'
import { publishPolicy } from '../../store/policy-versions.ts'
import { DelegationTurns } from '../../workers/delegation-turns.ts'
import { createTestApi, DIVISION, PASSWORD, placeOrder, type TestApi } from './support.ts'

let api: TestApi
beforeAll(async () => {
  api = await createTestApi()
})
afterAll(() => api.close())

const post = (caller: System | Role, path: string, payload: object, key: string = uuid()) =>
  api.as(caller, {
    method: 'POST',
    url: `/v1${path}`,
    headers: { 'idempotency-key': key },
    payload,
  })
const price = (unitPriceCents: number) => ({ type: 'price', lines: [{ lineNumber: 1, unitPriceCents }] })
/** An order of ¥1,000.00, so that reductions up to that can be asked for. */
const newOrder = async (more: object = {}): Promise<string> => {
  const lines = [{ skuId: 'SKU-1', quantity: 1, unitPriceCents: 100_000 }]
  return (await placeOrder(api, { lines, ...more })).json().orderId
}
const asking = (orderId: string, change: object, more: object = {}) => ({
  orderId,
  orderVersion: 1,
  change,
  reasonCode: 'goodwill',
  reason: '协商让利',
  ...more,
})
/** Asked for, and held by the order as its workflow would do it. */
const inApproval = async (change: object, caller: System | Role = 'clerk') => {
  const response = await post(caller, '/change-requests', asking(await newOrder(), change))
  expect(response.statusCode).toBe(201)
  const { changeId } = response.json()
  await hold(changeId)
  return changeId as string
}
const hold = (changeId: string) =>
  api.database.db.transaction().execute((tx) =>
    applyChangeEvent(tx, api.deps.keyRing, {
      changeId,
      eventId: uuid(),
      event: { type: 'hold_granted', orderVersion: 2 },
      operator: 'system',
    }),
  )
const read = async (changeId: string, caller: System | Role = 'admin') =>
  (await api.as(caller, { url: `/v1/change-requests/${changeId}` })).json()
const seen = (more: object = {}) => ({
  decision: 'approve',
  requestVersion: 1,
  stepNumber: 1,
  orderVersion: 2,
  ...more,
})
const decide = (caller: Role, changeId: string, more: object = {}) =>
  post(caller, `/change-requests/${changeId}/decisions`, seen(more))
const inboxOf = async (caller: Role) =>
  (await api.as(caller, { url: '/v1/approval-inbox?limit=200' }))
    .json()
    .items.map((item: { changeId: string }) => item.changeId)

describe('asking', () => {
  test('a dry run shows lines, money, stock, ERP and route, and writes nothing', async () => {
    const orderId = await newOrder()
    const response = await api.as('clerk', {
      method: 'POST',
      url: '/v1/change-requests?dryRun=true',
      payload: asking(orderId, { type: 'quantity', lines: [{ lineNumber: 1, quantity: 3 }] }),
    })
    expect(response.statusCode).toBe(200)
    expect(response.json()).toMatchObject({
      orderVersion: 1,
      effect: { amountCents: { before: 100_000, after: 300_000 }, differenceCents: 200_000 },
      concessionCents: 0,
      stock: { moves: [{ skuId: 'SKU-1', warehouseId: 'WH-1', quantity: 2 }], shortages: [] },
      erp: { lines: [{ previousQuantity: 1, quantity: 3 }], targetAmountCents: 300_000 },
      route: { tier: 'team-lead', automatic: false, policyVersion: 0 },
    })
    expect(await api.rows('select 1 from change_request where order_id = $1', [orderId])).toEqual([])
    expect(await api.rows("select reserved from stock_level where sku_id = 'SKU-1'")).toEqual(
      await api.rows(
        "select coalesce(sum(quantity), 0)::int as reserved from reservation where sku_id = 'SKU-1' and state = 'held'",
      ),
    )
  })

  test('a dry run says which warehouse would get units back, and what there is not enough of', async () => {
    const lines = [{ skuId: 'SKU-2', quantity: 5, unitPriceCents: 100 }]
    const orderId = await newOrder({ lines })
    const preview = async (quantity: number) =>
      (
        await api.as('clerk', {
          method: 'POST',
          url: '/v1/change-requests?dryRun=true',
          payload: asking(orderId, { type: 'quantity', lines: [{ lineNumber: 1, quantity }] }),
        })
      ).json().stock
    expect(await preview(2)).toEqual({
      moves: [{ lineNumber: 1, skuId: 'SKU-2', warehouseId: 'WH-1', quantity: -3 }],
      shortages: [],
    })
    expect(await preview(2_000)).toMatchObject({
      moves: [],
      shortages: [{ skuId: 'SKU-2', requested: 1_995 }],
    })
  })

  test('a request has a number that people can say, once for each key', async () => {
    const orderId = await newOrder()
    const key = uuid()
    const first = await post('clerk', '/change-requests', asking(orderId, price(95_001)), key)
    const again = await post('clerk', '/change-requests', asking(orderId, price(95_001)), key)
    expect([first.statusCode, again.statusCode]).toEqual([201, 201])
    expect(first.json().changeNumber).toMatch(/^CR-\d{8}-\d{4}$/)
    expect(again.json()).toEqual(first.json())
    expect(first.json()).toMatchObject({
      status: 'submitted',
      applicant: 'clerk',
      differenceCents: -4_999,
      tier: 'team-lead',
    })
  })

  test('numbers of a day are unique, however many ask at once', async () => {
    const orders = await Promise.all(Array.from({ length: 8 }, () => newOrder()))
    const answers = await Promise.all(
      orders.map((orderId) => post('clerk', '/change-requests', asking(orderId, price(99_000)))),
    )
    const numbers = answers.map((answer) => answer.json().changeNumber)
    expect(new Set(numbers).size).toBe(8)
  })

  test('one request an order: of two at once one is refused and told of the other', async () => {
    const orderId = await newOrder()
    const answers = await Promise.all(
      ['clerk' as const, 'team_lead' as const].map((caller) =>
        post(caller, '/change-requests', asking(orderId, price(99_000))),
      ),
    )
    const refused = answers.find((answer) => answer.statusCode !== 201)?.json()
    const accepted = answers.find((answer) => answer.statusCode === 201)?.json()
    expect(refused).toMatchObject({ code: 'change-request-open', changeNumber: accepted.changeNumber })
  })

  test.each<[string, object, number, string]>([
    [
      'a line that the order does not have',
      { type: 'quantity', lines: [{ lineNumber: 9, quantity: 1 }] },
      409,
      'change-not-possible',
    ],
    ['a price that it has already', price(100_000), 409, 'change-not-possible'],
    ['a negative price', price(-1), 400, 'invalid-request'],
    ['a price above every limit', price(10_000_000_000), 400, 'invalid-request'],
    [
      'a gift that nobody sells',
      { type: 'gift', lines: [{ skuId: 'SKU-9', quantity: 1 }] },
      422,
      'unknown-sku',
    ],
    ['a refund without a payment', { type: 'refund', amountCents: 100 }, 400, 'invalid-request'],
    ['a refund of nothing', { type: 'refund', paymentId: 'P-1', amountCents: 0 }, 400, 'invalid-request'],
    ['an unknown type', { type: 'free', lines: [] }, 400, 'invalid-request'],
    [
      'an address without a division',
      { type: 'address', contact: { name: '李', phone: '13900000000', address: '某处' } },
      400,
      'invalid-request',
    ],
    [
      'an address in a division that does not exist',
      {
        type: 'address',
        contact: { name: '李', phone: '13900000000', address: '某处', divisionCode: '999999' },
      },
      422,
      'unknown-division',
    ],
  ])('%s is refused and logged, and nothing is written', async (_, change, status, code) => {
    const orderId = await newOrder()
    const logged = api.log.length
    const response = await post('clerk', '/change-requests', asking(orderId, change))
    expect([response.statusCode, response.json().code]).toEqual([status, code])
    expect(api.log.slice(logged).join('')).toContain(`"problem":"${code}"`)
    expect(await api.rows('select 1 from change_request where order_id = $1', [orderId])).toEqual([])
  })

  test('an order that has moved on, or is another store’s, is refused', async () => {
    const moved = await post(
      'clerk',
      '/change-requests',
      asking(await newOrder(), price(99_000), { orderVersion: 7 }),
    )
    expect(moved.json()).toMatchObject({ code: 'change-order-changed', orderVersion: 1 })
    const foreign = await post(
      'clerk',
      '/change-requests',
      asking(await newOrder({ storeId: 'ST-2' }), price(99_000)),
    )
    expect(foreign.json().code).toBe('order-not-found')
  })

  test('a new address is sealed, shown to the store in full and to others masked', async () => {
    const contact = { name: '李小龙', phone: '13987654321', divisionCode: DIVISION, address: '新地址 8 号' }
    const changeId = await inApproval({ type: 'address', contact })
    expect((await read(changeId, 'clerk')).contact).toMatchObject({
      before: { name: '欧阳晓明' },
      after: { name: '李小龙', phone: '13987654321', divisionCode: DIVISION },
    })
    expect((await read(changeId, 'admin')).contact.after).toMatchObject({ name: '李*', phone: '139****4321' })
    const rows = await api.rows('select change::text from change_request_version where change_id = $1', [
      changeId,
    ])
    expect(JSON.stringify(rows)).not.toContain('13987654321')
  })
})

describe('deciding', () => {
  test.each<[number, Role]>([
    [4_999, 'team_lead'],
    [5_000, 'store_manager'],
    [10_000, 'store_manager'],
    [10_001, 'regional_director'],
    [50_000, 'regional_director'],
    [50_001, 'finance'],
  ])('a reduction by %i cents waits for the %s, who approves it', async (cents, role) => {
    const changeId = await inApproval(price(100_000 - cents))
    expect(await inboxOf(role)).toContain(changeId)
    for (const other of ['team_lead', 'store_manager', 'regional_director', 'finance'] as const) {
      if (other === role) continue
      expect(await inboxOf(other)).not.toContain(changeId)
      expect((await decide(other, changeId)).json().code).toBe('change-not-approver')
    }
    const answer = await decide(role, changeId)
    expect(answer.json()).toMatchObject({ status: 'approved', separationOfDuties: true })
    expect(await inboxOf(role)).not.toContain(changeId)
  })

  test('what waits for somebody is counted for them alone, by the filters of the list, and what is late apart', async () => {
    const counts = async (caller: Role, query = '') =>
      (await api.as(caller, { url: `/v1/approval-inbox/counts${query}` })).json()
    const before = await counts('team_lead')
    const [first, second] = [await inApproval(price(95_001)), await inApproval(price(95_001))]
    await api.rows("update change_request set due_at = now() - interval '1 minute' where id = $1", [second])
    expect(await counts('team_lead')).toEqual({
      ...before,
      total: before.total + 2,
      overdue: before.overdue + 1,
    })
    expect(before.total + 2).toBe((await inboxOf('team_lead')).length)
    expect(await counts('team_lead', '?type=cancel')).toMatchObject({ overdue: 0 })
    const late = (await api.as('team_lead', { url: '/v1/approval-inbox?overdue=true&limit=200' })).json()
    const lateIds = late.items.map((item: { changeId: string }) => item.changeId)
    expect(lateIds).toContain(second)
    expect(lateIds).not.toContain(first)
    expect(await counts('team_lead', '?overdue=true')).toMatchObject({ total: lateIds.length })
    await decide('team_lead', first)
    await decide('team_lead', second)
    expect(await counts('team_lead')).toEqual(before)
    expect((await api.as('clerk', { url: '/v1/approval-inbox/counts?status=x' })).statusCode).toBe(400)
  })

  test('nobody decides on what they asked for', async () => {
    const changeId = await inApproval(price(99_000), 'team_lead')
    // The only team lead asked: it waits for the next level at once.
    expect(await inboxOf('team_lead')).not.toContain(changeId)
    expect((await decide('team_lead', changeId)).json().code).toBe('change-own-request')
    expect((await decide('store_manager', changeId)).json().status).toBe('approved')
  })

  test('nobody decides on an order that goes to themselves, however the number is written', async () => {
    const known = await api.as('admin', {
      method: 'PUT',
      url: '/v1/accounts/team-lead/contact',
      payload: { name: '某某', phone: '+86 138-1234-1234', divisionCode: DIVISION, address: '别处 1 号' },
    })
    expect(known.statusCode).toBe(200)
    const changeId = await inApproval(price(99_000))
    expect((await decide('team_lead', changeId)).json().code).toBe('change-interest')
    await api.rows("update account set contact_id = null where user_name = 'team-lead'")
    expect((await read(changeId)).decisions).toMatchObject([{ refusal: { code: 'change-interest' } }])
  })

  test('the first decision counts; the second is told who was first, and both are kept', async () => {
    const name = 'second-finance'
    await upsertAccount(api.database.db, {
      userName: name,
      displayName: name,
      role: 'finance',
      password: PASSWORD,
      storeIds: [],
      region: null,
    })
    const changeId = await inApproval(price(1_000))
    const session = await api.app.inject({
      method: 'POST',
      url: '/v1/session',
      payload: { userName: name, password: PASSWORD },
    })
    const [cookie] = session.cookies
    const rival = api.app.inject({
      method: 'POST',
      url: `/v1/change-requests/${changeId}/decisions`,
      headers: {
        cookie: `${cookie?.name}=${encodeURIComponent(cookie?.value ?? '')}`,
        'x-order-hub': '1',
        'idempotency-key': uuid(),
      },
      payload: seen({ decision: 'reject', note: '不同意' }),
    })
    const answers = await Promise.all([decide('finance', changeId), rival])
    expect(answers.map((answer) => answer.statusCode).sort()).toEqual([200, 409])
    const refused = answers.find((answer) => answer.statusCode === 409)?.json()
    const { status, decisions } = await read(changeId)
    const first = decisions.find((entry: { refusal: unknown }) => entry.refusal === null)
    expect(refused).toMatchObject({ code: 'change-already-decided', decidedBy: { account: first.account } })
    expect(status).toBe(first.decision === 'approve' ? 'approved' : 'rejected')
    expect(decisions).toHaveLength(2)
    await api.rows('update account set disabled = true where user_name = $1', [name])
  })

  test('a decision on another version, step or order is refused and kept', async () => {
    const changeId = await inApproval(price(99_000))
    const codes = []
    for (const other of [{ requestVersion: 2 }, { stepNumber: 2 }, { orderVersion: 1 }]) {
      codes.push((await decide('team_lead', changeId, other)).json().code)
    }
    expect(codes).toEqual(['change-version-changed', 'change-version-changed', 'change-order-changed'])
    const { status, decisions } = await read(changeId)
    expect([status, decisions.length]).toEqual(['in_approval', 3])
  })

  test('a decision that is sent again gets its first answer, a refusal included', async () => {
    const changeId = await inApproval(price(99_000))
    const path = `/change-requests/${changeId}/decisions`
    const [wrong, right] = [uuid(), uuid()]
    const refused = await post('finance', path, seen(), wrong)
    const accepted = await post('team_lead', path, seen(), right)
    expect([refused.statusCode, accepted.statusCode]).toEqual([403, 200])
    expect((await post('finance', path, seen(), wrong)).json().code).toBe('change-not-approver')
    expect((await post('team_lead', path, seen(), right)).json()).toEqual(accepted.json())
    expect((await read(changeId)).decisions).toHaveLength(2)
  })

  test('rejected, it may be changed and asked for again, by its applicant only, and begins anew', async () => {
    const changeId = await inApproval(price(99_000))
    await decide('team_lead', changeId, { decision: 'reject', note: '太多' })
    expect(await read(changeId)).toMatchObject({ status: 'rejected', end: { detail: '太多' } })
    const { orderId: _, ...again } = asking('', price(94_000))
    const versions = `/change-requests/${changeId}/versions`
    expect((await post('store_manager', versions, again)).json().code).toBe('change-not-applicant')
    const second = await post('clerk', versions, again)
    expect(second.json()).toMatchObject({ status: 'submitted', requestVersion: 2, tier: 'store-manager' })
    await hold(changeId)
    expect((await decide('store_manager', changeId)).json().code).toBe('change-version-changed')
    expect((await decide('store_manager', changeId, { requestVersion: 2 })).json().status).toBe('approved')
    expect((await read(changeId)).versions).toHaveLength(2)
  })

  test('withdrawn by its applicant only; then nothing more is decided, and the order takes another', async () => {
    const changeId = await inApproval(price(99_000))
    const path = `/change-requests/${changeId}/withdrawal`
    expect((await post('store_manager', path, {})).json().code).toBe('change-not-applicant')
    const withdrawn = await post('clerk', path, { note: '客户又同意了' })
    expect(withdrawn.json()).toMatchObject({ status: 'withdrawn', end: { detail: '客户又同意了' } })
    expect((await decide('team_lead', changeId)).json().code).toBe('change-wrong-state')
    const { orderId } = withdrawn.json()
    expect((await post('clerk', '/change-requests', asking(orderId, price(99_000)))).statusCode).toBe(201)
  })
})

/** Tells a request what its workflow, or anybody else but an approver, would. */
const happen = (changeId: string, event: Parameters<typeof applyChangeEvent>[2]['event']) =>
  api.database.db
    .transaction()
    .execute((tx) =>
      applyChangeEvent(tx, api.deps.keyRing, { changeId, eventId: uuid(), event, operator: 'system' }),
    )
/** Approved, and refused by the ERP after that; what was done of it has been taken back where `undone`. */
const failedToApply = async (undone = true) => {
  const changeId = await inApproval(price(99_000))
  expect((await decide('team_lead', changeId)).json().status).toBe('approved')
  await happen(changeId, {
    type: 'apply_refused',
    endsAs: 'apply_failed',
    code: 'erp-refused',
    detail: 'E-1',
  })
  await happen(
    changeId,
    undone
      ? { type: 'undone', isOvertaken: false }
      : { type: 'undo_failed', code: 'erp-unreachable', detail: 'no answer' },
  )
  return changeId
}
const itemsOf = (changeId: string) =>
  api.rows('select kind, state, detail from work_item where key = $1 order by created_at', [changeId])

describe('the audit trail', () => {
  /** What was written of a request, as text, and the entries of one action without the values of no interest here. */
  const trailOf = async (changeId: string) => {
    const rows = await api.rows(
      `select action, actor, source, old_value as "oldValue", new_value as "newValue",
        encode(related_hash, 'hex') as hash, audit_entry::text as text
      from audit_entry where subject_kind = 'change_request' and subject_id = $1 order by id`,
      [changeId],
    )
    return { entries: rows.map(({ text: _, ...entry }) => entry), text: JSON.stringify(rows) }
  }
  const hashOf = (note: string) => createHash('sha256').update(note).digest('hex')

  test('names who decided, by which way and on what, a refused decision with its reason; of notes only the hash', async () => {
    const changeId = await inApproval(price(99_000))
    const [refused, counted] = ['客户王小明催得急', '王小明已电话确认']
    await decide('finance', changeId, { note: refused })
    await decide('team_lead', changeId, { note: counted })
    const { entries, text } = await trailOf(changeId)
    const seenBy = { decision: 'approve', requestVersion: 1, stepNumber: 1, orderVersion: 2 }
    const { changeNumber, orderId } = await read(changeId)
    expect(entries).toMatchObject([
      { action: 'change.requested', actor: 'clerk', source: 'console', oldValue: null },
      {
        ...{ action: 'change.decision_refused', actor: 'finance', source: 'console', hash: hashOf(refused) },
        oldValue: { status: 'in_approval', stepNumber: 1 },
        newValue: { changeNumber, orderId, ...seenBy, refusalCode: 'change-not-approver' },
      },
      {
        ...{ action: 'change.decided', actor: 'team-lead', source: 'console', hash: hashOf(counted) },
        oldValue: { status: 'in_approval', stepNumber: 1 },
        newValue: {
          ...{ changeNumber, orderId, ...seenBy },
          ...{ status: 'approved', separationOfDuties: true, onBehalfOf: null },
        },
      },
    ])
    expect(text).not.toContain('王小明')
  })

  test('names who withdrew, and not what they wrote', async () => {
    const changeId = await inApproval(price(99_000))
    const path = `/change-requests/${changeId}/withdrawal`
    expect((await post('team_lead', path, { note: '李雷又同意了' })).statusCode).toBe(403)
    expect((await post('clerk', path, { note: '李雷又同意了' })).statusCode).toBe(200)
    const { entries, text } = await trailOf(changeId)
    expect(entries.slice(1)).toMatchObject([
      {
        ...{ action: 'change.withdrawn', actor: 'clerk', source: 'console' },
        oldValue: { status: 'in_approval', requestVersion: 1, orderVersion: 2 },
        newValue: { status: 'withdrawn', code: 'withdrawn' },
      },
    ])
    expect(text).not.toContain('李雷')
  })

  test('says how a request ended by itself, and why', async () => {
    const problem = { code: 'wrong-status', detail: 'shipped' }
    const expiring = await inApproval(price(99_000))
    const { expiresAt } = await read(expiring)
    await happen(expiring, { type: 'expired', expiresAtMs: Date.parse(expiresAt) })
    const stale = await inApproval(price(99_000))
    await happen(stale, { type: 'order_looked_at', problem: null, atVersion: 2 })
    await happen(stale, { type: 'order_looked_at', problem })
    const ended = { action: 'change.ended', actor: 'system', source: 'system' }
    for (const [changeId, status, code] of [
      [expiring, 'expired', 'too-late'],
      [stale, 'stale', problem.code],
    ] as const)
      expect((await trailOf(changeId)).entries.slice(1)).toMatchObject([
        { ...ended, oldValue: { status: 'in_approval' }, newValue: { status, code } },
      ])
  })

  test('names who tried again what had failed, and who gave it up', async () => {
    const [retried, abandoned] = [await failedToApply(), await failedToApply()]
    await post('admin', `/change-requests/${retried}/retry`, {})
    await post('admin', `/change-requests/${abandoned}/abandonment`, { note: '韩梅梅不要了' })
    const by = { actor: 'admin', source: 'console', oldValue: { status: 'apply_failed' } }
    expect((await trailOf(retried)).entries.at(-1)).toMatchObject({
      ...{ action: 'change.retried', ...by, newValue: { status: 'approved' } },
    })
    const { entries, text } = await trailOf(abandoned)
    expect(entries.at(-1)).toMatchObject({
      ...{ action: 'change.ended', ...by, newValue: { status: 'abandoned', code: 'erp-refused' } },
    })
    expect(text).not.toContain('韩梅梅')
  })
})

describe('what could not be applied', () => {
  const settle = (changeId: string, how: 'retry' | 'abandonment', key: string = uuid()) =>
    post('admin', `/change-requests/${changeId}/${how}`, how === 'retry' ? {} : { note: '不再需要' }, key)
  const found = (changeId: string) => ({ changeId, code: 'erp-refused', reason: 'E-1' })

  test('is tried again once for each key, and nobody need look at it any more', async () => {
    const changeId = await failedToApply()
    expect(await itemsOf(changeId)).toMatchObject([
      { kind: 'change_apply_failed', state: 'open', detail: found(changeId) },
    ])
    expect(await read(changeId)).toMatchObject({ status: 'apply_failed', needsAttention: true })
    const key = uuid()
    const [first, again] = [await settle(changeId, 'retry', key), await settle(changeId, 'retry', key)]
    expect(first.json()).toMatchObject({ status: 'approved', needsAttention: false, end: null })
    expect(again.json()).toEqual(first.json())
    expect(await itemsOf(changeId)).toMatchObject([{ kind: 'change_apply_failed', state: 'resolved' }])
    expect(await api.rows('select apply_tries from change_request where id = $1', [changeId])).toEqual([
      { apply_tries: 2 },
    ])
  })

  test('is given up: it has ended, and its order takes another request', async () => {
    const changeId = await failedToApply()
    const { orderId } = await read(changeId)
    expect((await post('clerk', '/change-requests', asking(orderId, price(98_000)))).json().code).toBe(
      'change-request-open',
    )
    expect((await settle(changeId, 'abandonment')).json()).toMatchObject({
      ...{ status: 'abandoned', needsAttention: false, closedAt: expect.any(String) },
    })
    expect(await itemsOf(changeId)).toMatchObject([{ kind: 'change_apply_failed', state: 'resolved' }])
    expect((await settle(changeId, 'retry')).json().code).toBe('change-wrong-state')
    expect((await post('clerk', '/change-requests', asking(orderId, price(98_000)))).statusCode).toBe(201)
  })

  test('and cannot be taken back either, is raised; a retry takes it back again, and it may still be given up', async () => {
    const [retried, abandoned] = [await failedToApply(false), await failedToApply(false)]
    for (const changeId of [retried, abandoned]) {
      expect(await itemsOf(changeId)).toMatchObject([
        { kind: 'change_undo_failed', state: 'open', detail: { changeId } },
      ])
      expect(await read(changeId)).toMatchObject({ status: 'undoing', needsAttention: true })
    }
    expect((await settle(retried, 'retry')).json()).toMatchObject({
      status: 'undoing',
      needsAttention: false,
    })
    expect(await itemsOf(retried)).toMatchObject([{ kind: 'change_undo_failed', state: 'resolved' }])
    // A second one has nothing to mend.
    expect((await settle(retried, 'retry')).json().code).toBe('change-wrong-state')
    await happen(retried, { type: 'undone', isOvertaken: false })
    expect((await read(retried)).status).toBe('apply_failed')

    expect((await settle(abandoned, 'abandonment')).json().status).toBe('undoing')
    await happen(abandoned, { type: 'undone', isOvertaken: false })
    expect((await read(abandoned)).status).toBe('abandoned')
    expect(await itemsOf(abandoned)).toMatchObject([{ kind: 'change_undo_failed', state: 'resolved' }])
  })

  test.each(['retry', 'abandonment'] as const)(
    'has not failed yet: %s is refused, and nothing changes',
    async (how) => {
      const changeId = await inApproval(price(99_000))
      const before = await read(changeId)
      expect((await settle(changeId, how)).json().code).toBe('change-wrong-state')
      expect(await read(changeId)).toEqual(before)
    },
  )
})

test('where the last level has nobody who may decide, that is raised, and over with the decision of somebody who came', async () => {
  const changeId = await inApproval(price(100_000 - 50_001), 'finance')
  expect(await itemsOf(changeId)).toMatchObject([
    { kind: 'change_no_approver', state: 'open', detail: { changeId, code: 'no-approver' } },
  ])
  expect(await read(changeId)).toMatchObject({ status: 'in_approval', needsAttention: true })
  await api.rows("update account set role = 'finance' where user_name = 'store-manager'")
  expect((await decide('store_manager', changeId)).json().status).toBe('approved')
  await api.rows("update account set role = 'store_manager' where user_name = 'store-manager'")
  expect(await itemsOf(changeId)).toMatchObject([{ kind: 'change_no_approver', state: 'resolved' }])
})

describe('several who decide', () => {
  const twoOf = async (mode: ApprovalMode) => {
    const { initial } = POLICIES['approval-route']
    const tiers = initial.tiers.map((tier) =>
      tier.name === 'team-lead'
        ? {
            ...tier,
            mode,
            approvers: [{ account: 'team-lead' }, { account: 'store-manager' }, { account: 'finance' }],
          }
        : tier,
    )
    await publishPolicy(api.database.db, {
      kind: 'approval-route',
      document: { ...initial, tiers },
      author: 'test',
      reason: 'test',
    })
  }
  afterAll(() =>
    publishPolicy(api.database.db, {
      kind: 'approval-route',
      document: POLICIES['approval-route'].initial,
      author: 'test',
      reason: 'test',
    }),
  )

  test('two of three must be different people', async () => {
    await twoOf({ atLeast: 2 })
    const changeId = await inApproval(price(99_000))
    expect((await decide('team_lead', changeId)).json().status).toBe('in_approval')
    expect((await decide('team_lead', changeId)).json().code).toBe('change-already-decided')
    expect((await decide('finance', changeId)).json().status).toBe('approved')
  })

  test('where all must agree, one who does not ends it', async () => {
    await twoOf('all')
    const changeId = await inApproval(price(99_000))
    await decide('team_lead', changeId)
    await decide('store_manager', changeId)
    expect(await read(changeId)).toMatchObject({ status: 'in_approval' })
    expect((await decide('finance', changeId, { decision: 'reject' })).json().status).toBe('rejected')
    const { approvers } = await read(changeId)
    expect(approvers.map((entry: { state: string }) => entry.state)).toEqual([
      'rejected',
      'approved',
      'approved',
    ])
  })
})

describe('standing in', () => {
  const away = (caller: Role, delegate: string, more: object = {}) =>
    post(caller, '/approval-delegations', {
      delegate,
      endsAt: new Date(Date.now() + 86_400_000).toISOString(),
      reason: '年假',
      ...more,
    })

  test('who stands in decides, in the name of who is away, also on what waits already', async () => {
    const changeId = await inApproval(price(99_000))
    const { delegationId } = (await away('team_lead', 'ops')).json()
    expect(await inboxOf('team_lead')).not.toContain(changeId)
    const answer = await post('finance', `/change-requests/${changeId}/decisions`, seen())
    expect(answer.json().code).toBe('change-not-approver')
    const person = await api.app.inject({
      method: 'POST',
      url: `/v1/change-requests/${changeId}/decisions`,
      headers: { cookie: await api.signIn('ops'), 'x-order-hub': '1', 'idempotency-key': uuid() },
      payload: seen(),
    })
    expect(person.json()).toMatchObject({
      status: 'approved',
      decisions: [{ refusal: { code: 'change-not-approver' } }, { account: 'ops', onBehalfOf: 'team-lead' }],
    })
    const ended = await post('team_lead', `/approval-delegations/${delegationId}/end`, {})
    expect(ended.json()).toMatchObject({ endedBy: 'team-lead' })
  })

  test('ended before its time, what waits comes back', async () => {
    const { delegationId } = (await away('team_lead', 'finance')).json()
    const changeId = await inApproval(price(99_000))
    expect(await inboxOf('finance')).toContain(changeId)
    await post('team_lead', `/approval-delegations/${delegationId}/end`, {})
    expect([await inboxOf('finance'), await inboxOf('team_lead')]).toEqual([
      expect.not.arrayContaining([changeId]),
      expect.arrayContaining([changeId]),
    ])
  })

  describe('by the clock alone', () => {
    const turns = () => new DelegationTurns({ db: api.database.db, keyRing: api.deps.keyRing }).runOnce()
    const shift = (delegationId: string, days: number) =>
      api.rows(
        `update change_delegation set starts_at = starts_at + make_interval(days => $2),
          ends_at = ends_at + make_interval(days => $2), next_turn_at = next_turn_at + make_interval(days => $2)
        where id = $1`,
        [delegationId, days],
      )
    const isAsked = async (changeId: string) => ({
      lead: (await inboxOf('team_lead')).includes(changeId),
      deputy: (await inboxOf('finance')).includes(changeId),
    })
    const audited = async (delegationId: string) =>
      (
        await api.rows(
          `select action, actor from audit_entry where subject_kind = 'account' and subject_id = 'team-lead'
            and new_value::text like '%' || $1 || '%' order by id`,
          [delegationId],
        )
      ).map(({ action, actor }) => `${action} by ${actor}`)

    test('one that begins later has the deputy asked from then on, one that is over the person, each once', async () => {
      const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString()
      const times = { startsAt: inDays(1), endsAt: inDays(2) }
      const { delegationId } = (await away('team_lead', 'finance', times)).json()
      const changeId = await inApproval(price(99_000))
      expect([await turns(), await isAsked(changeId)]).toEqual([0, { lead: true, deputy: false }])

      await shift(delegationId, -1)
      expect([await turns(), await isAsked(changeId)]).toEqual([1, { lead: false, deputy: true }])
      await shift(delegationId, -1)
      expect([await turns(), await isAsked(changeId)]).toEqual([1, { lead: true, deputy: false }])
      expect(await turns()).toBe(0)

      expect((await decide('finance', changeId)).json().code).toBe('change-not-approver')
      expect((await decide('team_lead', changeId)).json().status).toBe('approved')
      const told = await api.rows(
        "select event_id, operator from change_event where change_id = $1 and type = 'people_changed' order by version",
        [changeId],
      )
      expect(told).toEqual(
        ['started', 'over'].map((turn) => ({
          event_id: `delegation/${delegationId}/${turn}`,
          operator: 'system',
        })),
      )
      expect(await audited(delegationId)).toEqual([
        'delegation.made by team-lead',
        'delegation.started by system',
        'delegation.over by system',
      ])
    })

    test('more requests than one transaction takes are all asked anew', async () => {
      const { delegationId } = (await away('team_lead', 'finance')).json()
      const ids = await Promise.all(Array.from({ length: 3 }, () => inApproval(price(99_000))))
      await shift(delegationId, -1)
      const keyRing = api.deps.keyRing
      const part = () => api.database.db.transaction().execute((tx) => turnDelegation(tx, keyRing, 2))
      expect([await part(), (await audited(delegationId)).length]).toEqual([true, 1])
      while (await part());
      for (const id of ids) expect(await isAsked(id)).toEqual({ lead: true, deputy: false })
      expect(await audited(delegationId)).toEqual([
        'delegation.made by team-lead',
        'delegation.over by system',
      ])
    })

    test('ended before its time, it has no turn left; who made and who ended it is in the audit trail', async () => {
      const { delegationId } = (await away('team_lead', 'finance')).json()
      await post('team_lead', `/approval-delegations/${delegationId}/end`, {})
      await shift(delegationId, -1)
      expect(await turns()).toBe(0)
      expect(await audited(delegationId)).toEqual([
        'delegation.made by team-lead',
        'delegation.ended by team-lead',
      ])
    })
  })

  test('whoever asked for it does not decide by standing in', async () => {
    const { delegationId } = (await away('team_lead', 'clerk')).json()
    const changeId = await inApproval(price(99_000), 'clerk')
    expect((await decide('clerk', changeId)).json().code).toBe('change-own-request')
    expect(await inboxOf('team_lead')).toContain(changeId)
    await post('team_lead', `/approval-delegations/${delegationId}/end`, {})
  })

  test.each<[string, object, string]>([
    ['oneself', { delegate: 'team-lead' }, 'invalid-request'],
    ['nobody that there is', { delegate: 'nobody' }, 'invalid-request'],
    ['somebody for ever', { endsAt: '2999-01-01T00:00:00Z' }, 'invalid-request'],
    ['somebody in the past', { endsAt: '2020-01-01T00:00:00Z' }, 'invalid-request'],
  ])('%s cannot stand in', async (_, more, code) => {
    expect((await away('team_lead', 'finance', more)).json().code).toBe(code)
  })

  test('one at a time stands in for one person', async () => {
    const { delegationId } = (await away('team_lead', 'finance')).json()
    expect((await away('team_lead', 'admin')).json()).toMatchObject({
      code: 'delegation-exists',
      delegationId,
    })
    const { items } = (
      await api.as('admin', { url: '/v1/approval-delegations?principal=team-lead&running=true' })
    ).json()
    expect(items).toMatchObject([{ delegationId }])
    await post('team_lead', `/approval-delegations/${delegationId}/end`, {})
  })
})

test('what waits for somebody, and who stands in for whom, is filtered, sorted and paged', async () => {
  const cheaper = await inApproval(price(97_000))
  const fewer = await inApproval(
    { type: 'quantity', lines: [{ lineNumber: 1, quantity: 2 }] },
    'store_manager',
  )
  const idsOf = async (path: string, id: string, query: string) => {
    const seen: string[] = []
    let cursor = ''
    do {
      const page = (await api.as('team_lead', { url: `/v1/${path}?limit=2&${query}${cursor}` })).json()
      seen.push(...page.items.map((item: Record<string, string>) => item[id]))
      cursor = page.nextCursor ? `&cursor=${encodeURIComponent(page.nextCursor)}` : ''
    } while (cursor)
    return seen
  }
  const inbox = (query = '') => idsOf('approval-inbox', 'changeId', query)
  const all = await inbox()
  expect(all).toEqual(expect.arrayContaining([cheaper, fewer]))
  expect(await inbox('sort=newest')).toEqual(all.toReversed())
  expect(await inbox('type=quantity')).toEqual([fewer])
  expect(await inbox('applicant=store-manager')).toEqual([fewer])
  expect(await inbox('storeId=ST-1')).toEqual(all)
  expect(await inbox('storeId=ST-2')).toEqual([])
  const delegations = (query: string) => idsOf('approval-delegations', 'delegationId', query)
  const newest = await delegations('')
  expect(newest.length).toBeGreaterThan(2)
  expect(await delegations('sort=oldest')).toEqual(newest.toReversed())
})

test('the list filters and pages; who sees other stores’ orders does not see these', async () => {
  const changeId = await inApproval(price(98_000))
  const { changeNumber, orderId } = await read(changeId)
  for (const query of [`changeNumber=${changeNumber}`, `orderId=${orderId}`]) {
    const { items } = (await api.as('admin', { url: `/v1/change-requests?${query}` })).json()
    expect(items.map((item: { changeId: string }) => item.changeId)).toEqual([changeId])
  }
  const ids: string[] = []
  let cursor = ''
  do {
    const page = (await api.as('admin', { url: `/v1/change-requests?limit=7&open=true${cursor}` })).json()
    ids.push(...page.items.map((item: { changeId: string }) => item.changeId))
    cursor = page.nextCursor ? `&cursor=${encodeURIComponent(page.nextCursor)}` : ''
  } while (cursor)
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids).toContain(changeId)
  await api.rows("update account set store_ids = '{ST-2}' where user_name = 'clerk'")
  expect((await api.as('clerk', { url: `/v1/change-requests/${changeId}` })).statusCode).toBe(404)
  await api.rows("update account set store_ids = '{ST-1}' where user_name = 'clerk'")
})
