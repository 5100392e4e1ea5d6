import { type Kysely, sql } from 'kysely'

/** What the rules about abnormal orders say of each order, who lets one go, and what is usual. No personal data. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const part of [checks, usual, grants]) await sql.raw(part).execute(db)
}

const checks = `
-- One row a check. The first answer stands for ever: a worker that asks again after a crash reads it.
create table order_check (
  order_id uuid not null references orders (id),
  number integer not null check (number > 0),
  store_id text not null references store (id),
  policy_version integer not null check (policy_version >= 0),
  words_version integer not null check (words_version >= 0),
  outcome text not null check (outcome in ('clear', 'noted', 'held', 'blocked')),
  -- held until a person lets it go, a later check takes its place, or the order ends
  state text not null check (state in ('passed', 'held', 'released', 'superseded', 'ended')),
  -- What conditions could ask: counts, codes, yes or no.
  facts jsonb not null,
  checked_at timestamptz not null default clock_timestamp(),
  settled_at timestamptz,
  released_by text,
  release_reason text check (length(release_reason) between 1 and 500),
  primary key (order_id, number),
  constraint order_check_stopped check (state not in ('held', 'released') or outcome in ('held', 'blocked')),
  constraint order_check_released check ((state = 'released') = (released_by is not null and release_reason is not null)),
  constraint order_check_settled check ((settled_at is null) = (state in ('passed', 'held')))
);
create index order_check_newest on order_check (checked_at, order_id);

-- What one rule has found in one check.
create table order_finding (
  id uuid primary key default uuidv7(),
  order_id uuid not null,
  number integer not null,
  -- In the order of the policy.
  position integer not null check (position >= 0),
  store_id text not null references store (id),
  rule text not null check (length(rule) between 1 and 50),
  tag text not null check (length(tag) between 1 and 30),
  severity text not null check (severity in ('low', 'medium', 'high', 'critical')),
  -- As it counts here: what a person has let go before is only noted.
  action text not null check (action in ('note', 'hold', 'block')),
  because text not null check (length(because) <= 200),
  facts jsonb not null,
  handler text check (length(handler) between 1 and 64),
  handler_role text check (length(handler_role) between 1 and 30),
  -- Of a block: the roles that may let the order go.
  released_by_roles text[] not null default '{}',
  state text not null check (state in ('noted', 'held', 'released', 'superseded', 'ended')),
  was_released boolean not null default false,
  found_at timestamptz not null default clock_timestamp(),
  foreign key (order_id, number) references order_check (order_id, number),
  unique (order_id, number, rule)
);
create index order_finding_newest on order_finding (found_at, id);
create index order_finding_by_state on order_finding (state, found_at, id);
create index order_finding_by_tag on order_finding (tag, found_at, id);
create index order_finding_by_store on order_finding (store_id, found_at, id);
create index order_finding_by_handler on order_finding (handler, found_at, id) where handler is not null;

-- Which orders went to one address lately, by a keyed hash that says nothing to whoever has no key. Kept for two days.
create table address_seen (
  address bytea not null check (octet_length(address) = 32),
  order_id uuid not null references orders (id),
  seen_at timestamptz not null default clock_timestamp(),
  primary key (address, order_id)
);
create index address_seen_oldest on address_seen (seen_at);
`

const usual = `
-- How many lines of a SKU were of which quantity, by the month (of China) of their orders.
create table sales_line (
  sku_id text not null references sku (id),
  month date not null check (extract(day from month) = 1),
  quantity integer not null check (quantity > 0),
  lines integer not null check (lines > 0),
  primary key (sku_id, month, quantity)
);
`

const grants = `
grant select, insert, update on order_check to hub_app;
grant select, insert, update on order_finding to hub_app;
grant select, insert, delete on address_seen to hub_app;
grant select, insert, update on sales_line to hub_app;
`
