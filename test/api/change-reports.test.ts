import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { POLICIES } from '../../contracts/policies/index.ts'
import type { Role } from '../../domain/role.ts'
import { detectAnomalies } from '../../store/change-anomalies.ts'
import { refreshChangeStatistics } from '../../store/change-statistics.ts'
import type { System } from '../../store/identity.ts'
import { publishPolicy } from '../../store/policy-versions.ts'
import { readWorkingCalendar } from '../../store/working-days.ts'
import { createTestApi, placeOrder, type TestApi } from './support.ts'

/** A Wednesday in China. */
const NOW = new Date('2026-11-25T12:00:00+08:00')
const HOURS = POLICIES['change-anomaly'].initial.offHours
if (!HOURS) throw new Error('the built-in policy has no working hours')

let api: TestApi
beforeAll(async () => {
  api = await createTestApi()
  api.clock.advance(NOW.getTime() - Date.now())
  const document = {
    ...POLICIES['change-anomaly'].initial,
    frequentPerson: { count: 3, days: 7, points: 40 },
    frequentOrder: { count: 2, days: 7, points: 30 },
    repeatedCustomer: { count: 3, days: 30, points: 30 },
    selfDealing: { count: 3, days: 30, points: 40, sharePercent: 90 },
  }
  await publishPolicy(api.database.db, { kind: 'change-anomaly', document, author: 'test', reason: 'test' })
})
afterAll(() => api.close())

const get = (caller: System | Role, url: string) => api.as(caller, { url })
const items = async (query: string, caller: System | Role = 'finance') =>
  (await get(caller, `/v1/change-anomalies?${query}`)).json().items
const detect = () => detectAnomalies(api.database.db, NOW)

type Asked = {
  applicant: string
  at: string
  storeId?: string
  orderId?: string
  phone?: string
  type?: string
  status?: string
  differenceCents?: number
  concessionCents?: number
  approvedBy?: string
  unitPriceCents?: number
  applicantRole?: string
}
let number = 0
/** A request as the tables have it, whatever became of it. */
async function ask(asked: Asked): Promise<{ changeId: string; orderId: string }> {
  const { storeId = 'ST-1', type = 'price', status = 'applied', differenceCents = -1_000 } = asked
  const orderId =
    asked.orderId ??
    (
      await placeOrder(api, {
        storeId,
        contact: {
          name: '某人',
          phone: asked.phone ?? `139${String(10_000_000 + number)}`,
          divisionCode: '330110',
          address: '某路 1 号',
        },
        lines: [{ skuId: 'SKU-1', quantity: 1, unitPriceCents: 1_000 }],
      })
    ).json().orderId
  const changeId = uuid()
  number += 1
  const isClosed = status === 'applied' || status === 'rejected'
  await api.rows(
    `insert into change_request (id, number, order_id, store_id, type, status, version, applicant, order_version, expires_at,
       difference_cents, concession_cents, created_at, closed_at)
     values ($1, $2, $3, $4, $5, $6, 1, $7, 1, $8::timestamptz + interval '7 days', $9, $10, $8, $11)`,
    [
      ...[changeId, `CR-20261125-${String(number).padStart(4, '0')}`, orderId, storeId, type, status],
      ...[asked.applicant, asked.at, differenceCents, asked.concessionCents ?? Math.max(0, -differenceCents)],
      isClosed ? asked.at : null,
    ],
  )
  const after = { skuId: 'SKU-1', quantity: 1, unitPriceCents: asked.unitPriceCents ?? 1_000 }
  await api.rows(
    `insert into change_request_version (change_id, request_version, change, reason_code, reason, order_version, effect, facts,
       steps, tier, policy_version, limits, submitted_by)
     values ($1, 1, '{}', 'goodwill', 'r', 1, $2, $3, '[]', 'team-lead', 0, '{}', $4)`,
    [
      changeId,
      { lines: [{ lineNumber: 1, before: null, after }] },
      { applicantRole: asked.applicantRole ?? 'clerk' },
      asked.applicant,
    ],
  )
  if (asked.approvedBy) {
    await api.rows(
      `insert into change_decision (id, change_id, request_version, step_number, level_number, order_version, account,
         decision, note, via)
       values ($1, $2, 1, 1, 1, 1, $3, 'approve', '', 'console')`,
      [uuid(), changeId, asked.approvedBy],
    )
  }
  return { changeId, orderId }
}

