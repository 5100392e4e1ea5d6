import type { Logger } from 'pino'
import type { FileStore } from '../connectors/files/file-store.ts'
import { readStatement } from '../connectors/finance/statement.ts'
import { readSheet, UnreadableSheetError } from '../connectors/spreadsheets/read-sheet.ts'
import { SETTLEMENT_LIMITS, type SettlementError } from '../contracts/settlements.ts'
import type { Db } from '../store/database.ts'
import {
  acceptSettlementFile,
  type ClaimedFile,
  claimSettlementFile,
  dropFileLines,
  isReadTooOften,
  isToBeRead,
  keepFileLines,
  type NumberedLine,
  refuseSettlementFile,
  settlementFileKey,
} from '../store/settlements.ts'

const LINES_A_BATCH = 2_000

/** The file is another reader's by now. */
class FileLostError extends Error {}

const WHOLE_FILE: Record<UnreadableSheetError['reason'], SettlementError> = {
  encoding: {
    line: 1,
    field: '',
    en: 'is neither UTF-8 nor GB18030 nor UTF-16: save it again as CSV in one of them, or as XLSX',
    zh: '文件编码无法识别：请以 UTF-8 或 GB18030 另存为 CSV，或保存为 XLSX',
  },
  broken: { line: 1, field: '', en: 'cannot be read as a table', zh: '文件损坏或格式不符，无法读取' },
  'too-large': {
    line: 1,
    field: '',
    en: 'is too large for a workbook: send it as CSV',
    zh: '工作簿过大，请改用 CSV',
  },
}

/** Reads the statements that people have uploaded: all of one, or nothing of it and what is wrong. */
export class SettlementReader {
  readonly #db: Db
  readonly #files: FileStore
  readonly #logger: Logger

  constructor(deps: { db: Db; files: FileStore; logger: Logger }) {
    this.#db = deps.db
    this.#files = deps.files
    this.#logger = deps.logger
  }

  /** One round: one file. Returns how many were worked on. A crash leaves a lease that ends: it is read from its beginning. */
  async runOnce(): Promise<number> {
    const file = await claimSettlementFile(this.#db)
    if (!file) return 0
    await dropFileLines(this.#db, file.id)
    let encoding: string | null = null
    try {
      if (isReadTooOften(file)) throw new UnreadableSheetError('broken', 'its reading has died too often')
      const open = () => this.#files.read(settlementFileKey(file.id))
      const sheet = await readSheet(file.format, open)
      encoding = sheet.encoding
      const { newLines, knownLines, errors } = await this.#read(file, readStatement(sheet.rows))
      if (errors.length > 0) await refuseSettlementFile(this.#db, file, { encoding, errors })
      else await acceptSettlementFile(this.#db, file, { encoding, newLines, knownLines })
      // Its lines are kept, or what is wrong with them, and its hash.
      await this.#files.remove(settlementFileKey(file.id))
    } catch (error) {
      if (error instanceof FileLostError) return 1
      if (!(error instanceof UnreadableSheetError)) throw error
      this.#logger.warn({ fileId: file.id, reason: error.message }, 'a statement cannot be read')
      await refuseSettlementFile(this.#db, file, { encoding, errors: [WHOLE_FILE[error.reason]] })
      await this.#files.remove(settlementFileKey(file.id))
    }
    return 1
  }

  /** Removes files that nobody will read: of an upload that died before it was written down. Safe to repeat. */
  async tidy(before: Date): Promise<void> {
    for await (const { key, putAt } of this.#files.list(settlementFileKey(''))) {
      if (putAt >= before) continue
      if (!(await isToBeRead(this.#db, key.slice(settlementFileKey('').length))))
        await this.#files.remove(key)
    }
  }

  async #read(
    file: ClaimedFile,
    rows: ReturnType<typeof readStatement>,
  ): Promise<{ newLines: number; knownLines: number; errors: SettlementError[] }> {
    const errors: SettlementError[] = []
    const isFull = () => errors.length >= SETTLEMENT_LIMITS.errors
    let [total, newLines] = [0, 0]
    let batch: NumberedLine[] = []
    const keep = async () => {
      const kept = await keepFileLines(this.#db, file, batch)
      if (!kept) throw new FileLostError('the file is read by another process')
      newLines += kept.added
      errors.push(...kept.conflicts.map(conflictAt))
      batch = []
    }
    for await (const row of rows) {
      if ('error' in row) errors.push(row.error)
      else {
        total += 1
        batch.push(row)
      }
      if (isFull()) break
      if (batch.length >= LINES_A_BATCH) await keep()
    }
    if (batch.length > 0) await keep()
    if (total === 0 && errors.length === 0) errors.push(NO_LINES)
    errors.sort((one, other) => one.line - other.line)
    return { newLines, knownLines: total - newLines, errors: errors.slice(0, SETTLEMENT_LIMITS.errors) }
  }
}

const NO_LINES: SettlementError = { line: 1, field: '', en: 'has no lines', zh: '没有任何明细' }

function conflictAt(line: number): SettlementError {
  return {
    line,
    field: 'lineId',
    en: 'names an id that is in this file twice, or that an earlier statement of this account has with other contents',
    zh: '流水号在文件中重复，或与已上传的对账单内容不同',
  }
}
