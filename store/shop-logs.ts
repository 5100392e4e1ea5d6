import { type RawBuilder, type Selectable, sql } from 'kysely'
import { z } from 'zod'
import { ProblemError } from '../contracts/errors.ts'
import type {
  ListShopDeliveriesQuery,
  ListShopMessagesQuery,
  ShopDeliveryView,
  ShopMessageView,
} from '../contracts/shop-logs.ts'
import type { Platform } from '../domain/channel-order.ts'
import { SHIP_DELIVERY } from './channel-writeback.ts'
import type { Db, Tx } from './database.ts'
import { DUE_ANEW, sendAgain } from './due-anew.ts'
import { channelOrderKey } from './intake.ts'
import { requestResend } from './listing-due.ts'
import { LISTING_DELIVERY } from './listing-plan.ts'
import { beyond, exact, Keyset, type Page, timeAndUuid } from './paging.ts'
import type { Database } from './schema.ts'

/** What one shop sent, and what it was told. */

type LoggedShop = { shopId: string; storeId: string; platform: Platform }

/** @throws ProblemError `not-found` */
export async function findLoggedShop(db: Db | Tx, shopId: string): Promise<LoggedShop> {
  const shop = await db
    .selectFrom('shop')
    .select(['id as shopId', 'store_id as storeId', 'platform'])
    .where('id', '=', shopId)
    .executeTakeFirst()
  if (!shop) throw new ProblemError('not-found', `there is no shop ${shopId}`)
  return shop
}

const byNumber = z.tuple([z.string().regex(/^[0-9]{1,15}$/)])

/** One page of a shop's messages, in the order in which they were kept. */
export async function listShopMessages(
  db: Db,
  shop: LoggedShop,
  query: ListShopMessagesQuery,
): Promise<Page<ShopMessageView>> {
  const keyset = new Keyset(`shop-messages/${shop.shopId}`, query, byNumber)
  const after = keyset.after(query.cursor)
  const isNewest = query.sort === 'newest'
  let select = db
    .selectFrom('inbox')
    .selectAll()
    .where('source', '=', shop.platform)
    .where('shop', '=', shop.shopId)
    .orderBy('id', isNewest ? 'desc' : 'asc')
    .limit(query.limit + 1)
  if (query.state) select = select.where('state', '=', query.state)
  if (query.platformOrderId)
    select = select.where('order_key', '=', channelOrderKey(shop, query.platformOrderId))
  if (after) select = select.where('id', isNewest ? '<' : '>', Number(after[0]))
  return keyset.page(
    await select.execute(),
    query.limit,
    (row) => [String(row.id)],
    (row) => messageOf(shop, row),
  )
}

/** States in which a message still waits for somebody who takes it. */
const WAITING = ['hint', 'pending', 'waiting', 'unread']
/** A fetch more does no harm: an order is read as it is now, and written only if that is news. */
const REPLAYABLE = ['hint', 'fetched', 'set_aside', 'dismissed'] as const

function messageOf(shop: LoggedShop, row: Selectable<Database['inbox']>): ShopMessageView {
  const platformOrderId = platformOrderOf(shop, row.order_key)
  return {
    messageId: String(row.id),
    platformMessageId: row.source_event_id,
    type: row.type,
    platformOrderId,
    state: row.state,
    attempts: row.attempts,
    lastError: row.last_error,
    nextAttemptAt: WAITING.includes(row.state) ? row.next_attempt_at.toISOString() : null,
    occurredAt: row.occurred_at.toISOString(),
    receivedAt: row.received_at.toISOString(),
    settledAt: row.settled_at?.toISOString() ?? null,
    canReplay: platformOrderId !== null && REPLAYABLE.some((state) => state === row.state),
  }
}

/** The platform's number of the order that a message is about; null where its key names none of this shop's. */
function platformOrderOf(shop: LoggedShop, orderKey: string): string | null {
  const start = channelOrderKey(shop, '')
  return orderKey.startsWith(start) && orderKey.length > start.length ? orderKey.slice(start.length) : null
}

/**
 * Has the order fetched that a message is about, as if the message had just come. The shop's turn and the platform's limits are
 * kept as ever.
 *
 * @throws ProblemError `not-found`, `shop-log-not-replayable`
 */
