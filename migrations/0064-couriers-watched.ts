import { type Kysely, sql } from 'kysely'

/** How each courier stands: why it could not be asked about a parcel, and its parcels under way, the newest first. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
alter table parcel
  -- Of the last call, where it failed.
  add column last_error text check (length(last_error) <= 500);
create index parcel_under_way on parcel (courier, created_at, id)
  where state in ('shipped', 'in_transit', 'refused') and main_parcel_id is null;
`)
    .execute(db)
}
