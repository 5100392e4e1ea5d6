import { sql } from 'kysely'
import { z } from 'zod'
import { channel } from '../contracts/common.ts'
import type { ListListingsQuery, listingDetail, listingView } from '../contracts/listings.ts'
import { listingMessage } from '../contracts/listings.ts'
import type { Db, Tx } from './database.ts'
import { inScope, type Scope } from './identity.ts'
import type { ListingId } from './listing-due.ts'
import { LISTING_DELIVERY, listingKey } from './listing-plan.ts'
import { exact, Keyset, type Page } from './paging.ts'

export type ListingView = z.output<typeof listingView>

const id = z.string().max(64)
const byIds = z.tuple([id, id])
const byTime = z.tuple([z.string().max(40), id, id])

/** One page of the listings in scope: by store, by SKU, or what was decided last first. */
export async function listListings(
  db: Db,
  query: ListListingsQuery,
  scope: Scope,
): Promise<Page<ListingView>> {
  const newest = query.sort === 'newest'
  const keyset = newest
    ? new Keyset<string[]>('listings', query, byTime)
    : new Keyset<string[]>('listings', query, byIds)
  const after = keyset.after(query.cursor)
  const columns = query.sort === 'sku' ? (['sku_id', 'store_id'] as const) : (['store_id', 'sku_id'] as const)
  let select = listings(db)
    .where(inScope(scope, 'listing.store_id'))
    .limit(query.limit + 1)
  if (newest)
    select = select.where('listing.decided_at', 'is not', null).orderBy('listing.decided_at', 'desc')
  for (const column of columns) select = select.orderBy(`listing.${column}`)
  if (query.storeId) select = select.where('listing.store_id', '=', query.storeId)
  if (query.skuId) select = select.where('listing.sku_id', '=', query.skuId)
  if (query.state) select = select.where('listing.state', '=', query.state)
  if (query.stale !== undefined) select = select.where('listing.stale', '=', query.stale)
  if (after && newest) {
    const [at, store, sku] = after
    select = select.where(
      sql<boolean>`(listing.decided_at < ${at}::timestamptz
        or (listing.decided_at = ${at}::timestamptz and (listing.store_id, listing.sku_id) > (${store}, ${sku})))`,
    )
  } else if (after) {
    const [first, second] = columns.map((column) => sql.ref(`listing.${column}`))
    select = select.where(sql<boolean>`(${first}, ${second}) > (${after[0]}, ${after[1]})`)
  }
  const rows = await select.execute()
  return keyset.page(
    rows,
    query.limit,
    (row) => [...(newest ? [row.at ?? ''] : []), row[columns[0]], row[columns[1]]],
    listingOf,
  )
}

/** One listing, or null when it does not exist or lies outside the scope. */
export async function findListing(
  db: Db | Tx,
  { storeId, skuId }: ListingId,
  scope: Scope,
): Promise<ListingView | null> {
  const row = await listings(db)
    .where('listing.store_id', '=', storeId)
    .where('listing.sku_id', '=', skuId)
    .where(inScope(scope, 'listing.store_id'))
    .executeTakeFirst()
  return row ? listingOf(row) : null
}

const DELIVERIES_SHOWN = 20

/** What was last sent to the store, the newest first. */
export async function deliveriesOf(
  db: Db,
  { storeId, skuId, version }: ListingView,
): Promise<z.output<typeof listingDetail>['deliveries']> {
  // Their operation ids are known from the version: a read by key, however long the history.
  const operationIds = Array.from(
    { length: Math.min(DELIVERIES_SHOWN, version) },
    (_, age) => `${LISTING_DELIVERY}/${listingKey(storeId, skuId)}/${version - age}`,
  )
  const rows = await db
    .selectFrom('delivery')
    .select(['payload', 'state', 'attempts', 'last_error', 'created_at', 'settled_at'])
    .where('operation_id', '=', sql<string>`any(${operationIds}::text[])`)
    .orderBy('created_at', 'desc')
    .execute()
  return rows.map((row) => {
    const { version, quantity } = listingMessage.parse(row.payload)
    return {
      version,
      quantity,
      state: row.state,
      attempts: row.attempts,
      lastError: row.last_error,
      createdAt: row.created_at.toISOString(),
      settledAt: row.settled_at?.toISOString() ?? null,
    }
  })
}

function listings(db: Db | Tx) {
  return db
    .selectFrom('listing')
    .innerJoin('store', 'store.id', 'listing.store_id')
    .selectAll('listing')
    .select(['store.channel', exact('listing.decided_at').as('at')])
}

type Row = Awaited<ReturnType<ReturnType<typeof listings>['executeTakeFirstOrThrow']>>

function listingOf(row: Row): ListingView {
  const { confirmed_version: version, confirmed_quantity: quantity, confirmed_at: at } = row
  return {
    storeId: row.store_id,
    skuId: row.sku_id,
    channel: channel.parse(row.channel),
    state: row.state,
    reason: row.reason,
    version: row.version,
    quantity: row.quantity,
    decidedAt: row.decided_at?.toISOString() ?? null,
    sentVersion: row.sent_version,
    mayShow: row.may_show,
    confirmed:
      version === null || quantity === null || at === null
        ? null
        : { version, quantity, at: at.toISOString() },
    stale: row.stale,
    updatedAt: row.updated_at.toISOString(),
  }
}
