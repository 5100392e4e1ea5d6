import { type Kysely, sql } from 'kysely'

/**
 * What each store should show of a SKU and what it has confirmed, and the figures by which units are divided among
 * stores: orders and units a day, counted hour by hour so that no report ever reads all orders.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const part of [listings, figures, roles]) await sql.raw(part).execute(db)
}

const listings = `
-- One row for each SKU that any store lists: the queue of what must be decided anew, and when.
create table listing_sku (
  sku_id text primary key references sku (id),
  due_at timestamptz not null default clock_timestamp(),
  decided_at timestamptz,
  policy_version integer
) with (fillfactor = 80);
create index listing_sku_due on listing_sku (due_at);
create table listing (
  store_id text not null references store (id),
  sku_id text not null references listing_sku (sku_id),
  active boolean not null default true,
  version integer not null default 0 check (version >= 0),
  quantity integer not null default 0 check (quantity >= 0),
  reason text not null default 'new' check (reason in ('new', 'published', 'low', 'no-share', 'waiting-for-return',
    'waiting-for-others', 'inactive')),
  decided_at timestamptz,
  sent_version integer not null default 0,
  may_show integer not null default 0 check (may_show >= 0),
  confirmed_version integer,
  confirmed_quantity integer check (confirmed_quantity >= 0),
  confirmed_at timestamptz,
  resend boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  state text not null generated always as (case when not active then 'removed' when version = 0 then 'new'
    when quantity > 0 then 'listed' else 'delisted' end) stored,
  stale boolean not null generated always as (confirmed_version is distinct from version
    or confirmed_quantity is distinct from quantity) stored,
  primary key (store_id, sku_id),
  constraint listing_decided_whole check ((version = 0) = (decided_at is null) and (version > 0 or quantity = 0)),
  constraint listing_confirmed_whole check (num_nonnulls(confirmed_version, confirmed_quantity, confirmed_at) in (0, 3)),
  constraint listing_confirms_what_was_decided check (confirmed_version <= version),
  constraint listing_sends_what_was_decided check (sent_version between 0 and version)
) with (fillfactor = 80);
create index listing_by_sku on listing (sku_id, store_id);
create index listing_by_state on listing (state, store_id, sku_id);
create index listing_stale on listing (store_id, sku_id) where stale;
create index listing_newest on listing (decided_at desc, store_id, sku_id) where decided_at is not null;
-- The latest version wins: what it supersedes is withdrawn in the same transaction.
create unique index delivery_one_open_listing on delivery (target, order_key) where kind = 'listing' and state = 'pending';
create index delivery_settled_listing on delivery (settled_at) where kind = 'listing' and state in ('delivered', 'withdrawn');

-- Every change of a hot SKU leaves a delivery, and the listing's row says all that lasts: the settled ones go after a
-- while. The application role itself deletes nothing.
create function hub_drop_listing_deliveries(days_kept integer, at_most integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  dropped integer;
begin
  if days_kept < 7 then raise exception 'deliveries are kept for at least seven days'; end if;
  with old as (
    select id from delivery where kind = 'listing' and state in ('delivered', 'withdrawn')
      and settled_at < now() - make_interval(days => days_kept)
    order by settled_at limit at_most for update skip locked
  )
  delete from delivery using old where delivery.id = old.id;
  get diagnostics dropped = row_count;
  return dropped;
end $$;
`

const figures = `
create table counted_hour (
  hour timestamptz primary key check (hour = date_trunc('hour', hour, 'UTC')),
  counted_at timestamptz not null default clock_timestamp()
);
create table order_day (
  day date not null,
  store_id text not null references store (id),
  warehouse_ids text[] not null,
  orders integer not null check (orders > 0),
  primary key (day, store_id, warehouse_ids)
);
create table sales_day (
  sku_id text not null,
  store_id text not null references store (id),
  day date not null,
  quantity bigint not null check (quantity > 0),
  primary key (sku_id, store_id, day)
);
`

const roles = `
grant select, insert, update on listing_sku, listing, order_day, sales_day to hub_app;
grant select, insert on counted_hour to hub_app;
revoke all on function hub_drop_listing_deliveries(integer, integer) from public;
grant execute on function hub_drop_listing_deliveries(integer, integer) to hub_app;
`
