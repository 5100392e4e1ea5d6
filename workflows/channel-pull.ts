import { proxyActivities } from '@temporalio/workflow'
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

/** One turn of a shop: pulls what changed since the last one, however long ago that was. */
export async function channelPull(request: { shopId: string }): Promise<PullResult> {
  for (let attempt = 1; ; attempt += 1) {
    const result = await pullShop(request)
    if (!result.ok || result.isCaughtUp || attempt === ATTEMPTS) return result
  }
}
