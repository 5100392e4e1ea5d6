import { type Kysely, sql } from 'kysely'

/**
 * Transfers between warehouses. A leg's numbers say where its units are; the constraints keep any of them from being
 * in two places or in none.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const part of [tables, inTransit, grants]) await sql.raw(part).execute(db)
}

const tables = `
create table transfer (
  id uuid primary key,
  sku_id text not null references sku (id),
  destination_id text not null references warehouse (id),
  quantity integer not null check (quantity > 0),
  status text not null check (status in ('requested', 'approved', 'reserved', 'dispatched', 'partially_received',
    'returning', 'received', 'closed_short', 'closed_with_loss', 'rejected', 'cancelled', 'unsourced')),
  version integer not null check (version > 0),
  carried_version integer not null default 0 check (carried_version between 0 and version),
  carry_attempts integer not null default 0 check (carry_attempts >= 0),
  next_carry_at timestamptz not null default clock_timestamp(),
  requested_by text not null,
  reason text not null check (length(reason) between 1 and 200),
  proposal_number integer not null check (proposal_number > 0),
  maximum_proposals integer not null check (maximum_proposals > 0),
  proposal jsonb not null,
  approver_roles text[] not null,
  policy_version integer not null check (policy_version >= 0),
  value_cents bigint not null check (value_cents >= 0),
  called_back boolean not null default false,
  deadlines jsonb not null,
  due_at timestamptz,
  needs_attention boolean not null default false,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  closed_at timestamptz,
  constraint transfer_closed_when_over check ((closed_at is not null) = (status in ('received', 'closed_short',
    'closed_with_loss', 'rejected', 'cancelled', 'unsourced')))
);
create index transfer_newest on transfer (created_at, id);
create index transfer_by_status on transfer (status, created_at, id);
create index transfer_by_sku on transfer (sku_id, created_at, id);
create index transfer_by_destination on transfer (destination_id, created_at, id);
create index transfer_open on transfer (id) where closed_at is null;
create index transfer_open_newest on transfer (created_at, id) where closed_at is null;
create index transfer_attention on transfer (created_at, id) where needs_attention;
create index transfer_untold on transfer (next_carry_at) where carried_version < version;
create table transfer_leg (
  transfer_id uuid not null references transfer (id),
  leg_number integer not null check (leg_number > 0),
  sku_id text not null,
  source_id text not null,
  destination_id text not null references warehouse (id),
  heading_to text not null,
  path text[] not null check (cardinality(path) >= 2),
  reserved integer not null check (reserved > 0),
  dispatched integer not null default 0 check (dispatched >= 0),
  received integer not null default 0 check (received >= 0),
  lost integer not null default 0 check (lost >= 0),
  returned integer not null default 0 check (returned >= 0),
  in_transit integer not null generated always as (dispatched - received - lost - returned) stored,
  primary key (transfer_id, leg_number),
  constraint transfer_leg_one_per_source unique (transfer_id, source_id),
  foreign key (sku_id, source_id) references stock_level (sku_id, warehouse_id),
  constraint transfer_leg_leads_elsewhere check (source_id <> destination_id),
  constraint transfer_leg_heads_to_an_end check (heading_to in (source_id, destination_id)),
  constraint transfer_leg_dispatched_at_most_reserved check (dispatched <= reserved),
  constraint transfer_leg_arrived_at_most_dispatched check (received + lost + returned <= dispatched)
);
create index transfer_leg_by_source on transfer_leg (source_id, transfer_id);
create index transfer_leg_in_transit on transfer_leg (sku_id, heading_to) include (in_transit) where in_transit > 0;
create table transfer_event (
  transfer_id uuid not null references transfer (id),
  event_id text not null check (length(event_id) between 1 and 400),
  -- A refused decision is kept too; it changes nothing and has no version.
  version integer check (version > 0),
  type text not null,
  body jsonb not null,
  operator text not null,
  recorded_at timestamptz not null default clock_timestamp(),
  primary key (transfer_id, event_id),
  constraint transfer_event_one_per_version unique (transfer_id, version),
  constraint transfer_event_refused_without_version check ((version is null) = (type = 'decision_refused'))
);
-- Daily sales per warehouse, for the days of cover that a source keeps.
create index stock_ledger_shipments on stock_ledger (sku_id, warehouse_id, recorded_at) include (shipped_delta)
  where kind = 'ship';
`

/** Units on their way, by the warehouse that they are on their way to. A called-back leg heads for its source. */
const inTransit = `
create view stock_in_transit as
  select sku_id, heading_to as warehouse_id, sum(in_transit)::integer as quantity
  from transfer_leg where in_transit > 0 group by sku_id, heading_to;
`

const grants = `
grant select, insert, update on transfer, transfer_leg to hub_app;
grant select, insert on transfer_event to hub_app;
grant select on stock_in_transit to hub_app;
`
