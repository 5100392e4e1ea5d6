import { sql } from 'kysely'
import type { Db, Tx } from './database.ts'

export type LevelKey = { skuId: string; warehouseId: string }

/**
 * How far somebody has read the stock ledger. Ids are handed out before their rows commit, so a row may appear below
 * others that were read already. The fence says up to which id all rows are there once every transaction before
 * `transactionId` has ended: whoever wrote a row at or below that id had begun before. Nothing is read beyond it.
 * This costs those who write stock nothing, neither a column nor an index.
 */
export type LedgerReach = { ledgerId: number; fenceLedgerId: number; fenceTransactionId: bigint }

/**
 * A reach at the newest row there is now. Until it is settled, rows below it may still appear; then whoever goes on from
 * it misses nothing that commits after this call.
 */
export async function currentLedgerReach(db: Db): Promise<LedgerReach> {
  const fence = await raiseFence(db)
  return { ledgerId: fence.fenceLedgerId, ...fence }
}

/** Whether every transaction has ended that may have written at or below the fence. */
export async function isSettled(db: Db, reach: LedgerReach): Promise<boolean> {
  return (await look(db)).horizon >= reach.fenceTransactionId
}

/**
 * How far the ledger may be read from a reach: up to its fence once that is settled, and with a new fence where the old one
 * has been reached. Rows may be read up to the fence while `isSettled`.
 */
export async function reachOn(
  db: Db,
  from: LedgerReach,
): Promise<{ reach: LedgerReach; isSettled: boolean }> {
  const view = await look(db)
  // A transaction that is yet to come is one of another server: a restored copy counts them anew.
  const isForeign = from.fenceTransactionId >= view.nextTransactionId
  if (!isForeign && from.ledgerId < from.fenceLedgerId) {
    return { reach: from, isSettled: view.horizon >= from.fenceTransactionId }
  }
  if (view.newestLedgerId <= from.ledgerId) return { reach: from, isSettled: true }
  const reach = { ledgerId: from.ledgerId, ...(await raiseFence(db)) }
  // On a quiet server nobody else is writing at this moment, and there is nothing to wait for.
  return { reach, isSettled: (await look(db)).horizon >= reach.fenceTransactionId }
}

/**
 * The levels that changed after a reach, each once, and the reach to go on from.
 *
 * @param limit ledger rows read at most, and so levels, too
 */
export async function readMovedLevels(
  db: Db,
  from: LedgerReach,
  limit: number,
): Promise<{ levels: LevelKey[]; reach: LedgerReach }> {
  const { reach, isSettled } = await reachOn(db, from)
  if (!isSettled || reach.ledgerId >= reach.fenceLedgerId) return { levels: [], reach }
  return readUpToFence(db, reach, limit)
}

/** The same for a consumer whose place outlives its process. */
export type StockChanges = {
  levels: LevelKey[]
  /**
   * Moves the consumer past these levels, best in the transaction of what it did about them. Of two processes that
   * read the same levels the slower one's call has no effect.
   */
  commit: (tx?: Tx) => Promise<void>
}

/**
 * The (SKU, warehouse) levels whose counters or safety stock changed since the consumer last committed, each once
 * however often it moved; read what they are now. A new consumer gets every level there is, then the changes. Levels
 * come at least once: whoever dies before the commit, or runs beside another process, sees them again.
 *
 * @param consumer names the cursor, e.g. `stock-alerts`
 * @param limit ledger rows read at most, and so levels, too; none found does not mean that there are none, as long as
 *   somebody is writing
 */
export async function readStockChanges(db: Db, consumer: string, limit: number): Promise<StockChanges> {
  const cursor = (await findCursor(db, consumer)) ?? (await createCursor(db, consumer))
  if (cursor.after) return readEveryLevel(db, consumer, { reach: cursor.reach, after: cursor.after }, limit)
  const { levels, reach } = await readMovedLevels(db, cursor.reach, limit)
  if (reach.fenceTransactionId !== cursor.reach.fenceTransactionId) await saveFence(db, consumer, reach)
  const commit = async (tx: Tx | Db = db) => {
    if (reach.ledgerId === cursor.reach.ledgerId) return
    await tx
      .updateTable('stock_cursor')
      .set({ ledger_id: reach.ledgerId, updated_at: sql`clock_timestamp()` })
      .where('consumer', '=', consumer)
      .where('ledger_id', '=', cursor.reach.ledgerId)
      .where('fence_ledger_id', '>=', reach.ledgerId)
      .execute()
  }
  return { levels, commit }
}

type Cursor = { reach: LedgerReach; after: LevelKey | null }

async function findCursor(db: Db, consumer: string): Promise<Cursor | null> {
  const row = await db
    .selectFrom('stock_cursor')
    .select(['ledger_id', 'fence_ledger_id', 'after_sku_id', 'after_warehouse_id'])
    .select(sql<string>`fence_transaction_id::text`.as('fence_transaction_id'))
    .where('consumer', '=', consumer)
    .executeTakeFirst()
  if (!row) return null
  const { after_sku_id: skuId, after_warehouse_id: warehouseId } = row
  return {
    reach: {
      ledgerId: row.ledger_id,
      fenceLedgerId: row.fence_ledger_id,
      fenceTransactionId: BigInt(row.fence_transaction_id),
    },
    after: skuId === null || warehouseId === null ? null : { skuId, warehouseId },
  }
}

