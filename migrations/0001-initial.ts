import { type Kysely, sql } from 'kysely'

/**
 * The first schema. Every invariant is a constraint here, so that no code path can break it; `store/errors.ts`
 * turns constraint names into domain errors.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const part of [masterData, identity, orders, stock, warehouseWork, messages, oversight]) {
    await sql.raw(part).execute(db)
  }
}

const masterData = `
create table sku (
  id text primary key check (id ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'),
  name text not null check (length(name) between 1 and 200),
  category text not null check (length(category) between 1 and 100),
  standard_price_cents bigint not null check (standard_price_cents >= 0),
  weight_grams integer not null check (weight_grams >= 0),
  active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create table warehouse (
  id text primary key check (id ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'),
  name text not null check (length(name) between 1 and 200),
  division_code text not null check (division_code ~ '^[0-9]{6}$'),
  longitude double precision not null check (longitude between -180 and 180),
  latitude double precision not null check (latitude between -90 and 90),
  region text not null,
  active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create table store (
  id text primary key check (id ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'),
  name text not null check (length(name) between 1 and 200),
  channel text not null check (channel in ('taobao', 'jd', 'pinduoduo', 'douyin', 'mall')),
  region text not null,
  active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create table policy (
  kind text not null,
  version integer not null check (version > 0),
  document jsonb not null,
  author text not null,
  reason text not null,
  published_at timestamptz not null default now(),
  primary key (kind, version)
);
`

const identity = `
create table account (
  id uuid primary key,
  user_name text not null unique check (user_name ~ '^[a-z0-9][a-z0-9._-]{1,63}$'),
  display_name text not null,
  password_hash text not null,
  role text not null check (role in ('clerk', 'team_lead', 'store_manager', 'regional_director', 'finance', 'ops', 'admin')),
  store_ids text[] not null default '{}',
  region text,
  disabled boolean not null default false,
  failed_sign_ins integer not null default 0,
  locked_until timestamptz,
  created_at timestamptz not null default now()
);
create table api_key (
  id uuid primary key,
  name text not null unique,
  key_hash bytea not null unique,
  system text not null check (system in ('mall', 'payments', 'warehouse', 'ops')),
  store_ids text[] not null default '{}',
  disabled boolean not null default false,
  created_at timestamptz not null default now(),
  last_used_at timestamptz
);
create table session (
  id_hash bytea primary key,
  account_id uuid references account (id) on delete cascade,
  data jsonb not null,
  expires_at timestamptz not null
);
create index session_by_expiry on session (expires_at);
create table idempotency_key (
  caller text not null,
  key text not null,
  request_hash bytea not null,
  status integer,
  response jsonb,
  claimed_until timestamptz not null,
  created_at timestamptz not null default now(),
  primary key (caller, key)
);
create index idempotency_key_by_age on idempotency_key (created_at);
`

const orders = `
create table contact (
  id uuid primary key,
  key_id text not null,
  sealed bytea,
  division_code text not null check (division_code ~ '^[0-9]{6}$'),
  created_at timestamptz not null default now(),
  erased_at timestamptz,
  check ((sealed is null) = (erased_at is not null))
);
create table orders (
  id uuid primary key,
  channel text not null,
  store_id text not null references store (id),
  external_order_id text,
  contact_id uuid not null references contact (id),
  division_code text not null,
  status text not null,
  version integer not null default 1 check (version > 0),
  run_id text not null default '',
  event_count integer not null default 0 check (event_count >= 0),
  needs_attention boolean not null default false,
  amount_cents bigint not null check (amount_cents >= 0),
  freight_cents bigint not null check (freight_cents >= 0),
  paid_cents bigint not null default 0 check (paid_cents >= 0),
  refunded_cents bigint not null default 0 check (refunded_cents >= 0 and refunded_cents <= paid_cents),
  reservation_expires_at timestamptz not null,
  policy_versions jsonb not null,
  placed_by text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  closed_at timestamptz,
  constraint orders_external_order_id_key unique (store_id, external_order_id)
);
create index orders_newest on orders (created_at desc, id desc);
create index orders_by_status on orders (status, created_at desc, id desc);
create index orders_by_store on orders (store_id, created_at desc, id desc);
create index orders_attention on orders (created_at desc, id desc) where needs_attention;
create index orders_open on orders (id) where closed_at is null;
create table order_line (
  order_id uuid not null references orders (id),
  line_number integer not null check (line_number > 0),
  sku_id text not null references sku (id),
  quantity integer not null check (quantity > 0),
  unit_price_cents bigint not null check (unit_price_cents >= 0),
  primary key (order_id, line_number)
);
create table order_snapshot (
  order_id uuid primary key references orders (id),
  version integer not null,
  state jsonb not null,
  applied text[] not null
);
create table payment (
  id text primary key,
  order_id uuid references orders (id),
  named_order_id text not null,
  amount_cents bigint not null check (amount_cents > 0),
  method text not null,
  paid_at timestamptz not null,
  outcome text not null check (outcome in ('accepted', 'partial', 'late', 'unmatched')),
  received_at timestamptz not null default clock_timestamp()
);
create index payment_by_order on payment (order_id);
create table refund (
  id text primary key,
  order_id uuid not null references orders (id),
  payment_id text not null references payment (id),
  amount_cents bigint not null check (amount_cents > 0),
  reason text not null,
  state text not null check (state in ('due', 'done', 'failed')),
  created_at timestamptz not null default now(),
  settled_at timestamptz
);
create index refund_by_order on refund (order_id);
create index refund_by_payment on refund (payment_id);
create table order_return (
  id text primary key,
  order_id uuid not null references orders (id),
  state text not null check (state in ('requested', 'approved', 'rejected', 'received', 'settled')),
  reason text not null,
  lines jsonb not null,
  inspected jsonb not null default '[]',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index order_return_by_order on order_return (order_id);
`

const stock = `
create table stock_level (
  sku_id text not null references sku (id),
  warehouse_id text not null references warehouse (id),
  total integer not null default 0 check (total >= 0),
  shipped integer not null default 0,
  reserved integer not null default 0,
  shortfall integer not null default 0,
  safety_stock integer not null default 0 check (safety_stock >= 0),
  updated_at timestamptz not null default now(),
  primary key (sku_id, warehouse_id),
  constraint stock_level_never_oversold check (
    reserved >= 0 and shipped >= 0 and shortfall >= 0
    and total - shipped - reserved + shortfall >= 0
    and (shortfall = 0 or total - shipped - reserved + shortfall = 0)
  )
) with (fillfactor = 70);
create index stock_level_by_warehouse on stock_level (warehouse_id, sku_id);
create table reservation (
  id uuid primary key,
  owner_kind text not null check (owner_kind in ('order_line', 'promotion', 'transfer')),
  owner_id text not null,
  order_id uuid references orders (id),
  line_number integer,
  sku_id text not null,
  warehouse_id text not null,
  quantity integer not null check (quantity > 0),
  state text not null check (state in ('held', 'confirmed', 'consumed', 'expired', 'released')),
  expires_at timestamptz not null,
  operation_id text not null,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  foreign key (sku_id, warehouse_id) references stock_level (sku_id, warehouse_id),
  check ((owner_kind = 'order_line') = (order_id is not null and line_number is not null))
) with (fillfactor = 80);
create unique index reservation_one_live_per_owner on reservation (owner_kind, owner_id, sku_id, warehouse_id)
  where state in ('held', 'confirmed');
create index reservation_by_order on reservation (order_id);
create index reservation_expiring on reservation (sku_id, warehouse_id, expires_at) where state = 'held';
-- Not of held ones too: next to the one above it would be as good for any plan, and read a hot SKU's every hold.
create index reservation_confirmed on reservation (sku_id, warehouse_id) where state = 'confirmed';
create table stock_operation (
  id text primary key,
  result jsonb not null,
  created_at timestamptz not null default now()
);
create table stock_ledger (
  id bigint generated always as identity primary key,
  sku_id text not null,
  warehouse_id text not null,
  kind text not null check (kind in ('receive', 'adjust', 'count', 'reserve', 'release', 'expire', 'ship', 'return',
    'write_off', 'transfer_out', 'transfer_in', 'promotion_hold')),
  total_delta integer not null default 0,
  shipped_delta integer not null default 0,
  reserved_delta integer not null default 0,
  shortfall_delta integer not null default 0,
  operation_id text not null,
  order_id uuid,
  operator text not null,
  reason text,
  recorded_at timestamptz not null default clock_timestamp()
);
create index stock_ledger_by_level on stock_ledger (sku_id, warehouse_id, id);
`

const warehouseWork = `
create table pick_task (
  id text primary key,
  order_id uuid not null references orders (id),
  warehouse_id text not null references warehouse (id),
  state text not null check (state in ('created', 'started', 'picked', 'packed', 'short', 'withdrawn')),
  lines jsonb not null,
  operator text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index pick_task_by_order on pick_task (order_id);
create index pick_task_open on pick_task (warehouse_id, created_at, id) where state in ('created', 'started', 'picked');
create index pick_task_newest on pick_task (created_at, id);
create table pick_task_event (
  pick_task_id text not null references pick_task (id),
  event_id text not null,
  type text not null check (type in ('started', 'picked', 'short', 'packed')),
  body jsonb not null,
  result jsonb not null,
  operator text not null,
  occurred_at timestamptz not null,
  received_at timestamptz not null default clock_timestamp(),
  primary key (pick_task_id, event_id)
);
create table parcel (
  id text primary key,
  order_id uuid not null references orders (id),
  pick_task_id text not null references pick_task (id),
  courier text not null,
  waybill_number text not null,
  state text not null check (state in ('shipped', 'in_transit', 'delivered', 'returned', 'lost')),
  consecutive_failures integer not null default 0 check (consecutive_failures >= 0),
  last_polled_at timestamptz,
  next_poll_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint parcel_waybill_key unique (courier, waybill_number)
);
create index parcel_by_order on parcel (order_id);
create index parcel_newest on parcel (created_at, id);
create index parcel_unfinished on parcel (state, created_at, id) where state <> 'delivered';
create table tracking_event (
  parcel_id text not null references parcel (id),
  event_key text not null,
  state text not null,
  description text not null,
  occurred_at timestamptz not null,
  received_at timestamptz not null default now(),
  primary key (parcel_id, event_key)
);
`

const messages = `
create table inbox (
  id bigint generated always as identity primary key,
  source text not null,
  shop text not null default '',
  source_event_id text not null,
  type text not null,
  order_key text not null,
  starts_order boolean not null default false,
  state text not null default 'pending' check (state in ('pending', 'waiting', 'delivered', 'late', 'set_aside', 'dismissed')),
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default clock_timestamp(),
  last_error text,
  trace_parent text,
  occurred_at timestamptz not null,
  received_at timestamptz not null default clock_timestamp(),
  settled_at timestamptz,
  constraint inbox_source_event_key unique (source, shop, source_event_id)
) with (fillfactor = 80);
create index inbox_pending on inbox (next_attempt_at, order_key) where state in ('pending', 'waiting');
create index inbox_by_order on inbox (order_key, id);
create index inbox_set_aside on inbox (id) where state = 'set_aside';
create table inbox_body (
  inbox_id bigint not null,
  received_at timestamptz not null default clock_timestamp(),
  body jsonb not null,
  primary key (inbox_id, received_at)
) partition by range (received_at);
create table relay_lease (
  order_key text primary key,
  owner text not null,
  expires_at timestamptz not null
);
create table delivery (
  id uuid primary key,
  kind text not null,
  target text not null,
  operation_id text not null unique,
  order_id uuid references orders (id),
  order_key text not null,
  payload jsonb not null,
  state text not null default 'pending' check (state in ('pending', 'delivered', 'failed', 'withdrawn')),
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default clock_timestamp(),
  last_status integer,
  last_error text,
  created_at timestamptz not null default clock_timestamp(),
  settled_at timestamptz
);
create index delivery_pending on delivery (next_attempt_at) where state = 'pending';
create index delivery_by_key on delivery (target, order_key, created_at) where state in ('pending', 'failed');
create index delivery_by_order on delivery (order_id);
`

const oversight = `
create table operation_log (
  id bigint generated always as identity,
  at timestamptz not null default clock_timestamp(),
  transaction_id xid8 not null default pg_current_xact_id(),
  order_id uuid not null,
  store_id text not null,
  version integer not null,
  field text not null,
  old_value text,
  new_value text,
  operator text not null,
  source text not null,
  source_time timestamptz,
  inbox_id bigint,
  primary key (id, at)
) partition by range (at);
create index operation_log_by_order on operation_log (order_id, id);
create index operation_log_by_transaction on operation_log (transaction_id, id);
create table work_item (
  id uuid primary key,
  kind text not null,
  key text not null,
  order_id uuid references orders (id),
  state text not null default 'open' check (state in ('open', 'resolved')),
  detail jsonb not null,
  owner text,
  occurrences integer not null default 1,
  resolution text,
  resolved_by text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  resolved_at timestamptz
);
create unique index work_item_one_open on work_item (kind, key) where state = 'open';
create index work_item_by_state on work_item (state, created_at desc, id desc);
create index work_item_by_order on work_item (order_id);

-- Month partitions are made ahead of time by whoever runs maintenance; the application role may call this, not DDL.
create function hub_ensure_partitions(months_ahead integer) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  parent text;
  first_day date;
begin
  if months_ahead not between 0 and 24 then raise exception 'months_ahead must be 0 to 24'; end if;
  -- Several processes may do this at once; "if not exists" alone does not keep the second one from failing.
  perform pg_advisory_xact_lock(hashtext('hub_ensure_partitions'));
  foreach parent in array array['inbox_body', 'operation_log'] loop
    for step in -1..months_ahead loop
      first_day := date_trunc('month', now() at time zone 'utc')::date + make_interval(months => step);
      execute format(
        'create table if not exists %I partition of %I for values from (%L) to (%L)',
        parent || '_' || to_char(first_day, 'YYYYMM'), parent,
        first_day::timestamp at time zone 'utc', (first_day + interval '1 month')::timestamp at time zone 'utc');
    end loop;
  end loop;
end $$;

-- Retention: bodies of messages older than the given months go, a month at a time; the inbox rows stay.
create function hub_drop_inbox_bodies(months_kept integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  partition record;
  dropped integer := 0;
begin
  if months_kept < 2 then raise exception 'bodies are kept for at least two months'; end if;
  for partition in
    select relid::regclass::text as name from pg_partition_tree('inbox_body') where level = 1
  loop
    if to_date(right(partition.name, 6), 'YYYYMM') < date_trunc('month', now() at time zone 'utc') - make_interval(months => months_kept) then
      execute format('drop table %I', partition.name);
      dropped := dropped + 1;
    end if;
  end loop;
  return dropped;
end $$;
`
