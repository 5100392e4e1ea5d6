import type { Db } from './database.ts'
import type { HintStream } from './hint-stream.ts'
import { HintWriter, type WriterLimits } from './hint-writer.ts'
import { type InboxHint, type IncomingHint, inboxHintOf, notePushes } from './intake.ts'

/** Neither the database nor Redis has it: the platform must be told to try again. */
export class IntakeUnavailableError extends Error {
  override readonly name = 'IntakeUnavailableError'
}

/** A push waits so long for the database before it goes to Redis. */
const PATIENCE_MS = 750
/** After that the database is left alone for a moment, so that the next pushes need not wait as long. */
const REST_MS = 1_000
/** Where there is no Redis to go to, or it refuses: platforms give up after five seconds and more. */
const LONGEST_WAIT_MS = 4_000
/** A shop's row says at most so often that its pushes come in. */
const NOTE_EVERY_MS = 5_000

export type Way = 'inbox' | 'overflow'

/**
 * Takes what platforms push. Returns when it is durable: in the inbox, or, while the database is away, slow or has too
 * many waiting, in a Redis stream from where it is moved there. The same message by both ways is one message.
 */
export class DurableIntake {
  readonly #db: Db
  readonly #writer: HintWriter
  readonly #stream: HintStream | null
  readonly #now: () => number
  readonly #notedAtMs = new Map<string, number>()
  #restUntilMs = Number.NEGATIVE_INFINITY

  /** @param options.onWritten told after every commit, to wake whoever fetches */
  constructor(
    db: Db,
    options: {
      stream: HintStream | null
      limits?: Partial<WriterLimits>
      now?: () => number
      onWritten?: () => void
    },
  ) {
    this.#db = db
    this.#stream = options.stream
    this.#now = options.now ?? (() => performance.now())
    this.#writer = new HintWriter(db, {
      ...(options.limits ? { limits: options.limits } : {}),
      onWritten: (hints) => {
        options.onWritten?.()
        this.#note(hints)
      },
    })
  }

  /**
   * Keeps the hints of one push.
   *
   * @returns where they are
   * @throws IntakeUnavailableError when they are not durable anywhere
   */
  async accept(hints: readonly IncomingHint[]): Promise<Way> {
    if (hints.length === 0) return 'inbox'
    const rows = hints.map(inboxHintOf)
    if (!this.#stream?.isDurable) return this.#write(rows, LONGEST_WAIT_MS)
    if (this.#now() >= this.#restUntilMs) {
      const written = this.#writer.submit(rows)
      try {
        await within(PATIENCE_MS, written)
        return 'inbox'
      } catch {
        this.#restUntilMs = this.#now() + REST_MS
        return this.#overflow(rows, written)
      }
    }
    return this.#overflow(rows, null)
  }

  /** @param written the attempt to write them that is under way, if there is one: it may still succeed */
  async #overflow(rows: InboxHint[], written: Promise<void> | null): Promise<Way> {
    try {
      await this.#stream?.append(rows)
      return 'overflow'
    } catch {
      // Redis went away, too, or is full: what is left is to wait for the database.
      return this.#settle(written ?? this.#writer.submit(rows), LONGEST_WAIT_MS - PATIENCE_MS)
    }
  }

  #write(rows: InboxHint[], patienceMs: number): Promise<Way> {
    return this.#settle(this.#writer.submit(rows), patienceMs)
  }

  async #settle(written: Promise<void>, patienceMs: number): Promise<Way> {
    try {
      await within(patienceMs, written)
      return 'inbox'
    } catch (error) {
      throw new IntakeUnavailableError('the message could not be kept', { cause: error })
    }
  }

  #note(hints: readonly InboxHint[]): void {
    const now = this.#now()
    const shopIds = [...new Set(hints.map(({ shop }) => shop))].filter(
      (shop) => shop !== '' && now - (this.#notedAtMs.get(shop) ?? Number.NEGATIVE_INFINITY) >= NOTE_EVERY_MS,
    )
    if (shopIds.length === 0) return
    for (const shop of shopIds) this.#notedAtMs.set(shop, now)
    // Only a sign of life: the next one says the same.
    notePushes(this.#db, shopIds).catch(() => undefined)
  }
}

async function within(milliseconds: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not written within ${milliseconds} ms`)), milliseconds)
  })
  // Whatever becomes of it after its time: it is heard here or nowhere.
  work.catch(() => undefined)
  try {
    await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
  }
}