async function createCursor(db: Db, consumer: string): Promise<Cursor> {
  await sql`
    insert into stock_cursor (consumer, ledger_id, fence_ledger_id, fence_transaction_id, after_sku_id, after_warehouse_id)
    select ${consumer}, newest.id, newest.id, pg_current_xact_id(), '', ''
    from (select coalesce(max(id), 0) as id from stock_ledger) as newest
    on conflict (consumer) do nothing`.execute(db)
  const cursor = await findCursor(db, consumer)
  if (!cursor) throw new Error(`the cursor of ${consumer} was not written`)
  return cursor
}

/** A page of all levels, once everything below the fence is there to be seen; what comes later is in the ledger. */
async function readEveryLevel(
  db: Db,
  consumer: string,
  { reach, after }: { reach: LedgerReach; after: LevelKey },
  limit: number,
): Promise<StockChanges> {
  const { horizon, nextTransactionId } = await look(db)
  const isForeign = reach.fenceTransactionId >= nextTransactionId
  if (horizon < reach.fenceTransactionId && !isForeign) return { levels: [], commit: async () => undefined }
  const levels = await db
    .selectFrom('stock_level')
    .select(['sku_id as skuId', 'warehouse_id as warehouseId'])
    .where(sql<boolean>`(sku_id, warehouse_id) > (${after.skuId}, ${after.warehouseId})`)
    .orderBy('sku_id')
    .orderBy('warehouse_id')
    .limit(limit)
    .execute()
  const last = levels.length === limit ? levels.at(-1) : undefined
  const commit = async (tx: Tx | Db = db) => {
    await tx
      .updateTable('stock_cursor')
      .set({
        after_sku_id: last?.skuId ?? null,
        after_warehouse_id: last?.warehouseId ?? null,
        updated_at: sql`clock_timestamp()`,
      })
      .where('consumer', '=', consumer)
      .where('after_sku_id', '=', after.skuId)
      .where('after_warehouse_id', '=', after.warehouseId)
      .execute()
  }
  return { levels, commit }
}

async function saveFence(db: Db, consumer: string, reach: LedgerReach): Promise<void> {
  await db
    .updateTable('stock_cursor')
    .set({
      fence_ledger_id: reach.fenceLedgerId,
      fence_transaction_id: sql`${reach.fenceTransactionId.toString()}::xid8`,
      updated_at: sql`clock_timestamp()`,
    })
    .where('consumer', '=', consumer)
    .where('fence_ledger_id', '<=', reach.fenceLedgerId)
    .execute()
}

/**
 * A fence at the newest row that can be seen. Every row at or below it was given its id before this statement's
 * snapshot, by a transaction that had moved a level, and so had its own number, before; ours is higher.
 */
async function raiseFence(db: Db): Promise<Omit<LedgerReach, 'ledgerId'>> {
  const { rows } = await sql<{ id: number; transaction_id: string }>`
    select coalesce(max(id), 0) as id, pg_current_xact_id()::text as transaction_id from stock_ledger`.execute(
    db,
  )
  return { fenceLedgerId: rows[0]?.id ?? 0, fenceTransactionId: BigInt(rows[0]?.transaction_id ?? 0) }
}

/** The oldest transaction that still runs, the first that nobody has seen yet, and the newest row. */
async function look(db: Db): Promise<{ horizon: bigint; nextTransactionId: bigint; newestLedgerId: number }> {
  const { rows } = await sql<{ horizon: string; next: string; newest: number }>`
    select pg_snapshot_xmin(pg_current_snapshot())::text as horizon,
      pg_snapshot_xmax(pg_current_snapshot())::text as next,
      (select coalesce(max(id), 0) from stock_ledger) as newest`.execute(db)
  const [row] = rows
  return {
    horizon: BigInt(row?.horizon ?? 0),
    nextTransactionId: BigInt(row?.next ?? 0),
    newestLedgerId: row?.newest ?? 0,
  }
}

async function readUpToFence(
  db: Db,
  reach: LedgerReach,
  limit: number,
): Promise<{ levels: LevelKey[]; reach: LedgerReach }> {
  const { rows } = await sql<{ sku_id: string; warehouse_id: string; last: number; moves: number }>`
    select sku_id, warehouse_id, max(id) as last, count(*)::int as moves from (
      select id, sku_id, warehouse_id from stock_ledger
      where id > ${reach.ledgerId}::bigint and id <= ${reach.fenceLedgerId}::bigint order by id limit ${limit}
    ) as moved group by sku_id, warehouse_id`.execute(db)
  const moves = rows.reduce((sum, row) => sum + row.moves, 0)
  const last = rows.reduce((highest, row) => Math.max(highest, row.last), 0)
  return {
    levels: rows.map((row) => ({ skuId: row.sku_id, warehouseId: row.warehouse_id })),
    reach: { ...reach, ledgerId: moves < limit ? reach.fenceLedgerId : last },
  }
}
