import type { OrderState, Parcel, Refund, Shortage } from './order.ts'
import { courierReturnOf, isPaidInFull } from './order-money.ts'
import type { ParcelState } from './order-state.ts'

/**
 * A piece of work that the state calls for. Steps are derived from the state, never remembered beside it: after a
 * crash, a continue-as-new or a lost workflow the same state calls for the same steps under the same keys.
 */
export type OrderStep =
  | { kind: 'check_reservation'; key: string; paidInFull: boolean }
  | { kind: 'reserve_again'; key: string }
  | { kind: 'decide_cancellation'; key: string; requestId: string; mayCancelPaid: boolean }
  | { kind: 'settle_shortage'; key: string; shortage: Shortage }
  | { kind: 'refund'; key: string; refund: Refund }
  | {
      kind: 'track_parcel'
      key: string
      parcelId: string
      courier: string
      waybillNumber: string
      known: ParcelState
    }

/** Everything that should be under way in this state, each step with a key that stays the same while it is. */
export function dueSteps(state: OrderState): OrderStep[] {
  const id = state.placed.orderId
  const steps: OrderStep[] = []
  // One question at a time about the same goods: a cancellation that is being decided may take them back.
  const cancelling = state.cancellation?.state === 'deciding'
  if (state.reservation === 'checking' && !cancelling) {
    const key = `${id}/check-reservation/${state.reservationExpiresAtMs}`
    steps.push({ kind: 'check_reservation', key, paidInFull: isPaidInFull(state) })
  }
  if (state.reservation === 'reserving_again') {
    steps.push({ kind: 'reserve_again', key: `${id}/reserve-again/${state.reserveAgainTries}` })
  }
  if (state.cancellation?.state === 'deciding') {
    const { requestId, mayCancelPaid } = state.cancellation
    steps.push({ kind: 'decide_cancellation', key: `${id}/cancel/${requestId}`, requestId, mayCancelPaid })
  }
  for (const shortage of state.shortages) {
    if (shortage.state === 'open' && !cancelling) {
      steps.push({ kind: 'settle_shortage', key: `${id}/shortage/${shortage.shortageId}`, shortage })
    }
  }
  for (const refund of state.refunds) {
    if (refund.state === 'due')
      steps.push({ kind: 'refund', key: `${refund.refundId}/${refund.tries}`, refund })
  }
  for (const parcel of state.parcels) {
    if (!isFollowed(state, parcel)) continue
    const { parcelId, courier, waybillNumber } = parcel
    steps.push({
      kind: 'track_parcel',
      key: `${parcelId}/track/${parcel.state}`,
      parcelId,
      courier,
      waybillNumber,
      known: parcel.state,
    })
  }
  return steps
}

/** Until its end. One that was refused is at its end too once the warehouse has it back, whatever the courier says. */
function isFollowed(state: OrderState, parcel: Parcel): boolean {
  if (parcel.state !== 'refused') return parcel.state === 'shipped' || parcel.state === 'in_transit'
  return courierReturnOf(state, parcel)?.state === 'approved'
}

/** The next moment at which time alone moves the order, in ms since the epoch, and what it is for. */
export function nextDeadline(state: OrderState): { atMs: number; summary: string } | null {
  if (state.closed) return null
  if (state.status === 'reserved' && state.reservation === 'held') {
    return { atMs: state.reservationExpiresAtMs, summary: 'reservation expires' }
  }
  if (state.closesAtMs !== null) {
    const summary = state.status === 'delivered' ? 'after-sales window ends' : 'late-payment window ends'
    return { atMs: state.closesAtMs, summary }
  }
  return null
}
