import { type Kysely, sql } from 'kysely'

/**
 * Work items that somebody has put off. One comes back by its time alone: whoever reads the list compares it with the clock, and
 * nothing has to run for it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
alter table work_item
  add column snoozed_until timestamptz,
  add column snoozed_by text,
  add column snooze_reason text,
  add constraint work_item_snooze check (
    (snoozed_until is null) = (snoozed_by is null) and (snooze_reason is null or snoozed_until is not null));
-- Few are put off; those that are open are found without the others.
create index work_item_snoozed on work_item (created_at, id) where state = 'open' and snoozed_until is not null;
`)
    .execute(db)
}
