import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import {
  type ChannelQuota,
  type CurrentListing,
  type ListingDecision,
  type ListingReason,
  planListings,
} from '../domain/listing.ts'
import { type SafetyStockPolicy, thresholdOf } from '../domain/safety-stock.ts'
import type { Db, Tx } from './database.ts'
import { withoutOwed } from './owed-units.ts'
import { recentSales } from './sales-figures.ts'

/** What has to be known to decide listings. */
export type PlanContext = {
  policy: { version: number; document: SafetyStockPolicy }
  /** Channels that have a connector: only for their stores is anything queued. */
  connectedChannels: readonly string[]
}

/** A SKU is decided anew after this time although nothing was heard of it: sales and holds age without a movement. */
const DECIDE_AGAIN_SECONDS = 15 * 60

/**
 * Decides the listings of SKUs that are due, at most `limit` of them, and queues what has changed: one delivery a
 * listing, which withdraws the one before it. SKUs that another process is deciding are left to it.
 *
 * Locks: `listing_sku`, then listings, then deliveries, each in the order of its keys. Stock rows are only read: what a
 * store shows is no promise, checkout alone makes those.
 *
 * @returns how many SKUs were decided
 */
export async function planDueListings(db: Db, context: PlanContext, limit: number): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const due = await tx
      .selectFrom('listing_sku')
      .select('sku_id')
      .where('due_at', '<=', sql<Date>`clock_timestamp()`)
      .orderBy('due_at')
      .limit(limit)
      .forUpdate()
      .skipLocked()
      .execute()
    if (due.length === 0) return 0
    const skuIds = due.map((row) => row.sku_id).sort()
    const changes = await decide(tx, skuIds, context)
    await writeDecisions(tx, changes)
    await queueChanges(
      tx,
      changes.filter((change) => change.send),
    )
    await tx
      .updateTable('listing_sku')
      .set({
        due_at: sql`clock_timestamp() + make_interval(secs => ${DECIDE_AGAIN_SECONDS})`,
        decided_at: sql`clock_timestamp()`,
        policy_version: context.policy.version,
      })
      .where('sku_id', '=', sql<string>`any(${skuIds}::text[])`)
      .execute()
    return skuIds.length
  })
}

type ListingRow = {
  store_id: string
  sku_id: string
  channel: string
  in_business: boolean
  version: number
  quantity: number
  reason: ListingReason | 'new'
  sent_version: number
  may_show: number
  resend: boolean
}
type Change = ListingRow & { decision: ListingDecision; newVersion: number; send: boolean }

async function decide(tx: Tx, skuIds: string[], context: PlanContext): Promise<Change[]> {
  const { document } = context.policy
  // The lock comes first and the levels in a later statement: what marked these SKUs as due has committed by then.
  const listings = await lockListings(tx, skuIds)
  const levels = await readLevels(tx, skuIds)
  const quotas = await readQuotas(tx, skuIds)
  const waiting = await readWaiting(tx, skuIds)
  const sales = await recentSales(tx, skuIds, document.salesWindowDays)
  return skuIds.flatMap((skuId) => {
    const rows = listings.filter((row) => row.sku_id === skuId)
    const current = rows.map(
      (row): CurrentListing => ({
        storeId: row.store_id,
        channel: row.channel,
        isActive: row.in_business,
        recentSales: sales.get(`${row.store_id} ${skuId}`) ?? 0,
        quantity: row.version === 0 ? null : row.quantity,
        wasInactive: row.reason === 'inactive',
        mayShow: row.may_show,
      }),
    )
    const plan = planListings(
      withoutOwed(
        levels.filter((level) => level.sku_id === skuId),
        waiting.get(skuId) ?? 0,
      ).map((level) => ({
        available: level.available,
        threshold: thresholdOf({ safetyStock: level.safety_stock, category: level.category }, document),
      })),
      current,
      document,
      quotas.filter((quota) => quota.sku_id === skuId),
    )
    const decisions = new Map(plan.decisions.map((decision) => [decision.storeId, decision]))
    return rows.flatMap((row) => {
      const decision = decisions.get(row.store_id)
      return decision ? changeOf(row, decision, context.connectedChannels) : []
    })
  })
}

/** What a decision changes of a listing, if anything. A resend is a new version, or the store would ignore it. */
function changeOf(
  row: ListingRow,
  decision: ListingDecision,
  connectedChannels: readonly string[],
): Change[] {
  const isNew = row.version === 0 || row.quantity !== decision.quantity || row.resend
  const newVersion = isNew ? row.version + 1 : row.version
  const send = connectedChannels.includes(row.channel) && row.sent_version < newVersion
  if (!isNew && !send && row.reason === decision.reason) return []
  return [{ ...row, decision, newVersion, send }]
}

