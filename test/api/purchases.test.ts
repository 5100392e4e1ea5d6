import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createPurchaseActivities } from '../../activities/purchases.ts'
import { POLICIES } from '../../contracts/policies/index.ts'
import type { PurchaseDetail } from '../../contracts/purchases.ts'
import type { Role } from '../../domain/role.ts'
import { chinaTimeOf } from '../../domain/working-time.ts'
import { startSimulator } from '../../simulator/server.ts'
import type { System } from '../../store/identity.ts'
import { publishPolicy } from '../../store/policy-versions.ts'
import { simulatedErp } from '../support/erp.ts'
import { createTestApi, type TestApi } from './support.ts'

let api: TestApi
let simulator: Awaited<ReturnType<typeof startSimulator>>
let purchases: ReturnType<typeof createPurchaseActivities>
const today = chinaTimeOf(Date.now()).day
beforeAll(async () => {
  api = await createTestApi()
  simulator = await startSimulator({ secret: 'x'.repeat(32), seed: 'order-hub' })
  purchases = createPurchaseActivities({ db: api.database.db, erp: simulatedErp(simulator.url) })
  await policy(5_000)
})
afterAll(async () => {
  await simulator.close()
  await api.close()
})

const policy = (automaticMaxCents: number) => {
  const { approval } = POLICIES.replenishment.initial
  const document = { ...POLICIES.replenishment.initial, approval: { ...approval, automaticMaxCents } }
  return publishPolicy(api.database.db, { kind: 'replenishment', document, author: 't', reason: 't' })
}
const send = (caller: System | Role, method: 'POST' | 'PUT', path: string, payload?: object, key = uuid()) =>
  api.as(caller, {
    ...{ method, url: `/v1/purchase-lists${path}`, headers: { 'idempotency-key': key } },
    ...(payload ? { payload } : {}),
  })
const get = async (path: string) => (await api.as('finance', { url: `/v1/purchase-lists${path}` })).json()
const opened = async (units = 10, supplierId = 'SUP-1'): Promise<PurchaseDetail> => {
  const lines = [
    { skuId: 'SKU-1', units, unitCostCents: 1_000 },
    { skuId: 'SKU-2', units: 5, unitCostCents: 100 },
  ]
  return (await send('admin', 'POST', '', { warehouseId: 'WH-1', supplierId, lines })).json()
}
const submit = async ({ purchaseId, version }: PurchaseDetail): Promise<PurchaseDetail> =>
  (await send('admin', 'POST', `/${purchaseId}/submission`, { version })).json()
const decide = (role: Role, { purchaseId, version }: PurchaseDetail, decision = 'approve') =>
  send(role, 'POST', `/${purchaseId}/decisions`, { version, decision, note: 'n' })
const approved = async (units = 10): Promise<PurchaseDetail> =>
  (await decide('finance', await submit(await opened(units)))).json()
const receive = (id: string, lines: object[], key?: string) =>
  send('warehouse', 'POST', `/${id}/receipts`, { lines }, key)
const total = async (skuId: string) =>
  Number(
    (await api.rows(`select total from stock_level where sku_id = $1 and warehouse_id = 'WH-1'`, [skuId]))[0]
      ?.total,
  )
/** A word of last night that suggests to buy. */
async function suggest(skuId: string, purchaseUnits: number, supplierId: string): Promise<void> {
  const runId = uuid()
  await api.rows(
    `insert into replenishment_run (id, day, state, policy_version, skus, finished_at) values ($1, $2, 'done', 0, 1, now())`,
    [runId, today],
  )
  const facts = {
    forecast: {
      method: 'mean',
      pattern: 'smooth',
      perDay: 2,
      residuals: [],
      residualDays: 7,
      historyDays: 90,
      censoredDays: 0,
      promotionDays: 0,
    },
    ...{ growth: null, measuredLeadTime: null, stock: { available: 4, inTransit: 0, onOrder: 0 } },
    supply: { category: '茶', supplierId, packUnits: 1, minimumUnits: 1, unitCostCents: 100 },
  }
  await api.rows(
    `insert into replenishment (sku_id, warehouse_id, run_id, day, policy_version, category, supplier_id, facts, per_day,
       lead_time_days, lead_time_deviation_days, lead_time_source, safety_units, reorder_point, order_up_to, cover_days,
       suggested_units, transfer_units, purchase_units, excess_units, unit_cost_cents)
     values ($1, 'WH-1', $2, $3, 0, '茶', $4, $5, 2, 9, 2, 'supplier', 5, 20, 40, 2, $6, 0, $6, 0, 100)
     on conflict (sku_id, warehouse_id) do update set purchase_units = excluded.purchase_units,
       supplier_id = excluded.supplier_id, updated_at = clock_timestamp()`,
    [skuId, runId, today, supplierId, facts, purchaseUnits],
  )
}

