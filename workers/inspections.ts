import type { Logger } from 'pino'
import type { Db } from '../store/database.ts'
import {
  assignWaiting,
  dueInspections,
  postponeInspection,
  raiseOverdueInspections,
  settleInspection,
} from '../store/inspection-due.ts'
import type { Policies } from '../store/policy-cache.ts'

const ORDERS_A_ROUND = 100
/** An order that could not be decided on is left alone for so long: others come first. */
const POSTPONED_MS = 60_000
/** People come and go seldom, and looking for them asks the accounts. */
const WAITING_EVERY_MS = 60_000

/** Draws orders that have arrived for inspection, finds somebody for each, and tells of those whose time is over. */
export class Inspections {
  readonly #deps: { db: Db; policies: Policies; logger: Logger }
  readonly #nowMs: () => number
  #waitingAtMs = Number.NEGATIVE_INFINITY
  /** Up to which of those that have nobody this process has tried. */
  #tried: string | null = null

  constructor(deps: { db: Db; policies: Policies; logger: Logger; nowMs?: () => number }) {
    this.#deps = deps
    this.#nowMs = deps.nowMs ?? (() => performance.now())
  }

  /** One round. Any number of processes may do it at once. Returns how many orders it looked at. */
  async runOnce(): Promise<number> {
    const { db, policies, logger } = this.#deps
    const orderIds = await dueInspections(db, ORDERS_A_ROUND)
    for (const orderId of orderIds) {
      try {
        await settleInspection(db, policies, orderId)
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        logger.error({ orderId, reason }, 'an order could not be drawn for inspection, will be tried again')
        await postponeInspection(db, orderId, POSTPONED_MS)
      }
    }
    if (orderIds.length > 0) return orderIds.length
    const overdue = await raiseOverdueInspections(db, ORDERS_A_ROUND)
    if (overdue > 0 || this.#nowMs() - this.#waitingAtMs < WAITING_EVERY_MS) return overdue
    this.#tried = await assignWaiting(db, policies, { after: this.#tried, limit: ORDERS_A_ROUND })
    if (this.#tried !== null) return ORDERS_A_ROUND
    this.#waitingAtMs = this.#nowMs()
    return 0
  }
}
