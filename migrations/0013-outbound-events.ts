import { type Kysely, sql } from 'kysely'

/**
 * Events to other systems, and what the operation log lacked. `outbound_event` holds each event once, whoever wants it;
 * a subscription is a place in it and the few deliveries that are under way, so that a dead one costs nothing.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const part of [operationLog, events, subscriptions, retention]) await sql.raw(part).execute(db)
}

const operationLog = `
-- Which payment, refund, parcel, return or pick task an entry is about; the money that it moves; the call that caused it.
alter table operation_log add column subject_id text;
alter table operation_log add column amount_cents bigint;
alter table operation_log add column request_id text;
create index operation_log_by_time on operation_log (at, id);
create index operation_log_by_store on operation_log (store_id, at, id);
create index operation_log_by_source on operation_log (source, at, id);
create index operation_log_by_subject on operation_log (subject_id, at, id) where subject_id is not null;
-- Most is done by the system itself, and nobody looks for that by name.
create index operation_log_by_operator on operation_log (operator, at, id) where operator <> 'system';
-- An order's movements, for its story.
create index stock_ledger_by_order on stock_ledger (order_id, id) where order_id is not null;
`

const events = `
create table outbound_event (
  -- Given under the lock of event_feed: whoever has read up to a position misses nothing below it.
  position bigint generated always as identity primary key,
  event_id uuid not null default uuidv7() unique,
  type text not null,
  order_key text not null,
  store_id text,
  at timestamptz not null,
  data jsonb not null,
  recorded_at timestamptz not null default clock_timestamp()
);
create index outbound_event_by_time on outbound_event (at, position);
create index outbound_event_by_age on outbound_event (recorded_at);

-- How far the operation log was turned into events; one row, and its lock is the turn of who writes events.
create table event_feed (
  id boolean primary key default true check (id),
  transaction_id xid8 not null default '0',
  log_id bigint not null default 0,
  updated_at timestamptz not null default clock_timestamp()
);
insert into event_feed default values;
-- Levels are told from now on; what the log tells of orders, from its beginning.
insert into stock_cursor (consumer, ledger_id, fence_ledger_id, fence_transaction_id, after_sku_id, after_warehouse_id)
  select 'outbound-events', newest.id, newest.id, pg_current_xact_id(), null, null
  from (select coalesce(max(id), 0) as id from stock_ledger) as newest;

grant select, insert on outbound_event to hub_app;
grant select, update on event_feed to hub_app;
`

const subscriptions = `
create table subscription (
  id uuid primary key,
  name text not null check (length(name) between 1 and 100),
  url text not null check (length(url) between 1 and 2000),
  event_types text[] not null check (cardinality(event_types) between 1 and 50),
  store_ids text[] not null default '{}',
  state text not null default 'active' check (state in ('active', 'paused', 'disabled', 'deleted')),
  state_reason text,
  -- Every event up to here was looked at; those before starts_at are not meant.
  position bigint not null check (position >= 0),
  starts_at timestamptz,
  consecutive_failures integer not null default 0 check (consecutive_failures >= 0),
  failing_since timestamptz,
  throttled_until timestamptz,
  last_success_at timestamptz,
  created_by text not null,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  check ((failing_since is null) = (consecutive_failures = 0))
) with (fillfactor = 80);
create unique index subscription_name on subscription (name) where state <> 'deleted';
create index subscription_newest on subscription (created_at, id);

-- Sealed; emptied when it ends, as the row itself is never deleted.
create table subscription_secret (
  id uuid primary key,
  subscription_id uuid not null references subscription (id),
  key_id text not null,
  sealed bytea,
  created_by text not null,
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz
);
create unique index subscription_secret_current on subscription_secret (subscription_id) where expires_at is null;
create index subscription_secret_by_subscription on subscription_secret (subscription_id, created_at);

create table event_delivery (
  id uuid primary key default uuidv7(),
  subscription_id uuid not null references subscription (id),
  position bigint not null references outbound_event (position) on delete cascade,
  event_type text not null,
  order_key text not null,
  state text not null default 'pending' check (state in ('pending', 'delivered', 'exhausted', 'superseded', 'cancelled')),
  attempts integer not null default 0 check (attempts >= 0),
  next_attempt_at timestamptz not null default clock_timestamp(),
  replays integer not null default 0,
  last_status integer,
  last_error text,
  last_milliseconds integer,
  created_at timestamptz not null default clock_timestamp(),
  last_attempt_at timestamptz,
  settled_at timestamptz,
  constraint event_delivery_once unique (position, subscription_id),
  check ((state = 'pending') = (settled_at is null))
) with (fillfactor = 80);
create index event_delivery_due on event_delivery (subscription_id, next_attempt_at) where state = 'pending';
create index event_delivery_in_order on event_delivery (subscription_id, order_key, position) where state = 'pending';
create index event_delivery_newest on event_delivery (subscription_id, created_at, id);
create index event_delivery_by_state on event_delivery (subscription_id, state, created_at, id);
create index event_delivery_by_type on event_delivery (subscription_id, event_type, created_at, id);
create index event_delivery_by_key on event_delivery (subscription_id, order_key, created_at, id);

-- Tries that failed; the one that did not is in the delivery itself.
create table event_attempt (
  delivery_id uuid not null references event_delivery (id) on delete cascade,
  at timestamptz not null default clock_timestamp(),
  status integer,
  error text not null,
  milliseconds integer not null,
  primary key (delivery_id, at)
);

-- A period that is sent again, a slice at a time.
create table event_replay (
  id uuid primary key,
  subscription_id uuid not null references subscription (id),
  from_at timestamptz not null,
  to_at timestamptz not null check (to_at > from_at),
  event_types text[] not null,
  state text not null default 'running' check (state in ('running', 'done', 'cancelled')),
  after_at timestamptz not null,
  after_position bigint not null default 0,
  queued integer not null default 0,
  requested_by text not null,
  created_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz,
  check ((state = 'running') = (finished_at is null))
);
create unique index event_replay_one_running on event_replay (subscription_id) where state = 'running';
create index event_replay_newest on event_replay (subscription_id, created_at, id);

grant select, insert, update on subscription, subscription_secret, event_delivery, event_replay to hub_app;
grant select, insert on event_attempt to hub_app;
`

const retention = `
-- Old events go with their deliveries, some at a time; the application role may call this, not delete.
create function hub_drop_old_events(days_kept integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  dropped integer;
begin
  if days_kept < 7 then raise exception 'events are kept for at least seven days'; end if;
  delete from outbound_event where position in (
    select position from outbound_event where recorded_at < now() - make_interval(days => days_kept)
    order by recorded_at limit 5000);
  get diagnostics dropped = row_count;
  return dropped;
end $$;
revoke all on function hub_drop_old_events(integer) from public;
grant execute on function hub_drop_old_events(integer) to hub_app;
`
