import { type Selectable, sql } from 'kysely'
import { z } from 'zod'
import type { OperationLogEntry, OperationLogFilters, OperationLogQuery } from '../contracts/operation-log.ts'
import type { Db } from './database.ts'
import { inScope, type Scope } from './identity.ts'
import { beyond, everyRow, exact, Keyset, type Page, timeAndNumber } from './paging.ts'
import type { Database } from './schema.ts'

type LogRow = Selectable<Database['operation_log']>
/** A time that PostgreSQL wrote out, and an id. */
type LogPosition = [at: string, id: string]

const positionOf = (row: { exactly: string; id: number }): LogPosition => [row.exactly, String(row.id)]

/** One page of the operation log over all orders in scope. */
export async function listOperationLog(
  db: Db,
  query: OperationLogQuery,
  scope: Scope,
): Promise<Page<OperationLogEntry>> {
  const keyset = new Keyset<LogPosition>('operation-log', query, timeAndNumber)
  const after = keyset.after(query.cursor)
  const rows = await readLog(db, { filters: query, scope, sort: query.sort, after, limit: query.limit + 1 })
  return keyset.page(rows, query.limit, positionOf, entryOf)
}

/** Every entry that fits, the oldest first, read as fast as they are taken. */
export async function* exportOperationLog(
  db: Db,
  filters: OperationLogFilters,
  scope: Scope,
): AsyncGenerator<OperationLogEntry> {
  const read = (after: LogPosition | null, limit: number) =>
    readLog(db, { filters, scope, sort: 'oldest', after, limit })
  for await (const row of everyRow(read, positionOf)) yield entryOf(row)
}

async function readLog(
  db: Db,
  request: {
    filters: OperationLogFilters
    scope: Scope
    sort: 'newest' | 'oldest'
    after: LogPosition | null
    limit: number
  },
): Promise<(LogRow & { exactly: string })[]> {
  const { filters, after } = request
  const direction = request.sort === 'newest' ? 'desc' : 'asc'
  let select = db
    .selectFrom('operation_log')
    .selectAll()
    .select(exact('at').as('exactly'))
    .where(inScope(request.scope, 'store_id'))
    .where(beyond(['at', 'id'], request.sort, after, 'bigint'))
    .orderBy('at', direction)
    .orderBy('id', direction)
    .limit(request.limit)
  if (filters.orderId) select = select.where('order_id', '=', filters.orderId)
  if (filters.storeId) select = select.where('store_id', '=', filters.storeId)
  if (filters.operator) select = select.where('operator', '=', filters.operator)
  if (filters.source) select = select.where('source', '=', filters.source)
  if (filters.field) select = select.where('field', '=', filters.field)
  if (filters.subjectId) select = select.where('subject_id', '=', filters.subjectId)
  if (filters.from) select = select.where('at', '>=', new Date(filters.from))
  if (filters.to) select = select.where('at', '<', new Date(filters.to))
  if (after) {
    // Said once more by the time alone: only so whole months are left out.
    select = select.where('at', direction === 'desc' ? '<=' : '>=', sql<Date>`${after[0]}::timestamptz`)
  }
  return select.execute()
}

const logPosition = z.tuple([z.int().min(0)])

/** One page of an order's operation log, in the order in which it was written. */
export async function listOrderLog(
  db: Db,
  orderId: string,
  query: { limit: number; cursor?: string | undefined },
): Promise<Page<OperationLogEntry>> {
  const keyset = new Keyset(`log/${orderId}`, query, logPosition)
  const rows = await db
    .selectFrom('operation_log')
    .selectAll()
    .where('order_id', '=', orderId)
    .where('id', '>', keyset.after(query.cursor)?.[0] ?? 0)
    .orderBy('id')
    .limit(query.limit + 1)
    .execute()
  return keyset.page(rows, query.limit, (row) => [row.id], entryOf)
}

function entryOf(row: LogRow): OperationLogEntry {
  return {
    id: String(row.id),
    orderId: row.order_id,
    storeId: row.store_id,
    at: row.at.toISOString(),
    version: row.version,
    field: row.field,
    oldValue: row.old_value,
    newValue: row.new_value,
    operator: row.operator,
    source: row.source,
    sourceTime: row.source_time?.toISOString() ?? null,
    inboxId: row.inbox_id === null ? null : String(row.inbox_id),
    subjectId: row.subject_id,
    amountCents: row.amount_cents,
    requestId: row.request_id,
  }
}
