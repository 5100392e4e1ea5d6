import { type Selectable, sql } from 'kysely'
import { ProblemError } from '../contracts/errors.ts'
import {
  type ExportJob,
  type ExportRequest,
  type ListExportsQuery,
  storedExportRequest,
} from '../contracts/exports.ts'
import type { Db, Tx } from './database.ts'
import { beyond, exact, Keyset, type Page, timeAndUuid } from './paging.ts'
import type { Database } from './schema.ts'

type JobRow = Selectable<Database['export_job']>

/** Of one caller at once: each reads as fast as it can. */
export const MAX_OPEN_EXPORTS = 3
/** A worker says at least this often that it is still there; one that died is succeeded after it. */
const LEASE_SECONDS = 60
/** A job that fails this often fails for good. */
const MAX_ATTEMPTS = 3
/** So long the file can be fetched. */
const FILE_HOURS = 24

/** Asks for an export. @throws ProblemError `too-many-exports` */
export async function createExportJob(
  tx: Tx,
  job: { id: string; caller: string; actor: string; request: ExportRequest },
): Promise<ExportJob> {
  const { id, caller, actor, request } = job
  await sql`select pg_advisory_xact_lock(hashtextextended(${`exports/${caller}`}, 0))`.execute(tx)
  const open = await tx
    .selectFrom('export_job')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('caller', '=', caller)
    .where('state', 'in', ['waiting', 'running'])
    .executeTakeFirstOrThrow()
  if (open.count >= MAX_OPEN_EXPORTS) throw new ProblemError('too-many-exports')
  const { scope, ...body } = request
  const row = await tx
    .insertInto('export_job')
    .values({
      ...{ id, caller, actor, kind: request.kind, format: request.format },
      request: JSON.stringify({ body, scope }),
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  return viewOf(row)
}

/** A caller's own exports. */
export async function listExportJobs(
  db: Db,
  caller: string,
  query: ListExportsQuery,
): Promise<Page<ExportJob>> {
  const { kind, state, sort } = query
  const keyset = new Keyset(`exports/${caller}`, query, timeAndUuid)
  const direction = sort === 'newest' ? 'desc' : 'asc'
  let select = db
    .selectFrom('export_job')
    .selectAll()
    .select(exact('created_at').as('exactly'))
    .where('caller', '=', caller)
    .where(beyond(['created_at', 'id'], sort, keyset.after(query.cursor)))
    .orderBy('created_at', direction)
    .orderBy('id', direction)
    .limit(query.limit + 1)
  if (kind) select = select.where('kind', '=', kind)
  if (state) select = select.where('state', '=', state)
  return keyset.page(await select.execute(), query.limit, (row) => [row.exactly, row.id], viewOf)
}

/** One of a caller's own. @throws ProblemError `export-not-found`, also for somebody else's */
export async function findExportJob(db: Db, caller: string, id: string): Promise<ExportJob> {
  return viewOf(await findRow(db, caller, id))
}

/** The file of a job that is done. @throws ProblemError `export-not-found`, `export-not-ready` */
export async function findExportFile(
  db: Db,
  caller: string,
  id: string,
): Promise<{ key: string; name: string; row: JobRow & { sha256: Buffer } }> {
  const row = await findRow(db, caller, id)
  const { sha256 } = row
  if (row.state !== 'done' || sha256 === null)
    throw new ProblemError('export-not-ready', `the export is ${row.state}`)
  return { key: exportKey(row), name: `${row.kind}.${row.format}`, row: { ...row, sha256 } }
}

/** Gives a job up; its worker notices with its next report. One that has ended stays as it is. */
export async function cancelExportJob(db: Db, caller: string, id: string): Promise<ExportJob> {
  const row = await db
    .updateTable('export_job')
    .set({ state: 'cancelled', leased_until: null, finished_at: sql<Date>`clock_timestamp()` })
    .where('id', '=', id)
    .where('caller', '=', caller)
    .where('state', 'in', ['waiting', 'running'])
    .returningAll()
    .executeTakeFirst()
  return row ? viewOf(row) : findExportJob(db, caller, id)
}

export type ClaimedExport = {
  id: string
  attempt: number
  request: ExportRequest
  key: string
  before: string | null
}

/** The next job that nobody works on, also one whose worker has not been heard of; null when there is none. */
export async function claimExportJob(db: Db): Promise<ClaimedExport | null> {
  const { rows } = await sql<JobRow>`
    update export_job set state = 'running', attempt = attempt + 1, rows_written = 0,
      leased_until = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
    where id = (
      select id from export_job
      where state = 'waiting' or (state = 'running' and leased_until < clock_timestamp())
      order by created_at limit 1 for update skip locked
    ) returning *`.execute(db)
  const [row] = rows
  if (!row) return null
  const { body, scope } = storedExportRequest.parse(row.request)
  return {
    id: row.id,
    attempt: row.attempt,
    request: { ...body, scope },
    key: exportKey(row),
    before: row.attempt > 1 ? exportKey({ ...row, attempt: row.attempt - 1 }) : null,
  }
}

/** Says how far a job has come. Returns whether it is still ours: not cancelled, and nobody else's. */
export async function reportExport(db: Db, job: ClaimedExport, rowsWritten: number): Promise<boolean> {
  const updated = await mine(db, job)
    .set({
      rows_written: rowsWritten,
      leased_until: sql<Date>`clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})`,
    })
    .executeTakeFirst()
  return updated.numUpdatedRows > 0n
}

/** The file is there. Returns whether the job was still ours; otherwise the file is nobody's. */
export async function finishExport(
  db: Db,
  job: ClaimedExport,
  file: { rows: number; bytes: number; sha256: Buffer },
): Promise<boolean> {
  const updated = await mine(db, job)
    .set({
      state: 'done',
      rows_written: file.rows,
      bytes: file.bytes,
      sha256: file.sha256,
      leased_until: null,
      finished_at: sql<Date>`clock_timestamp()`,
      expires_at: sql<Date>`clock_timestamp() + make_interval(hours => ${FILE_HOURS})`,
    })
    .executeTakeFirst()
  return updated.numUpdatedRows > 0n
}

/** It did not work: later once more, until it has failed too often. */
export async function failExport(db: Db, job: ClaimedExport): Promise<void> {
  const forGood = job.attempt >= MAX_ATTEMPTS
  await mine(db, job)
    .set({
      state: forGood ? 'failed' : 'waiting',
      leased_until: null,
      finished_at: forGood ? sql<Date>`clock_timestamp()` : null,
    })
    .execute()
}

/** Ends the time of files that may no longer be fetched. Returns their keys: they are to be removed. */
export async function expireExports(db: Db, limit: number): Promise<{ id: string; key: string }[]> {
  const rows = await db
    .selectFrom('export_job')
    .selectAll()
    .where('state', '=', 'done')
    .where('expires_at', '<', sql<Date>`clock_timestamp()`)
    .orderBy('expires_at')
    .limit(limit)
    .execute()
  return rows.map((row) => ({ id: row.id, key: exportKey(row) }))
}

/** The file is gone. */
export async function markExpired(db: Db, id: string): Promise<void> {
  await db
    .updateTable('export_job')
    .set({ state: 'expired' })
    .where('id', '=', id)
    .where('state', '=', 'done')
    .execute()
}

function mine(db: Db, job: ClaimedExport) {
  return db
    .updateTable('export_job')
    .where('id', '=', job.id)
    .where('attempt', '=', job.attempt)
    .where('state', '=', 'running')
}

async function findRow(db: Db, caller: string, id: string): Promise<JobRow> {
  const row = await db
    .selectFrom('export_job')
    .selectAll()
    .where('id', '=', id)
    .where('caller', '=', caller)
    .executeTakeFirst()
  if (!row) throw new ProblemError('export-not-found')
  return row
}

function exportKey({ id, attempt, format }: Pick<JobRow, 'id' | 'attempt' | 'format'>): string {
  return `exports/${id}-${attempt}.${format}`
}

function viewOf(row: JobRow): ExportJob {
  return {
    exportId: row.id,
    kind: row.kind,
    format: row.format,
    state: row.state,
    rowsWritten: row.rows_written,
    bytes: row.bytes,
    sha256: row.sha256?.toString('hex') ?? null,
    createdAt: row.created_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
    expiresAt: row.expires_at?.toISOString() ?? null,
    link: row.state === 'done' ? `/v1/exports/${row.id}/file` : null,
  }
}
