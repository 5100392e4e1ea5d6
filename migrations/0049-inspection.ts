import { type Kysely, sql } from 'kysely'

/**
 * Inspections of orders. Each belongs to one order, and an order has one at most. What it goes by (checklist, limits on the place,
 * why it was drawn) is kept with it, so that a later policy changes later ones only.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
alter table account drop constraint account_role_check;
alter table account add constraint account_role_check check (role in ('clerk', 'team_lead', 'store_manager', 'regional_director',
  'finance', 'ops', 'admin', 'inspector'));

-- Orders that have arrived, or came back: whether somebody is sent to them is decided just after. Rows are added only, by
-- transactions that must not wait for whoever takes them away.
create table inspection_due (
  id bigint generated always as identity primary key,
  order_id uuid not null,
  due_at timestamptz not null default clock_timestamp()
);
create index inspection_due_next on inspection_due (due_at, id);
create index inspection_due_of_order on inspection_due (order_id);

create table inspection (
  id uuid primary key,
  order_id uuid not null unique references orders (id),
  store_id text not null references store (id),
  channel text not null,
  division_code text not null check (division_code ~ '^[0-9]{6}$'),
  -- Of the address, not of the store; null where the division is unknown.
  region text,
  state text not null default 'open' check (state in ('open', 'passed', 'failed', 'cancelled')),
  policy_version integer not null,
  drawn_by jsonb not null,
  checklist jsonb not null,
  place_rule jsonb not null,
  when_photo_old text not null check (when_photo_old in ('fail', 'note')),
  assignee text references account (user_name),
  assigned_at timestamptz,
  -- When a message to them was queued.
  told_at timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  due_at timestamptz not null,
  -- When a person was told that nobody has been there.
  overdue_at timestamptz,
  cancelled_at timestamptz,
  cancelled_by text check (length(cancelled_by) between 1 and 200),
  cancel_reason text check (length(cancel_reason) between 1 and 500),
  closed_at timestamptz,
  closed_by text check (length(closed_by) between 1 and 200),
  -- What the telephone calls its result: sent again, it is the same one.
  submission_id uuid,
  -- Of all that it said.
  submission_sha256 bytea check (octet_length(submission_sha256) = 32),
  result jsonb,
  constraint inspection_assigned check (
    (assignee is null) = (assigned_at is null) and (told_at is null or assignee is not null)),
  constraint inspection_due_later check (due_at > created_at),
  constraint inspection_closed check ((state = 'open') = (closed_at is null) and (closed_at is null) = (closed_by is null)),
  constraint inspection_cancelled check ((cancelled_at is null) = (cancelled_by is null)
    and (cancelled_at is null) = (cancel_reason is null) and (state <> 'cancelled' or cancelled_at is not null)),
  constraint inspection_result check ((state in ('passed', 'failed')) = (result is not null)
    and (result is null) = (submission_id is null) and (result is null) = (submission_sha256 is null))
);
create index inspection_newest on inspection (created_at, id);
create index inspection_by_due on inspection (due_at, id);
create index inspection_by_state on inspection (state, created_at, id);
create index inspection_by_store on inspection (store_id, created_at, id);
create index inspection_by_region on inspection (region, created_at, id);
create index inspection_by_assignee on inspection (assignee, created_at, id);
create index inspection_open_by_due on inspection (due_at, id) where state = 'open';
create index inspection_open_by_assignee on inspection (assignee) where state = 'open';
create index inspection_unassigned on inspection (created_at, id) where assignee is null;
create index inspection_not_overdue on inspection (due_at) where state = 'open' and overdue_at is null;
create index inspection_not_told on inspection (assigned_at) where state = 'open' and told_at is null and assignee is not null;
create index inspection_closed_at on inspection (closed_at) where closed_at is not null;

create function inspection_has_one_result() returns trigger language plpgsql as $$
begin
  if old.result is not null and (new.state, new.result, new.submission_id, new.submission_sha256, new.closed_at, new.closed_by)
    is distinct from (old.state, old.result, old.submission_id, old.submission_sha256, old.closed_at, old.closed_by)
    then raise exception 'the result of an inspection stays as it is'; end if;
  return new;
end $$;
create trigger inspection_has_one_result before update on inspection
  for each row execute function inspection_has_one_result();

grant select, insert, delete on inspection_due to hub_app;
grant update (due_at) on inspection_due to hub_app;
grant select, insert on inspection to hub_app;
grant update (state, assignee, assigned_at, told_at, overdue_at, cancelled_at, cancelled_by, cancel_reason, closed_at, closed_by,
  submission_id, submission_sha256, result) on inspection to hub_app;
`)
    .execute(db)
}
