import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { placeOrderBody } from '../contracts/orders.ts'
import type { ChannelOrder, HeldReason, SkuPart } from '../domain/channel-order.ts'
import {
  isShippedThere,
  isToBeSent,
  owedSince,
  type PlacingLine,
  placingOf,
} from '../domain/channel-placing.ts'
import { provinceNamed } from '../domain/place.ts'
import { addressOf } from './channel-order-contact.ts'
import { takePayment } from './channel-order-money.ts'
import {
  type ChannelOrderDeps,
  type ChannelOrderOutcome,
  type ChannelOrderReport,
  channelOrderKey,
} from './channel-order-report.ts'
import { checkout } from './checkout.ts'
import type { Tx } from './database.ts'
import { awaitStock } from './stock-waits.ts'
import { openWorkItem, resolveOpenWorkItem } from './work-items.ts'

/** Places an order that the hub has not placed yet, or says why that must wait for a person. */
export async function placeChannelOrder(
  tx: Tx,
  deps: ChannelOrderDeps,
  report: ChannelOrderReport,
  contactId: string,
): Promise<ChannelOrderOutcome> {
  const { shop, order } = report
  if (order.status === 'closed') return ignore(tx, report)
  if (isShippedThere(order)) {
    await raiseUnseenShipment(tx, report)
    return ignore(tx, report)
  }
  if (order.status === null) return hold(tx, report, 'unknown_status', `the platform says ${order.rawStatus}`)
  const mapping = await readMapping(tx, shop.shopId, order)
  const placing = placingOf(order, mapping)
  if (!placing.ok) return hold(tx, report, placing.reason, placing.detail)
  const divisionCode = provinceNamed(order.receiver.province)
  if (divisionCode === null) return hold(tx, report, 'unknown_address', 'the province is not known')
  const orderId = uuid()
  const input = inputOf(report, placing.lines, { divisionCode, channel: await channelOf(tx, shop.storeId) })
  if (!input.ok) return hold(tx, report, 'bad_order', input.detail)
  const holdUntil = holdUntilOf(order)
  const lines = placing.lines.map((line, index) => ({ lineNumber: index + 1, ...line }))
  const lineMap = Object.fromEntries(lines.map((line) => [line.lineNumber, line.platformLineId]))
  const result = await checkout(tx, deps, {
    orderId,
    body: input.body,
    placedBy: shop.platform,
    traceParent: report.traceParent,
    terms: { platform: shop.platform, placedAt: order.createdAt, expiresAt: holdUntil, contactId },
  })
  if (!result.ok) return hold(tx, report, 'bad_order', result.problem.message)
  await sql`
    update channel_order set state = 'placed', held_reason = null, try_again_at = null, order_id = ${orderId},
      mapping_versions = ${JSON.stringify(mapping.versions)}::jsonb,
      line_map = ${JSON.stringify(lineMap)}::jsonb
    where shop_id = ${shop.shopId} and platform_order_id = ${order.platformOrderId}`.execute(tx)
  await resolveOpenWorkItem(tx, 'channel_order_held', channelOrderKey(report), 'the order was placed')
  if (result.order.status === 'awaiting_stock') {
    const paidAt = isToBeSent(order) ? owedSince(order) : null
    await awaitStock(tx, { orderId, lines, placedAt: order.createdAt, paidAt, holdUntil })
  }
  await takePayment(tx, report, orderId)
  return { outcome: 'placed', orderId }
}

/** How long an unpaid order's units are held at least: the platform closes it, and the news may come late. */
const GRACE_MS = 10 * 60_000
/** Where the platform does not say how long it waits for the money. */
const DEFAULT_HOLD_MS = 30 * 60_000

function holdUntilOf(order: ChannelOrder): Date {
  const until =
    order.payUntil === null ? Date.parse(order.createdAt) + DEFAULT_HOLD_MS : Date.parse(order.payUntil)
  // A paid order's holds are confirmed in the same transaction; the time must only not be over before that.
  return new Date(Math.max(until, isToBeSent(order) ? Date.now() : 0) + GRACE_MS)
}

type Mapping = {
  parts: Map<string, SkuPart[]>
  versions: Record<string, number>
  standardPriceCents: Map<string, number>
}

