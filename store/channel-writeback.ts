import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import type { SkuPart } from '../domain/channel-order.ts'
import type { FulfilmentLine } from '../domain/order.ts'
import { type MappedSku, shopQuantities } from '../domain/shop-quantities.ts'
import type { Db, Tx } from './database.ts'

/** Kind of the deliveries that tell a platform a waybill. */
export const SHIP_DELIVERY = 'channel_ship'

/**
 * Queues the waybill of a parcel for the platform that its order comes from, in the transaction that packs it; of an
 * order that is the hub's own, nothing. Waybills of one order are told in the order of their packing.
 */
export async function queueShipment(
  tx: Tx,
  parcel: {
    parcelId: string
    orderId: string
    courier: string
    waybillNumber: string
    lines: readonly FulfilmentLine[]
  },
): Promise<void> {
  const { rows } = await sql<{
    shopId: string
    channel: string
    platformOrderId: string
    lineMap: Record<string, string>
    units: number
  }>`
    select channel_order.shop_id as "shopId", store.channel, platform_order_id as "platformOrderId",
      line_map as "lineMap", (select sum(quantity)::int from order_line where order_id = ${parcel.orderId}
        and line_map ? line_number::text) as units
    from channel_order join shop on shop.id = channel_order.shop_id join store on store.id = shop.store_id
    where channel_order.order_id = ${parcel.orderId}`.execute(tx)
  const [order] = rows
  if (!order) return
  // Gifts, and goods that are sent once more, are no lines of the platform.
  const known = parcel.lines.filter((line) => Object.hasOwn(order.lineMap, line.lineNumber))
  if (known.length === 0) return
  const packed = known.reduce((sum, line) => sum + line.quantity, 0)
  const platformLineIds = [...new Set(known.map((line) => order.lineMap[line.lineNumber] ?? ''))]
  await tx
    .insertInto('delivery')
    .values({
      id: uuid(),
      kind: SHIP_DELIVERY,
      target: order.channel,
      operation_id: `${parcel.parcelId}/ship`,
      order_id: parcel.orderId,
      order_key: parcel.orderId,
      payload: JSON.stringify({
        shopId: order.shopId,
        platformOrderId: order.platformOrderId,
        courier: parcel.courier,
        waybillNumber: parcel.waybillNumber,
        // No lines: the whole order, which every platform can be told with one call.
        lines:
          packed === order.units
            ? []
            : platformLineIds
                .filter((id) => id !== '')
                .map((platformLineId) => ({
                  platformLineId,
                  quantity: known
                    .filter((line) => order.lineMap[line.lineNumber] === platformLineId)
                    .reduce((sum, line) => sum + line.quantity, 0),
                })),
      }),
    })
    .execute()
}

/** One SKU of one shop, and what it should show. */
export type ShopQuantity = { shopId: string; platformItemId: string; platformSkuId: string; quantity: number }

/**
 * What the shops of a store should show where one of our SKUs is in it. The store's listings of now decide, so that a
 * delivery that comes late tells the newest.
 */
export async function readShopQuantities(db: Db, storeId: string, skuId: string): Promise<ShopQuantity[]> {
  const { rows } = await sql<{
    shopId: string
    platformSkuId: string
    platformItemId: string | null
    parts: SkuPart[]
  }>`
    with now as not materialized (
      select mapping.* from sku_mapping as mapping join shop on shop.id = mapping.shop_id
      where shop.store_id = ${storeId} and shop.active and not exists (
        select from sku_mapping as newer where newer.shop_id = mapping.shop_id
          and newer.platform_sku_id = mapping.platform_sku_id and newer.version > mapping.version)
    ), beside as (
      -- What is sold together with it: bundles are as scarce as any of their parts, and others may share those.
      select distinct part ->> 'skuId' as sku_id from now cross join jsonb_array_elements(now.parts) as part
      where now.parts @> ${JSON.stringify([{ skuId }])}::jsonb
    )
    select distinct now.shop_id as "shopId", now.platform_sku_id as "platformSkuId",
      now.platform_item_id as "platformItemId", now.parts
    from beside join now on now.parts @> jsonb_build_array(jsonb_build_object('skuId', beside.sku_id))
    order by "shopId", "platformSkuId"`.execute(db)
  const parts = new Set(rows.flatMap((row) => row.parts.map((part) => part.skuId)))
  const listings = await db
    .selectFrom('listing')
    .select(['sku_id', 'quantity'])
    .where('store_id', '=', storeId)
    .where('sku_id', '=', sql<string>`any(${[...parts]}::text[])`)
    .execute()
  const quantities = new Map(listings.map((row) => [row.sku_id, row.quantity]))
  const mapped: (MappedSku & { shopId: string })[] = rows.map((row) => ({
    ...row,
    // Two shops of one store divide, too: the platform's ids may be the same in both.
    platformSkuId: `${row.shopId}/${row.platformSkuId}`,
  }))
  const shown = shopQuantities(mapped, (id) => quantities.get(id) ?? 0)
  return rows
    .filter((row) => row.parts.some((part) => part.skuId === skuId))
    .map((row) => ({
      shopId: row.shopId,
      platformItemId: row.platformItemId ?? '',
      platformSkuId: row.platformSkuId,
      quantity: shown.get(`${row.shopId}/${row.platformSkuId}`) ?? 0,
    }))
}

/** Channels whose stores have a shop that the hub can tell what to show. */
export async function connectedChannels(db: Db | Tx): Promise<string[]> {
  const rows = await db
    .selectFrom('shop')
    .innerJoin('store', 'store.id', 'shop.store_id')
    .select('store.channel')
    .distinct()
    .where('shop.active', '=', true)
    .execute()
  return rows.map((row) => row.channel)
}
