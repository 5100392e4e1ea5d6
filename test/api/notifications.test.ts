import { afterAll, beforeAll, expect, test } from 'vitest'
import { notificationPage } from '../../contracts/notifications.ts'
import { createTestApi, placeOrder, type TestApi } from './support.ts'

let api: TestApi
beforeAll(async () => {
  api = await createTestApi()
})
afterAll(() => api.close())

const template = {
  event: 'shipped',
  way: 'sms',
  templateId: 'SMS_1',
  parameters: [
    { name: 'company', field: 'courier' },
    { name: 'shop', field: 'storeName', maxCharacters: 2 },
  ],
}
const preview = (payload: object) =>
  api.as('ops', { method: 'POST', url: '/v1/notifications/preview', payload })

test('a policy can be read as its customers would, before it is in force; numbers are masked', async () => {
  const { orderId } = (await placeOrder(api)).json()
  expect((await preview({ orderId })).json()).toEqual({ items: [] })
  const shown = await preview({ orderId, document: { templates: [template], quietHours: null } })
  expect(shown.statusCode).toBe(200)
  expect(shown.json().items).toEqual([
    {
      event: 'shipped',
      way: 'sms',
      templateId: 'SMS_1',
      recipient: expect.stringMatching(/^1\d\d\*{4}\d{4}$/),
      parameters: [
        { name: 'company', value: '顺丰速运' },
        { name: 'shop', value: expect.stringMatching(/^..$/u) },
      ],
      sendAt: expect.any(String),
      problem: null,
      isFallback: false,
    },
  ])
  const elsewhere = { templates: [template], orderChannels: ['jd'] }
  expect((await preview({ orderId, document: elsewhere })).json().items[0]).toMatchObject({
    sendAt: null,
    problem: 'other-channel',
  })
})

test('what is no policy, and an order that nobody knows, are refused', async () => {
  const { orderId } = (await placeOrder(api)).json()
  const twice = await preview({ orderId, document: { templates: [template, template] } })
  expect([twice.statusCode, twice.json().code]).toEqual([400, 'invalid-request'])
  const unknown = await preview({ orderId: '01900000-0000-7000-8000-000000000000' })
  expect([unknown.statusCode, unknown.json().code]).toEqual([404, 'order-not-found'])
})

/** A message about a parcel of a new order; what is not given is as it is when nothing was done yet. */
async function written(storeId: string, state = 'pending', way = 'sms'): Promise<string> {
  const { orderId } = (await placeOrder(api, { storeId })).json()
  await api.rows(
    `insert into pick_task (id, order_id, warehouse_id, state, lines) values ($1::text, $1::uuid, 'WH-1', 'packed', '[]')`,
    [orderId],
  )
  await api.rows(
    `insert into parcel (id, order_id, pick_task_id, courier, waybill_number, state)
      values ($1::text, $1::uuid, $1::text, 'sf', $1::text, 'shipped')`,
    [orderId],
  )
  await api.rows(
    `insert into notification (event, way, parcel_id, order_id, policy_version, template_id, parameters, state, attempts,
        sending_at, settled_at, reported_at, was_missed, due_at, reason)
      values ('shipped', $3, $1::text, $1::uuid, 1, 'SMS_1', '[{"name":"no","value":"SF1"}]', $2,
        case when $2 = 'pending' then 0 else 1 end, case when $2 <> 'pending' then now() end,
        case when $2 not in ('pending', 'unknown') then now() end,
        case when $2 = 'undelivered' then now() end, $2 = 'undelivered',
        case when $2 = 'unknown' then 'infinity' else now() end, case when $2 = 'undelivered' then 'MK:0001' end)`,
    [orderId, state, way],
  )
  return orderId
}
const list = (query: string, caller: Parameters<TestApi['as']>[0] = 'ops') =>
  api.as(caller, { method: 'GET', url: `/v1/notifications${query}` })

test('a message that the operator did not deliver can be found, with whom it was for masked', async () => {
  const orderId = await written('ST-1', 'undelivered')
  await written('ST-1', 'sent')
  const found = await list('?state=undelivered')
  expect(found.statusCode).toBe(200)
  expect(notificationPage.parse(found.json()).items).toMatchObject([
    {
      orderId,
      storeId: 'ST-1',
      way: 'sms',
      state: 'undelivered',
      reason: 'MK:0001',
      recipient: '138****1234',
      parameters: [{ name: 'no', value: 'SF1' }],
      dueAt: null,
      reportedAt: expect.any(String),
    },
  ])
  expect(found.body).not.toContain('13812341234')
})

test('messages are found by order, way, event, store and time, page by page, newest or oldest first', async () => {
  const since = new Date().toISOString()
  const orders = [
    await written('ST-1'),
    await written('ST-1', 'unknown'),
    await written('ST-2', 'sent', 'wechat_template'),
  ]
  const orderIds = (answer: Awaited<ReturnType<typeof list>>) =>
    notificationPage.parse(answer.json()).items.map((item) => item.orderId)
  expect(orderIds(await list(`?createdFrom=${since}&sort=oldest`))).toEqual(orders)
  expect(orderIds(await list(`?createdTo=${since}&storeId=ST-2`))).toEqual([])
  expect(orderIds(await list(`?orderId=${orders[1]}`))).toEqual([orders[1]])
  expect(orderIds(await list('?way=wechat_template&event=shipped'))).toEqual([orders[2]])
  expect(orderIds(await list('?event=delivered'))).toEqual([])
  const paged: string[] = []
  let cursor = ''
  do {
    const page = await list(`?createdFrom=${since}&limit=1${cursor}`)
    paged.push(...orderIds(page))
    const { nextCursor } = page.json()
    cursor = nextCursor ? `&cursor=${nextCursor}` : ''
  } while (cursor)
  expect(paged).toEqual(orders.toReversed())
  const waiting = (await list(`?orderId=${orders[1]}`)).json().items[0]
  expect(waiting, 'one that waits for a person is due at no time').toMatchObject({
    dueAt: null,
    settledAt: null,
  })
})

test('people of a store see the messages to its own customers only', async () => {
  const own = await written('ST-1')
  const other = await written('ST-2')
  for (const caller of ['clerk', 'regional_director'] as const) {
    const seen = (await list('?limit=200', caller))
      .json()
      .items.map((item: { orderId: string }) => item.orderId)
    expect(seen).toContain(own)
    expect(seen).not.toContain(other)
    expect((await list(`?orderId=${other}`, caller)).json().items).toEqual([])
  }
})

test('a cursor of another list, a state that there is not, and a misspelt filter are refused', async () => {
  const first = await list('?limit=1')
  const foreign = await list(`?limit=1&state=sent&cursor=${first.json().nextCursor}`)
  expect([foreign.statusCode, foreign.json().code]).toEqual([400, 'invalid-cursor'])
  for (const query of ['?state=arrived', '?oderId=1', '?limit=0', '?createdFrom=yesterday']) {
    const refused = await list(query)
    expect([query, refused.statusCode, refused.json().code]).toEqual([query, 400, 'invalid-request'])
  }
})

test('the story of an order tells what its customer was told', async () => {
  const orderId = await written('ST-1', 'undelivered')
  const story = await api.as('ops', { method: 'GET', url: `/v1/orders/${orderId}/story?kinds=notification` })
  expect(story.json().items).toMatchObject([
    {
      kind: 'notification',
      text: {
        en: 'shipped told by sms: undelivered (MK:0001)',
        zh: '通知客户已发货（短信）：未送达（MK:0001）',
      },
      detail: { way: 'sms', state: 'undelivered', event: 'shipped' },
    },
  ])
})
