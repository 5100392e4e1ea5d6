import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import { isOlder } from '../domain/channel-placing.ts'
import { applyDifference } from './channel-order-changes.ts'
import { contactOf } from './channel-order-contact.ts'
import { placeChannelOrder } from './channel-order-placing.ts'
import {
  type ChannelOrderDeps,
  type ChannelOrderOutcome,
  type ChannelOrderReport,
  lockChannelOrder,
  logLine,
} from './channel-order-report.ts'
import type { Tx } from './database.ts'

/**
 * Orders as their platforms tell them, and what follows for the hub's own. The first time that an order can be read, it
 * is placed and reserves in the very same transaction; after that only what the order's workflow decides on reaches
 * it: the money, and that the platform has closed it. Everything else is logged, or a person's work.
 *
 * Takes over one report. The newest by the platform's own clock wins.
 */
export async function applyChannelOrder(
  tx: Tx,
  deps: ChannelOrderDeps,
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
  const contact = await contactOf(tx, deps, known?.contactId ?? null, shop.platform, order)
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
    await applyDifference(tx, report, { ...known, orderId: known.orderId }, contact)
    return { outcome: 'changed', orderId: known.orderId }
  }
  return placeChannelOrder(tx, deps, report, contact)
}
