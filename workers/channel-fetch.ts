import type { Logger } from 'pino'
import { callShop, pauseTurns, takeTurn } from '../connectors/channels/calls.ts'
import type { ChannelConnector, ChannelConnectors } from '../connectors/channels/channel.ts'
import {
  RateLimitedError,
  RefusedError,
  TokenExpiredError,
  UnreachableError,
} from '../connectors/outside-errors.ts'
import type { CallLimits } from '../connectors/rate-limit.ts'
import type { ChannelOrder, Platform } from '../domain/channel-order.ts'
import type { ChannelOrderOutcome } from '../store/channel-order-report.ts'
import { applyChannelOrder } from '../store/channel-orders.ts'
import type { Db } from '../store/database.ts'
import {
  claimHintedOrders,
  type HintedOrder,
  type HintRow,
  hintsOfOrder,
  markFetched,
  postponeHints,
  setHintsAside,
} from '../store/hints.ts'
import { channelOrderKey } from '../store/intake.ts'
import type { KeyRing } from '../store/keyring.ts'
import { isPassing } from '../store/passing-error.ts'
import type { Policies } from '../store/policy-cache.ts'
import { releaseLeases } from '../store/relay.ts'
import type { ShopAccounts } from '../store/shop-accounts.ts'
import { tokenStore } from '../store/shop-tokens.ts'
import type { OpenShop } from '../store/shops.ts'
import { openWorkItem, resolveOpenWorkItem } from '../store/work-items.ts'
import { ShopPatience } from './shop-patience.ts'

export type FetchOutcome = ChannelOrderOutcome['outcome'] | 'postponed' | 'failed' | 'set_aside'
export type ChannelFetchOptions = {
  db: Db
  connectors: ChannelConnectors
  shops: ShopAccounts
  keyRing: KeyRing
  policies: Policies
  callLimits: Pick<CallLimits, 'take' | 'pause'>
  logger: Logger
  /** Names this process on its leases. */
  owner: string
  /** Told when an order was taken over: the relay has something to carry. */
  onApplied?: () => void
  /** Told when a place is free again. */
  onRoom?: () => void
  onOutcome?: (outcome: FetchOutcome, of: { platform: Platform; hints: number; seconds: number }) => void
  limits?: Partial<FetchLimits>
}
type FetchLimits = {
  /** Fetches under way at once: they mostly wait for answers. */
  atOnce: number
  /** Of one shop: one that answers slowly keeps the others' places free. */
  atOnceOfShop: number
  /** An order that failed so often by its own fault is set aside. */
  attempts: number
  firstRetryMs: number
}
const LIMITS: FetchLimits = { atOnce: 48, atOnceOfShop: 6, attempts: 8, firstRetryMs: 1_000 }
const LAST_RETRY_MS = 60_000
/** Longer than a call with its time-out, a refreshed token and the wait for a turn. */
const LEASE_SECONDS = 60
/** Tokens that are not taken are mended by people. */
const REFUSED_REST_MS = 30_000

/**
 * Makes orders of hints: each order is fetched once for all hints that wait for it, and stored in the transaction that
 * closes them. Any number of processes may run; an order is in one hand at a time.
 */
export class ChannelFetch {
  readonly #options: ChannelFetchOptions
  readonly #limits: FetchLimits
  readonly #patience = new ShopPatience()
  readonly #running = new Map<string, { shopId: string; done: Promise<void> }>()

  constructor(options: ChannelFetchOptions) {
    this.#options = options
    this.#limits = { ...LIMITS, ...options.limits }
  }

  /** Begins whatever is due and has room. Returns how many orders; they go on by themselves. */
  async runOnce(): Promise<number> {
    const { db, shops, owner } = this.#options
    const known = await shops.all()
    const limit = this.#limits.atOnce - this.#running.size
    const room = this.#room(known.values())
    if (limit <= 0 || room.length === 0) return 0
    const claimed = await claimHintedOrders(db, { owner, room, limit, leaseSeconds: LEASE_SECONDS })
    for (const order of claimed) {
      const shop = known.get(order.shopId)
      if (shop) this.#begin(shop, order)
    }
    return claimed.length
  }

