import { sql } from 'kysely'
import { ProblemError } from '../contracts/errors.ts'
import type { ListingConfirmation, ListingMessage } from '../contracts/listings.ts'
import type { Db, Tx } from './database.ts'
import { type DueDelivery, markDelivered } from './delivery-queue.ts'
import { inScope, type Scope } from './identity.ts'
import { type ListingId, lockListingSku, markListingsDue } from './listing-due.ts'
import { listingKey } from './listing-plan.ts'
import { openWorkItem, resolveOpenWorkItem } from './work-items.ts'

export type ListingCounts = { created: number; changed: number; unchanged: number }
/** Which of the given stores and SKUs do not exist or are not active. */
export type UnknownListing = { index: number; field: 'storeId' | 'skuId'; message: string }

/** Stores and SKUs of new listings that are not known, not active, or not the caller's. */
export async function findUnknown(
  tx: Tx,
  listings: readonly ListingId[],
  scope: Scope,
): Promise<UnknownListing[]> {
  const ids = (field: 'storeId' | 'skuId') => [...new Set(listings.map((listing) => listing[field]))]
  const { rows: stores } = await sql<{ id: string }>`
    select id from store where id = any(${ids('storeId')}::text[]) and active and ${inScope(scope, 'store.id')}`.execute(
    tx,
  )
  const { rows: skus } = await sql<{ id: string }>`
    select id from sku where id = any(${ids('skuId')}::text[]) and active`.execute(tx)
  const known = {
    storeId: new Set(stores.map((row) => row.id)),
    skuId: new Set(skus.map((row) => row.id)),
  }
  return listings.flatMap((listing, index) =>
    (['storeId', 'skuId'] as const).flatMap((field): UnknownListing[] =>
      known[field].has(listing[field])
        ? []
        : [{ index, field, message: `${listing[field]} is not known, not active or not yours` }],
    ),
  )
}

/** Lets stores list SKUs from now on, and again those that a person had taken down. Ids must be known and distinct. */
export async function putListings(tx: Tx, listings: readonly ListingId[]): Promise<ListingCounts> {
  const skuIds = listings.map((listing) => listing.skuId)
  // The queue's rows first and in order, as everybody: only what is new or taken down becomes due.
  await sql`
    insert into listing_sku (sku_id) select distinct unnest(${skuIds}::text[]) order by 1
    on conflict (sku_id) do nothing`.execute(tx)
  await sql`
    select 1 from listing_sku where sku_id = any(${skuIds}::text[]) order by sku_id for update`.execute(tx)
  const { rows } = await sql<{ created: boolean; sku_id: string }>`
    insert into listing as known (store_id, sku_id)
    select store_id, sku_id
    from unnest(${listings.map((listing) => listing.storeId)}::text[], ${skuIds}::text[]) as given (store_id, sku_id)
    order by sku_id, store_id
    on conflict (store_id, sku_id) do update set active = true, updated_at = now() where not known.active
    returning old.store_id is null as created, sku_id`.execute(tx)
  await markListingsDue(
    tx,
    rows.map((row) => row.sku_id),
    0,
  )
  const created = rows.filter((row) => row.created).length
  return { created, changed: rows.length - created, unchanged: listings.length - rows.length }
}

/** Takes a listing down until a person puts it up again. @throws ProblemError `not-found` */
export async function removeListing(tx: Tx, { storeId, skuId }: ListingId): Promise<void> {
  await lockListingSku(tx, skuId)
  const result = await tx
    .updateTable('listing')
    .set({ active: false, updated_at: sql`now()` })
    .where('store_id', '=', storeId)
    .where('sku_id', '=', skuId)
    .executeTakeFirst()
  if (!result.numUpdatedRows) throw new ProblemError('not-found', `${storeId} does not list ${skuId}`)
  await markListingsDue(tx, [skuId], 0)
}

/**
 * Records what a store says that it shows. Versions decide, never the order of arrival: what is older than the last
 * confirmation changes nothing. Units that a store has confirmed to have taken down go to the other stores at once.
 *
 * @returns whether it was news
 * @throws ProblemError `not-found`; `invalid-request` for a version that was never decided
 */
export async function confirmListing(
  tx: Tx,
  { storeId, skuId, version, quantity, at }: ListingId & ListingConfirmation,
): Promise<boolean> {
  await lockListingSku(tx, skuId)
  const { rows } = await sql<{ version: number; wanted: number; before: number; after: number }>`
    update listing set confirmed_version = ${version}, confirmed_quantity = ${quantity},
      confirmed_at = ${at}::timestamptz, updated_at = now(),
      may_show = case when version = ${version} then ${quantity} else greatest(may_show, ${quantity}) end
    where store_id = ${storeId} and sku_id = ${skuId} and version >= ${version}
      and (confirmed_version is null or (confirmed_version, confirmed_at) < (${version}, ${at}::timestamptz))
    returning version, quantity as wanted, old.may_show as before, new.may_show as after`.execute(tx)
  const [news] = rows
  if (!news) {
    await refuseUndecided(tx, { storeId, skuId }, version)
    return false
  }
  if (news.after < news.before) await markListingsDue(tx, [skuId], 0)
  if (news.version !== version) return true
  if (quantity > news.wanted) {
    await openWorkItem(tx, {
      kind: 'delisting_failed',
      key: listingKey(storeId, skuId),
      orderId: null,
      detail: { storeId, skuId, version, quantity: news.wanted, confirmed: quantity },
    })
    return true
  }
  for (const key of [listingKey(storeId, skuId), storeId]) {
    await resolveOpenWorkItem(tx, 'delisting_failed', key, 'the store confirmed')
  }
  return true
}

async function refuseUndecided(tx: Tx, { storeId, skuId }: ListingId, version: number): Promise<void> {
  const known = await tx
    .selectFrom('listing')
    .select('version')
    .where('store_id', '=', storeId)
    .where('sku_id', '=', skuId)
    .executeTakeFirst()
  if (!known) throw new ProblemError('not-found', `${storeId} does not list ${skuId}`)
  if (version <= known.version) return
  const fields = [{ field: 'version', message: `the last one that was decided is ${known.version}` }]
  throw new ProblemError('invalid-request', undefined, { fields })
}

/** The newest that is dropped is so many days old: long enough to look into a complaint. */
const DELIVERY_DAYS_KEPT = 30
/** One statement stays short; the next round goes on. */
const DROPPED_AT_ONCE = 2_000

/** Drops settled deliveries of listings that are older than a month. Returns how many. */
export async function dropOldDeliveries(db: Db): Promise<number> {
  const { rows } = await sql<{ dropped: number }>`
    select hub_drop_listing_deliveries(${DELIVERY_DAYS_KEPT}, ${DROPPED_AT_ONCE}) as dropped`.execute(db)
  return rows[0]?.dropped ?? 0
}

/** The store has answered a delivery: it is done, and the answer says what the store shows now. */
export async function settleListingDelivery(
  db: Db,
  delivery: DueDelivery,
  message: ListingMessage,
  answer: ListingConfirmation,
): Promise<void> {
  const { storeId, skuId } = message
  await db.transaction().execute(async (tx) => {
    await confirmListing(tx, { storeId, skuId, ...answer })
    await markDelivered(tx, delivery.id)
  })
}
