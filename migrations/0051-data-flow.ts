import { type Kysely, sql } from 'kysely'

/** The map of what flows between the systems: how each flow stands, its last minutes, and when it was broken. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const part of [map, incidents, grants]) await sql.raw(part).execute(db)
}

const map = `
-- One row an edge, as it was seen last. Whoever reads the map reads these and nothing of the traffic.
create table flow_edge (
  id text primary key check (length(id) between 2 and 200),
  flow text not null,
  key text not null,
  from_system text not null,
  to_system text not null,
  title text,
  interval_seconds double precision,
  age_target_seconds double precision,
  is_configured boolean not null,
  figures jsonb not null default '{}' check (jsonb_typeof(figures) = 'object'),
  manual_steps jsonb not null default '[]' check (jsonb_typeof(manual_steps) = 'array'),
  last_success_at timestamptz,
  first_seen_at timestamptz not null default clock_timestamp(),
  checked_at timestamptz not null default clock_timestamp()
) with (fillfactor = 70);
-- What was settled in each minute, and what waited at its end; minutes without either have no row. Kept for two days.
create table flow_minute (
  edge_id text not null,
  minute timestamptz not null check (minute = date_trunc('minute', minute, 'UTC')),
  succeeded integer not null default 0 check (succeeded >= 0),
  failed integer not null default 0 check (failed >= 0),
  latency_sum_ms bigint not null default 0 check (latency_sum_ms >= 0),
  latency_max_ms bigint not null default 0 check (latency_max_ms >= 0),
  backlog integer not null default 0 check (backlog >= 0),
  primary key (edge_id, minute)
);
create index flow_minute_by_time on flow_minute (minute);
-- Up to where the minutes are final, since when the flows are watched without a pause, and how often they were looked at;
-- one row, and its lock is the turn of who looks.
create table flow_state (
  id boolean primary key default true check (id),
  counted_until timestamptz,
  watched_since timestamptz,
  checked_at timestamptz,
  round bigint not null default 0,
  policy_version integer not null default 0
);
insert into flow_state default values;
`

const incidents = `
create table flow_incident (
  id uuid primary key default uuidv7(),
  edge_id text not null,
  flow text not null,
  kind text not null check (kind in ('disconnected', 'no_success', 'error_rate', 'backlog_growing', 'stale')),
  opened_at timestamptz not null,
  last_seen_at timestamptz not null,
  closed_at timestamptz,
  -- As it was found last.
  measured double precision not null,
  limit_value double precision not null,
  orders_affected integer not null check (orders_affected >= 0),
  -- The worst that it came to, and when.
  worst_measured double precision not null,
  worst_limit double precision not null,
  worst_backlog integer not null check (worst_backlog >= 0),
  worst_orders integer not null check (worst_orders >= 0),
  worst_at timestamptz not null,
  policy_version integer not null,
  check (opened_at <= last_seen_at),
  check (closed_at is null or closed_at >= last_seen_at),
  check (worst_at between opened_at and last_seen_at),
  check (worst_orders >= orders_affected)
);
create unique index flow_incident_one_open on flow_incident (edge_id, kind) where closed_at is null;
create index flow_incident_newest on flow_incident (opened_at, id);
create index flow_incident_by_edge on flow_incident (edge_id, opened_at, id);
create index flow_incident_worst on flow_incident (worst_orders desc, id);
create index flow_incident_closed on flow_incident (closed_at) where closed_at is not null;
`

const grants = `
grant select, insert, update, delete on flow_edge, flow_minute to hub_app;
grant select, insert, update on flow_incident to hub_app;
grant select, update on flow_state to hub_app;
`
