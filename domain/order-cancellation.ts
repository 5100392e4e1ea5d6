import type { CommandAnswer, OrderEvent, OrderState } from './order.ts'
import { answer, type Draft, moveTo } from './order-draft.ts'

export function requestCancellation(
  draft: Draft,
  event: Extract<OrderEvent, { type: 'cancel_requested' }>,
): void {
  const { state } = draft
  const { requestId, reason, operator } = event
  const refuse = (code: Extract<CommandAnswer, { accepted: false }>['code'], detail: string) =>
    answer(draft, requestId, { accepted: false, code, detail })
  if (state.status === 'cancelled') return answer(draft, requestId, { accepted: true })
  if (state.cancellation && isPending(state)) {
    if (state.cancellation.requestId === requestId) return
    return refuse('cancellation-in-progress', 'another cancellation of this order is being decided')
  }
  if (state.status !== 'reserved' && state.status !== 'paid') {
    const code = ['expired', 'completed', 'returned', 'lost'].includes(state.status)
      ? 'order-already-closed'
      : 'order-already-shipped'
    return refuse(code, `the order is ${state.status}; after shipping ask for a return instead`)
  }
  // Whether the order is paid, packed or neither is decided by its rows in the database, in one transaction.
  const { mayCancelPaid } = event
  const shortageOpen = state.shortages.some((entry) => entry.state === 'open')
  state.cancellation = {
    requestId,
    reason,
    operator,
    mayCancelPaid,
    state: shortageOpen ? 'waiting' : 'deciding',
  }
}

export function isPending(state: OrderState): boolean {
  return state.cancellation?.state === 'waiting' || state.cancellation?.state === 'deciding'
}

export function cancellationDecided(
  draft: Draft,
  event: Extract<OrderEvent, { type: 'cancellation_decided' }>,
): void {
  const { state } = draft
  const { cancellation } = state
  if (cancellation?.state !== 'deciding') return
  const endedMeanwhile = state.status !== 'reserved' && state.status !== 'paid'
  if (event.refusal !== null || endedMeanwhile) {
    cancellation.state = 'refused'
    const refusal = event.refusal ?? {
      code: 'order-already-closed' as const,
      detail: `the order is ${state.status}`,
    }
    return answer(draft, cancellation.requestId, { accepted: false, ...refusal })
  }
  cancellation.state = 'granted'
  state.reservation = 'lapsed'
  for (const fulfilment of state.fulfilments)
    if (fulfilment.state === 'picking') fulfilment.state = 'withdrawn'
  draft.note({ field: 'cancellation', newValue: cancellation.reason, operator: cancellation.operator })
  moveTo(draft, 'cancelled', cancellation.operator)
  answer(draft, cancellation.requestId, { accepted: true })
}
