import { sql } from 'kysely'
import { z } from 'zod'
import type {
  ChannelOrderView,
  channelOrderDetail,
  ListChannelOrdersQuery,
} from '../contracts/channel-orders.ts'
import type { Db } from './database.ts'
import { inScope, type Scope } from './identity.ts'
import { exact, exactInstant, Keyset, type Page } from './paging.ts'

const position = z.tuple([exactInstant, z.string().max(64), z.string().max(128)])

/** One page of the platforms' orders in scope, by when they were first seen. */
export async function listChannelOrders(
  db: Db,
  query: ListChannelOrdersQuery,
  scope: Scope,
): Promise<Page<ChannelOrderView>> {
  const keyset = new Keyset<string[]>('channel-orders', query, position)
  const after = keyset.after(query.cursor)
  const direction = query.sort === 'newest' ? 'desc' : 'asc'
  let select = channelOrders(db)
    .where(inScope(scope, 'shop.store_id'))
    .orderBy('channel_order.first_seen_at', direction)
    .orderBy('channel_order.shop_id', direction)
    .orderBy('channel_order.platform_order_id', direction)
    .limit(query.limit + 1)
  if (query.state) select = select.where('channel_order.state', '=', query.state)
  if (query.reason) select = select.where('channel_order.held_reason', '=', query.reason)
  if (query.shopId) select = select.where('channel_order.shop_id', '=', query.shopId)
  if (query.platformOrderId) {
    select = select.where('channel_order.platform_order_id', '=', query.platformOrderId)
  }
  if (after) {
    const [at, shopId, platformOrderId] = after
    const than = sql.raw(direction === 'desc' ? '<' : '>')
    select = select.where(
      sql<boolean>`(channel_order.first_seen_at, channel_order.shop_id, channel_order.platform_order_id)
        ${than} (${at}::timestamptz, ${shopId}, ${platformOrderId})`,
    )
  }
  const rows = await select.execute()
  return keyset.page(rows, query.limit, (row) => [row.seen, row.shopId, row.platformOrderId], viewOf)
}

/** One order of a platform, or null when it is not known or lies outside the scope. */
export async function findChannelOrder(
  db: Db,
  at: { shopId: string; platformOrderId: string },
  scope: Scope,
): Promise<z.output<typeof channelOrderDetail> | null> {
  const row = await channelOrders(db)
    .where(inScope(scope, 'shop.store_id'))
    .where('channel_order.shop_id', '=', at.shopId)
    .where('channel_order.platform_order_id', '=', at.platformOrderId)
    .executeTakeFirst()
  if (!row) return null
  const { shippingForbidden, lines } = row.canonical
  return { ...viewOf(row), shippingForbidden, lines, mappingVersions: row.mappingVersions }
}

function channelOrders(db: Db) {
  return db
    .selectFrom('channel_order')
    .innerJoin('shop', 'shop.id', 'channel_order.shop_id')
    .select([
      'channel_order.shop_id as shopId',
      'shop.platform',
      'shop.store_id as storeId',
      'channel_order.platform_order_id as platformOrderId',
      'channel_order.state',
      'channel_order.held_reason as heldReason',
      'channel_order.order_id as orderId',
      'channel_order.status',
      'channel_order.raw_status as rawStatus',
      'channel_order.canonical',
      'channel_order.mapping_versions as mappingVersions',
      'channel_order.modified_at as modifiedAt',
      'channel_order.first_seen_at as firstSeenAt',
      'channel_order.updated_at as updatedAt',
      exact('channel_order.first_seen_at').as('seen'),
    ])
}

type Row = Awaited<ReturnType<ReturnType<typeof channelOrders>['execute']>>[number]

function viewOf(row: Row): ChannelOrderView {
  const {
    canonical,
    seen: _seen,
    mappingVersions: _versions,
    modifiedAt,
    firstSeenAt,
    updatedAt,
    ...rest
  } = row
  return {
    ...rest,
    amountCents: canonical.amountCents,
    modifiedAt: modifiedAt.toISOString(),
    firstSeenAt: firstSeenAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  }
}
