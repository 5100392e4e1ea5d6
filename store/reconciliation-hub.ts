import { type RawBuilder, sql } from 'kysely'
import type { Counterpart } from '../domain/reconciliation.ts'
import { HUB_ORDER_STATUS } from '../domain/reconciliation-states.ts'
import type { Db, Tx } from './database.ts'
import { currentPolicy } from './policy.ts'
import { hasSettlements } from './settlements.ts'

/** What is read of the hub's own tables for a run, so many rows at a time. */
export type Reading = {
  /** From its first moment to the first one after it. */
  period: { from: Date; to: Date }
  /** Lines around the period that may be partners of lines in it. */
  around: { from: Date; to: Date }
  after: readonly [at: string, id: string] | null
  limit: number
}
/** One list of lines as a statement reads it, in an order that stays. */
export type LineSource = (reading: Reading) => RawBuilder<unknown>

const inPeriod = (at: RawBuilder<unknown>, { period }: Reading) =>
  sql`(${at} >= ${period.from} and ${at} < ${period.to})`

/** The rows around the period that come after the last place, in their order. */
function page(at: string, id: string, { around, after, limit }: Reading): RawBuilder<unknown> {
  const [time, name] = [sql.ref(at), sql.ref(id)]
  const beyond =
    after === null ? sql`` : sql`and (${time}, ${name}) > (${after[0]}::timestamptz, ${after[1]})`
  return sql`${time} >= ${around.from} and ${time} < ${around.to} ${beyond} order by ${time}, ${name} limit ${limit}`
}

/** Money that came in, whatever became of its order: a payment for an order that nobody knows was settled all the same. */
export const PAYMENTS: LineSource = (reading) => sql`
    select payment.paid_at as sort_at, payment.id as sort_id, 'payment/' || payment.id as ref, 'payment' as kind,
      'payment/' || payment.id as key, coalesce(payment.order_id::text, payment.named_order_id) || '/payment' as group_key,
      payment.amount_cents as value, null::text as status, payment.paid_at as at,
      ${inPeriod(sql.ref('payment.paid_at'), reading)} as in_period, payment.order_id, orders.store_id
    from payment left join orders on orders.id = payment.order_id
    where ${page('payment.paid_at', 'payment.id', reading)}`

/** Money that went back. */
export const REFUNDS: LineSource = (reading) => sql`
    select refund.settled_at as sort_at, refund.id as sort_id, 'refund/' || refund.id as ref, 'refund' as kind,
      'refund/' || refund.id as key, refund.order_id || '/refund' as group_key, -refund.amount_cents as value,
      null::text as status, refund.settled_at as at, ${inPeriod(sql.ref('refund.settled_at'), reading)} as in_period,
      refund.order_id, orders.store_id
    from refund join orders on orders.id = refund.order_id
    where refund.state = 'done' and ${page('refund.settled_at', 'refund.id', reading)}`

/**
 * What providers have settled. A line that names its order by the channel's id is of the hub's order of that name, where only
 * one has it.
 */
export const SETTLEMENTS: LineSource = (reading) => sql`
    select line.settled_at as sort_at, line.account || '/' || line.line_id as sort_id,
      line.account || '/' || line.line_id as ref, line.type as kind,
      case when line.serial is null then 'line/' || line.account || '/' || line.line_id else line.type || '/' || line.serial end
        as key,
      coalesce(named.order_id::text, line.order_ref, 'line/' || line.account || '/' || line.line_id) || '/' || line.type
        as group_key,
      case line.type when 'refund' then -line.amount_cents else line.amount_cents end as value,
      null::text as status, line.settled_at as at, ${inPeriod(sql.ref('line.settled_at'), reading)} as in_period,
      named.order_id, named.store_id
    from (
      select * from settlement_line where counts and settled_at >= ${reading.around.from} and settled_at < ${reading.around.to}
        ${
          reading.after === null
            ? sql``
            : sql`and (settled_at, account || '/' || line_id) > (${reading.after[0]}::timestamptz, ${reading.after[1]})`
        }
      order by settled_at, account || '/' || line_id limit ${reading.limit}
    ) as line
    ${orderNamed(sql.ref('line.order_ref'))}
    order by 1, 2`