async function lockListings(tx: Tx, skuIds: string[]): Promise<ListingRow[]> {
  const { rows } = await sql<ListingRow>`
    select listing.store_id, listing.sku_id, store.channel, listing.active and store.active and sku.active as in_business,
      listing.version, listing.quantity, listing.reason, listing.sent_version, listing.may_show, listing.resend
    from listing join store on store.id = listing.store_id join sku on sku.id = listing.sku_id
    where listing.sku_id = any(${skuIds}::text[])
    order by listing.sku_id, listing.store_id for update of listing`.execute(tx)
  return rows
}

type LevelRow = { sku_id: string; available: number; safety_stock: number; category: string }

async function readLevels(tx: Tx, skuIds: string[]): Promise<LevelRow[]> {
  const { rows } = await sql<LevelRow>`
    select level.sku_id, level.total - level.shipped - level.reserved as available, level.safety_stock, sku.category
    from stock_level as level join sku on sku.id = level.sku_id
      join warehouse on warehouse.id = level.warehouse_id and warehouse.active
    where level.sku_id = any(${skuIds}::text[])`.execute(tx)
  return rows
}

/** Units that platforms have sold already and that wait for stock, by SKU. */
async function readWaiting(tx: Tx, skuIds: string[]): Promise<Map<string, number>> {
  const { rows } = await sql<{ sku_id: string; units: number }>`
    select sku_id, sum(quantity)::int as units from stock_wait_line
    where waiting and sku_id = any(${skuIds}::text[]) group by sku_id`.execute(tx)
  return new Map(rows.map((row) => [row.sku_id, row.units]))
}

/**
 * What running promotions still hold for each channel. Where more is promised than exists, nobody can say whose units
 * are missing: so many fewer are shown.
 */
async function readQuotas(tx: Tx, skuIds: string[]): Promise<(ChannelQuota & { sku_id: string })[]> {
  const { rows } = await sql<ChannelQuota & { sku_id: string }>`
    select quota.sku_id, quota.channel, greatest(0, sum(quota.promised - quota.drawn - quota.returned)
      - (select coalesce(sum(level.shortfall), 0) from stock_level as level where level.sku_id = quota.sku_id))::int as units
    from promotion_quota as quota join promotion on promotion.id = quota.promotion_id
    where quota.sku_id = any(${skuIds}::text[]) and promotion.state = 'running' and promotion.ends_at > now()
    group by quota.sku_id, quota.channel`.execute(tx)
  return rows
}

async function writeDecisions(tx: Tx, changes: Change[]): Promise<void> {
  if (changes.length === 0) return
  const column = <Value>(value: (change: Change) => Value) => changes.map(value)
  await sql`
    update listing set
      version = decided.version,
      quantity = decided.quantity,
      reason = decided.reason,
      decided_at = case when listing.version = decided.version then listing.decided_at else clock_timestamp() end,
      sent_version = case when decided.send then decided.version else listing.sent_version end,
      may_show = case when decided.send then greatest(listing.may_show, decided.quantity) else listing.may_show end,
      resend = false,
      updated_at = now()
    from unnest(${column((change) => change.store_id)}::text[], ${column((change) => change.sku_id)}::text[],
      ${column((change) => change.newVersion)}::int[], ${column((change) => change.decision.quantity)}::int[],
      ${column((change) => change.decision.reason)}::text[], ${column((change) => change.send)}::boolean[])
      as decided (store_id, sku_id, version, quantity, reason, send)
    where listing.store_id = decided.store_id and listing.sku_id = decided.sku_id
      and listing.sku_id = any(${[...new Set(column((change) => change.sku_id))]}::text[])`.execute(tx)
}

/** One open delivery a listing: what it supersedes is withdrawn, sent or not; the store drops whatever comes late. */
async function queueChanges(tx: Tx, changes: Change[]): Promise<void> {
  if (changes.length === 0) return
  const keys = changes.map((change) => listingKey(change.store_id, change.sku_id))
  await tx
    .updateTable('delivery')
    .set({ state: 'withdrawn', settled_at: sql`clock_timestamp()` })
    .where('kind', '=', LISTING_DELIVERY)
    .where('target', '=', sql<string>`any(${[...new Set(changes.map((change) => change.channel))]}::text[])`)
    .where('order_key', '=', sql<string>`any(${keys}::text[])`)
    .where('state', 'in', ['pending', 'failed'])
    .execute()
  await tx
    .insertInto('delivery')
    .values(
      changes.map(({ store_id: storeId, sku_id: skuId, newVersion: version, decision, ...row }) => ({
        id: uuid(),
        kind: LISTING_DELIVERY,
        target: row.channel,
        operation_id: `listing/${listingKey(storeId, skuId)}/${version}`,
        order_key: listingKey(storeId, skuId),
        payload: JSON.stringify({
          storeId,
          skuId,
          version,
          quantity: decision.quantity,
          lowers: decision.quantity < row.may_show,
        }),
      })),
    )
    .execute()
}

/** Kind of the deliveries that tell a store what to show. */
export const LISTING_DELIVERY = 'listing'

/** A listing's name in queues and work items. */
export function listingKey(storeId: string, skuId: string): string {
  return `${storeId}/${skuId}`
}
