import { type Selectable, sql } from 'kysely'
import { ProblemError } from '../contracts/errors.ts'
import type { ExportFormat } from '../contracts/exports.ts'
import type {
  ListSettlementFilesQuery,
  SettlementError,
  SettlementFileView,
  SettlementLine,
} from '../contracts/settlements.ts'
import type { Db, Tx } from './database.ts'
import { beyond, exact, Keyset, type Page, timeAndUuid } from './paging.ts'
import type { Database } from './schema.ts'

type FileRow = Selectable<Database['settlement_file']>

const LEASE_SECONDS = 60
/** A file whose reading dies this often is not read again. */
const MOST_ATTEMPTS = 5
const LINES_A_REMOVAL = 20_000

export function settlementFileKey(fileId: string): string {
  return `settlements/${fileId}`
}

/** Writes down a statement whose file is there. @throws ProblemError `settlement-known` when it was uploaded before */
export async function insertSettlementFile(
  tx: Tx,
  file: {
    id: string
    format: ExportFormat
    account: string
    uploadedBy: string
    bytes: number
    sha256: Buffer
  },
): Promise<SettlementFileView> {
  const { id, format, account, uploadedBy, bytes, sha256 } = file
  const row = await tx
    .insertInto('settlement_file')
    .values({ id, format, account, uploaded_by: uploadedBy, bytes, sha256 })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst()
  if (!row) throw new ProblemError('settlement-known')
  return viewOf(row)
}

/** One page of the statements. */
export async function listSettlementFiles(
  db: Db,
  query: ListSettlementFilesQuery,
): Promise<Page<SettlementFileView>> {
  const keyset = new Keyset('settlement-files', query, timeAndUuid)
  const direction = query.sort === 'oldest' ? 'asc' : 'desc'
  let select = db
    .selectFrom('settlement_file')
    .selectAll()
    .select(exact('uploaded_at').as('at'))
    .where(beyond(['uploaded_at', 'id'], query.sort, keyset.after(query.cursor)))
    .orderBy('uploaded_at', direction)
    .orderBy('id', direction)
    .limit(query.limit + 1)
  if (query.account) select = select.where('account', '=', query.account)
  if (query.state) select = select.where('state', '=', query.state)
  return keyset.page(await select.execute(), query.limit, (row) => [row.at, row.id], viewOf)
}

/** @throws ProblemError `settlement-not-found` */
export async function findSettlementFile(db: Db, fileId: string): Promise<SettlementFileView> {
  const row = await db.selectFrom('settlement_file').selectAll().where('id', '=', fileId).executeTakeFirst()
  if (!row) throw new ProblemError('settlement-not-found')
  return viewOf(row)
}

export type ClaimedFile = { id: string; attempt: number; format: ExportFormat; account: string }

/**
 * The next statement to read, also one whose reader has not been heard of; null when there is none, and while another one is
 * being read.
 */
export async function claimSettlementFile(db: Db): Promise<ClaimedFile | null> {
  return db.transaction().execute(async (tx) => {
    // One file at a time: lines of one that may still be refused are known to nobody else.
    await sql`select pg_advisory_xact_lock(hashtextextended('settlement-files', 0))`.execute(tx)
    const { rows } = await sql<ClaimedFile>`
      update settlement_file set state = 'reading', attempt = attempt + 1, rows_read = 0,
        leased_until = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
      where id = (
        select id from settlement_file
        where (state = 'waiting' or (state = 'reading' and leased_until < clock_timestamp()))
          and not exists (select 1 from settlement_file where state = 'reading' and leased_until >= clock_timestamp())
        order by uploaded_at limit 1
      )
      returning id, attempt, format, account`.execute(tx)
    return rows[0] ?? null
  })
}

/** Whether a file still waits for its reader. */
export async function isToBeRead(db: Db, fileId: string): Promise<boolean> {
  const row = await db
    .selectFrom('settlement_file')
    .select('id')
    .where(sql<string>`id::text`, '=', fileId)
    .where('state', 'in', ['waiting', 'reading'])
    .executeTakeFirst()
  return row !== undefined
}

/** Its reading has died too often: it is not read again. */
export function isReadTooOften({ attempt }: ClaimedFile): boolean {
  return attempt > MOST_ATTEMPTS
}

export type NumberedLine = { line: number; settled: SettlementLine }

/**
 * Keeps lines of a file, not counting yet. One that is known just so is passed over.
 *
 * @returns null when the file is no longer this reader's; otherwise how many are new, and the lines that say something else than
 *   what is known under their id
 */
