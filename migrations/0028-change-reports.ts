import { type Kysely, sql } from 'kysely'

/** What risk control is shown about changes of orders, and what the months come to. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const part of [anomalies, statistics, calendar, grants]) await sql.raw(part).execute(db)
}

const anomalies = `
create table change_anomaly (
  id uuid primary key default uuidv7(),
  -- Kind and the request that set it off: looked at again, it is the same row.
  key text not null unique check (length(key) between 1 and 400),
  kind text not null check (kind in ('frequent_person', 'frequent_order', 'repeated_customer', 'self_dealing', 'off_hours',
    'off_price', 'below_limit')),
  subject_kind text not null check (subject_kind in ('person', 'order', 'customer', 'pair', 'request')),
  subject_id text not null check (length(subject_id) between 1 and 500),
  change_id uuid not null references change_request (id),
  store_id text not null references store (id),
  score integer not null check (score between 0 and 100),
  evidence jsonb not null,
  -- Whose behaviour it is about; none of them judges it.
  people text[] not null,
  policy_version integer not null check (policy_version >= 0),
  state text not null default 'new' check (state in ('new', 'checked', 'confirmed', 'dismissed')),
  version integer not null default 1 check (version > 0),
  found_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp()
);
create index change_anomaly_newest on change_anomaly (found_at, id);
create index change_anomaly_worst on change_anomaly (score, found_at, id);
create index change_anomaly_by_state on change_anomaly (state, found_at, id);
create index change_anomaly_by_store on change_anomaly (store_id, found_at, id);
create index change_anomaly_by_request on change_anomaly (change_id);
create index change_anomaly_by_person on change_anomaly using gin (people);

-- Who has moved it where, and why. Only added.
create table change_anomaly_move (
  anomaly_id uuid not null references change_anomaly (id),
  version integer not null check (version > 1),
  from_state text not null,
  to_state text not null,
  note text not null check (length(note) between 1 and 500),
  operator text not null,
  moved_at timestamptz not null default clock_timestamp(),
  primary key (anomaly_id, version)
);
`

const statistics = `
-- Requests by the month (of China) in which they were made; counted anew by a schedule, so that reading costs nothing.
create table change_statistic (
  month date not null check (extract(day from month) = 1),
  store_id text not null references store (id),
  applicant text not null,
  type text not null,
  requests integer not null check (requests > 0),
  applied integer not null check (applied >= 0),
  rejected integer not null check (rejected >= 0),
  -- Of those that were applied.
  difference_cents bigint not null,
  concession_cents bigint not null check (concession_cents >= 0),
  refreshed_at timestamptz not null default clock_timestamp(),
  primary key (month, store_id, applicant, type)
);
`

const calendar = `
-- Where a store's day is another than the official calendar says; no store: all of them.
create table working_day (
  id uuid primary key default uuidv7(),
  store_id text references store (id),
  day date not null,
  kind text not null check (kind in ('work', 'rest')),
  name text check (length(name) between 1 and 50),
  changed_by text not null,
  changed_at timestamptz not null default clock_timestamp(),
  constraint working_day_once unique nulls not distinct (store_id, day)
);
create index working_day_by_day on working_day (day, id);
`

const grants = `
grant select, insert, update on change_anomaly to hub_app;
grant select, insert on change_anomaly_move to hub_app;
-- Counted from the requests, which stay: a month is thrown away and counted again.
grant select, insert, delete on change_statistic to hub_app;
grant select, insert, update, delete on working_day to hub_app;
`
