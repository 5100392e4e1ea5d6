import type { CommandAnswer, OrderEvent, OrderState } from './order.ts'
import { dropChangeHold } from './order-change.ts'
import { answer, type Draft, moveTo, raise } from './order-draft.ts'
import { dueCents, isPaidInFull } from './order-money.ts'
import { isBeforeShipping } from './order-status.ts'

/**
 * Cancelling before shipping: requested → waiting, while another question about the same goods is under way →
 * deciding, by the order's rows in the database → granted or refused.
 */
export function requestCancellation(
  draft: Draft,
  event: Extract<OrderEvent, { type: 'cancel_requested' }>,
): void {
  const { state } = draft
  const { requestId, reason, operator, mayCancelPaid } = event
  const refuse = (code: Extract<CommandAnswer, { accepted: false }>['code'], detail: string) =>
    answer(draft, requestId, { accepted: false, code, detail })
  if (state.status === 'cancelled') return answer(draft, requestId, { accepted: true })
  if (state.cancellation && isPending(state)) {
    if (state.cancellation.requestId === requestId) return
    return refuse('cancellation-in-progress', 'another cancellation of this order is being decided')
  }
  if (!isBeforeShipping(state.status)) {
    const code = ['expired', 'completed', 'returned', 'lost'].includes(state.status)
      ? 'order-already-closed'
      : 'order-already-shipped'
    return refuse(code, `the order is ${state.status}; after shipping ask for a return instead`)
  }
  // Holds show a payment only while there are holds: after a short pick of everything the status must speak.
  if (
    !mayCancelPaid &&
    (state.status === 'paid' || (state.status === 'awaiting_stock' && isPaidInFull(state)))
  ) {
    return refuse('paid-cancellation-forbidden', 'the order has been paid')
  }
  // Whether the order is paid, packed or neither is decided by its rows in the database, in one transaction. The
  // note makes the request part of a version before that transaction, so that its effect is never without a cause.
  state.cancellation = { requestId, reason, operator, mayCancelPaid, state: 'waiting' }
  draft.note({ field: 'cancellation', newValue: `requested: ${reason}` })
}

/** One question at a time about the same goods: a cancellation waits until the others are answered. */
export function beginDeciding(state: OrderState): void {
  const asking =
    state.reservation === 'checking' ||
    state.shortages.some((entry) => entry.state === 'open') ||
    state.changeHold?.isAsked === true
  if (state.cancellation?.state === 'waiting' && !asking) state.cancellation.state = 'deciding'
}

/** Whether a cancellation of it is still to be decided. */
export function isPending(state: OrderState): boolean {
  return state.cancellation?.state === 'waiting' || state.cancellation?.state === 'deciding'
}

export function cancellationDecided(
  draft: Draft,
  event: Extract<OrderEvent, { type: 'cancellation_decided' }>,
): void {
  const { state } = draft
  if (state.cancellation?.state !== 'deciding') return
  if (event.refusal !== null) return refuse(draft, event.refusal)
  const amountBeforeCents = dueCents(state)
  if (event.change) state.cancellation.changeId = event.change.changeId
  grant(draft)
  if (event.change) recordCancellation(draft, { ...event.change, amountBeforeCents })
}

/** The order remembers it like any change that was made; nothing else is left to be done for it here. */
function recordCancellation(
  draft: Draft,
  change: { changeId: string; changeNumber: string; amountBeforeCents: number },
): void {
  const { changeId, changeNumber, amountBeforeCents } = change
  draft.state.changes.push({
    ...change,
    ...{ type: 'cancel', approvers: [], amountAfterCents: 0, allowanceCents: 0 },
  })
  draft.note({
    field: 'change',
    oldValue: String(amountBeforeCents),
    newValue: '0 cancel, approved by policy',
    source: 'authorised_change',
    subjectId: changeNumber,
    requestId: changeId,
    amountCents: amountBeforeCents,
  })
}

/**
 * The holds of an unpaid order are gone while somebody waits to cancel it: then it is cancelled, not expired, and
 * money under way goes back instead of bringing it to life. Staff does not get that for an order that is paid.
 */
export function cancelInsteadOfExpiry(draft: Draft): boolean {
  const { state } = draft
  if (state.cancellation?.state !== 'waiting') return false
  if (!isPaidInFull(state) || state.cancellation.mayCancelPaid) {
    grant(draft)
    return true
  }
  refuse(draft, { code: 'paid-cancellation-forbidden', detail: 'the order has been paid meanwhile' })
  return false
}

function grant(draft: Draft): void {
  const { state } = draft
  const { cancellation } = state
  if (!cancellation) return
  cancellation.state = 'granted'
  state.reservation = 'lapsed'
  for (const fulfilment of state.fulfilments)
    if (fulfilment.state === 'picking') fulfilment.state = 'withdrawn'
  // Nobody waits for replacements any more; asking for them would hold goods for a cancelled order.
  for (const shortage of state.shortages) shortage.state = 'settled'
  dropChangeHold(draft, 'the order has been cancelled')
  state.unopened = []
  state.isPickingPaused = false
  const { requestId, reason, operator } = cancellation
  draft.note({ field: 'cancellation', oldValue: 'requested', newValue: reason, operator, requestId })
  // It may have ended the same way by itself: every unit short and nowhere to be found.
  if (state.status !== 'cancelled') moveTo(draft, 'cancelled', operator)
  answer(draft, requestId, { accepted: true })
}

function refuse(draft: Draft, refusal: Omit<Extract<CommandAnswer, { accepted: false }>, 'accepted'>): void {
  const { cancellation } = draft.state
  if (!cancellation) return
  cancellation.state = 'refused'
  // The platform has closed the order already, whatever the warehouse did: a person must stop the parcel.
  if (cancellation.byChannel) {
    raise(draft, 'contradiction', `${draft.state.placed.orderId}/closed`, { reason: refusal.detail })
  }
  answer(draft, cancellation.requestId, { accepted: false, ...refusal })
}
