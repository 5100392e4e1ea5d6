import { sql } from 'kysely'
import { CHANNEL_CONNECTORS } from '../../connectors/channels/registry.ts'
import type { ChannelOrderStatus } from '../../domain/channel-order.ts'
import type { OrderStatus } from '../../domain/order-state.ts'
import type { MarketStatus } from '../../simulator/platforms/market.ts'
import type { Db } from '../../store/database.ts'
import type { SeenOrder } from './outside.ts'
import type { Message, OrderWorkflows } from './workflows.ts'

/** What the hub must say of an order that stands so on its platform. */
const CHANNEL_STATUS: Record<MarketStatus, ChannelOrderStatus> = {
  unpaid: 'unpaid',
  paid: 'paid',
  part_shipped: 'part_shipped',
  shipped: 'shipped',
  received: 'delivered',
  finished: 'completed',
  closed_unpaid: 'closed',
  closed_refunded: 'closed',
}
/** Where the hub's own order may stand; null: it was never placed, because it was closed before the hub saw it. */
const ORDER_STATUS: Record<MarketStatus, readonly (OrderStatus | null)[]> = {
  unpaid: ['reserved', 'awaiting_stock', 'expired'],
  paid: ['paid', 'awaiting_stock'],
  part_shipped: ['partially_shipped', 'in_transit', 'delivered', 'completed'],
  shipped: ['shipped', 'in_transit', 'delivered', 'completed'],
  received: ['shipped', 'in_transit', 'delivered', 'completed'],
  finished: ['shipped', 'in_transit', 'delivered', 'completed'],
  closed_unpaid: ['cancelled', 'expired', null],
  // Shipped before the money went back: what is under way is a person's case, and the hub has raised it.
  closed_refunded: [
    'cancelled',
    'expired',
    'shipped',
    'partially_shipped',
    'in_transit',
    'delivered',
    'completed',
    null,
  ],
}

export type Verdict = { lost: string[]; wrong: string[]; applied: number }

/** An order of a platform as the hub has it. */
export type HubOrder = {
  shopId: string
  platformOrderId: string
  channelStatus: string | null
  state: string
  status: OrderStatus | null
  /** What the buyer owes by the hub's own order; null where none was placed. */
  amountCents: number | null
  waybillNumbers: string[]
}

/** Reads every order of the platforms as the hub has it, and compares them one by one. */
export async function judge(db: Db, seen: readonly SeenOrder[]): Promise<Verdict> {
  const { rows } = await sql<HubOrder>`
    select shop_id as "shopId", platform_order_id as "platformOrderId", channel_order.status as "channelStatus", state,
      orders.status, orders.amount_cents as "amountCents",
      array(select waybill_number from parcel where parcel.order_id = orders.id) as "waybillNumbers"
    from channel_order left join orders on orders.id = channel_order.order_id`.execute(db)
  return compareOrders(rows, seen)
}

/** What the hub has wrong of the platforms' orders, and of which orders no platform knows. */
export function compareOrders(rows: readonly HubOrder[], seen: readonly SeenOrder[]): Verdict {
  const known = new Map(rows.map((row) => [row.platformOrderId, row]))
  const verdict: Verdict = { lost: [], wrong: [], applied: 0 }
  for (const order of seen) {
    const hub = known.get(order.orderId)
    const name = `${order.platform} ${order.orderId}`
    if (!hub) {
      verdict.lost.push(`${name}: ${order.status} there, unknown here`)
      continue
    }
    known.delete(order.orderId)
    const difference = differenceBetween(hub, order)
    if (difference === null) verdict.applied += 1
    else verdict.wrong.push(`${name}: ${difference}`)
  }
  for (const { shopId, platformOrderId } of known.values()) {
    verdict.wrong.push(`${shopId} ${platformOrderId}: here, but on no platform`)
  }
  return verdict
}

