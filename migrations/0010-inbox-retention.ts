import { type Kysely, sql } from 'kysely'

/**
 * Retention of message bodies, safe to be called by a clock: a month whose bodies somebody still needs is kept whole
 * and reported. Needed are messages that no order has taken yet (`pending`, `waiting`) or that a person may still
 * replay (`set_aside`), and what an open order without a snapshot was placed with: it is all that could start the
 * order again.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
create function hub_needed_bodies(first_day timestamptz, next_day timestamptz)
  returns table (unsettled bigint, unstarted bigint)
language sql volatile set search_path = public, pg_temp as $$
  select
    -- Two counts, because each has an index of its own.
    (select count(*) from inbox
      where state in ('pending', 'waiting') and received_at >= first_day and received_at < next_day)
    + (select count(*) from inbox
      where state = 'set_aside' and received_at >= first_day and received_at < next_day),
    (select count(*) from orders join inbox on inbox.order_key = orders.id::text
      where orders.closed_at is null and inbox.starts_order
        and inbox.received_at >= first_day and inbox.received_at < next_day
        and not exists (select from order_snapshot as snapshot where snapshot.order_id = orders.id))
$$;
revoke all on function hub_needed_bodies(timestamptz, timestamptz) from public;
drop function hub_drop_inbox_bodies(integer);
create function hub_drop_inbox_bodies(months_kept integer)
  returns table (month text, dropped boolean, unsettled bigint, unstarted bigint)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  partition record;
  first_day timestamptz;
  next_day timestamptz;
begin
  if months_kept < 2 then raise exception 'bodies are kept for at least two months'; end if;
  -- One caller at a time, and not while partitions are made.
  perform pg_advisory_xact_lock(hashtext('hub_ensure_partitions'));
  -- Dropping waits for every reader; whoever comes after it would wait, too. Better to try again in an hour.
  perform set_config('lock_timeout', '2s', true);
  for partition in
    select relid::regclass::text as name from pg_partition_tree('inbox_body') where level = 1 order by 1
  loop
    month := right(partition.name, 6);
    first_day := to_date(month, 'YYYYMM')::timestamp at time zone 'utc';
    next_day := (to_date(month, 'YYYYMM') + interval '1 month') at time zone 'utc';
    continue when to_date(month, 'YYYYMM')
      >= date_trunc('month', now() at time zone 'utc') - make_interval(months => months_kept);
    select needed.unsettled, needed.unstarted into unsettled, unstarted
      from hub_needed_bodies(first_day, next_day) as needed;
    if unsettled = 0 and unstarted = 0 then
      -- Whoever sends an order's messages once more reads their bodies first: from here on nobody does. Look again.
      lock table inbox_body in access exclusive mode;
      select needed.unsettled, needed.unstarted into unsettled, unstarted
        from hub_needed_bodies(first_day, next_day) as needed;
    end if;
    dropped := unsettled = 0 and unstarted = 0;
    if dropped then execute format('drop table %I', partition.name); end if;
    return next;
  end loop;
end $$;
revoke all on function hub_drop_inbox_bodies(integer) from public;
grant execute on function hub_drop_inbox_bodies(integer) to hub_app;
`)
    .execute(db)
}
