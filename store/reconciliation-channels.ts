import { sql } from 'kysely'
import type { Db, Tx } from './database.ts'

/** Shops whose platform can be asked, in their order. */
export async function activeShopIds(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom('shop')
    .select('id')
    .where('active', '=', true)
    .orderBy(sql`id collate "C"`)
    .execute()
  return rows.map(({ id }) => id)
}

/** The hub's orders that are made of these, by the platform's id; null of one that is known and was not placed. */
export async function hubOrdersOf(
  tx: Tx,
  shopId: string,
  platformOrderIds: readonly string[],
): Promise<Map<string, string | null>> {
  if (platformOrderIds.length === 0) return new Map()
  const rows = await tx
    .selectFrom('channel_order')
    .select(['platform_order_id', 'order_id'])
    .where('shop_id', '=', shopId)
    .where('platform_order_id', 'in', platformOrderIds)
    .execute()
  return new Map(rows.map((row) => [row.platform_order_id, row.order_id]))
}

/** Those of a shop's orders of which something went back by the hub's lines of a run, each looked up by itself. */
export async function hubRefundsOf(
  tx: Tx,
  runId: string,
  shopId: string,
  platformOrderIds: readonly string[],
): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    select id from unnest(${platformOrderIds}::text[]) as id where (
      select mine.ref from reconciliation_line as mine
      where mine.run_id = ${runId} and mine.side = 'hub' and mine.ref = ${`refund/${shopId}/`} || id) is not null`.execute(
    tx,
  )
  return new Set(rows.map(({ id }) => id))
}

/**
 * Orders of a shop that the hub compares in a run and that its platform has not told of yet, so many behind a place. Each is
 * looked up by itself: as a join it is up to what the planner believes of lines that were filled in a moment ago, and where it
 * believes that there are none it goes through all of them for each.
 */
export async function unansweredOrders(
  db: Db,
  runId: string,
  shopId: string,
  after: string,
  limit: number,
): Promise<string[]> {
  const prefix = `order/${shopId}/`
  const { rows } = await sql<{ id: string }>`
    select substr(mine.ref, ${prefix.length + 1}) as id from reconciliation_line as mine
    where mine.run_id = ${runId} and mine.side = 'hub' and mine.ref > ${prefix + after}
      and starts_with(mine.ref, ${prefix}) and (
        select there.ref from reconciliation_line as there
        where there.run_id = mine.run_id and there.side = 'there' and there.ref = mine.ref) is null
    order by mine.ref limit ${limit}`.execute(db)
  return rows.map(({ id }) => id)
}
