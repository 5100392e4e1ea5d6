import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { presalePage, presaleView } from '../../contracts/presales.ts'
import { createTestApi, type TestApi } from './support.ts'

let api: TestApi
beforeAll(async () => {
  api = await createTestApi()
})
afterAll(() => api.close())

const body = (changes: Record<string, unknown> = {}) => ({
  skuId: 'SKU-1',
  warehouseId: 'WH-1',
  quantity: 5,
  expectedOn: '2031-06-18',
  closesAt: '2031-06-01T00:00:00Z',
  ...changes,
})
const send = (method: 'POST' | 'PATCH', url: string, payload: object, key: string = uuid()) =>
  api.as('ops', { method, url, headers: { 'idempotency-key': key }, payload })
const open = (changes: Record<string, unknown> = {}) => send('POST', '/v1/presales', body(changes))
const get = (url: string) => api.as('ops', { url })
const at = (presaleId: string, path = '') => `/v1/presales/${presaleId}${path}`

async function newSku(): Promise<string> {
  const id = `SKU-${uuid()}`
  const sku = { id, name: id, category: '测试', standard_price_cents: 1_000, weight_grams: 100 }
  await api.database.db.insertInto('sku').values(sku).execute()
  return id
}

test('opened, raised, put off, received and closed, with its counters at each step; a repetition changes nothing', async () => {
  const opened = await open()
  expect(opened.statusCode).toBe(201)
  const { presaleId } = presaleView.parse(opened.json())
  expect(opened.json()).toMatchObject({ state: 'open', promised: 5, left: 5, createdBy: 'ops:ops-test' })
  const changed = await send('PATCH', at(presaleId), { quantity: 8, expectedOn: '2031-07-01', reason: 'x' })
  expect(changed.json()).toMatchObject({ promised: 8, expectedOn: '2031-07-01' })
  const key = uuid()
  const arrival = { warehouseId: 'WH-1', quantity: 3, reason: 'note 7' }
  const arrived = await send('POST', at(presaleId, '/arrivals'), arrival, key)
  expect(arrived.json()).toEqual({ presaleId, quantity: 3, servedUnits: 0, servedOrders: 0, freeUnits: 3 })
  expect((await send('POST', at(presaleId, '/arrivals'), arrival, key)).json()).toEqual(arrived.json())
  expect((await get(at(presaleId))).json()).toMatchObject({ freed: 3, left: 5 })
  const closed = await send('POST', at(presaleId, '/close'), { reason: 'enough' })
  expect(closed.json()).toMatchObject({ state: 'closed' })
})

test.each([
  [{ skuId: 'SKU-NOBODY' }, 'unknown-sku'],
  [{ warehouseId: 'WH-NOBODY' }, 'unknown-warehouse'],
  [{ quantity: 0 }, 'invalid-request'],
  [{ expectedOn: '2031-02-30' }, 'invalid-request'],
  [{ closesAt: '2020-01-01T00:00:00Z' }, 'invalid-request'],
  [{ opensAt: '2031-06-02T00:00:00Z' }, 'invalid-request'],
  [{ surprise: 1 }, 'invalid-request'],
])('%o is refused as %s and opens nothing', async (changes, code) => {
  const response = await open({ skuId: await newSku(), ...changes })
  expect(response.json()).toMatchObject({ code })
  expect(response.statusCode).toBeLessThan(500)
})

test('what does not fit the presale’s state is a clear refusal', async () => {
  const skuId = await newSku()
  const { presaleId } = presaleView.parse((await open({ skuId })).json())
  const refused = async (response: ReturnType<typeof send>) => (await response).json().code
  const arrival = { warehouseId: 'WH-1', quantity: 2, reason: 'x' }
  expect(await refused(open({ skuId }))).toBe('presale-open')
  expect(await refused(send('PATCH', at(presaleId), { reason: 'x' }))).toBe('invalid-request')
  expect(await refused(send('POST', at(uuid(), '/arrivals'), arrival))).toBe('not-found')
  await send('POST', at(presaleId, '/arrivals'), arrival)
  const tooLow = await send('PATCH', at(presaleId), { quantity: 1, reason: 'x' })
  expect(tooLow.json()).toMatchObject({ code: 'presale-below-sold', lowest: 2 })
  await send('POST', at(presaleId, '/arrivals'), { ...arrival, quantity: 9 })
  expect((await get(at(presaleId))).json()).toMatchObject({ state: 'arrived', freed: 5 })
  expect(await refused(send('POST', at(presaleId, '/arrivals'), arrival))).toBe('presale-over')
  expect(await refused(send('POST', at(presaleId, '/close'), { reason: 'x' }))).toBe('presale-over')
})

test.each(['newest', 'expected', 'promised', 'sold', 'waiting'])(
  'pages by %s follow each other without gap or repetition',
  async (sort) => {
    for (const quantity of [3, 4]) await open({ skuId: await newSku(), quantity })
    const whole = presalePage.parse((await get(`/v1/presales?sort=${sort}`)).json()).items
    const seen: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const query = cursor === '' ? '' : `&cursor=${cursor}`
      const page = presalePage.parse((await get(`/v1/presales?sort=${sort}&limit=2${query}`)).json())
      seen.push(...page.items.map((item) => item.presaleId))
      cursor = page.nextCursor
    }
    expect(seen).toEqual(whole.map((item) => item.presaleId))
    const state = presalePage.parse((await get('/v1/presales?state=closed')).json()).items
    expect(state.every((item) => item.state === 'closed')).toBe(true)
  },
)
