import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { placeOrderBody } from '../contracts/orders.ts'
import { CHANNEL_OF_PLATFORM } from '../contracts/shops.ts'
import type { ChannelOrder, HeldReason, Platform, SkuPart } from '../domain/channel-order.ts'
import {
  isOlder,
  isPaidThere,
  isShippedThere,
  type PlacingLine,
  placingOf,
} from '../domain/channel-placing.ts'
import { provinceNamed } from '../domain/place.ts'
import { checkout } from './checkout.ts'
import { openContact, type PersonalData, sealContact } from './contacts.ts'
import type { Db, Tx } from './database.ts'
import { appendInbox } from './inbox.ts'
import type { KeyRing } from './keyring.ts'
import { recordPayment } from './payments.ts'
import type { Policies } from './policy-cache.ts'
import { confirmHolds } from './reservation.ts'
import { awaitStock, notePaidWhileWaiting } from './stock-waits.ts'
import { openWorkItem, resolveOpenWorkItem } from './work-items.ts'

/**
 * Orders as their platforms tell them, and what follows for the hub's own. The first time that an order can be read, it
 * is placed and reserves in the very same transaction; after that only what the order's workflow decides on reaches
 * it: the money, and that the platform has closed it. Everything else is logged, or a person's work.
 */
type Deps = { keyRing: KeyRing; policies: Policies }
type Shop = { shopId: string; storeId: string; platform: Platform }
export type ChannelOrderReport = {
  shop: Shop
  order: ChannelOrder
  /** The hints that made the hub look. */
  inboxIds: number[]
  traceParent: string | null
}
export type ChannelOrderOutcome = {
  outcome: 'placed' | 'held' | 'ignored' | 'changed' | 'unchanged' | 'older'
  orderId: string | null
}

/** Takes over what a platform says about one of its orders. The newest by the platform's own clock wins. */
export async function applyChannelOrder(
  tx: Tx,
  deps: Deps,
  report: ChannelOrderReport,
): Promise<ChannelOrderOutcome> {
  const { shop, order } = report
  const known = await lockChannelOrder(tx, shop.shopId, order.platformOrderId)
  const version = { status: order.status, modifiedAt: order.modifiedAt }
  if (known && isOlder(version, { status: known.status, modifiedAt: known.modifiedAt.toISOString() })) {
    await logLine(tx, report, known.orderId, {
      field: 'channel_status',
      oldValue: known.rawStatus,
      newValue: `${order.rawStatus} (older, ignored)`,
    })
    return { outcome: 'older', orderId: known.orderId }
  }
  // What the buyer wrote may name people: it is sealed with the receiver.
  const { receiver: _receiver, buyerRemark: _remark, ...canonical } = order
  const contact = await contactOf(tx, deps, known?.contactId ?? null, order)
  const isSame = known && contact === known.contactId && isDeepStrictEqual(known.canonical, canonical)
  if (isSame && known.state !== 'held') return { outcome: 'unchanged', orderId: known.orderId }
  if (!known) {
    await tx
      .insertInto('channel_order')
      .values({
        shop_id: shop.shopId,
        platform_order_id: order.platformOrderId,
        state: 'ignored',
        status: order.status,
        raw_status: order.rawStatus,
        modified_at: order.modifiedAt,
        canonical: JSON.stringify(canonical),
        contact_id: contact,
        mapping_versions: '{}',
      })
      .execute()
  } else {
    await sql`
      update channel_order set status = ${order.status}, raw_status = ${order.rawStatus},
        modified_at = ${order.modifiedAt}::timestamptz, canonical = ${JSON.stringify(canonical)}::jsonb,
        contact_id = ${contact}, updated_at = clock_timestamp()
      where shop_id = ${shop.shopId} and platform_order_id = ${order.platformOrderId}`.execute(tx)
  }
  if (known?.state === 'placed' && known.orderId !== null) {
    await applyDifference(tx, report, { ...known, orderId: known.orderId }, contact !== known.contactId)
    return { outcome: 'changed', orderId: known.orderId }
  }
  return place(tx, deps, report, contact)
}

/** What is kept in clear; who the order is for, and what the buyer wrote, is sealed in the contact. */
export type StoredOrder = Omit<ChannelOrder, 'receiver' | 'buyerRemark'>

type KnownOrder = {
  orderId: string | null
  state: 'held' | 'placed' | 'ignored'
  status: ChannelOrder['status']
  rawStatus: string
  modifiedAt: Date
  canonical: StoredOrder
  contactId: string
}

