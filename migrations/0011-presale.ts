import { type Kysely, sql } from 'kysely'

/**
 * Presales: units that are promised before they are there. Their counters are theirs alone and never touch
 * `stock_level`; a unit becomes stock when it arrives. The ledger rebuilds every counter.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
create table presale (
  id uuid primary key,
  sku_id text not null references sku (id),
  warehouse_id text not null references warehouse (id),
  state text not null default 'open' check (state in ('open', 'arrived', 'closed')),
  promised integer not null default 0 check (promised >= 0),
  sold integer not null default 0 check (sold >= 0),
  served integer not null default 0 check (served >= 0),
  freed integer not null default 0 check (freed >= 0),
  waiting integer not null generated always as (sold - served) stored,
  expected_on date not null,
  opens_at timestamptz not null,
  closes_at timestamptz not null,
  created_by text not null,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  constraint presale_never_oversold check (sold + freed <= promised),
  constraint presale_serves_what_was_sold check (served <= sold),
  constraint presale_closes_after_it_opens check (closes_at > opens_at)
) with (fillfactor = 80);
create unique index presale_open_per_sku on presale (sku_id) where state = 'open';
create index presale_newest on presale (created_at, id);
create index presale_by_date on presale (expected_on, id);
create index presale_by_promised on presale (promised, id);
create index presale_by_sold on presale (sold, id);
create index presale_by_waiting on presale (waiting, id);
create index presale_by_sku on presale (sku_id, created_at, id);

create table presale_hold (
  id uuid primary key,
  presale_id uuid not null references presale (id),
  order_id uuid not null,
  line_number integer not null,
  quantity integer not null check (quantity > 0),
  served integer not null default 0 check (served between 0 and quantity),
  state text not null check (state in ('held', 'waiting', 'served', 'expired', 'released')),
  expires_at timestamptz not null,
  paid_at timestamptz,
  operation_id text not null,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  foreign key (order_id, line_number) references order_line (order_id, line_number),
  check ((state = 'served') = (served = quantity)),
  check (state <> 'waiting' or paid_at is not null)
) with (fillfactor = 80);
create unique index presale_hold_live on presale_hold (order_id, line_number) where state in ('held', 'waiting');
create index presale_hold_by_order on presale_hold (order_id, line_number);
create index presale_hold_queue on presale_hold (presale_id, paid_at, created_at) where state in ('held', 'waiting');
create index presale_hold_expiry on presale_hold (presale_id, expires_at) where state = 'held';

create table presale_ledger (
  id bigint generated always as identity primary key,
  presale_id uuid not null references presale (id),
  kind text not null check (kind in ('open', 'raise', 'lower', 'reschedule', 'sell', 'expire', 'release', 'serve', 'free',
    'close')),
  promised_delta integer not null default 0,
  sold_delta integer not null default 0,
  served_delta integer not null default 0,
  freed_delta integer not null default 0,
  operation_id text not null,
  order_id uuid references orders (id),
  operator text not null,
  reason text,
  recorded_at timestamptz not null default clock_timestamp()
);
create index presale_ledger_by_presale on presale_ledger (presale_id, id);

grant select, insert, update on presale, presale_hold to hub_app;
grant select, insert on presale_ledger to hub_app;
`)
    .execute(db)
}
