import { type Kysely, sql } from 'kysely'

/** Which orders are one customer's, without saying whose. Nothing is known of contacts that were sealed before. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
alter table contact
  -- A keyed hash of the customer's number, or of who they are on their platform; it leaves with the person.
  add column customer bytea check (octet_length(customer) = 32),
  add constraint contact_customer_erased check (customer is null or sealed is not null);
create index contact_by_customer on contact (customer, id) where customer is not null;
create index orders_by_contact on orders (contact_id);
`)
    .execute(db)
}
