import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { POLICIES } from '../../contracts/policies/index.ts'
import type { Role } from '../../domain/role.ts'
import type { System } from '../../store/identity.ts'
import { publishPolicy } from '../../store/policy-versions.ts'
import { reserveTransfer } from '../../store/transfers.ts'
import { createTestApi, type TestApi, userName } from './support.ts'

let api: TestApi
beforeAll(async () => {
  api = await createTestApi()
  const place = { longitude: 121.2, latitude: 31.2, division_code: '310118' }
  const { db } = api.database
  await db
    .insertInto('warehouse')
    .values([
      { ...place, id: 'WH-2', name: '上海仓', region: '华东' },
      { ...place, id: 'WH-3', name: '广州仓', region: '华南', longitude: 113.3, latitude: 23.3 },
    ])
    .execute()
  const document = {
    ...POLICIES.transfer.initial,
    sourcing: { ...POLICIES.transfer.initial.sourcing, minimumCoverDays: 0 },
    approval: {
      automatic: { maxQuantity: 1, maxValueCents: 10_000, crossRegion: false },
      steps: [
        {
          maxQuantity: 20,
          maxValueCents: null,
          crossRegion: true,
          roles: ['regional_director' as const, 'ops' as const],
        },
        { maxQuantity: null, maxValueCents: null, crossRegion: true, roles: ['finance' as const] },
      ],
    },
  }
  await publishPolicy(db, { kind: 'transfer', document, author: 'test', reason: 'test' })
})
afterAll(() => api.close())

const post = (caller: System | Role, path: string, payload: object, key: string = uuid()) =>
  api.as(caller, {
    method: 'POST',
    url: `/v1/transfers${path}`,
    headers: { 'idempotency-key': key },
    payload,
  })
const wish = (quantity: number, more: object = {}) => ({
  ...{ skuId: 'SKU-1', warehouseId: 'WH-2', quantity, reason: '直播备货' },
  ...more,
})
const ask = async (caller: System | Role, quantity: number) => (await post(caller, '', wish(quantity))).json()
const approve = { decision: 'approve', proposalNumber: 1 }
const read = async (transferId: string) =>
  (await api.as('ops', { url: `/v1/transfers/${transferId}` })).json()
/** Approved by another director and held, as the workflow does it. */
async function held(quantity: number) {
  const { transferId } = await ask('admin', quantity)
  expect((await post('regional_director', `/${transferId}/decisions`, approve)).statusCode).toBe(200)
  await reserveTransfer(api.database.db, transferId)
  return transferId as string
}

describe('asking', () => {
  test('a dry run proposes, with reasons in both languages, and writes nothing', async () => {
    const { reason: _, ...body } = wish(5)
    const response = await post('regional_director', '/proposals', body)
    expect(response.statusCode).toBe(200)
    expect(response.json()).toMatchObject({
      proposal: {
        legs: [
          {
            sourceId: 'WH-1',
            path: ['WH-1', 'WH-2'],
            quantity: 5,
            text: { zh: expect.stringContaining('杭州仓调出 5 件') },
          },
        ],
        crossRegion: false,
      },
      automatic: false,
      approverRoles: ['regional_director', 'ops'],
      policyVersion: 1,
    })
    expect(await api.rows('select id from transfer')).toEqual([])
    const tooMany = (await post('ops', '/proposals', { ...body, quantity: 101 })).json()
    expect(tooMany).toMatchObject({
      proposal: null,
      canGive: 100,
      rejected: [{ reason: { code: 'not-enough' } }],
    })
  })

  test('opens a transfer with its proposal, once for each key', async () => {
    const key = uuid()
    const first = await post('regional_director', '', wish(5), key)
    expect(first.statusCode).toBe(201)
    expect(first.json()).toMatchObject({
      status: 'requested',
      meaning: { zh: '待审批' },
      requestedBy: userName('regional_director'),
      proposal: { legs: [{ quantity: 5 }] },
      events: [{ type: 'requested' }],
    })
    const again = await post('regional_director', '', wish(5), key)
    expect(again.json().transferId).toBe(first.json().transferId)
    expect(again.headers['idempotency-replayed']).toBe('true')
  })

  test('is refused with what stands in the way, where nothing can be sent', async () => {
    const response = await post('ops', '', wish(101))
    expect(response.json()).toMatchObject({
      code: 'transfer-no-source',
      status: 409,
      canGive: 100,
      rejected: [{ sourceIds: ['WH-1'], reason: { code: 'not-enough', canGive: 100 } }],
    })
  })

  test.each([
    ['an unknown SKU', { skuId: 'NONE' }, 'unknown-sku'],
    ['an unknown warehouse', { warehouseId: 'NONE' }, 'unknown-warehouse'],
    ['no units', { quantity: 0 }, 'invalid-request'],
    ['half a unit', { quantity: 0.5 }, 'invalid-request'],
    ['a billion units', { quantity: 1_000_000_000 }, 'invalid-request'],
    ['no reason', { reason: '' }, 'invalid-request'],
    ['something else besides', { sourceId: 'WH-1' }, 'invalid-request'],
  ])('%s: %j is %s', async (_, change, code) => {
    expect((await post('ops', '', wish(1, change))).json().code).toBe(code)
  })

  test('a regional director asks for and cancels in their own region only', async () => {
    const elsewhere = wish(5, { warehouseId: 'WH-3' })
    expect((await post('regional_director', '', elsewhere)).json().code).toBe('forbidden')
    const { transferId } = (await post('ops', '', elsewhere)).json()
    const cancellation = await post('regional_director', `/${transferId}/cancellation`, { reason: 'x' })
    expect(cancellation.json().code).toBe('forbidden')
  })

  test('so little that the policy needs nobody is approved at once', async () => {
    expect(await ask('ops', 1)).toMatchObject({ status: 'approved', approverRoles: [] })
  })
})

