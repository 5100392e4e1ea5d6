import { type Kysely, sql } from 'kysely'

/** Orders of one buyer to one address that leave in one parcel: their pick tasks, and their waybill. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const part of [pickTasks, parcels]) await sql.raw(part).execute(db)
}

const pickTasks = `
alter table pick_task
  -- A keyed hash of store, receiver and address. Only while another order's task may still join it; it says nothing
  -- about the person to whoever has no key, and is gone before the goods are.
  add column recipient bytea check (octet_length(recipient) = 32),
  -- Tasks with the same one go into one parcel, as long as they are open.
  add column combined_id uuid,
  add constraint pick_task_recipient_open check (recipient is null or state = 'created');
create index pick_task_by_recipient on pick_task (recipient, warehouse_id) where recipient is not null;
create index pick_task_combined on pick_task (combined_id) where combined_id is not null;
`

/** Each order keeps a parcel of its own; those of one waybill name the first of them, and must bear its number. */
const parcels = `
alter table parcel
  add column main_parcel_id text,
  add constraint parcel_main_key unique (id, courier, waybill_number),
  add constraint parcel_main_fkey foreign key (main_parcel_id, courier, waybill_number)
    references parcel (id, courier, waybill_number),
  add constraint parcel_main_check check (main_parcel_id <> id);
alter table parcel drop constraint parcel_waybill_key;
create unique index parcel_waybill_key on parcel (courier, waybill_number) where main_parcel_id is null;
create index parcel_by_main on parcel ((coalesce(main_parcel_id, id)));
`
