import { type Kysely, sql } from 'kysely'

/** Who the people of an OpenID provider are here: the provider's own number of somebody, which it gives to nobody else; a name it may. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
create table oidc_identity (
  issuer text not null check (length(issuer) between 1 and 500),
  subject text not null check (length(subject) between 1 and 255),
  account_id uuid not null references account (id) on delete cascade,
  created_at timestamptz not null default clock_timestamp(),
  primary key (issuer, subject),
  -- One person of a provider an account.
  constraint oidc_identity_account_key unique (account_id, issuer)
);
grant select, insert, delete on oidc_identity to hub_app;
`)
    .execute(db)
}
