import { assertNever } from './assert-never.ts'
import type { Allocation, OrderEvent, OrderState } from './order.ts'
import { cancelInsteadOfExpiry } from './order-cancellation.ts'
import { dropChangeHold } from './order-change.ts'
import { awaitStock } from './order-channel.ts'
import { type Draft, moveTo } from './order-draft.ts'
import { isPaidInFull } from './order-money.ts'
import type { OrderPresale } from './presale.ts'

/** The database's answer to the question whether the holds still stand. */
export function reservationChecked(
  draft: Draft,
  event: Extract<OrderEvent, { type: 'reservation_checked' }>,
): void {
  const { state } = draft
  if (state.reservation !== 'checking') return
  switch (event.answer) {
    case 'confirmed':
      // Paid in time by the database's clock; the payment itself is in the inbox and on its way here.
      state.reservation = 'confirmed'
      return
    case 'held':
      // The database's clock is behind this worker's: ask again when its time has really come.
      state.reservation = 'held'
      state.reservationExpiresAtMs = draft.nowMs + event.remainingMs
      return
    case 'expired':
      draft.note({ field: 'reservation', oldValue: 'held', newValue: 'expired' })
      state.reservation = 'lapsed'
      if (cancelInsteadOfExpiry(draft)) return
      moveTo(draft, 'expired')
      dropChangeHold(draft, 'the time to pay is over')
      if (isPaidInFull(state)) tryToReserveAgain(state)
      return
    default:
      assertNever(event.answer)
  }
}

/** The customer has paid and the holds are gone: ask for the goods once more. */
export function tryToReserveAgain(state: OrderState): void {
  state.reservation = 'reserving_again'
  state.reserveAgainTries += 1
}

/** The goods are secured a second time, or nothing is left of them and the money goes back. */
export function reservedAgain(
  draft: Draft,
  { allocations, presale }: { allocations: Allocation[] | null; presale?: OrderPresale | undefined },
): void {
  const { state } = draft
  if (state.reservation !== 'reserving_again') return
  if (allocations === null) {
    draft.note({ field: 'reservation', oldValue: 'expired', newValue: 'no stock left' })
    // The money is with the platform, which has promised the goods: it is not ours to give back.
    if (state.placed.platform) awaitStock(draft)
    else state.reservation = 'lapsed'
    return
  }
  state.placed.allocations = allocations
  if (presale) state.placed.presale = presale
  else delete state.placed.presale
  state.reservation = 'confirmed'
  draft.note({ field: 'reservation', oldValue: 'expired', newValue: 'reserved again' })
}
