import { Pool } from 'undici'
import { v7 as uuid } from 'uuid'
import { createApiKey } from '../../store/identity.ts'
import { orderBody, takeStatistics } from '../catalogue.ts'
import { measureClosedLoop } from '../closed-loop.ts'
import type { Figure } from '../figure.ts'
import type { Stage } from '../stage.ts'
import { median } from '../statistics.ts'

const CALLERS = 64
const ROUNDS = 3
const WARM_UP_MS = 2_000
const WINDOW_MS = 5_000
const LINES = 2

/** Orders of two lines over HTTP, and the same requests to a route that does nothing, in turns. */
export async function measureCheckoutHttp(stage: Stage): Promise<Figure[]> {
  const hub = await stage.checkoutApi()
  const bare = await stage.bareApi()
  const { secret } = await createApiKey(hub.db, { name: `bench-${uuid()}`, system: 'mall', storeIds: [] })
  const rates: { hub: number[]; bare: number[] } = { hub: [], bare: [] }
  await measureRoute(stage, hub.url, secret)
  await takeStatistics(hub.ownerUrl)
  for (let round = 0; round < ROUNDS; round += 1) {
    rates.bare.push(await measureRoute(stage, bare.url, secret))
    rates.hub.push(await measureRoute(stage, hub.url, secret))
  }
  stage.check()
  return [
    {
      name: 'checkout-http',
      value: median(rates.hub),
      unit: 'checkouts/s',
      baseline: median(rates.bare),
      aim: { atLeast: 0.25 },
      against: 'bare Fastify route with the same body',
    },
  ]
}

async function measureRoute(stage: Stage, url: string, secret: string): Promise<number> {
  const pool = new Pool(url, { connections: CALLERS, pipelining: 1 })
  const place = async () => {
    const { statusCode, body } = await pool.request({
      method: 'POST',
      path: '/v1/orders',
      headers: {
        authorization: `Bearer ${secret}`,
        'content-type': 'application/json',
        'idempotency-key': uuid(),
      },
      body: JSON.stringify(orderBody(LINES)),
    })
    const text = await body.text()
    if (statusCode !== 201) throw new Error(`an order was answered with ${statusCode}: ${text}`)
  }
  try {
    const loop = { concurrency: CALLERS, warmUpMs: WARM_UP_MS, windowMs: WINDOW_MS, signal: stage.signal }
    return (await measureClosedLoop(place, loop)).perSecond
  } finally {
    await pool.destroy()
  }
}
