import { type Kysely, sql } from 'kysely'

/**
 * Changes of orders: pick tasks that stand still meanwhile, what a paid order costs on top, and one door to what an
 * order sells, costs and goes to. The application's role can no longer write those columns; it calls the function, and
 * only the commit of an authorised change does.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
-- While a task is open: the change that it waits for. Of a withdrawn one: the change whose tasks replaced it.
alter table pick_task add column change_id text check (length(change_id) <= 64);

alter table orders add column supplement_cents bigint not null default 0;
alter table orders add constraint orders_supplement_check check (supplement_cents >= 0) not valid;
alter table orders validate constraint orders_supplement_check;

-- A line that a change removes stays, without units: its number is never used again.
alter table order_line drop constraint order_line_quantity_check;
alter table order_line add constraint order_line_quantity_check check (quantity >= 0) not valid;
alter table order_line validate constraint order_line_quantity_check;

-- Absolute values: a repetition changes nothing.
create function hub_change_order(changed uuid, change_number text, lines jsonb, freight bigint, amount bigint,
  new_contact uuid, new_division text) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if length(coalesce(change_number, '')) not between 1 and 64 then
    raise exception 'an order changes by an authorised change, which has a number';
  end if;
  update orders set freight_cents = freight, amount_cents = amount,
    contact_id = coalesce(new_contact, contact_id), division_code = coalesce(new_division, division_code)
  where id = changed;
  if not found then raise exception 'there is no order %', changed; end if;
  insert into order_line as line (order_id, line_number, sku_id, quantity, unit_price_cents)
  select changed, "lineNumber", "skuId", quantity, "unitPriceCents"
  from jsonb_to_recordset(lines) as wanted ("lineNumber" int, "skuId" text, quantity int, "unitPriceCents" bigint)
  on conflict (order_id, line_number) do update set sku_id = excluded.sku_id, quantity = excluded.quantity,
    unit_price_cents = excluded.unit_price_cents
  where (line.sku_id, line.quantity, line.unit_price_cents)
    is distinct from (excluded.sku_id, excluded.quantity, excluded.unit_price_cents);
  if (select coalesce(sum(quantity * unit_price_cents), 0) from order_line where order_id = changed) + freight <> amount then
    raise exception 'the amount of order % is not the sum of its lines', changed;
  end if;
end $$;
revoke all on function hub_change_order(uuid, text, jsonb, bigint, bigint, uuid, text) from public;
grant execute on function hub_change_order(uuid, text, jsonb, bigint, bigint, uuid, text) to hub_app;

revoke update on orders, order_line from hub_app;
grant update (status, version, run_id, event_count, needs_attention, paid_cents, refunded_cents, supplement_cents,
  updated_at, closed_at) on orders to hub_app;
`)
    .execute(db)
}
