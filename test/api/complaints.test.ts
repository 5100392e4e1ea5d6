import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Role } from '../../domain/role.ts'
import type { System } from '../../store/identity.ts'
import { createTestApi, placeOrder, type TestApi } from './support.ts'

let api: TestApi
let orderId: string
let elsewhere: string
beforeAll(async () => {
  api = await createTestApi()
  orderId = (await placeOrder(api, { storeId: 'ST-1' })).json().orderId
  elsewhere = (await placeOrder(api, { storeId: 'ST-2' })).json().orderId
})
afterAll(() => api.close())

const complain = (payload: object, caller: System | Role = 'clerk', key = uuid()) =>
  api.as(caller, { method: 'POST', url: '/v1/complaints', payload, headers: { 'idempotency-key': key } })
const list = async (query: string, caller: System | Role = 'ops') =>
  (await api.as(caller, { url: `/v1/complaints?${query}` })).json()

describe('recording', () => {
  test('a complaint is recorded once under its key, and once under its number', async () => {
    const key = uuid()
    const body = { orderId, category: 'damaged', externalId: 'TICKET-1', note: '外箱压坏' }
    const first = await complain(body, 'clerk', key)
    expect(first.statusCode).toBe(201)
    expect(first.json()).toMatchObject({
      orderId,
      storeId: 'ST-1',
      source: 'customer_service',
      meaning: { zh: '商品破损' },
      externalId: 'TICKET-1',
      withdrawn: null,
    })
    expect((await complain(body, 'clerk', key)).json()).toEqual(first.json())
    expect((await complain(body)).json()).toMatchObject({ complaintId: first.json().complaintId })
    expect((await list(`orderId=${orderId}`)).items).toHaveLength(1)
  })

  test('the number of a complaint about another order is refused, and nothing is recorded', async () => {
    const mine = (await placeOrder(api, { storeId: 'ST-1' })).json().orderId
    const answer = await complain({ orderId: mine, category: 'quality', externalId: 'TICKET-1' })
    expect(answer.json()).toMatchObject({ status: 409, code: 'complaint-of-another-order' })
    expect((await list(`orderId=${mine}`)).items).toEqual([])
  })

  test('a refund’s reason says what it is about; one that blames nobody is no complaint', async () => {
    const refund = (refundReason: string, more: object = {}) =>
      complain({ orderId, source: 'channel_refund', refundReason, ...more }, 'ops')
    expect((await refund('质量问题')).json()).toMatchObject({ category: 'quality', refundReason: '质量问题' })
    expect((await refund('七天无理由退货')).json()).toMatchObject({
      status: 422,
      code: 'complaint-no-reason',
    })
    expect((await refund('七天无理由退货', { category: 'service' })).json()).toMatchObject({
      category: 'service',
    })
  })

  test.each<[string, object, string]>([
    ['neither category nor reason', {}, 'category'],
    ['a category that there is not', { category: 'bad luck' }, 'category'],
    ['a reason without a refund', { category: 'quality', refundReason: '质量问题' }, 'refundReason'],
    ['a time to come', { category: 'quality', occurredAt: '2090-01-01T00:00:00Z' }, 'occurredAt'],
    ['a time years ago', { category: 'quality', occurredAt: '2020-01-01T00:00:00Z' }, 'occurredAt'],
    ['an endless note', { category: 'quality', note: 'x'.repeat(501) }, 'note'],
    ['a field that nobody knows', { category: 'quality', phone: '13800138000' }, 'phone'],
  ])('%s is refused by its field, and nothing is recorded', async (_, more, field) => {
    const before = (await list('')).items.length
    const answer = await complain({ orderId, ...more })
    expect(answer.statusCode).toBe(400)
    expect(JSON.stringify(answer.json().errors)).toContain(field)
    expect((await list('')).items).toHaveLength(before)
  })

  test('another store’s order is as one that does not exist', async () => {
    for (const other of [elsewhere, uuid()]) {
      const answer = await complain({ orderId: other, category: 'quality' })
      expect(answer.json()).toMatchObject({ status: 404, code: 'order-not-found' })
    }
  })
})

test('a complaint is taken back once, with a reason, and is listed only where that is asked for', async () => {
  const { complaintId } = (await complain({ orderId, category: 'price' })).json()
  const withdraw = (id: string, caller: Role = 'clerk') =>
    api.as(caller, {
      method: 'POST',
      url: `/v1/complaints/${id}/withdrawal`,
      payload: { reason: '录错订单' },
      headers: { 'idempotency-key': uuid() },
    })
  expect((await withdraw(complaintId)).json()).toMatchObject({ withdrawn: { reason: '录错订单' } })
  expect((await withdraw(complaintId)).json()).toMatchObject({ status: 409, code: 'complaint-withdrawn' })
  expect((await withdraw(uuid())).json()).toMatchObject({ status: 404, code: 'complaint-not-found' })
  expect((await list('category=price')).items).toEqual([])
  expect((await list('category=price&withdrawn=true')).items).toHaveLength(1)
})

test('the list pages either way, filters, and shows what is in scope', async () => {
  await complain({ orderId: elsewhere, category: 'late_delivery' }, 'ops')
  const whole = await list('limit=200')
  const paged = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = await list(`limit=2&sort=oldest${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`)
    paged.push(...page.items)
    cursor = page.nextCursor
  }
  expect(paged.toReversed()).toEqual(whole.items)
  expect((await list('storeId=ST-2')).items).toMatchObject([{ category: 'late_delivery' }])
  expect((await list('source=channel_refund')).items).toHaveLength(2)
  expect((await list('to=2020-01-01T00:00:00Z')).items).toEqual([])
  expect(
    (await list('', 'clerk')).items.every(({ storeId }: { storeId: string }) => storeId === 'ST-1'),
  ).toBe(true)
  expect((await api.as('ops', { url: '/v1/complaints?colour=red' })).statusCode).toBe(400)
})
