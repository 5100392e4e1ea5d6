import { type Kysely, sql } from 'kysely'

/**
 * Requests for changes of orders, and who decided on them. A request's row decides, as a transfer's does; what was said
 * of it is only ever added.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const part of [requests, people, grants]) await sql.raw(part).execute(db)
}

const requests = `
-- The last number of each day: CR-20261122-0042.
create table change_number (
  day date primary key,
  last integer not null check (last > 0)
);
create table change_request (
  id uuid primary key,
  number text not null unique check (number ~ '^CR-[0-9]{8}-[0-9]{4,9}$'),
  order_id uuid not null references orders (id),
  store_id text not null references store (id),
  type text not null check (type in ('price', 'address', 'item', 'quantity', 'gift', 'cancel', 'refund', 'reship')),
  request_version integer not null default 1 check (request_version > 0),
  status text not null check (status in ('submitted', 'in_approval', 'approved', 'undoing', 'apply_failed', 'applied',
    'rejected', 'withdrawn', 'expired', 'stale', 'abandoned')),
  version integer not null check (version > 0),
  carried_version integer not null default 0 check (carried_version between 0 and version),
  carry_attempts integer not null default 0 check (carry_attempts >= 0),
  next_carry_at timestamptz not null default clock_timestamp(),
  applicant text not null,
  order_version integer not null check (order_version > 0),
  step_number integer not null default 0 check (step_number >= 0),
  level_number integer not null default 0 check (level_number >= 0),
  due_at timestamptz,
  remind_at timestamptz,
  expires_at timestamptz not null,
  ship_by timestamptz,
  separated boolean not null default true,
  order_moved boolean not null default false,
  apply_tries integer not null default 0 check (apply_tries >= 0),
  erp text not null default 'untold' check (erp in ('untold', 'begun', 'told')),
  erp_reference text check (length(erp_reference) <= 200),
  ends_as text check (ends_as in ('stale', 'apply_failed', 'abandoned')),
  end_code text check (length(end_code) <= 100),
  end_detail text check (length(end_detail) <= 1000),
  needs_attention boolean not null default false,
  -- Whether the order may still be held for it: its workflow gives the hold back, whatever became of the request.
  holds_order boolean not null default true,
  difference_cents bigint not null,
  concession_cents bigint not null check (concession_cents >= 0),
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  closed_at timestamptz,
  constraint change_request_closed_when_over check ((closed_at is not null) = (status in ('applied', 'rejected', 'withdrawn',
    'expired', 'stale', 'abandoned')))
);
-- One at a time: two people never decide on the same goods and money without knowing of each other.
create unique index change_request_one_open on change_request (order_id) where closed_at is null;
create index change_request_newest on change_request (created_at, id);
create index change_request_by_status on change_request (status, created_at, id);
create index change_request_by_order on change_request (order_id, created_at, id);
create index change_request_by_store on change_request (store_id, created_at, id);
create index change_request_by_applicant on change_request (applicant, created_at, id);
create index change_request_attention on change_request (created_at, id) where needs_attention;
create index change_request_untold on change_request (next_carry_at) where carried_version < version;
create index change_request_unsettled on change_request (id) where closed_at is null or holds_order;

-- What was asked for, with its effect as it was shown and the way that it takes; each re-submission is a version.
create table change_request_version (
  change_id uuid not null references change_request (id),
  request_version integer not null check (request_version > 0),
  change jsonb not null,
  reason_code text not null check (length(reason_code) between 1 and 50),
  reason text not null check (length(reason) between 1 and 500),
  order_version integer not null check (order_version > 0),
  effect jsonb not null,
  facts jsonb not null,
  steps jsonb not null,
  tier text not null,
  policy_version integer not null check (policy_version >= 0),
  limits jsonb not null,
  submitted_by text not null,
  submitted_at timestamptz not null default clock_timestamp(),
  primary key (change_id, request_version)
);

create table change_event (
  change_id uuid not null references change_request (id),
  event_id text not null check (length(event_id) between 1 and 400),
  version integer not null check (version > 0),
  type text not null,
  body jsonb not null,
  operator text not null,
  recorded_at timestamptz not null default clock_timestamp(),
  primary key (change_id, event_id),
  constraint change_event_one_per_version unique (change_id, version)
);
`

const people = `
-- Who is asked, step by step: what inbox and messages are made of. \`principal\` is whose agreement it is, \`account\`
-- who gives it while they are away.
create table change_approver (
  change_id uuid not null,
  request_version integer not null,
  step_number integer not null check (step_number > 0),
  level_number integer not null check (level_number > 0),
  principal text not null,
  account text not null,
  state text not null check (state in ('open', 'approved', 'rejected', 'closed')),
  reminders integer not null default 0 check (reminders >= 0),
  opened_at timestamptz not null default clock_timestamp(),
  reminded_at timestamptz,
  settled_at timestamptz,
  primary key (change_id, request_version, step_number, level_number, principal),
  foreign key (change_id, request_version) references change_request_version (change_id, request_version),
  constraint change_approver_settled check ((state = 'open') = (settled_at is null))
);
create index change_approver_inbox on change_approver (account, opened_at, change_id) where state = 'open';

-- Every decision that somebody made or tried to make. Only added.
create table change_decision (
  id text primary key check (length(id) between 1 and 400),
  change_id uuid not null references change_request (id),
  request_version integer not null,
  step_number integer not null,
  level_number integer not null,
  order_version integer not null,
  account text not null check (length(account) between 1 and 200),
  on_behalf_of text,
  decision text not null check (decision in ('approve', 'reject')),
  note text not null check (length(note) <= 500),
  via text not null check (via in ('console', 'wecom', 'temporal-cli')),
  -- Null where it counted.
  refusal_code text,
  refusal_detail text check (length(refusal_detail) <= 1000),
  recorded_at timestamptz not null default clock_timestamp()
);
create index change_decision_by_request on change_decision (change_id, recorded_at);
create index change_decision_by_account on change_decision (account, recorded_at);

-- Who decides for whom while they are away. A row never changes but for being ended early.
create table change_delegation (
  id uuid primary key,
  principal text not null references account (user_name),
  delegate text not null references account (user_name),
  reason text not null check (length(reason) between 1 and 200),
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  created_by text not null,
  created_at timestamptz not null default clock_timestamp(),
  ended_by text,
  ended_at timestamptz,
  constraint change_delegation_to_another check (principal <> delegate),
  constraint change_delegation_ends check (ends_at > starts_at and ends_at <= starts_at + interval '90 days'),
  constraint change_delegation_ended_by check ((ended_at is null) = (ended_by is null))
);
create index change_delegation_running on change_delegation (principal, ends_at) where ended_at is null;
create index change_delegation_newest on change_delegation (created_at, id);

-- Sealed like a customer's: nobody decides on an order that goes to themselves.
alter table account add column contact_id uuid references contact (id);
`

const grants = `
grant select, insert, update on change_number, change_request, change_approver, change_delegation to hub_app;
grant select, insert on change_request_version, change_event, change_decision to hub_app;
`
