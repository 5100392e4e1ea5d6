import { RateLimitedError, RefusedError } from '../connectors/outside-errors.ts'
import type { PdaGateway } from '../connectors/pda/gateway.ts'
import type { Db } from '../store/database.ts'
import {
  claimDeliveries,
  type DeliveryFailure,
  type DueDelivery,
  failedDeliveryItem,
  markDelivered,
  markFailed,
} from '../store/delivery-queue.ts'

const AT_ONCE = 16
/** Longer than an HTTP call may take; a sender that died gives its claims back after this. */
const CLAIM_SECONDS = 20
/** About an hour of trying with the delays below. */
const ATTEMPTS_BEFORE_ALARM = 20
const FIRST_RETRY_MS = 500
const LAST_RETRY_MS = 5 * 60_000

/** An outside system that deliveries go to. */
export type DeliveryTarget = {
  /** As `delivery.target` names it. */
  name: string
  /** Hands one delivery over and marks it delivered. */
  deliver: (db: Db, delivery: DueDelivery) => Promise<void>
  /** What follows from an attempt that failed. */
  afterFailure: (
    delivery: DueDelivery,
    failure: { error: string; isRefusal: boolean; retryAfterMs: number | null },
  ) => DeliveryFailure
}

/** The PDAs of the warehouses. What does not arrive in an hour, or is refused, waits for a person. */
export function pdaTarget(gateway: PdaGateway): DeliveryTarget {
  return {
    name: 'pda',
    deliver: async (db, delivery) => {
      await gateway.push(delivery)
      await markDelivered(db, delivery.id)
    },
    afterFailure: (delivery, { error, isRefusal }) => {
      const hopeless = isRefusal || delivery.attempts >= ATTEMPTS_BEFORE_ALARM
      return hopeless
        ? { error, retryInMs: null, workItem: failedDeliveryItem(delivery, error) }
        : { error, retryInMs: retryDelayMs(delivery), workItem: null }
    },
  }
}

/** Doubles with every attempt, up to five minutes. */
export function retryDelayMs({ attempts }: DueDelivery): number {
  return Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempts - 1))
}

/**
 * Sends what transactions have queued for one outside system, at least once and in order per key. The operation id
 * goes with every attempt, so that the receiver counts one.
 */
export class DeliverySender {
  readonly #db: Db
  readonly #target: DeliveryTarget

  constructor(deps: { db: Db; target: DeliveryTarget }) {
    this.#db = deps.db
    this.#target = deps.target
  }

  /** One round. Returns how many deliveries it tried. */
  async runOnce(): Promise<number> {
    const due = await claimDeliveries(this.#db, this.#target.name, AT_ONCE, CLAIM_SECONDS)
    await Promise.all(due.map((delivery) => this.#send(delivery)))
    return due.length
  }

  async #send(delivery: DueDelivery): Promise<void> {
    try {
      await this.#target.deliver(this.#db, delivery)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      const isRefusal = error instanceof RefusedError
      const retryAfterMs = error instanceof RateLimitedError ? error.retryAfterMs : null
      const failure = this.#target.afterFailure(delivery, { error: reason, isRefusal, retryAfterMs })
      return markFailed(this.#db, delivery, failure)
    }
  }
}
