import { sql } from 'kysely'
import { z } from 'zod'
import type { ListPresalesQuery, PresaleView } from '../contracts/presales.ts'
import type { Db, Tx } from './database.ts'
import { exact, Keyset, type Page, timeAndUuid } from './paging.ts'

const unitsAndUuid = z.tuple([z.int(), z.uuid()])
const dayAndUuid = z.tuple([z.iso.date(), z.uuid()])

const SORTS = {
  newest: { column: 'created_at', type: sql`timestamptz`, position: timeAndUuid, descending: true },
  expected: { column: 'expected_on', type: sql`date`, position: dayAndUuid, descending: false },
  promised: { column: 'promised', type: sql`int`, position: unitsAndUuid, descending: true },
  sold: { column: 'sold', type: sql`int`, position: unitsAndUuid, descending: true },
  waiting: { column: 'waiting', type: sql`int`, position: unitsAndUuid, descending: true },
} as const

/** One page of the presales. */
export async function listPresales(db: Db, query: ListPresalesQuery): Promise<Page<PresaleView>> {
  const { column, type, position, descending } = SORTS[query.sort]
  const keyset = new Keyset<[string | number, string]>('presales', query, position)
  const after = keyset.after(query.cursor)
  const direction = descending ? 'desc' : 'asc'
  let select = selectViews(db)
    .select(
      // A number stays a number; a time or a day is text, exactly.
      (descending && column !== 'created_at'
        ? sql<number | string>`${sql.ref(column)}`
        : sql<number | string>`${exact(column)}`
      ).as('at'),
    )
    .orderBy(column, direction)
    .orderBy('id', direction)
    .limit(query.limit + 1)
  if (query.state) select = select.where('state', '=', query.state)
  if (query.skuId) select = select.where('sku_id', '=', query.skuId)
  if (after) {
    const comparison = descending ? sql`<` : sql`>`
    select = select.where(
      sql<boolean>`(${sql.ref(column)}, id) ${comparison} (${after[0]}::${type}, ${after[1]}::uuid)`,
    )
  }
  return keyset.page(
    await select.execute(),
    query.limit,
    (row) => [row.at, row.presaleId],
    ({ at: _at, ...row }) => viewOf(row),
  )
}

/** A presale, or null. */
export async function findPresale(db: Db | Tx, presaleId: string): Promise<PresaleView | null> {
  const row = await selectViews(db).where('id', '=', presaleId).executeTakeFirst()
  return row ? viewOf(row) : null
}

function selectViews(db: Db | Tx) {
  return db
    .selectFrom('presale')
    .select([
      'id as presaleId',
      'sku_id as skuId',
      'warehouse_id as warehouseId',
      'state',
      'promised',
      'sold',
      'served',
      'waiting',
      'freed',
      'opens_at as opensAt',
      'closes_at as closesAt',
      'created_by as createdBy',
      'created_at as createdAt',
      'updated_at as updatedAt',
    ])
    .select(sql<number>`promised - sold - freed`.as('left'))
    .select(sql<string>`expected_on::text`.as('expectedOn'))
}

type Times = 'opensAt' | 'closesAt' | 'createdAt' | 'updatedAt'

function viewOf(row: Omit<PresaleView, Times> & Record<Times, Date>): PresaleView {
  return {
    ...row,
    opensAt: row.opensAt.toISOString(),
    closesAt: row.closesAt.toISOString(),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}
