import type { OrderLine, OrderReturn, OrderState, Parcel, Refund, RefundReason } from './order.ts'

/** Σ of what the customer has paid, in cents. */
export function paidCents(state: OrderState): number {
  return state.payments.reduce((sum, payment) => sum + payment.amountCents, 0)
}

/** Σ of what went back or is on its way back, in cents. */
export function refundedCents(state: OrderState): number {
  return state.refunds.reduce((sum, refund) => sum + refund.amountCents, 0)
}

/** The lines that have units; a change that removes a line leaves it with none. */
export function orderedLines({ lines }: { lines: readonly OrderLine[] }): OrderLine[] {
  return lines.filter((line) => line.quantity > 0)
}

/** Whether the money that the merchant still holds covers what the order costs, or need not be there before the goods are. */
export function isPaidInFull(state: OrderState): boolean {
  if (state.payments.some((payment) => payment.onDelivery)) return true
  return paidCents(state) - refundedCents(state) >= state.placed.amountCents
}

/** Σ of what was given back for goods that stay sold, in cents. */
function allowanceCents(state: OrderState): number {
  return state.changes.reduce((sum, change) => sum + change.allowanceCents, 0)
}

/** What the order costs as it stands, in cents: its price until it is paid, then what the merchant may keep of it. */
export function dueCents(state: OrderState): number {
  const unpaid = ['reserved', 'awaiting_stock', 'expired'].includes(state.status)
  return unpaid ? state.placed.amountCents : keptCents(state)
}

/** What the customer still has to pay, in cents: the rest of an unpaid order, or a supplement after a change. */
export function stillToPayCents(state: OrderState): number {
  return Math.max(0, dueCents(state) - (paidCents(state) - refundedCents(state)))
}

/**
 * The same at a price that was asked before a change made it higher: the holds may have been confirmed at that one, and
 * the rest is a supplement then.
 */
export function isPaidAsAsked(state: OrderState): boolean {
  const asked = state.changes.map((change) => change.amountBeforeCents)
  if (isPaidInFull(state)) return true
  return paidCents(state) - refundedCents(state) >= Math.min(state.placed.amountCents, ...asked)
}

/** What a customer who has paid owes on top, in cents, because a change made the order dearer. */
export function supplementCents(state: OrderState): number {
  const isUnpaid = ['reserved', 'awaiting_stock', 'expired', 'cancelled'].includes(state.status)
  // What the buyer pays the courier is not asked for before.
  const isOnDelivery = state.payments.some((payment) => payment.onDelivery)
  return isUnpaid || isOnDelivery || state.changes.length === 0 ? 0 : stillToPayCents(state)
}

/** Units of a line that the customer sent back and the warehouse accepted. */
function returnedQuantity(state: OrderState, lineNumber: number): number {
  return sumLine(
    state.returns
      .filter((entry) => entry.state === 'settled' && !isCourierReturn(state, entry))
      .flatMap((entry) =>
        entry.inspected.map((line) => ({
          lineNumber: line.lineNumber,
          quantity: line.restocked + line.writtenOff,
        })),
      ),
    lineNumber,
  )
}

/** Units of a line that never reached the customer: in a parcel that was lost, or that is back in the warehouse. */
function undeliveredQuantity(state: OrderState, lineNumber: number): number {
  return sumLine(
    state.fulfilments
      .filter((entry) => isUndelivered(state, entry.fulfilmentId))
      .flatMap((entry) => entry.lines),
    lineNumber,
  )
}

/**
 * Whether a parcel ended without its customer. All its units are refunded then, whatever an inspection of a returned
 * one still found in it.
 */
export function isUndelivered(state: OrderState, fulfilmentId: string): boolean {
  const parcel = state.parcels.find((entry) => entry.fulfilmentId === fulfilmentId)
  if (parcel?.state !== 'returned' && parcel?.state !== 'refused') return parcel?.state === 'lost'
  return state.returns.some(
    (entry) => entry.returnId === courierReturnId(parcel) && entry.state === 'settled',
  )
}

/** The return that a courier begins by bringing a parcel back; its id says so, its reason is only a text. */
export function courierReturnId(parcel: Parcel): string {
  return `${parcel.parcelId}-RETURN`
}

/** The return that this parcel began, if it did. */
export function courierReturnOf(state: OrderState, parcel: Parcel): OrderReturn | undefined {
  return state.returns.find((entry) => entry.returnId === courierReturnId(parcel))
}

/** Whether the courier, not the customer, began a return. */
export function isCourierReturn(state: OrderState, entry: OrderReturn): boolean {
  return state.parcels.some((parcel) => courierReturnId(parcel) === entry.returnId)
}

/** Units of a line that the customer has, or will get. */
export function keptQuantity(state: OrderState, line: OrderLine): number {
  const { lineNumber, quantity } = line
  const unfillable = state.unfillable[lineNumber] ?? 0
  return quantity - unfillable - undeliveredQuantity(state, lineNumber) - returnedQuantity(state, lineNumber)
}

/**
 * What the merchant may keep, in cents: nothing of an order that ended before shipping, otherwise the units that
 * the customer has (or will get), and the freight unless nothing was ever sent or everything was lost, less what it
 * was agreed to give back.
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
    case 'awaiting_stock':
      // An instalment is kept until the time is over; only what exceeds the price goes back at once.
      return Math.min(paidCents(state), state.placed.amountCents)
    default:
  }
  let keptUnits = 0
  let goodsCents = 0
  for (const line of state.placed.lines) {
    const kept = keptQuantity(state, line)
    keptUnits += kept
    goodsCents += kept * line.unitPriceCents
  }
  const nothingEverArrived = keptUnits === 0 && state.returns.every((entry) => entry.state !== 'settled')
  const grossCents = goodsCents + (nothingEverArrived ? 0 : state.placed.freightCents)
  // What was given back for goods that stayed sold stays given, whatever comes back of them later.
  return Math.max(0, grossCents - allowanceCents(state))
}

/**
 * The refunds that bring the money kept down to what is due, newest payment first, each naming the payment that it
 * returns. Never more than a payment brought in; empty when nothing is owed. The id follows from the event that caused
 * it, so that it is the same in whatever order events are applied.
 */
export function refundsOwed(state: OrderState, reason: RefundReason, cause: string): Refund[] {
  let owed = paidCents(state) - refundedCents(state) - keptCents(state)
  const refunds: Refund[] = []
  for (const payment of state.payments.toReversed()) {
    if (owed <= 0) break
    const alreadyReturned = state.refunds
      .filter((refund) => refund.paymentId === payment.paymentId)
      .reduce((sum, refund) => sum + refund.amountCents, 0)
    const amountCents = Math.min(owed, payment.amountCents - alreadyReturned)
    if (amountCents <= 0) continue
    refunds.push({
      refundId: `${state.placed.orderId}-R-${cause.replaceAll('/', '-')}-${refunds.length + 1}`,
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
