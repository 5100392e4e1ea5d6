import { sql } from 'kysely'
import type { Db } from './database.ts'
import { openWorkItem } from './work-items.ts'

/**
 * Things whose rows decide and whose workflows follow (docs/adr/0011): each row knows of which version its workflow was
 * told. Two processes may tell the same news; the workflow reads the row and takes it once.
 */
type CarriedTable = 'transfer' | 'change_request'

/** Temporal has taken the news of this version, at this moment; of a later one its workflow has yet to be told. */
export async function markCarried(db: Db, table: CarriedTable, id: string, version: number): Promise<void> {
  await sql`update ${sql.table(table)}
    set carried_version = greatest(carried_version, ${version}), carry_attempts = 0,
      next_carry_at = case when version > ${version} then next_carry_at else clock_timestamp() end
    where id = ${id}`.execute(db)
}

/** Temporal could not be told: again after the delay. */
export async function postponeCarrying(
  db: Db,
  table: CarriedTable,
  id: string,
  delayMs: number,
): Promise<void> {
  await sql`update ${sql.table(table)} set carry_attempts = carry_attempts + 1,
    next_carry_at = clock_timestamp() + make_interval(secs => ${delayMs / 1000}) where id = ${id}`.execute(db)
}

/** What still has something to do for a workflow. */
const UNSETTLED = {
  transfer: sql<boolean>`closed_at is null`,
  // Whatever became of the request, its workflow gives the order back.
  change_request: sql<boolean>`(closed_at is null or holds_order)`,
} as const

/** Those after the given id that need a workflow and were told everything, in id order. */
export async function unsettledIds(
  db: Db,
  table: CarriedTable,
  afterId: string,
  limit: number,
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id::text from ${sql.table(table)}
    where ${UNSETTLED[table]} and id > ${afterId}::uuid and carried_version = version
    order by id limit ${limit}`.execute(db)
  return rows.map((row) => row.id)
}

/** Where rows have been looked at up to: when one was told, to the microsecond, and which it was. */
export type ToldMark = { toldAt: string; id: string }
export type ToldRow = ToldMark & { version: number }

/** Those after a mark that need a workflow and were told everything, the last of it so long ago, in the order of telling. */
export async function toldRows(
  db: Db,
  table: CarriedTable,
  after: ToldMark | null,
  toldForMs: number,
  limit: number,
): Promise<ToldRow[]> {
  const { rows } = await sql<ToldRow>`
    select id::text, version, next_carry_at::text as "toldAt" from ${sql.table(table)}
    where ${UNSETTLED[table]} and carried_version = version
      and next_carry_at < clock_timestamp() - make_interval(secs => ${toldForMs / 1000})
      and (next_carry_at, id) > (coalesce(${after?.toldAt ?? null}::timestamptz, '-infinity'),
        coalesce(${after?.id ?? null}::uuid, '00000000-0000-0000-0000-000000000000'))
    order by next_carry_at, id limit ${limit}`.execute(db)
  return rows
}

/** Has one told again from the start, if it still needs that; people are told once, however many there were. */
export async function recall(db: Db, table: CarriedTable, id: string): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    const { numAffectedRows } = await sql`update ${sql.table(table)}
      set carried_version = 0, next_carry_at = clock_timestamp() where id = ${id} and ${UNSETTLED[table]}`.execute(
      tx,
    )
    if (numAffectedRows === 0n) return false
    const detail = table === 'transfer' ? { lastTransferId: id } : { lastChangeId: id }
    await openWorkItem(tx, { kind: 'workflow_missing', key: WORK_ITEM_KEY[table], orderId: null, detail })
    return true
  })
}
const WORK_ITEM_KEY = { transfer: 'transfer-workflows', change_request: 'change-workflows' } as const

/** A transfer whose workflow has not heard of its present version. */
export type UntoldTransfer = {
  id: string
  version: number
  /** Nothing is left for a workflow to do; one that runs ends when it hears of it. */
  settled: boolean
  attempts: number
  skuId: string
  quantity: number
  destinationId: string
}

/** Transfers whose workflow is to be told something now. */
export async function untoldTransfers(db: Db, limit: number): Promise<UntoldTransfer[]> {
  const { rows } = await sql<UntoldTransfer>`
    select id::text, version, closed_at is not null as settled, carry_attempts as attempts,
      sku_id as "skuId", quantity, destination_id as "destinationId"
    from transfer where carried_version < version and next_carry_at <= clock_timestamp()
    order by next_carry_at limit ${limit}`.execute(db)
  return rows
}

/** A change request whose workflow has not heard of its present version. */
export type UntoldChange = {
  id: string
  version: number
  settled: boolean
  attempts: number
  changeNumber: string
  type: string
  orderId: string
  storeId: string
  status: string
}

/** Change requests whose workflow is to be told something now. */
export async function untoldChanges(db: Db, limit: number): Promise<UntoldChange[]> {
  const { rows } = await sql<UntoldChange>`
    select id::text, version, closed_at is not null and not holds_order as settled, carry_attempts as attempts,
      number as "changeNumber", type, order_id::text as "orderId", store_id as "storeId", status
    from change_request where carried_version < version and next_carry_at <= clock_timestamp()
    order by next_carry_at limit ${limit}`.execute(db)
  return rows
}
