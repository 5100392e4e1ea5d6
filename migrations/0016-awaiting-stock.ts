import { type Kysely, sql } from 'kysely'

/** Orders of channels that were accepted although stock is missing, and what each line of an order was there. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(tables).execute(db)
}

const tables = `
-- Which of the platform's lines each line of the hub's order comes from, by the hub's line number.
alter table channel_order add column line_map jsonb not null default '{}';
-- Held orders whose reason may be gone are tried again.
alter table channel_order add column try_again_at timestamptz;
create index channel_order_try_again on channel_order (try_again_at) where state = 'held' and try_again_at is not null;
-- Which of the platforms' SKUs one of ours is in, for what they should show.
create index sku_mapping_by_part on sku_mapping using gin (parts jsonb_path_ops);
create table stock_wait (
  order_id uuid primary key references orders (id),
  -- By the platform's clock; null while nobody has paid.
  paid_at timestamptz,
  placed_at timestamptz not null,
  -- An unpaid order waits no longer than its platform does.
  hold_until timestamptz not null,
  state text not null default 'waiting' check (state in ('waiting', 'served', 'ended')),
  created_at timestamptz not null default clock_timestamp(),
  settled_at timestamptz,
  check ((state = 'waiting') = (settled_at is null))
);
create table stock_wait_line (
  order_id uuid not null references stock_wait (order_id),
  sku_id text not null references sku (id),
  quantity integer not null check (quantity > 0),
  -- As its order's; here so that a SKU's queue is found by an index.
  waiting boolean not null default true,
  primary key (order_id, sku_id)
);
create index stock_wait_line_queue on stock_wait_line (sku_id, order_id) where waiting;
grant select, insert, update on stock_wait, stock_wait_line to hub_app;
`
