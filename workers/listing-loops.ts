import type { Logger } from 'pino'
import { createMallGateway } from '../connectors/mall/gateway.ts'
import { createOutsideHttp } from '../connectors/outside-http.ts'
import type { Config } from '../contracts/config.ts'
import type { Db } from '../store/database.ts'
import { markDueForPolicy, markListingsDue } from '../store/listing-due.ts'
import { planDueListings } from '../store/listing-plan.ts'
import { dropOldDeliveries } from '../store/listings.ts'
import { Policies } from '../store/policy-cache.ts'
import { countNextHour } from '../store/sales-figures.ts'
import { readStockChanges } from '../store/stock-changes.ts'
import { DeliverySender } from './delivery-sender.ts'
import { mallTarget } from './listings.ts'
import { Loop } from './loop.ts'

/** Ledger rows looked at in one round; a hot SKU's thousand movements are one SKU to decide. */
const MOVEMENTS_A_ROUND = 5_000
/** SKUs decided in one transaction; their listings stay locked for its length. */
const SKUS_A_ROUND = 50
const IDLE_MS = { changes: 250, decide: 250, deliver: 250, figures: 60_000, retention: 60 * 60_000 } as const

/** From a change of stock to what the stores show. Each loop may run in any number of processes. */
export function createListingLoops(deps: { db: Db; config: Config; logger: Logger }): Loop[] {
  const { db, config, logger } = deps
  const planner = new ListingPlanner(db, config.MALL_URL === undefined ? [] : ['mall'])
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
  if (config.MALL_URL === undefined) return loops
  const gateway = createMallGateway(createOutsideHttp(config.MALL_URL, config.OUTSIDE_SECRET))
  const sender = new DeliverySender({ db, target: mallTarget(gateway) })
  return [
    ...loops,
    new Loop('mall-deliveries', { round: () => sender.runOnce(), idleMs: IDLE_MS.deliver, logger }),
  ]
}

/** Finds SKUs whose stock has changed, and decides what their stores show. */
export class ListingPlanner {
  readonly #db: Db
  readonly #connectedChannels: readonly string[]
  readonly #policies = new Policies()
  #policyVersion: number | null = null

  /** @param connectedChannels channels that have a connector; for the others' stores is decided, not sent */
  constructor(db: Db, connectedChannels: readonly string[]) {
    this.#db = db
    this.#connectedChannels = connectedChannels
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
    return planDueListings(this.#db, { policy, connectedChannels: this.#connectedChannels }, SKUS_A_ROUND)
  }
}
