import type { Change, ChangeHold, ChangeTerms } from './change.ts'
import type { Fulfilment, OrderState, Parcel, Refund, Shortage } from './order.ts'
import { dueCheck } from './order-check.ts'
import { courierReturnOf, isPaidInFull } from './order-money.ts'
import type { ParcelState } from './order-state.ts'

/**
 * A piece of work that the state calls for. Steps are derived from the state, never remembered beside it: after a
 * crash, a continue-as-new or a lost workflow the same state calls for the same steps under the same keys.
 */
export type OrderStep =
  | { kind: 'check_reservation'; key: string; paidInFull: boolean }
  | { kind: 'reserve_again'; key: string }
  | {
      kind: 'decide_cancellation'
      key: string
      requestId: string
      mayCancelPaid: boolean
      /** The buyer takes a paid order back: recorded as a change request like any other change. */
      asRequest: boolean
    }
  | { kind: 'settle_shortage'; key: string; shortage: Shortage }
  | {
      kind: 'hold_for_change'
      key: string
      number: number
      changeId: string
      change: Change
      /** The open pick tasks that the order knows of: the database must know the same. */
      tasks: Pick<Fulfilment, 'fulfilmentId' | 'lines'>[]
    }
  | { kind: 'prepare_change'; key: string; number: number; tries: number; wanted: ChangeHold['wanted'] }
  | { kind: 'settle_change'; key: string; number: number; terms: ChangeTerms | null }
  | CheckStep
  | { kind: 'refund'; key: string; refund: Refund }
  | {
      kind: 'track_parcel'
      key: string
      parcelId: string
      courier: string
      waybillNumber: string
      known: ParcelState
    }

/** The question what the rules about abnormal orders say. */
export type CheckStep = { kind: 'check_order'; key: string; number: number }

/** The check that is due, or null. It is about no goods that another question could be about, too. */
export function checkStep(state: OrderState): CheckStep | null {
  const number = dueCheck(state)
  return number === null
    ? null
    : { kind: 'check_order', key: `${state.placed.orderId}/check/${number}`, number }
}

/** Everything that should be under way in this state, each step with a key that stays the same while it is. */
export function dueSteps(state: OrderState): OrderStep[] {
  const id = state.placed.orderId
  const steps: OrderStep[] = []
  // One question at a time about the same goods: a cancellation that is being decided may take them back, a change may
  // replace them.
  const cancelling = state.cancellation?.state === 'deciding' || state.changeHold?.isAsked === true
  if (state.reservation === 'checking' && !cancelling) {
    const key = `${id}/check-reservation/${state.reservationExpiresAtMs}`
    steps.push({ kind: 'check_reservation', key, paidInFull: isPaidInFull(state) })
  }
  if (state.reservation === 'reserving_again') {
    steps.push({ kind: 'reserve_again', key: `${id}/reserve-again/${state.reserveAgainTries}` })
  }
  if (state.cancellation?.state === 'deciding') {
    const { requestId, mayCancelPaid, changeId, byChannel } = state.cancellation
    // What a change cancels is one already; what a platform sold, the platform decides.
    const asRequest = mayCancelPaid && !changeId && !byChannel && !state.placed.platform
    const key = `${id}/cancel/${requestId}`
    steps.push({ kind: 'decide_cancellation', key, requestId, mayCancelPaid, asRequest })
  }
  for (const shortage of state.shortages) {
    if (shortage.state === 'open' && !cancelling) {
      steps.push({ kind: 'settle_shortage', key: `${id}/shortage/${shortage.shortageId}`, shortage })
    }
  }
  steps.push(...changeSteps(state))
  const check = checkStep(state)
  if (check) steps.push(check)
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

/** The question that a change has put. */
function changeSteps(state: OrderState): OrderStep[] {
  const hold = state.changeHold
  if (!hold?.isAsked) return []
  const { number, changeId, change, tries, wanted, terms } = hold
  const key = `${state.placed.orderId}/change/${number}`
  switch (hold.state) {
    case 'asking': {
      const tasks = state.fulfilments
        .filter((entry) => entry.state === 'picking')
        .map(({ fulfilmentId, lines }) => ({ fulfilmentId, lines }))
      return [{ kind: 'hold_for_change', key: `${key}/hold`, number, changeId, change, tasks }]
    }
    case 'preparing':
      return [{ kind: 'prepare_change', key: `${key}/prepare/${tries}`, number, tries, wanted }]
    case 'settling':
      return [{ kind: 'settle_change', key: `${key}/settle`, number, terms }]
    default:
      return []
  }
}

/** Until its end. One that was refused is at its end too once the warehouse has it back, whatever the courier says. */
function isFollowed(state: OrderState, parcel: Parcel): boolean {
  if (parcel.state !== 'refused') return parcel.state === 'shipped' || parcel.state === 'in_transit'
  return courierReturnOf(state, parcel)?.state === 'approved'
}

/** The next moment at which time alone moves the order, in ms since the epoch, and what it is for. */
export function nextDeadline(state: OrderState): { atMs: number; summary: string } | null {
  if (state.closed) return null
  const own = ownDeadline(state)
  const hold = state.changeHold
  if (!hold || hold.isEnding || hold.state === 'settling') return own
  // The after-sales window does not end while a change is being decided.
  const isUnpaid = state.status === 'reserved'
  return isUnpaid && own && own.atMs <= hold.untilMs
    ? own
    : { atMs: hold.untilMs, summary: 'change hold ends' }
}

function ownDeadline(state: OrderState): { atMs: number; summary: string } | null {
  if (state.status === 'reserved' && state.reservation === 'held') {
    return { atMs: state.reservationExpiresAtMs, summary: 'reservation expires' }
  }
  if (state.closesAtMs !== null) {
    const summary = state.status === 'delivered' ? 'after-sales window ends' : 'late-payment window ends'
    return { atMs: state.closesAtMs, summary }
  }
  return null
}
