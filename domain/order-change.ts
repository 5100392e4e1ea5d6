import {
  type ChangeHold,
  type ChangeProblem,
  type ChangeReason,
  type ChangeTerms,
  type CommitChangeAnswer,
  pausesPicking,
} from './change.ts'
import { afterChange, differenceOf, type Planned, planChange } from './change-preview.ts'
import type { OrderEvent, OrderState, RefundReason } from './order.ts'
import { applyPlan } from './order-change-applied.ts'
import { type Draft, reply } from './order-draft.ts'
import { supplementCents } from './order-money.ts'
import { hasEnded } from './order-status.ts'

/**
 * An authorised change as its order sees it: asked for → held → prepared → applied, or ended at any moment before.
 *
 * What rivals could want at the same time is asked of the database, in one question at a time: whether the warehouse had
 * packed already, whether there is stock, and whether the change was applied or ended first. Everything else follows
 * from the state.
 */
export function requestChangeHold(
  draft: Draft,
  event: Extract<OrderEvent, { type: 'change_hold_requested' }>,
): void {
  const { state } = draft
  const { requestId, changeId, requestVersion, change } = event
  const untilMs = Date.parse(event.until)
  const hold = state.changeHold
  if (isWaiting(state, requestId)) return
  if (hold && isOf(hold, event) && !hold.isEnding && hold.state !== 'settling') {
    extendHold(draft, hold, untilMs)
    if (hold.state === 'asking') wait(hold, requestId, 'hold')
    else reply(draft, requestId, null)
    return
  }
  const problem = hold
    ? problemOf('held-by-another-change', `change ${hold.changeId} holds the order`)
    : problemOfHold(draft, event, untilMs)
  if (problem) return reply(draft, requestId, problem)
  state.changeHoldCount += 1
  state.changeHold = {
    number: state.changeHoldCount,
    changeId,
    requestVersion,
    change,
    untilMs,
    state: 'asking',
    isAsked: false,
    isEnding: false,
    wanted: [],
    gained: [],
    tries: 0,
    terms: null,
    waiting: [{ requestId, wants: 'hold' }],
  }
  draft.note({ field: 'change_hold', newValue: `asked for: ${change.type}`, subjectId: changeId })
  if (!pausesPicking(change.type)) grantHold(draft, state.changeHold)
}

function isOf(hold: ChangeHold, { changeId, requestVersion }: { changeId: string; requestVersion: number }) {
  return hold.changeId === changeId && hold.requestVersion === requestVersion
}

function problemOfHold(
  { state, nowMs }: Draft,
  event: Extract<OrderEvent, { type: 'change_hold_requested' }>,
  untilMs: number,
): ChangeProblem | null {
  if (isMade(state, event.changeId)) {
    return problemOf('nothing-changes', 'this change was made already')
  }
  if (isCancelling(state)) return problemOf('cancellation-in-progress', 'a cancellation is being decided')
  const planned = planChange(state, event.change)
  if (!planned.ok) return planned.problem
  if (event.orderVersion !== state.version) {
    return problemOf('order-changed', `the order is at version ${state.version}, not ${event.orderVersion}`)
  }
  // NaN, too: a time that is none.
  if (!(untilMs > nowMs)) return problemOf('not-held', `the hold would end at ${event.until}, which is over`)
  return null
}

/** The warehouse has packed nothing and packs nothing from now on; or it was faster. */
export function changeHoldDecided(
  draft: Draft,
  event: Extract<OrderEvent, { type: 'change_hold_decided' }>,
): void {
  const hold = find(draft, event.number, 'asking')
  if (!hold) return
  hold.isAsked = false
  if (event.problem) return closeHold(draft, hold, event.problem)
  draft.state.isPickingPaused = true
  grantHold(draft, hold)
}

function extendHold(draft: Draft, hold: ChangeHold, untilMs: number): void {
  if (untilMs > hold.untilMs) hold.untilMs = untilMs
  // A line of the log, so that the answer that follows is kept.
  draft.note({
    field: 'change_hold',
    newValue: `${hold.state} until ${new Date(hold.untilMs).toISOString()}`,
    subjectId: hold.changeId,
  })
}

