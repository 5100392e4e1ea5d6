import { assertNever } from './assert-never.ts'
import type {
  Allocation,
  CommandAnswer,
  Decision,
  Fulfilment,
  OrderEvent,
  OrderPlaced,
  OrderState,
  RefundReason,
} from './order.ts'
import { answer, type Draft, openDraft, raise } from './order-draft.ts'
import { isPaidInFull, refundsOwed } from './order-money.ts'
import {
  decideReturn,
  inspectReturn,
  openCourierReturn,
  receiveReturn,
  requestReturn,
} from './order-returns.ts'
import { type OrderStatus, PARCEL_TRANSITIONS, transition } from './order-state.ts'

/**
 * How many applied inbox ids an order remembers. An order sees a few dozen facts in its life; the bound only keeps
 * a hostile sender from growing the state, and the inbox's own unique key stands behind it.
 */
const SEEN_LIMIT = 1_000

/** The state that an order is born with: stock held, nothing paid. */
export function placeOrder(placed: OrderPlaced): OrderState {
  return {
    placed,
    version: 1,
    status: 'reserved',
    needsAttention: false,
    payments: [],
    refunds: [],
    fulfilments: [],
    parcels: [],
    shortages: [],
    returns: [],
    unfillable: {},
    reservation: 'held',
    reserveAgainTries: 0,
    deliveredAtMs: null,
    reservationExpiresAtMs: Date.parse(placed.reservationExpiresAt),
    cancellation: null,
    closesAtMs: null,
    closed: false,
    seen: [],
    answered: [],
  }
}

/**
 * Applies one event. Pure: the same state, event and time give the same decision. An event that makes no sense in
 * this state changes nothing but leaves a log line, and a work item where a person should look.
 */
export function decide(before: OrderState, event: OrderEvent, nowMs: number): Decision {
  const draft = openDraft(before, event, nowMs)
  if ('inboxId' in event) {
    if (before.seen.includes(event.inboxId)) return draft
    draft.state.seen = [...before.seen, event.inboxId].slice(-SEEN_LIMIT)
  }
  const repeated =
    'requestId' in event && before.answered.find((entry) => entry.requestId === event.requestId)
  if (repeated) return { ...draft, answers: [repeated] }
  applyEvent(draft, event)
  settle(draft, refundReason(before, event))
  const { state, log, writes, answers } = draft
  return { state, log, writes, answers }
}

function applyEvent(draft: Draft, event: OrderEvent): void {
  switch (event.type) {
    case 'payment_received':
      return receivePayment(draft, event)
    case 'fulfilment_packed':
      return packFulfilment(draft, event)
    case 'fulfilment_short':
      return shortFulfilment(draft, event)
    case 'refund_retry_requested':
      return retryRefund(draft, event.refundId)
    case 'attention_cleared':
      draft.state.needsAttention = false
      return draft.note({ field: 'attention', oldValue: 'needed', newValue: 'cleared' })
    case 'unknown_fact':
      draft.note({ field: 'message', newValue: event.factType })
      return raise(draft, 'unknown_message', String(event.inboxId), { messageType: event.factType })
    case 'cancel_requested':
      return requestCancellation(draft, event)
    case 'return_requested':
      return requestReturn(draft, event)
    case 'return_decided':
      return decideReturn(draft, event)
    case 'return_received':
      return receiveReturn(draft, event)
    case 'return_inspected':
      return inspectReturn(draft, event)
    case 'deadline_reached':
      return reachDeadline(draft)
    case 'reservation_checked':
      return reservationChecked(draft, event)
    case 'reserved_again':
      return reservedAgain(draft, event.allocations)
    case 'cancellation_decided':
      return cancellationDecided(draft, event)
    case 'shortage_settled':
      return shortageSettled(draft, event)
    case 'refund_settled':
      return refundSettled(draft, event)
    case 'parcel_news':
      return parcelNews(draft, event)
    case 'tracking_gave_up':
      return raise(draft, 'tracking_stopped', event.parcelId, {
        parcelId: event.parcelId,
        reason: event.detail,
      })
    default:
      return assertNever(event)
  }
}