export async function keepFileLines(
  db: Db,
  file: ClaimedFile,
  lines: readonly NumberedLine[],
): Promise<{ added: number; conflicts: number[] } | null> {
  return db.transaction().execute(async (tx) => {
    const mine = await tx
      .updateTable('settlement_file')
      .set((eb) => ({ rows_read: eb('rows_read', '+', lines.length) }))
      .set({ leased_until: sql<Date>`clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})` })
      .where('id', '=', file.id)
      .where('attempt', '=', file.attempt)
      .where('state', '=', 'reading')
      .executeTakeFirst()
    if (!mine.numUpdatedRows) return null
    const { rows } = await sql<{ line: number; outcome: 'added' | 'known' | 'conflict' }>`
      with given as (
        select * from jsonb_to_recordset(${JSON.stringify(lines.map(({ line, settled }) => ({ line, ...settled })))}::jsonb)
          as given (line bigint, "lineId" text, type text, serial text, "orderRef" text, "amountCents" bigint, "settledAt" timestamptz)
      ), added as (
        insert into settlement_line (account, line_id, type, serial, order_ref, amount_cents, settled_at, file_id, counts)
        select ${file.account}, "lineId", type, serial, "orderRef", "amountCents", "settledAt", ${file.id}, false
        from given on conflict (account, line_id) do nothing returning line_id
      )
      select given.line, case when count(*) over (partition by given."lineId") > 1 then 'conflict'
        when added.line_id is not null then 'added'
        when known.file_id is distinct from ${file.id} and (known.type, known.serial, known.order_ref, known.amount_cents, known.settled_at)
          is not distinct from (given.type, given.serial, given."orderRef", given."amountCents", given."settledAt") then 'known'
        else 'conflict' end as outcome
      from given left join added on added.line_id = given."lineId" collate "C"
      left join settlement_line as known on known.account = ${file.account} and known.line_id = given."lineId" collate "C"`.execute(
      tx,
    )
    const linesOf = (which: string) => rows.filter(({ outcome }) => outcome === which).map(({ line }) => line)
    return { added: linesOf('added').length, conflicts: linesOf('conflict') }
  })
}

/** All of it could be read: its lines count from now on, all at once. Returns whether the file was still this reader's. */
export async function acceptSettlementFile(
  db: Db,
  file: ClaimedFile,
  { encoding, newLines, knownLines }: { encoding: string | null; newLines: number; knownLines: number },
): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    const settled = await mine(tx, file)
      .set({ state: 'accepted', encoding, new_lines: newLines, known_lines: knownLines, leased_until: null })
      .set({ settled_at: sql<Date>`clock_timestamp()` })
      .executeTakeFirst()
    if (!settled.numUpdatedRows) return false
    await sql`update settlement_line set counts = true where file_id = ${file.id} and not counts`.execute(tx)
    return true
  })
}

/** Nothing of it is taken over, and it says why. */
export async function refuseSettlementFile(
  db: Db,
  file: ClaimedFile,
  { encoding, errors }: { encoding: string | null; errors: readonly SettlementError[] },
): Promise<void> {
  await mine(db, file)
    .set({ state: 'refused', encoding, errors: JSON.stringify(errors), leased_until: null })
    .set({ new_lines: 0, known_lines: 0, settled_at: sql<Date>`clock_timestamp()` })
    .execute()
  await dropFileLines(db, file.id)
}

/** Removes lines that do not count, of a file that is read anew or was refused. */
export async function dropFileLines(db: Db, fileId: string): Promise<void> {
  for (;;) {
    const result = await sql`
      delete from settlement_line where ctid = any(array(
        select ctid from settlement_line where file_id = ${fileId} and not counts limit ${LINES_A_REMOVAL}))`.execute(
      db,
    )
    if (Number(result.numAffectedRows ?? 0) < LINES_A_REMOVAL) return
  }
}

/** Whether any statement was taken over. */
export async function hasSettlements(db: Db): Promise<boolean> {
  const row = await db
    .selectFrom('settlement_line')
    .select('line_id')
    .where('counts', '=', true)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

function mine(db: Db | Tx, file: ClaimedFile) {
  return db
    .updateTable('settlement_file')
    .where('id', '=', file.id)
    .where('attempt', '=', file.attempt)
    .where('state', '=', 'reading')
}

function viewOf(row: FileRow): SettlementFileView {
  return {
    fileId: row.id,
    account: row.account,
    format: row.format,
    state: row.state,
    bytes: row.bytes,
    sha256: row.sha256.toString('hex'),
    rowsRead: row.rows_read,
    newLines: row.new_lines,
    knownLines: row.known_lines,
    encoding: row.encoding,
    errors: row.errors,
    uploadedBy: row.uploaded_by,
    uploadedAt: row.uploaded_at.toISOString(),
    settledAt: row.settled_at?.toISOString() ?? null,
  }
}
