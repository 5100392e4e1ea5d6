import { sql } from 'kysely'
import type { ParcelState } from '../domain/order-state.ts'

/** In which somebody follows a parcel; in the others it has come to its end. */
export const FOLLOWED_STATES: readonly ParcelState[] = ['shipped', 'in_transit', 'refused']
/** Parcels that are looked at of each state that is under way: the newest. */
const MOST_PARCELS = 10_000

/** A parcel that has not been asked about for this long after its time: as long again as it is left alone. */
export const OVERDUE = sql<boolean>`(next_poll_at + make_interval(secs => poll_interval_ms / 1000.0) < clock_timestamp())`

/**
 * Queries of a `with`: `open`, the newest parcels of each state under way, of those that share a waybill one; `judged`, those
 * that somebody follows, and how each stands. Looking costs the same however many parcels there are.
 */
export const followedParcels = sql`
  open as (
    select parcel.* from unnest(${[...FOLLOWED_STATES]}::text[]) as stage (state) cross join lateral (
      select state, courier, order_id, poll_interval_ms, consecutive_failures, last_polled_at, next_poll_at, last_push_at,
        last_error, silent_at
      -- The second condition is what the index of those under way asks for.
      from parcel where parcel.state = stage.state and parcel.state <> 'delivered' and main_parcel_id is null
      order by created_at desc, id desc limit ${MOST_PARCELS}) as parcel
  ), judged as (
    -- Nobody asks about those whose order has ended.
    select open.*, ${OVERDUE} as overdue, last_polled_at >= date_trunc('minute', clock_timestamp()) as polled
    from open cross join lateral (select from orders where id = order_id and closed_at is null limit 1) as followed
  )`

/** Whether more parcels of some state are under way than were looked at. */
export const isCapped = sql<boolean>`exists (select from open group by state having count(*) >= ${MOST_PARCELS})`
