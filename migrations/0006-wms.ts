import { type Kysely, sql } from 'kysely'

/** Reading stock from the warehouses' own systems. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const part of [ledgerKind, tables, grants]) await sql.raw(part).execute(db)
}

/** Adds to whatever kinds there are by now, so that migrations which add others can come in any order. */
const ledgerKind = `
do $$
declare
  kinds text;
begin
  select pg_get_expr(conbin, conrelid) into strict kinds from pg_constraint
    where conrelid = 'stock_ledger'::regclass and conname = 'stock_ledger_kind_check';
  alter table stock_ledger drop constraint stock_ledger_kind_check;
  execute format('alter table stock_ledger add constraint stock_ledger_kind_check check (%s or kind = %L)', kinds, 'snapshot');
end $$;
-- What moved physically since a moment, of one level: holds, which are most rows, stay out.
create index stock_ledger_physical on stock_ledger (warehouse_id, sku_id, recorded_at)
  where total_delta <> 0 or shipped_delta <> 0;
-- What people entered, for the warehouses' systems to follow.
create index stock_ledger_entered on stock_ledger (id)
  where total_delta <> shipped_delta and kind not in ('ship', 'snapshot');
`

const tables = `
-- Where a warehouse's system listens. The password is sealed for exactly this host and user.
create table wms_connection (
  name text primary key check (name ~ '^[a-z0-9][a-z0-9-]{0,63}$'),
  host text not null check (length(host) between 1 and 253),
  port integer not null check (port between 1 and 65535),
  database_name text not null check (length(database_name) between 1 and 64),
  user_name text not null check (length(user_name) between 1 and 80),
  tls text not null check (tls in ('verify', 'required', 'off')),
  certificate_authority text,
  key_id text not null,
  sealed bytea not null,
  changed_by text not null,
  changed_at timestamptz not null default clock_timestamp()
);
-- How fresh the stock of a warehouse is: one row a warehouse whose system is read.
create table warehouse_freshness (
  warehouse_id text primary key references warehouse (id),
  last_attempt_at timestamptz,
  last_success_at timestamptz,
  last_full_at timestamptz,
  last_error_code text,
  last_error text,
  consecutive_failures integer not null default 0 check (consecutive_failures >= 0),
  next_attempt_at timestamptz not null default clock_timestamp(),
  full_requested boolean not null default true,
  -- Where the next incremental read goes on; null reads everything. It belongs to one source.
  cursor_value text,
  cursor_source text,
  -- The newest time that the warehouse's system has named: how old its data is.
  newest_as_of timestamptz,
  clock_skew_ms integer,
  rows_read integer not null default 0 check (rows_read >= 0),
  levels_changed integer not null default 0 check (levels_changed >= 0),
  bad_rows integer not null default 0 check (bad_rows >= 0),
  unknown_skus integer not null default 0 check (unknown_skus >= 0),
  policy_version integer,
  check ((last_error is null) = (last_error_code is null)),
  check ((cursor_value is null) = (cursor_source is null))
);
-- The last thing that a warehouse's system said about a SKU, and what became of it.
create table wms_level (
  warehouse_id text not null references warehouse (id),
  -- Not the stock level: the check of such a key would wait for everybody who reserves.
  sku_id text not null references sku (id),
  on_hand integer not null check (on_hand >= 0),
  as_of timestamptz,
  decision text not null check (decision in ('applied', 'quarantined', 'dismissed')),
  -- Not settled: what the hub knows was too near in time to tell; judged again at every sync.
  is_settled boolean not null,
  seen_at timestamptz not null default clock_timestamp(),
  primary key (warehouse_id, sku_id)
) with (fillfactor = 80);
create index wms_level_unsettled on wms_level (warehouse_id, sku_id) where not is_settled;
create index wms_level_quarantined on wms_level (warehouse_id, sku_id) where decision = 'quarantined';
`

const grants = `
grant select, insert, update on wms_connection, warehouse_freshness, wms_level to hub_app;
`
