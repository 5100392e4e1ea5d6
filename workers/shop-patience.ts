/** A shop that fails rests at least so long, and longer with each failure. */
const FIRST_REST_MS = 500
const LONGEST_REST_MS = 30_000
/** So many orders refused one after the other: it is the shop that is refused, not the orders. */
const REFUSED_ORDERS = 5

type Standing = { failures: number; restsUntilMs: number; refused: Set<string>; hasAnswered: boolean }

/**
 * What a process has experienced with each shop's platform, and what it therefore asks of it: a platform that is away
 * is tried by one call at a time, ever more rarely, and costs the other shops nothing.
 */
export class ShopPatience {
  readonly #now: () => number
  readonly #shops = new Map<string, Standing>()

  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** How many of `most` calls may be under way at once for this shop. */
  room(shopId: string, most: number): number {
    const { failures, restsUntilMs } = this.#of(shopId)
    if (this.#now() < restsUntilMs) return 0
    return failures > 0 ? 1 : most
  }

  /** It could not be reached, or asked for patience. Returns for how long it now rests, in ms. */
  failed(shopId: string, leastMs = 0): number {
    const standing = this.#of(shopId)
    const restMs = Math.max(leastMs, Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** standing.failures))
    // Failures that were under way together count as one.
    if (this.#now() >= standing.restsUntilMs) standing.failures += 1
    standing.restsUntilMs = Math.max(standing.restsUntilMs, this.#now() + restMs)
    return restMs
  }

  /** It refused this order. Returns whether it refuses the shop altogether, as far as one can see. */
  refused(shopId: string, platformOrderId: string): boolean {
    const { refused } = this.#of(shopId)
    refused.add(platformOrderId)
    return refused.size >= REFUSED_ORDERS
  }

  /** It answered. Returns whether that is news. */
  answered(shopId: string): boolean {
    const standing = this.#of(shopId)
    const isNews = !standing.hasAnswered || standing.failures > 0
    this.#shops.set(shopId, { failures: 0, restsUntilMs: 0, refused: new Set(), hasAnswered: true })
    return isNews
  }

  #of(shopId: string): Standing {
    const known = this.#shops.get(shopId)
    if (known) return known
    const fresh = { failures: 0, restsUntilMs: 0, refused: new Set<string>(), hasAnswered: false }
    this.#shops.set(shopId, fresh)
    return fresh
  }
}
