import { type Kysely, sql } from 'kysely'

/**
 * What one shop sent and was told, the newest first, without reading what the others did. A message never moves within
 * its index, and each shop's part grows at its right end alone. Writers of a table wait while its index is built: one scan of it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
create index inbox_of_shop on inbox (source, shop, id);
create index delivery_of_shop on delivery ((payload ->> 'shopId'), created_at, id) where kind = 'channel_ship';
create index delivery_of_store on delivery ((payload ->> 'storeId'), created_at, id) where kind = 'listing';
`)
    .execute(db)
}
