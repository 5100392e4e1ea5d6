import { type Kysely, sql } from 'kysely'

/** Readers of stock changes, each with its place in the ledger. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
-- Where a consumer of stock changes stands. The fence is a place in the ledger that is final once every transaction
-- below the fence's has ended: ids are handed out before their rows commit.
create table stock_cursor (
  consumer text primary key check (consumer ~ '^[a-z][a-z-]{0,63}$'),
  ledger_id bigint not null check (ledger_id >= 0),
  fence_ledger_id bigint not null,
  fence_transaction_id xid8 not null,
  -- A new consumer first reads all levels there are, from this one on; null once it has.
  after_sku_id text,
  after_warehouse_id text,
  updated_at timestamptz not null default clock_timestamp(),
  check (fence_ledger_id >= ledger_id),
  check ((after_sku_id is null) = (after_warehouse_id is null))
);
grant select, insert, update on stock_cursor to hub_app;
`)
    .execute(db)
}
