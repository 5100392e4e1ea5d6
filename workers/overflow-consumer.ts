import type { Logger } from 'pino'
import type { Db } from '../store/database.ts'
import type { HintStream, StreamEntry } from '../store/hint-stream.ts'
import { type InboxHint, insertHints } from '../store/intake.ts'

/** Entries moved together: one statement, well within what it may take. */
const ENTRIES_AT_ONCE = 256
/** A consumer that has been silent for so long is dead: what it took is taken over. */
const SILENT_MS = 30_000
/** Then it is forgotten, too. */
const FORGOTTEN_MS = 60 * 60_000

/** Moves what lies in Redis into the inbox, and deletes it there after the commit. Any number may run. */
export class OverflowConsumer {
  readonly #db: Db
  readonly #stream: HintStream
  readonly #name: string
  readonly #logger: Logger
  readonly #silentMs: number
  #forgotAtMs = 0

  /** @param options.name of this process alone, as long as it lives */
  constructor(options: { db: Db; stream: HintStream; name: string; logger: Logger; silentMs?: number }) {
    this.#db = options.db
    this.#stream = options.stream
    this.#name = options.name
    this.#logger = options.logger
    this.#silentMs = options.silentMs ?? SILENT_MS
  }

  /** One round. Returns how many entries were moved. */
  async runOnce(): Promise<number> {
    const entries = await this.#stream.take(this.#name, { count: ENTRIES_AT_ONCE, silentMs: this.#silentMs })
    if (entries.length === 0) {
      await this.#forget()
      return 0
    }
    const hints = entries.flatMap((entry) => entry.hints ?? [this.#unreadable(entry)])
    await insertHints(this.#db, hints)
    await this.#stream.remove(entries.map(({ id }) => id))
    return entries.length
  }

  async #forget(): Promise<void> {
    const now = Date.now()
    if (now - this.#forgotAtMs < FORGOTTEN_MS) return
    this.#forgotAtMs = now
    await this.#stream.forgetConsumers(FORGOTTEN_MS)
  }

  /** Acknowledged and not understood: a person decides. */
  #unreadable({ id, text }: StreamEntry): InboxHint {
    this.#logger.error({ entry: id }, 'an entry of the intake stream cannot be read: set aside')
    const at = new Date().toISOString()
    return {
      source: 'intake',
      shop: '',
      sourceEventId: `stream/${id}`,
      type: 'unreadable',
      orderKey: 'intake/unreadable',
      state: 'set_aside',
      occurredAt: at,
      receivedAt: at,
      traceParent: null,
      body: { escaped: JSON.stringify(text) },
      raise: { kind: 'unknown_channel_message', key: 'intake/unreadable' },
    }
  }
}
