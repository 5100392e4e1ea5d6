import { type Kysely, sql } from 'kysely'

/** Parcels that couriers push news of: subscriptions, silence, and pushes that wait to be read. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const part of [parcels, subscriptions, pushes, grants]) await sql.raw(part).execute(db)
}

const parcels = `
alter table parcel drop constraint parcel_state_check;
alter table parcel add constraint parcel_state_check
  check (state in ('shipped', 'in_transit', 'refused', 'delivered', 'returned', 'lost'));
alter table parcel
  -- How long its order leaves the courier alone; a push puts the next poll off by as much.
  add column poll_interval_ms integer not null default 300000 check (poll_interval_ms > 0),
  -- When a scan was heard of for the last time that had not been known before.
  add column last_news_at timestamptz,
  add column last_push_at timestamptz,
  -- A person was told that nothing is heard of it; again only after there was news.
  add column silent_at timestamptz;
`

const subscriptions = `
-- Each time that a courier was asked to push news of a parcel: how often is limited, and asking again has to wait.
create table courier_subscription (
  parcel_id text not null references parcel (id),
  number integer not null check (number > 0),
  source text not null,
  state text not null check (state in ('asked', 'active', 'refused', 'ended')),
  asked_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  detail text,
  primary key (parcel_id, number),
  check ((state = 'ended') = (ended_at is not null))
);
create unique index courier_subscription_open on courier_subscription (parcel_id) where state in ('asked', 'active');
-- Pushes name a number, and may name another courier than the label does.
create index parcel_by_waybill on parcel (waybill_number);
`

/** A push that waits to be read is \`unread\`, then \`read\`. Neither is ever seen by the relay. */
const pushes = `
alter table inbox drop constraint inbox_state_check;
alter table inbox add constraint inbox_state_check check (state in ('pending', 'waiting', 'delivered', 'late',
  'set_aside', 'dismissed', 'hint', 'fetched', 'unread', 'read'));
create index inbox_unread on inbox (next_attempt_at, id) where state = 'unread';
`

const grants = `
grant select, insert, update on courier_subscription to hub_app;
`
