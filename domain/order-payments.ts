import type { OrderEvent, OrderState, RefundReason } from './order.ts'
import { type Draft, raise } from './order-draft.ts'
import { isPaidInFull } from './order-money.ts'
import { tryToReserveAgain } from './order-reservation.ts'
import { isFinal } from './order-state.ts'

/** Money came in: counted once by its serial number, and then the database is asked about the goods. */
export function receivePayment(draft: Draft, event: Extract<OrderEvent, { type: 'payment_received' }>): void {
  const { state } = draft
  const known = state.payments.find((payment) => payment.paymentId === event.paymentId)
  if (known) {
    if (known.amountCents !== event.amountCents) {
      raise(draft, 'payment_mismatch', event.paymentId, {
        paymentId: event.paymentId,
        recordedCents: known.amountCents,
        reportedCents: event.amountCents,
      })
    }
    return
  }
  const { paymentId, amountCents, paidAt } = event
  state.payments.push({ paymentId, amountCents, paidAt, ...(event.onDelivery ? { onDelivery: true } : {}) })
  draft.note({ field: 'payment', newValue: 'received', subjectId: paymentId, amountCents })
  if (event.holdsConfirmed && state.reservation !== 'lapsed') {
    state.reservation = 'confirmed'
    draft.note({ field: 'reservation', oldValue: 'held', newValue: 'confirmed' })
  }
  const undecided = state.status === 'reserved' || state.status === 'expired'
  if (!undecided || !isPaidInFull(state)) return
  // The database has the last word on whether the goods are still held: confirmed by the payment route, to be
  // asked for (a timer's question may be under way), or gone.
  if (state.reservation === 'held') state.reservation = 'checking'
  else if (state.reservation === 'lapsed' && !isLate(draft, event)) tryToReserveAgain(state)
}

type Received = Extract<OrderEvent, { type: 'payment_received' }>

/**
 * After the late-payment window money only goes back: it revives nothing. Judged by when it was paid, never by when it is heard
 * of: a worker that died after its commit may have asked for the goods already, and its successor, who comes later, must not
 * give the money back beside them.
 */
function isLate({ state, nowMs }: Draft, event: Received): boolean {
  if (event.isJudgedByClock) return state.closesAtMs !== null && nowMs >= state.closesAtMs
  return isLateByPaidAt(state, event)
}

/** What has closed is never revived, whenever it was paid. */
function isLateByPaidAt(
  { closed, closesAtMs }: Pick<OrderState, 'closed' | 'closesAtMs'>,
  { paidAt }: Pick<Received, 'paidAt'>,
): boolean {
  return closed || (closesAtMs !== null && Date.parse(paidAt) >= closesAtMs)
}

/** Whether it makes a difference by which of the two moments a payment is judged. */
export function isJudgedOtherwiseByClock(
  state: Pick<OrderState, 'closed' | 'closesAtMs'>,
  event: Pick<Received, 'paidAt'>,
  nowMs: number,
): boolean {
  if (state.closesAtMs === null) return false
  return nowMs >= state.closesAtMs !== isLateByPaidAt(state, event)
}

/** A person asks for another try of a refund that failed. */
export function retryRefund(draft: Draft, refundId: string): void {
  const refund = draft.state.refunds.find((entry) => entry.refundId === refundId)
  if (refund?.state !== 'failed') return
  refund.state = 'due'
  refund.tries += 1
  draft.writes.push({ kind: 'record_refund', refund: { ...refund } })
  draft.note({
    field: 'refund',
    oldValue: 'failed',
    newValue: `due, try ${refund.tries}`,
    subjectId: refundId,
    amountCents: refund.amountCents,
  })
}

/** The provider's answer; one to an earlier try is history. */
export function refundSettled(draft: Draft, event: Extract<OrderEvent, { type: 'refund_settled' }>): void {
  const refund = draft.state.refunds.find((entry) => entry.refundId === event.refundId)
  if (refund?.state !== 'due' || refund.tries !== event.tries) return
  refund.state = event.outcome
  draft.writes.push({ kind: 'record_refund', refund: { ...refund } })
  const { refundId, paymentId, amountCents } = refund
  draft.note({
    field: 'refund',
    oldValue: 'due',
    newValue: event.outcome,
    subjectId: refundId,
    amountCents,
  })
  if (event.outcome === 'failed') {
    raise(draft, 'refund_failed', refundId, { refundId, paymentId, amountCents, reason: event.detail })
  } else if (refund.tries > 1) {
    draft.writes.push({ kind: 'resolve_work_item', workItemKind: 'refund_failed', key: refundId })
  }
}

/** Why the money goes back that an event makes due. */
export function refundReason(before: OrderState, event: OrderEvent): RefundReason {
  switch (event.type) {
    case 'cancellation_decided':
      return 'cancelled'
    case 'shortage_settled':
    case 'presale_given_up':
    case 'presale_due':
      return 'short_picked'
    case 'parcel_news':
      return 'parcel_lost'
    case 'return_inspected':
      return 'returned'
    case 'change_settled':
      return 'changed'
    case 'payment_received':
      if (before.status === 'cancelled') return 'cancelled'
      return isFinal(before.status) ? 'paid_after_end' : 'overpaid'
    default:
      return 'paid_after_end'
  }
}
