import { type Kysely, sql } from 'kysely'

/**
 * The order health score: a view for each of its five parts, what they say of each order, change request and count, and
 * the sums of that by hour and day. All of it can be made again from the views.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const parts = [targets, syncTimeliness, stockAccuracy, approvalCompletion, complaintRate, onTimeFulfilment]
  for (const part of [...parts, figures, queues, grants]) await sql.raw(part).execute(db)
}

const targets = `
-- What the views measure against: from the policy in force and what the connectors say of their feeds. The key '' is
-- for whatever has none of its own.
create table health_target (
  kind text not null check (kind in ('sync', 'ship', 'deliver')),
  key text not null,
  seconds double precision not null check (seconds > 0),
  primary key (kind, key)
);
`

/**
 * Every view says the same: whose it is (\`source_id\`, and which part of it), when it counts, what was measured and how
 * much of that was missed. None of them looks at the clock: what is still to come counts as missed at its deadline, and
 * is read only when that is past.
 */
const syncTimeliness = `
create view health_sync_timeliness as
select log.order_id as source_id, log.id::text as part, log.source_time as happened_at, orders.channel, log.store_id,
  '' as warehouse_id, log.order_id, 1 as measured,
  (log.at > log.source_time + make_interval(secs => target.seconds))::int as missed,
  jsonb_build_object('field', log.field, 'from', log.old_value, 'to', log.new_value, 'appliedAt', log.at,
    'way', feed.way, 'targetSeconds', target.seconds,
    'lagSeconds', round(extract(epoch from log.at - log.source_time)::numeric, 3)) as detail
from operation_log as log
  join orders on orders.id = log.order_id
  left join channel_order as told on told.order_id = log.order_id
  left join shop on shop.id = told.shop_id
  cross join lateral (select coalesce(
    -- By which way the platform's order was looked at, that this change came of.
    (select case when hint.type = 'pull' then 'pull' else 'push' end from inbox as hint
      where hint.order_key = shop.platform || '/' || told.shop_id || '/' || told.platform_order_id
        and case when log.field = 'channel_status' then hint.id = log.inbox_id
          else hint.state = 'fetched' and hint.settled_at <= log.at end
      order by hint.id desc limit 1),
    case when shop.id is null then 'push' else 'pull' end) as way) as feed
  cross join lateral (select coalesce(
    (select seconds from health_target
      where kind = 'sync' and key = coalesce(shop.platform, orders.channel) || '/' || feed.way),
    (select seconds from health_target where kind = 'sync' and key = '')) as seconds) as target
where log.source_time is not null
  and ((log.field = 'status' and log.source in ('payment_received', 'channel_closed'))
    or (log.field = 'channel_status' and log.new_value not like '%(older, ignored)'))
  -- What happened before a shop was connected could not be heard in time.
  and (shop.id is null or log.source_time >= shop.created_at);
`

const stockAccuracy = `
create view health_stock_accuracy as
select count.id as source_id, line.sku_id as part, count.counted_at as happened_at, '' as channel, '' as store_id,
  count.warehouse_id, null::uuid as order_id, greatest(line.book, line.counted) as measured,
  abs(line.book - line.counted) as missed,
  jsonb_build_object('skuId', line.sku_id, 'book', line.book, 'counted', line.counted) as detail
from stock_count as count join stock_count_line as line on line.count_id = count.id
where count.state = 'approved';
`

