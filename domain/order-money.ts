import type { OrderState, Refund, RefundReason } from './order.ts'

/** Σ of what the customer has paid, in cents. */
export function paidCents(state: OrderState): number {
  return state.payments.reduce((sum, payment) => sum + payment.amountCents, 0)
}

/** Σ of what went back or is on its way back, in cents. */
export function refundedCents(state: OrderState): number {
  return state.refunds.reduce((sum, refund) => sum + refund.amountCents, 0)
}

/** Whether the money that the merchant still holds covers what the order costs. */
export function isPaidInFull(state: OrderState): boolean {
  return paidCents(state) - refundedCents(state) >= state.placed.amountCents
}

/** Units of a line that came back and were accepted by the warehouse. */
export function returnedQuantity(state: OrderState, lineNumber: number): number {
  return sumLine(
    state.returns
      .filter((entry) => entry.state === 'settled')
      .flatMap((entry) =>
        entry.inspected.map((line) => ({
          lineNumber: line.lineNumber,
          quantity: line.restocked + line.writtenOff,
        })),
      ),
    lineNumber,
  )
}

/** Units of a line that were in a parcel which the courier lost. */
export function lostQuantity(state: OrderState, lineNumber: number): number {
  const lost = new Set(
    state.parcels.filter((parcel) => parcel.state === 'lost').map((parcel) => parcel.fulfilmentId),
  )
  return sumLine(
    state.fulfilments.filter((entry) => lost.has(entry.fulfilmentId)).flatMap((entry) => entry.lines),
    lineNumber,
  )
}

/**
 * What the merchant may keep, in cents: nothing of an order that ended before shipping, otherwise the units that
 * the customer has (or will get), and the freight unless nothing was ever sent or everything was lost.
 */
export function keptCents(state: OrderState): number {
  switch (state.status) {
    case 'expired':
      // Money that came after the end waits while the hub tries to reserve again.
      return state.reservation === 'reserving_again' || state.reservation === 'confirmed'
        ? state.placed.amountCents
        : 0
    case 'cancelled':
      return 0
    case 'reserved':
      // An instalment is kept until the time is over; only what exceeds the price goes back at once.
      return Math.min(paidCents(state), state.placed.amountCents)
    default:
  }
  let keptUnits = 0
  let goodsCents = 0
  for (const line of state.placed.lines) {
    const gone =
      (state.unfillable[line.lineNumber] ?? 0) +
      lostQuantity(state, line.lineNumber) +
      returnedQuantity(state, line.lineNumber)
    keptUnits += line.quantity - gone
    goodsCents += (line.quantity - gone) * line.unitPriceCents
  }
  const nothingEverArrived = keptUnits === 0 && state.returns.every((entry) => entry.state !== 'settled')
  return goodsCents + (nothingEverArrived ? 0 : state.placed.freightCents)
}

/**
 * The refunds that bring the money kept down to what is due, newest payment first, each naming the payment that it
 * returns. Never more than a payment brought in; empty when nothing is owed.
 */
export function refundsOwed(state: OrderState, reason: RefundReason): Refund[] {
  let owed = paidCents(state) - refundedCents(state) - keptCents(state)
  const refunds: Refund[] = []
  for (const payment of state.payments.toReversed()) {
    if (owed <= 0) break
    const alreadyReturned = state.refunds
      .filter((refund) => refund.paymentId === payment.paymentId)
      .reduce((sum, refund) => sum + refund.amountCents, 0)
    const amountCents = Math.min(owed, payment.amountCents - alreadyReturned)
    if (amountCents <= 0) continue
    const number = state.refunds.length + refunds.length + 1
    refunds.push({
      refundId: `${state.placed.orderId}-R${number}`,
      paymentId: payment.paymentId,
      amountCents,
      reason,
      state: 'due',
      tries: 1,
    })
    owed -= amountCents
  }
  return refunds
}

function sumLine(lines: { lineNumber: number; quantity: number }[], lineNumber: number): number {
  return lines.reduce((sum, line) => (line.lineNumber === lineNumber ? sum + line.quantity : sum), 0)
}
