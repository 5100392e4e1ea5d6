import { sql } from 'kysely'
import type { Db } from './database.ts'
import { openWorkItem } from './work-items.ts'

/** A transfer whose workflow has not heard of its present version. */
export type UntoldTransfer = {
  transferId: string
  version: number
  closed: boolean
  attempts: number
  skuId: string
  quantity: number
  destinationId: string
}

/**
 * Transfers whose workflow is to be told something now. Two processes may tell the same news; the workflow reads the
 * row and takes it once.
 */
export async function untoldTransfers(db: Db, limit: number): Promise<UntoldTransfer[]> {
  const { rows } = await sql<UntoldTransfer>`
    select id::text as "transferId", version, closed_at is not null as closed, carry_attempts as attempts,
      sku_id as "skuId", quantity, destination_id as "destinationId"
    from transfer where carried_version < version and next_carry_at <= clock_timestamp()
    order by next_carry_at limit ${limit}`.execute(db)
  return rows
}

/** The workflow has heard of this version; of a later one it has yet to hear. */
export async function markTransferCarried(db: Db, transferId: string, version: number): Promise<void> {
  await db
    .updateTable('transfer')
    .set({ carried_version: sql`greatest(carried_version, ${version})`, carry_attempts: 0 })
    .where('id', '=', transferId)
    .execute()
}

/** Temporal could not be told: again after the delay. */
export async function postponeTransfer(db: Db, transferId: string, delayMs: number): Promise<void> {
  await db
    .updateTable('transfer')
    .set({
      carry_attempts: sql`carry_attempts + 1`,
      next_carry_at: sql`clock_timestamp() + make_interval(secs => ${delayMs / 1000})`,
    })
    .where('id', '=', transferId)
    .execute()
}

/** Open transfers after the given id that were told everything, in id order. */
export async function openTransferIds(db: Db, afterId: string, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('transfer')
    .select('id')
    .where('closed_at', 'is', null)
    .where('id', '>', afterId)
    .where(sql<boolean>`carried_version = version`)
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map((row) => row.id)
}

/** Has a transfer told again from the start, if it is still open; people are told once, however many there were. */
export async function recallTransfer(db: Db, transferId: string): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('transfer')
      .set({ carried_version: 0, next_carry_at: sql`clock_timestamp()` })
      .where('id', '=', transferId)
      .where('closed_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows === 0n) return false
    const detail = { lastTransferId: transferId }
    await openWorkItem(tx, { kind: 'workflow_missing', key: 'transfer-workflows', orderId: null, detail })
    return true
  })
}
