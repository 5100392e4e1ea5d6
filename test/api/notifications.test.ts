import { afterAll, beforeAll, expect, test } from 'vitest'
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
