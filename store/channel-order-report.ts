import { sql } from 'kysely'
import type { ChannelOrder, Platform } from '../domain/channel-order.ts'
import type { Tx } from './database.ts'
import type { KeyRing } from './keyring.ts'
import type { Policies } from './policy-cache.ts'

export type ChannelOrderDeps = { keyRing: KeyRing; policies: Policies }
export type ShopOfOrder = { shopId: string; storeId: string; platform: Platform }
export type ChannelOrderReport = {
  shop: ShopOfOrder
  order: ChannelOrder
  /** The hints that made the hub look. */
  inboxIds: number[]
  traceParent: string | null
}
export type ChannelOrderOutcome = {
  outcome: 'placed' | 'held' | 'ignored' | 'changed' | 'unchanged' | 'older'
  orderId: string | null
}

/** What is kept in clear; who the order is for, and what the buyer wrote, is sealed in the contact. */
export type StoredOrder = Omit<ChannelOrder, 'receiver' | 'buyerRemark'>

export type KnownOrder = {
  orderId: string | null
  state: 'held' | 'placed' | 'ignored'
  status: ChannelOrder['status']
  rawStatus: string
  modifiedAt: Date
  canonical: StoredOrder
  contactId: string
}

/** One report of an order at a time, also of one that is not there yet. */
export async function lockChannelOrder(
  tx: Tx,
  shopId: string,
  platformOrderId: string,
): Promise<KnownOrder | null> {
  const name = `channel-order/${shopId}/${platformOrderId}`
  await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(tx)
  const row = await tx
    .selectFrom('channel_order')
    .select([
      'order_id as orderId',
      'state',
      'status',
      'raw_status as rawStatus',
      'modified_at as modifiedAt',
      'canonical',
      'contact_id as contactId',
    ])
    .where('shop_id', '=', shopId)
    .where('platform_order_id', '=', platformOrderId)
    .executeTakeFirst()
  return row ?? null
}

/** A line in the order's log, in the platform's name; nothing for an order that was never placed. */
export async function logLine(
  tx: Tx,
  { shop, order, inboxIds }: ChannelOrderReport,
  orderId: string | null,
  change: { field: string; oldValue: string | null; newValue: string },
): Promise<void> {
  if (orderId === null) return
  await sql`
    insert into operation_log (order_id, store_id, version, field, old_value, new_value, operator, source, source_time,
      inbox_id)
    select id, store_id, version, ${change.field}, ${change.oldValue}, ${change.newValue}, ${shop.platform},
      ${`channel/${shop.shopId}`}, ${order.modifiedAt}::timestamptz, ${inboxIds.at(-1) ?? null}::bigint
    from orders where id = ${orderId}`.execute(tx)
}

export function channelOrderKey({ shop, order }: Pick<ChannelOrderReport, 'shop' | 'order'>): string {
  return `${shop.shopId}/${order.platformOrderId}`
}
