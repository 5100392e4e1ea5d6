import { type Kysely, sql } from 'kysely'

/** What is sold where on which day, and what is to be bought for it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const part of [demand, supply, suggestions, grants]) await sql.raw(part).execute(db)
}

const demand = `
-- How far the stock ledger has been read into the tables below: one row, which whoever reads on locks.
create table demand_progress (
  one boolean primary key default true check (one),
  ledger_id bigint not null default 0 check (ledger_id >= 0),
  fence_ledger_id bigint not null default 0,
  fence_transaction_id xid8 not null default '0',
  updated_at timestamptz not null default clock_timestamp(),
  check (fence_ledger_id >= ledger_id)
);
insert into demand_progress default values;
-- A level as the ledger has it up to there.
create table demand_level (
  sku_id text not null,
  warehouse_id text not null,
  available integer not null,
  -- Since when there is nothing to sell.
  out_since timestamptz,
  first_at timestamptz not null,
  primary key (sku_id, warehouse_id),
  check ((out_since is null) = (available > 0))
);
-- Units by the day (of China) on which their orders were placed; a day without either has no row.
create table demand_day (
  sku_id text not null,
  warehouse_id text not null,
  day date not null,
  units integer not null default 0,
  -- Of these, units that a promotion's quota gave.
  promotion_units integer not null default 0,
  -- Time without stock that has ended.
  out_ms integer not null default 0 check (out_ms between 0 and 86400000),
  primary key (sku_id, warehouse_id, day)
);
`

const supply = `
-- From whom a SKU is bought, and how; one that is not here comes in single units at its standard price.
create table sku_supply (
  sku_id text primary key references sku (id),
  supplier_id text not null check (length(supplier_id) between 1 and 64),
  pack_units integer not null default 1 check (pack_units between 1 and 1000000),
  minimum_units integer not null default 1 check (minimum_units between 1 and 1000000),
  -- Null: the standard price.
  unit_cost_cents bigint check (unit_cost_cents >= 0),
  changed_by text not null,
  changed_at timestamptz not null default clock_timestamp()
);
create index sku_supply_by_supplier on sku_supply (supplier_id, sku_id);
`

const suggestions = `
create table replenishment_run (
  id uuid primary key,
  -- Of China; what is suggested is made of the days before it.
  day date not null,
  state text not null check (state in ('running', 'done', 'cancelled')),
  policy_version integer not null check (policy_version >= 0),
  skus integer not null check (skus >= 0),
  skus_done integer not null default 0 check (skus_done >= 0),
  levels integer not null default 0 check (levels >= 0),
  -- The last SKU that is done: whoever goes on begins after it.
  after_sku_id text not null default '',
  started_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz,
  check ((state = 'running') = (finished_at is null))
);
create index replenishment_run_newest on replenishment_run (started_at, id);
-- The newest word on each level.
create table replenishment (
  sku_id text not null references sku (id),
  warehouse_id text not null references warehouse (id),
  run_id uuid not null references replenishment_run (id),
  day date not null,
  policy_version integer not null,
  category text not null,
  supplier_id text,
  facts jsonb not null,
  -- When a heavy forecaster was last tried against the plain ones; null: never.
  tried_on date,
  per_day double precision not null check (per_day >= 0),
  growth_percent double precision,
  lead_time_days double precision not null check (lead_time_days >= 0),
  lead_time_deviation_days double precision not null check (lead_time_deviation_days >= 0),
  lead_time_source text not null,
  safety_units integer not null check (safety_units >= 0),
  reorder_point integer not null check (reorder_point >= 0),
  order_up_to integer not null check (order_up_to >= reorder_point),
  cover_days double precision check (cover_days >= 0),
  suggested_units integer not null check (suggested_units >= 0),
  -- Of these, what other warehouses can give, and what is left to buy.
  transfer_units integer not null check (transfer_units >= 0),
  purchase_units integer not null check (purchase_units >= 0),
  excess_units integer not null check (excess_units >= 0),
  unit_cost_cents bigint not null check (unit_cost_cents >= 0),
  updated_at timestamptz not null default clock_timestamp(),
  primary key (sku_id, warehouse_id)
);
create index replenishment_by_warehouse on replenishment (warehouse_id, sku_id);
create index replenishment_by_urgency on replenishment (coalesce(cover_days, 1e9), sku_id, warehouse_id);
create index replenishment_purchases on replenishment (warehouse_id, supplier_id, sku_id) where purchase_units > 0;
create index replenishment_by_excess on replenishment ((-excess_units), sku_id, warehouse_id);
`

const grants = `
grant select, update on demand_progress to hub_app;
grant select, insert, update on demand_level, demand_day, sku_supply, replenishment_run, replenishment to hub_app;
-- Worked out anew every night: what is no longer sold anywhere goes.
grant delete on replenishment to hub_app;
`