/** Joins as `named` the one order that a name is of: the hub's id, or a channel's that only one order has. */
function orderNamed(name: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`left join lateral (
    select min(found.id::text)::uuid as order_id, min(found.store_id) as store_id from (
      (select id, store_id from orders where ${name} ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' and id = ${name}::uuid)
      union
      (select orders.id, orders.store_id from store
        join orders on orders.store_id = store.id and orders.external_order_id = ${name} limit 2)
    ) as found having count(*) = 1
  ) as named on true`
}

/** The orders that such names are of, as far as there is one. */
export async function ordersNamed(
  tx: Tx,
  names: readonly string[],
): Promise<Map<string, { orderId: string; storeId: string }>> {
  const { rows } = await sql<{ name: string; orderId: string; storeId: string }>`
    select asked.name, named.order_id as "orderId", named.store_id as "storeId"
    from unnest(${[...new Set(names)]}::text[]) as asked (name) ${orderNamed(sql.ref('asked.name'))}
    where named.order_id is not null`.execute(tx)
  return new Map(rows.map(({ name, ...order }) => [name, order]))
}

/** What lines of a channel's order cost that were given back before the hub placed it, as `left_out`. */
const LEFT_OUT = sql`cross join lateral (
    select coalesce(sum((line ->> 'amountCents')::bigint), 0) as cents
    from jsonb_array_elements(channel.canonical -> 'lines') as line
    where channel.line_map <> '{}' and line ->> 'refund' = 'done'
      and line ->> 'platformLineId' not in (select value from jsonb_each_text(channel.line_map))
  ) as left_out`

/**
 * Orders of channels as the hub has them, also those that could not be placed. Platforms say what an order cost when it was bought,
 * so that what a change has taken off again, and what was given back before, is counted here too.
 */
export const CHANNEL_ORDERS: LineSource = (reading) => sql`
  select channel.modified_at as sort_at, channel.shop_id || '/' || channel.platform_order_id as sort_id,
    'order/' || channel.shop_id || '/' || channel.platform_order_id as ref, 'order' as kind,
    'order/' || channel.shop_id || '/' || channel.platform_order_id as key,
    'order/' || channel.shop_id || '/' || channel.platform_order_id as group_key,
    coalesce(orders.amount_cents + left_out.cents + (
        select coalesce(sum(amount_cents), 0) from refund where refund.order_id = orders.id and refund.reason = 'changed'),
      (channel.canonical ->> 'amountCents')::bigint)::bigint as value,
    ${JSON.stringify(HUB_ORDER_STATUS)}::jsonb ->> orders.status as status, channel.modified_at as at,
    ${inPeriod(sql.ref('channel.modified_at'), reading)} as in_period, channel.order_id, shop.store_id
  from channel_order as channel join shop on shop.id = channel.shop_id and shop.active
  left join orders on orders.id = channel.order_id ${LEFT_OUT}
  where ${channelPage(reading)}`

/** What of them went back, or is on its way back: who has the money is the platform, and the hub's refund ends with it. */
export const CHANNEL_REFUNDS: LineSource = (reading) => sql`
  select channel.modified_at as sort_at, channel.shop_id || '/' || channel.platform_order_id as sort_id,
    'refund/' || channel.shop_id || '/' || channel.platform_order_id as ref, 'refund' as kind,
    'refund/' || channel.shop_id || '/' || channel.platform_order_id as key,
    'refund/' || channel.shop_id || '/' || channel.platform_order_id as group_key,
    -refunded.cents as value, null::text as status, channel.modified_at as at,
    ${inPeriod(sql.ref('channel.modified_at'), reading)} as in_period, channel.order_id, shop.store_id
  from channel_order as channel join shop on shop.id = channel.shop_id and shop.active
  left join orders on orders.id = channel.order_id ${LEFT_OUT}
  cross join lateral (
    select coalesce(orders.refunded_cents + left_out.cents, (channel.canonical ->> 'refundedCents')::bigint, 0)::bigint as cents
  ) as refunded
  where refunded.cents > 0 and ${channelPage(reading)}`

