import { expect, test } from 'vitest'
import type { HubClient, HubRequest } from '../../scripts/parts/hub-client.ts'
import {
  type Deadlines,
  demoLife,
  replayLife,
  shortenDeadlines,
} from '../../scripts/parts/short-deadlines.ts'

/** A hub that knows nothing but its policies. */
function hubWith(initial: Deadlines): HubClient & { documents: () => Record<string, unknown> } {
  const documents: Record<string, unknown> = { ...initial }
  return {
    documents: () => documents,
    send: async <Answer>({ path, body, answer }: HubRequest<Answer>): Promise<Answer> => {
      const kind = path.split('/').at(-1) ?? ''
      if (typeof body === 'object') documents[kind] = Reflect.get(body, 'document')
      return answer.parse({ version: 1, document: documents[kind] })
    },
  }
}

const own: Deadlines = { ...demoLife, reservation: { ...demoLife.reservation, holdTtlSeconds: 1_234 } }

test('short deadlines hold until they are taken back, and then those from before hold again', async () => {
  const hub = hubWith(own)
  const restore = await shortenDeadlines(hub, replayLife, 'test')
  expect(hub.documents()).toEqual(replayLife)
  expect(await restore(hub)).toBe(true)
  expect(hub.documents()).toEqual(own)
})

test('what a killed demo or replay has left behind is not taken for the merchant’s own', async () => {
  const hub = hubWith(demoLife)
  const restore = await shortenDeadlines(hub, replayLife, 'test')
  await restore(hub)
  expect(hub.documents()).toMatchObject({
    reservation: { holdTtlSeconds: 900 },
    'order-life': { afterSalesWindowSeconds: 7 * 86_400 },
  })
})
