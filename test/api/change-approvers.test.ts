import { v7 as uuid } from 'uuid'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { orderPlacedBody } from '../../contracts/facts.ts'
import { POLICIES, type PolicyDocument } from '../../contracts/policies/index.ts'
import { decide as decideOrder, placeOrder as firstState } from '../../domain/order-life.ts'
import type { Role } from '../../domain/role.ts'
import { applyChangeEvent, decideOnChange } from '../../store/change-requests.ts'
import { commitOrder } from '../../store/commit.ts'
import { upsertAccount } from '../../store/identity.ts'
import { publishPolicy } from '../../store/policy-versions.ts'
import { placedFacts } from '../../store/reconcile.ts'
import { createTestApi, DIVISION, PASSWORD, placeOrder, type TestApi, userName } from './support.ts'

/** Whom a request waits for, and until when: by store and region, by interest, by what the customer was promised. */
let api: TestApi
/** Of the other store and region. */
const ELSEWHERE = { lead: 'lead-of-two', director: 'director-of-south' } as const

beforeAll(async () => {
  api = await createTestApi()
  const person = { displayName: 'x', password: PASSWORD }
  await upsertAccount(api.database.db, {
    ...{ ...person, userName: ELSEWHERE.lead, role: 'team_lead', storeIds: ['ST-2'], region: null },
  })
  await upsertAccount(api.database.db, {
    ...{ ...person, userName: ELSEWHERE.director, role: 'regional_director', storeIds: [], region: '华南' },
  })
})
afterAll(() => api.close())

const post = async (caller: Role, path: string, payload: object) =>
  api.app.inject({
    method: 'POST',
    url: `/v1${path}`,
    headers: { cookie: await api.signIn(caller), 'x-order-hub': '1', 'idempotency-key': uuid() },
    payload,
  })
const price = (unitPriceCents: number) => ({ type: 'price', lines: [{ lineNumber: 1, unitPriceCents }] })
const newOrder = async (storeId = 'ST-1'): Promise<string> => {
  const lines = [{ skuId: 'SKU-1', quantity: 1, unitPriceCents: 100_000 }]
  return (await placeOrder(api, { storeId, lines })).json().orderId
}
const ask = async (orderId: string, change: object = price(99_000), orderVersion = 1) => {
  const body = { orderId, orderVersion, change, reasonCode: 'goodwill', reason: '协商让利' }
  const response = await post('admin', '/change-requests', body)
  expect(response.statusCode, response.body).toBe(201)
  const { changeId } = response.json()
  await api.database.db.transaction().execute((tx) =>
    applyChangeEvent(tx, api.deps.keyRing, {
      ...{ changeId, eventId: uuid(), operator: 'system' },
      event: { type: 'hold_granted', orderVersion: orderVersion + 1 },
    }),
  )
  return read(changeId)
}
const read = async (changeId: string) =>
  (await api.as('admin', { url: `/v1/change-requests/${changeId}` })).json()
const seen = { requestVersion: 1, stepNumber: 1, orderVersion: 2 }
const decide = async (caller: Role, changeId: string) =>
  (await post(caller, `/change-requests/${changeId}/decisions`, { ...seen, decision: 'approve' })).json()
/** What comes of a decision of anybody at all, past what their session lets them see. */
const verdictOf = (account: string, changeId: string) =>
  api.database.db.transaction().execute((tx) =>
    decideOnChange(tx, api.deps.keyRing, {
      ...{ changeId, decisionId: uuid(), account, ...seen },
      ...{ decision: 'approve', note: '', via: 'console' },
    }),
  )
const askedOf = ({ approvers }: { approvers: { account: string; state: string }[] }) =>
  approvers.filter(({ state }) => state === 'open').map(({ account }) => account)

