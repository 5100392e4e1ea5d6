import type { Db } from './database.ts'
import { QueueFullError } from './group-commit.ts'
import { type InboxHint, insertHints } from './intake.ts'

export type WriterLimits = {
  /** Hints of a group: enough to share one wait for the disk, few enough that the last is not kept long. */
  groupHints: number
  /** Groups at once; each takes a connection of the pool. */
  groups: number
  /** Hints that wait. More are refused at once: the overflow, or the platform's own repetition, serves them sooner. */
  waitingHints: number
  /** What waits, in characters of the messages: large ones must not fill the memory. */
  waitingCharacters: number
}

const WRITER_LIMITS: WriterLimits = {
  groupHints: 256,
  groups: 2,
  waitingHints: 4_000,
  waitingCharacters: 32 * 1024 * 1024,
}

type Entry = {
  hints: InboxHint[]
  characters: number
  resolve: () => void
  reject: (error: unknown) => void
}

/**
 * Writes pushes that arrive at the same time with one statement, and with it one round trip and one wait for the
 * disk: what arrives while a group is being written goes into the next one.
 */
export class HintWriter {
  readonly #db: Db
  readonly #limits: WriterLimits
  readonly #onWritten: (hints: readonly InboxHint[]) => void
  #waiting: Entry[] = []
  #waitingHints = 0
  #waitingCharacters = 0
  #running = 0
  #scheduled = false

  /** @param options.onWritten told after each commit what is in the inbox now */
  constructor(
    db: Db,
    options: { limits?: Partial<WriterLimits>; onWritten?: (hints: readonly InboxHint[]) => void } = {},
  ) {
    this.#db = db
    this.#limits = { ...WRITER_LIMITS, ...options.limits }
    this.#onWritten = options.onWritten ?? (() => undefined)
  }

  /** Resolves once the hints are committed. @throws QueueFullError, or what the database throws */
  submit(hints: InboxHint[]): Promise<void> {
    const characters = hints.reduce(
      (sum, { body }) => sum + ('raw' in body ? body.raw : body.escaped).length,
      0,
    )
    const { waitingHints, waitingCharacters } = this.#limits
    if (
      this.#waitingHints + hints.length > waitingHints ||
      this.#waitingCharacters + characters > waitingCharacters
    ) {
      return Promise.reject(new QueueFullError('too many messages wait to be written'))
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ hints, characters, resolve, reject })
      this.#waitingHints += hints.length
      this.#waitingCharacters += characters
      this.#schedule()
    })
  }

  /** After whatever else arrived in this turn of the event loop. */
  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      while (this.#waiting.length > 0 && this.#running < this.#limits.groups)
        void this.#run(this.#nextGroup())
    })
  }

  #nextGroup(): Entry[] {
    let count = 0
    const end = this.#waiting.findIndex(({ hints }, index) => {
      count += hints.length
      return index > 0 && count > this.#limits.groupHints
    })
    const group = this.#waiting.splice(0, end === -1 ? this.#waiting.length : end)
    for (const { hints, characters } of group) {
      this.#waitingHints -= hints.length
      this.#waitingCharacters -= characters
    }
    return group
  }

  async #run(group: Entry[]): Promise<void> {
    this.#running += 1
    try {
      const hints = group.flatMap((entry) => entry.hints)
      await insertHints(this.#db, hints)
      this.#onWritten(hints)
      for (const entry of group) entry.resolve()
    } catch (error) {
      if (group.length > 1 && isAboutData(error)) await this.#runSingly(group)
      else for (const entry of group) entry.reject(error)
    }
    this.#running -= 1
    if (this.#waiting.length > 0) this.#schedule()
  }

  /** One of them is to blame: alone each shows whether it is the one, and the others are written. */
  async #runSingly(group: Entry[]): Promise<void> {
    for (const entry of group) {
      try {
        await insertHints(this.#db, entry.hints)
        this.#onWritten(entry.hints)
        entry.resolve()
      } catch (error) {
        entry.reject(error)
      }
    }
  }
}

/** SQLSTATE classes that speak of the values, not of the server. */
function isAboutData(error: unknown): boolean {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
  return typeof code === 'string' && /^2[123]/.test(code)
}
