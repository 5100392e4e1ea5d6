import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { planBatch } from '../../activities/replenishment.ts'
import { POLICIES } from '../../contracts/policies/index.ts'
import { addDays } from '../../domain/demand.ts'
import { chinaTimeOf } from '../../domain/working-time.ts'
import { takeDemand } from '../../store/demand.ts'
import { publishPolicy } from '../../store/policy-versions.ts'
import { beginRun, cancelRun, finishRun } from '../../store/replenishment-runs.ts'
import { createTestApi, placeOrder, type TestApi } from './support.ts'

let api: TestApi
const today = chinaTimeOf(Date.now()).day
beforeAll(async () => {
  api = await createTestApi()
  await api.rows(`insert into warehouse (id, name, division_code, longitude, latitude, region)
    values ('WH-2', '二仓', '440106', 113.36, 23.12, '华南')`)
})
afterAll(() => api.close())

const get = async (query: string) => (await api.as('finance', { url: `/v1/replenishment${query}` })).json()
const write = (method: 'POST' | 'PUT', url: string, payload?: object) =>
  api.as('admin', { method, url, headers: { 'idempotency-key': uuid() }, ...(payload ? { payload } : {}) })

async function takeAll(): Promise<void> {
  while ((await takeDemand(api.database.db)) > 0);
}

/** A night as the activity goes through it. */
async function plan(day = today): Promise<{ runId: string; levels: number }> {
  const runId = uuid()
  await takeAll()
  let run = await beginRun(api.database.db, { id: runId, day, policyVersion: await policyVersion() })
  let levels = 0
  while (run !== null) {
    const batch = await planBatch(api.database.db, run, [])
    if (typeof batch === 'string') break
    levels += batch.levels
    run = batch.run
  }
  await finishRun(api.database.db, runId)
  return { runId, levels }
}
const policyVersion = async () =>
  Number(
    (
      await api.rows(
        `select coalesce(max(version), 0) as version from policy where kind = 'replenishment' and state = 'published'`,
      )
    )[0]?.version,
  )

/** A level with so many units a day for as many days until yesterday. */
async function level(
  fields: { skuId?: string; warehouseId?: string; perDay?: number; days?: number; available?: number } = {},
): Promise<string> {
  const {
    skuId = `S-${uuid().slice(-8)}`,
    warehouseId = 'WH-1',
    perDay = 10,
    days = 120,
    available = 30,
  } = fields
  await api.rows(
    `insert into sku (id, name, category, standard_price_cents, weight_grams) values ($1, $1, '茶', 2000, 100)
     on conflict do nothing`,
    [skuId],
  )
  await api.rows(`insert into stock_level (sku_id, warehouse_id, total) values ($1, $2, $3)`, [
    skuId,
    warehouseId,
    available,
  ])
  await api.rows(
    `insert into demand_level (sku_id, warehouse_id, available, first_at)
     values ($1, $2, $3, ($4::date - $5::int)::timestamp at time zone 'Asia/Shanghai')`,
    [skuId, warehouseId, Math.max(1, available), today, days],
  )
  await api.rows(
    `insert into demand_day (sku_id, warehouse_id, day, units)
     select $1, $2, $3::date - n, $4 from generate_series(1, $5::int) as n`,
    [skuId, warehouseId, today, perDay, days],
  )
  return skuId
}
const wordOn = async (skuId: string, warehouseId = 'WH-1') => get(`/levels/${skuId}/${warehouseId}`)

test('an order that was placed today is in the demand after the next night, with nobody reading the ledger again', async () => {
  await placeOrder(api, { lines: [{ skuId: 'SKU-1', quantity: 4, unitPriceCents: 1_000 }] })
  await takeAll()
  const [row] = await api.rows(`select day::text, units from demand_day where sku_id = 'SKU-1'`)
  expect(row).toEqual({ day: today, units: 4 })
  expect(await takeDemand(api.database.db)).toBe(0)
})

