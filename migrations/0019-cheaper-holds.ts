import { type Kysely, sql } from 'kysely'

/**
 * What is checked twice costs a hot SKU's locks twice.
 *
 * - A hold's level is the row whose `reserved` grows in the very statement that writes the hold; that statement fails
 *   if the level does not exist, and levels are never deleted.
 * - A line's live holds are unique by its order and number, and that index finds an order's live holds, too; those that have
 *   ended are in one of their own, which a new hold does not touch.
 * - An explanation is written beside a hold whose reference to the order is checked, once an operation.
 *
 * `refuse` lets a statement say itself that what it was given cannot be: a commit may follow it unseen.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
alter table reservation drop constraint reservation_sku_id_warehouse_id_fkey;
alter table allocation_decision
  drop constraint allocation_decision_order_id_fkey,
  drop constraint allocation_decision_explanation_check,
  drop constraint allocation_decision_pkey;
create unique index reservation_one_live_per_line
  on reservation (order_id, line_number, sku_id, warehouse_id, drawn_from) nulls not distinct
  where order_id is not null and state in ('held', 'confirmed');
create index reservation_ended on reservation (order_id)
  where order_id is not null and state in ('consumed', 'expired', 'released');
drop index reservation_by_order, reservation_one_live_per_owner;
create unique index reservation_one_live_per_owner on reservation (owner_kind, owner_id, sku_id, warehouse_id)
  where owner_kind <> 'order_line' and state in ('held', 'confirmed');
create index allocation_decision_by_order on allocation_decision (order_id);

create function refuse(message text) returns boolean language plpgsql as $$
begin
  raise exception '%', message;
end $$;
comment on function refuse is 'Ends the statement that evaluates it, and with it the transaction.';
`)
    .execute(db)
}