export async function replayShopMessage(tx: Tx, shop: LoggedShop, messageId: string): Promise<void> {
  const row = await tx
    .selectFrom('inbox')
    .selectAll()
    .where('id', '=', Number(messageId))
    .where('source', '=', shop.platform)
    .where('shop', '=', shop.shopId)
    .forUpdate()
    .executeTakeFirst()
  if (!row) throw new ProblemError('not-found')
  if (!messageOf(shop, row).canReplay) throw new ProblemError('shop-log-not-replayable')
  await tx
    .updateTable('inbox')
    .set({ state: 'hint', ...DUE_ANEW })
    .where('id', '=', row.id)
    .execute()
}

const KIND_OF = { shipment: SHIP_DELIVERY, listing: LISTING_DELIVERY } as const

/** Whose deliveries of a kind a shop's log shows. A listing is told to all shops of a store at once. */
function toldTo(shop: LoggedShop, kind: keyof typeof KIND_OF): RawBuilder<boolean> {
  return kind === 'shipment'
    ? sql`kind = 'channel_ship' and payload ->> 'shopId' = ${shop.shopId}`
    : sql`kind = 'listing' and payload ->> 'storeId' = ${shop.storeId}`
}

/** One page of what a shop was told. */
export async function listShopDeliveries(
  db: Db,
  shop: LoggedShop,
  query: ListShopDeliveriesQuery,
): Promise<Page<ShopDeliveryView>> {
  const keyset = new Keyset(`shop-deliveries/${shop.shopId}`, query, timeAndUuid)
  const after = keyset.after(query.cursor)
  const direction = query.sort === 'newest' ? 'desc' : 'asc'
  let select = db
    .selectFrom('delivery')
    .selectAll()
    .select(exact('created_at').as('at'))
    .where(toldTo(shop, query.kind))
    .where(beyond(['created_at', 'id'], query.sort, after))
    .orderBy('created_at', direction)
    .orderBy('id', direction)
    .limit(query.limit + 1)
  if (query.state) select = select.where('state', '=', query.state)
  return keyset.page(
    await select.execute(),
    query.limit,
    (row) => [row.at, row.id],
    (row) => deliveryOf(query.kind, row),
  )
}

/** What is shown of the two kinds; the others' members are absent. */
const told = z.object({
  platformOrderId: z.string().nullable().default(null),
  waybillNumber: z.string().nullable().default(null),
  skuId: z.string().nullable().default(null),
  quantity: z.int().nullable().default(null),
})

function deliveryOf(kind: keyof typeof KIND_OF, row: Selectable<Database['delivery']>): ShopDeliveryView {
  return {
    deliveryId: row.id,
    kind,
    orderId: row.order_id,
    ...told.parse(row.payload),
    state: row.state,
    attempts: row.attempts,
    lastStatus: row.last_status,
    lastError: row.last_error,
    nextAttemptAt: row.state === 'pending' ? row.next_attempt_at.toISOString() : null,
    createdAt: row.created_at.toISOString(),
    settledAt: row.settled_at?.toISOString() ?? null,
    canReplay: row.state === 'failed',
  }
}

const listing = z.object({ storeId: z.string(), skuId: z.string() })

/**
 * Tells a shop once more what it did not take: a waybill as it is, a quantity as it is now.
 *
 * @throws ProblemError `not-found`, `shop-log-not-replayable`
 */
export async function replayShopDelivery(tx: Tx, shop: LoggedShop, deliveryId: string): Promise<void> {
  const row = await tx
    .selectFrom('delivery')
    .select(['id', 'kind', 'state', 'payload'])
    .where('id', '=', deliveryId)
    .where((eb) => eb.or([toldTo(shop, 'shipment'), toldTo(shop, 'listing')]))
    .forUpdate()
    .executeTakeFirst()
  if (!row) throw new ProblemError('not-found')
  if (row.state !== 'failed') throw new ProblemError('shop-log-not-replayable')
  if (row.kind === LISTING_DELIVERY) return requestResend(tx, listing.parse(row.payload))
  await sendAgain(tx, row.id)
}
