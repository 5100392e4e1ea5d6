import { sql } from 'kysely'
import { edgeOfDelivery } from '../domain/flow-manual-steps.ts'
import { edgeId, STATEMENT_GIVERS } from '../domain/flow-map.ts'
import type { Db } from './database.ts'
import { MOST_EDGES } from './flow-configuration.ts'
import { followedParcels, isCapped } from './followed-parcels.ts'

/** How an edge stands now. What is absent is not known of it. */
export type FlowStanding = {
  edgeId: string
  backlog?: number
  isBacklogCapped?: boolean
  oldestWaitingAt?: Date | null
  retrying?: number
  ordersWaiting?: number
  lastSuccessAt?: Date | null
  ageSeconds?: number | null
  isConnected?: boolean
  /** What is only seen while it happens: tries of this minute. */
  succeededNow?: number
  failedNow?: number
}

/** What waits is counted so far: an order of magnitude is enough to act on, and every queue has an index of what waits. */
const MOST_WAITING = 10_000

type Waiting = { backlog: number; oldestWaitingAt: Date | null; retrying: number; ordersWaiting: number }
const standingOf = (id: string, waiting: Waiting): FlowStanding => ({
  edgeId: id,
  isBacklogCapped: waiting.backlog >= MOST_WAITING,
  ...waiting,
})

/** Shops: hints that wait for their order to be fetched, and how their feeds stand. */
export async function shopStandings(db: Db): Promise<FlowStanding[]> {
  const { rows } = await sql<
    Waiting & {
      shopId: string
      pushState: string | null
      pushSuccessAt: Date | null
      pullState: string | null
      pullSuccessAt: Date | null
      pushAgeSeconds: number
      pullAgeSeconds: number | null
    }
  >`
    select shop.id as "shopId", waiting.*, push.state as "pushState", push.last_success_at as "pushSuccessAt",
      pull.state as "pullState", pull.last_success_at as "pullSuccessAt",
      -- As fresh as the oldest hint that nobody has followed; cut off, no fresher than when it was not.
      greatest(0, extract(epoch from clock_timestamp() - least("oldestWaitingAt",
        case when push.state = 'disconnected' then push.last_success_at end)))::float8 as "pushAgeSeconds",
      case when pull.watermark is not null
        then greatest(0, extract(epoch from clock_timestamp() - pull.watermark))::float8 end as "pullAgeSeconds"
    from (select id from shop where active order by id limit ${MOST_EDGES}) as shop
      left join channel_feed as push on push.shop_id = shop.id and push.way = 'push'
      left join channel_feed as pull on pull.shop_id = shop.id and pull.way = 'pull'
      cross join lateral (
        select count(*)::int as backlog, min(received_at) as "oldestWaitingAt",
          (count(*) filter (where attempts > 0))::int as retrying, count(distinct order_key)::int as "ordersWaiting"
        from (select received_at, attempts, order_key from inbox
          where inbox.shop = shop.id and inbox.state = 'hint' order by next_attempt_at limit ${MOST_WAITING}) as hint
      ) as waiting`.execute(db)
  return rows.flatMap(({ shopId, pushState, pushSuccessAt, pullState, pullSuccessAt, ...row }) => {
    const { pushAgeSeconds, pullAgeSeconds, ...waiting } = row
    return [
      {
        ...standingOf(edgeId('orders_pushed', shopId), waiting),
        lastSuccessAt: pushSuccessAt,
        isConnected: pushState !== 'disconnected',
        ageSeconds: pushAgeSeconds,
      },
      {
        edgeId: edgeId('orders_pulled', shopId),
        lastSuccessAt: pullSuccessAt,
        isConnected: pullState !== 'disconnected',
        ageSeconds: pullAgeSeconds,
      },
    ]
  })
}

/** Messages that no order's workflow has heard yet, and couriers' pushes that nobody has read. */
export async function messageStandings(db: Db): Promise<FlowStanding[]> {
  const { rows } = await sql<Waiting & { source: string; isPush: boolean; looked: number }>`
    with waiting as (
      -- What waits for an order that is not there yet is no sign of a break.
      (select source, case when state = 'pending' then received_at end as received_at, attempts, order_key,
          false as is_push
        from inbox where state in ('pending', 'waiting') order by next_attempt_at limit ${MOST_WAITING})
      union all
      (select source, received_at, attempts, order_key, true from inbox
        where state = 'unread' order by next_attempt_at, id limit ${MOST_WAITING})
    )
    select source, is_push as "isPush", count(*)::int as backlog, min(received_at) as "oldestWaitingAt",
      (count(*) filter (where attempts > 0))::int as retrying, count(distinct order_key)::int as "ordersWaiting",
      -- Senders share the limit, so that what was not looked at may be of each.
      (sum(count(*)) over (partition by is_push))::int as looked
    from waiting group by source, is_push order by source, is_push limit ${MOST_EDGES}`.execute(db)
  return rows.map(({ source, isPush, looked, ...waiting }) => ({
    ...standingOf(edgeId(isPush ? 'courier_pushes' : 'messages', source), waiting),
    isBacklogCapped: looked >= MOST_WAITING,
  }))
}

