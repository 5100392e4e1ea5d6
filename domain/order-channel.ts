import type { OrderEvent } from './order.ts'
import { requestCancellation } from './order-cancellation.ts'
import { type Draft, moveTo, raise } from './order-draft.ts'
import { hasEnded, isBeforeShipping } from './order-status.ts'

/** A platform's order whose goods are gone waits for stock instead of ending. */
export function awaitStock(draft: Draft): void {
  draft.state.reservation = 'awaiting'
  draft.state.placed.allocations = []
  moveTo(draft, 'awaiting_stock')
}

/** Stock came and was given to this order; units that a person gave up are no longer owed. */
export function stockGranted(draft: Draft, event: Extract<OrderEvent, { type: 'stock_granted' }>): void {
  const { state } = draft
  if (state.status !== 'awaiting_stock' || state.reservation !== 'awaiting') {
    // The holds of a grant that nobody wants any more are given back by whatever ended the order in the database.
    return draft.note({ field: 'reservation', oldValue: state.reservation, newValue: 'granted (ignored)' })
  }
  state.placed.allocations = event.allocations
  state.reservation = event.confirmed ? 'confirmed' : 'held'
  state.reservationExpiresAtMs = Date.parse(event.expiresAt)
  for (const { lineNumber, quantity } of event.givenUp) {
    state.unfillable[lineNumber] = (state.unfillable[lineNumber] ?? 0) + quantity
    draft.note({ field: 'unfillable', newValue: `line ${lineNumber} ×${quantity}` })
  }
  draft.note({ field: 'reservation', oldValue: 'awaiting stock', newValue: 'granted' })
  moveTo(draft, 'reserved')
}

/**
 * The platform has closed the order, before or after the money. What has not left yet is stopped here too, if the
 * warehouse was not faster; what has left contradicts the platform, and a person must see it.
 */
export function channelClosed(draft: Draft, event: Extract<OrderEvent, { type: 'channel_closed' }>): void {
  const { state } = draft
  // Whoever closed it, the platform has given the money back.
  settleRefunds(draft)
  if (hasEnded(state.status)) {
    return draft.note({ field: 'channel', newValue: `closed: ${event.reason}` })
  }
  if (!isBeforeShipping(state.status)) {
    draft.note({ field: 'channel', oldValue: state.status, newValue: `closed (ignored): ${event.reason}` })
    return raise(draft, 'contradiction', `${state.placed.orderId}/closed`, {
      reason: event.reason,
      stands: state.status,
    })
  }
  const { reason, operator, inboxId } = event
  requestCancellation(draft, {
    type: 'cancel_requested',
    requestId: `inbox/${inboxId}`,
    reason,
    operator,
    mayCancelPaid: true,
  })
  const { cancellation } = state
  if (cancellation?.requestId === `inbox/${inboxId}`) cancellation.byChannel = true
}

function settleRefunds(draft: Draft): void {
  for (const refund of draft.state.refunds.filter((entry) => entry.state !== 'done')) {
    draft.note({
      field: 'refund',
      oldValue: refund.state,
      newValue: `done ${refund.amountCents} by the platform`,
    })
    refund.state = 'done'
    draft.writes.push(
      { kind: 'record_refund', refund: { ...refund } },
      { kind: 'resolve_work_item', workItemKind: 'refund_failed', key: refund.refundId },
    )
  }
}