  /** Waits for what is under way. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all([...this.#running.values()].map(({ done }) => done))
  }

  #room(shops: Iterable<OpenShop>): { shopId: string; orders: number }[] {
    const busy = new Map<string, number>()
    for (const { shopId } of this.#running.values()) busy.set(shopId, (busy.get(shopId) ?? 0) + 1)
    return [...shops].flatMap(({ shopId, platform, active }) => {
      if (!active || !this.#options.connectors[platform]) return []
      const orders = this.#patience.room(shopId, this.#limits.atOnceOfShop) - (busy.get(shopId) ?? 0)
      return orders > 0 ? [{ shopId, orders }] : []
    })
  }

  #begin(shop: OpenShop, { orderKey }: HintedOrder): void {
    const { db, owner, logger, onRoom } = this.#options
    const done = this.#follow(shop, orderKey)
      .catch((error: unknown) => {
        // The lease ends by itself, and the hints are still there.
        const reason = error instanceof Error ? error.message : String(error)
        logger.warn(
          { shopId: shop.shopId, reason },
          'an order of a channel could not be followed, will be repeated',
        )
      })
      .finally(async () => {
        await releaseLeases(db, owner, [orderKey]).catch(() => undefined)
        this.#running.delete(orderKey)
        onRoom?.()
      })
    this.#running.set(orderKey, { shopId: shop.shopId, done })
  }

  async #follow(shop: OpenShop, orderKey: string): Promise<void> {
    const { db, onOutcome } = this.#options
    const platformOrderId = orderKey.slice(channelOrderKey(shop, '').length)
    // Before the order is asked for: what arrives after this is not answered by it.
    const hints = await hintsOfOrder(db, orderKey)
    if (hints.length === 0) return
    const startedAt = performance.now()
    const outcome = await this.#fetch(shop, { orderKey, platformOrderId }, hints)
    const seconds = (performance.now() - startedAt) / 1000
    onOutcome?.(outcome, { platform: shop.platform, hints: hints.length, seconds })
  }

  async #fetch(
    shop: OpenShop,
    key: { orderKey: string; platformOrderId: string },
    hints: HintRow[],
  ): Promise<FetchOutcome> {
    const ids = hints.map(({ id }) => id)
    try {
      const order = await this.#ask(shop, key.platformOrderId)
      await this.#noteAnswer(shop)
      if (!order) return await this.#countFailure(shop, key, hints, 'the platform does not know this order')
      if (isOlderThanPulled(order, hints)) {
        return await this.#countFailure(shop, key, hints, 'the platform answered with an older copy')
      }
      const { outcome } = await this.#store(shop, order, hints)
      return outcome
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      const delayMs = await this.#delayOf(error, shop, key.platformOrderId)
      if (delayMs === null) return this.#countFailure(shop, key, hints, reason)
      await postponeHints(this.#options.db, ids, { delayMs, error: reason, countsAsFailure: false })
      return 'postponed'
    }
  }

  async #ask(shop: OpenShop, platformOrderId: string): Promise<ChannelOrder | null> {
    const { db, keyRing, callLimits } = this.#options
    const connector = this.#connectorOf(shop)
    const answer = await callShop(connector, shop, tokenStore(db, keyRing), async (client) => {
      await takeTurn(callLimits, connector, shop.shopId)
      return client.fetchOrder(platformOrderId)
    })
    return answer?.order ?? null
  }

  #connectorOf({ platform }: OpenShop): ChannelConnector {
    const connector = this.#options.connectors[platform]
    if (!connector) throw new Error(`there is no connector of ${platform}`)
    return connector
  }

  async #store(shop: OpenShop, order: ChannelOrder, hints: HintRow[]): Promise<ChannelOrderOutcome> {
    const { db, keyRing, policies, onApplied } = this.#options
    const { shopId, storeId, platform } = shop
    const traceParent = hints.find((hint) => hint.traceParent !== null)?.traceParent ?? null
    const inboxIds = hints.map(({ id }) => id)
    const outcome = await db.transaction().execute(async (tx) => {
      const report = { shop: { shopId, storeId, platform }, order, inboxIds, traceParent }
      const applied = await applyChannelOrder(tx, { keyRing, policies }, report)
      await markFetched(tx, inboxIds)
      return applied
    })
    onApplied?.()
    return outcome
  }

  /** How long to wait when it was not the order's fault; null when it was. */
  async #delayOf(error: unknown, shop: OpenShop, platformOrderId: string): Promise<number | null> {
    const { callLimits } = this.#options
    if (error instanceof RateLimitedError) {
      const pauseMs = this.#patience.failed(shop.shopId, error.retryAfterMs)
      const pause = { shopId: shop.shopId, milliseconds: error.retryAfterMs }
      await pauseTurns(callLimits, this.#connectorOf(shop), pause).catch(() => undefined)
      return pauseMs
    }
    if (error instanceof UnreachableError) return this.#patience.failed(shop.shopId)
    if (isPassing(error)) return this.#limits.firstRetryMs
    const isShopRefused =
      error instanceof TokenExpiredError ||
      (error instanceof RefusedError && this.#patience.refused(shop.shopId, platformOrderId))
    if (!isShopRefused) return null
    await this.#noteRefusal(shop, error.message)
    return this.#patience.failed(shop.shopId, REFUSED_REST_MS)
  }

  async #countFailure(
    shop: OpenShop,
    key: { orderKey: string; platformOrderId: string },
    hints: HintRow[],
    error: string,
  ): Promise<FetchOutcome> {
    const { db } = this.#options
    const ids = hints.map(({ id }) => id)
    // By the newest of them: a hint that has just come in gives an order all its attempts again.
    const attempts = Math.min(...hints.map((hint) => hint.attempts)) + 1
    if (attempts >= this.#limits.attempts) {
      const { shopId, platform } = shop
      await setHintsAside(db, { shopId, platform, ...key, ids, error: error.slice(0, 500) })
      return 'set_aside'
    }
    const delayMs = Math.min(LAST_RETRY_MS, this.#limits.firstRetryMs * 2 ** (attempts - 1))
    await postponeHints(db, ids, { delayMs, error: error.slice(0, 500), countsAsFailure: true })
    return 'failed'
  }

  async #noteAnswer({ shopId }: OpenShop): Promise<void> {
    if (!this.#patience.answered(shopId)) return
    await this.#options.db
      .transaction()
      .execute((tx) => resolveOpenWorkItem(tx, 'shop_refused', shopId, 'the platform answers again'))
  }

  async #noteRefusal({ shopId, platform }: OpenShop, error: string): Promise<void> {
    const detail = { shopId, platform, error: error.slice(0, 500) }
    await openWorkItem(this.#options.db, { kind: 'shop_refused', key: shopId, orderId: null, detail })
  }
}

/** A copy that lags behind is asked for again so often; then what there is counts. */
const OLD_COPIES = 4

/**
 * Whether the answer is older than what a pull has seen already: large platforms answer from copies that lag. No other
 * hint would come of that change, as the next pull names it in the same words.
 */
function isOlderThanPulled(order: ChannelOrder, hints: readonly HintRow[]): boolean {
  if (Math.min(...hints.map((hint) => hint.attempts)) >= OLD_COPIES) return false
  const modifiedAtMs = Date.parse(order.modifiedAt)
  return hints.some((hint) => hint.modifiedAt !== null && modifiedAtMs < hint.modifiedAt.getTime())
}