/** What waits to be told to outside systems, each target counted by itself: none hides behind another. */
export async function deliveryStandings(db: Db, targets: readonly string[]): Promise<FlowStanding[]> {
  const { rows } = await sql<
    Waiting & {
      kind: string | null
      target: string
      shopId: string | null
      storeId: string | null
      looked: number
    }
  >`
    select open.kind, target, "shopId", "storeId", (count(*) filter (where is_pending))::int as backlog,
      min(created_at) filter (where is_pending) as "oldestWaitingAt",
      (count(*) filter (where is_pending and last_error is not null))::int as retrying,
      (count(distinct order_id) filter (where is_pending))::int as "ordersWaiting",
      (sum(count(*)) over (partition by target))::int as looked
    from unnest(${targets}::text[]) as target cross join lateral (
      -- Of other kinds the target alone says which edge it is: one row for all of them.
      select case when kind in ('channel_ship', 'listing') then kind end as kind, created_at, last_error, order_id,
        state = 'pending' as is_pending,
        case when kind = 'channel_ship' then payload ->> 'shopId' end as "shopId",
        case when kind = 'listing' then payload ->> 'storeId' end as "storeId"
      -- As the index by target has it, that of a person as well: the index of what is due holds those of all targets.
      from delivery where delivery.target = target.target and delivery.state in ('pending', 'failed')
      order by order_key, created_at limit ${MOST_WAITING}
    ) as open
    group by 1, 2, 3, 4`.execute(db)
  return rows.flatMap(({ kind, target, shopId, storeId, looked, ...waiting }) => {
    const id = edgeOfDelivery({ deliveryKind: kind, deliveryTarget: target, shopId, storeId })
    return id === null ? [] : [{ ...standingOf(id, waiting), isBacklogCapped: looked >= MOST_WAITING }]
  })
}

/** Subscriptions: what is under way, and what has happened since it was looked at for them. */
export async function subscriptionStandings(db: Db): Promise<FlowStanding[]> {
  const { rows } = await sql<
    Waiting & { key: string; state: string; behind: number; lastSuccessAt: Date | null }
  >`
    select subscription.id as key, subscription.state, subscription.last_success_at as "lastSuccessAt",
      greatest(0, coalesce((select max(position) from outbound_event), 0) - subscription.position)::bigint as behind,
      waiting.*
    from (select * from subscription where state <> 'deleted' order by id limit ${MOST_EDGES}) as subscription
      cross join lateral (
        select count(*)::int as backlog, min(created_at) as "oldestWaitingAt",
          (count(*) filter (where attempts > 0))::int as retrying,
          (count(distinct order_key) filter (where order_key like 'order/%'))::int as "ordersWaiting"
        from (select created_at, attempts, order_key from event_delivery
          where subscription_id = subscription.id and event_delivery.state = 'pending'
          order by next_attempt_at limit ${MOST_WAITING}) as event
      ) as waiting`.execute(db)
  return rows.map(({ key, state, behind, lastSuccessAt, ...waiting }) => {
    const id = edgeId('events_out', key)
    // Paused by a person it is not broken, whatever waits for it meanwhile; disabled, it is.
    if (state === 'paused') return { edgeId: id, backlog: waiting.backlog, lastSuccessAt }
    const backlog = Math.min(MOST_WAITING, waiting.backlog + behind)
    return {
      ...standingOf(id, { ...waiting, backlog }),
      lastSuccessAt,
      isConnected: state !== 'disabled',
    }
  })
}

/** Messages to customers whose time has come. */
export async function notificationStandings(db: Db): Promise<FlowStanding[]> {
  const { rows } = await sql<Waiting & { way: string }>`
    select way, count(*)::int as backlog, min(due_at) as "oldestWaitingAt",
      (count(*) filter (where attempts > 0))::int as retrying, count(distinct order_id)::int as "ordersWaiting"
    from (select way, due_at, attempts, order_id from notification
      where state in ('pending', 'sending', 'unknown') and due_at <= statement_timestamp()
      order by due_at limit ${MOST_WAITING}) as waiting
    group by way`.execute(db)
  return rows.map(({ way, ...waiting }) => standingOf(edgeId('customer_messages', way), waiting))
}

/** Warehouses whose own system is read. The orders that it is about are those that the warehouse has to send. */
export async function warehouseStandings(db: Db): Promise<FlowStanding[]> {
  const { rows } = await sql<{
    warehouseId: string
    lastSuccessAt: Date | null
    retrying: number
    succeededNow: number
    failedNow: number
    ordersWaiting: number
  }>`
    select warehouse_id as "warehouseId", last_success_at as "lastSuccessAt",
      (consecutive_failures > 0)::int as retrying,
      coalesce(last_success_at >= date_trunc('minute', clock_timestamp()), false)::int as "succeededNow",
      coalesce(consecutive_failures > 0 and last_attempt_at >= date_trunc('minute', clock_timestamp()), false)::int
        as "failedNow",
      -- They wait for goods, not for the stock to be read: only where that fails are they concerned.
      case when consecutive_failures = 0 then 0 else (select count(distinct order_id) from (select order_id from pick_task
        where pick_task.warehouse_id = freshness.warehouse_id and state in ('created', 'started', 'picked')
        limit ${MOST_WAITING}) as task)::int end as "ordersWaiting"
    from warehouse_freshness as freshness order by warehouse_id limit ${MOST_EDGES}`.execute(db)
  return rows.map(({ warehouseId, ...standing }) => ({
    edgeId: edgeId('stock_in', warehouseId),
    ...standing,
  }))
}

