import type { Redis } from 'ioredis'
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import { RateLimitedError } from './outside-errors.ts'

export type RateLimit = {
  /** Takes one call's place in the present second. @throws RateLimitedError when all are taken */
  take: () => Promise<void>
}

/**
 * So many calls a second, all processes together, counted in Redis. While Redis is away each process counts by
 * itself: a few calls too many are refused by whoever is called, and asked again.
 */
export function createRateLimit(options: {
  redis: Redis | null
  name: string
  perSecond: number
}): RateLimit {
  const { redis, name, perSecond } = options
  const window = { keyPrefix: 'order-hub/calls', points: perSecond, duration: 1 }
  const alone = new RateLimiterMemory(window)
  const limiter = redis
    ? new RateLimiterRedis({
        ...window,
        storeClient: redis,
        insuranceLimiter: alone,
        rejectIfRedisNotReady: true,
      })
    : alone
  return {
    take: async () => {
      try {
        await limiter.consume(name)
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal
        throw new RateLimitedError(
          `all ${perSecond} calls of ${name} in this second are taken`,
          wait(refusal),
        )
      }
    },
  }

  /** Whoever comes too late in a second waits for as many seconds as there are others before him. */
  function wait({ msBeforeNext, consumedPoints }: RateLimiterRes): number {
    const secondsOfOthers = Math.floor((consumedPoints - 1) / perSecond) - 1
    return Math.max(1, msBeforeNext) + Math.max(0, secondsOfOthers) * 1_000
  }
}
