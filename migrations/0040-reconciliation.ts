import { type Kysely, sql } from 'kysely'

/** The hub compared with those around it: runs, their lines while they are compared, differences, and what finance has settled. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const part of [runs, lines, differences, settlements, grants]) await sql.raw(part).execute(db)
}

const runs = `
create table reconciliation_run (
  id uuid primary key,
  counterpart text not null check (counterpart in ('channel', 'finance', 'logistics', 'crm', 'erp', 'wms')),
  -- Days of China, both counted.
  from_day date not null,
  to_day date not null,
  origin text not null check (origin in ('schedule', 'person')),
  requested_by text not null check (length(requested_by) between 1 and 200),
  state text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'failed', 'cancelled')),
  phase text not null default 'hub' check (phase in ('hub', 'counterpart', 'keys', 'groups', 'settle', 'clean')),
  -- Where the phase goes on; written in the transaction of what it stands for.
  position text check (length(position) <= 4000),
  -- Names whoever works on it: one that was given up writes nothing any more.
  attempt integer not null default 0 check (attempt >= 0),
  failures integer not null default 0 check (failures >= 0),
  leased_until timestamptz,
  next_attempt_at timestamptz not null default clock_timestamp(),
  policy_version integer check (policy_version >= 0),
  hub_lines bigint not null default 0 check (hub_lines >= 0),
  counterpart_lines bigint not null default 0 check (counterpart_lines >= 0),
  compared_lines bigint not null default 0 check (compared_lines >= 0),
  pairs bigint not null default 0 check (pairs >= 0),
  differences bigint not null default 0 check (differences >= 0),
  opened bigint not null default 0 check (opened >= 0),
  awaited bigint not null default 0 check (awaited >= 0),
  auto_closed bigint not null default 0 check (auto_closed >= 0),
  last_error text check (length(last_error) <= 1000),
  created_at timestamptz not null default clock_timestamp(),
  started_at timestamptz,
  finished_at timestamptz,
  constraint reconciliation_run_period check (to_day between from_day and from_day + 92),
  constraint reconciliation_run_leased check ((state = 'running') = (leased_until is not null))
);
-- Two of one counterpart would write each other's differences.
create unique index reconciliation_run_one_open on reconciliation_run (counterpart) where state in ('waiting', 'running');
create unique index reconciliation_run_one_a_day on reconciliation_run (counterpart, to_day) where origin = 'schedule';
create index reconciliation_run_due on reconciliation_run (next_attempt_at) where state in ('waiting', 'running');
create index reconciliation_run_newest on reconciliation_run (created_at, id);
create index reconciliation_run_by_counterpart on reconciliation_run (counterpart, created_at, id);
`

const lines = `
-- What both sides of a run say; thrown away when it is done. Keys are compared as bytes, which is what the order goes by.
create table reconciliation_line (
  run_id uuid not null references reconciliation_run (id),
  side text not null check (side in ('hub', 'there')),
  ref text collate "C" not null check (length(ref) between 1 and 300),
  kind text not null check (kind in ('order', 'refund', 'payment', 'waybill', 'customer', 'after_sale', 'stock')),
  key text collate "C" not null check (length(key) between 1 and 300),
  group_key text collate "C" not null check (length(group_key) between 1 and 300),
  value bigint,
  status text check (length(status) <= 100),
  at timestamptz,
  in_period boolean not null,
  order_id uuid,
  store_id text,
  is_left boolean not null default false,
  primary key (run_id, side, ref)
) with (fillfactor = 90);
create index reconciliation_line_by_key on reconciliation_line (run_id, key, side, ref);
create index reconciliation_line_left on reconciliation_line (run_id, group_key, side, ref) where is_left;
`

const differences = `
create table reconciliation_difference (
  id uuid primary key default uuidv7(),
  counterpart text not null check (counterpart in ('channel', 'finance', 'logistics', 'crm', 'erp', 'wms')),
  -- Which line it is about: found again, it is the same row.
  subject text collate "C" not null check (length(subject) between 1 and 310),
  kind text not null check (kind in ('missing_here', 'missing_there', 'amount', 'status', 'duplicate', 'timing')),
  facets text[] not null,
  line_kind text not null check (line_kind in ('order', 'refund', 'payment', 'waybill', 'customer', 'after_sale', 'stock')),
  hub jsonb,
  there jsonb,
  value_difference bigint not null,
  at_stake_cents bigint not null check (at_stake_cents >= 0),
  order_id uuid,
  store_id text,
  -- The day of China on which it happened.
  occurred_on date not null,
  -- What it was found by: one that was accepted stays so while this does.
  fingerprint bytea not null check (octet_length(fingerprint) = 32),
  state text not null default 'open' check (state in ('open', 'change_requested', 'accepted', 'fixed', 'resolved')),
  version integer not null default 1 check (version > 0),
  change_id uuid references change_request (id),
  after_close boolean not null default false,
  first_run_id uuid not null references reconciliation_run (id),
  last_run_id uuid not null references reconciliation_run (id),
  found_at timestamptz not null default clock_timestamp(),
  seen_at timestamptz not null default clock_timestamp(),
  settled_at timestamptz,
  check (hub is not null or there is not null),
  constraint reconciliation_difference_settled check ((settled_at is null) = (state in ('open', 'change_requested')))
);
create unique index reconciliation_difference_one_open on reconciliation_difference (counterpart, subject)
  where state in ('open', 'change_requested');
create index reconciliation_difference_by_subject on reconciliation_difference (counterpart, subject, id);
create index reconciliation_difference_newest on reconciliation_difference (found_at, id);
create index reconciliation_difference_by_state on reconciliation_difference (state, found_at, id);
create index reconciliation_difference_largest on reconciliation_difference (at_stake_cents, id);
create index reconciliation_difference_by_counterpart on reconciliation_difference (counterpart, state, occurred_on);
create index reconciliation_difference_by_order on reconciliation_difference (order_id) where order_id is not null;

-- Who has moved it where, and why. Only added.
create table reconciliation_move (
  difference_id uuid not null references reconciliation_difference (id),
  version integer not null check (version > 1),
  from_state text not null,
  to_state text not null,
  reason text not null check (length(reason) between 1 and 500),
  operator text not null,
  run_id uuid references reconciliation_run (id),
  moved_at timestamptz not null default clock_timestamp(),
  primary key (difference_id, version)
);
`

const settlements = `
-- A statement as it was uploaded; its lines count when all of them could be read.
create table settlement_file (
  id uuid primary key,
  format text not null check (format in ('csv', 'xlsx')),
  account text not null check (length(account) between 1 and 64),
  uploaded_by text not null check (length(uploaded_by) between 1 and 200),
  bytes bigint not null check (bytes > 0),
  sha256 bytea not null check (octet_length(sha256) = 32),
  state text not null default 'waiting' check (state in ('waiting', 'reading', 'accepted', 'refused')),
  attempt integer not null default 0 check (attempt >= 0),
  leased_until timestamptz,
  rows_read bigint not null default 0 check (rows_read >= 0),
  new_lines bigint not null default 0 check (new_lines >= 0),
  known_lines bigint not null default 0 check (known_lines >= 0),
  encoding text,
  errors jsonb not null default '[]',
  uploaded_at timestamptz not null default clock_timestamp(),
  settled_at timestamptz,
  constraint settlement_file_leased check ((state = 'reading') = (leased_until is not null))
);
-- The same statement twice is one; one that was refused may be sent again.
create unique index settlement_file_once on settlement_file (account, sha256) where state <> 'refused';
create index settlement_file_due on settlement_file (uploaded_at) where state in ('waiting', 'reading');
create index settlement_file_newest on settlement_file (uploaded_at, id);

create table settlement_line (
  account text not null check (length(account) between 1 and 64),
  line_id text collate "C" not null check (length(line_id) between 1 and 128),
  type text not null check (type in ('payment', 'refund')),
  -- The payment's or refund's serial number, where the statement has it.
  serial text collate "C" check (length(serial) between 1 and 128),
  order_ref text collate "C" check (length(order_ref) between 1 and 128),
  amount_cents bigint not null check (amount_cents > 0),
  settled_at timestamptz not null,
  -- The statement that had it first.
  file_id uuid references settlement_file (id),
  -- False while its file is still being read.
  counts boolean not null,
  added_at timestamptz not null default clock_timestamp(),
  primary key (account, line_id)
);
create index settlement_line_settled on settlement_line (settled_at, account, line_id) where counts;
create index settlement_line_by_file on settlement_line (file_id) where not counts;
create index payment_by_time on payment (paid_at, id);
create index channel_order_by_modified on channel_order (modified_at, shop_id, platform_order_id);
create index change_request_told on change_request (closed_at, id) where status = 'applied' and erp = 'told';
create index refund_by_time on refund (settled_at, id) where state = 'done';
`

const grants = `
grant select, insert, update on reconciliation_run, reconciliation_difference, settlement_file to hub_app;
grant select, insert on reconciliation_move to hub_app;
-- Lines of a run only while it runs; lines of a statement only until all of it could be read.
grant select, insert, update, delete on reconciliation_line, settlement_line to hub_app;
-- What was filled a moment ago is read by plans that must know of it.
grant maintain on reconciliation_line to hub_app;
`
