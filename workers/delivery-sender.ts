import { RefusedError } from '../connectors/outside-http.ts'
import type { PdaGateway } from '../connectors/pda/gateway.ts'
import type { Db } from '../store/database.ts'
import { claimDeliveries, type DueDelivery, markDelivered, markFailed } from '../store/delivery-queue.ts'

const AT_ONCE = 16
/** Longer than an HTTP call may take; a sender that died gives its claims back after this. */
const CLAIM_SECONDS = 20
/** About an hour of trying with the delays below. */
const ATTEMPTS_BEFORE_ALARM = 20
const FIRST_RETRY_MS = 500
const LAST_RETRY_MS = 5 * 60_000

/**
 * Sends what transactions have queued for the outside, at least once and in order per key. The operation id goes
 * with every attempt, so that the receiver counts one.
 */
export class DeliverySender {
  readonly #db: Db
  readonly #pda: PdaGateway

  constructor(deps: { db: Db; pdaGateway: PdaGateway }) {
    this.#db = deps.db
    this.#pda = deps.pdaGateway
  }

  /** One round. Returns how many deliveries it tried. */
  async runOnce(): Promise<number> {
    const due = await claimDeliveries(this.#db, 'pda', AT_ONCE, CLAIM_SECONDS)
    await Promise.all(due.map((delivery) => this.#send(delivery)))
    return due.length
  }

  async #send(delivery: DueDelivery): Promise<void> {
    try {
      await this.#pda.push(delivery)
    } catch (error) {
      const hopeless = error instanceof RefusedError || delivery.attempts >= ATTEMPTS_BEFORE_ALARM
      const retryInMs = hopeless
        ? null
        : Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (delivery.attempts - 1))
      return markFailed(this.#db, delivery, {
        error: error instanceof Error ? error.message : String(error),
        retryInMs,
      })
    }
    await markDelivered(this.#db, delivery.id)
  }
}