describe('a draft', () => {
  test('is made of what was suggested, with the reasons, and once only', async () => {
    await suggest('SKU-1', 36, 'SUP-S')
    const answer = await send('ops', 'POST', '', { warehouseId: 'WH-1', supplierId: 'SUP-S' })
    expect(answer.json()).toMatchObject({
      ...{ status: 'draft', version: 1, supplierId: 'SUP-S', late: false, erp: { state: 'none' } },
      number: expect.stringMatching(/^PO-\d{8}-\d{4}$/),
      lines: [
        {
          ...{ lineNumber: 1, skuId: 'SKU-1', units: 36, suggestedUnits: 36, receivedUnits: 0 },
          reason: { en: 'sells 2 a day, 2 days of cover, lead time 9 (by supplier)', zh: expect.any(String) },
        },
      ],
    })
    const again = await send('ops', 'POST', '', { warehouseId: 'WH-1', supplierId: 'SUP-S' })
    expect(again.json().code).toBe('purchase-empty')
    const { purchaseId } = answer.json()
    await send('ops', 'POST', `/${purchaseId}/cancellation`, { reason: 'r' })
    const after = await send('ops', 'POST', '', { warehouseId: 'WH-1', supplierId: 'SUP-S' })
    expect(after.json().lines).toHaveLength(1)
  })

  test('is edited by whoever has seen its present version, and by nobody else', async () => {
    const draft = await opened()
    const lines = [{ skuId: 'SKU-2', units: 3 }]
    const edited = await send('ops', 'PUT', `/${draft.purchaseId}/lines`, { version: 1, lines })
    expect(edited.json()).toMatchObject({ version: 2, lines: [{ skuId: 'SKU-2', units: 3 }], units: 3 })
    const late = await send('admin', 'PUT', `/${draft.purchaseId}/lines`, { version: 1, lines })
    expect([late.statusCode, late.json().code]).toEqual([409, 'purchase-changed'])
  })

  test('is the same for the same request, however often it is sent', async () => {
    const key = uuid()
    const body = { warehouseId: 'WH-1', supplierId: 'SUP-1', lines: [{ skuId: 'SKU-1', units: 1 }] }
    const [first, second] = [
      await send('admin', 'POST', '', body, key),
      await send('admin', 'POST', '', body, key),
    ]
    expect(second.json().purchaseId).toBe(first.json().purchaseId)
  })

  test.each([
    [{ supplierId: 'S', warehouseId: 'NOWHERE', lines: [{ skuId: 'SKU-1', units: 1 }] }, 'unknown-warehouse'],
    [{ supplierId: 'S', warehouseId: 'WH-1', lines: [{ skuId: 'NOBODY', units: 1 }] }, 'unknown-sku'],
    [{ supplierId: 'S', warehouseId: 'WH-1', lines: [] }, 'invalid-request'],
    [{ supplierId: 'S', warehouseId: 'WH-1', lines: [{ skuId: 'SKU-1', units: 0 }] }, 'invalid-request'],
    [
      {
        supplierId: 'S',
        warehouseId: 'WH-1',
        lines: [
          { skuId: 'SKU-1', units: 1 },
          { skuId: 'SKU-1', units: 2 },
        ],
      },
      'invalid-request',
    ],
  ])('of %j is refused and leaves nothing behind', async (body, code) => {
    const before = await api.rows('select count(*) from purchase_list')
    expect((await send('ops', 'POST', '', body)).json().code).toBe(code)
    expect(await api.rows('select count(*) from purchase_list')).toEqual(before)
  })
})

