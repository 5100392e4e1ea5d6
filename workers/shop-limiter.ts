import type { Redis } from 'ioredis'
import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRes,
} from 'rate-limiter-flexible'
import { RateLimitedError } from '../connectors/outside-errors.ts'

/** Whoever waits for a turn longer than this gives its slot to another shop's order. */
const PATIENCE_MS = 3_000

/**
 * What platforms allow, counted for all processes together in Redis. While that is away each process counts by
 * itself, to half of what is allowed: two processes then keep the rule, and more of them hear of it from the platform.
 */
export class ShopLimiter {
  readonly #redis: Redis | null
  readonly #keyPrefix: string
  /** One a rate: the rate is a property of the limiter, the shop its key. */
  readonly #limiters = new Map<number, RateLimiterAbstract>()

  constructor(redis: Redis | null, keyPrefix = 'order-hub/shop') {
    this.#redis = redis
    this.#keyPrefix = keyPrefix
  }

  /**
   * Waits for a turn to call a shop's platform.
   *
   * @throws RateLimitedError when none comes soon
   */
  async take(shopId: string, callsPerSecond: number): Promise<void> {
    const deadlineMs = performance.now() + PATIENCE_MS
    for (;;) {
      const waitMs = await this.#consume(shopId, callsPerSecond)
      if (waitMs === 0) return
      if (performance.now() + waitMs > deadlineMs) {
        throw new RateLimitedError('too many calls of this shop wait for their turn', waitMs)
      }
      // Not all at the same moment.
      await new Promise((resolve) => setTimeout(resolve, waitMs + Math.random() * 20))
    }
  }

  /** The platform asks for patience: nobody calls it for this shop until then. */
  async pause(shopId: string, callsPerSecond: number, milliseconds: number): Promise<void> {
    await this.#limiter(callsPerSecond).block(shopId, Math.ceil(milliseconds / 1000))
  }

  /** How long to wait; 0: go ahead. */
  async #consume(shopId: string, callsPerSecond: number): Promise<number> {
    try {
      await this.#limiter(callsPerSecond).consume(shopId)
      return 0
    } catch (refusal) {
      if (refusal instanceof RateLimiterRes) return Math.max(1, refusal.msBeforeNext)
      throw refusal
    }
  }

  #limiter(callsPerSecond: number): RateLimiterAbstract {
    const known = this.#limiters.get(callsPerSecond)
    if (known) return known
    // Below one a second the second is what is stretched.
    const rule = (perSecond: number) =>
      perSecond >= 1
        ? { points: Math.floor(perSecond), duration: 1 }
        : { points: 1, duration: Math.ceil(1 / perSecond) }
    const alone = new RateLimiterMemory({ ...rule(callsPerSecond / 2), keyPrefix: this.#keyPrefix })
    const limiter = this.#redis
      ? new RateLimiterRedis({
          storeClient: this.#redis,
          ...rule(callsPerSecond),
          keyPrefix: this.#keyPrefix,
          rejectIfRedisNotReady: true,
          insuranceLimiter: alone,
        })
      : alone
    this.#limiters.set(callsPerSecond, limiter)
    return limiter
  }
}
