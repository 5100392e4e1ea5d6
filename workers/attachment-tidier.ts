import type { Logger } from 'pino'
import { ATTACHMENT_FOLDER, AttachmentFiles, attachmentOfKey } from '../connectors/files/attachment-files.ts'
import type { FileStore } from '../connectors/files/file-store.ts'
import { attachmentsWithFile, eraseOldAttachments, takeOldDrafts } from '../store/attachment-retention.ts'
import type { Db } from '../store/database.ts'
import type { KeyRing } from '../store/keyring.ts'

/** In one transaction, and between two looks at the database. */
const BATCH = 100
/** A file is there a moment before its row: only what has had none for so long is nobody's. */
const ORPHAN_AFTER_MS = 60 * 60_000
/** Every file is looked at for it. */
const SWEEP_EVERY_MS = 24 * 60 * 60_000

type Deps = {
  db: Db
  files: FileStore
  keyRing: KeyRing
  logger: Logger
  /** After a request has ended. */
  daysKept: number
  now?: () => number
}

/** Removes attachments that nobody has named, files whose time is over, and what crashes have left. */
export class AttachmentTidier {
  readonly #deps: Deps
  readonly #attachments: AttachmentFiles
  readonly #now: () => number
  #sweptAtMs = 0

  constructor(deps: Deps) {
    this.#deps = deps
    this.#attachments = new AttachmentFiles(deps.files, deps.keyRing)
    this.#now = deps.now ?? Date.now
  }

  /** One round. Any number of processes may do it at once. */
  async runOnce(): Promise<void> {
    const { db, daysKept, logger } = this.#deps
    const drafts = await this.#removeAll(() => takeOldDrafts(db, BATCH))
    const erased = await this.#removeAll(() => eraseOldAttachments(db, daysKept, BATCH))
    const swept = this.#now() - this.#sweptAtMs >= SWEEP_EVERY_MS ? await this.#sweep() : 0
    if (drafts + erased + swept > 0) logger.info({ drafts, erased, swept }, 'attachments removed')
  }

  /** Row by row first, then the files: see `attachment-retention.ts`. */
  async #removeAll(take: () => Promise<string[]>): Promise<number> {
    let removed = 0
    for (let ids = await take(); ids.length > 0; ids = await take()) {
      for (const id of ids) await this.#attachments.remove(id)
      removed += ids.length
    }
    return removed
  }

  /** Removes files that no row speaks of. Returns how many. */
  async #sweep(): Promise<number> {
    const { files } = this.#deps
    const before = new Date(this.#now() - ORPHAN_AFTER_MS)
    await files.removeUnfinished(before)
    let swept = 0
    let batch: { id: string; key: string }[] = []
    for await (const { key, putAt } of files.list(ATTACHMENT_FOLDER)) {
      const id = attachmentOfKey(key)
      if (id === null || putAt >= before) continue
      batch.push({ id, key })
      if (batch.length < BATCH) continue
      swept += await this.#sweepBatch(batch)
      batch = []
    }
    swept += await this.#sweepBatch(batch)
    this.#sweptAtMs = this.#now()
    return swept
  }

  async #sweepBatch(batch: readonly { id: string; key: string }[]): Promise<number> {
    if (batch.length === 0) return 0
    const ids = [...new Set(batch.map(({ id }) => id))]
    const needed = await attachmentsWithFile(this.#deps.db, ids)
    const orphans = batch.filter(({ id }) => !needed.has(id))
    for (const { key } of orphans) await this.#deps.files.remove(key)
    return orphans.length
  }
}
