import { type Kysely, sql } from 'kysely'

/** A buyer may take an order back while a change of it is being applied, and who owes a supplement is asked about it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
-- Made while that one was being applied; it has its turn once that one is at its end.
alter table change_request add column after_change_id uuid references change_request (id);
drop index change_request_one_open;
create unique index change_request_one_open on change_request (order_id)
  where closed_at is null and after_change_id is null;
create unique index change_request_one_behind on change_request (order_id)
  where closed_at is null and after_change_id is not null;

-- Since when a paid order owes more than was paid.
alter table orders add column supplement_since timestamptz;
update orders set supplement_since = clock_timestamp() where supplement_cents > 0;
alter table orders add constraint orders_supplement_since check ((supplement_cents > 0) = (supplement_since is not null)) not valid;
alter table orders validate constraint orders_supplement_since;
create index orders_with_supplement on orders (supplement_since) where supplement_since is not null;
grant update (supplement_since) on orders to hub_app;
`)
    .execute(db)
}
