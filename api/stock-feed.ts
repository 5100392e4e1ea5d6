import { setTimeout as sleep } from 'node:timers/promises'
import { ProblemError } from '../contracts/errors.ts'
import type { StockBoardRow } from '../contracts/stock-board.ts'
import type { Db } from '../store/database.ts'
import type { Policies } from '../store/policy-cache.ts'
import { readBoardLevels } from '../store/stock-board.ts'
import {
  currentLedgerReach,
  isSettled,
  type LedgerReach,
  type LevelKey,
  readMovedLevels,
} from '../store/stock-changes.ts'

import { boardRules } from './board-rules.ts'
import { Watchers } from './watchers.ts'

const LEDGER_ROWS_A_READ = 2_000
/** Whoever is so many movements behind reads the board again: that is cheaper than all that has moved. */
const MAX_BEHIND = 100_000
const SETTLE_AGAIN_MS = 20
const SETTLE_WITHIN_MS = 10_000

export type StockSubscriber = {
  /** The ledger row up to which it has been told. */
  position: number
  isOpen: () => boolean
  greet: () => void
  /** Levels as they stand now, and the position after them. */
  send: (rows: StockBoardRow[]) => void
  /** Too much was missed: everything must be read again. */
  reset: () => void
}

/** One reader of stock changes a process, however many people watch. Each is told of a level once a round. */
export class StockFeed {
  readonly #db: Db
  readonly #policies: Policies
  readonly #live: Watchers<StockSubscriber>
  #reach: LedgerReach | null = null
  #starting: Promise<void> | null = null

  constructor(deps: { db: Db; policies: Policies }, onError: (error: unknown) => void) {
    this.#db = deps.db
    this.#policies = deps.policies
    this.#live = new Watchers(() => this.#poll(), onError)
  }

  /**
   * Tells the subscriber of all that commits from now on, or has since its last event.
   *
   * @param lastEventId the position after the last event that it had
   */
  async follow(subscriber: StockSubscriber, lastEventId: number | null): Promise<void> {
    // While nobody watches, nobody reads on: the place is an old one.
    if (this.#live.count === 0) {
      this.#starting ??= this.#start().finally(() => {
        this.#starting = null
      })
      await this.#starting
    }
    const now = this.#place().ledgerId
    // An id from another process may lie ahead of this one's place: it is told some levels again.
    subscriber.position = Math.min(lastEventId ?? now, now)
    if (now - subscriber.position > MAX_BEHIND) {
      subscriber.position = now
      subscriber.reset()
    }
    subscriber.greet()
    while (subscriber.isOpen() && !this.#live.closed) {
      const { ledgerId } = this.#place()
      if (subscriber.position >= ledgerId) {
        // No await since the place was read: no round of the others lies between.
        this.#live.join(subscriber)
        return
      }
      const from = { ledgerId: subscriber.position, fenceLedgerId: ledgerId, fenceTransactionId: 0n }
      const { levels, reach } = await readMovedLevels(this.#db, from, LEDGER_ROWS_A_READ)
      subscriber.position = reach.ledgerId
      subscriber.send(await this.#rowsOf(levels))
    }
  }

  leave(subscriber: StockSubscriber): void {
    this.#live.leave(subscriber)
  }

  close(): void {
    this.#live.close()
  }

  #place(): LedgerReach {
    if (!this.#reach) throw new Error('the stock feed has not started')
    return this.#reach
  }

  /** Takes its place at the end of the ledger once that is final. */
  async #start(): Promise<void> {
    const reach = await currentLedgerReach(this.#db)
    for (const endMs = Date.now() + SETTLE_WITHIN_MS; !(await isSettled(this.#db, reach)); ) {
      if (Date.now() > endMs) throw new ProblemError('unavailable', 'a long transaction is moving stock')
      await sleep(SETTLE_AGAIN_MS)
    }
    this.#reach = reach
  }

  async #poll(): Promise<void> {
    for (;;) {
      const { levels, reach } = await readMovedLevels(this.#db, this.#place(), LEDGER_ROWS_A_READ)
      // Read before the place moves: who joins meanwhile still waits for this round, or catches up by itself.
      const rows = await this.#rowsOf(levels)
      this.#reach = reach
      for (const subscriber of this.#live) {
        if (subscriber.position >= reach.ledgerId) continue
        subscriber.position = reach.ledgerId
        subscriber.send(rows)
      }
      if (levels.length === 0 || reach.ledgerId === reach.fenceLedgerId) return
    }
  }

  async #rowsOf(levels: LevelKey[]): Promise<StockBoardRow[]> {
    if (levels.length === 0) return []
    const rules = await boardRules({ db: this.#db, policies: this.#policies })
    return readBoardLevels(this.#db, levels, rules)
  }
}
