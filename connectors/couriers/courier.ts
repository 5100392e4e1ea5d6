import type { ParcelState } from '../../domain/order-state.ts'

/** A courier's parcel as whoever follows it names it. */
export type Waybill = {
  /** The courier by the hub's code: `sf`, `yto`, `zto`, `sto`, `yunda`, `jd`, `ems`, `deppon`, `sim`. */
  courier: string
  waybillNumber: string
  /** The last four digits of the sender's or the receiver's phone, where a source wants them as a proof. */
  phoneTail: string | null
}

/** One line of a parcel's way. */
export type Scan = {
  /** The same for the same scan, whoever tells it and however often. */
  eventId: string
  /** Null: the source used a state that nobody here knows. It is kept and raised, and moves nothing. */
  state: ParcelState | null
  /** The source's own word for the state. */
  rawState: string
  description: string
  /** RFC 3339 with an offset. */
  occurredAt: string
}

/**
 * Where news of parcels come from: a courier itself, or a service that knows many couriers.
 *
 * Failures of calls: `UnreachableError` (ask again), `RateLimitedError` (ask again later, nothing is wrong),
 * `RefusedError` (asking again would get the same answer).
 */
export type CourierSource = {
  /** Of its rate limit, its subscriptions and the inbox rows of its pushes. */
  name: string
  limits: CourierLimits
  /** Whether it wants `phoneTail` for parcels of this courier. */
  wantsPhone: (courier: string) => boolean
  /** Every scan of each parcel so far, by waybill number; one that it does not know yet has none. */
  track: (waybills: Waybill[]) => Promise<Map<string, Scan[]>>
  /** Asks to be told of a parcel from now on; null where the source does not push, or not to us. */
  subscribe: ((waybill: Waybill) => Promise<'subscribed' | 'already_subscribed'>) | null
}

export type CourierLimits = {
  /** Parcels that one call may ask about. */
  waybillsPerCall: number
  /** Calls a second of our account, all processes together. */
  callsPerSecond: number
  subscriptionsPerSecond: number
}
