import type { Redis } from 'ioredis'
import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRes,
} from 'rate-limiter-flexible'
import { RateLimitedError } from './outside-errors.ts'

/** The limit of one of those who are called. */
export type RateLimit = {
  /** @throws RateLimitedError when all calls of the present second are taken */
  take: () => Promise<void>
}

/**
 * What those outside allow: so many calls a second of whoever is named, counted for all processes together in Redis. While
 * that is away each process counts by itself, to half of what is allowed: two processes then keep the rule, and more of
 * them hear of it from whoever is called, and ask again.
 */
export class CallLimits {
  readonly #redis: Redis | null
  readonly #keyPrefix: string
  /** One a rate: the rate is a property of the limiter, the name its key. */
  readonly #limiters = new Map<number, RateLimiterAbstract>()

  constructor(redis: Redis | null, keyPrefix = 'order-hub/calls') {
    this.#redis = redis
    this.#keyPrefix = keyPrefix
  }

  /**
   * Takes one call's place, and waits for one if it comes within `patienceMs`.
   *
   * @throws RateLimitedError when none does; it says how long that will take
   */
  async take(name: string, perSecond: number, patienceMs = 0): Promise<void> {
    const deadlineMs = performance.now() + patienceMs
    for (;;) {
      const waitMs = await this.#consume(name, perSecond)
      if (waitMs === 0) return
      if (performance.now() + waitMs > deadlineMs) {
        throw new RateLimitedError(`all ${perSecond} calls a second of ${name} are taken`, waitMs)
      }
      // Not all at the same moment.
      await new Promise((resolve) => setTimeout(resolve, waitMs + Math.random() * 20))
    }
  }

  /** Whoever is called asks for patience: nobody calls it until then. */
  async pause(name: string, perSecond: number, milliseconds: number): Promise<void> {
    await this.#limiter(perSecond).block(name, Math.ceil(milliseconds / 1000))
  }

  /** The limit of one name, for those who never wait for their turn. */
  of(name: string, perSecond: number): RateLimit {
    return { take: () => this.take(name, perSecond) }
  }

  /** How long to wait, in ms; 0: go ahead. */
  async #consume(name: string, perSecond: number): Promise<number> {
    const limiter = this.#limiter(perSecond)
    try {
      await limiter.consume(name)
      return 0
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal
      // Whoever comes too late in a turn waits for as many turns as there are others before him.
      const turnsOfOthers = Math.floor((refusal.consumedPoints - 1) / limiter.points) - 1
      return Math.max(1, refusal.msBeforeNext) + Math.max(0, turnsOfOthers) * limiter.duration * 1_000
    }
  }

  #limiter(perSecond: number): RateLimiterAbstract {
    const known = this.#limiters.get(perSecond)
    if (known) return known
    const alone = new RateLimiterMemory({ ...ruleOf(perSecond / 2), keyPrefix: this.#keyPrefix })
    const limiter = this.#redis
      ? new RateLimiterRedis({
          storeClient: this.#redis,
          ...ruleOf(perSecond),
          keyPrefix: this.#keyPrefix,
          rejectIfRedisNotReady: true,
          insuranceLimiter: alone,
        })
      : alone
    this.#limiters.set(perSecond, limiter)
    return limiter
  }
}

/** Below one a second the second is what is stretched. */
function ruleOf(perSecond: number): { points: number; duration: number } {
  return perSecond >= 1
    ? { points: Math.floor(perSecond), duration: 1 }
    : { points: 1, duration: Math.ceil(1 / perSecond) }
}