/** Of the lists and runs, the newest that are looked at for the last success. */
const NEWEST = 1_000

/** Purchase lists that the ERP is to be told of. Nobody's order waits for one. */
export async function purchaseStanding(db: Db): Promise<FlowStanding> {
  // When a list was settled is when it would have been due again.
  const { rows } = await sql<
    Waiting & { lastSuccessAt: Date | null; succeededNow: number; failedNow: number }
  >`
    select waiting.*, told.* from (
      select count(*)::int as backlog, min(approved_at) as "oldestWaitingAt",
        (count(*) filter (where erp_error is not null))::int as retrying, 0 as "ordersWaiting"
      from (select approved_at, erp_error from purchase_list where erp_state in ('due', 'sending')
        order by erp_next_at, id limit ${MOST_WAITING}) as due
    ) as waiting cross join (
      select max(erp_next_at) filter (where erp_state = 'sent') as "lastSuccessAt",
        (count(*) filter (where erp_state = 'sent' and is_new))::int as "succeededNow",
        (count(*) filter (where erp_state = 'refused' and is_new))::int as "failedNow"
      from (select erp_state, erp_next_at, erp_next_at >= date_trunc('minute', clock_timestamp()) as is_new
        from purchase_list order by created_at desc, id desc limit ${NEWEST}) as list
    ) as told`.execute(db)
  const id = edgeId('purchases_out', '')
  const [row] = rows
  if (!row) return { edgeId: id }
  const { lastSuccessAt, succeededNow, failedNow, ...waiting } = row
  return { ...standingOf(id, waiting), lastSuccessAt, succeededNow, failedNow }
}

/** Comparisons with what finance and the CRM say: one runs at a time, and the last one that ended is the last success. */
export async function statementStandings(db: Db): Promise<FlowStanding[]> {
  const { rows } = await sql<
    Waiting & { giver: string; lastSuccessAt: Date | null; succeededNow: number; failedNow: number }
  >`
    select giver, run.* from unnest(${[...STATEMENT_GIVERS]}::text[]) as giver cross join lateral (
      select (count(*) filter (where is_open))::int as backlog, min(created_at) filter (where is_open) as "oldestWaitingAt",
        (count(*) filter (where is_open and failures > 0))::int as retrying, 0 as "ordersWaiting",
        max(finished_at) filter (where state = 'done') as "lastSuccessAt",
        (count(*) filter (where state = 'done' and is_new))::int as "succeededNow",
        (count(*) filter (where state = 'failed' and is_new))::int as "failedNow"
      from (select state, failures, created_at, finished_at, state in ('waiting', 'running') as is_open,
          finished_at >= date_trunc('minute', clock_timestamp()) as is_new
        from reconciliation_run where counterpart = giver order by created_at desc, id desc limit ${NEWEST}) as newest
    ) as run`.execute(db)
  return rows.map(({ giver, lastSuccessAt, succeededNow, failedNow, ...waiting }) => ({
    ...standingOf(edgeId('statements_in', giver), waiting),
    ...{ lastSuccessAt, succeededNow, failedNow },
  }))
}

export type CourierStanding = FlowStanding & { courier: string; intervalSeconds: number }

/** How the couriers with parcels under way stand, from those parcels alone. */
export async function courierStandings(db: Db): Promise<CourierStanding[]> {
  const { rows } = await sql<
    Waiting & {
      courier: string
      intervalSeconds: number
      succeededNow: number
      failedNow: number
      lastSuccessAt: Date | null
      isBacklogCapped: boolean
    }
  >`
    with ${followedParcels}
    select courier, (avg(poll_interval_ms) / 1000)::float8 as "intervalSeconds",
      count(*) filter (where polled and consecutive_failures = 0)::int as "succeededNow",
      count(*) filter (where polled and consecutive_failures > 0)::int as "failedNow",
      count(*) filter (where consecutive_failures > 0)::int as retrying,
      count(*) filter (where overdue)::int as backlog, min(next_poll_at) filter (where overdue) as "oldestWaitingAt",
      (count(distinct order_id) filter (where overdue or consecutive_failures > 0))::int as "ordersWaiting",
      greatest(max(last_polled_at) filter (where consecutive_failures = 0), max(last_push_at)) as "lastSuccessAt",
      ${isCapped} as "isBacklogCapped"
    from judged group by courier order by courier limit ${MOST_EDGES}`.execute(db)
  return rows.map((row) => ({ edgeId: edgeId('courier_polls', row.courier), ...row }))
}
