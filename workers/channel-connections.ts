import type { Logger } from 'pino'
import type { ChannelConnectors, PushConnection } from '../connectors/channels/channel.ts'
import {
  claimConnections,
  noteConnected,
  noteConnection,
  releaseConnections,
} from '../store/channel-feeds.ts'
import type { Db } from '../store/database.ts'
import type { DurableIntake } from '../store/durable-intake.ts'
import { incomingHints } from '../store/intake.ts'
import type { ShopAccounts } from '../store/shop-accounts.ts'
import type { OpenShop } from '../store/shops.ts'

export type ChannelConnectionsOptions = {
  db: Db
  connectors: ChannelConnectors
  shops: ShopAccounts
  intake: Pick<DurableIntake, 'accept'>
  logger: Logger
  /** Names this process on its leases. */
  owner: string
  leaseSeconds?: number
}
/** With a round every four seconds a dead process is succeeded within about fifteen. */
const LEASE_SECONDS = 12
/** How often a connection that stands is noted. */
const NOTE_EVERY_MS = 15_000

type Held = { shop: OpenShop; connection: PushConnection; state: 'connected' | 'disconnected' | null }

/**
 * Keeps the long connections of the shops whose platforms push that way, each in one process. While the database is
 * away they go on: what they bring is kept in Redis, or not acknowledged and sent again.
 */
export class ChannelConnections {
  readonly #options: ChannelConnectionsOptions
  readonly #held = new Map<string, Held>()
  #notes: Promise<void> = Promise.resolve()
  #notedAtMs = Number.NEGATIVE_INFINITY

  constructor(options: ChannelConnectionsOptions) {
    this.#options = options
  }

  /** One round: renews what it has, opens what is free, closes what is another's or out of service. */
  async runOnce(): Promise<number> {
    const { db, shops, owner, leaseSeconds = LEASE_SECONDS } = this.#options
    const wanted = [...(await shops.all()).values()].filter(
      ({ active, platform }) => active && this.#options.connectors[platform]?.listen,
    )
    const shopIds = wanted.map(({ shopId }) => shopId)
    const mine = await claimConnections(db, { owner, shopIds, leaseSeconds })
    await this.#closeOthers(new Map(wanted.map((shop) => [shop.shopId, shop])), mine)
    for (const shop of wanted) {
      if (mine.has(shop.shopId) && !this.#held.has(shop.shopId)) this.#open(shop)
    }
    await this.#noteStanding()
    return 0
  }

  /** Closes all connections and gives them back. */
  async stop(): Promise<void> {
    const shopIds = [...this.#held.keys()]
    await Promise.all(shopIds.map((shopId) => this.#close(shopId)))
    await this.#notes
    await releaseConnections(this.#options.db, this.#options.owner, shopIds).catch(() => undefined)
  }

  async #closeOthers(wanted: ReadonlyMap<string, OpenShop>, mine: ReadonlySet<string>): Promise<void> {
    const { db, owner } = this.#options
    for (const [shopId, { shop }] of [...this.#held]) {
      const now = wanted.get(shopId)
      // Its app, address or credentials changed: opened again below.
      const isSame = now && now.credentialsVersion === shop.credentialsVersion && now.pushUrl === shop.pushUrl
      if (isSame && mine.has(shopId)) continue
      await this.#close(shopId)
      if (now) continue
      this.#note(shopId, { state: 'unknown', detail: '' })
      await releaseConnections(db, owner, [shopId])
    }
  }

  async #close(shopId: string): Promise<void> {
    const held = this.#held.get(shopId)
    this.#held.delete(shopId)
    await held?.connection.close()
  }

  #open(shop: OpenShop): void {
    const { connectors, shops, intake, logger } = this.#options
    const { shopId, platform } = shop
    const listen = connectors[platform]?.listen
    if (!listen) return
    const held: Held = { shop, state: null, connection: { close: async () => undefined } }
    this.#held.set(shopId, held)
    held.connection = listen(shop, {
      accept: async (hints) => {
        const arrival = { platform, receivedAt: new Date(), traceParent: null, shops: await shops.all() }
        await intake.accept(incomingHints(hints, arrival))
      },
      onState: ({ state, detail }) => {
        // The last words of a connection that was closed or handed over say nothing of its successor.
        if (this.#held.get(shopId) !== held) return
        if (held.state !== state) logger.info({ shopId, platform, state, detail }, 'long connection')
        held.state = state
        this.#note(shopId, { state, detail: detail.slice(0, 500) })
      },
      directory: { shopsOfApp: (appKey) => shops.ofApp(platform, appKey) },
    })
  }

  /** One after the other, so that the last word stays. */
  #note(shopId: string, state: Parameters<typeof noteConnection>[2]): void {
    this.#notes = this.#notes
      .then(() => noteConnection(this.#options.db, shopId, state))
      .catch(() => undefined)
  }

  async #noteStanding(): Promise<void> {
    const now = performance.now()
    if (now - this.#notedAtMs < NOTE_EVERY_MS) return
    this.#notedAtMs = now
    const standing = [...this.#held].flatMap(([shopId, { state }]) => (state === 'connected' ? [shopId] : []))
    if (standing.length > 0) await noteConnected(this.#options.db, standing)
  }
}