/** One report of an order at a time, also of one that is not there yet. */
async function lockChannelOrder(tx: Tx, shopId: string, platformOrderId: string): Promise<KnownOrder | null> {
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

/** The contact with this receiver: the known one as long as nothing in it changed, otherwise a new one. */
async function contactOf(
  tx: Tx,
  { keyRing }: Deps,
  knownId: string | null,
  { receiver, buyerRemark }: ChannelOrder,
): Promise<string> {
  const { name, phone, province, ciphertext } = receiver
  const person = {
    name,
    phone,
    address: addressOf(receiver),
    remark: buyerRemark,
    ciphertext,
  }
  if (knownId !== null) {
    const row = await tx.selectFrom('contact').selectAll().where('id', '=', knownId).executeTakeFirstOrThrow()
    const known = openContact(keyRing, row)
    // Erased on request: the platform's copy must not bring the person back.
    if (known === null) return knownId
    const { remark, ...receiverBefore } = { ciphertext: {}, ...known }
    if (isDeepStrictEqual({ ...receiverBefore, remark: buyerRemark }, person)) {
      if (remark !== buyerRemark) await reseal(tx, keyRing, knownId, person)
      return knownId
    }
  }
  const id = uuid()
  const { keyId, sealed } = sealContact(keyRing, id, person)
  await tx
    .insertInto('contact')
    .values({ id, key_id: keyId, sealed, division_code: provinceNamed(province) ?? UNKNOWN_DIVISION })
    .execute()
  return id
}

/** As it is written on a parcel. */
function addressOf({ province, city, district, address }: ChannelOrder['receiver']): string {
  return `${province}${city}${district}${address}`
}

/** What the buyer writes says nothing about where the goods go: the newest is kept in place. */
async function reseal(tx: Tx, keyRing: KeyRing, contactId: string, person: PersonalData): Promise<void> {
  const { keyId, sealed } = sealContact(keyRing, contactId, person)
  await tx
    .updateTable('contact')
    .set({ key_id: keyId, sealed })
    .where('id', '=', contactId)
    .where('sealed', 'is not', null)
    .execute()
}

/** Of a receiver whose province nobody knows; its order is held. */
const UNKNOWN_DIVISION = '000000'

async function place(
  tx: Tx,
  deps: Deps,
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
  const input = inputOf(report, placing.lines, divisionCode)
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
  await resolveOpenWorkItem(tx, 'channel_order_held', keyOf(report), 'the order was placed')
  if (result.order.status === 'awaiting_stock') {
    const paidAt = isPaidThere(order) ? order.paidAt : null
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
  return new Date(Math.max(until, isPaidThere(order) ? Date.now() : 0) + GRACE_MS)
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

/** The order in the words of a checkout, whose limits hold for platforms too. */
function inputOf(
  { shop, order }: ChannelOrderReport,
  lines: PlacingLine[],
  divisionCode: string,
): { ok: true; body: ReturnType<typeof channelOrderBody.parse> } | { ok: false; detail: string } {
  const { receiver } = order
  const parsed = channelOrderBody.safeParse({
    storeId: shop.storeId,
    channel: CHANNEL_OF_PLATFORM[shop.platform],
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
    keyOf({ shop, order }),
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
    key: keyOf(report),
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
    key: `${keyOf(report)}/shipped`,
    orderId: null,
    detail: {
      shopId: shop.shopId,
      platformOrderId: order.platformOrderId,
      reason: `the platform says ${order.rawStatus}, the hub never had this order`,
    },
  })
}

/** What a new version of a placed order changes. */
async function applyDifference(
  tx: Tx,
  report: ChannelOrderReport,
  known: KnownOrder & { orderId: string },
  contactChanged: boolean,
): Promise<void> {
  const { order } = report
  const { orderId, canonical: before } = known
  if (before.rawStatus !== order.rawStatus) {
    await logLine(tx, report, orderId, {
      field: 'channel_status',
      oldValue: before.rawStatus,
      newValue: order.rawStatus,
    })
  }
  if (order.status === null && before.rawStatus !== order.rawStatus) {
    await raiseChange(
      tx,
      report,
      orderId,
      `the platform says ${order.rawStatus}, which the hub does not know`,
    )
  }
  if (order.status === 'closed' && before.status !== 'closed') await closeOrder(tx, report, orderId)
  await takePayment(tx, report, orderId)
  if (isShippedThere(order) && !isShippedThere(before)) await raiseIfNothingLeft(tx, report, orderId)
  if (contactChanged) await raiseChange(tx, report, orderId, 'the receiver changed')
  if (order.shippingForbidden && !before.shippingForbidden) {
    await raiseChange(tx, report, orderId, 'the platform forbids to ship')
  }
  const asked = order.lines.filter((line) => line.refund === 'open')
  const askedBefore = new Set(
    before.lines.filter((line) => line.refund === 'open').map((line) => line.platformLineId),
  )
  if (asked.some((line) => !askedBefore.has(line.platformLineId))) {
    await raiseChange(tx, report, orderId, 'the buyer asks for money back')
  }
}

/** The money that the platform holds, once; while it forbids to ship, the order does not hear of it. */
async function takePayment(tx: Tx, report: ChannelOrderReport, orderId: string): Promise<void> {
  const { shop, order } = report
  if (!isPaidThere(order) || order.paidAt === null || order.shippingForbidden) return
  const paymentId = order.paymentId ?? `${shop.platform}/${order.platformOrderId}`
  const known = await tx.selectFrom('payment').select('id').where('order_id', '=', orderId).executeTakeFirst()
  if (known) return
  const { amount_cents: amountCents } = await tx
    .selectFrom('orders')
    .select('amount_cents')
    .where('id', '=', orderId)
    .executeTakeFirstOrThrow()
  await notePaidWhileWaiting(tx, orderId, order.paidAt)
  const { paidAt } = order
  const { traceParent } = report
  if (amountCents > 0) {
    const body = { paymentId, amountCents, method: 'other' as const, paidAt }
    await recordPayment(tx, { orderId, body, operator: shop.platform, traceParent })
    return
  }
  // Given away: there is no money to record, but the order must hear that nothing is missing.
  const holdsConfirmed = await confirmHolds(tx, orderId)
  await appendInbox(tx, {
    source: shop.platform,
    shop: shop.shopId,
    sourceEventId: `${order.platformOrderId}/nothing-to-pay`,
    type: 'payment.received',
    orderKey: orderId,
    occurredAt: paidAt,
    body: { paymentId, amountCents, paidAt, holdsConfirmed },
    traceParent,
  })
}

async function closeOrder(tx: Tx, report: ChannelOrderReport, orderId: string): Promise<void> {
  const { shop, order } = report
  await appendInbox(tx, {
    source: shop.platform,
    shop: shop.shopId,
    sourceEventId: `${order.platformOrderId}/closed/${order.modifiedAt}`,
    type: 'channel.closed',
    orderKey: orderId,
    occurredAt: order.modifiedAt,
    body: { reason: order.rawStatus, operator: shop.platform, occurredAt: order.modifiedAt },
    traceParent: report.traceParent,
  })
}

async function raiseIfNothingLeft(tx: Tx, report: ChannelOrderReport, orderId: string): Promise<void> {
  const parcel = await tx.selectFrom('parcel').select('id').where('order_id', '=', orderId).executeTakeFirst()
  if (parcel) return
  await openWorkItem(tx, {
    kind: 'contradiction',
    key: `${orderId}/shipped`,
    orderId,
    detail: { reason: `the platform says ${report.order.rawStatus}, no parcel has left here` },
  })
}

function raiseChange(tx: Tx, report: ChannelOrderReport, orderId: string, reason: string): Promise<void> {
  const { shop, order } = report
  const detail = { shopId: shop.shopId, platformOrderId: order.platformOrderId, reason }
  return openWorkItem(tx, { kind: 'channel_change', key: `${orderId}/${reason}`, orderId, detail })
}

/** A line in the order's log, in the platform's name; nothing for an order that was never placed. */
async function logLine(
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

function keyOf({ shop, order }: Pick<ChannelOrderReport, 'shop' | 'order'>): string {
  return `${shop.shopId}/${order.platformOrderId}`
}

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
export async function placeHeldOrders(db: Db, deps: Deps, limit: number): Promise<number> {
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

async function placeHeldOrder(tx: Tx, deps: Deps, shop: Shop, platformOrderId: string): Promise<void> {
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
  await place(tx, deps, { shop, order, inboxIds: [], traceParent: null }, known.contactId)
}

/** The platform that keeps an order's money, and whether it has given it back; null for an order of the hub's own. */
export async function platformMoney(
  db: Db,
  orderId: string,
): Promise<{ platform: Platform; isReturned: boolean } | null> {
  const row = await db
    .selectFrom('channel_order')
    .innerJoin('shop', 'shop.id', 'channel_order.shop_id')
    .select(['shop.platform', 'channel_order.status'])
    .where('channel_order.order_id', '=', orderId)
    .executeTakeFirst()
  return row ? { platform: row.platform, isReturned: row.status === 'closed' } : null
}
