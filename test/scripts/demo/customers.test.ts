import { expect, test } from 'vitest'
import { POLICIES } from '../../../contracts/policies/index.ts'
import { tellCustomers } from '../../../scripts/demo/customers.ts'
import type { HubClient, HubRequest } from '../../../scripts/parts/hub-client.ts'

/** A hub that knows nothing but its policy. */
function hubWith(document: unknown) {
  const published: unknown[] = []
  const hub: HubClient = {
    send: async <Answer>({ body, answer }: HubRequest<Answer>): Promise<Answer> => {
      if (typeof body === 'object') published.push(Reflect.get(body, 'document'))
      return answer.parse({ version: 1, document })
    },
  }
  return { hub, published }
}

test('customers hear of their parcels by text message, and by WeChat where that does not arrive', async () => {
  const { hub, published } = hubWith(POLICIES.notification.initial)
  await tellCustomers(hub)
  const [document] = published
  expect(POLICIES.notification.schema.parse(document).templates).toMatchObject([
    { way: 'sms', isFallback: false },
    { way: 'wechat_template', isFallback: true },
    { way: 'wechat', isFallback: true },
  ])
})

test('what somebody has published stays', async () => {
  const own = { templates: [{ event: 'shipped', way: 'sms', templateId: 'OWN', parameters: [] }] }
  const { hub, published } = hubWith(own)
  await tellCustomers(hub)
  expect(published).toEqual([])
})
