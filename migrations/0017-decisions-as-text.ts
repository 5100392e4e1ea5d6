import { type Kysely, sql } from 'kysely'

/**
 * Explanations are written with every reservation, under its locks, and read one by one, whole: as `json` they are
 * kept as they come, where `jsonb` would take them apart and sort their keys.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
alter table allocation_decision drop constraint allocation_decision_explanation_check;
alter table allocation_decision alter column explanation type json using explanation::json;
alter table allocation_decision add constraint allocation_decision_explanation_check
  check (json_typeof(explanation) = 'object');
`)
    .execute(db)
}
