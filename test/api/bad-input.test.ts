import { v7 as uuid } from 'uuid'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createTestApi, DIVISION, orderBody, placeOrder, type TestApi } from './support.ts'

let api: TestApi
let orderId: string
let before: unknown
const COUNTS = `select (select count(*) from orders) as orders, (select count(*) from reservation) as holds,
  (select count(*) from inbox) as inbox, (select count(*) from contact) as contacts,
  (select count(*) from payment) as payments, (select sum(reserved) from stock_level) as reserved`

beforeAll(async () => {
  api = await createTestApi()
  orderId = (await placeOrder(api)).json().orderId
  before = await api.rows(COUNTS)
})
afterAll(() => api.close())
afterEach(async () => {
  expect(await api.rows(COUNTS)).toEqual(before)
  expect((await api.app.inject('/healthz')).statusCode).toBe(200)
})

const line = { skuId: 'SKU-1', quantity: 1, unitPriceCents: 100 }
const contact = { name: '王五', phone: '13900001111', divisionCode: DIVISION, address: '某路 1 号' }
const lines = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ ...line, skuId: `S${index}` }))

test.each<[string, Record<string, unknown>, number, string, string]>([
  ['an unknown SKU', { lines: [{ ...line, skuId: 'NO-SUCH' }] }, 422, 'unknown-sku', 'lines.0.skuId'],
  ['quantity 0', { lines: [{ ...line, quantity: 0 }] }, 400, 'invalid-request', 'lines.0.quantity'],
  ['a negative quantity', { lines: [{ ...line, quantity: -1 }] }, 400, 'invalid-request', 'lines.0.quantity'],
  [
    'a fractional quantity',
    { lines: [{ ...line, quantity: 1.5 }] },
    400,
    'invalid-request',
    'lines.0.quantity',
  ],
  ['quantity 10^9', { lines: [{ ...line, quantity: 1e9 }] }, 400, 'invalid-request', 'lines.0.quantity'],
  ['a quantity as text', { lines: [{ ...line, quantity: '1' }] }, 400, 'invalid-request', 'lines.0.quantity'],
  [
    'a negative price',
    { lines: [{ ...line, unitPriceCents: -1 }] },
    400,
    'invalid-request',
    'lines.0.unitPriceCents',
  ],
  ['duplicate lines', { lines: [line, line] }, 400, 'invalid-request', 'lines'],
  ['empty lines', { lines: [] }, 400, 'invalid-request', 'lines'],
  ['201 lines', { lines: lines(201) }, 400, 'invalid-request', 'lines'],
  [
    'a remark of 501 characters',
    { contact: { ...contact, remark: 'x'.repeat(501) } },
    400,
    'invalid-request',
    'contact.remark',
  ],
  [
    'control characters',
    { contact: { ...contact, name: 'a\u0000b' } },
    400,
    'invalid-request',
    'contact.name',
  ],
  [
    'an escape character',
    { contact: { ...contact, address: '\u001b[31m' } },
    400,
    'invalid-request',
    'contact.address',
  ],
  [
    'a direction override',
    { contact: { ...contact, name: 'a\u202eb' } },
    400,
    'invalid-request',
    'contact.name',
  ],
  ['a lone surrogate', { contact: { ...contact, name: '\ud800' } }, 400, 'invalid-request', 'contact.name'],
  ['an id above 2^53 as a number', { externalOrderId: 2 ** 60 }, 400, 'invalid-request', 'externalOrderId'],
  ['an unknown field', { discount: 1 }, 400, 'invalid-request', 'discount'],
  [
    'an unknown field of a line',
    { lines: [{ ...line, gift: true }] },
    400,
    'invalid-request',
    'lines.0.gift',
  ],
  ['an unknown store', { storeId: 'NO-SUCH' }, 422, 'unknown-store', 'storeId'],
  [
    'an unknown division',
    { contact: { ...contact, divisionCode: '999999' } },
    422,
    'unknown-division',
    'contact.divisionCode',
  ],
  ['a channel that is not the store’s', { channel: 'jd' }, 400, 'invalid-request', 'channel'],
])(
  '%s is a problem that names the field, and nothing is written',
  async (_, changes, status, code, field) => {
    const response = await placeOrder(api, changes)
    const problem = response.json()
    expect([response.statusCode, problem.code]).toEqual([status, code])
    expect(response.headers['content-type']).toBe('application/problem+json')
    expect(problem.errors.map((entry: { field: string }) => entry.field)).toContain(field)
  },
)

const post = (payload: string | Buffer, contentType: string | null = 'application/json') =>
  api.as('mall', {
    method: 'POST',
    url: '/v1/orders',
    headers: { 'idempotency-key': uuid(), ...(contentType === null ? {} : { 'content-type': contentType }) },
    payload,
  })

