import { proxyActivities, sleep } from '@temporalio/workflow'
import type { PullResult } from '../activities/channel-pull.ts'

/**
 * Longer than one attempt catches up for. One attempt: a worker that died, or a database that is away, is made up for
 * by the next turn, which begins at the same watermark.
 */
const { pullShop } = proxyActivities<{ pullShop: (request: { shopId: string }) => Promise<PullResult> }>({
  startToCloseTimeout: '10m',
  heartbeatTimeout: '1m',
  retry: { maximumAttempts: 1 },
})
/** After a long outage the rest is left to the next turns, so that no history grows without end. */
const ATTEMPTS = 50

/** A call of many that failed is no reason to be blind until the next turn, which may be minutes away. */
const PAUSES_MS = [2_000, 10_000, 30_000]

/** One turn of a shop: pulls what changed since the last one, however long ago that was. */
export async function channelPull(request: { shopId: string }): Promise<PullResult> {
  const pauses = PAUSES_MS.values()
  for (let attempt = 1; ; attempt += 1) {
    const result = await pullShop(request)
    if (result.ok && (result.isCaughtUp || attempt === ATTEMPTS)) return result
    if (result.ok) continue
    const pause = isPassing(result) ? pauses.next() : { done: true as const }
    if (pause.done) return result
    await sleep(pause.value, { summary: `pull of ${request.shopId} again: ${result.outcome}` })
  }
}

/** What may be over in a moment; a refusal is not. */
function isPassing({ outcome }: Extract<PullResult, { ok: false }>): boolean {
  return outcome === 'unreachable' || outcome === 'rate-limited'
}
