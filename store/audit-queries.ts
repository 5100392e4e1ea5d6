import { type Kysely, sql } from 'kysely'
import { z } from 'zod'
import {
  AUDIT_ACTIONS,
  type AuditEntryView,
  type AuditFilters,
  type AuditHead,
  type AuditQuery,
} from '../contracts/audit.ts'
import type { Db } from './database.ts'
import { exact, Keyset, type Page, type PageRequest, timeAndId } from './paging.ts'
import type { Database } from './schema.ts'

/** A time that PostgreSQL wrote out, and an id. */
type EntryPosition = [at: string, id: string]
const timeAndNumber = timeAndId.refine(([, id]) => /^[0-9]{1,15}$/.test(id))

/** One page of the audit trail. */
export async function listAuditEntries(db: Db, query: AuditQuery): Promise<Page<AuditEntryView>> {
  const keyset = new Keyset<EntryPosition>('audit', query, timeAndNumber)
  const after = keyset.after(query.cursor)
  const rows = await readEntries(db, { filters: query, sort: query.sort, after, limit: query.limit + 1 })
  return keyset.page(rows, query.limit, (row) => [row.exactly, String(row.id)], viewOf)
}

/** So many rows are read at a time for an export. */
const EXPORT_BATCH = 1_000
/** More rows than any spreadsheet shows. */
const EXPORT_ROWS = 1_000_000

/** Every entry that fits, the oldest first, read as fast as they are taken. */
export async function* exportAuditEntries(db: Db, filters: AuditFilters): AsyncGenerator<AuditEntryView> {
  let after: EntryPosition | null = null
  for (let read = 0; read < EXPORT_ROWS; read += EXPORT_BATCH) {
    const rows: EntryRow[] = await readEntries(db, { filters, sort: 'oldest', after, limit: EXPORT_BATCH })
    for (const row of rows) yield viewOf(row)
    const last = rows.at(-1)
    if (!last || rows.length < EXPORT_BATCH) return
    after = [last.exactly, String(last.id)]
  }
}

async function readEntries(
  db: Kysely<Database>,
  request: { filters: AuditFilters; sort: 'newest' | 'oldest'; after: EntryPosition | null; limit: number },
) {
  const { filters, after } = request
  const direction = request.sort === 'newest' ? 'desc' : 'asc'
  let select = db
    .selectFrom('audit_entry as entry')
    .leftJoin('audit_seal as seal', 'seal.entry_id', 'entry.id')
    .selectAll('entry')
    .select(['seal.sequence', 'seal.hash'])
    .select(exact('entry.at').as('exactly'))
    .orderBy('entry.at', direction)
    .orderBy('entry.id', direction)
    .limit(request.limit)
  if (filters.actor) select = select.where('actor', '=', filters.actor)
  if (filters.action) select = select.where('action', '=', filters.action)
  if (filters.subjectKind) select = select.where('subject_kind', '=', filters.subjectKind)
  if (filters.subjectId) select = select.where('subject_id', '=', filters.subjectId)
  if (filters.from) select = select.where('at', '>=', new Date(filters.from))
  if (filters.to) select = select.where('at', '<', new Date(filters.to))
  if (after) {
    const [at, id] = after
    const comparison = direction === 'desc' ? sql`<` : sql`>`
    select = select.where(
      sql<boolean>`(entry.at, entry.id) ${comparison} (${at}::timestamptz, ${id}::bigint)`,
    )
  }
  return select.execute()
}

type EntryRow = Awaited<ReturnType<typeof readEntries>>[number]

const TEXTS: Record<string, { en: string; zh: string } | undefined> = AUDIT_ACTIONS

function viewOf(row: EntryRow): AuditEntryView {
  return {
    id: String(row.id),
    at: row.at.toISOString(),
    actor: row.actor,
    action: row.action,
    actionText: TEXTS[row.action] ?? { en: row.action, zh: row.action },
    subjectKind: row.subject_kind,
    subjectId: row.subject_id,
    oldValue: row.old_value,
    newValue: row.new_value,
    reason: row.reason,
    source: row.source,
    requestId: row.request_id,
    relatedHash: row.related_hash?.toString('hex') ?? null,
    sequence: row.sequence,
    hash: row.hash?.toString('hex') ?? null,
  }
}

const dayPosition = z.tuple([z.iso.date()])

/** One page of the heads of the chain, the newest first. */
export async function listAuditHeads(db: Db, query: PageRequest): Promise<Page<AuditHead>> {
  const keyset = new Keyset('audit-heads', query, dayPosition)
  const [before] = keyset.after(query.cursor) ?? []
  const { rows } = await sql<{ day: string; sequence: number; hash: string; created_at: Date }>`
    select day::text as day, sequence, encode(hash, 'hex') as hash, created_at from audit_head
    where ${before ?? null}::date is null or day < ${before ?? null}::date
    order by audit_head.day desc limit ${query.limit + 1}`.execute(db)
  return keyset.page(
    rows,
    query.limit,
    (row) => [row.day],
    (row) => ({
      day: row.day,
      sequence: row.sequence,
      hash: row.hash,
      createdAt: row.created_at.toISOString(),
    }),
  )
}
