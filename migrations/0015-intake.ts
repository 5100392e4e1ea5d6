import { type Kysely, sql } from 'kysely'

/** What the intake of the channels needs besides the tables of the shops. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(statements).execute(db)
}

const statements = `
-- One process at a time asks a platform for new tokens: an old refresh token is worth nothing afterwards.
alter table shop add column refreshing_until timestamptz;
create index shop_newest on shop (created_at desc, id desc);

-- Hints are claimed shop by shop, so that the backlog of one shop never stands before another's.
drop index inbox_hints;
create index inbox_hints on inbox (shop, next_attempt_at, order_key) where state = 'hint';

-- The newest version of each mapping, found without reading the older ones.
create index sku_mapping_newest on sku_mapping (created_at desc, shop_id, platform_sku_id);

-- A hint that waits for its order to be fetched is unsettled, too, and so is a courier's push that nobody has read.
create or replace function hub_needed_bodies(first_day timestamptz, next_day timestamptz)
  returns table (unsettled bigint, unstarted bigint)
language sql volatile set search_path = public, pg_temp as $$
  select
    -- A count each, because each has an index of its own.
    (select count(*) from inbox
      where state in ('pending', 'waiting') and received_at >= first_day and received_at < next_day)
    + (select count(*) from inbox
      where state = 'set_aside' and received_at >= first_day and received_at < next_day)
    + (select count(*) from inbox
      where state = 'hint' and received_at >= first_day and received_at < next_day)
    + (select count(*) from inbox
      where state = 'unread' and received_at >= first_day and received_at < next_day),
    (select count(*) from orders join inbox on inbox.order_key = orders.id::text
      where orders.closed_at is null and inbox.starts_order
        and inbox.received_at >= first_day and inbox.received_at < next_day
        and not exists (select from order_snapshot as snapshot where snapshot.order_id = orders.id))
$$;
`
