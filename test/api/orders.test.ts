import { v7 as uuid } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestApi, orderBody, placeOrder, type TestApi } from './support.ts'

let api: TestApi
beforeAll(async () => {
  api = await createTestApi()
})
afterAll(() => api.close())

test('checkout answers 201 with the reservation and its expiry, and writes order, hold and inbox row', async () => {
  const response = await placeOrder(api)
  expect(response.statusCode).toBe(201)
  const order = response.json()
  expect(order).toMatchObject({
    status: 'reserved',
    amountCents: 2_000,
    reservations: [{ skuId: 'SKU-1', warehouseId: 'WH-1', quantity: 2, state: 'held' }],
    workflowId: `order:${order.orderId}`,
  })
  expect(Date.parse(order.reservationExpiresAt)).toBeGreaterThan(Date.now())
  expect(await api.rows('select state from inbox where order_key = $1', [order.orderId])).toEqual([
    { state: 'pending' },
  ])
  expect(
    await api.rows('select state, quantity from reservation where order_id = $1', [order.orderId]),
  ).toEqual([{ state: 'held', quantity: 2 }])
})

test('too little stock is a 409 that names the shortages, and nothing is written', async () => {
  const before = await api.rows('select count(*) from orders')
  const response = await placeOrder(api, { lines: [{ skuId: 'SKU-2', quantity: 101, unitPriceCents: 1 }] })
  expect(response.statusCode).toBe(409)
  expect(response.json()).toMatchObject({
    code: 'insufficient-stock',
    shortages: [{ skuId: 'SKU-2', requested: 101, available: 100 }],
  })
  expect(await api.rows('select count(*) from orders')).toEqual(before)
})

test('orders under way are counted by status, as many as the list has and none of other stores', async () => {
  const { orderId } = (await placeOrder(api)).json()
  const listed = (await api.as('clerk', { url: '/v1/orders?status=reserved&limit=200' })).json()
  const counts = (await api.as('clerk', { url: '/v1/orders/counts' })).json()
  const reserved = counts.statuses.find(({ status }: { status: string }) => status === 'reserved')
  expect(reserved).toEqual({ status: 'reserved', count: listed.items.length })
  expect(listed.items.map((order: { orderId: string }) => order.orderId)).toContain(orderId)
  const statuses = counts.statuses.map(({ status }: { status: string }) => status)
  expect(statuses).not.toContain('completed')
  expect(statuses).toContain('awaiting_stock')
  await api.rows("insert into store (id, name, channel, region) values ('ST-ELSEWHERE', 'x', 'mall', '华北')")
  await api.rows("update orders set needs_attention = true, store_id = 'ST-ELSEWHERE' where id = $1", [
    orderId,
  ])
  const after = (await api.as('clerk', { url: '/v1/orders/counts' })).json()
  expect(after.statuses).toContainEqual({ status: 'reserved', count: listed.items.length - 1 })
  expect(after.needsAttention).toBe(counts.needsAttention)
  const all = (await api.as('admin', { url: '/v1/orders/counts' })).json()
  expect(all.needsAttention).toBe(counts.needsAttention + 1)
})

test('orders are counted by the minute they were placed in, all of them and none of other stores', async () => {
  await api.rows("insert into store (id, name, channel, region) values ('ST-RATE', 'x', 'mall', '华北')")
  const placedAt = async (at: string, storeId?: string) => {
    const { orderId } = (await placeOrder(api)).json()
    await api.rows('update orders set created_at = $2, store_id = coalesce($3, store_id) where id = $1', [
      ...[orderId, at, storeId ?? null],
    ])
  }
  for (const at of ['08:59:59.999', '09:00:00', '09:00:59.999', '09:59:30'])
    await placedAt(`2026-01-05T${at}Z`)
  await placedAt('2026-01-05T10:00:00Z')
  await placedAt('2026-01-05T09:00:30Z', 'ST-RATE')
  const url = '/v1/orders/rate?from=2026-01-05T09:00:00Z&to=2026-01-05T10:00:00Z'
  const last = { startsAt: '2026-01-05T09:59:00.000Z', count: 1 }
  expect((await api.as('clerk', { url })).json()).toEqual({
    minutes: [{ startsAt: '2026-01-05T09:00:00.000Z', count: 2 }, last],
  })
  expect((await api.as('admin', { url })).json()).toEqual({
    minutes: [{ startsAt: '2026-01-05T09:00:00.000Z', count: 3 }, last],
  })
})

test.each([
  ['a time that ends before it begins', 'from=2026-01-05T09:00:00Z&to=2026-01-05T08:00:00Z'],
  ['more than two hours', 'from=2026-01-05T09:00:00Z&to=2026-01-05T11:00:01Z'],
  ['no time', ''],
  ['what is no time', 'from=today&to=2026-01-05T11:00:01Z'],
])('orders of %s are not counted by the minute', async (_what, query) => {
  const response = await api.as('clerk', { url: `/v1/orders/rate?${query}` })
  expect([response.statusCode, response.json().code]).toEqual([400, 'invalid-request'])
})

test('the detail shows lines, reservations and the contact to the people of the store', async () => {
  const { orderId } = (await placeOrder(api)).json()
  const detail = (await api.as('clerk', { url: `/v1/orders/${orderId}` })).json()
  expect(detail.contact).toMatchObject({
    name: '欧阳晓明',
    phone: '13812341234',
    address: '文一西路 969 号 3 幢',
  })
  expect(detail.lines).toEqual([
    {
      ...{ lineNumber: 1, skuId: 'SKU-1', skuName: '商品 SKU-1' },
      ...{ quantity: 2, unitPriceCents: 1_000, presale: null },
    },
  ])
  expect(detail.reservations).toMatchObject([{ skuId: 'SKU-1', quantity: 2, state: 'held', promotion: null }])
})

