import { turnDelegation } from '../store/change-delegations.ts'
import type { Db } from '../store/database.ts'
import type { KeyRing } from '../store/keyring.ts'

const TURNS_A_ROUND = 20

/** Has those asked who are to decide once somebody's delegation has begun, or is over, without anybody saying so. */
export class DelegationTurns {
  readonly #options: { db: Db; keyRing: KeyRing }

  constructor(options: { db: Db; keyRing: KeyRing }) {
    this.#options = options
  }

  /** One round. Returns how many turns it has taken; 0 means that nothing is due. */
  async runOnce(): Promise<number> {
    const { db, keyRing } = this.#options
    for (let taken = 0; taken < TURNS_A_ROUND; taken += 1) {
      const isTaken = await db.transaction().execute((tx) => turnDelegation(tx, keyRing))
      if (!isTaken) return taken
    }
    return TURNS_A_ROUND
  }
}