describe('of the people with a role', () => {
  test.each([
    ['store', 99_000, 'ST-1', 'team-lead', ELSEWHERE.lead],
    ['store', 99_000, 'ST-2', ELSEWHERE.lead, 'team-lead'],
    ['region', 100_000 - 10_001, 'ST-1', 'regional-director', ELSEWHERE.director],
    ['region', 100_000 - 10_001, 'ST-2', ELSEWHERE.director, 'regional-director'],
  ])(
    'only those of the order’s %s are asked and accepted (%i cents, %s)',
    async (_, cents, storeId, theirs, others) => {
      const request = await ask(await newOrder(storeId), price(cents))
      expect(askedOf(request)).toEqual([theirs])
      expect(await verdictOf(others, request.changeId)).toMatchObject({
        ok: false,
        code: 'change-not-approver',
      })
      expect((await read(request.changeId)).status).toBe('in_approval')
      expect(await verdictOf(theirs, request.changeId)).toMatchObject({ ok: true })
    },
  )

  test('those of headquarters are asked, whatever store it is', async () => {
    for (const storeId of ['ST-1', 'ST-2']) {
      const request = await ask(await newOrder(storeId), price(40_000))
      expect(askedOf(request)).toEqual(['finance'])
      expect(await verdictOf('finance', request.changeId)).toMatchObject({ ok: true })
    }
  })

  test('all are asked where the policy says headquarters, and none of another store where it says so', async () => {
    const { initial } = POLICIES['approval-route']
    const publish = (document: PolicyDocument<'approval-route'>) =>
      publishPolicy(api.database.db, { kind: 'approval-route', document, author: 'test', reason: 'test' })
    const tiers = initial.tiers.map((tier) =>
      tier.name === 'team-lead'
        ? { ...tier, approvers: [{ role: 'team_lead' as const, within: 'headquarters' as const }] }
        : tier,
    )
    await publish({ ...initial, tiers })
    expect(askedOf(await ask(await newOrder()))).toEqual([ELSEWHERE.lead, 'team-lead'])
    await publish(initial)
    expect(askedOf(await ask(await newOrder()))).toEqual(['team-lead'])
  })

  test('somebody of another store does not even see it', async () => {
    const { changeId } = await ask(await newOrder('ST-2'))
    expect((await decide('team_lead', changeId)).code).toBe('change-request-not-found')
    const { items } = (await api.as('team_lead', { url: '/v1/approval-inbox?limit=200' })).json()
    expect(items.map((item: { changeId: string }) => item.changeId)).not.toContain(changeId)
  })
})

describe('nobody decides on what goes to themselves', () => {
  const knownAs = async (role: Role, contact: object) => {
    const known = await api.as('admin', {
      method: 'PUT',
      url: `/v1/accounts/${userName(role)}/contact`,
      payload: { divisionCode: DIVISION, phone: '13900000000', ...contact },
    })
    expect(known.statusCode, known.body).toBe(200)
  }
  afterEach(() => api.rows('update account set contact_id = null'))

  test('by their name and address, however it is spaced; a namesake elsewhere may', async () => {
    const name = '欧阳晓明'
    await knownAs('team_lead', { name, address: '文一西路969号3幢' })
    const request = await ask(await newOrder())
    // The next level is asked at once.
    expect(askedOf(request)).toEqual(['store-manager'])
    expect((await decide('team_lead', request.changeId)).code).toBe('change-interest')
    expect((await read(request.changeId)).status).toBe('in_approval')
    await knownAs('team_lead', { name, address: '文一西路 970 号' })
    const other = await ask(await newOrder())
    expect(askedOf(other)).toEqual(['team-lead'])
    expect((await decide('team_lead', other.changeId)).status).toBe('approved')
  })

  test('by a change of address: who has the goods now and who is to have them', async () => {
    const receiver = { name: '李小龙', phone: '13987654321', address: '新地址 8 号' }
    const change = { type: 'address', contact: { ...receiver, divisionCode: DIVISION } }
    for (const phone of ['+86 139 8765 4321', '138-1234-1234']) {
      await knownAs('team_lead', { name: '某某', address: '别处 1 号', phone })
      const request = await ask(await newOrder(), change)
      expect(askedOf(request)).toEqual(['store-manager'])
      expect((await decide('team_lead', request.changeId)).code).toBe('change-interest')
    }
    await knownAs('team_lead', { name: '某某', address: '别处 1 号' })
    const request = await ask(await newOrder(), change)
    expect((await decide('team_lead', request.changeId)).status).toBe('approved')
  })

  test('by standing in: where the deputy is the customer, whoever is away decides themselves', async () => {
    await knownAs('ops', { name: '某某', address: '别处 1 号', phone: '13812341234' })
    const until = new Date(Date.now() + 3_600_000).toISOString()
    const standsIn = await post('team_lead', '/approval-delegations', {
      ...{ delegate: 'ops', endsAt: until, reason: '年假' },
    })
    expect(standsIn.statusCode, standsIn.body).toBe(201)
    const request = await ask(await newOrder())
    expect(askedOf(request)).toEqual(['team-lead'])
    expect((await decide('ops', request.changeId)).code).toBe('change-interest')
    expect(await decide('team_lead', request.changeId)).toMatchObject({
      status: 'approved',
      decisions: [
        { account: 'ops', refusal: { code: 'change-interest' } },
        { account: 'team-lead', onBehalfOf: null, refusal: null },
      ],
    })
    await post('team_lead', `/approval-delegations/${standsIn.json().delegationId}/end`, {})
  })
})

