import { type Kysely, sql } from 'kysely'

/** Complaints about orders. Who complains is the order's customer: nothing here says who that is. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
create table complaint (
  id uuid primary key,
  order_id uuid not null references orders (id),
  store_id text not null references store (id),
  channel text not null,
  category text not null check (category ~ '^[a-z][a-z_]{0,31}$'),
  source text not null check (source in ('customer_service', 'channel_refund')),
  -- What the same complaint is called where it comes from: told again, it is the same one.
  source_key text unique check (length(source_key) between 1 and 400),
  -- The refund's reason as the platform words it.
  refund_reason text check (length(refund_reason) between 1 and 200),
  note text check (length(note) between 1 and 500),
  occurred_at timestamptz not null,
  recorded_by text not null,
  recorded_at timestamptz not null default clock_timestamp(),
  withdrawn_at timestamptz,
  withdrawn_by text,
  withdraw_reason text check (length(withdraw_reason) between 1 and 500),
  constraint complaint_withdrawn check ((withdrawn_at is null) = (withdrawn_by is null)
    and (withdrawn_at is null) = (withdraw_reason is null))
);
create index complaint_newest on complaint (occurred_at, id);
create index complaint_by_store on complaint (store_id, occurred_at, id);
create index complaint_by_channel on complaint (channel, occurred_at, id);
create index complaint_by_category on complaint (category, occurred_at, id);
create index complaint_by_order on complaint (order_id, occurred_at, id);

grant select, insert on complaint to hub_app;
grant update (withdrawn_at, withdrawn_by, withdraw_reason) on complaint to hub_app;
`)
    .execute(db)
}