function grantHold(draft: Draft, hold: ChangeHold): void {
  hold.state = 'held'
  draft.note({ field: 'change_hold', oldValue: 'asked for', newValue: 'held', subjectId: hold.changeId })
  answerWaiting(draft, hold, 'hold', null)
  if (hold.isEnding) settleHold(hold, null)
}

/** Whether the order is so already, by this very change. */
export function isMade({ changes }: OrderState, changeId: string): boolean {
  return changes.some((change) => change.changeId === changeId)
}

/** What came of a change that was made: what goes back, and what the customer owes for it. */
export function outcomeOfMade(state: OrderState, changeId: string): CommitChangeAnswer {
  const refunds = state.refunds.filter((refund) => refund.changeId === changeId)
  return {
    applied: true,
    orderVersion: state.version,
    refunds: refunds.map(({ refundId, paymentId, amountCents }) => ({ refundId, paymentId, amountCents })),
    supplementCents: supplementCents(state),
  }
}

/** The difference is to be reserved; where there is none, nothing has to be asked. */
export function prepareChange(
  draft: Draft,
  event: Extract<OrderEvent, { type: 'change_prepare_requested' }>,
): void {
  const { state } = draft
  const { requestId, changeId } = event
  if (isWaiting(state, requestId)) return
  // Asked again by whoever has not heard that it is over: nothing is reserved twice.
  if (isMade(state, changeId)) return reply(draft, requestId, null)
  const hold = findHeld(draft, changeId, requestId)
  if (!hold) return
  extendHold(draft, hold, Date.parse(event.until))
  if (hold.state === 'prepared') return reply(draft, requestId, null)
  if (hold.state === 'preparing') {
    wait(hold, requestId, 'prepare')
    return
  }
  const planned = planChange(state, hold.change)
  if (!planned.ok) return reply(draft, requestId, planned.problem)
  hold.wanted = planned.plan.stock.filter((line) => line.quantity > 0)
  if (hold.wanted.length === 0) {
    hold.state = 'prepared'
    draft.note({ field: 'change_hold', oldValue: 'held', newValue: 'prepared', subjectId: changeId })
    return reply(draft, requestId, null)
  }
  hold.state = 'preparing'
  hold.tries += 1
  wait(hold, requestId, 'prepare')
  draft.note({ field: 'change_hold', oldValue: 'held', newValue: 'reserving', subjectId: changeId })
}

export function changePrepared(draft: Draft, event: Extract<OrderEvent, { type: 'change_prepared' }>): void {
  const hold = find(draft, event.number, 'preparing')
  if (!hold || hold.tries !== event.tries) return
  hold.isAsked = false
  hold.gained = event.gained ?? []
  hold.state = event.gained ? 'prepared' : 'held'
  draft.note({ field: 'change_hold', oldValue: 'reserving', newValue: hold.state, subjectId: hold.changeId })
  answerWaiting(draft, hold, 'prepare', event.problem)
  if (hold.isEnding) settleHold(hold, null)
}

/** It is to be made so: the database is asked whether the hold had ended first. */
export function commitChange(
  draft: Draft,
  event: Extract<OrderEvent, { type: 'change_commit_requested' }>,
): void {
  const { state } = draft
  const { requestId, changeId } = event
  if (isWaiting(state, requestId)) return
  if (isMade(state, changeId)) {
    if (state.cancellation?.changeId === changeId && isCancelling(state)) {
      // The one that began it is answered when it is decided.
      if (state.cancellation.requestId === requestId) return
      return reply(draft, requestId, STILL_CANCELLING)
    }
    return reply(draft, requestId, null)
  }
  const settling = state.changeHold
  if (settling?.changeId === changeId && settling.state === 'settling') {
    wait(settling, requestId, 'commit')
    return
  }
  const hold = findHeld(draft, changeId, requestId)
  if (!hold) return
  if (hold.state !== 'prepared') {
    return reply(draft, requestId, problemOf('not-prepared', `the change is ${hold.state}; prepare it first`))
  }
  const terms = termsOf(event)
  const planned = planOnTerms(state, hold, terms)
  if (!planned.ok) return reply(draft, requestId, planned.problem)
  wait(hold, requestId, 'commit')
  settleHold(hold, terms)
}

