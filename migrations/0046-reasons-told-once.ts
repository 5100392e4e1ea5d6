import { type Kysely, sql } from 'kysely'

/**
 * Under a hot SKU's locks every byte counts: orders whose plan is the same one name the decision that has the reasons, and
 * results, which are read whole, are kept as the text that they come as.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
alter table allocation_decision
  alter column explanation drop not null,
  add column same_as_order uuid,
  add column same_as_operation text,
  add constraint allocation_decision_reasons check ((explanation is null) = (same_as_order is not null)
    and (same_as_order is null) = (same_as_operation is null)) not valid;
alter table allocation_decision validate constraint allocation_decision_reasons;
alter table stock_operation alter column result type json using result::json;
`)
    .execute(db)
}
