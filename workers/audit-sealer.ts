import type { Logger } from 'pino'
import { keepAuditHead, sealAuditEntries } from '../store/audit-sealing.ts'
import type { Db } from '../store/database.ts'

/** Some hundred milliseconds of hashing and writing: the turn passes on before anybody waits for it. */
const ENTRIES_A_ROUND = 1_000

/** Chains what was added to the audit trail. Any number of processes may run this; one of them has its turn. */
export class AuditSealer {
  readonly #db: Db
  readonly #logger: Logger

  constructor(deps: { db: Db; logger: Logger }) {
    this.#db = deps.db
    this.#logger = deps.logger
  }

  /** One round: seals, and once all is sealed keeps the head of a day that has ended. Returns how many were sealed. */
  async runOnce(): Promise<number> {
    const sealed = await sealAuditEntries(this.#db, ENTRIES_A_ROUND)
    if (sealed < ENTRIES_A_ROUND && (await keepAuditHead(this.#db))) {
      this.#logger.info('the head of the audit chain was kept for the day that ended')
    }
    return sealed
  }
}
