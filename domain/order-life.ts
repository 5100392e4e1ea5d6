import { assertNever } from './assert-never.ts'
import type { Decision, EventRecord, OrderEvent, OrderPlaced, OrderState, RefundReason } from './order.ts'
import { beginDeciding, cancellationDecided, isPending, requestCancellation } from './order-cancellation.ts'
import {
  changeBehind,
  changeHoldDecided,
  changePrepared,
  changeSettled,
  commitChange,
  endOverdueHold,
  prepareChange,
  putChangeQuestion,
  releaseChangeHold,
  requestChangeHold,
} from './order-change.ts'
import { channelClosed, stockGranted } from './order-channel.ts'
import { checkReleased, endCheck, orderChecked, requireCheck } from './order-check.ts'
import { type Draft, moveTo, openDraft, raise } from './order-draft.ts'
import { timelyFact } from './order-early.ts'
import { eventKey } from './order-event-key.ts'
import {
  openFulfilments,
  packFulfilment,
  parcelNews,
  parcelSilent,
  resumePicking,
  shortageSettled,
  shortFulfilment,
} from './order-fulfilment.ts'
import { isPaidAsAsked, refundsOwed } from './order-money.ts'
import { receivePayment, refundReason, refundSettled, retryRefund } from './order-payments.ts'
import { openPresale, presaleArrived, presaleGivenUp } from './order-presale.ts'
import { reservationChecked, reservedAgain } from './order-reservation.ts'
import { decideReturn, inspectReturn, receiveReturn, requestReturn } from './order-returns.ts'
import { fulfilmentStatus } from './order-status.ts'
import { waitsForPresale } from './presale.ts'

/**
 * How many applied inbox ids an order remembers. An order sees a few dozen facts in its life; the bound only keeps
 * a hostile sender from growing the state, and the inbox's own unique key stands behind it.
 */
const SEEN_LIMIT = 1_000

/** The state that an order is born with: stock held or waited for, nothing paid. */
export function placeOrder(placed: OrderPlaced): OrderState {
  return {
    placed,
    version: 1,
    eventCount: 0,
    status: placed.awaitsStock ? 'awaiting_stock' : 'reserved',
    needsAttention: false,
    payments: [],
    refunds: [],
    fulfilments: [],
    parcels: [],
    shortages: [],
    returns: [],
    unfillable: {},
    reservation: placed.awaitsStock ? 'awaiting' : 'held',
    reserveAgainTries: 0,
    presaleArrivals: [],
    presaleGivenUp: [],
    presaleOpened: [],
    deliveredAtMs: null,
    reservationExpiresAtMs: Date.parse(placed.reservationExpiresAt),
    cancellation: null,
    changes: [],
    changeHold: null,
    changeHoldCount: 0,
    check: null,
    isPickingPaused: false,
    unopened: [],
    closesAtMs: null,
    closed: false,
    early: [],
    seen: [],
    answered: [],
  }
}

/** A carried or stored state, with the beginnings of whatever an older version did not know yet. */
export function restoreOrder(state: OrderState): OrderState {
  return { ...placeOrder(state.placed), ...state }
}

/**
 * Applies one event. Pure: the same state, event and time give the same decision. An event that makes no sense in
 * this state changes nothing but leaves a log line, and a work item where a person should look.
 */
export function decide(before: OrderState, event: OrderEvent, nowMs: number): Decision {
  const draft = openDraft(before, event, nowMs)
  if ('inboxId' in event) {
    if (before.seen.includes(event.inboxId)) return { state: before, records: [], answers: [] }
    draft.state.seen = [...before.seen, event.inboxId].slice(-SEEN_LIMIT)
  }
  const repeated =
    'requestId' in event && before.answered.find((entry) => entry.requestId === event.requestId)
  if (repeated) return { state: draft.state, records: [], answers: [repeated] }
  draft.state.eventCount += 1
  const records = [apply(draft, before, event)]
  let { state } = draft
  for (let fact = timelyFact(state); fact; fact = timelyFact(state)) {
    const known = { ...state, early: state.early.filter((entry) => entry !== fact) }
    const own = openDraft(known, fact, nowMs)
    records.push(apply(own, known, fact))
    state = own.state
  }
  const told = records.filter(({ log, writes }) => log.length + writes.length > 0)
  return { state, records: told, answers: draft.answers }
}

/**
 * Applies an event to the draft. A fact that is only kept for later goes by another name: by its own it is applied once,
 * whether a worker that died has applied it in time or its successor has to keep it first.
 */
