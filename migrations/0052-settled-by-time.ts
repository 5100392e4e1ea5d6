import { type Kysely, sql } from 'kysely'

/**
 * What was settled lately, found without reading what was settled long ago: the data-flow map counts it by the minute.
 * Each grows at its right end alone, so that it costs a writer next to nothing. Writers of a table wait while its index
 * is built: one scan of it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
create index inbox_settled on inbox (settled_at) where settled_at is not null;
create index delivery_settled on delivery (settled_at) where settled_at is not null;
create index event_delivery_settled on event_delivery (settled_at) where settled_at is not null;
create index notification_settled on notification (settled_at) where settled_at is not null;
`)
    .execute(db)
}