test.each(['regional_director', 'finance', 'admin'] as const)('%s sees a masked contact', async (role) => {
  const { orderId } = (await placeOrder(api)).json()
  const detail = (await api.as(role, { url: `/v1/orders/${orderId}` })).json()
  expect(detail.contact).toMatchObject({ name: '欧*', phone: '138****1234', address: '****', remark: '****' })
})

test('an erased contact is null and the order stays readable', async () => {
  const { orderId } = (await placeOrder(api)).json()
  await api.rows(
    'update contact set sealed = null, customer = null, erased_at = now() where id = (select contact_id from orders where id = $1)',
    [orderId],
  )
  expect((await api.as('clerk', { url: `/v1/orders/${orderId}` })).json().contact).toBeNull()
})

test('the log tells who placed the order', async () => {
  const { orderId } = (await placeOrder(api)).json()
  const log = (await api.as('clerk', { url: `/v1/orders/${orderId}/log` })).json()
  expect(log.items).toMatchObject([{ field: 'status', newValue: 'reserved', operator: 'mall:mall-test' }])
})

describe('the list', () => {
  test('pages through every order once, newest first, while new ones arrive', async () => {
    const expected = await api.rows('select id from orders order by created_at desc, id desc')
    const seen: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const url: string = `/v1/orders?limit=2${cursor && `&cursor=${cursor}`}`
      const page = (await api.as('ops', { url })).json()
      seen.push(...page.items.map((item: { orderId: string }) => item.orderId))
      cursor = page.nextCursor
      if (seen.length < 6) await placeOrder(api)
    }
    expect(seen).toEqual(expected.map((row) => row.id))
  })

  test('pages through orders of the same millisecond without skipping or repeating one', async () => {
    await api.rows(
      "update orders set created_at = '2026-01-01T00:00:00.123Z'::timestamptz + random() * interval '900 us'",
    )
    const all = await api.rows('select id from orders order by created_at, id')
    const seen: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const url: string = `/v1/orders?limit=3&sort=oldest${cursor && `&cursor=${cursor}`}`
      const page = (await api.as('ops', { url })).json()
      seen.push(...page.items.map((item: { orderId: string }) => item.orderId))
      cursor = page.nextCursor
    }
    expect(seen).toEqual(all.map((row) => row.id))
  })

  test('refuses a cursor of other filters, of another list, or made up', async () => {
    const { nextCursor } = (await api.as('ops', { url: '/v1/orders?limit=1' })).json()
    for (const url of [
      `/v1/orders?limit=1&status=paid&cursor=${nextCursor}`,
      `/v1/shipments?limit=1&cursor=${nextCursor}`,
      '/v1/orders?cursor=bm9uc2Vuc2U',
      `/v1/orders?cursor=${Buffer.from('["x",1,2]').toString('base64url')}`,
    ]) {
      const response = await api.as('ops', { url })
      expect([response.statusCode, response.json().code], url).toEqual([400, 'invalid-cursor'])
    }
  })

  test('filters by status, store, channel, external id, attention and time', async () => {
    const externalOrderId = `EXT-${uuid()}`
    const { orderId } = (await placeOrder(api, { externalOrderId })).json()
    const found = async (query: string) =>
      (await api.as('ops', { url: `/v1/orders?${query}` }))
        .json()
        .items.map((item: { orderId: string }) => item.orderId)
    expect(await found(`externalOrderId=${externalOrderId}`)).toEqual([orderId])
    expect(await found(`externalOrderId=${externalOrderId}&status=paid`)).toEqual([])
    expect(
      await found(`externalOrderId=${externalOrderId}&status=reserved&channel=mall&needsAttention=false`),
    ).toEqual([orderId])
    expect(await found(`externalOrderId=${externalOrderId}&storeId=ST-2`)).toEqual([])
    expect(await found(`externalOrderId=${externalOrderId}&createdFrom=2099-01-01T00:00:00Z`)).toEqual([])
  })
})

describe('scope', () => {
  test('people see the orders of their stores or region only, and others as missing', async () => {
    const { orderId } = (await placeOrder(api, { storeId: 'ST-2' })).json()
    for (const role of ['clerk', 'team_lead', 'store_manager', 'regional_director'] as const) {
      for (const path of ['', '/log']) {
        const response = await api.as(role, { url: `/v1/orders/${orderId}${path}` })
        expect([role, response.statusCode, response.json().code]).toEqual([role, 404, 'order-not-found'])
      }
      const list = (await api.as(role, { url: '/v1/orders?limit=200' })).json()
      expect(
        list.items.every((item: { storeId: string }) => item.storeId === 'ST-1'),
        role,
      ).toBe(true)
    }
    expect((await api.as('finance', { url: `/v1/orders/${orderId}` })).statusCode).toBe(200)
  })

  test('a clerk cannot act on an order of another store: 404, and no command is sent', async () => {
    const { orderId } = (await placeOrder(api, { storeId: 'ST-2' })).json()
    const sent = api.commands.sent.length
    const response = await api.as('clerk', {
      method: 'POST',
      url: `/v1/orders/${orderId}/cancellation`,
      headers: { 'idempotency-key': uuid() },
      payload: { reason: 'wrong store' },
    })
    expect([response.statusCode, response.json().code]).toEqual([404, 'order-not-found'])
    expect(api.commands.sent).toHaveLength(sent)
  })

  test('a clerk cannot place an order for another store', async () => {
    const response = await api.as('clerk', {
      method: 'POST',
      url: '/v1/orders',
      headers: { 'idempotency-key': uuid() },
      payload: orderBody({ storeId: 'ST-2' }),
    })
    expect([response.statusCode, response.json().code]).toEqual([422, 'unknown-store'])
  })
})
