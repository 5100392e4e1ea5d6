import { type Kysely, sql } from 'kysely'

/** Shops at the platforms of the sales channels, what their SKUs mean, and what their orders look like there. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const part of [shops, mapping, orders, hints, grants]) await sql.raw(part).execute(db)
}

const shops = `
-- Credentials are sealed for exactly this platform, app and gateway.
create table shop (
  id text primary key check (id ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'),
  store_id text not null references store (id),
  platform text not null check (platform in ('taobao', 'jd', 'pinduoduo', 'doudian', 'mall')),
  platform_shop_id text not null check (length(platform_shop_id) between 1 and 128),
  app_key text not null check (length(app_key) between 1 and 128),
  gateway_url text not null,
  push_url text,
  key_id text not null,
  sealed bytea not null,
  -- Grows with every change of the credentials: of two who refresh a token at once, one sees the other's.
  credentials_version integer not null default 1,
  active boolean not null default true,
  changed_by text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint shop_platform_key unique (platform, app_key, platform_shop_id)
);
create index shop_by_app on shop (platform, app_key);
-- How far a shop's feed of changes has come, and how fresh it is: one row a shop and way.
create table channel_feed (
  shop_id text not null references shop (id),
  way text not null check (way in ('push', 'pull')),
  -- Everything that changed before this moment at the platform is in the inbox.
  watermark timestamptz,
  last_success_at timestamptz,
  last_message_at timestamptz,
  last_error text,
  consecutive_failures integer not null default 0 check (consecutive_failures >= 0),
  state text not null default 'unknown' check (state in ('unknown', 'connected', 'disconnected', 'ok', 'failing')),
  updated_at timestamptz not null default clock_timestamp(),
  primary key (shop_id, way)
);
`

const mapping = `
-- What a platform's SKU is made of. Versions are never changed: an order keeps the one that it was read with.
create table sku_mapping (
  shop_id text not null references shop (id),
  platform_sku_id text not null check (length(platform_sku_id) between 1 and 128),
  version integer not null check (version > 0),
  -- Empty: sold no longer; orders of it are held for a person.
  parts jsonb not null check (jsonb_typeof(parts) = 'array'),
  platform_item_id text,
  author text not null,
  created_at timestamptz not null default now(),
  primary key (shop_id, platform_sku_id, version)
);
`

const orders = `
-- An order as its platform last told it. The hub's own order is \`orders\`; this is what it was made from.
create table channel_order (
  shop_id text not null references shop (id),
  platform_order_id text not null check (length(platform_order_id) between 1 and 128),
  -- The hub's order, from the moment that it could be placed.
  order_id uuid unique references orders (id),
  state text not null check (state in ('held', 'placed', 'ignored')),
  held_reason text check (held_reason in ('unmapped', 'unknown_address', 'unknown_status', 'bad_amounts', 'bad_order')),
  status text,
  raw_status text not null,
  -- By the platform's clock; the newest wins.
  modified_at timestamptz not null,
  -- Without the receiver, who is sealed in the contact.
  canonical jsonb not null,
  contact_id uuid not null references contact (id),
  mapping_versions jsonb not null default '{}',
  first_seen_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  primary key (shop_id, platform_order_id),
  check ((state = 'placed') = (order_id is not null)),
  check ((state = 'held') = (held_reason is not null))
);
create index channel_order_held on channel_order (shop_id, first_seen_at) where state = 'held';
create index channel_order_newest on channel_order (first_seen_at desc, shop_id, platform_order_id);
`

/** A hint waits for its order to be fetched; a fetched one is done. Neither is ever seen by the relay. */
const hints = `
alter table inbox drop constraint inbox_state_check;
alter table inbox add constraint inbox_state_check
  check (state in ('pending', 'waiting', 'delivered', 'late', 'set_aside', 'dismissed', 'hint', 'fetched'));
create index inbox_hints on inbox (next_attempt_at, order_key) where state = 'hint';
`

const grants = `
grant select, insert, update on shop, channel_feed, channel_order to hub_app;
grant select, insert on sku_mapping to hub_app;
`
