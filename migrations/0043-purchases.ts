import { type Kysely, sql } from 'kysely'

/** What is bought: lists, who decided on them, what the ERP was told, and what has arrived. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const part of [lists, receipts, grants]) await sql.raw(part).execute(db)
}

const lists = `
create table purchase_number (
  day date primary key,
  last integer not null check (last > 0)
);
create table purchase_list (
  id uuid primary key,
  number text not null unique,
  warehouse_id text not null references warehouse (id),
  supplier_id text not null check (length(supplier_id) between 1 and 64),
  status text not null check (status in ('draft', 'submitted', 'approved', 'partially_received', 'received',
    'closed_short', 'cancelled')),
  version integer not null default 1 check (version > 0),
  note text check (length(note) <= 500),
  amount_cents bigint not null check (amount_cents >= 0),
  created_by text not null,
  submitted_by text,
  approver_roles text[] not null default '{}',
  -- Of the policy that its amount was judged by.
  policy_version integer check (policy_version >= 0),
  approved_at timestamptz,
  -- When it should be here, by the lead time of its approval's moment.
  expected_on date,
  erp_state text not null default 'none' check (erp_state in ('none', 'due', 'sending', 'sent', 'refused')),
  erp_reference text,
  erp_error text,
  erp_attempts integer not null default 0 check (erp_attempts >= 0),
  erp_next_at timestamptz not null default clock_timestamp(),
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  closed_at timestamptz,
  constraint purchase_list_closed_when_over check
    ((closed_at is not null) = (status in ('received', 'closed_short', 'cancelled'))),
  constraint purchase_list_expected_once_approved check
    ((approved_at is null) = (expected_on is null))
);
create index purchase_list_newest on purchase_list (created_at, id);
create index purchase_list_by_status on purchase_list (status, created_at, id);
create index purchase_list_by_warehouse on purchase_list (warehouse_id, created_at, id);
create index purchase_list_by_supplier on purchase_list (supplier_id, created_at, id);
create index purchase_list_expected on purchase_list (expected_on, id) where status in ('approved', 'partially_received');
create index purchase_list_erp_due on purchase_list (erp_next_at, id) where erp_state in ('due', 'sending');
create table purchase_line (
  purchase_id uuid not null references purchase_list (id),
  line_number integer not null check (line_number > 0),
  sku_id text not null references sku (id),
  warehouse_id text not null,
  units integer not null check (units > 0),
  unit_cost_cents bigint not null check (unit_cost_cents >= 0),
  -- What the night had suggested; 0: somebody thought of it.
  suggested_units integer not null check (suggested_units >= 0),
  reason jsonb,
  received_units integer not null default 0 check (received_units >= 0),
  -- Neither received whole nor given up: what the warehouse may still expect.
  is_open boolean not null default true,
  primary key (purchase_id, line_number),
  constraint purchase_line_sku_once unique (purchase_id, sku_id),
  constraint purchase_line_received_at_most_ordered check (received_units <= units)
);
create index purchase_line_open on purchase_line (sku_id, warehouse_id) where is_open;
create table purchase_event (
  purchase_id uuid not null references purchase_list (id),
  event_id text not null check (length(event_id) between 1 and 400),
  version integer not null check (version > 0),
  type text not null,
  body jsonb not null,
  operator text not null,
  recorded_at timestamptz not null default clock_timestamp(),
  primary key (purchase_id, event_id),
  constraint purchase_event_one_per_version unique (purchase_id, version)
);
`

const receipts = `
-- What has arrived, each arrival once; lead times are measured from it.
create table purchase_receipt (
  purchase_id uuid not null,
  line_number integer not null,
  event_id text not null,
  sku_id text not null,
  warehouse_id text not null,
  supplier_id text not null,
  units integer not null check (units > 0),
  -- From the approval, in days.
  lead_days double precision not null check (lead_days >= 0),
  received_at timestamptz not null default clock_timestamp(),
  primary key (purchase_id, line_number, event_id),
  foreign key (purchase_id, line_number) references purchase_line (purchase_id, line_number)
);
create index purchase_receipt_by_sku on purchase_receipt (sku_id, supplier_id, received_at);
create index purchase_receipt_by_supplier on purchase_receipt (supplier_id, received_at);
`

const grants = `
grant select, insert, update on purchase_number, purchase_list to hub_app;
-- A draft's lines are written anew when it is edited.
grant select, insert, update, delete on purchase_line to hub_app;
grant select, insert on purchase_event, purchase_receipt to hub_app;
`
