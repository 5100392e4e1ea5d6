import { Pool } from 'undici'
import { measureClosedLoop } from '../closed-loop.ts'
import { createPushedShop, signedPush } from '../doudian-push.ts'
import type { Figure } from '../figure.ts'
import type { Stage } from '../stage.ts'
import { median } from '../statistics.ts'

const SENDERS = 64
const ROUNDS = 3
const WARM_UP_MS = 2_000
const WINDOW_MS = 5_000

/**
 * Signed pushes of Doudian that were verified, kept and then acknowledged, and the same requests to a route that only
 * parses the body, in turns.
 */
export async function measurePushes(stage: Stage): Promise<Figure[]> {
  const hub = await stage.checkoutApi()
  const bare = await stage.bareApi()
  await createPushedShop(hub.db, stage.keyRing())
  const measured: Record<'hub' | 'bare', Awaited<ReturnType<typeof measureRoute>>[]> = { hub: [], bare: [] }
  for (let round = 0; round < ROUNDS; round += 1) {
    measured.bare.push(await measureRoute(stage, bare.url))
    measured.hub.push(await measureRoute(stage, hub.url))
  }
  stage.check()
  const of = (what: 'hub' | 'bare', figure: 'perSecond' | 'p99Ms') =>
    median(measured[what].map((result) => result[figure]))
  const against = 'bare Fastify route that parses the same body'
  return [
    {
      name: 'pushes',
      value: of('hub', 'perSecond'),
      unit: 'pushes/s',
      baseline: of('bare', 'perSecond'),
      aim: { atLeast: 0.5 },
      against,
    },
    {
      name: 'push-p99',
      value: of('hub', 'p99Ms'),
      unit: 'ms',
      baseline: of('bare', 'p99Ms'),
      against,
    },
  ]
}

async function measureRoute(stage: Stage, url: string) {
  const pool = new Pool(url, { connections: SENDERS, pipelining: 1 })
  const push = async () => {
    const { statusCode, body } = await pool.request({
      method: 'POST',
      path: '/v1/webhooks/doudian',
      ...signedPush(),
    })
    const text = await body.text()
    if (statusCode !== 200) throw new Error(`a push was answered with ${statusCode}: ${text}`)
  }
  try {
    const loop = { concurrency: SENDERS, warmUpMs: WARM_UP_MS, windowMs: WINDOW_MS, signal: stage.signal }
    return await measureClosedLoop(push, loop)
  } finally {
    await pool.destroy()
  }
}