describe('anomalies', () => {
  test('what is strange is found once, with its evidence, and grows until somebody has judged it', async () => {
    const asked = [
      await ask({ applicant: 'busy', at: '2026-11-23T10:00:00+08:00' }),
      await ask({ applicant: 'busy', at: '2026-11-24T10:00:00+08:00' }),
      await ask({ applicant: 'busy', at: '2026-11-25T10:00:00+08:00' }),
    ]
    expect(await detect()).toBe(1)
    expect(await detect()).toBe(0)
    const [anomaly] = await items('person=busy')
    expect(anomaly).toMatchObject({
      kind: 'frequent_person',
      sentence: { zh: 'busy 在 7 天内提交 3 次改单（阈值 3 次）' },
      subject: { kind: 'person', id: 'busy' },
      changeId: asked[2]?.changeId,
      storeId: 'ST-1',
      score: 40,
      state: 'new',
      policyVersion: 1,
    })
    asked.push(await ask({ applicant: 'busy', at: '2026-11-25T11:00:00+08:00' }))
    expect(await detect()).toBe(0)
    const detail = (await get('finance', `/v1/change-anomalies/${anomaly.anomalyId}`)).json()
    expect(detail).toMatchObject({ score: 53, evidence: { measured: 4 } })
    expect(detail.requests.map(({ changeId }: { changeId: string }) => changeId)).toEqual(
      asked.map(({ changeId }) => changeId),
    )
  })

  test('the same customer over several orders, and an approver of nearly everything, are found; buyers are not', async () => {
    const phone = '13700001111'
    for (const day of ['02', '09', '16']) {
      const at = `2026-11-${day}T10:00:00+08:00`
      await ask({ applicant: `clerk-${day}`, at, phone })
      await ask({ applicant: 'pair-a', at, approvedBy: 'pair-b' })
      await ask({ applicant: 'mall:app', at, type: 'cancel', applicantRole: 'buyer', phone: '13700002222' })
    }
    await detect()
    expect(await items('kind=repeated_customer')).toMatchObject([
      { evidence: { measured: 3, people: ['clerk-02', 'clerk-09', 'clerk-16'] } },
    ])
    expect(JSON.stringify(await items('kind=repeated_customer'))).not.toContain(phone)
    expect(await items('kind=self_dealing')).toMatchObject([{ subject: { id: 'pair-a → pair-b' } }])
    expect(await items('person=mall:app')).toEqual([])
  })

  test('a single request can be strange by its price, its sum and its hour; a holiday is what the store says', async () => {
    const at = '2026-10-01T10:00:00+08:00'
    await ask({ applicant: 'holiday', at })
    await ask({ applicant: 'cheap', at: '2026-11-18T10:00:00+08:00', unitPriceCents: 500 })
    await ask({ applicant: 'limit', at: '2026-11-18T10:00:00+08:00', differenceCents: -9_900 })
    await ask({ applicant: 'night', at: '2026-11-18T23:30:00+08:00' })
    await detect()
    expect(await items('person=holiday')).toMatchObject([
      { sentence: { zh: expect.stringContaining('国庆节') } },
    ])
    expect(await items('person=cheap')).toMatchObject([{ kind: 'off_price', evidence: { measured: 50 } }])
    expect(await items('person=limit')).toMatchObject([{ kind: 'below_limit', evidence: { limit: 10_000 } }])
    expect(await items('person=night')).toMatchObject([
      { evidence: { offHours: { reason: 'after-closing' } } },
    ])

    const body = { storeId: 'ST-1', day: '2026-10-02', kind: 'work', name: '店庆' }
    expect(
      (await api.as('admin', { method: 'PUT', url: '/v1/working-days', payload: body })).statusCode,
    ).toBe(204)
    const period = { from: '2026-10-01', to: '2026-10-31' }
    const calendar = await readWorkingCalendar(api.database.db, HOURS, period)
    expect(calendar('ST-1', '2026-10-02')).toMatchObject({ kind: 'work', name: '店庆' })
    expect(calendar('ST-2', '2026-10-02')).toMatchObject({ kind: 'rest', name: '国庆节' })
    expect(calendar('ST-2', '2026-10-10'), 'a make-up day').toMatchObject({ kind: 'work' })
    const days = (await get('finance', '/v1/working-days')).json()
    expect(days).toMatchObject({
      items: [{ ...body, changedBy: 'admin' }],
      holidaysKnown: { thisYear: true },
    })
    const listed = async (query: string) =>
      (await get('finance', `/v1/working-days?${query}`))
        .json()
        .items.map((item: { day: string }) => item.day)
    await api.as('admin', {
      method: 'PUT',
      url: '/v1/working-days',
      payload: { day: '2026-10-03', kind: 'rest' },
    })
    expect(await listed('sort=newest')).toEqual(['2026-10-03', '2026-10-02'])
    expect(await listed('')).toEqual(['2026-10-02', '2026-10-03'])
    expect(await listed('kind=rest')).toEqual(['2026-10-03'])
    const [first] = await listed('limit=1&sort=newest')
    const { nextCursor } = (await get('finance', '/v1/working-days?limit=1&sort=newest')).json()
    expect([first, ...(await listed(`limit=1&sort=newest&cursor=${nextCursor}`))]).toEqual(
      await listed('sort=newest'),
    )
    await api.as('admin', { method: 'DELETE', url: '/v1/working-days?day=2026-10-03' })
    const gone = { method: 'DELETE' as const, url: '/v1/working-days?day=2026-10-02&storeId=ST-1' }
    expect((await api.as('admin', gone)).statusCode).toBe(204)
    expect((await get('finance', '/v1/working-days')).json().items).toEqual([])
  })

  test('a verdict is logged with who gave it and why; the loser of two hears so, and it holds', async () => {
    const first = await ask({ applicant: 'order-a', at: '2026-11-20T10:00:00+08:00' })
    await ask({ applicant: 'order-b', at: '2026-11-20T11:00:00+08:00', orderId: first.orderId })
    await detect()
    const [{ anomalyId }] = await items('kind=frequent_order')
    const move = (role: Role, state: string, version: number) =>
      api.as(role, {
        method: 'POST',
        url: `/v1/change-anomalies/${anomalyId}/state`,
        headers: { 'idempotency-key': uuid() },
        payload: { state, version, note: '已电话核实' },
      })
    expect((await move('clerk', 'checked', 1)).statusCode).toBe(403)
    expect((await move('finance', 'checked', 1)).json()).toMatchObject({ state: 'checked', version: 2 })
    expect((await move('admin', 'dismissed', 1)).json()).toMatchObject({ code: 'change-anomaly-wrong-state' })
    const dismissed = (await move('admin', 'dismissed', 2)).json()
    expect(dismissed.moves).toMatchObject([
      { from: 'new', to: 'checked', operator: 'finance', note: '已电话核实' },
      { from: 'checked', to: 'dismissed', operator: 'admin' },
    ])
    expect((await move('finance', 'confirmed', 3)).json()).toMatchObject({
      code: 'change-anomaly-wrong-state',
    })
    await ask({ applicant: 'order-c', at: '2026-11-20T12:00:00+08:00', orderId: first.orderId })
    await detect()
    expect(await items('kind=frequent_order')).toMatchObject([
      { state: 'dismissed', evidence: { measured: 2 } },
    ])
  })

  test('nobody judges what names them, and a missing one is not found', async () => {
    for (const at of ['2026-11-10T10:00:00+08:00', '2026-11-11T10:00:00+08:00', '2026-11-12T10:00:00+08:00'])
      await ask({ applicant: 'ops', at })
    await detect()
    const [{ anomalyId }] = await items('person=ops')
    const url = (id: string) => `/v1/change-anomalies/${id}/state`
    const payload = { state: 'dismissed', version: 1, note: 'x' }
    const cookie = await api.signIn('ops')
    const headers = { cookie, 'x-order-hub': '1', 'idempotency-key': uuid() }
    const own = await api.app.inject({ method: 'POST', url: url(anomalyId), headers, payload })
    expect(own.json()).toMatchObject({ code: 'change-anomaly-own' })
    const missing = await api.as('finance', {
      method: 'POST',
      url: url(uuid()),
      headers: { 'idempotency-key': uuid() },
      payload,
    })
    expect(missing.statusCode).toBe(404)
  })

  test('lists page without gaps in every order, filter, and end where a region ends', async () => {
    await ask({ applicant: 'south', at: '2026-11-18T23:30:00+08:00', storeId: 'ST-2' })
    await detect()
    const all = await items('limit=200')
    for (const sort of ['newest', 'oldest', 'worst']) {
      const seen: string[] = []
      let cursor = ''
      do {
        const page = (await get('finance', `/v1/change-anomalies?sort=${sort}&limit=2${cursor}`)).json()
        seen.push(...page.items.map(({ anomalyId }: { anomalyId: string }) => anomalyId))
        cursor = page.nextCursor ? `&cursor=${page.nextCursor}` : ''
      } while (cursor)
      expect(seen.toSorted()).toEqual(all.map(({ anomalyId }: { anomalyId: string }) => anomalyId).toSorted())
    }
    const scores = (await items('sort=worst&limit=200')).map(({ score }: { score: number }) => score)
    expect(scores).toEqual(scores.toSorted((a: number, b: number) => b - a))
    expect(await items('person=south')).toHaveLength(1)
    expect(await items('person=south', 'regional_director')).toEqual([])
    expect((await get('clerk', '/v1/change-anomalies')).statusCode).toBe(403)
    for (const wrong of ['state=old', 'minimumScore=101', 'sort=best', 'kind=x', 'cursor=abc', 'stat=new'])
      expect((await get('finance', `/v1/change-anomalies?${wrong}`)).statusCode, wrong).toBe(400)
  })
})

