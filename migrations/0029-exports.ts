import { type Kysely, sql } from 'kysely'

/** Exports that are made in the background, for whoever asked for them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
create table export_job (
  id uuid primary key,
  caller text not null check (length(caller) between 1 and 200),
  actor text not null check (length(actor) between 1 and 200),
  kind text not null check (length(kind) between 1 and 40),
  format text not null check (format in ('csv', 'xlsx')),
  request jsonb not null,
  state text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'failed', 'cancelled', 'expired')),
  -- Names the file, so that one that a crash left half written is never taken for the whole.
  attempt integer not null default 0 check (attempt >= 0),
  rows_written bigint not null default 0 check (rows_written >= 0),
  bytes bigint check (bytes >= 0),
  sha256 bytea check (octet_length(sha256) = 32),
  leased_until timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz,
  expires_at timestamptz,
  check ((state = 'running') = (leased_until is not null)),
  check (state <> 'done' or (sha256 is not null and bytes is not null and expires_at is not null))
);
create index export_job_due on export_job (created_at) where state in ('waiting', 'running');
create index export_job_by_caller on export_job (caller, created_at, id);
create index export_job_expiry on export_job (expires_at) where state = 'done';

grant select, insert, update on export_job to hub_app;
`)
    .execute(db)
}
