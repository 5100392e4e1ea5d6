import { sql } from 'kysely'
import type { OrderState } from '../domain/order.ts'
import type { Db } from './database.ts'
import { redriveOrder } from './inbox.ts'
import { openWorkItem } from './work-items.ts'

export type OpenOrder = { orderId: string; version: number; state: OrderState | null }

/** Open orders after the given id whose creation message has been carried, in id order, with their snapshots. */
export async function openOrders(db: Db, afterId: string, limit: number): Promise<OpenOrder[]> {
  const { rows } = await sql<OpenOrder>`
    select orders.id::text as "orderId", orders.version, snapshot.state
    from orders left join order_snapshot as snapshot on snapshot.order_id = orders.id
    where closed_at is null and orders.id > ${afterId}::uuid
      and exists (select 1 from inbox where inbox.order_key = orders.id::text and starts_order and state = 'delivered')
    order by orders.id limit ${limit}`.execute(db)
  return rows
}

/** An open order as its last commit left it; null once it has closed. */
export async function openOrder(db: Db, orderId: string): Promise<OpenOrder | null> {
  const row = await db
    .selectFrom('orders')
    .leftJoin('order_snapshot as snapshot', 'snapshot.order_id', 'orders.id')
    .select(['orders.id as orderId', 'orders.version', 'snapshot.state'])
    .where('orders.id', '=', orderId)
    .where('closed_at', 'is', null)
    .executeTakeFirst()
  return row ?? null
}

/** Where messages have been looked at up to: when one was settled, to the microsecond, and which it was. */
export type MessageMark = { settledAt: string; inboxId: string }
/** `unheardBy`: the open order whose last commit does not know the message, although Temporal took it. */
export type SettledMessage = MessageMark & { unheardBy: string | null }

/** How far back the first look goes: a day of messages is as long as anything waits here. */
const FIRST_LOOK_BACK = '1 day'

/** Messages after a mark that were settled so long ago, in the order of their settling. */
export async function settledMessages(
  db: Db,
  after: MessageMark | null,
  settledForMs: number,
  limit: number,
): Promise<SettledMessage[]> {
  const { rows } = await sql<SettledMessage>`
    with message as (
      select id, order_key, settled_at, state = 'delivered' and not starts_order as is_told from inbox
      where settled_at < clock_timestamp() - make_interval(secs => ${settledForMs / 1000})
        and (settled_at, id) > (coalesce(${after?.settledAt ?? null}::timestamptz, clock_timestamp() - ${FIRST_LOOK_BACK}::interval),
          ${after?.inboxId ?? '0'}::bigint)
      order by settled_at, id limit ${limit}
    )
    select message.id::text as "inboxId", message.settled_at::text as "settledAt",
      case when coalesce(snapshot.state -> 'seen' @> to_jsonb(message.id), false) then null else orders.id::text end as "unheardBy"
    from message
      left join orders on message.is_told and orders.closed_at is null
        and orders.id = case when message.order_key ~ '^[0-9a-f-]{36}$' then message.order_key::uuid end
      left join order_snapshot as snapshot on snapshot.order_id = orders.id
    order by message.settled_at, message.id`.execute(db)
  return rows
}

/** Whether the order is still open at the version that was read. */
export async function isUnchanged(db: Db, order: OpenOrder): Promise<boolean> {
  const row = await db
    .selectFrom('orders')
    .select('id')
    .where('id', '=', order.orderId)
    .where('version', '=', order.version)
    .where('closed_at', 'is', null)
    .executeTakeFirst()
  return row !== undefined
}

/** Sends a lost order's messages through once more, logs it, and tells people once, however many orders it was. */
export async function recordResumption(db: Db, orderId: string, version: number): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await redriveOrder(tx, orderId)
    await sql`
      insert into operation_log (order_id, store_id, version, field, new_value, operator, source)
      select id, store_id, ${version}, 'workflow', 'resumed', 'system', 'reconcile' from orders where id = ${orderId}`.execute(
      tx,
    )
    await openWorkItem(tx, {
      kind: 'workflow_missing',
      key: 'workflows',
      orderId: null,
      detail: { lastOrderId: orderId, lastVersion: version },
    })
  })
}

