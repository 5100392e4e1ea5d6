import { type Kysely, sql } from 'kysely'

/**
 * Why an order's goods come from where they come from: one row a decision (checkout, reserving again, a replacement,
 * a change), written with the holds that it led to and never changed.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
create table allocation_decision (
  order_id uuid not null references orders (id),
  operation_id text not null,
  policy_version integer not null check (policy_version >= 0),
  explanation jsonb not null check (jsonb_typeof(explanation) = 'object'),
  decided_at timestamptz not null default clock_timestamp(),
  primary key (order_id, operation_id)
);
grant select, insert on allocation_decision to hub_app;
`)
    .execute(db)
}
