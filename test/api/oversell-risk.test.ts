import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { RISK_ADVICE } from '../../contracts/oversell-risk.ts'
import { createTestApi, placeOrder, type TestApi } from './support.ts'

let api: TestApi
beforeAll(async () => {
  api = await createTestApi()
})
afterAll(() => api.close())

const read = async (query = '') => {
  const response = await api.as('ops', { method: 'GET', url: `/v1/reports/oversell-risk${query}` })
  return { status: response.statusCode, body: response.json() }
}
const confirmStock = (age: string) =>
  api.rows(
    `insert into warehouse_freshness (warehouse_id, last_success_at) values ('WH-1', now() - $1::interval)
     on conflict (warehouse_id) do update set last_success_at = excluded.last_success_at`,
    [age],
  )

test('orders of the last 30 days are measured as they come in, with what to do and where', async () => {
  await placeOrder(api)
  await placeOrder(api, { storeId: 'ST-2' })
  const { status, body } = await read()
  expect(status).toBe(200)
  expect(body).toMatchObject({
    level: 'high',
    dimensions: [
      { dimension: 'channels', level: 'low', measured: { channels: ['mall'] } },
      { dimension: 'orders', level: 'low', measured: { total: 2, peak: { day: body.to, orders: 2 } } },
      {
        dimension: 'uncoordinated',
        level: 'high',
        measured: { orders: 2, share: 1, warehouseIds: ['WH-1'] },
        measure: { en: RISK_ADVICE.uncoordinated.high.en, zh: RISK_ADVICE.uncoordinated.high.zh },
        screen: '/wms-connections',
      },
      { dimension: 'promotions', level: 'low', measured: { began: 0, perMonth: 0 } },
    ],
  })
})

test('a warehouse is coordinated while its own system was read within the last hour', async () => {
  await confirmStock('59 minutes')
  expect((await read()).body.dimensions[2]).toMatchObject({
    level: 'low',
    measured: { orders: 0, warehouseIds: [] },
  })
  await confirmStock('61 minutes')
  expect((await read()).body.dimensions[2]).toMatchObject({
    level: 'high',
    measured: { warehouseIds: ['WH-1'] },
  })
})

test('promotions count when they began, and in the period in which they did', async () => {
  const promotion = (startsAt: string, startedAt: string | null) =>
    api.rows(
      `insert into promotion (id, name, starts_at, ends_at, max_share_percent, retry_seconds, policy_version, created_by,
         state, started_at, closed_at)
       values ($1, 'x', $2::timestamptz, $2::timestamptz + interval '1 hour', 50, 1, 0, 'test',
         case when $3::timestamptz is null then 'cancelled' else 'ended' end, $3::timestamptz, now())`,
      [uuid(), startsAt, startedAt],
    )
  await promotion('2026-05-31T16:00:00Z', '2026-05-31T16:00:01Z')
  await promotion('2026-06-30T15:59:59Z', '2026-06-30T15:59:59Z')
  await promotion('2026-06-30T16:00:00Z', '2026-06-30T16:00:00Z')
  await promotion('2026-06-10T00:00:00Z', null)
  const { body } = await read('?from=2026-06-01&to=2026-06-30')
  expect(body.dimensions[3]).toMatchObject({ level: 'high', measured: { began: 2, perMonth: 2 } })
})

test.each([
  '?from=2026-06-01',
  '?from=2026-06-02&to=2026-06-01',
  '?from=2024-01-01&to=2026-06-01',
  '?from=June&to=July',
  '?since=2026-06-01',
])('a period like %s is refused', async (query) => {
  expect(await read(query)).toMatchObject({ status: 400, body: { code: 'invalid-request' } })
})

test('every level of every dimension advises in both languages', () => {
  for (const { screen, ...levels } of Object.values(RISK_ADVICE)) {
    expect(screen).toMatch(/^\//)
    for (const { en, zh } of Object.values(levels)) {
      expect(en.length).toBeGreaterThan(10)
      expect(zh).toMatch(/\p{Script=Han}/u)
    }
  }
})