function apply(draft: Draft, before: OrderState, event: OrderEvent): EventRecord {
  const key = eventKey(before, event)
  applyEvent(draft, event)
  settle(draft, refundReason(before, event), key)
  const { log, writes, state } = draft
  const isKept = 'inboxId' in event && state.early.some(({ inboxId }) => inboxId === event.inboxId)
  return { key: isKept ? `${key}/early` : key, log, writes }
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
    case 'stock_granted':
      return stockGranted(draft, event)
    case 'channel_closed':
      return channelClosed(draft, event)
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
    case 'change_hold_requested':
      return requestChangeHold(draft, event)
    case 'change_prepare_requested':
      return prepareChange(draft, event)
    case 'change_commit_requested':
      return commitChange(draft, event)
    case 'change_release_requested':
      return releaseChangeHold(draft, event)
    case 'change_hold_decided':
      return changeHoldDecided(draft, event)
    case 'change_prepared':
      return changePrepared(draft, event)
    case 'change_settled':
      return changeSettled(draft, event)
    case 'deadline_reached':
      return reachDeadline(draft)
    case 'reservation_checked':
      return reservationChecked(draft, event)
    case 'reserved_again':
      return reservedAgain(draft, event)
    case 'presale_arrived':
      return presaleArrived(draft, event)
    case 'presale_given_up':
      return presaleGivenUp(draft, event)
    case 'presale_due':
      return openPresale(draft, event)
    case 'cancellation_decided':
      return cancellationDecided(draft, event)
    case 'shortage_settled':
      return shortageSettled(draft, event)
    case 'order_checked':
      return orderChecked(draft, event)
    case 'check_released':
      return checkReleased(draft, event)
    case 'refund_settled':
      return refundSettled(draft, event)
    case 'parcel_news':
      return parcelNews(draft, event)
    case 'parcel_silent':
      return parcelSilent(draft, event)
    case 'tracking_gave_up':
      return raise(draft, 'tracking_stopped', event.parcelId, {
        parcelId: event.parcelId,
        reason: event.detail,
      })
    default:
      return assertNever(event)
  }
}

/** Time alone ends only the reservation, and of that the database is asked; `settle` sees to the closing windows. */
function reachDeadline(draft: Draft): void {
  const { state, nowMs } = draft
  const isHoldOver = endOverdueHold(draft)
  // The moment of a hold is not that of the reservation.
  if (isHoldOver && nowMs < state.reservationExpiresAtMs) return
  if (state.status === 'reserved' && state.reservation === 'held') state.reservation = 'checking'
}

/** What every event ends with: the status that now holds, the refunds that are now owed, and the time to close. */
function settle(draft: Draft, reason: RefundReason, cause: string): void {
  const { state } = draft
  beginDeciding(state)
  putChangeQuestion(state)
  const paidNow =
    (state.status === 'reserved' || state.status === 'expired') &&
    state.reservation === 'confirmed' &&
    isPaidAsAsked(state) &&
    // While a cancellation is being decided the goods may be gone by the time the answer is here.
    !isPending(state)
  if (paidNow) {
    state.closesAtMs = null
    moveTo(draft, 'paid')
    requireCheck(draft)
    if (!waitsForPresale(state)) openFulfilments(draft, state.placed.allocations)
  }
  resumePicking(draft)
  const next = fulfilmentStatus(state)
  if (next !== state.status) moveTo(draft, next)
  endCheck(draft)
  const changeId = changeBehind(state, reason)
  for (const owed of refundsOwed(state, reason, cause)) {
    const refund = changeId === undefined ? owed : { ...owed, changeId }
    state.refunds.push(refund)
    draft.writes.push({ kind: 'record_refund', refund })
    draft.note({
      field: 'refund',
      newValue: `due of ${refund.paymentId} (${refund.reason})`,
      subjectId: refund.refundId,
      amountCents: refund.amountCents,
    })
  }
  scheduleClosing(draft)
}

/** Opens the window after which the order closes, or closes it when nothing is left to wait for. */
function scheduleClosing(draft: Draft): void {
  const { state } = draft
  const { deadlines } = state.placed
  if (state.status === 'delivered') {
    // The window runs from the full delivery: a rejected return does not start it again, and may end after it.
    state.deliveredAtMs ??= draft.nowMs
    state.closesAtMs = state.deliveredAtMs + deadlines.afterSalesWindowSeconds * 1000
    // A change that holds the order is decided first; it has a deadline of its own.
    if (draft.nowMs >= state.closesAtMs && !state.changeHold) {
      moveTo(draft, 'completed')
      state.closesAtMs = null
    }
  } else if (state.status === 'expired' || state.status === 'cancelled') {
    state.closesAtMs ??= draft.nowMs + deadlines.latePaymentWindowSeconds * 1000
  } else {
    state.closesAtMs = null
    // Goods are under way again (a short pick that was heard of late): their arrival opens the window anew.
    if (['partially_shipped', 'shipped', 'in_transit'].includes(state.status)) state.deliveredAtMs = null
  }
  const open =
    state.refunds.some((refund) => refund.state !== 'done') ||
    state.reservation === 'reserving_again' ||
    state.reservation === 'checking' ||
    state.changeHold !== null ||
    isPending(state)
  const over =
    ['completed', 'returned', 'lost'].includes(state.status) ||
    (state.status !== 'delivered' && state.closesAtMs !== null && draft.nowMs >= state.closesAtMs)
  state.closed = over && !open
}
