import { type Kysely, sql } from 'kysely'

/**
 * The audit trail. What is true of it whatever the code does: entries are only ever added, with the server's own time
 * and transaction; seals are only ever added at the end, one for each entry, each naming the one before; heads of days
 * are written once.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
create table audit_entry (
  id bigint primary key generated always as identity,
  -- Milliseconds, because that is what is hashed: nothing below them could be changed unseen.
  at timestamptz(3) not null default clock_timestamp(),
  transaction_id xid8 not null default pg_current_xact_id(),
  actor text not null check (length(actor) between 1 and 200),
  action text not null check (action ~ '^[a-z][a-z_]{0,39}[.][a-z][a-z_]{0,39}$'),
  subject_kind text not null check (subject_kind ~ '^[a-z][a-z_]{0,39}$'),
  subject_id text not null check (length(subject_id) between 1 and 200),
  old_value jsonb check (octet_length(old_value::text) <= 16384),
  new_value jsonb check (octet_length(new_value::text) <= 16384),
  reason text check (length(reason) <= 1000),
  source text not null check (source ~ '^[a-z][a-z-]{0,39}$'),
  request_id text check (length(request_id) <= 200),
  related_hash bytea check (octet_length(related_hash) = 32)
);
create index audit_entry_by_transaction on audit_entry (transaction_id, id);
create index audit_entry_by_time on audit_entry (at, id);
create index audit_entry_by_actor on audit_entry (actor, at, id);
create index audit_entry_by_action on audit_entry (action, at, id);
create index audit_entry_by_subject on audit_entry (subject_kind, subject_id, at, id);

-- Apart from the entries, so that sealing never touches what it seals.
create table audit_seal (
  sequence bigint primary key check (sequence > 0),
  entry_id bigint not null unique references audit_entry,
  previous_hash bytea not null check (octet_length(previous_hash) = 32),
  hash bytea not null check (octet_length(hash) = 32),
  sealed_at timestamptz(3) not null default clock_timestamp()
);

-- Where the chain ends, and up to which place in commit order every entry is in it. One row; its lock is the sealer's turn.
create table audit_chain (
  id boolean primary key default true check (id),
  sequence bigint not null,
  hash bytea not null check (octet_length(hash) = 32),
  position_transaction_id xid8 not null,
  position_entry_id bigint not null
);
insert into audit_chain (sequence, hash, position_transaction_id, position_entry_id)
  values (0, decode(repeat('00', 32), 'hex'), '0', 0);

-- The chain's end as it was when a day had ended: what is published.
create table audit_head (
  day date primary key,
  sequence bigint not null check (sequence >= 0),
  hash bytea not null check (octet_length(hash) = 32),
  created_at timestamptz(3) not null default clock_timestamp()
);

create function hub_seal_audit(
  after_sequence bigint, entry_ids bigint[], hashes bytea[], next_transaction_id xid8, next_entry_id bigint
) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  chain audit_chain;
  sealed integer := coalesce(cardinality(entry_ids), 0);
begin
  select * into strict chain from audit_chain for update;
  if chain.sequence <> after_sequence then
    raise exception 'the chain ends at %, not at %', chain.sequence, after_sequence using errcode = 'serialization_failure';
  end if;
  if coalesce(cardinality(hashes), 0) <> sealed then raise exception 'each entry needs a hash'; end if;
  if sealed > 0 then
    insert into audit_seal (sequence, entry_id, previous_hash, hash)
      select after_sequence + ordinal, entry_ids[ordinal],
        case when ordinal = 1 then chain.hash else hashes[ordinal - 1] end, hashes[ordinal]
      from generate_series(1, sealed) as ordinal;
  end if;
  update audit_chain set
    sequence = after_sequence + sealed, hash = coalesce(hashes[sealed], chain.hash),
    position_transaction_id = next_transaction_id, position_entry_id = next_entry_id;
end $$;

-- The head of a day that has ended, taken from the chain as it stands. Once there it stays as it is.
create function hub_keep_audit_head(ended date) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  chain audit_chain;
begin
  if ended >= (clock_timestamp() at time zone 'Asia/Shanghai')::date then raise exception 'the day has not ended'; end if;
  select * into strict chain from audit_chain for update;
  insert into audit_head (day, sequence, hash) select ended, chain.sequence, chain.hash
    where not exists (select from audit_head where day >= ended);
  return found;
end $$;

grant select on audit_entry, audit_seal, audit_chain, audit_head to hub_app;
-- Neither number, time nor transaction is the writer's to choose.
grant insert (actor, action, subject_kind, subject_id, old_value, new_value, reason, source, request_id, related_hash)
  on audit_entry to hub_app;
revoke all on function hub_seal_audit(bigint, bigint[], bytea[], xid8, bigint), hub_keep_audit_head(date) from public;
grant execute on function hub_seal_audit(bigint, bigint[], bytea[], xid8, bigint), hub_keep_audit_head(date) to hub_app;
`)
    .execute(db)
}
