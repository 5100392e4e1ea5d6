import { expect, test } from 'vitest'
import type { OrderLifePolicy } from '../../contracts/facts.ts'
import type { HubClient, HubRequest } from '../../scripts/parts/hub-client.ts'
import { demoLife, replayLife, shortenDeadlines } from '../../scripts/parts/short-deadlines.ts'

/** A hub that knows nothing but the policy. */
function hubWith(initial: OrderLifePolicy): HubClient & { document: () => unknown } {
  let body: object = { document: initial }
  return {
    document: () => Object.entries(body)[0]?.[1],
    send: async <Answer>(request: HubRequest<Answer>): Promise<Answer> => {
      if (typeof request.body === 'object') body = request.body
      return request.answer.parse(body)
    },
  }
}

const own: OrderLifePolicy = { ...demoLife, reservationTtlSeconds: 1_234 }

test('short deadlines hold until they are taken back, and then those from before hold again', async () => {
  const hub = hubWith(own)
  const restore = await shortenDeadlines(hub, replayLife, 'test')
  expect(hub.document()).toEqual(replayLife)
  expect(await restore(hub)).toBe(true)
  expect(hub.document()).toEqual(own)
})

test('what a killed demo or replay has left behind is not taken for the merchant’s own', async () => {
  const hub = hubWith(demoLife)
  const restore = await shortenDeadlines(hub, replayLife, 'test')
  await restore(hub)
  expect(hub.document()).toMatchObject({ afterSalesWindowSeconds: 7 * 86_400 })
})
