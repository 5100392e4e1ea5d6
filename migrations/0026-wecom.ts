import { type Kysely, sql } from 'kysely'

/** WeCom: who is who there, the token and the turns that all processes share, cards with buttons, and links to the mobile page. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const part of [members, shared, cards, links, grants]) await sql.raw(part).execute(db)
}

const members = `
-- Which member of the corp an account is. Ended, never deleted: who was asked as whom has to be answered later, too.
create table wecom_member (
  id uuid primary key default uuidv7(),
  account_id uuid not null references account (id),
  member_id text not null check (member_id ~ '^[0-9A-Za-z_.@-]{1,64}$'),
  mapped_by text not null,
  mapped_at timestamptz not null default clock_timestamp(),
  ended_by text,
  ended_at timestamptz,
  check ((ended_at is null) = (ended_by is null))
);
-- One member an account, and one account a member: a button pressed is one person's.
create unique index wecom_member_of_account on wecom_member (account_id) where ended_at is null;
create unique index wecom_member_taken on wecom_member (member_id) where ended_at is null;
`

const shared = `
-- The one token of an app. Whoever holds the claim asks WeCom for the next one.
create table wecom_token (
  app text primary key,
  token_hash bytea check (octet_length(token_hash) = 32),
  key_id text,
  sealed bytea,
  ends_at timestamptz,
  asking_until timestamptz,
  check ((sealed is null) = (token_hash is null) and (sealed is null) = (key_id is null) and (sealed is null) = (ends_at is null))
);
-- When a member or a robot may be told something again: WeCom throws away what is too much.
create table wecom_turn (
  recipient text primary key,
  next_at timestamptz not null
);
`

const cards = `
create table wecom_card (
  id uuid primary key default uuidv7(),
  task_id text not null unique check (task_id ~ '^[0-9A-Za-z_@-]{1,128}$'),
  -- What is asked, and of whom: one card each.
  subject_key text not null check (length(subject_key) between 1 and 200),
  account_id uuid not null references account (id),
  member_id text not null,
  subject jsonb not null check (jsonb_typeof(subject) = 'object'),
  content jsonb not null check (jsonb_typeof(content) = 'object'),
  state text not null default 'waiting' check (state in ('waiting', 'sent', 'closed')),
  -- What updates it at WeCom: once, and not for long.
  response_code text check (length(response_code) between 1 and 256),
  response_code_at timestamptz,
  -- What stands in the place of its buttons.
  outcome text check (length(outcome) between 1 and 100),
  created_at timestamptz not null default clock_timestamp(),
  sent_at timestamptz,
  closed_at timestamptz,
  constraint wecom_card_once unique (subject_key, account_id),
  check ((state = 'closed') = (outcome is not null) and (state = 'closed') = (closed_at is not null)),
  check ((response_code is null) = (response_code_at is null))
);
create index wecom_card_open on wecom_card (created_at) where state <> 'closed';
create index wecom_card_by_account on wecom_card (account_id, created_at);

-- Each button that was pressed, once however often WeCom tells of it, with what it was answered.
create table wecom_click (
  id uuid primary key default uuidv7(),
  task_id text not null,
  member_id text not null,
  button_key text not null,
  clicked_at timestamptz not null,
  outcome text not null,
  answer text,
  received_at timestamptz not null default clock_timestamp(),
  constraint wecom_click_once unique (task_id, member_id, button_key, clicked_at)
);
`

const links = `
-- Each opens one thing for one account, once.
create table mobile_link (
  id uuid primary key,
  account_id uuid not null references account (id),
  subject text not null check (length(subject) between 1 and 200),
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  used_at timestamptz,
  check (expires_at > created_at)
);
create index mobile_link_expired on mobile_link (expires_at);
`

const grants = `
grant select, insert, update on wecom_member, wecom_token, wecom_turn, wecom_card to hub_app;
grant select, insert on wecom_click to hub_app;
grant select, insert, update, delete on mobile_link to hub_app;
`