async function readMapping(tx: Tx, shopId: string, order: ChannelOrder): Promise<Mapping> {
  const skuIds = [...new Set(order.lines.map((line) => line.platformSkuId))]
  const { rows } = await sql<{ platformSkuId: string; version: number; parts: SkuPart[] }>`
    select distinct on (platform_sku_id) platform_sku_id as "platformSkuId", version, parts from sku_mapping
    where shop_id = ${shopId} and platform_sku_id = any(${skuIds}::text[])
    order by platform_sku_id, version desc`.execute(tx)
  const ours = [...new Set(rows.flatMap((row) => row.parts.map((part) => part.skuId)))]
  const prices = await tx
    .selectFrom('sku')
    .select(['id', 'standard_price_cents as cents'])
    .where('id', '=', sql<string>`any(${ours}::text[])`)
    .execute()
  return {
    parts: new Map(rows.map((row) => [row.platformSkuId, row.parts])),
    versions: Object.fromEntries(rows.map((row) => [row.platformSkuId, row.version])),
    standardPriceCents: new Map(prices.map((price) => [price.id, price.cents])),
  }
}

async function channelOf(tx: Tx, storeId: string): Promise<string> {
  const store = await tx
    .selectFrom('store')
    .select('channel')
    .where('id', '=', storeId)
    .executeTakeFirstOrThrow()
  return store.channel
}

/** The order in the words of a checkout, whose limits hold for platforms too. */
function inputOf(
  { shop, order }: ChannelOrderReport,
  lines: PlacingLine[],
  { divisionCode, channel }: { divisionCode: string; channel: string },
): { ok: true; body: ReturnType<typeof channelOrderBody.parse> } | { ok: false; detail: string } {
  const { receiver } = order
  const parsed = channelOrderBody.safeParse({
    storeId: shop.storeId,
    channel,
    externalOrderId: order.platformOrderId,
    // The receiver is in the contact already; here only what says where the goods go.
    contact: {
      name: '-',
      phone: '00000',
      divisionCode,
      address: addressOf(receiver).slice(0, 200) || '-',
    },
    lines: lines.map(({ skuId, quantity, unitPriceCents }) => ({ skuId, quantity, unitPriceCents })),
    freightCents: order.freightCents,
  })
  if (parsed.success) return { ok: true, body: parsed.data }
  const [issue] = parsed.error.issues
  return { ok: false, detail: `${issue?.path.join('.')}: ${issue?.message}` }
}
/** A platform may sell one SKU in several lines. */
const channelOrderBody = placeOrderBody.extend({
  lines: placeOrderBody.shape.lines.element.array().min(1).max(200),
})

/** Closed or shipped before the hub could place it. */
async function ignore(tx: Tx, { shop, order }: ChannelOrderReport): Promise<ChannelOrderOutcome> {
  await sql`
    update channel_order set state = 'ignored', held_reason = null, try_again_at = null
    where shop_id = ${shop.shopId} and platform_order_id = ${order.platformOrderId}`.execute(tx)
  await resolveOpenWorkItem(
    tx,
    'channel_order_held',
    channelOrderKey({ shop, order }),
    'the platform closed or shipped it',
  )
  return { outcome: 'ignored', orderId: null }
}

async function hold(
  tx: Tx,
  report: ChannelOrderReport,
  reason: HeldReason,
  detail: string,
): Promise<ChannelOrderOutcome> {
  const { shop, order } = report
  await sql`
    update channel_order set state = 'held', held_reason = ${reason}, try_again_at = null
    where shop_id = ${shop.shopId} and platform_order_id = ${order.platformOrderId}`.execute(tx)
  await openWorkItem(tx, {
    kind: 'channel_order_held',
    key: channelOrderKey(report),
    orderId: null,
    detail: {
      shopId: shop.shopId,
      platformOrderId: order.platformOrderId,
      reason,
      detail: detail.slice(0, 500),
    },
  })
  return { outcome: 'held', orderId: null }
}

/** Shipped there, never seen here: only news of orders that are younger than the shop's connection is a contradiction. */
async function raiseUnseenShipment(tx: Tx, report: ChannelOrderReport): Promise<void> {
  const { shop, order } = report
  const { created_at: connectedAt } = await tx
    .selectFrom('shop')
    .select('created_at')
    .where('id', '=', shop.shopId)
    .executeTakeFirstOrThrow()
  if (Date.parse(order.createdAt) < connectedAt.getTime()) return
  await openWorkItem(tx, {
    kind: 'contradiction',
    key: `${channelOrderKey(report)}/shipped`,
    orderId: null,
    detail: {
      shopId: shop.shopId,
      platformOrderId: order.platformOrderId,
      reason: `the platform says ${order.rawStatus}, the hub never had this order`,
    },
  })
}
