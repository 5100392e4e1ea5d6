import { type Kysely, sql } from 'kysely'

/**
 * What neither the operation log nor the ledger knows of is announced here, in the transaction that it happens in, and
 * given its position by whoever collects events: nobody waits for anybody else's transaction.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
create table announced_event (
  id bigint generated always as identity primary key,
  type text not null,
  order_key text not null,
  store_id text,
  at timestamptz not null,
  data jsonb not null
);
grant select, insert, delete on announced_event to hub_app;
`)
    .execute(db)
}
