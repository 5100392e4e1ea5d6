import { type Kysely, sql } from 'kysely'

/**
 * Promotions and their quotas. A quota's units are holds in `reservation` (owner_kind 'promotion', owner_id the
 * quota's id); the counters here say how many were promised, are drawn by orders, and went back to free stock.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
create table promotion (
  id uuid primary key,
  name text not null check (length(name) between 1 and 200),
  state text not null default 'scheduled' check (state in ('scheduled', 'running', 'ended', 'cancelled')),
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  max_share_percent integer not null check (max_share_percent between 1 and 100),
  retry_seconds double precision not null check (retry_seconds > 0),
  policy_version integer not null check (policy_version >= 0),
  shortages jsonb not null default '[]',
  created_by text not null,
  created_at timestamptz not null default clock_timestamp(),
  started_at timestamptz,
  closed_at timestamptz,
  closed_by text,
  close_reason text,
  updated_at timestamptz not null default clock_timestamp(),
  constraint promotion_ends_after_it_begins check (ends_at > starts_at),
  check (state <> 'running' or started_at is not null),
  check ((state in ('ended', 'cancelled')) = (closed_at is not null))
);
create index promotion_open on promotion (starts_at, id) where closed_at is null;
create index promotion_newest on promotion (created_at desc, id desc);
create index promotion_by_start on promotion (starts_at, id);
create table promotion_quota (
  promotion_id uuid not null references promotion (id),
  sku_id text not null references sku (id),
  channel text not null check (channel in ('taobao', 'jd', 'pinduoduo', 'douyin', 'mall')),
  quota_id text not null generated always as (promotion_id::text || '/' || channel) stored,
  promised integer not null check (promised >= 0),
  drawn integer not null default 0 check (drawn >= 0),
  returned integer not null default 0 check (returned >= 0),
  primary key (promotion_id, sku_id, channel),
  constraint promotion_quota_named unique (quota_id, sku_id),
  constraint promotion_quota_never_overdrawn check (drawn + returned <= promised)
) with (fillfactor = 80);
create index promotion_quota_by_sku on promotion_quota (sku_id);

alter table reservation add column drawn_from text;
alter table reservation add constraint reservation_drawn_by_order_lines
  check (drawn_from is null or owner_kind = 'order_line');
alter table reservation add constraint reservation_drawn_from_a_quota
  foreign key (drawn_from, sku_id) references promotion_quota (quota_id, sku_id);
-- A line may have units of one warehouse from a quota and from free stock: a hold for each source.
drop index reservation_one_live_per_owner;
create unique index reservation_one_live_per_owner
  on reservation (owner_kind, owner_id, sku_id, warehouse_id, drawn_from) nulls not distinct
  where state in ('held', 'confirmed');
-- What checkout looks for under its locks: the few quotas among a hot SKU's thousands of holds.
create index reservation_of_promotion on reservation (sku_id) where owner_kind = 'promotion' and state = 'held';

grant select, insert, update on promotion, promotion_quota to hub_app;
`)
    .execute(db)
}
