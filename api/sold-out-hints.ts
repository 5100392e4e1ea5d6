import type { Redis } from 'ioredis'
import type { Db } from '../store/database.ts'
import { soonestExpiry } from '../store/reservation.ts'

/** A hint lives no longer than this: what comes in or is given back is on sale again by then at the latest. */
const LIFE_MS = 500
/** After a call that failed, Redis is left alone for so long: waiting for it would cost every checkout. */
const PAUSE_MS = 1_000

/**
 * Remembers in Redis which SKUs a channel has just been refused because nothing is left, so that a crowd in front of
 * an empty shelf does not queue for its lock. It may only refuse early, never grant; without Redis nothing is
 * remembered and nothing is wrong. A hint ends when the first hold on the SKU does, so that expiry stays exact.
 */
export class SoldOutHints {
  readonly #redis: Redis | null
  readonly #db: Db
  #pausedUntilMs = 0

  constructor(redis: Redis | null, db: Db) {
    this.#redis = redis
    this.#db = db
  }

  /** Those of the SKUs that the channel cannot have right now. */
  async find(channel: string, skuIds: string[]): Promise<string[]> {
    const found = await this.#ask((redis) => redis.mget(skuIds.map((skuId) => keyOf(channel, skuId))))
    return skuIds.filter((_, index) => found?.[index] != null)
  }

  /** The channel was refused these SKUs with nothing left of any. */
  async note(channel: string, skuIds: string[]): Promise<void> {
    if (skuIds.length === 0 || !this.#isUsable()) return
    const untilExpiryMs = await soonestExpiry(this.#db, skuIds)
    await this.#ask(async (redis) => {
      const writing = redis.pipeline()
      for (const skuId of skuIds) {
        const lifeMs = Math.floor(Math.min(LIFE_MS, untilExpiryMs.get(skuId) ?? LIFE_MS))
        if (lifeMs > 0) writing.set(keyOf(channel, skuId), '1', 'PX', lifeMs, 'NX')
      }
      await writing.exec()
    })
  }

  #isUsable(): boolean {
    return this.#redis !== null && this.#redis.status === 'ready' && performance.now() >= this.#pausedUntilMs
  }

  async #ask<Answer>(question: (redis: Redis) => Promise<Answer>): Promise<Answer | null> {
    if (this.#redis === null || !this.#isUsable()) return null
    try {
      return await question(this.#redis)
    } catch {
      // A hint that is not there costs a look at the database, which is what decides anyway.
      this.#pausedUntilMs = performance.now() + PAUSE_MS
      return null
    }
  }
}

function keyOf(channel: string, skuId: string): string {
  return `order-hub/sold-out/${channel}/${skuId}`
}
