import { type Kysely, sql } from 'kysely'

/**
 * Customers over channels: what they are known by, which orders are theirs, and what these come to. Nothing here says who
 * somebody is; figures outlive what they are known by.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const part of [contacts, customers, facts, queues, grants]) await sql.raw(part).execute(db)
}

const contacts = `
-- The same hash of who they are on their platform, also where their number is known; it leaves with the person.
alter table contact
  add column buyer bytea check (octet_length(buyer) = 32),
  add constraint contact_buyer_erased check (buyer is null or sealed is not null);
create index contact_by_buyer on contact (buyer, id) where buyer is not null;
`

const customers = `
create table customer (
  id uuid primary key,
  -- Counts merges, splits and erasures, so that nobody merges what somebody else has changed.
  version integer not null default 1 check (version > 0),
  created_at timestamptz not null default clock_timestamp(),
  merged_into uuid references customer (id),
  erased_at timestamptz,
  -- All of the following can be made again from customer_order. Of orders within the window.
  orders integer not null default 0 check (orders >= 0),
  amount_cents bigint not null default 0 check (amount_cents >= 0),
  net_cents bigint not null default 0 check (net_cents >= 0),
  returned_orders integer not null default 0 check (returned_orders between 0 and orders),
  change_requests integer not null default 0 check (change_requests >= 0),
  complaints integer not null default 0 check (complaints >= 0),
  first_order_at timestamptz,
  last_order_at timestamptz,
  -- The day of China of the last one, counted from 1970-01-01; 0 where there is none.
  last_order_day integer not null default 0,
  lifetime_orders integer not null default 0 check (lifetime_orders >= orders),
  preferred_channel text,
  preferred_warehouse text,
  recency_score smallint check (recency_score between 1 and 5),
  frequency_score smallint check (frequency_score between 1 and 5),
  monetary_score smallint check (monetary_score between 1 and 5),
  segment text,
  constraint customer_not_merged_into_itself check (merged_into <> id),
  constraint customer_with_orders check ((orders = 0) = (last_order_at is null) and (orders = 0) = (first_order_at is null)
    and (orders = 0) = (last_order_day = 0)),
  constraint customer_scored check ((orders = 0) = (recency_score is null) and (orders = 0) = (frequency_score is null)
    and (orders = 0) = (monetary_score is null) and (orders > 0 or segment is null)),
  constraint customer_merged_is_empty check (merged_into is null or lifetime_orders = 0)
);
create index customer_by_last_order on customer (last_order_day, id) where merged_into is null;
create index customer_by_orders on customer (orders, id) where merged_into is null;
create index customer_by_net on customer (net_cents, id) where merged_into is null;
create index customer_by_segment on customer (segment, net_cents, id) where merged_into is null;
create index customer_by_channel on customer (preferred_channel, net_cents, id) where merged_into is null;
create index customer_by_warehouse on customer (preferred_warehouse, net_cents, id) where merged_into is null;
create index customer_complaining on customer (complaints, id) where merged_into is null and complaints > 0;
create index customer_last_ordered on customer (last_order_at, id);
create index customer_merged on customer (merged_into) where merged_into is not null;

create table customer_identity (
  id uuid primary key,
  customer_id uuid not null references customer (id),
  kind text not null check (kind in ('phone', 'buyer')),
  -- Where it was seen first.
  channel text not null,
  hash bytea unique check (octet_length(hash) = 32),
  seen_at timestamptz not null default clock_timestamp(),
  erased_at timestamptz,
  constraint customer_identity_erased check ((hash is null) = (erased_at is not null))
);
create index customer_identity_by_customer on customer_identity (customer_id, id);
`

const facts = `
-- What of each order counts for its customer, as it stands.
create view customer_order_fact as
select orders.id as order_id, orders.created_at as ordered_at, orders.channel, orders.store_id,
  coalesce((
    select reservation.warehouse_id from reservation
    where reservation.order_id = orders.id and reservation.state in ('confirmed', 'consumed')
      -- In the words of the two indexes that find holds by their order, as liveOrEnded says it.
      and (reservation.state in ('held', 'confirmed') or reservation.state in ('consumed', 'expired', 'released'))
    group by reservation.warehouse_id order by sum(reservation.quantity) desc, reservation.warehouse_id limit 1), '')
    as warehouse_id,
  orders.paid_cents > 0 and orders.status not in ('expired', 'cancelled') as counts,
  orders.amount_cents, orders.paid_cents - orders.refunded_cents as net_cents,
  orders.status = 'returned' or exists (
    select from order_return as given
    where given.order_id = orders.id and given.state in ('approved', 'received', 'settled')) as returned,
  (select count(*) from change_request as request where request.order_id = orders.id)::int as change_requests,
  (select count(*) from complaint where complaint.order_id = orders.id and complaint.withdrawn_at is null)::int as complaints
from orders;

-- The same as it was when last looked at, with whose it is: an order stays with whom it was first seen with.
create table customer_order (
  order_id uuid primary key references orders (id),
  identity_id uuid not null references customer_identity (id),
  ordered_at timestamptz not null,
  channel text not null,
  store_id text not null,
  warehouse_id text not null,
  counts boolean not null,
  amount_cents bigint not null check (amount_cents >= 0),
  net_cents bigint not null check (net_cents >= 0),
  returned boolean not null,
  change_requests integer not null check (change_requests >= 0),
  complaints integer not null check (complaints >= 0)
);
create index customer_order_by_identity on customer_order (identity_id, ordered_at, order_id);
create index customer_order_by_time on customer_order (ordered_at, order_id);
`

const queues = `
-- Orders to be looked at again. Written by whoever changes what counts of one without a line in the operation log, in the
-- same transaction; never unique, so that nobody waits for anybody.
create table customer_due (
  id bigint generated always as identity primary key,
  order_id uuid not null
);
-- How far the operation log was read, from when on orders are in the window, and by what customers were graded; one row.
create table customer_state (
  id boolean primary key default true check (id),
  started boolean not null default false,
  transaction_id xid8 not null default '0',
  log_id bigint not null default 0,
  window_from timestamptz,
  cuts jsonb not null default '{"recency": [], "frequency": [], "monetary": []}',
  -- The day of China that the cuts are of, counted from 1970-01-01, and the policy.
  graded_on integer,
  policy_version integer not null default 0,
  -- Customers up to here have been graded by the present cuts; null: all of them.
  graded_until uuid,
  refreshed_at timestamptz
);
insert into customer_state default values;
`

const grants = `
grant select on customer_order_fact to hub_app;
grant select, insert, update on customer, customer_identity, customer_order to hub_app;
grant select, insert, delete on customer_due to hub_app;
grant select, update on customer_state to hub_app;
`