function receivePayment(draft: Draft, event: Extract<OrderEvent, { type: 'payment_received' }>): void {
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
  state.payments.push({ paymentId, amountCents, paidAt })
  draft.note({ field: 'payment', newValue: `${paymentId} ${amountCents}` })
  if (event.holdsConfirmed && state.reservation !== 'lapsed') state.reservation = 'confirmed'
  const undecided = state.status === 'reserved' || state.status === 'expired'
  if (!undecided || !isPaidInFull(state)) return
  // The database has the last word on whether the goods are still held: confirmed by the payment route, to be
  // asked for (a timer's question may be under way), or gone.
  if (state.reservation === 'held') state.reservation = 'checking'
  else if (state.reservation === 'lapsed') tryToReserveAgain(state)
}

function reachDeadline(draft: Draft): void {
  const { state } = draft
  if (state.status === 'reserved' && state.reservation === 'held') {
    state.reservation = 'checking'
    return
  }
  if (state.closesAtMs === null || draft.nowMs < state.closesAtMs) return
  if (state.status === 'delivered') moveTo(draft, 'completed')
}

function isReturnOver(returnState: string): boolean {
  return returnState === 'rejected' || returnState === 'settled'
}

function reservationChecked(draft: Draft, event: Extract<OrderEvent, { type: 'reservation_checked' }>): void {
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
      moveTo(draft, 'expired')
      state.reservation = 'lapsed'
      if (isPaidInFull(state)) tryToReserveAgain(state)
      return
    default:
      assertNever(event.answer)
  }
}

function tryToReserveAgain(state: OrderState): void {
  state.reservation = 'reserving_again'
  state.reserveAgainTries += 1
}

function reservedAgain(draft: Draft, allocations: Allocation[] | null): void {
  const { state } = draft
  if (state.reservation !== 'reserving_again') return
  if (allocations === null) {
    state.reservation = 'lapsed'
    draft.note({ field: 'reservation', oldValue: 'expired', newValue: 'no stock left' })
    return
  }
  state.placed.allocations = allocations
  state.reservation = 'confirmed'
  draft.note({ field: 'reservation', oldValue: 'expired', newValue: 'reserved again' })
}