describe('statistics', () => {
  test('a month stands beside the month before, by store, person and type, with the requests behind each figure', async () => {
    await api.rows("update change_request set created_at = created_at - interval '1 year'")
    const october = { at: '2026-10-15T10:00:00+08:00', storeId: 'ST-2' }
    await ask({ ...october, applicant: 'li', differenceCents: -2_000 })
    await ask({ at: '2026-10-31T23:59:59+08:00', applicant: '=cmd', differenceCents: -1_000 })
    const first = { at: '2026-11-01T00:00:00+08:00', applicant: 'li', storeId: 'ST-2' }
    await ask({ ...first, differenceCents: -3_000 })
    await ask({ ...first, type: 'address', differenceCents: 0 })
    await ask({ ...first, status: 'rejected', differenceCents: -99_000 })
    const { db } = api.database
    expect(await refreshChangeStatistics(db, NOW)).toBe(4)
    expect(await refreshChangeStatistics(db, NOW), 'counted anew, not added').toBe(4)

    const report = (await get('finance', '/v1/reports/changes?by=store')).json()
    expect(report).toMatchObject({
      month: '2026-11',
      previousMonth: '2026-10',
      total: {
        now: { requests: 3, applied: 2, rejected: 1, differenceCents: -3_000, concessionCents: 3_000 },
      },
      items: [
        {
          key: 'ST-2',
          now: { requests: 3 },
          before: { requests: 1, concessionCents: 2_000 },
          requestsPerDay: 0.12,
          growthPercent: { requests: 200, concession: 50 },
        },
        { key: 'ST-1', now: { requests: 0 }, before: { requests: 1 }, growthPercent: { requests: -100 } },
      ],
    })
    const { searchParams, pathname } = new URL(report.items[0].requestsUrl, 'http://hub')
    expect([pathname, Object.fromEntries(searchParams)]).toEqual([
      '/v1/change-requests',
      { storeId: 'ST-2', createdFrom: '2026-10-31T16:00:00.000Z', createdTo: '2026-11-30T16:00:00.000Z' },
    ])
    const types = (await get('finance', '/v1/reports/changes?by=type&month=2026-11&storeId=ST-2')).json()
    expect(types.items.map(({ key }: { key: string }) => key)).toEqual(['price', 'address'])
    const page = (await get('finance', '/v1/reports/changes?by=person&sort=key&limit=1')).json()
    expect(page.items[0].key).toBe('=cmd')
    const next = await get(
      'finance',
      `/v1/reports/changes?by=person&sort=key&limit=1&cursor=${page.nextCursor}`,
    )
    expect(next.json().items[0].key).toBe('li')
    const region = (await get('regional_director', '/v1/reports/changes')).json()
    expect(region.items.map(({ key }: { key: string }) => key)).toEqual(['ST-1'])
  })

  test('the export is the report, and no formula in it is one', async () => {
    const { body, headers } = await get('finance', '/v1/reports/changes/export?by=person')
    expect(headers['content-disposition']).toContain('changes-2026-11.csv')
    expect(body.split('\r\n')).toEqual([
      expect.stringMatching(/^\uFEFFperson,2026-11 requests,/),
      'li,3,2,1,-3000,3000,1,1,0,-2000,2000,0.12,200,50',
      "'=cmd,0,0,0,0,0,1,1,0,-1000,1000,0,-100,-100",
      '',
    ])
    const [entry] = await api.rows(
      "select actor, new_value from audit_entry where action = 'export.downloaded' and subject_id = 'changes-2026-11'",
    )
    expect(entry).toEqual({
      actor: 'finance',
      new_value: { filters: { by: 'person', sort: 'requests', month: '2026-11' }, format: 'csv' },
    })
    for (const wrong of ['month=2026-13', 'month=2026-1', 'by=name', 'limit=5'])
      expect((await get('finance', `/v1/reports/changes/export?${wrong}`)).statusCode, wrong).toBe(400)
  })
})
