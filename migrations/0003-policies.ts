import { type Kysely, sql } from 'kysely'

/**
 * Policies get a life: draft → published → retired. One version of a kind is in force; what was published once never
 * changes again, whoever writes, so that a recorded version number says for ever what was decided by.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(states).execute(db)
  await sql.raw(holdTime).execute(db)
  await sql.raw(guard).execute(db)
}

const states = `
alter table policy
  add column state text not null default 'draft' check (state in ('draft', 'published', 'retired')),
  add column revision integer not null default 1 check (revision > 0),
  add column publisher text,
  add column rollback_of integer,
  add column created_at timestamptz not null default clock_timestamp(),
  add column retired_at timestamptz,
  alter column published_at drop not null,
  alter column published_at drop default,
  add constraint policy_document_is_object check (jsonb_typeof(document) = 'object'),
  add constraint policy_rollback_is_older check (rollback_of >= 0 and rollback_of < version);
update policy set publisher = author, created_at = published_at,
  state = case when policy.version = newest.version then 'published' else 'retired' end,
  retired_at = case when policy.version = newest.version then null else now() end
from (select kind, max(version) as version from policy group by kind) as newest
where newest.kind = policy.kind;
alter table policy add constraint policy_state_says_when check (
  case state
    when 'draft' then published_at is null and publisher is null and retired_at is null
    when 'published' then published_at is not null and publisher is not null and retired_at is null
    -- A draft that was given up is retired without having been published.
    else retired_at is not null and (published_at is null) = (publisher is null)
  end);
create unique index policy_one_published on policy (kind) where state = 'published';
`

/** How long stock is held was a deadline of the order's life; it is a policy of its own now. */
const holdTime = `
insert into policy (kind, version, document, author, reason, state, publisher, published_at, created_at, retired_at)
select 'reservation', version, jsonb_build_object('holdTtlSeconds', document -> 'reservationTtlSeconds'),
  author, reason, state, publisher, published_at, created_at, retired_at
from policy where kind = 'order-life' and document ? 'reservationTtlSeconds';
update policy set document = document - 'reservationTtlSeconds' where kind = 'order-life';
`

const guard = `
create function hub_guard_policy() returns trigger language plpgsql as $$
begin
  if (new.kind, new.version, new.created_at, new.rollback_of) is distinct from
      (old.kind, old.version, old.created_at, old.rollback_of)
    or old.state = 'retired'
    or (old.state = 'published' and (new.state <> 'retired'
      or (new.document, new.author, new.reason, new.revision, new.publisher, new.published_at) is distinct from
         (old.document, old.author, old.reason, old.revision, old.publisher, old.published_at)))
  then
    raise exception 'policy % version % is % and cannot be changed', old.kind, old.version, old.state
      using errcode = 'check_violation', constraint = 'policy_immutable';
  end if;
  return new;
end $$;
create trigger policy_immutable before update on policy for each row execute function hub_guard_policy();
`
