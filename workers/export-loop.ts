import { createHash } from 'node:crypto'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Logger } from 'pino'
import type { FileStore } from '../connectors/files/file-store.ts'
import { writeSheet } from '../connectors/spreadsheets/sheet.ts'
import type { Db } from '../store/database.ts'
import {
  type ClaimedExport,
  claimExportJob,
  expireExports,
  failExport,
  finishExport,
  markExpired,
  reportExport,
} from '../store/export-jobs.ts'
import { exportSource } from '../store/exports.ts'

/** Between two reports of how far a job has come, which is also how soon a cancellation is noticed. */
const ROWS_A_REPORT = 5_000
/** Files that are removed in one round. */
const EXPIRED_A_ROUND = 50

class NotMineError extends Error {}

/** Makes the exports that people asked for, one at a time a process. What a crash left is made again from the start. */
export class ExportMaker {
  readonly #db: Db
  readonly #files: FileStore
  readonly #logger: Logger

  constructor(deps: { db: Db; files: FileStore; logger: Logger }) {
    this.#db = deps.db
    this.#files = deps.files
    this.#logger = deps.logger
  }

  /** One round: one job, and the removal of files whose time is over. Returns how many jobs were worked on. */
  async runOnce(): Promise<number> {
    await this.#removeExpired()
    const job = await claimExportJob(this.#db)
    if (!job) return 0
    try {
      if (job.before) await this.#files.remove(job.before)
      const file = await this.#write(job)
      if (!(await finishExport(this.#db, job, file))) await this.#files.remove(job.key)
    } catch (error) {
      await this.#files.remove(job.key)
      if (error instanceof NotMineError) return 1
      this.#logger.warn({ exportId: job.id, attempt: job.attempt, err: error }, 'an export failed')
      await failExport(this.#db, job)
    }
    return 1
  }

  async #write(job: ClaimedExport): Promise<{ rows: number; bytes: number; sha256: Buffer }> {
    const source = exportSource(this.#db, job.request)
    const hash = createHash('sha256')
    let rows = 0
    let bytes = 0
    const count = (taken: number) => {
      rows = taken
    }
    const rowsTaken = this.#reporting(job, source.rows, count)
    const sheet = { ...source, rows: rowsTaken }
    const measure = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk)
        bytes += chunk.length
        done(null, chunk)
      },
    })
    const kept = this.#files.put(job.key, measure).catch((error: Error) => {
      measure.destroy(error)
      throw error
    })
    // All have ended before anybody removes what they leave: a report under way would still hold the job's row.
    const ended = await Promise.allSettled([pipeline(writeSheet(job.request.format, sheet), measure), kept])
    await rowsTaken.return(undefined)
    for (const end of ended) if (end.status === 'rejected') throw end.reason
    return { rows, bytes, sha256: hash.digest() }
  }

  /** The rows as they come, with a report now and then. */
  async *#reporting<Row>(
    job: ClaimedExport,
    rows: AsyncIterable<Row>,
    count: (taken: number) => void,
  ): AsyncGenerator<Row> {
    let taken = 0
    for await (const row of rows) {
      if (taken % ROWS_A_REPORT === 0 && !(await reportExport(this.#db, job, taken))) throw new NotMineError()
      taken += 1
      count(taken)
      yield row
    }
  }

  async #removeExpired(): Promise<void> {
    for (const { id, key } of await expireExports(this.#db, EXPIRED_A_ROUND)) {
      await this.#files.remove(key)
      await markExpired(this.#db, id)
    }
  }
}