test('a level that will not last until the next delivery is bought for, with the reason in both languages', async () => {
  const skuId = await level()
  const { runId } = await plan()
  const word = await wordOn(skuId)
  // Ten a day that never change: eight days to the reorder point, fourteen up to, and two days more or less of lead time.
  expect(word).toMatchObject({
    ...{ skuId, warehouseId: 'WH-1', runId, day: today, policyVersion: 0 },
    ...{ perDay: 10, growthPercent: 0, coverDays: 3, safetyUnits: 33, reorderPoint: 113, orderUpTo: 173 },
    ...{ suggestedUnits: 143, transferUnits: 0, purchaseUnits: 143, purchaseCents: 286_000, excessUnits: 0 },
    leadTime: { days: 7, deviationDays: 2, source: 'fallback' },
    stock: { available: 30, inTransit: 0, onOrder: 0 },
    reason: {
      en: 'sells 10 a day, 0 % week on week, 3 days of cover, lead time 7 (by default)',
      zh: '日均销量 10，周环比 0%，可售 3 天，到货周期 7 天（默认）',
    },
  })
  expect(word.demand).toHaveLength(90)
})

test('days without stock are left out and not taken for zero', async () => {
  const skuId = await level({ days: 100 })
  await api.rows(
    `update demand_day set units = 0, out_ms = 86400000 where sku_id = $1 and day >= $2::date - 40 and day < $2::date - 10`,
    [skuId, today],
  )
  await plan()
  expect(await wordOn(skuId)).toMatchObject({ perDay: 10, forecast: { censoredDays: 30, historyDays: 100 } })
})

test('what another warehouse has too much of is moved before anything is bought', async () => {
  const skuId = await level()
  await level({ skuId, warehouseId: 'WH-2', perDay: 1, available: 160 })
  await plan()
  expect(await wordOn(skuId, 'WH-2')).toMatchObject({ excessUnits: 100, suggestedUnits: 0 })
  expect(await wordOn(skuId)).toMatchObject({ suggestedUnits: 143, transferUnits: 100, purchaseUnits: 43 })
  const moved = await get(`?only=transfer&skuId=${skuId}`)
  expect(moved.items.map((item: { warehouseId: string }) => item.warehouseId)).toEqual(['WH-1'])
})

test('what others can give is asked for as an ordinary transfer, once, and counts as coming from then on', async () => {
  const skuId = await level()
  await level({ skuId, warehouseId: 'WH-2', perDay: 1, available: 160 })
  await plan()
  const ask = () => write('POST', `/v1/replenishment/levels/${skuId}/WH-1/transfer`)
  const answer = await ask()
  expect(answer.statusCode).toBe(201)
  expect(answer.json()).toMatchObject({
    ...{ skuId, warehouseId: 'WH-1', quantity: 100, status: 'requested' },
    reason: expect.stringMatching(/^补货：日均销量 10/),
    proposal: { legs: [{ sourceId: 'WH-2', quantity: 100 }] },
  })
  expect((await ask()).json().code).toBe('replenishment-nothing-to-move')
  expect(await wordOn(skuId)).toMatchObject({ transferUnits: 0, suggestedUnits: 43, purchaseUnits: 43 })
  await plan()
  expect(await wordOn(skuId)).toMatchObject({ stock: { available: 30, inTransit: 100 }, suggestedUnits: 0 })
})

test('the night is the same when it is done again, and late orders correct it', async () => {
  const skuId = await level({ perDay: 5 })
  await plan()
  const first = await wordOn(skuId)
  await plan()
  const second = await wordOn(skuId)
  expect({ ...second, runId: '', updatedAt: '' }).toEqual({ ...first, runId: '', updatedAt: '' })
  await api.rows(`update demand_day set units = 9 where sku_id = $1`, [skuId])
  await plan()
  expect(await wordOn(skuId)).toMatchObject({ perDay: 9 })
})