test.each<[string, () => ReturnType<typeof post>, number, string]>([
  ['truncated JSON', () => post(JSON.stringify(orderBody()).slice(0, -5)), 400, 'malformed-json'],
  ['JSON that is not an object', () => post('[1,2]'), 400, 'invalid-request'],
  ['an empty body', () => post(''), 400, 'invalid-request'],
  ['invalid UTF-8', () => post(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])), 400, 'malformed-json'],
  ['a __proto__ key', () => post('{"__proto__":{"admin":true}}'), 400, 'malformed-json'],
  ['a constructor.prototype key', () => post('{"constructor":{"prototype":{"a":1}}}'), 400, 'malformed-json'],
  ['JSON of 65 levels', () => post('['.repeat(65) + ']'.repeat(65)), 400, 'malformed-json'],
  ['JSON of 64 levels', () => post('['.repeat(64) + ']'.repeat(64)), 400, 'invalid-request'],
  ['plain text', () => post('hello', 'text/plain'), 415, 'unsupported-media-type'],
  ['a form', () => post('a=1', 'application/x-www-form-urlencoded'), 415, 'unsupported-media-type'],
  ['no content type', () => post('{}', null), 415, 'unsupported-media-type'],
  ['another charset', () => post('{}', 'application/json; charset=gbk'), 415, 'unsupported-media-type'],
  ['10,000 lines', () => post(JSON.stringify(orderBody({ lines: lines(10_000) }))), 413, 'payload-too-large'],
  [
    'a remark of 1 MB',
    () => post(JSON.stringify(orderBody({ contact: { ...contact, remark: 'x'.repeat(1_048_576) } }))),
    413,
    'payload-too-large',
  ],
  ['JSON nested 20,000 deep', () => post('['.repeat(20_000) + ']'.repeat(20_000)), 400, 'malformed-json'],
])('%s is a %s problem', async (_, send, status, code) => {
  const response = await send()
  expect([response.statusCode, response.json().code]).toEqual([status, code])
  expect(response.headers['content-type']).toBe('application/problem+json')
})

test.each([
  ['not-a-uuid', 400, 'invalid-request'],
  ['9007199254740993', 400, 'invalid-request'],
  ['%00', 400, 'invalid-request'],
  [uuid(), 404, 'order-not-found'],
  ['x'.repeat(300), 404, 'not-found'],
])('the order id %s is a %s', async (id, status, code) => {
  const response = await api.as('mall', { url: `/v1/orders/${id}` })
  expect([response.statusCode, response.json().code]).toEqual([status, code])
})

test('a broken percent escape in the path is a problem, not a crash', async () => {
  const response = await api.as('mall', { url: '/v1/orders/%E0%A4%A' })
  expect([response.statusCode, response.json().code]).toEqual([400, 'invalid-request'])
})

test.each([
  [{ amountCents: 0 }, 'amountCents'],
  [{ amountCents: 1.5 }, 'amountCents'],
  [{ paidAt: 'yesterday' }, 'paidAt'],
  [{ paymentId: 'with space' }, 'paymentId'],
  [{ method: 'cash' }, 'method'],
])('a payment with %j is refused by field', async (changes, field) => {
  const good = { paymentId: uuid(), amountCents: 1, method: 'wechat', paidAt: new Date().toISOString() }
  const response = await api.as('payments', {
    method: 'POST',
    url: `/v1/orders/${orderId}/payments`,
    headers: { 'idempotency-key': uuid() },
    payload: { ...good, ...changes },
  })
  expect(response.statusCode).toBe(400)
  expect(response.json().errors[0].field).toBe(field)
})

test.each([
  'limit=0',
  'limit=201',
  'limit=x',
  'sort=random',
  'status=lost-in-space',
  'createdFrom=today',
  'from=2026-01-01',
  'limit=1&limit=2',
])('the query %s is refused', async (query) => {
  const response = await api.as('ops', { url: `/v1/orders?${query}` })
  expect([response.statusCode, response.json().code]).toEqual([400, 'invalid-request'])
})

test('an unknown path is 404 and a wrong method 405 with what is allowed', async () => {
  const missing = await api.app.inject('/v1/nothing')
  expect([missing.statusCode, missing.json().code]).toEqual([404, 'not-found'])
  const wrong = await api.app.inject({ method: 'DELETE', url: `/v1/orders/${orderId}` })
  expect([wrong.statusCode, wrong.json().code]).toEqual([405, 'method-not-allowed'])
  expect(wrong.headers.allow).toContain('GET')
})

test('a problem has every member of RFC 9457, both languages, and the request id in the header', async () => {
  const response = await api.as('mall', {
    url: `/v1/orders/${uuid()}`,
    headers: { 'x-request-id': 'trace-me_1' },
  })
  expect(response.headers['x-request-id']).toBe('trace-me_1')
  const problem = response.json()
  expect(problem).toMatchObject({ status: 404, title: 'There is no such order', titleZh: '订单不存在' })
  expect(Object.keys(problem)).toEqual(expect.arrayContaining(['type', 'detail', 'instance', 'code', 'todo']))
})

test('a body that a route does not even look at is refused when it is nested without end', async () => {
  const response = await api.as('admin', {
    method: 'POST',
    url: `/v1/stock/counts/${uuid()}/submission`,
    headers: { 'content-type': 'application/json', 'idempotency-key': uuid() },
    payload: '['.repeat(10_000) + ']'.repeat(10_000),
  })
  expect([response.statusCode, response.json().code]).toEqual([400, 'malformed-json'])
})
