import { type Kysely, sql } from 'kysely'
import { z } from 'zod'
import {
  AUDIT_ACTIONS,
  type AuditEntryView,
  type AuditFilters,
  type AuditHead,
  type AuditHeadQuery,
  type AuditQuery,
} from '../contracts/audit.ts'
import type { Db } from './database.ts'
import { beyond, everyRow, exact, Keyset, type Page, timeAndNumber } from './paging.ts'
import type { Database } from './schema.ts'

/** A time that PostgreSQL wrote out, and an id. */
type EntryPosition = [at: string, id: string]
const positionOf = (row: { exactly: string; id: number }): EntryPosition => [row.exactly, String(row.id)]

/** One page of the audit trail. */
export async function listAuditEntries(db: Db, query: AuditQuery): Promise<Page<AuditEntryView>> {
  const keyset = new Keyset<EntryPosition>('audit', query, timeAndNumber)
  const after = keyset.after(query.cursor)
  const rows = await readEntries(db, { filters: query, sort: query.sort, after, limit: query.limit + 1 })
  return keyset.page(rows, query.limit, positionOf, viewOf)
}

/** Every entry that fits, the oldest first, read as fast as they are taken. */
export async function* exportAuditEntries(db: Db, filters: AuditFilters): AsyncGenerator<AuditEntryView> {
  const read = (after: EntryPosition | null, limit: number) =>
    readEntries(db, { filters, sort: 'oldest', after, limit })
  for await (const row of everyRow(read, positionOf)) yield viewOf(row)
}

async function readEntries(
  db: Kysely<Database>,
  request: { filters: AuditFilters; sort: 'newest' | 'oldest'; after: EntryPosition | null; limit: number },
) {
  const { filters } = request
  const direction = request.sort === 'newest' ? 'desc' : 'asc'
  let select = db
    .selectFrom('audit_entry as entry')
    .leftJoin('audit_seal as seal', 'seal.entry_id', 'entry.id')
    .selectAll('entry')
    .select(['seal.sequence', 'seal.hash'])
    .select(exact('entry.at').as('exactly'))
    .where(beyond(['entry.at', 'entry.id'], request.sort, request.after, 'bigint'))
    .orderBy('entry.at', direction)
    .orderBy('entry.id', direction)
    .limit(request.limit)
  if (filters.actor) select = select.where('actor', '=', filters.actor)
  if (filters.action) select = select.where('action', '=', filters.action)
  if (filters.subjectKind) select = select.where('subject_kind', '=', filters.subjectKind)
  if (filters.subjectId) select = select.where('subject_id', '=', filters.subjectId)
  if (filters.from) select = select.where('at', '>=', new Date(filters.from))
  if (filters.to) select = select.where('at', '<', new Date(filters.to))
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

/** One page of the heads of the chain. */
export async function listAuditHeads(db: Db, query: AuditHeadQuery): Promise<Page<AuditHead>> {
  const keyset = new Keyset('audit-heads', query, dayPosition)
  const [day] = keyset.after(query.cursor) ?? []
  const isNewest = query.sort === 'newest'
  let select = db
    .selectFrom('audit_head')
    .select([
      sql<string>`audit_head.day::text`.as('day'),
      'sequence',
      sql<string>`encode(hash, 'hex')`.as('hash'),
    ])
    .select('created_at')
    .orderBy('audit_head.day', isNewest ? 'desc' : 'asc')
    .limit(query.limit + 1)
  if (query.from) select = select.where('audit_head.day', '>=', sql<Date>`${query.from}::date`)
  if (query.to) select = select.where('audit_head.day', '<=', sql<Date>`${query.to}::date`)
  if (day) select = select.where('audit_head.day', isNewest ? '<' : '>', sql<Date>`${day}::date`)
  const rows = await select.execute()
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