/** The facts that an order without a snapshot was placed with. */
export async function placedFacts(db: Db, orderId: string): Promise<unknown> {
  const { rows } = await sql<{ body: unknown }>`
    select body.body from inbox join inbox_body as body on body.inbox_id = inbox.id and body.received_at = inbox.received_at
    where inbox.order_key = ${orderId} and starts_order`.execute(db)
  return rows[0]?.body
}

/** Of these ids, the ones that no order has, or whose order closed longer ago than the given time. */
export async function withoutOpenOrder(db: Db, orderIds: string[], closedForMs: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from unnest(${orderIds}::text[]) as running (id)
    where not exists (select 1 from orders where orders.id::text = running.id and (closed_at is null
      or closed_at > clock_timestamp() - make_interval(secs => ${closedForMs / 1000})))`.execute(db)
  return rows.map((row) => row.id)
}

/** Counters that differ from the sum of their live holds. There should never be one: it is raised, never repaired. */
export async function findStockDrift(
  db: Db,
): Promise<{ skuId: string; warehouseId: string; reserved: number; held: number }[]> {
  const { rows } = await sql<{ skuId: string; warehouseId: string; reserved: number; held: number }>`
    with live as (
      select sku_id, warehouse_id, sum(quantity)::int as held from reservation
      where state in ('held', 'confirmed') group by sku_id, warehouse_id
    )
    select level.sku_id as "skuId", level.warehouse_id as "warehouseId", level.reserved, coalesce(live.held, 0) as held
    from stock_level as level left join live using (sku_id, warehouse_id)
    where level.reserved <> coalesce(live.held, 0) limit 100`.execute(db)
  return rows
}

/**
 * Quotas whose counters differ from what they hold: all of a promise is drawn, given back, or held while its promotion
 * runs. There should never be one: it is raised, never repaired.
 */
export async function findQuotaDrift(
  db: Db,
): Promise<{ quotaId: string; skuId: string; remaining: number; held: number }[]> {
  const { rows } = await sql<{ quotaId: string; skuId: string; remaining: number; held: number }>`
    with live as (
      select owner_id as quota_id, sku_id, sum(quantity)::int as held from reservation
      where owner_kind = 'promotion' and state = 'held' group by owner_id, sku_id
    ), running as (
      select quota_id, sku_id, promised - drawn - returned as remaining
      from promotion_quota as quota join promotion on promotion.id = quota.promotion_id
      where promotion.closed_at is null and promotion.state = 'running'
    )
    select quota_id as "quotaId", sku_id as "skuId", coalesce(remaining, 0) as remaining, coalesce(held, 0) as held
    from running full join live using (quota_id, sku_id)
    where coalesce(remaining, 0) <> coalesce(held, 0) limit 100`.execute(db)
  return rows
}

/** Presales whose counters differ from what their holds add up to. There should never be one: it is raised, never repaired. */
export async function findPresaleDrift(
  db: Db,
): Promise<{ presaleId: string; sold: number; served: number; held: number; heldServed: number }[]> {
  const { rows } = await sql<{
    presaleId: string
    sold: number
    served: number
    held: number
    heldServed: number
  }>`
    with held as (
      select presale_id, sum(case when state in ('held', 'waiting') then quantity else served end)::int as sold,
        sum(served)::int as served
      from presale_hold group by presale_id
    )
    select id as "presaleId", presale.sold, presale.served, coalesce(held.sold, 0) as held,
      coalesce(held.served, 0) as "heldServed"
    from presale left join held on held.presale_id = presale.id
    where (presale.sold, presale.served) <> (coalesce(held.sold, 0), coalesce(held.served, 0)) limit 100`.execute(
    db,
  )
  return rows
}
