import { type Kysely, sql } from 'kysely'

/**
 * Messages to customers. A row says what was sent and how far that came, never to which number: that is read from the
 * sealed contact when it is sent.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
create table notification (
  id uuid primary key default uuidv7(),
  event text not null check (event in ('shipped', 'delivered')),
  way text not null check (way in ('sms', 'wechat')),
  parcel_id text not null references parcel (id),
  order_id uuid not null references orders (id),
  policy_version integer not null,
  template_id text not null check (length(template_id) between 1 and 100),
  parameters jsonb not null check (jsonb_typeof(parameters) = 'array'),
  state text not null default 'pending'
    check (state in ('pending', 'sending', 'unknown', 'sent', 'failed', 'skipped')),
  attempts integer not null default 0 check (attempts >= 0),
  -- Until then it is left alone: not yet due, or claimed.
  due_at timestamptz not null default clock_timestamp(),
  -- What one number gets in a day is counted by it: a keyed hash of number and day, of no use on the next.
  recipient bytea check (octet_length(recipient) = 32),
  sending_at timestamptz,
  provider_id text check (length(provider_id) <= 200),
  reason text check (length(reason) <= 500),
  created_at timestamptz not null default clock_timestamp(),
  settled_at timestamptz,
  constraint notification_once unique (parcel_id, event, way),
  check ((state in ('sent', 'failed', 'skipped')) = (settled_at is not null)),
  -- Nothing leaves the house that was not written down before.
  check (state in ('pending', 'failed', 'skipped') or (sending_at is not null and attempts > 0))
) with (fillfactor = 80);
create index notification_due on notification (due_at) where state in ('pending', 'sending', 'unknown');
create index notification_by_recipient on notification (recipient) where recipient is not null;
create index notification_by_order on notification (order_id);

-- How far the events were read; one row, and its lock is the turn of who plans.
create table notification_feed (
  id boolean primary key default true check (id),
  position bigint not null
);
-- Parcels from now on.
insert into notification_feed (position) select coalesce(max(position), 0) from outbound_event;

grant select, insert, update on notification to hub_app;
grant select, update on notification_feed to hub_app;
`)
    .execute(db)
}