function differenceBetween(hub: HubOrder, there: SeenOrder): string | null {
  if (
    hub.channelStatus !== CHANNEL_STATUS[there.status] ||
    !ORDER_STATUS[there.status].includes(hub.status)
  ) {
    return `${there.status} there; here ${hub.state}, ${hub.channelStatus} as the platform's, ${hub.status} as ours`
  }
  if (hub.amountCents !== null && hub.amountCents !== there.totalCents)
    return `${there.totalCents} cents there, ${hub.amountCents} here`
  const unknown = there.shipments.filter(({ waybillNumber }) => !hub.waybillNumbers.includes(waybillNumber))
  if (unknown.length > 0) {
    const numbers = unknown.map(({ waybillNumber }) => waybillNumber)
    return `sent there with ${numbers.join(', ')}, which nobody sent here`
  }
  return null
}

export type Backlog = {
  hints: number
  messages: number
  deliveries: number
  waiting: number
  underWay: number
}

/**
 * What the hub still has to do; deliveries to the dead listener do not count, they are not orders'. What only the orders'
 * workflows still have to do is counted once nothing else is left: it is read from every order's state.
 */
export async function readBacklog(db: Db, workflows: Pick<OrderWorkflows, 'unheard'>): Promise<Backlog> {
  const { rows } = await sql<Omit<Backlog, 'underWay'>>`
    select
      (select count(*)::int from inbox where state = 'hint') as hints,
      (select count(*)::int from inbox where state in ('pending', 'waiting')) as messages,
      (select count(*)::int from delivery where state = 'pending' and next_attempt_at < 'infinity' and target <> 'wecom') as deliveries,
      (select count(*)::int from pick_task where state in ('created', 'started', 'picked')) as waiting`.execute(
    db,
  )
  const [queued] = rows
  if (!queued) throw new Error('the backlog could not be counted')
  const isQueueEmpty = Object.values(queued).every((count) => count === 0)
  return { ...queued, underWay: isQueueEmpty ? await countUnderWay(db, workflows) : 0 }
}

/**
 * Messages that open orders have been told and not heard, and questions that orders have asked the database. A message that
 * changes nothing is in no commit: the order itself says whether it has heard it.
 */
async function countUnderWay(db: Db, workflows: Pick<OrderWorkflows, 'unheard'>): Promise<number> {
  const { rows: questions } = await sql<{ count: number }>`
    select count(*)::int as count from order_snapshot
    where state -> 'cancellation' ->> 'state' in ('waiting', 'deciding') or state -> 'check' ->> 'state' = 'due'
      or state ->> 'reservation' in ('checking', 'reserving_again')`.execute(db)
  const { rows: told } = await sql<Message>`
    select orders.id as "orderId", inbox.id::int as "inboxId" from inbox join orders on orders.id::text = inbox.order_key
      left join order_snapshot as snapshot on snapshot.order_id = orders.id
    where inbox.state = 'delivered' and not inbox.starts_order and orders.closed_at is null
      and not coalesce(snapshot.state -> 'seen' @> to_jsonb(inbox.id), false)`.execute(db)
  return (questions[0]?.count ?? 0) + (await workflows.unheard(told)).length
}

export type Figures = {
  hints: number
  signals: number
  orders: number
  byPlatform: { platform: string; hints: number }[]
}

export async function readFigures(db: Db): Promise<Figures> {
  const { rows: byPlatform } = await sql<{ platform: string; hints: number }>`
    select source as platform, count(*)::int as hints from inbox where order_key like source || '/%' group by source
    order by source`.execute(db)
  const { rows } = await sql<{ signals: number; orders: number }>`
    select (select count(*)::int from inbox join channel_order on channel_order.order_id::text = inbox.order_key
      where not starts_order and inbox.source = any(${['payments', 'stock', ...Object.keys(CHANNEL_CONNECTORS)]}::text[])) as signals,
      (select count(*)::int from channel_order where order_id is not null) as orders`.execute(db)
  return {
    hints: byPlatform.reduce((sum, row) => sum + row.hints, 0),
    signals: rows[0]?.signals ?? 0,
    orders: rows[0]?.orders ?? 0,
    byPlatform,
  }
}

/** Shops whose changes up to this moment have not all been asked for. */
export async function shopsPulledBefore(db: Db, moment: Date): Promise<string[]> {
  const rows = await db
    .selectFrom('channel_feed')
    .select('shop_id')
    .where('way', '=', 'pull')
    .where((eb) => eb.or([eb('watermark', 'is', null), eb('watermark', '<=', moment)]))
    .execute()
  return rows.map((row) => row.shop_id)
}
