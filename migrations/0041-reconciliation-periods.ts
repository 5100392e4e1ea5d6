import { type Kysely, sql } from 'kysely'

/** Months whose reconciliation with a counterpart is closed, with a signed summary. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const part of [periods, guard, grants]) await sql.raw(part).execute(db)
}

const periods = `
create table reconciliation_period (
  id uuid primary key,
  counterpart text not null check (counterpart in ('channel', 'finance', 'logistics', 'crm', 'erp', 'wms')),
  -- The first day of a month of China.
  month date not null check (extract(day from month) = 1),
  -- As it was signed, byte for byte.
  summary text not null check (length(summary) between 2 and 20000),
  signature bytea not null check (octet_length(signature) = 32),
  key_id text not null check (length(key_id) between 1 and 32),
  closed_by text not null check (length(closed_by) between 1 and 200),
  reason text not null check (length(reason) between 1 and 500),
  closed_at timestamptz not null default clock_timestamp(),
  constraint reconciliation_period_once unique (counterpart, month)
);
create index reconciliation_period_newest on reconciliation_period (month, id);
`

const guard = `
-- What was closed stays as it was signed; what is found later says so and lives on its own.
create function hub_keep_closed_differences() returns trigger language plpgsql as $$
begin
  if new.state is distinct from old.state and not old.after_close and exists (
    select 1 from reconciliation_period as period where period.counterpart = old.counterpart
      and period.month = date_trunc('month', old.occurred_on)::date
  ) then
    raise exception 'the month % of % is closed', to_char(old.occurred_on, 'YYYY-MM'), old.counterpart
      using errcode = 'check_violation', constraint = 'reconciliation_period_closed';
  end if;
  return new;
end $$;
create trigger reconciliation_difference_closed before update on reconciliation_difference
  for each row execute function hub_keep_closed_differences();
`

const grants = `
grant select, insert on reconciliation_period to hub_app;
`
