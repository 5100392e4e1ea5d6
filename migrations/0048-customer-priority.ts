import { type Kysely, sql } from 'kysely'

/** Of orders that wait for the same stock and are paid, those of segments with a higher priority are served first. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
-- What the customer's segment was given when the order began to wait: it is not moved in the queue by what comes later.
alter table stock_wait add column priority smallint not null default 0 check (priority between 0 and 9);
`)
    .execute(db)
}
