import { type Selectable, sql } from 'kysely'
import { z } from 'zod'
import { ProblemError } from '../contracts/errors.ts'
import type {
  CountLineView,
  CountView,
  ListCountLinesQuery,
  ListCountsQuery,
} from '../contracts/stock-counts.ts'
import type { CountResult } from '../domain/stock-accuracy.ts'
import type { Db, Tx } from './database.ts'
import { beyond, exact, Keyset, type Page, timeAndUuid } from './paging.ts'
import type { Database } from './schema.ts'

/** One page of the counts, newest or oldest first. */
export async function listCounts(db: Db, query: ListCountsQuery): Promise<Page<CountView>> {
  const keyset = new Keyset('stock-counts', query, timeAndUuid)
  const after = keyset.after(query.cursor)
  const newest = query.sort === 'newest'
  let select = db
    .selectFrom('stock_count')
    .selectAll()
    .select(exact('created_at').as('at'))
    .orderBy('created_at', newest ? 'desc' : 'asc')
    .orderBy('id', newest ? 'desc' : 'asc')
    .limit(query.limit + 1)
  if (query.warehouseId) select = select.where('warehouse_id', '=', query.warehouseId)
  if (query.state) select = select.where('state', '=', query.state)
  select = select.where(beyond(['created_at', 'id'], query.sort, after))
  return keyset.page(await select.execute(), query.limit, (row) => [row.at, row.id], viewOf)
}

/** @throws ProblemError `not-found` */
export async function findCount(db: Db | Tx, countId: string): Promise<CountView> {
  const row = await db.selectFrom('stock_count').selectAll().where('id', '=', countId).executeTakeFirst()
  if (!row) throw new ProblemError('not-found')
  return viewOf(row)
}

const linePosition = z.tuple([z.string().max(64)])

/**
 * One page of a count's lines, by SKU.
 *
 * @throws ProblemError `not-found`
 */
export async function listCountLines(
  db: Db,
  countId: string,
  query: ListCountLinesQuery,
): Promise<Page<CountLineView>> {
  const keyset = new Keyset(`stock-count-lines/${countId}`, query, linePosition)
  const after = keyset.after(query.cursor)
  const { warehouseId, state, blind } = await findCount(db, countId)
  const isHidden = state === 'draft' && blind
  const { rows } = await sql<LineRow>`
    select * from (
      select line.sku_id, sku.name as sku_name, line.counted, line.counted_by, line.counted_at, line.adjusted,
        case when ${isHidden} then null else coalesce(line.book, level.total - level.shipped, 0) end as book,
        coalesce(line.unit_price_cents, sku.standard_price_cents) as unit_price_cents
      from stock_count_line as line join sku on sku.id = line.sku_id
        left join stock_level as level on level.sku_id = line.sku_id and level.warehouse_id = ${warehouseId}
      where line.count_id = ${countId} and line.sku_id > ${after?.[0] ?? ''}
    ) as line
    where ${query.different === undefined ? sql`true` : sql`(counted is distinct from book) = ${query.different}`}
    order by sku_id limit ${query.limit + 1}`.execute(db)
  return keyset.page(rows, query.limit, (row) => [row.sku_id], lineOf)
}

/** What the approved counts of a period say, by warehouse. */
export async function countResults(
  db: Db,
  period: { from: string; to: string; warehouseId?: string | undefined },
): Promise<(CountResult & { warehouseId: string })[]> {
  let select = db
    .selectFrom('stock_count')
    .select(['warehouse_id', 'line_count', 'exact_lines', 'book_units', 'missing_units', 'surplus_units'])
    .where('state', '=', 'approved')
    .where('counted_at', '>=', new Date(period.from))
    .where('counted_at', '<', new Date(period.to))
    .orderBy('warehouse_id')
  if (period.warehouseId) select = select.where('warehouse_id', '=', period.warehouseId)
  const rows = await select.execute()
  return rows.map((row) => ({
    warehouseId: row.warehouse_id,
    lines: row.line_count ?? 0,
    exactLines: row.exact_lines ?? 0,
    bookUnits: row.book_units ?? 0,
    missingUnits: row.missing_units ?? 0,
    surplusUnits: row.surplus_units ?? 0,
  }))
}

type LineRow = {
  sku_id: string
  sku_name: string
  counted: number | null
  counted_by: string | null
  counted_at: Date | null
  book: number | null
  unit_price_cents: number
  adjusted: number | null
}

function lineOf(row: LineRow): CountLineView {
  const difference = row.counted === null || row.book === null ? null : row.counted - row.book
  return {
    skuId: row.sku_id,
    skuName: row.sku_name,
    quantityCounted: row.counted,
    countedBy: row.counted_by,
    countedAt: row.counted_at?.toISOString() ?? null,
    quantityBook: row.book,
    difference,
    differencePercent: percentOf(difference, row.book),
    differenceCents: difference === null ? null : difference * row.unit_price_cents,
    adjusted: row.adjusted,
  }
}

function viewOf(row: Selectable<Database['stock_count']>): CountView {
  const { line_count, exact_lines, book_units, missing_units, surplus_units, difference_cents } = row
  const result =
    line_count === null
      ? null
      : {
          lines: line_count,
          exactLines: exact_lines ?? 0,
          bookUnits: book_units ?? 0,
          missingUnits: missing_units ?? 0,
          surplusUnits: surplus_units ?? 0,
          differencePercent: percentOf((surplus_units ?? 0) - (missing_units ?? 0), book_units),
          differenceCents: difference_cents ?? 0,
        }
  return {
    countId: row.id,
    warehouseId: row.warehouse_id,
    blind: row.is_blind,
    state: row.state,
    note: row.note,
    recountOf: row.recount_of,
    countedAt: row.counted_at.toISOString(),
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    submittedBy: row.submitted_by,
    submittedAt: row.submitted_at?.toISOString() ?? null,
    decidedBy: row.decided_by,
    decidedAt: row.decided_at?.toISOString() ?? null,
    decisionReason: row.decision_reason,
    result,
  }
}

/** With two decimals; null where there is nothing to be a part of. */
function percentOf(difference: number | null, whole: number | null): number | null {
  if (difference === null || whole === null || whole === 0) return difference === 0 ? 0 : null
  return Math.round((difference / whole) * 10_000) / 100
}