describe('approval', () => {
  test('is by amount: a small list needs nobody, a larger one whom the policy names, and never its own author', async () => {
    const small = await submit(await opened(4))
    expect(small).toMatchObject({ status: 'approved', approverRoles: [], amountCents: 4_500 })
    const large = await submit(await opened(5_000))
    expect(large).toMatchObject({ status: 'submitted', approverRoles: ['finance', 'admin'] })
    expect((await decide('admin', large)).json().code).toBe('purchase-own-request')
    expect((await decide('regional_director', large)).json().code).toMatch(/purchase-not-approver|forbidden/)
    const done = (await decide('finance', large)).json()
    expect(done).toMatchObject({ status: 'approved', submittedBy: expect.any(String), policyVersion: 1 })
    expect(done.expectedOn > today).toBe(true)
  })

  test('that is refused sends the list back, with the note', async () => {
    const asked = await submit(await opened())
    const back = (await decide('finance', asked, 'send_back')).json()
    expect(back).toMatchObject({ status: 'draft', approverRoles: [] })
    expect(back.events.at(-1)).toMatchObject({ type: 'sent_back', body: { role: 'finance', note: 'n' } })
  })
})

describe('the ERP', () => {
  const orders = () => simulator.erp.purchases.orders()
  // What other tests have approved would have its turn first.
  beforeEach(async () => {
    await purchases.sendPurchases()
  })

  test('hears of an approved list once, although its answer was lost, and its number is shown', async () => {
    const list = await approved()
    await simulator.erp.change({ next: ['timeout-after-applying'] })
    await purchases.sendPurchases()
    expect(await get(`/${list.purchaseId}`)).toMatchObject({ erp: { state: 'sending', reference: null } })
    // It may have ordered it: who wants to cancel has to ask there.
    const cancelled = await send('ops', 'POST', `/${list.purchaseId}/cancellation`, { reason: 'r' })
    expect(cancelled.json().code).toBe('purchase-already-sent')
    await api.rows(`update purchase_list set erp_next_at = now() where id = $1`, [list.purchaseId])
    await Promise.all([purchases.sendPurchases(), purchases.sendPurchases()])
    const sent = await get(`/${list.purchaseId}`)
    expect(sent.erp).toMatchObject({ state: 'sent', reference: expect.stringMatching(/^PUR-ORD-/) })
    const mine = orders().filter(({ key }) => key.includes(list.purchaseId))
    expect(mine).toMatchObject([{ supplier: 'SUP-1', warehouse: 'WH-1', amountCents: 10_500, units: 15 }])
  })

  test('may refuse: then it is somebody’s work, and it is told again when they say so', async () => {
    const list = await approved()
    await simulator.erp.change({ next: ['refuse'] })
    await purchases.sendPurchases()
    const refused = await get(`/${list.purchaseId}`)
    expect(refused.erp).toMatchObject({ state: 'refused', error: expect.stringContaining('期间') })
    const items = await api.rows(
      `select detail from work_item where kind = 'purchase_refused' and key = $1`,
      [list.purchaseId],
    )
    expect(items).toMatchObject([{ detail: { number: list.number } }])
    await send('ops', 'POST', `/${list.purchaseId}/erp-retry`)
    await purchases.sendPurchases()
    expect((await get(`/${list.purchaseId}`)).erp.state).toBe('sent')
  })

  test('that is down is asked again later, and costs no other list its turn', async () => {
    const [first, second] = [await approved(), await approved()]
    await simulator.erp.change({ next: ['down'] })
    await purchases.sendPurchases()
    const states = [await get(`/${first.purchaseId}`), await get(`/${second.purchaseId}`)].map(
      ({ erp }) => erp.state,
    )
    expect(states.sort()).toEqual(['sending', 'sent'])
  })

  test('is not there: nothing is sent, and nothing waits for it', async () => {
    const without = createPurchaseActivities({ db: api.database.db, erp: null })
    expect(await without.sendPurchases()).toEqual({ sent: 0 })
  })
})

