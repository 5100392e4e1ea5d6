import { type Kysely, sql } from 'kysely'

/**
 * Orders that wait for stock stand still while a change of them is decided, are looked at again when a person wants it, and are tried
 * again when there is a reason. Which platforms and channels there are, the connectors say, and the application sees to it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
alter table stock_wait
  -- The change that holds the order: nothing is given to it meanwhile.
  add column change_id text check (length(change_id) between 1 and 64),
  -- There is a reason to try without new stock.
  add column try_at timestamptz,
  -- A person lets it wait until then.
  add column look_again_at timestamptz;
create index stock_wait_due on stock_wait (least(try_at, look_again_at))
  where state = 'waiting' and (try_at is not null or look_again_at is not null);

alter table shop drop constraint shop_platform_check;
alter table shop add constraint shop_platform_check check (platform ~ '^[a-z][a-z0-9_-]{0,31}$');
alter table store drop constraint store_channel_check;
alter table store add constraint store_channel_check check (channel ~ '^[a-z][a-z0-9_-]{0,31}$');
alter table promotion_quota drop constraint promotion_quota_channel_check;
alter table promotion_quota add constraint promotion_quota_channel_check check (channel ~ '^[a-z][a-z0-9_-]{0,31}$');
`)
    .execute(db)
}