function channelPage({ around, after, limit }: Reading): RawBuilder<unknown> {
  const name = sql`channel.shop_id || '/' || channel.platform_order_id`
  const beyond =
    after === null ? sql`` : sql`and (channel.modified_at, ${name}) > (${after[0]}::timestamptz, ${after[1]})`
  return sql`channel.modified_at >= ${around.from} and channel.modified_at < ${around.to} ${beyond}
    order by channel.modified_at, ${name} limit ${limit}`
}

/** Orders that the ERP was told a change of, with what the last one has made them worth. */
export const CHANGED_ORDERS: LineSource = (reading) => sql`
  select change.closed_at as sort_at, change.id::text as sort_id, change.order_id::text as ref, 'order' as kind,
    'order/' || change.order_id as key, 'order/' || change.order_id as group_key,
    (asked.effect -> 'amountCents' ->> 'after')::bigint as value,
    null::text as status, change.closed_at as at, ${inPeriod(sql.ref('change.closed_at'), reading)} as in_period,
    change.order_id, change.store_id
  from change_request as change join change_request_version as asked
    on asked.change_id = change.id and asked.request_version = change.request_version
  where change.status = 'applied' and change.erp = 'told' and not exists (
      select 1 from change_request as later where later.order_id = change.order_id and later.status = 'applied'
        and later.erp = 'told' and (later.closed_at, later.id) > (change.closed_at, change.id))
    and change.closed_at >= ${reading.around.from} and change.closed_at < ${reading.around.to}
    ${
      reading.after === null
        ? sql``
        : sql`and (change.closed_at, change.id::text) > (${reading.after[0]}::timestamptz, ${reading.after[1]})`
    }
  order by change.closed_at, change.id::text limit ${reading.limit}`

/** The stores of orders that there are. */
export async function storesOfOrders(tx: Tx, orderIds: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; storeId: string }>`
    select id::text as id, store_id as "storeId" from orders
    where id = any(select named::uuid from unnest(${orderIds}::text[]) as named
      where named ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$')`.execute(tx)
  return new Map(rows.map(({ id, storeId }) => [id, storeId]))
}

/** Units that the hub has on hand in a warehouse, by SKU. */
export async function readOnHand(tx: Tx, warehouseId: string): Promise<Map<string, number>> {
  const { rows } = await sql<{ skuId: string; units: number }>`
    select sku_id as "skuId", total - shipped as units from stock_level where warehouse_id = ${warehouseId}`.execute(
    tx,
  )
  return new Map(rows.map(({ skuId, units }) => [skuId, units]))
}

/** Whether a nightly run with a counterpart has anything to look at: nobody is told every night of what is not used. */
export async function hasSomethingToCompare(
  db: Db,
  counterpart: Counterpart,
  reconciled: readonly Counterpart[],
): Promise<boolean> {
  switch (counterpart) {
    case 'finance':
      return reconciled.includes('finance') || hasSettlements(db)
    case 'channel': {
      const shop = await db
        .selectFrom('shop')
        .select('id')
        .where('active', '=', true)
        .limit(1)
        .executeTakeFirst()
      return shop !== undefined
    }
    case 'wms': {
      const { document } = await currentPolicy(db, 'wms-mapping')
      return Object.values(document.warehouses).some(({ enabled }) => enabled)
    }
    case 'erp': {
      const { document } = await currentPolicy(db, 'erp-mapping')
      return reconciled.includes('erp') && document.http.amounts !== null
    }
    default:
      return reconciled.includes(counterpart)
  }
}