describe('deciding', () => {
  test('nobody decides on their own request, and who tried is kept', async () => {
    const { transferId } = await ask('regional_director', 5)
    const key = uuid()
    for (let time = 0; time < 2; time += 1) {
      const own = await post('regional_director', `/${transferId}/decisions`, approve, key)
      expect([own.statusCode, own.json().code]).toEqual([403, 'transfer-own-request'])
    }
    const { events, status } = await read(transferId)
    expect(status).toBe('requested')
    expect(events).toMatchObject([
      { type: 'requested' },
      {
        type: 'decision_refused',
        version: null,
        body: { code: 'transfer-own-request' },
        operator: userName('regional_director'),
      },
    ])
  })

  test('only the roles that the policy names, and only on the proposal that they saw', async () => {
    const { transferId } = await ask('ops', 30)
    const decide = (role: Role, body: object) => post(role, `/${transferId}/decisions`, body)
    expect((await decide('store_manager', approve)).json().code).toBe('transfer-not-approver')
    expect((await decide('finance', { ...approve, proposalNumber: 2 })).json().code).toBe(
      'transfer-proposal-changed',
    )
    expect((await decide('finance', { decision: 'approve' })).json().code).toBe('invalid-request')
    expect((await decide('finance', { ...approve, note: '同意' })).json()).toMatchObject({
      status: 'approved',
      version: 2,
    })
    expect((await decide('finance', approve)).json().code).toBe('transfer-wrong-state')
  })
})

describe('the units', () => {
  test('leave, arrive in parts and are lost, each once for each key; more than there are is refused', async () => {
    const transferId = await held(10)
    const step = (path: string, body: object, key?: string) =>
      post('warehouse', `/${transferId}/${path}`, body, key)
    expect((await step('receive', { quantity: 1 })).json().code).toBe('transfer-wrong-state')
    expect((await step('dispatch', { quantity: 11 })).json().code).toBe('transfer-quantity-too-large')
    expect((await step('dispatch', {})).json()).toMatchObject({
      status: 'dispatched',
      legs: [{ dispatched: 10, inTransit: 10 }],
    })
    const key = uuid()
    for (let time = 0; time < 2; time += 1)
      expect((await step('receive', { quantity: 6 }, key)).json()).toMatchObject({
        status: 'partially_received',
        legs: [{ received: 6, inTransit: 4 }],
      })
    expect((await step('receive', { quantity: 5 })).json().code).toBe('transfer-quantity-too-large')
    expect((await step('receive', { quantity: 1, legNumber: 7 })).json().code).toBe('transfer-leg-not-found')
    expect((await step('receive', { quantity: 1, at: 'source' })).json().code).toBe('transfer-wrong-state')
    expect((await step('loss', { quantity: 4, reason: '翻车' })).json()).toMatchObject({
      status: 'closed_with_loss',
    })
    const level = await api.rows(
      "select total from stock_level where warehouse_id = 'WH-2' and sku_id = 'SKU-1'",
    )
    expect(level).toEqual([{ total: 6 }])
    const items = await api.as('ops', { url: '/v1/work-items?kind=transfer_loss' })
    expect(items.json().items).toMatchObject([{ detail: { transferId, quantity: 4, reason: '翻车' } }])
  })

  test('are called back and received at their source', async () => {
    const transferId = await held(4)
    await post('warehouse', `/${transferId}/dispatch`, {})
    const cancelled = await post('regional_director', `/${transferId}/cancellation`, { reason: '不需要了' })
    expect(cancelled.json()).toMatchObject({ status: 'returning' })
    const back = await post('warehouse', `/${transferId}/receive`, { quantity: 4, at: 'source' })
    expect(back.json()).toMatchObject({ status: 'cancelled', closedAt: expect.any(String) })
    expect((await post('ops', `/${transferId}/cancellation`, { reason: 'x' })).json().code).toBe(
      'transfer-wrong-state',
    )
  })

  test('of no transfer do nothing', async () => {
    const response = await post('warehouse', `/${uuid()}/receive`, { quantity: 1 })
    expect([response.statusCode, response.json().code]).toEqual([404, 'transfer-not-found'])
    expect((await api.as('ops', { url: `/v1/transfers/${uuid()}` })).json().code).toBe('transfer-not-found')
  })
})

test('the list is filtered and paged in the query', async () => {
  const list = async (query: string) => (await api.as('ops', { url: `/v1/transfers?${query}` })).json()
  const all = (await list('sort=oldest')).items
  expect(all.length).toBeGreaterThan(5)
  const pages: unknown[] = []
  for (let cursor = ''; ; ) {
    const page = await list(`sort=oldest&limit=2${cursor}`)
    pages.push(...page.items)
    if (page.nextCursor === null) break
    cursor = `&cursor=${page.nextCursor}`
  }
  expect(pages).toEqual(all)
  const matching = async (query: string, keep: (transfer: { [field: string]: unknown }) => boolean) =>
    expect((await list(`sort=oldest&${query}`)).items, query).toEqual(all.filter(keep))
  await matching('status=requested', (transfer) => transfer.status === 'requested')
  await matching('open=false', (transfer) => transfer.closedAt !== null)
  await matching('warehouseId=WH-3', (transfer) => transfer.warehouseId === 'WH-3')
  await matching('skuId=SKU-2', () => false)
  await matching(
    `requestedBy=${userName('regional_director')}`,
    (transfer) => transfer.requestedBy === userName('regional_director'),
  )
  expect((await list('colour=red')).code).toBe('invalid-request')
  // By source: those whose units are held or have left there.
  expect((await list('warehouseId=WH-1')).items).toHaveLength(2)
})
