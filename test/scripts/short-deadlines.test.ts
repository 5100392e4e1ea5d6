import { expect, test } from 'vitest'
import type { OrderLifePolicy } from '../../contracts/facts.ts'
import type { HubClient, HubRequest } from '../../scripts/parts/hub-client.ts'
import { demoLife, replayLife, shortenDeadlines } from '../../scripts/parts/short-deadlines.ts'

class PolicyHub implements HubClient {
  document: OrderLifePolicy
  constructor(document: OrderLifePolicy) {
    this.document = document
  }
  readonly send = async <Answer>({ method, body, answer }: HubRequest<Answer>): Promise<Answer> => {
    if (method === 'PUT') this.document = answer.parse(body) && structuredClone((body as never)['document'])
    return answer.parse({ document: this.document })
  }
}

const own: OrderLifePolicy = { ...demoLife, reservationTtlSeconds: 1_234 }

test('short deadlines hold until they are taken back, and then those from before hold again', async () => {
  const hub = new PolicyHub(own)
  const restore = await shortenDeadlines(hub, replayLife, 'test')
  expect(hub.document).toEqual(replayLife)
  expect(await restore(hub)).toBe(true)
  expect(hub.document).toEqual(own)
})

test('what a killed demo or replay has left behind is not taken for the merchant’s own', async () => {
  const hub = new PolicyHub(demoLife)
  const restore = await shortenDeadlines(hub, replayLife, 'test')
  await restore(hub)
  expect(hub.document).toMatchObject({ afterSalesWindowSeconds: 7 * 86_400 })
})
