import { sql } from 'kysely'
import { ProblemError } from '../contracts/errors.ts'
import type { Db, Tx } from './database.ts'

export type ListingId = { storeId: string; skuId: string }

/**
 * Says that the listings of these SKUs must be decided anew, after `gatherMilliseconds` at the latest; until then
 * further changes cost nothing more. SKUs that nobody lists are ignored.
 *
 * It waits for whoever is deciding one of them now: that one may have read the levels before this change.
 */
export async function markListingsDue(
  db: Db | Tx,
  skuIds: readonly string[],
  gatherMilliseconds: number,
): Promise<void> {
  if (skuIds.length === 0) return
  await sql`
    with locked as materialized (
      select sku_id, due_at from listing_sku where sku_id = any(${[...new Set(skuIds)]}::text[])
      order by sku_id for update
    ), wanted as (select clock_timestamp() + make_interval(secs => ${gatherMilliseconds / 1000}) as at)
    update listing_sku set due_at = wanted.at from locked, wanted
    where listing_sku.sku_id = locked.sku_id and locked.due_at > wanted.at`.execute(db)
}

/** Says the same of every SKU that was decided under another version of the policy. */
export async function markDueForPolicy(db: Db, version: number): Promise<void> {
  await sql`
    with locked as materialized (
      select sku_id from listing_sku where policy_version is distinct from ${version}::int and due_at > clock_timestamp()
      order by sku_id for update
    )
    update listing_sku set due_at = clock_timestamp() from locked where listing_sku.sku_id = locked.sku_id`.execute(
    db,
  )
}

/** Locks the queue row of a SKU, which everybody does before touching its listings. */
export async function lockListingSku(tx: Tx, skuId: string): Promise<void> {
  await sql`select 1 from listing_sku where sku_id = ${skuId} for update`.execute(tx)
}

/**
 * Asks for a listing to be sent once more, as a new version.
 *
 * @throws ProblemError `not-found`
 */
export async function requestResend(tx: Tx, { storeId, skuId }: ListingId): Promise<void> {
  await lockListingSku(tx, skuId)
  const result = await tx
    .updateTable('listing')
    .set({ resend: true, updated_at: sql`now()` })
    .where('store_id', '=', storeId)
    .where('sku_id', '=', skuId)
    .executeTakeFirst()
  if (!result.numUpdatedRows) throw new ProblemError('not-found', `${storeId} does not list ${skuId}`)
  await markListingsDue(tx, [skuId], 0)
}