test('a supplier has a lead time of its own, sells whole packs, and no fewer than its least', async () => {
  const skuId = await level()
  const supply = { supplierId: 'S-1', packUnits: 12, minimumUnits: 200, unitCostCents: 700 }
  expect((await write('PUT', `/v1/replenishment/supplies/${skuId}`, supply)).json()).toMatchObject(supply)
  const initial = POLICIES.replenishment.initial
  const document = {
    ...initial,
    leadTimes: { ...initial.leadTimes, bySupplier: { 'S-1': { days: 0, deviationDays: 0 } } },
  }
  const origin = { author: 'test', reason: 'test' }
  await publishPolicy(api.database.db, { kind: 'replenishment', document, ...origin })
  await plan()
  // A lead time of 0 days: a day until the next look, seven up to.
  expect(await wordOn(skuId)).toMatchObject({
    ...{ supplierId: 'S-1', reorderPoint: 10, orderUpTo: 70, suggestedUnits: 0 },
    leadTime: { days: 0, source: 'supplier' },
  })
  await api.rows(`update stock_level set total = 5 where sku_id = $1`, [skuId])
  await plan()
  expect(await wordOn(skuId)).toMatchObject({ suggestedUnits: 204, purchaseCents: 204 * 700 })
  await publishPolicy(api.database.db, { kind: 'replenishment', document: initial, ...origin })
  const list = (await api.as('finance', { url: '/v1/replenishment/supplies?supplierId=S-1' })).json()
  expect(list.items).toMatchObject([{ skuId, changedBy: expect.stringContaining('admin') }])
})

test.each([
  [{ supplierId: 'S', packUnits: 0 }, 400, 'invalid-request'],
  [{ supplierId: 'S S' }, 400, 'invalid-request'],
  [{ supplierId: 'S', minimumUnits: 1e9 }, 400, 'invalid-request'],
])('a supply that makes no sense (%j) is refused', async (body, status, code) => {
  const answer = await write('PUT', '/v1/replenishment/supplies/SKU-1', body)
  expect([answer.statusCode, answer.json().code]).toEqual([status, code])
})

test('a lead time is measured from what was received, and what is on order is not ordered again', async () => {
  const skuId = await level()
  await write('PUT', `/v1/replenishment/supplies/${skuId}`, { supplierId: 'S-2', unitCostCents: 10 })
  const body = { warehouseId: 'WH-1', supplierId: 'S-2', lines: [{ skuId, units: 300 }] }
  const list = (await write('POST', '/v1/purchase-lists', body)).json()
  await plan()
  expect(await wordOn(skuId)).toMatchObject({ stock: { onOrder: 300 }, suggestedUnits: 0 })
  await api.rows(
    `insert into purchase_receipt (purchase_id, line_number, event_id, sku_id, warehouse_id, supplier_id, units, lead_days)
     select $1, 1, n::text, $2, 'WH-1', 'S-2', 1, 10 + n from generate_series(1, 3) as n`,
    [list.purchaseId, skuId],
  )
  await plan()
  expect(await wordOn(skuId)).toMatchObject({ leadTime: { days: 12, deviationDays: 1, source: 'receipts' } })
})

test('a SKU that nobody knows has no supply, and no word', async () => {
  const put = await write('PUT', '/v1/replenishment/supplies/NOBODY', { supplierId: 'S' })
  expect(put.json().code).toBe('unknown-sku')
  expect((await wordOn('NOBODY')).code).toBe('replenishment-not-found')
})

describe('a list of 30 levels', () => {
  const skuIds: string[] = []
  beforeAll(async () => {
    for (let count = 0; count < 15; count += 1) {
      skuIds.push(await level({ available: 10 + count * 20, perDay: 10 - (count % 3) }))
    }
    await plan()
  })

  test.each(['urgency', 'sku', 'excess'])('is paged by %s without a gap or a repetition', async (sort) => {
    const seen: string[] = []
    const ranks: number[] = []
    let cursor = ''
    do {
      const page = await get(`?sort=${sort}&limit=4${cursor}`)
      for (const item of page.items) {
        seen.push(`${item.skuId} ${item.warehouseId}`)
        ranks.push(sort === 'excess' ? -item.excessUnits : (item.coverDays ?? 1e9))
      }
      cursor = page.nextCursor ? `&cursor=${page.nextCursor}` : ''
    } while (cursor !== '')
    expect(new Set(seen).size).toBe(seen.length)
    for (const skuId of skuIds) expect(seen).toContain(`${skuId} WH-1`)
    const order = sort === 'sku' ? seen : ranks
    expect(order).toEqual([...order].sort(sort === 'sku' ? undefined : (a, b) => Number(a) - Number(b)))
  })

  test('is filtered by what is to be done', async () => {
    const suggested = await get('?only=suggested&limit=200')
    expect(suggested.items.length).toBeGreaterThan(0)
    for (const item of suggested.items) expect(item.suggestedUnits).toBeGreaterThan(0)
    expect((await get('?only=excess&warehouseId=WH-2&limit=200')).items.length).toBeGreaterThan(0)
    expect((await get('?only=wrong')).code).toBe('invalid-request')
    expect((await get('?sku=S')).code).toBe('invalid-request')
  })
})

