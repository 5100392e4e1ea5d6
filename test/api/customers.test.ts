import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Role } from '../../domain/role.ts'
import { refreshCustomers } from '../../store/customer-refresh.ts'
import type { System } from '../../store/identity.ts'
import { createTestApi, DIVISION, placeOrder, type TestApi } from './support.ts'

const [PHONE, OTHER_PHONE] = ['13711110001', '13711110002']
let api: TestApi
let orderId: string
let elsewhere: string
let customerId: string

beforeAll(async () => {
  api = await createTestApi()
  orderId = await place('ST-1', PHONE)
  elsewhere = await place('ST-2', OTHER_PHONE)
  await api.rows(`update orders set paid_cents = amount_cents, status = 'completed', closed_at = now()`)
  while (!(await refreshCustomers(api.database.db, { now: new Date() })).isDone);
  customerId = await idOf(PHONE)
})
afterAll(() => api.close())

async function place(storeId: string, phone: string): Promise<string> {
  const contact = { name: '王五', phone, divisionCode: DIVISION, address: '文一西路 969 号' }
  return (await placeOrder(api, { storeId, contact })).json().orderId
}
const get = (url: string, caller: System | Role = 'finance') => api.as(caller, { url })
const post = (url: string, payload: object, caller: System | Role = 'admin', key = uuid()) =>
  api.as(caller, { method: 'POST', url, payload, headers: { 'idempotency-key': key } })
async function idOf(phone: string): Promise<string> {
  return (await post('/v1/customers/search', { phone })).json().customerId
}

test('a customer is found by their number, which is in no address and no log', async () => {
  expect((await get(`/v1/customers/${customerId}`)).json()).toMatchObject({
    customerId,
    version: 1,
    orders: 1,
    identities: [{ kind: 'phone' }],
  })
  expect((await post('/v1/customers/search', { phone: '13799999999' })).json()).toEqual({ customerId: null })
  expect((await post('/v1/customers/search', { phone: '1' })).json()).toMatchObject({
    status: 400,
    errors: [{ field: 'phone' }],
  })
  expect(api.log.join('')).not.toContain(PHONE)
})

test('figures lead to the orders that they are made of, and segments to their customers', async () => {
  const { items } = (await get(`/v1/customers/${customerId}/orders`)).json()
  expect(items).toMatchObject([{ orderId, counts: true, inWindow: true }])
  expect((await get(items[0].url)).statusCode).toBe(200)
  const { segments } = (await get('/v1/customer-segments')).json()
  const mine = segments.find(({ customers }: { customers: number }) => customers > 0)
  expect((await get(mine.url)).json().items).toHaveLength(mine.customers)
})

test('whoever works on an order is told of its customer, of orders of their own stores only', async () => {
  expect((await get(`/v1/orders/${orderId}/customer`, 'clerk')).json()).toMatchObject({
    orderId,
    customerId,
    service: { allocationPriority: 0, freeReships: 0, approvalLeniencyCents: 0 },
  })
  expect((await get(`/v1/orders/${elsewhere}/customer`, 'clerk')).json()).toMatchObject({
    status: 404,
    code: 'order-not-found',
  })
})

test.each([
  ['/v1/customers?sort=best', 400],
  ['/v1/customers?segments=x', 400],
  ['/v1/customers?minimumOrders=-1', 400],
  ['/v1/customers?cursor=abc', 400],
  ['/v1/customers?limit=201', 400],
  [`/v1/customers/${uuid()}`, 404],
  [`/v1/customers/${uuid()}/orders`, 404],
  ['/v1/customers/not-an-id', 400],
])('%s is refused with %i', async (url, status) => {
  expect((await get(url)).statusCode).toBe(status)
})

test('customers are merged once under a key, split again, and erased with the figures left', async () => {
  const otherCustomerId = await idOf(OTHER_PHONE)
  const key = uuid()
  const body = { version: 1, otherCustomerId, reason: '同一人' }
  const merged = await post(`/v1/customers/${customerId}/merge`, body, 'admin', key)
  expect(merged.json()).toMatchObject({ version: 2, orders: 2 })
  expect((await post(`/v1/customers/${customerId}/merge`, body, 'admin', key)).json()).toEqual(merged.json())
  expect(await idOf(OTHER_PHONE)).toBe(customerId)
  const identityIds = [merged.json().identities[1].identityId]
  const split = await post(`/v1/customers/${customerId}/split`, { version: 2, identityIds, reason: '误合并' })
  expect(split.json()).toMatchObject({ customer: { version: 3, orders: 1 }, splitOff: { orders: 1 } })
  const stale = await post(`/v1/customers/${customerId}/erasure`, { version: 2, reason: '客户申请' })
  expect(stale.json()).toMatchObject({ status: 409, code: 'customer-changed' })
  const erased = await post(`/v1/customers/${customerId}/erasure`, { version: 3, reason: '客户申请' })
  expect(erased.json()).toEqual({ customerId, contacts: 1, attachments: 0 })
  expect((await get(`/v1/customers/${customerId}`)).json()).toMatchObject({ orders: 1, version: 4 })
  const trail = (await get(`/v1/audit?subjectKind=customer&subjectId=${customerId}&sort=oldest`)).json().items
  expect(trail.map(({ action }: { action: string }) => action)).toEqual([
    'customer.merged',
    'customer.split',
    'customer.erased',
  ])
})