function termsOf({
  changeNumber,
  approvers,
  operator,
  requestId,
  differenceCents,
}: Extract<OrderEvent, { type: 'change_commit_requested' }>): ChangeTerms {
  const terms = { changeNumber, approvers, operator, requestId }
  // The state goes through JSON, which knows no undefined.
  return differenceCents === undefined ? terms : { ...terms, differenceCents }
}

/**
 * The plan, unless it moves another amount by now than people approved and the ERP was told: what the customer owes can
 * change under a hold, by units that the warehouse cannot find.
 */
function planOnTerms(state: OrderState, { change }: ChangeHold, { differenceCents }: ChangeTerms): Planned {
  const planned = planChange(state, change)
  if (!planned.ok || differenceCents === undefined) return planned
  const now = differenceOf(state, afterChange(state, change, planned.plan))
  if (now === differenceCents) return planned
  const detail = `the amount would change by ${now} cents now, not by ${differenceCents}`
  return { ok: false, problem: problemOf('order-changed', detail) }
}

/** What was prepared is given back, and the warehouse goes on; unless it was applied first. */
export function releaseChangeHold(
  draft: Draft,
  event: Extract<OrderEvent, { type: 'change_release_requested' }>,
): void {
  const { requestId, changeId } = event
  const hold = draft.state.changeHold
  if (hold?.changeId !== changeId) return reply(draft, requestId, null)
  wait(hold, requestId, 'release')
  beginEnding(hold)
}

/** The order ends a hold whose time is over by itself. */
export function endOverdueHold({ state, nowMs }: Draft): boolean {
  const hold = state.changeHold
  if (!hold || hold.isEnding || hold.state === 'settling' || nowMs < hold.untilMs) return false
  beginEnding(hold)
  return true
}

function beginEnding(hold: ChangeHold): void {
  if (hold.state === 'settling' || hold.isEnding) return
  hold.isEnding = true
  if (hold.state === 'held' || hold.state === 'prepared') settleHold(hold, null)
}

/** @param terms how it is to be applied; null: it is to end */
function settleHold(hold: ChangeHold, terms: ChangeTerms | null): void {
  hold.state = 'settling'
  hold.terms = terms
}

/** Applied or ended: the database has said which was first, whatever was asked. */
export function changeSettled(draft: Draft, event: Extract<OrderEvent, { type: 'change_settled' }>): void {
  const { state } = draft
  const hold = find(draft, event.number, 'settling')
  if (!hold) return
  hold.isAsked = false
  if (event.outcome === 'applied' && event.terms) {
    if (hold.change.type === 'cancel' && isCancelling(state)) {
      return giveUp(
        draft,
        hold,
        problemOf('cancellation-in-progress', 'another cancellation is being decided'),
      )
    }
    const planned = planOnTerms(state, hold, event.terms)
    if (planned.ok) return apply(draft, hold, planned.plan, event.terms)
    return giveUp(draft, hold, planned.problem)
  }
  giveUp(draft, hold, problemOf('not-held', 'the hold has ended; nothing was changed'))
}

function apply(
  draft: Draft,
  hold: ChangeHold,
  plan: Parameters<typeof applyPlan>[1]['plan'],
  terms: ChangeTerms,
): void {
  draft.state.changeHold = null
  applyPlan(draft, { hold, plan, terms })
  // The commit of a cancellation is answered when the cancellation is decided.
  const { cancellation } = draft.state
  const isDecided = cancellation?.changeId !== hold.changeId
  for (const { requestId, wants } of hold.waiting) {
    if (isDecided || wants === 'release') reply(draft, requestId, null)
    else if (cancellation.requestId !== requestId) reply(draft, requestId, STILL_CANCELLING)
  }
}

