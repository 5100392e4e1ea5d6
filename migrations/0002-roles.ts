import { type Kysely, sql } from 'kysely'

/**
 * What the application role may do. It reads and writes rows; it never deletes business records, never changes the
 * ledger or the operation log, and owns nothing. The role itself is made by migrate.ts, which knows its password.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
grant usage on schema public to hub_app;
grant select, insert, update on
  sku, warehouse, store, policy, account, api_key, session, idempotency_key, contact, orders, order_line, order_snapshot,
  payment, refund, order_return, stock_level, reservation, pick_task, parcel, inbox, relay_lease, delivery, work_item
  to hub_app;
grant select, insert on
  stock_ledger, stock_operation, operation_log, inbox_body, tracking_event, pick_task_event
  to hub_app;
grant delete on session, idempotency_key, relay_lease to hub_app;
revoke all on function hub_ensure_partitions(integer), hub_drop_inbox_bodies(integer) from public;
grant execute on function hub_ensure_partitions(integer), hub_drop_inbox_bodies(integer) to hub_app;
select hub_ensure_partitions(3);
`)
    .execute(db)
}
