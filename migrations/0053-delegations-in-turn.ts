import { type Kysely, sql } from 'kysely'

/**
 * A delegation begins and is over by itself: whoever is asked meanwhile is looked for anew at each of these moments.
 * `next_turn_at` is the one of them that nobody has acted on yet; null once both are, or it was ended before its time.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
alter table change_delegation add column next_turn_at timestamptz;
-- One that began with being made was acted on then.
update change_delegation set next_turn_at = case when starts_at <= created_at then ends_at else starts_at end
  where ended_at is null;
create index change_delegation_due on change_delegation (next_turn_at) where next_turn_at is not null;
-- What waits for whom, whoever stands in for them.
create index change_approver_principal on change_approver (principal, change_id) where state = 'open';
`)
    .execute(db)
}