const approvalCompletion = `
create view health_approval_completion as
select request.id as source_id, asked.request_version::text as part, coalesce(missed.at, decided.at) as happened_at,
  orders.channel, request.store_id, '' as warehouse_id, request.order_id, 1 as measured,
  (missed.at is not null)::int as missed,
  jsonb_build_object('changeNumber', request.number, 'requestVersion', asked.request_version,
    'status', request.status, 'submittedAt', asked.submitted_at, 'decidedAt', decided.at, 'deadline', missed.at) as detail
from change_request as request
  join orders on orders.id = request.order_id
  join change_request_version as asked on asked.change_id = request.id
  cross join lateral (select coalesce(
    -- A level that was still open at its deadline, or is now: as long after it opened as its tier has, and sooner where
    -- the order has to leave, but never sooner than the least that approvers have.
    (select min(level.due_at) from (
      select min(slot.opened_at) + least(
          make_interval(secs => (asked.steps -> slot.step_number - 1 -> 'levels' -> slot.level_number - 1
            ->> 'deadlineSeconds')::float8),
          case when request.ship_by is not null then greatest(request.ship_by - min(slot.opened_at),
            make_interval(secs => (asked.limits ->> 'minimumDeadlineSeconds')::float8)) end) as due_at,
        case when not bool_or(slot.state = 'open') then max(slot.settled_at) end as ended_at
      from change_approver as slot
      where slot.change_id = asked.change_id and slot.request_version = asked.request_version
      group by slot.step_number, slot.level_number) as level
    where level.ended_at is null or level.ended_at > level.due_at),
    -- Nobody could be asked at all.
    case when request.status = 'expired' and asked.request_version = request.request_version
      then request.closed_at end) as at) as missed
  cross join lateral (
    select max(decision.recorded_at) as at from change_decision as decision
    where decision.change_id = asked.change_id and decision.request_version = asked.request_version
      and decision.refusal_code is null
      and (asked.request_version < request.request_version
        or request.status in ('approved', 'undoing', 'apply_failed', 'applied', 'rejected', 'abandoned'))) as decided
where coalesce(missed.at, decided.at) is not null;
`

const complaintRate = `
create view health_complaint_rate as
select orders.id as source_id, 'order' as part, orders.created_at as happened_at, orders.channel, orders.store_id,
  '' as warehouse_id, orders.id as order_id, 1 as measured, 0 as missed, '{}'::jsonb as detail
from orders
where orders.paid_cents > 0 or orders.status not in ('reserved', 'awaiting_stock', 'expired', 'cancelled')
union all
select complaint.order_id, complaint.id::text, complaint.occurred_at, complaint.channel, complaint.store_id, '',
  complaint.order_id, 0, 1,
  jsonb_build_object('complaintId', complaint.id, 'category', complaint.category, 'source', complaint.source)
from complaint
where complaint.withdrawn_at is null;
`

const onTimeFulfilment = `
create view health_on_time_fulfilment as
select orders.id as source_id, unit.warehouse_id as part,
  case when unit.shipped_at is null or unit.shipped_at > promise.ship_by then promise.ship_by
    else coalesce(unit.late_by, unit.arrived_at) end as happened_at,
  orders.channel, orders.store_id, unit.warehouse_id, orders.id as order_id, 1 as measured,
  (unit.shipped_at is null or unit.shipped_at > promise.ship_by or unit.late_by is not null)::int as missed,
  jsonb_build_object('shipBy', promise.ship_by, 'shippedAt', unit.shipped_at, 'deliverBy', unit.late_by,
    'arrivedAt', unit.arrived_at, 'missed', case
      when unit.shipped_at is null or unit.shipped_at > promise.ship_by then 'shipping'
      when unit.late_by is not null then 'delivery' end) as detail
from orders
  cross join lateral (
    select min(at) as at from (
      select coalesce(log.source_time, log.at) as at from operation_log as log
      where log.order_id = orders.id and log.field = 'status' and log.new_value = 'paid'
      union all
      select wait.paid_at from stock_wait as wait where wait.order_id = orders.id) as begun) as paid
  cross join lateral (select coalesce(
    -- The platform's own word counts, where it is one.
    (select case when pg_input_is_valid(told.canonical ->> 'shipUntil', 'timestamptz')
        then (told.canonical ->> 'shipUntil')::timestamptz end
      from channel_order as told where told.order_id = orders.id),
    -- Goods that are sold before they are there are promised from the end of the day that they are expected on.
    greatest(paid.at, (
      select max((presale.expected_on + 1)::timestamp at time zone 'Asia/Shanghai')
      from presale_hold as hold join presale on presale.id = hold.presale_id
      where hold.order_id = orders.id and hold.state in ('waiting', 'served')))
    + make_interval(secs => coalesce(
      (select seconds from health_target where kind = 'ship' and key = orders.channel),
      (select seconds from health_target where kind = 'ship' and key = '')))) as ship_by) as promise
  cross join lateral (
    select task.warehouse_id, case when bool_and(packed.at is not null) then max(packed.at) end as shipped_at,
      min(due.at) filter (where arrived.at is null or arrived.at > due.at) as late_by, max(arrived.at) as arrived_at
    from pick_task as task
      cross join lateral (
        select min(event.occurred_at) as at from pick_task_event as event
        where event.pick_task_id = task.id and event.type = 'packed') as packed
      left join parcel on parcel.pick_task_id = task.id and parcel.order_id = task.order_id
      -- Whom its receiver refused it was brought to in time, too.
      cross join lateral (
        select min(scan.occurred_at) as at from tracking_event as scan
        where scan.parcel_id = parcel.id and scan.state in ('delivered', 'refused')) as arrived
      cross join lateral (select packed.at + make_interval(secs => coalesce(
        (select seconds from health_target where kind = 'deliver' and key = parcel.courier),
        (select seconds from health_target where kind = 'deliver' and key = ''))) as at) as due
    where task.order_id = orders.id and task.state not in ('withdrawn', 'short')
    group by task.warehouse_id
    union all
    -- No warehouse has it yet.
    select '', null, null, null
    where orders.status in ('paid', 'awaiting_stock', 'cancelled') and not exists (
      select from pick_task as task where task.order_id = orders.id and task.state not in ('withdrawn', 'short'))) as unit
where paid.at is not null and promise.ship_by is not null
  -- What was taken back before it had to leave was never late.
  and (orders.status <> 'cancelled' or promise.ship_by < (
    select min(log.at) from operation_log as log
    where log.order_id = orders.id and log.field = 'status' and log.new_value = 'cancelled'));
`

