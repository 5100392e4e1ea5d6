import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { operationLogPage, orderStoryPage } from '../../contracts/operation-log.ts'
import { createTestApi, placeOrder, type TestApi } from './support.ts'

let api: TestApi
let mine: string
let theirs: string
beforeAll(async () => {
  api = await createTestApi()
  mine = (await placeOrder(api)).json().orderId
  theirs = (await placeOrder(api, { storeId: 'ST-2' })).json().orderId
  await api.database.db
    .insertInto('operation_log')
    .values({
      order_id: mine,
      store_id: 'ST-1',
      version: 1,
      field: 'note',
      new_value: '=1+1,"x"',
      operator: '王五',
      source: 'test',
    })
    .execute()
})
afterAll(() => api.close())

const url = '/v1/operation-log'
const ids = async (role: 'clerk' | 'regional_director' | 'finance', query = '') => {
  const { items } = operationLogPage.parse((await api.as(role, { url: `${url}${query}` })).json())
  return new Set(items.map((item) => item.orderId))
}

test('people see the log of their own stores or region, others the whole', async () => {
  expect(await ids('clerk')).toEqual(new Set([mine]))
  expect(await ids('regional_director')).toEqual(new Set([mine]))
  expect(await ids('finance')).toEqual(new Set([mine, theirs]))
  expect(await ids('clerk', `?orderId=${theirs}`)).toEqual(new Set())
})

test('a story out of scope is one that does not exist, and the buyer’s system gets none', async () => {
  const story = (caller: 'clerk' | 'mall', orderId: string) =>
    api.as(caller, { url: `/v1/orders/${orderId}/story` })
  expect(orderStoryPage.parse((await story('clerk', mine)).json()).items.length).toBeGreaterThan(2)
  expect((await story('clerk', theirs)).json()).toMatchObject({ code: 'order-not-found' })
  expect((await story('clerk', uuid())).json()).toMatchObject({ code: 'order-not-found' })
  expect((await story('mall', mine)).json()).toMatchObject({ code: 'forbidden' })
})

const period = `from=${encodeURIComponent('2020-01-01T00:00:00Z')}`
describe('what cannot be meant', () => {
  test.each([
    '?sort=best',
    '?limit=0',
    '?limit=201',
    '?cursor=x',
    '?orderId=x',
    '?storeId=a%20b',
    '?operator=',
    '?operator=a%00b',
    '?from=yesterday',
    '?surprise=1',
    '/export',
    `/export?${period}`,
    `/export?${period}&to=2019-01-01T00:00:00Z`,
    `/export?${period}&to=2021-01-01T00:00:00Z`,
  ])('%s is refused', async (query) => {
    const response = await api.as('ops', { url: `${url}${query}` })
    expect([response.statusCode, response.json().code]).toEqual([
      400,
      expect.stringMatching(/^invalid-(request|cursor)$/),
    ])
  })

  test.each(['?kinds=', '?kinds=log,gossip', '?sort=best', '?cursor=x'])(
    'a story with %s is refused',
    async (query) => {
      expect((await api.as('ops', { url: `/v1/orders/${mine}/story${query}` })).statusCode).toBe(400)
    },
  )

  test('a cursor of one list is none of another’s, nor of other filters', async () => {
    const { nextCursor } = (await api.as('ops', { url: `${url}?limit=1` })).json()
    expect(nextCursor).toEqual(expect.any(String))
    expect((await api.as('ops', { url: `${url}?limit=1&cursor=${nextCursor}` })).statusCode).toBe(200)
    expect((await api.as('ops', { url: `${url}?limit=1&field=note&cursor=${nextCursor}` })).statusCode).toBe(
      400,
    )
    expect((await api.as('ops', { url: `/v1/orders/${mine}/story?cursor=${nextCursor}` })).statusCode).toBe(
      400,
    )
  })
})

test('an export is CSV of the caller’s own stores, in which nothing is calculated', async () => {
  const to = encodeURIComponent(new Date(Date.now() + 60_000).toISOString())
  const from = encodeURIComponent(new Date(Date.now() - 86_400_000).toISOString())
  const response = await api.as('clerk', { url: `${url}/export?from=${from}&to=${to}` })
  expect(response.headers['content-type']).toBe('text/csv; charset=utf-8')
  expect(response.headers['content-disposition']).toContain('operation-log.csv')
  const [header, ...lines] = response.body.split('\r\n')
  expect(header).toMatch(/^\uFEFFid,at,sourceTime,orderId,storeId,version,field,/)
  expect(lines.filter(Boolean)).toHaveLength(2)
  expect(response.body).toContain(`"'=1+1,""x"""`)
  expect(response.body).toContain('王五')
  expect(response.body).not.toContain(theirs)
})
