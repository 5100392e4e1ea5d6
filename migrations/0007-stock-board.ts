import { type Kysely, sql } from 'kysely'

/** Readers of stock changes, each with its place in the ledger; alerts on levels; counts (盘点) and their accuracy. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const part of [cursors, alerts, counts]) await sql.raw(part).execute(db)
}

const cursors = `
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
`

const alerts = `
-- Whether somebody was told that a level is at or below its threshold; told again only after it had recovered.
create table stock_alert (
  sku_id text not null,
  warehouse_id text not null,
  state text not null check (state in ('raised', 'cleared')),
  -- How often it was raised; with the level it names the message.
  number integer not null default 1 check (number > 0),
  changed_at timestamptz not null default clock_timestamp(),
  primary key (sku_id, warehouse_id),
  foreign key (sku_id, warehouse_id) references stock_level (sku_id, warehouse_id)
);
grant select, insert, update on stock_alert to hub_app;
`

const counts = `
create table stock_count (
  id uuid primary key,
  warehouse_id text not null references warehouse (id),
  -- Blind: who counts does not see what the books say.
  is_blind boolean not null,
  state text not null check (state in ('draft', 'submitted', 'approved', 'rejected', 'recount')),
  note text check (length(note) between 1 and 500),
  recount_of uuid unique references stock_count (id),
  counted_at timestamptz not null,
  created_by text not null,
  submitted_by text,
  decided_by text,
  decision_reason text,
  -- What the count says about the books, from its submission on; null before.
  line_count integer check (line_count > 0),
  exact_lines integer check (exact_lines >= 0),
  book_units bigint check (book_units >= 0),
  missing_units bigint check (missing_units >= 0),
  surplus_units bigint check (surplus_units >= 0),
  difference_cents bigint,
  created_at timestamptz not null default clock_timestamp(),
  submitted_at timestamptz,
  decided_at timestamptz,
  check ((submitted_by is null) = (submitted_at is null) and (submitted_by is null) = (state = 'draft')),
  check ((decided_by is null) = (decided_at is null) and (decided_by is null) = (state in ('draft', 'submitted'))),
  check ((line_count is null) = (state = 'draft') and (line_count is null) = (exact_lines is null)
    and (line_count is null) = (book_units is null) and (line_count is null) = (missing_units is null)
    and (line_count is null) = (surplus_units is null) and (line_count is null) = (difference_cents is null)
    and exact_lines <= line_count),
  constraint stock_count_two_people check (state <> 'approved' or decided_by not in (created_by, submitted_by))
);
create index stock_count_newest on stock_count (created_at, id);
create index stock_count_by_warehouse on stock_count (warehouse_id, counted_at);
create table stock_count_line (
  count_id uuid not null references stock_count (id),
  sku_id text not null references sku (id),
  -- Null while it is to be counted.
  counted integer check (counted between 0 and 10000000),
  -- Who entered it: whoever counted a line does not approve the count.
  counted_by text,
  counted_at timestamptz,
  -- Units on hand by the books when the line was counted, and the standard price then; set at submission.
  book integer,
  unit_price_cents bigint,
  -- By how much the approval changed the books.
  adjusted integer,
  primary key (count_id, sku_id),
  check ((counted is null) = (counted_by is null) and (counted is null) = (counted_at is null)),
  check ((book is null) = (unit_price_cents is null) and (book is null or counted is not null)),
  check (adjusted is null or book is not null)
);
create index stock_count_line_by_sku on stock_count_line (sku_id, count_id);
grant select, insert, update on stock_count, stock_count_line to hub_app;
grant delete on stock_count_line to hub_app;
`
