import { type Kysely, sql } from 'kysely'

/**
 * An attachment belongs to a change request or to an inspection. Photographs of an inspection belong to it from the beginning: a
 * telephone that is offline for days must find them there when it sends the rest.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
alter table attachment
  add column inspection_id uuid references inspection (id),
  drop constraint attachment_attached_whole,
  drop constraint attachment_erased_of_request,
  add constraint attachment_attached_whole check (
    (change_id is null) = (request_version is null) and (change_id is null or inspection_id is null)
    and (change_id is null and inspection_id is null) = (position is null)
    and (position is null) = (attached_by is null) and (position is null) = (attached_at is null)) not valid,
  add constraint attachment_erased_of_request check (
    erased_at is null or change_id is not null or inspection_id is not null) not valid;
alter table attachment validate constraint attachment_attached_whole;
alter table attachment validate constraint attachment_erased_of_request;
create unique index attachment_of_inspection on attachment (inspection_id, position) where inspection_id is not null;
drop index attachment_drafts;
drop index attachment_drafts_by_owner;
create index attachment_drafts on attachment (uploaded_at) where position is null;
create index attachment_drafts_by_owner on attachment (owner) where position is null;

create or replace function attachment_belongs_for_ever() returns trigger language plpgsql as $$
begin
  if old.position is null then return coalesce(new, old); end if;
  if tg_op = 'DELETE' then raise exception 'an attachment of a request or an inspection is never deleted'; end if;
  if (new.change_id, new.inspection_id, new.request_version, new.position, new.attached_by, new.attached_at)
    is distinct from (old.change_id, old.inspection_id, old.request_version, old.position, old.attached_by, old.attached_at)
    then raise exception 'an attachment of a request or an inspection stays there'; end if;
  if old.erased_at is not null and new.erased_at is distinct from old.erased_at
    then raise exception 'an erased attachment stays erased'; end if;
  return new;
end $$;

create table inspection_photo (
  attachment_id uuid primary key references attachment (id),
  inspection_id uuid not null references inspection (id),
  -- What the telephone calls it: sent again, it is the same one.
  client_id uuid not null,
  kind text not null check (kind in ('photo', 'signature')),
  -- The question of the checklist that it shows.
  field text check (length(field) between 1 and 50),
  -- As the picture says it.
  taken_at timestamptz,
  -- Where, in GCJ-02: it may be somebody's door, so it is sealed, and goes with the picture.
  place_key_id text,
  sealed_place bytea,
  constraint inspection_photo_once unique (inspection_id, client_id),
  constraint inspection_photo_place check (sealed_place is null or place_key_id is not null)
);

-- Parts of a picture that is sent in several, until it is whole: a telephone goes on where its network left it.
create table inspection_part (
  inspection_id uuid not null references inspection (id),
  client_id uuid not null,
  number integer not null check (number between 1 and 50),
  bytes integer not null check (bytes between 1 and 1048576),
  key_id text not null,
  sealed bytea not null,
  put_at timestamptz not null default clock_timestamp(),
  primary key (inspection_id, client_id, number)
);
-- Sealed bytes do not grow smaller.
alter table inspection_part alter column sealed set storage external;
create index inspection_part_age on inspection_part (put_at);
grant select, insert, update, delete on inspection_part to hub_app;
grant select, insert on inspection_photo to hub_app;
grant update (sealed_place) on inspection_photo to hub_app;
`)
    .execute(db)
}