describe('when the order was promised to leave', () => {
  const HOUR_MS = 3_600_000
  const MINUTE_MS = 60_000
  const dryRun = async (orderId: string, change: object, orderVersion: number) => {
    const body = { orderId, orderVersion, change, reasonCode: 'goodwill', reason: '协商让利' }
    return (await post('admin', '/change-requests?dryRun=true', body)).json()
  }
  const expectDue = ({ dueAt }: { dueAt: string }, atMs: number) =>
    expect(Math.abs(Date.parse(dueAt) - atMs)).toBeLessThan(MINUTE_MS)
  const paid = async (paidAt: Date): Promise<string> => {
    const { db } = api.database
    const orderId = await newOrder()
    const state = firstState(orderPlacedBody.parse(await placedFacts(db, orderId)))
    const payment = { inboxId: 1, paymentId: 'P-1', amountCents: 100_000, paidAt: paidAt.toISOString() }
    const paying = { type: 'payment_received' as const, ...payment, holdsConfirmed: true }
    const decision = decideOrder(state, paying, Date.now())
    await commitOrder(db, { runId: 'run', state: decision.state, records: decision.records })
    return orderId
  }

  test('by its platform: shown in the preview and to approvers, whose time ends then', async () => {
    const shipUntil = new Date(Date.now() + 2 * HOUR_MS).toISOString()
    const orderId = await newOrder()
    await api.rows(
      `insert into shop (id, store_id, platform, platform_shop_id, app_key, gateway_url, key_id, sealed, changed_by)
      values ('SHOP-1', 'ST-1', 'taobao', '1', 'app', 'http://127.0.0.1:1', 'k', 'x', 'test')`,
    )
    await api.rows(
      `insert into channel_order (shop_id, platform_order_id, order_id, state, raw_status, modified_at, canonical, contact_id)
      select 'SHOP-1', '1', id, 'placed', 'x', now(), $2::jsonb, contact_id from orders where id = $1`,
      [orderId, JSON.stringify({ shipUntil })],
    )
    expect((await dryRun(orderId, price(99_000), 1)).shipBy).toBe(shipUntil)
    const request = await ask(orderId)
    expect(request).toMatchObject({ shipBy: shipUntil, dueAt: shipUntil })
    const { items } = (await api.as('team_lead', { url: '/v1/approval-inbox?sort=newest&limit=1' })).json()
    expect(items).toMatchObject([{ changeId: request.changeId, shipBy: shipUntil, dueAt: shipUntil }])
  })

  test('by the policy, counted from the payment; never sooner than approvers must have', async () => {
    const { shipWithinSeconds, minimumDeadlineSeconds } = POLICIES['approval-route'].initial
    const paidFor = (shipBy: Date) => paid(new Date(shipBy.getTime() - shipWithinSeconds * 1_000))
    const soon = new Date(Date.now() + HOUR_MS)
    const request = await ask(await paidFor(soon), price(99_000), 2)
    expect(request).toMatchObject({ shipBy: soon.toISOString(), dueAt: soon.toISOString() })
    const over = new Date(Date.now() - HOUR_MS)
    const late = await ask(await paidFor(over), price(99_000), 2)
    expect(late.shipBy).toBe(over.toISOString())
    expectDue(late, Date.now() + minimumDeadlineSeconds * 1_000)
  })

  test('nobody is promised anything before the payment, or by money that goes back: the tier’s own time', async () => {
    const request = await ask(await newOrder())
    expect(request.shipBy).toBeNull()
    expectDue(request, Date.now() + 4 * HOUR_MS)
    const refund = { type: 'refund', paymentId: 'P-1', amountCents: 100 }
    expect(await dryRun(await paid(new Date()), refund, 2)).toMatchObject({ shipBy: null })
  })
})
