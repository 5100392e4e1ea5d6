import { type Kysely, sql } from 'kysely'

/** Who has a password that somebody else chose: until they have taken another one, two people can sign in as them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw('alter table account add column must_change_password boolean not null default false')
    .execute(db)
}