describe('a run', () => {
  test('goes on after the SKU that it had reached, and is done once', async () => {
    const { db } = api.database
    const runId = uuid()
    const run = await beginRun(db, { id: runId, day: today, policyVersion: 0 })
    if (!run) throw new Error('no run')
    const first = await planBatch(db, run, [])
    // The process died after its batch: the same batch again is nobody's.
    expect(await planBatch(db, run, [])).toBe('cancelled')
    const again = await beginRun(db, { id: runId, day: today, policyVersion: 0 })
    expect(first).toMatchObject({ run: { afterSkuId: again?.afterSkuId } })
    if (again) expect(await planBatch(db, again, [])).toBe('done')
    await finishRun(db, runId)
    expect(await beginRun(db, { id: runId, day: today, policyVersion: 0 })).toBeNull()
  })

  test('that was given up stops after its batch, and what it wrote stays', async () => {
    const { db } = api.database
    const runId = uuid()
    const run = await beginRun(db, { id: runId, day: addDays(today, -1), policyVersion: 0 })
    if (!run) throw new Error('no run')
    const answer = await write('POST', `/v1/replenishment/runs/${runId}/cancellation`)
    expect(answer.json()).toMatchObject({ state: 'cancelled', skusDone: 0 })
    expect(await planBatch(db, run, [])).toBe('cancelled')
    const before = await api.rows('select count(*) from replenishment')
    await finishRun(db, runId)
    expect(await api.rows('select count(*) from replenishment')).toEqual(before)
    expect((await cancelRun(db, runId)).state).toBe('cancelled')
  })

  test('is listed with how far it is', async () => {
    const { items } = await get('/runs?state=done&limit=1')
    expect(items).toMatchObject([{ state: 'done', day: today, finishedAt: expect.any(String) }])
    const none = await write('POST', `/v1/replenishment/runs/${uuid()}/cancellation`)
    expect(none.json().code).toBe('replenishment-run-not-found')
  })

  test('forgets what is no longer sold', async () => {
    const skuId = await level()
    await plan()
    await api.rows('update sku set active = false where id = $1', [skuId])
    await plan()
    expect((await wordOn(skuId)).code).toBe('replenishment-not-found')
  })
})

test('a policy is tried on what is known since last night', async () => {
  const skuId = await level()
  await plan()
  const document = { ...POLICIES.replenishment.initial, serviceLevelPercent: 99.9 }
  const draft = await write('POST', '/v1/policies/replenishment/drafts', { document, reason: 'more' })
  const { version } = draft.json()
  const url = `/v1/policies/replenishment/drafts/${version}/dry-run`
  const report = (await write('POST', url, { days: 1, limit: 200 })).json()
  const changed = report.items.find(({ id }: { id: string }) => id === `${skuId} in WH-1`)
  expect(changed.after.outcome.orderUpTo).toBeGreaterThan(changed.before.outcome.orderUpTo)
})

test.each([
  { serviceLevelPercent: 100 },
  { leadTimes: { fallback: { days: -1, deviationDays: 0 }, minimumReceipts: 3 } },
  { reviewPeriodDays: 0 },
])('a policy that makes no sense (%j) is refused', async (change) => {
  const document = { ...POLICIES.replenishment.initial, ...change }
  const draft = await write('POST', '/v1/policies/replenishment/drafts', { document, reason: 'no' })
  expect(draft.statusCode).toBe(400)
})

test('what is suggested leaves as a sheet, for whoever may read it', async () => {
  const body = { kind: 'replenishment', format: 'csv', filters: { only: 'purchase' } }
  expect((await write('POST', '/v1/exports', body)).statusCode).toBe(202)
  const refused = await api.as('clerk', {
    ...{ method: 'POST', url: '/v1/exports', headers: { 'idempotency-key': uuid() }, payload: body },
  })
  expect(refused.json().code).toBe('forbidden')
})
