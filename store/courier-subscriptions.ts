import { sql } from 'kysely'
import { decideSubscription } from '../domain/courier-subscription.ts'
import type { Db, Tx } from './database.ts'

/**
 * Decides whether a courier is to be asked now to push news of a parcel, and counts it before it is done.
 *
 * @returns which time it is, for `settleSubscription`; null: not now
 */
export async function claimSubscription(db: Db, parcelId: string, source: string): Promise<number | null> {
  return db.transaction().execute(async (tx) => {
    // The parcel's row lets one process at a time count.
    await tx.selectFrom('parcel').select('id').where('id', '=', parcelId).forUpdate().execute()
    const { rows } = await sql<{
      number: number
      state: string
      askedAgoMs: number
      endedAgoMs: number | null
    }>`
      select number, state, extract(epoch from clock_timestamp() - asked_at)::float8 * 1000 as "askedAgoMs",
        extract(epoch from clock_timestamp() - ended_at)::float8 * 1000 as "endedAgoMs"
      from courier_subscription where parcel_id = ${parcelId} order by number desc`.execute(tx)
    const decision = decideSubscription(rows)
    const last = rows[0]?.number ?? 0
    if (decision === 'no') return null
    if (decision === 'repeat') {
      await tx
        .updateTable('courier_subscription')
        .set({ asked_at: sql`clock_timestamp()` })
        .where('parcel_id', '=', parcelId)
        .where('number', '=', last)
        .execute()
      return last
    }
    await tx
      .insertInto('courier_subscription')
      .values({ parcel_id: parcelId, number: last + 1, source, state: 'asked' })
      .execute()
    return last + 1
  })
}

/** Writes what the courier answered. */
export async function settleSubscription(
  db: Db,
  subscription: { parcelId: string; number: number },
  state: 'active' | 'refused',
  detail: string,
): Promise<void> {
  await db
    .updateTable('courier_subscription')
    .set({ state, detail: detail.slice(0, 500) })
    .where('parcel_id', '=', subscription.parcelId)
    .where('number', '=', subscription.number)
    .where('state', '=', 'asked')
    .execute()
}
/** No more pushes come: the parcel arrived, or the courier's service heard nothing of it for too long. */
export async function endSubscription(tx: Tx, parcelId: string, detail: string): Promise<void> {
  await tx
    .updateTable('courier_subscription')
    .set({ state: 'ended', ended_at: sql`clock_timestamp()`, detail: detail.slice(0, 500) })
    .where('parcel_id', '=', parcelId)
    .where('state', 'in', ['asked', 'active'])
    .execute()
}
