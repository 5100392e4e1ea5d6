import type { Logger } from 'pino'
import { z } from 'zod'
import { readKuaidi100Push } from '../connectors/couriers/kuaidi100/receive.ts'
import { UnreadableJsonError } from '../connectors/lossless-json.ts'
import {
  applyCourierPush,
  type ParcelPush,
  postponePush,
  readNextPush,
  type UnreadPush,
} from '../store/courier-pushes.ts'
import type { Db } from '../store/database.ts'
import { isPassing } from '../store/passing-error.ts'

/** A push that failed so often is set aside; later ones go on. */
const ATTEMPTS_BEFORE_SET_ASIDE = 8
const FIRST_RETRY_MS = 250
const LAST_RETRY_MS = 30_000
/** Pushes read in one round, one transaction each. */
const PUSHES_A_ROUND = 100

const body = z.object({ param: z.string() })

/** How the pushes of each source are read, by the source's name. */
const READERS: Readonly<Record<string, (body: unknown) => ParcelPush>> = {
  kuaidi100: (kept) => readKuaidi100Push(body.parse(kept).param),
}

/**
 * Reads what couriers have pushed and what was acknowledged already: scans for the parcel, and news that decides
 * something for its order. Any number of processes share the work.
 */
export class CourierPushes {
  readonly #db: Db
  readonly #logger: Logger
  readonly #onNews: () => void

  constructor(options: { db: Db; logger: Logger; onNews: () => void }) {
    this.#db = options.db
    this.#logger = options.logger
    this.#onNews = options.onNews
  }

  /** One round. Returns how many pushes it took. */
  async runOnce(): Promise<number> {
    for (let taken = 0; taken < PUSHES_A_ROUND; taken += 1) {
      const done = await readNextPush(this.#db, (tx, push) => applyCourierPush(tx, parse(push), push))
      if (!done) return taken
      if (done.error === null) this.#onNews()
      else await this.#failed(done.push, done.error)
    }
    return PUSHES_A_ROUND
  }

  async #failed(push: UnreadPush, error: unknown): Promise<void> {
    // The database was away: no fault of the push, and nothing could be written about it either.
    if (isPassing(error)) throw error
    const reason = reasonOf(error)
    const isHopeless = isUnreadable(error) || push.attempts + 1 >= ATTEMPTS_BEFORE_SET_ASIDE
    const delayMs = isHopeless ? null : Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** push.attempts)
    this.#logger.warn({ inboxId: push.id, reason, setAside: isHopeless }, 'a courier’s push was not read')
    await postponePush(this.#db, push, { reason, delayMs })
  }
}

function parse(push: UnreadPush): ParcelPush {
  const read = READERS[push.source]
  if (!read) throw new RangeError(`nobody reads pushes of ${push.source}`)
  return read(push.body)
}

/** What does not fit its form today will not fit it tomorrow. */
function isUnreadable(error: unknown): boolean {
  return error instanceof z.ZodError || error instanceof RangeError || error instanceof UnreadableJsonError
}

function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error)
  return error instanceof Error ? error.message : String(error)
}
