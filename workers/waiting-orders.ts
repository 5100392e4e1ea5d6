import type { Db } from '../store/database.ts'
import { placeHeldOrders } from '../store/held-channel-orders.ts'
import type { KeyRing } from '../store/keyring.ts'
import { Policies } from '../store/policy-cache.ts'
import { readStockChanges } from '../store/stock-changes.ts'
import { serveWaiting, takeUpWaiting } from '../store/stock-waits.ts'

/** Ledger rows looked at in one round. */
const MOVEMENTS_A_ROUND = 5_000
/** Orders served or tried again in one round; the rest follows in the next. */
const ORDERS_A_ROUND = 200

/** Serves orders of channels that wait for something: for stock, or for what kept them from being placed. */
export class WaitingOrders {
  readonly #deps: { db: Db; keyRing: KeyRing; policies: Policies }

  constructor({ db, keyRing }: { db: Db; keyRing: KeyRing }) {
    this.#deps = { db, keyRing, policies: new Policies() }
  }

  /** One round after changes of stock, and over those that are to be looked at again. Returns how many orders were served or looked at. */
  async serve(): Promise<number> {
    const { db } = this.#deps
    const changes = await readStockChanges(db, 'waiting-orders', MOVEMENTS_A_ROUND)
    const skuIds = [...new Set(changes.levels.map((level) => level.skuId))]
    let served = await takeUpWaiting(db, ORDERS_A_ROUND)
    let isAll = true
    for (const skuId of skuIds) {
      const ofSku = await serveWaiting(db, skuId, ORDERS_A_ROUND)
      served += ofSku
      // More may wait than one round serves: the changes are kept until a round serves fewer.
      if (ofSku === ORDERS_A_ROUND) isAll = false
    }
    if (isAll) await changes.commit()
    return served
  }

  /** One round over held orders whose reason may be gone. Returns how many were tried. */
  placeHeld(): Promise<number> {
    return placeHeldOrders(this.#deps.db, this.#deps, ORDERS_A_ROUND)
  }
}
