import type { Db } from '../store/database.ts'
import type { Policies } from '../store/policy-cache.ts'
import { alertOnChanges, alertOnThresholds } from '../store/stock-alerts.ts'

const LEVELS_A_ROUND = 500
/** Thresholds change seldom, and looking for what they changed reads every level. */
const THRESHOLDS_EVERY_MS = 60_000

/** Tells people when a level falls to its threshold: once, not once an order. */
export class StockAlerts {
  readonly #db: Db
  readonly #policies: Policies
  readonly #nowMs: () => number
  #thresholdsAtMs = Number.NEGATIVE_INFINITY

  constructor(deps: { db: Db; policies: Policies; nowMs?: () => number }) {
    this.#db = deps.db
    this.#policies = deps.policies
    this.#nowMs = deps.nowMs ?? (() => performance.now())
  }

  /** One round. Returns how many levels it looked at. */
  async runOnce(): Promise<number> {
    const { thresholds } = (await this.#policies.current(this.#db, 'safety-stock')).document
    const changed = await alertOnChanges(this.#db, thresholds, LEVELS_A_ROUND)
    if (changed > 0 || this.#nowMs() - this.#thresholdsAtMs < THRESHOLDS_EVERY_MS) return changed
    const crossed = await alertOnThresholds(this.#db, thresholds, LEVELS_A_ROUND)
    if (crossed === 0) this.#thresholdsAtMs = this.#nowMs()
    return crossed
  }
}
