import type { Logger } from 'pino'
import { CHANNEL_CONNECTORS } from '../connectors/channels/registry.ts'
import { createMallGateway } from '../connectors/mall/gateway.ts'
import { createOutsideHttp } from '../connectors/outside-http.ts'
import type { CallLimits } from '../connectors/rate-limit.ts'
import type { Config } from '../contracts/config.ts'
import { connectedChannels } from '../store/channel-writeback.ts'
import type { Db } from '../store/database.ts'
import type { DueDelivery } from '../store/delivery-queue.ts'
import type { KeyRing } from '../store/keyring.ts'
import { markDueForPolicy, markListingsDue } from '../store/listing-due.ts'
import { LISTING_DELIVERY, planDueListings } from '../store/listing-plan.ts'
import { dropOldDeliveries } from '../store/listings.ts'
import { Policies } from '../store/policy-cache.ts'
import { countNextHour } from '../store/sales-figures.ts'
import { ShopAccounts } from '../store/shop-accounts.ts'
import { readStockChanges } from '../store/stock-changes.ts'
import { channelTarget } from './channel-deliveries.ts'
import { DeliverySender } from './delivery-sender.ts'
import { mallTarget } from './listings.ts'
import { Loop } from './loop.ts'

/** Ledger rows looked at in one round; a hot SKU's thousand movements are one SKU to decide. */
const MOVEMENTS_A_ROUND = 5_000
/** SKUs decided in one transaction; their listings stay locked for its length. */
const SKUS_A_ROUND = 50
const IDLE_MS = { changes: 250, decide: 250, deliver: 250, figures: 60_000, retention: 60 * 60_000 } as const

/** From a change of stock to what the stores show. Each loop may run in any number of processes. */
export function createListingLoops(deps: {
  db: Db
  config: Config
  keyRing: KeyRing
  callLimits: CallLimits
  logger: Logger
}): Loop[] {
  const { db, config, keyRing, callLimits, logger } = deps
  const ownMall = config.MALL_URL === undefined ? [] : ['mall']
  const planner = new ListingPlanner(db, ownMall)
  const shops = new ShopAccounts(db, keyRing)
  const loops = [
    new Loop('listing-changes', { round: () => planner.noteChanges(), idleMs: IDLE_MS.changes, logger }),
    new Loop('listing-decisions', { round: () => planner.decide(), idleMs: IDLE_MS.decide, logger }),
    new Loop('sales-figures', {
      round: async () => ((await countNextHour(db)) ? 1 : 0),
      idleMs: IDLE_MS.figures,
      logger,
    }),
    new Loop('old-listing-deliveries', {
      round: () => dropOldDeliveries(db),
      idleMs: IDLE_MS.retention,
      logger,
    }),
  ]
  // Each channel by itself: a platform that is slow or down holds up its own shops only. The own mall's stores are told
  // through its gateway where there is one.
  const connectors = CHANNEL_CONNECTORS
  const toShops = { keyRing, shops, connectors, callLimits }
  const channels = new Set(Object.values(connectors).map(({ channel }) => channel))
  for (const channel of ownMall) channels.delete(channel)
  for (const channel of channels) {
    const sender = new DeliverySender({ db, target: channelTarget(channel, toShops) })
    loops.push(
      new Loop(`${channel}-deliveries`, { round: () => sender.runOnce(), idleMs: IDLE_MS.deliver, logger }),
    )
  }
  if (config.MALL_URL === undefined) return loops
  const gateway = createMallGateway(createOutsideHttp(config.MALL_URL, config.OUTSIDE_SECRET))
  const own = mallTarget(gateway)
  const shopTarget = channelTarget('mall', toShops)
  // Parcels of a shop's orders go to the shop, also where the stores are told through the gateway.
  const targetOf = ({ kind }: DueDelivery) => (kind === LISTING_DELIVERY ? own : shopTarget)
  const sender = new DeliverySender({
    db,
    target: {
      name: own.name,
      deliver: (connection, delivery) => targetOf(delivery).deliver(connection, delivery),
      afterFailure: (delivery, failure) => targetOf(delivery).afterFailure(delivery, failure),
    },
  })
  return [
    ...loops,
    new Loop('mall-deliveries', { round: () => sender.runOnce(), idleMs: IDLE_MS.deliver, logger }),
  ]
}

/** Finds SKUs whose stock has changed, and decides what their stores show. */
export class ListingPlanner {
  readonly #db: Db
  readonly #ownChannels: readonly string[]
  readonly #policies = new Policies()
  #policyVersion: number | null = null

  /** @param ownChannels channels that are told without a shop; of the others those that have one now */
  constructor(db: Db, ownChannels: readonly string[]) {
    this.#db = db
    this.#ownChannels = ownChannels
  }

  /** One round. Returns how many levels had changed. */
  async noteChanges(): Promise<number> {
    const { document } = await this.#policies.current(this.#db, 'safety-stock')
    const changes = await readStockChanges(this.#db, 'listings', MOVEMENTS_A_ROUND)
    const skuIds = changes.levels.map((level) => level.skuId)
    await this.#db.transaction().execute(async (tx) => {
      await markListingsDue(tx, skuIds, document.gatherMilliseconds)
      await changes.commit(tx)
    })
    return skuIds.length
  }

  /** One round. Returns how many SKUs were decided. */
  async decide(): Promise<number> {
    const policy = await this.#policies.current(this.#db, 'safety-stock')
    if (policy.version !== this.#policyVersion) {
      await markDueForPolicy(this.#db, policy.version)
      this.#policyVersion = policy.version
    }
    const channels = [...this.#ownChannels, ...(await connectedChannels(this.#db))]
    return planDueListings(this.#db, { policy, connectedChannels: channels }, SKUS_A_ROUND)
  }
}