const figures = `
-- What the views said of each source when it was last looked at.
create table health_outcome (
  component text not null check (component in ('syncTimeliness', 'stockAccuracy', 'approvalCompletion', 'complaintRate',
    'onTimeFulfilment')),
  source_id uuid not null,
  part text not null,
  happened_at timestamptz not null,
  channel text not null,
  store_id text not null,
  warehouse_id text not null,
  order_id uuid,
  measured integer not null check (measured >= 0),
  missed integer not null check (missed >= 0),
  primary key (component, source_id, part)
);
create index health_outcome_by_time on health_outcome (component, happened_at, source_id, part);
create index health_outcome_missed on health_outcome (component, happened_at, source_id, part) where missed > 0;

-- Sums of hours and, of China, days.
create table health_figure (
  grain text not null check (grain in ('hour', 'day')),
  starts_at timestamptz not null,
  component text not null,
  channel text not null,
  store_id text not null,
  warehouse_id text not null,
  measured bigint not null check (measured >= 0),
  missed bigint not null check (missed >= 0),
  outcomes bigint not null check (outcomes > 0),
  missed_outcomes bigint not null check (missed_outcomes between 0 and outcomes),
  primary key (grain, starts_at, component, channel, store_id, warehouse_id)
);
`

const queues = `
-- Sources to be looked at again. Written by whoever changes one without a line in the operation log, in the same
-- transaction; never unique, so that nobody waits for anybody.
create table health_due (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('order', 'change', 'count')),
  source_id uuid not null
);
-- Hours whose sums are to be made, also of the future: each is made when it is over.
create table health_due_hour (
  hour timestamptz not null,
  component text not null,
  primary key (hour, component)
);
-- How far the operation log was read, what was measured against, and up to where hours are summed; one row.
create table health_state (
  id boolean primary key default true check (id),
  transaction_id xid8 not null default '0',
  log_id bigint not null default 0,
  targets text not null default '',
  policy_version integer not null default 0,
  counted_until timestamptz,
  refreshed_at timestamptz
);
insert into health_state default values;
`

const grants = `
grant select on health_sync_timeliness, health_stock_accuracy, health_approval_completion, health_complaint_rate,
  health_on_time_fulfilment to hub_app;
-- All of these are made from what stays, and made again.
grant select, insert, update, delete on health_target, health_outcome, health_figure, health_due_hour to hub_app;
grant select, insert, delete on health_due to hub_app;
grant select, update on health_state to hub_app;
`
