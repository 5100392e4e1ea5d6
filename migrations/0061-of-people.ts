import { type Kysely, sql } from 'kysely'

/**
 * What people have of their own: the second factor of those who sign in with a password, codes by time (RFC 6238) and codes for when
 * the device is lost; and screens with their filters under a name, for themselves or for everybody.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
create table second_factor (
  account_id uuid primary key references account (id) on delete cascade,
  key_id text not null,
  sealed bytea not null,
  -- Null: shown to its owner, who has not proved yet that their device has it. It is not asked for before.
  confirmed_at timestamptz,
  -- The time step of the last code that was taken: none is taken twice, whoever read it meanwhile.
  last_step bigint not null default 0 check (last_step >= 0),
  created_at timestamptz not null default clock_timestamp()
);
create table recovery_code (
  account_id uuid not null references second_factor (account_id) on delete cascade,
  code_hash bytea not null check (length(code_hash) = 32),
  used_at timestamptz,
  primary key (account_id, code_hash)
);
grant select, insert, update, delete on second_factor to hub_app;
-- They go with the factor that they stand in for.
grant select, insert, update (used_at) on recovery_code to hub_app;
create table saved_view (
  id uuid primary key,
  account_id uuid not null references account (id) on delete cascade,
  screen text not null check (screen ~ '^[a-z][a-z-]{0,39}$'),
  name text not null check (length(name) between 1 and 60),
  search jsonb not null check (jsonb_typeof(search) = 'object'),
  is_shared boolean not null default false,
  created_at timestamptz not null default clock_timestamp(),
  -- Two of one person under one name could not be told apart.
  constraint saved_view_name_key unique (account_id, screen, name)
);
create index saved_view_shared on saved_view (screen, name) where is_shared;
grant select, insert, delete on saved_view to hub_app;
`)
    .execute(db)
}