function requestCancellation(draft: Draft, event: Extract<OrderEvent, { type: 'cancel_requested' }>): void {
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

function isPending(state: OrderState): boolean {
  return state.cancellation?.state === 'waiting' || state.cancellation?.state === 'deciding'
}

function cancellationDecided(
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

function packFulfilment(draft: Draft, event: Extract<OrderEvent, { type: 'fulfilment_packed' }>): void {
  const { state } = draft
  const fulfilment = state.fulfilments.find((entry) => entry.fulfilmentId === event.fulfilmentId)
  if (fulfilment?.state !== 'picking') {
    const stands = fulfilment?.state ?? 'unknown'
    draft.note({ field: 'fulfilment', oldValue: stands, newValue: 'packed (ignored)' })
    if (stands !== 'packed') {
      raise(draft, 'contradiction', `${event.fulfilmentId}/packed`, {
        fulfilmentId: event.fulfilmentId,
        stands,
      })
    }
    return
  }
  fulfilment.state = 'packed'
  const parcel = {
    parcelId: `${fulfilment.fulfilmentId}-P1`,
    fulfilmentId: fulfilment.fulfilmentId,
    courier: event.courier,
    waybillNumber: event.waybillNumber,
    state: 'shipped' as const,
  }
  state.parcels.push(parcel)
  draft.note({ field: 'waybill', newValue: `${event.courier} ${event.waybillNumber}` })
}

function shortFulfilment(draft: Draft, event: Extract<OrderEvent, { type: 'fulfilment_short' }>): void {
  const { state } = draft
  const fulfilment = state.fulfilments.find((entry) => entry.fulfilmentId === event.fulfilmentId)
  if (!fulfilment) {
    return raise(draft, 'contradiction', `${event.fulfilmentId}/short`, { fulfilmentId: event.fulfilmentId })
  }
  const lines: Fulfilment['lines'] = []
  for (const line of fulfilment.lines) {
    const missing = event.lines.find((entry) => entry.lineNumber === line.lineNumber)?.quantity ?? 0
    const quantity = line.quantity - Math.min(missing, line.quantity)
    if (quantity > 0) lines.push({ ...line, quantity })
  }
  fulfilment.lines = lines
  if (event.taskClosed || lines.length === 0) fulfilment.state = 'void'
  state.shortages.push({
    shortageId: event.eventId,
    fulfilmentId: fulfilment.fulfilmentId,
    lines: event.lines,
    state: 'open',
  })
  const missing = event.lines.map((line) => `${line.skuId} ×${line.quantity}`).join(', ')
  draft.note({ field: 'short_pick', newValue: `${fulfilment.warehouseId}: ${missing}` })
  raise(draft, 'short_pick', event.eventId, { warehouseId: fulfilment.warehouseId, missing })
}

function shortageSettled(draft: Draft, event: Extract<OrderEvent, { type: 'shortage_settled' }>): void {
  const { state } = draft
  const shortage = state.shortages.find((entry) => entry.shortageId === event.shortageId)
  if (shortage?.state !== 'open') return
  shortage.state = 'settled'
  for (const line of shortage.lines) {
    const found = event.allocations
      .filter((entry) => entry.lineNumber === line.lineNumber)
      .reduce((sum, entry) => sum + entry.quantity, 0)
    const missing = line.quantity - found
    if (missing <= 0) continue
    state.unfillable[line.lineNumber] = (state.unfillable[line.lineNumber] ?? 0) + missing
    draft.note({ field: 'unfillable', newValue: `${line.skuId} ×${missing}` })
  }
  if (state.cancellation?.state !== 'granted') openFulfilments(draft, event.allocations)
  if (
    state.cancellation?.state === 'waiting' &&
    state.shortages.every((entry) => entry.state === 'settled')
  ) {
    state.cancellation.state = 'deciding'
  }
}

/** One fulfilment, and one pick task, for each warehouse in the allocations. */
function openFulfilments(draft: Draft, allocations: Allocation[]): void {
  const { state } = draft
  for (const warehouseId of new Set(allocations.map((entry) => entry.warehouseId))) {
    const fulfilment: Fulfilment = {
      fulfilmentId: `${state.placed.orderId}-F${state.fulfilments.length + 1}`,
      warehouseId,
      lines: allocations
        .filter((entry) => entry.warehouseId === warehouseId)
        .map(({ lineNumber, skuId, quantity }) => ({ lineNumber, skuId, quantity })),
      state: 'picking',
    }
    state.fulfilments.push(fulfilment)
    draft.writes.push({ kind: 'create_pick_task', fulfilment })
    draft.note({ field: 'pick_task', newValue: `${fulfilment.fulfilmentId} at ${warehouseId}` })
  }
}

function retryRefund(draft: Draft, refundId: string): void {
  const refund = draft.state.refunds.find((entry) => entry.refundId === refundId)
  if (refund?.state !== 'failed') return
  refund.state = 'due'
  refund.tries += 1
  draft.note({ field: 'refund', oldValue: 'failed', newValue: `due, try ${refund.tries}` })
}

function refundSettled(draft: Draft, event: Extract<OrderEvent, { type: 'refund_settled' }>): void {
  const refund = draft.state.refunds.find((entry) => entry.refundId === event.refundId)
  if (refund?.state !== 'due' || refund.tries !== event.tries) return
  refund.state = event.outcome
  draft.writes.push({ kind: 'record_refund', refund: { ...refund } })
  draft.note({ field: 'refund', oldValue: 'due', newValue: `${event.outcome} ${refund.amountCents}` })
  const { refundId, paymentId, amountCents } = refund
  if (event.outcome === 'failed') {
    raise(draft, 'refund_failed', refundId, { refundId, paymentId, amountCents, reason: event.detail })
  } else if (refund.tries > 1) {
    draft.writes.push({ kind: 'resolve_work_item', workItemKind: 'refund_failed', key: refundId })
  }
}

function parcelNews(draft: Draft, event: Extract<OrderEvent, { type: 'parcel_news' }>): void {
  const { state } = draft
  const parcel = state.parcels.find((entry) => entry.parcelId === event.parcelId)
  if (!parcel || parcel.state === event.state) return
  if (!PARCEL_TRANSITIONS[parcel.state].includes(event.state)) {
    draft.note({ field: 'parcel', oldValue: parcel.state, newValue: `${event.state} (ignored)` })
    return raise(draft, 'contradiction', `${parcel.parcelId}/${event.state}`, {
      parcelId: parcel.parcelId,
      stands: parcel.state,
      reported: event.state,
    })
  }
  draft.note({ field: 'parcel', oldValue: parcel.state, newValue: event.state })
  parcel.state = event.state
  const detail = { parcelId: parcel.parcelId, courier: parcel.courier, waybillNumber: parcel.waybillNumber }
  if (event.state === 'lost') raise(draft, 'parcel_lost', parcel.parcelId, detail)
  if (event.state === 'returned') {
    raise(draft, 'parcel_returned', parcel.parcelId, detail)
    openCourierReturn(draft, parcel)
  }
}

/** What every event ends with: the status that now holds, the refunds that are now owed, and the time to close. */
function settle(draft: Draft, reason: RefundReason): void {
  const { state } = draft
  const paidNow =
    (state.status === 'reserved' || state.status === 'expired') &&
    state.reservation === 'confirmed' &&
    isPaidInFull(state) &&
    // While a cancellation is being decided the goods may be gone by the time the answer is here.
    !isPending(state)
  if (paidNow) {
    state.closesAtMs = null
    moveTo(draft, 'paid')
    openFulfilments(draft, state.placed.allocations)
  } else {
    const next = fulfilmentStatus(state)
    if (next !== state.status) moveTo(draft, next)
  }
  for (const refund of refundsOwed(state, reason)) {
    state.refunds.push(refund)
    draft.writes.push({ kind: 'record_refund', refund })
    draft.note({
      field: 'refund',
      newValue: `due ${refund.amountCents} of ${refund.paymentId} (${refund.reason})`,
    })
  }
  scheduleClosing(draft)
}

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

function moveTo(draft: Draft, to: OrderStatus, operator?: string): void {
  const { state } = draft
  const move = transition(state.status, to)
  // The table is checked by property tests against every reachable state; a miss is a bug of this folder.
  if (!move.ok) throw new Error(move.reason)
  draft.note({ field: 'status', oldValue: state.status, newValue: to, ...(operator ? { operator } : {}) })
  state.status = to
}

/** Opens the window after which the order closes, or closes it when nothing is left to wait for. */
function scheduleClosing(draft: Draft): void {
  const { state } = draft
  const { deadlines } = state.placed
  if (state.status === 'delivered') {
    // The window runs from the first full delivery: a rejected return does not start it again.
    state.deliveredAtMs ??= draft.nowMs
    state.closesAtMs = state.deliveredAtMs + deadlines.afterSalesWindowSeconds * 1000
  } else if (state.status === 'expired' || state.status === 'cancelled') {
    state.closesAtMs ??= draft.nowMs + deadlines.latePaymentWindowSeconds * 1000
  } else state.closesAtMs = null
  const open =
    state.refunds.some((refund) => refund.state !== 'done') ||
    state.reservation === 'reserving_again' ||
    state.reservation === 'checking' ||
    isPending(state)
  const over =
    ['completed', 'returned', 'lost'].includes(state.status) ||
    (state.status !== 'delivered' && state.closesAtMs !== null && draft.nowMs >= state.closesAtMs)
  state.closed = over && !open
}

function refundReason(before: OrderState, event: OrderEvent): RefundReason {
  switch (event.type) {
    case 'cancellation_decided':
      return 'cancelled'
    case 'shortage_settled':
      return 'short_picked'
    case 'parcel_news':
      return 'parcel_lost'
    case 'return_inspected':
      return 'returned'
    case 'payment_received':
      if (before.status === 'cancelled') return 'cancelled'
      return ['reserved', 'paid'].includes(before.status) ? 'overpaid' : 'paid_after_end'
    default:
      return 'paid_after_end'
  }
}