/** The units that were prepared go back, exactly those. */
function giveUp(draft: Draft, hold: ChangeHold, problem: ChangeProblem): void {
  if (hold.gained.length > 0) {
    draft.writes.push({ kind: 'give_back', changeId: hold.changeId, units: hold.gained })
  }
  closeHold(draft, hold, problem)
}

function closeHold(draft: Draft, hold: ChangeHold, problem: ChangeProblem): void {
  draft.state.changeHold = null
  draft.note({
    field: 'change_hold',
    oldValue: hold.state,
    newValue: `ended: ${problem.reason}`,
    subjectId: hold.changeId,
  })
  for (const { requestId, wants } of hold.waiting)
    reply(draft, requestId, wants === 'release' ? null : problem)
}

/** The goods have gone back already, with all that the order held: there is nothing left to pin. */
export function dropChangeHold(draft: Draft, reason: string): void {
  const hold = draft.state.changeHold
  if (hold) closeHold(draft, hold, problemOf('order-closed', reason))
}

/** One question at a time about the same goods. */
export function putChangeQuestion(state: OrderState): void {
  const hold = state.changeHold
  if (!hold || hold.isAsked || !['asking', 'preparing', 'settling'].includes(hold.state)) return
  const others =
    state.reservation === 'checking' ||
    state.reservation === 'reserving_again' ||
    isCancelling(state) ||
    state.shortages.some((entry) => entry.state === 'open')
  hold.isAsked = !others
}

/** The change that refunds follow from, if it is one. */
export function changeBehind(state: OrderState, reason: RefundReason): string | undefined {
  if (reason === 'changed') return state.changes.at(-1)?.changeId
  return reason === 'cancelled' ? state.cancellation?.changeId : undefined
}

/** Asked again before it was answered: the first one is still on its way. */
function isWaiting({ changeHold }: OrderState, requestId: string): boolean {
  return changeHold?.waiting.some((entry) => entry.requestId === requestId) ?? false
}

function wait(hold: ChangeHold, requestId: string, wants: ChangeHold['waiting'][number]['wants']): void {
  if (!hold.waiting.some((entry) => entry.requestId === requestId)) hold.waiting.push({ requestId, wants })
}

function answerWaiting(
  draft: Draft,
  hold: ChangeHold,
  wanted: ChangeHold['waiting'][number]['wants'],
  problem: ChangeProblem | null,
): void {
  for (const { requestId } of hold.waiting.filter(({ wants }) => wants === wanted))
    reply(draft, requestId, problem)
  hold.waiting = hold.waiting.filter(({ wants }) => wants !== wanted)
}

function find({ state }: Draft, number: number, expected: ChangeHold['state']): ChangeHold | null {
  const hold = state.changeHold
  return hold?.number === number && hold.state === expected ? hold : null
}

/**
 * The hold of this change where it is granted and stands; otherwise the caller hears that it does not, or that the order is
 * over and took the hold with it: that no person can mend.
 */
function findHeld(draft: Draft, changeId: string, requestId: string): ChangeHold | null {
  const { state } = draft
  const hold = state.changeHold
  if (hold?.changeId === changeId && !hold.isEnding && !['asking', 'settling'].includes(hold.state))
    return hold
  const problem =
    hasEnded(state.status) || state.closed
      ? problemOf('order-closed', `the order is ${state.status}`)
      : problemOf('not-held', 'the order is not held for this change')
  reply(draft, requestId, problem)
  return null
}

function isCancelling({ cancellation }: OrderState): boolean {
  return cancellation?.state === 'waiting' || cancellation?.state === 'deciding'
}

const STILL_CANCELLING = problemOf('cancellation-in-progress', 'it is being cancelled; ask again in a moment')

function problemOf(reason: ChangeReason, detail: string): ChangeProblem {
  return { reason, detail }
}
