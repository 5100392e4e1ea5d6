import { type Kysely, sql } from 'kysely'

/**
 * Attachments of change requests. A row is what is known of a file: it is written when the file is there, and taken back
 * before the file goes. Once it belongs to a request it stays for ever, also when its file has been erased.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
create table attachment (
  id uuid primary key,
  -- Who may name it in a request, and see it until then.
  owner text not null check (length(owner) between 1 and 200),
  uploaded_by text not null check (length(uploaded_by) between 1 and 200),
  media_type text not null check (media_type in ('image/jpeg', 'image/png', 'image/webp', 'application/pdf')),
  bytes integer not null check (bytes > 0),
  sha256 bytea not null check (octet_length(sha256) = 32),
  -- Of what was sent; of a picture that is another file than the one that is kept.
  original_sha256 bytea not null check (octet_length(original_sha256) = 32),
  width_pixels integer check (width_pixels > 0),
  height_pixels integer check (height_pixels > 0),
  key_id text not null,
  uploaded_at timestamptz not null default clock_timestamp(),
  change_id uuid,
  request_version integer,
  position integer check (position > 0),
  attached_by text check (length(attached_by) between 1 and 200),
  attached_at timestamptz,
  erased_at timestamptz,
  foreign key (change_id, request_version) references change_request_version (change_id, request_version),
  unique (change_id, position),
  constraint attachment_picture_has_size check (
    (media_type = 'application/pdf') = (width_pixels is null) and (width_pixels is null) = (height_pixels is null)),
  constraint attachment_attached_whole check (
    (change_id is null) = (request_version is null) and (change_id is null) = (position is null)
    and (change_id is null) = (attached_by is null) and (change_id is null) = (attached_at is null)),
  -- One that nobody has named yet is removed with its row.
  constraint attachment_erased_of_request check (erased_at is null or change_id is not null)
);
create index attachment_drafts on attachment (uploaded_at) where change_id is null;
create index attachment_drafts_by_owner on attachment (owner) where change_id is null;
create index attachment_with_file on attachment (change_id) where change_id is not null and erased_at is null;

create function attachment_belongs_for_ever() returns trigger language plpgsql as $$
begin
  if old.change_id is null then return coalesce(new, old); end if;
  if tg_op = 'DELETE' then raise exception 'an attachment of a request is never deleted'; end if;
  if (new.change_id, new.request_version, new.position, new.attached_by, new.attached_at)
    is distinct from (old.change_id, old.request_version, old.position, old.attached_by, old.attached_at)
    then raise exception 'an attachment of a request stays there'; end if;
  if old.erased_at is not null and new.erased_at is distinct from old.erased_at
    then raise exception 'an erased attachment stays erased'; end if;
  return new;
end $$;
create trigger attachment_belongs_for_ever before update or delete on attachment
  for each row execute function attachment_belongs_for_ever();

create index change_request_closed on change_request (closed_at) where closed_at is not null;

grant select, insert, delete on attachment to hub_app;
-- What the file is, and who sent it, never changes.
grant update (change_id, request_version, position, attached_by, attached_at, erased_at) on attachment to hub_app;
`)
    .execute(db)
}
