import { sql } from 'kysely'
import { z } from 'zod'
import type { ListShopsQuery, ShopView } from '../contracts/shops.ts'
import type { Platform } from '../domain/channel-order.ts'
import type { Db } from './database.ts'
import { exact, Keyset, type Page, timeAndId } from './paging.ts'

/** What the feeds of a platform are expected to keep, in seconds; `push` is null where it pushes nothing. */
export type LagTargets = (platform: Platform) => { push: number | null; pull: number }

/** Counting further helps nobody. */
const MOST_HINTS = 10_000
/** More series than that are no help to anybody. */
const MOST_SHOPS = 1_000

type FeedRow = {
  state: 'unknown' | 'connected' | 'disconnected' | 'ok' | 'failing'
  watermark: string | null
  last_success_at: string | null
  last_message_at: string | null
  last_error: string | null
  consecutive_failures: number
}
type Row = {
  id: string
  store_id: string
  platform: Platform
  platform_shop_id: string
  app_key: string
  gateway_url: string
  push_url: string | null
  credentials_version: number
  active: boolean
  changed_by: string
  created_at: Date
  updated_at: Date
  at: string
  push: FeedRow | null
  pull: FeedRow | null
  hints: number
  oldest_hint: Date | null
  now: Date
}

const columns = sql`
  shop.*, ${exact('shop.created_at')} as at, clock_timestamp() as now,
  (select to_jsonb(feed) from channel_feed as feed where feed.shop_id = shop.id and feed.way = 'push') as push,
  (select to_jsonb(feed) from channel_feed as feed where feed.shop_id = shop.id and feed.way = 'pull') as pull,
  waiting.hints::int as hints, waiting.oldest_hint`
const waiting = sql`
  cross join lateral (
    select count(*) as hints, min(received_at) as oldest_hint from (
      select received_at from inbox where inbox.shop = shop.id and inbox.state = 'hint'
      order by next_attempt_at limit ${sql.lit(MOST_HINTS)}) as hint) as waiting`
const byId = z.tuple([z.string().max(64)])

/** One page of the shops, by id or with the newest first. */
export async function listShops(db: Db, query: ListShopsQuery, targets: LagTargets): Promise<Page<ShopView>> {
  const newest = query.sort === 'newest'
  const keyset = newest
    ? new Keyset<string[]>('shops', query, timeAndId)
    : new Keyset<string[]>('shops', query, byId)
  const conditions = [sql<boolean>`true`]
  if (query.platform !== undefined) conditions.push(sql`shop.platform = ${query.platform}`)
  if (query.storeId !== undefined) conditions.push(sql`shop.store_id = ${query.storeId}`)
  if (query.active !== undefined) conditions.push(sql`shop.active = ${query.active}`)
  if (query.search !== undefined) {
    conditions.push(
      sql`(strpos(lower(shop.id), lower(${query.search})) > 0
        or strpos(lower(shop.platform_shop_id), lower(${query.search})) > 0)`,
    )
  }
  const after = keyset.after(query.cursor)
  if (after) {
    conditions.push(
      newest
        ? sql`(shop.created_at, shop.id) < (${after[0]}::timestamptz, ${after[1]})`
        : sql`shop.id > ${after[0]}`,
    )
  }
  const { rows } = await sql<Row>`
    select ${columns} from shop ${waiting} where ${sql.join(conditions, sql` and `)}
    order by ${newest ? sql`shop.created_at desc, shop.id desc` : sql`shop.id`} limit ${query.limit + 1}`.execute(
    db,
  )
  return keyset.page(
    rows,
    query.limit,
    (row) => (newest ? [row.at, row.id] : [row.id]),
    (row) => shopOf(row, targets),
  )
}

/** The shops in service, for the metrics. */
export async function activeShops(db: Db, targets: LagTargets): Promise<ShopView[]> {
  const { rows } = await sql<Row>`
    select ${columns} from shop ${waiting} where shop.active order by shop.id limit ${MOST_SHOPS}`.execute(db)
  return rows.map((row) => shopOf(row, targets))
}

/** One shop, or null. */
export async function findShop(db: Db, shopId: string, targets: LagTargets): Promise<ShopView | null> {
  const { rows } = await sql<Row>`select ${columns} from shop ${waiting} where shop.id = ${shopId}`.execute(
    db,
  )
  return rows[0] ? shopOf(rows[0], targets) : null
}

function shopOf(row: Row, targets: LagTargets): ShopView {
  const target = targets(row.platform)
  return {
    id: row.id,
    storeId: row.store_id,
    platform: row.platform,
    platformShopId: row.platform_shop_id,
    appKey: row.app_key,
    gatewayUrl: row.gateway_url,
    pushUrl: row.push_url,
    credentialsVersion: row.credentials_version,
    active: row.active,
    changedBy: row.changed_by,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    hintsWaiting: row.hints,
    oldestHintAt: row.oldest_hint?.toISOString() ?? null,
    push:
      target.push === null
        ? null
        : { ...feedOf(row.push), lagSeconds: pushLag(row), lagTargetSeconds: target.push },
    pull: {
      ...feedOf(row.pull),
      watermark: instantOf(row.pull?.watermark),
      lagSeconds: row.active ? secondsSince(row, row.pull?.watermark) : null,
      lagTargetSeconds: target.pull,
    },
  }
}

/**
 * A feed that is connected, or of which messages come in, lags by its oldest message that nobody has followed yet;
 * one that is cut off, by the time since it last was not.
 */
function pushLag(row: Row): number | null {
  if (!row.active || !row.push || row.push.state === 'unknown') return null
  const waiting = row.oldest_hint ? (row.now.getTime() - row.oldest_hint.getTime()) / 1000 : 0
  if (row.push.state !== 'disconnected') return Math.max(0, waiting)
  return Math.max(waiting, secondsSince(row, row.push.last_success_at) ?? 0)
}

function secondsSince({ now }: Row, then: string | null | undefined): number | null {
  return then ? Math.max(0, (now.getTime() - Date.parse(then)) / 1000) : null
}

function instantOf(text: string | null | undefined): string | null {
  return text ? new Date(text).toISOString() : null
}

function feedOf(feed: FeedRow | null) {
  return {
    state: feed?.state ?? 'unknown',
    lastMessageAt: instantOf(feed?.last_message_at),
    lastSuccessAt: instantOf(feed?.last_success_at),
    lastError: feed?.last_error ?? null,
    consecutiveFailures: feed?.consecutive_failures ?? 0,
  }
}
