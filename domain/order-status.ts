import { pausesPicking } from './change.ts'
import type { OrderState } from './order.ts'
import { keptQuantity, supplementCents } from './order-money.ts'
import type { OrderStatus } from './order-state.ts'
import { unopenedLines } from './presale.ts'

/** Ended by an event; parcels and returns no longer move these. */
export function hasEnded(status: OrderStatus): boolean {
  return ['cancelled', 'completed', 'expired', 'returned', 'lost'].includes(status)
}

/** Nothing has left yet: what is promised can still be taken back. */
export function isBeforeShipping(status: OrderStatus): boolean {
  return ['reserved', 'awaiting_stock', 'paid'].includes(status)
}

/** Whether the rules about abnormal orders stand between the order and its warehouses: not asked yet, or it is held. */
export function isBeingChecked({ check }: Pick<OrderState, 'check'>): boolean {
  return check !== null && check.state !== 'clear'
}

/**
 * Whether the warehouses may work on the order: not while a change of its goods holds it, nor before a supplement is
 * paid, nor before the rules about abnormal orders, or a person, let it go, nor while a cancellation is decided. What is under way already is on hold in the
 * database.
 */
export function mayPick(state: OrderState): boolean {
  if (isBeingChecked(state)) return false
  // The database may have given the goods back already.
  if (state.cancellation?.state === 'deciding') return false
  const hold = state.changeHold
  // From when the warehouses are asked to stop: what is created after that question would not be on hold.
  const isPinned = hold !== null && (hold.state !== 'asking' || hold.isAsked)
  if (isPinned && pausesPicking(hold.change.type)) return false
  return supplementCents(state) === 0
}

/** The status that follows from fulfilments, parcels and returns; the earlier statuses are decided by events. */
export function fulfilmentStatus(state: OrderState): OrderStatus {
  // Nothing was sent to a warehouse yet, and no line was given up before it could be.
  const untouched = state.fulfilments.length === 0 && state.presaleOpened.length === 0
  if (untouched || hasEnded(state.status)) return state.status
  const shortageOpen = state.shortages.some((entry) => entry.state === 'open')
  const picking =
    state.fulfilments.some((entry) => entry.state === 'picking') ||
    shortageOpen ||
    state.unopened.length > 0 ||
    unopenedLines(state).length > 0
  if (state.parcels.length === 0) return picking ? 'paid' : 'cancelled'
  if (state.returns.some((entry) => !isReturnOver(entry.state))) return 'returning'
  if (picking) return 'partially_shipped'
  const parcelStates = new Set(state.parcels.map((parcel) => parcel.state))
  if (parcelStates.has('shipped') || parcelStates.has('in_transit')) {
    return parcelStates.size === 1 && parcelStates.has('shipped') ? 'shipped' : 'in_transit'
  }
  if (parcelStates.size === 1 && parcelStates.has('lost')) return 'lost'
  const everythingCameBack = state.placed.lines.every((line) => keptQuantity(state, line) === 0)
  return everythingCameBack ? 'returned' : 'delivered'
}

function isReturnOver(returnState: string): boolean {
  return returnState === 'rejected' || returnState === 'settled'
}