describe('receipt', () => {
  test('comes in parts, is in stock at once, once for each report, and the last part ends the list', async () => {
    const list = await approved(10)
    const before = await total('SKU-1')
    const key = uuid()
    await receive(list.purchaseId, [{ lineNumber: 1, units: 4 }], key)
    const first = await receive(list.purchaseId, [{ lineNumber: 1, units: 4 }], key)
    expect(first.json()).toMatchObject({ status: 'partially_received', receivedUnits: 4 })
    expect(await total('SKU-1')).toBe(before + 4)
    const tooMany = await receive(list.purchaseId, [{ lineNumber: 1, units: 7 }])
    expect(tooMany.json().code).toBe('purchase-quantity-too-large')
    const rest = await receive(list.purchaseId, [
      { lineNumber: 1, units: 6 },
      { lineNumber: 2, units: 5 },
    ])
    expect(rest.json()).toMatchObject({ status: 'received', closedAt: expect.any(String) })
    expect(await total('SKU-1')).toBe(before + 10)
    const ledger = await api.rows(
      `select kind, total_delta, reason from stock_ledger where operation_id like $1 order by id`,
      [`purchase/${list.purchaseId}/%`],
    )
    expect(ledger).toMatchObject([
      { kind: 'receive', total_delta: 4, reason: list.number },
      { kind: 'receive', total_delta: 6 },
      { kind: 'receive', total_delta: 5 },
    ])
  })

  test('that is late is found and somebody’s work until the list has ended', async () => {
    const list = await approved()
    await api.rows(`update purchase_list set expected_on = $2::date - 1 where id = $1`, [
      list.purchaseId,
      today,
    ])
    await purchases.raiseOverduePurchases()
    expect(await purchases.raiseOverduePurchases()).toEqual({ raised: 0 })
    const { items } = await get('?late=true')
    expect(items).toMatchObject([{ purchaseId: list.purchaseId, late: true }])
    await send('ops', 'POST', `/${list.purchaseId}/closing`, { reason: 'the supplier is out of it' })
    const [item] = await api.rows(
      `select state from work_item where kind = 'purchase_overdue' and key = $1`,
      [list.purchaseId],
    )
    expect(item).toEqual({ state: 'resolved' })
    expect((await receive(list.purchaseId, [{ lineNumber: 1, units: 1 }])).json().code).toBe(
      'purchase-wrong-state',
    )
  })
})

test('lists are paged, filtered and sorted', async () => {
  const { items: all } = await get('?limit=200')
  const seen: string[] = []
  let cursor = ''
  do {
    const page = await get(`?sort=oldest&limit=3${cursor}`)
    seen.push(...page.items.map(({ purchaseId }: PurchaseDetail) => purchaseId))
    cursor = page.nextCursor ? `&cursor=${page.nextCursor}` : ''
  } while (cursor !== '')
  expect(seen.reverse()).toEqual(all.map(({ purchaseId }: PurchaseDetail) => purchaseId))
  for (const { status } of (await get('?status=approved')).items) expect(status).toBe('approved')
  for (const { closedAt } of (await get('?open=true&limit=200')).items) expect(closedAt).toBeNull()
  expect((await get('?supplierId=NOBODY')).items).toEqual([])
  expect((await get('?status=wrong')).code).toBe('invalid-request')
  expect((await get(`/${uuid()}`)).code).toBe('purchase-not-found')
})

test('lists leave as a sheet, for whoever may read them', async () => {
  const body = { kind: 'purchase-lists', format: 'xlsx', filters: { open: true } }
  const ask = (role: Role) =>
    api.as(role, {
      method: 'POST',
      url: '/v1/exports',
      headers: { 'idempotency-key': uuid() },
      payload: body,
    })
  expect((await ask('finance')).statusCode).toBe(202)
  expect((await ask('clerk')).json().code).toBe('forbidden')
})
