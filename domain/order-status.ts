import type { OrderState } from './order.ts'
import type { OrderStatus } from './order-state.ts'

/** Ended by an event; parcels and returns no longer move these. */
const ENDED: ReadonlySet<OrderStatus> = new Set(['cancelled', 'completed', 'expired', 'returned', 'lost'])

/** The status that follows from fulfilments, parcels and returns; the earlier statuses are decided by events. */
export function fulfilmentStatus(state: OrderState): OrderStatus {
  if (state.fulfilments.length === 0 || ENDED.has(state.status)) return state.status
  const shortageOpen = state.shortages.some((entry) => entry.state === 'open')
  const picking = state.fulfilments.some((entry) => entry.state === 'picking') || shortageOpen
  if (state.parcels.length === 0) return picking ? 'paid' : 'cancelled'
  if (state.returns.some((entry) => !isReturnOver(entry.state))) return 'returning'
  if (picking) return 'partially_shipped'
  const parcelStates = new Set(state.parcels.map((parcel) => parcel.state))
  if (parcelStates.has('shipped') || parcelStates.has('in_transit')) {
    return parcelStates.size === 1 && parcelStates.has('shipped') ? 'shipped' : 'in_transit'
  }
  if (parcelStates.size === 1 && parcelStates.has('lost')) return 'lost'
  return everythingCameBack(state) ? 'returned' : 'delivered'
}

function everythingCameBack(state: OrderState): boolean {
  const lost = new Set(
    state.parcels.filter((parcel) => parcel.state === 'lost').map((parcel) => parcel.fulfilmentId),
  )
  const sent = state.fulfilments
    .filter((entry) => entry.state === 'packed' && !lost.has(entry.fulfilmentId))
    .flatMap((entry) => entry.lines)
    .reduce((sum, line) => sum + line.quantity, 0)
  const back = state.returns
    .filter((entry) => entry.state === 'settled')
    .flatMap((entry) => entry.inspected)
    .reduce((sum, line) => sum + line.restocked + line.writtenOff, 0)
  return sent > 0 && back >= sent
}

function isReturnOver(returnState: string): boolean {
  return returnState === 'rejected' || returnState === 'settled'
}
