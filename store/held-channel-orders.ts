import { sql } from 'kysely'
import type { ChannelOrder } from '../domain/channel-order.ts'
import { placeChannelOrder } from './channel-order-placing.ts'
import { type ChannelOrderDeps, lockChannelOrder, type ShopOfOrder } from './channel-order-report.ts'
import { openContact } from './contacts.ts'
import type { Db, Tx } from './database.ts'

/** Lets held orders with these SKUs be tried again: their mapping has changed. */
export async function replaceHeldOrders(
  tx: Tx,
  shopId: string,
  platformSkuIds: readonly string[],
): Promise<void> {
  await sql`
    update channel_order set try_again_at = clock_timestamp()
    where shop_id = ${shopId} and state = 'held' and exists (
      select from jsonb_array_elements(canonical -> 'lines') as line
      where line ->> 'platformSkuId' = any(${platformSkuIds as string[]}::text[]))`.execute(tx)
}

/** Lets one held order be tried again. */
export async function tryHeldOrderAgain(
  db: Db,
  at: { shopId: string; platformOrderId: string },
): Promise<void> {
  await db
    .updateTable('channel_order')
    .set({ try_again_at: sql`clock_timestamp()` })
    .where('shop_id', '=', at.shopId)
    .where('platform_order_id', '=', at.platformOrderId)
    .where('state', '=', 'held')
    .execute()
}

/** Tries held orders again whose reason may be gone, oldest first. Returns how many were tried. */
export async function placeHeldOrders(db: Db, deps: ChannelOrderDeps, limit: number): Promise<number> {
  const due = await db
    .selectFrom('channel_order')
    .innerJoin('shop', 'shop.id', 'channel_order.shop_id')
    .select([
      'channel_order.shop_id as shopId',
      'shop.store_id as storeId',
      'shop.platform',
      'channel_order.platform_order_id as platformOrderId',
    ])
    .where('channel_order.state', '=', 'held')
    .where('channel_order.try_again_at', '<=', sql<Date>`clock_timestamp()`)
    .orderBy('channel_order.try_again_at')
    .limit(limit)
    .execute()
  for (const { platformOrderId, ...shop } of due) {
    await db.transaction().execute((tx) => placeHeldOrder(tx, deps, shop, platformOrderId))
  }
  return due.length
}

async function placeHeldOrder(
  tx: Tx,
  deps: ChannelOrderDeps,
  shop: ShopOfOrder,
  platformOrderId: string,
): Promise<void> {
  const known = await lockChannelOrder(tx, shop.shopId, platformOrderId)
  if (known?.state !== 'held') return
  const row = await tx
    .selectFrom('contact')
    .selectAll()
    .where('id', '=', known.contactId)
    .executeTakeFirstOrThrow()
  const person = openContact(deps.keyRing, row)
  // The whole address is in one text; the province at its beginning is all that placing needs.
  const receiver = {
    name: '',
    phone: '',
    province: person?.address ?? '',
    city: '',
    district: '',
    address: '',
    ciphertext: {},
  }
  const order: ChannelOrder = { ...known.canonical, receiver, buyerRemark: '' }
  await placeChannelOrder(tx, deps, { shop, order, inboxIds: [], traceParent: null }, known.contactId)
}
