import { type Kysely, sql } from 'kysely'

/**
 * What somebody is known by may be written before they are, within one transaction: then a customer is written once, with
 * their figures, instead of empty first. No row is read for it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
alter table customer_identity
  alter constraint customer_identity_customer_id_fkey deferrable initially deferred;
`)
    .execute(db)
}
