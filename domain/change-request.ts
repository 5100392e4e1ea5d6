import type { ApprovalStep } from './approval-route.ts'
import { type ChangeDecided, decideOnStep } from './change-request-decision.ts'
import { accept, end, move, refuse, whenIn, wrongState } from './change-request-outcome.ts'
import type { ChangeRequestStatus } from './change-request-state.ts'
import { escalate, openStep, remindAgain, withPresentPeople } from './change-request-steps.ts'

/** Whose agreement a level asks for (`principal`), and who gives it: a delegate while they are away. */
export type Candidate = { principal: string; account: string }
export type StepApprover = Candidate & { state: 'open' | 'approved' | 'rejected' }
/** Why somebody may not decide: they asked for it, or it is about an order of their own. */
export type Conflict = 'change-own-request' | 'change-interest'

/** A decision that counted. */
export type CountedDecision = {
  stepNumber: number
  levelNumber: number
  account: string
  onBehalfOf: string | null
  decision: 'approve' | 'reject'
}

/**
 * A request for a change of one order, as its rows stand. What may happen to it is decided here, purely; the store
 * records it, and the workflow does what nobody asks for.
 */
export type ChangeRequestState = {
  changeId: string
  changeNumber: string
  orderId: string
  /** The version of the order that the request is about: first as it was looked at, then as the order was held. */
  orderVersion: number
  /** Grows when a rejected request is changed and asked for again. */
  requestVersion: number
  maximumVersions: number
  status: ChangeRequestStatus
  /** Rises by one with each event. */
  version: number
  applicant: string
  steps: ApprovalStep[]
  /** From 1; 0 before the first is open. */
  stepNumber: number
  levelNumber: number
  /** Of the present step and level. */
  approvers: StepApprover[]
  decisions: CountedDecision[]
  /** When the present level has had its time, and when it is reminded. */
  dueAtMs: number | null
  remindAtMs: number | null
  expiresAtMs: number
  /** When the order must have left; null where that is past or promised to nobody. */
  shipByMs: number | null
  minimumDeadlineSeconds: number
  /** Each decision was made by a person whose identity was proved and who is not the applicant. */
  separated: boolean
  /** The order has moved on since; whether that matters has to be looked at. */
  orderMoved: boolean
  /** How often it was begun to be applied. */
  applyTries: number
  /** What the ERP may know of the present try. */
  erp: 'untold' | 'begun' | 'told'
  /** Where it ends once everything is taken back. */
  endsAs: 'stale' | 'apply_failed' | 'abandoned' | null
  /** Why it is where it is, where that needs a reason. */
  reason: { code: string; detail: string } | null
  needsAttention: boolean
}

export type ChangeRequestEvent =
  | { type: 'hold_granted'; orderVersion: number }
  | { type: 'hold_refused'; code: string; detail: string }
  | ChangeDecided
  | { type: 'reminder_due'; remindAtMs: number }
  | { type: 'deadline_passed'; dueAtMs: number }
  | { type: 'expired'; expiresAtMs: number }
  | { type: 'withdrawn'; account: string; note: string }
  | { type: 'people_changed' }
  | { type: 'order_moved' }
  | { type: 'order_looked_at'; problem: { code: string; detail: string } }
  /** `atVersion`: the request's version when the order was looked at; where it is another by now, the order may be, too. */
  | { type: 'order_looked_at'; problem: null; atVersion: number }
  | { type: 'erp_begun' }
  | { type: 'erp_told'; reference: string }
  | { type: 'applied'; orderVersion: number }
  | { type: 'apply_refused'; endsAs: 'stale' | 'apply_failed'; code: string; detail: string }
  /** `isOvertaken`: the order's cancellation waits for its end, so that there is nothing to try again. */
  | { type: 'undone'; isOvertaken: boolean }
  | { type: 'undo_failed'; code: string; detail: string }
  | { type: 'retried' }
  | { type: 'abandoned'; note: string }

/** What an event asks of people, to be carried out together with recording it. */
export type ChangeRequestEffect =
  | { kind: 'raise'; workItem: 'change_no_approver' | 'change_apply_failed' | 'change_undo_failed' }
  | { kind: 'remind' }

export type ChangeRefusalCode =
  | Conflict
  | 'change-wrong-state'
  | 'change-already-decided'
  | 'change-version-changed'
  | 'change-order-changed'
  | 'change-not-approver'
  | 'change-not-applicant'
  | 'change-decision-untrusted'
export type ChangeRefusal = {
  ok: false
  code: ChangeRefusalCode
  detail: string
  /** Who decided first, where somebody did. */
  decidedBy: CountedDecision | null
}
export type ChangeRequestOutcome =
  | { ok: true; state: ChangeRequestState; effects: ChangeRequestEffect[] }
  | ChangeRefusal

/** What the decision needs to know of people: those of each tier of the route, and who of them may not. */
export type ChangeContext = {
  nowMs: number
  people: Readonly<Record<string, readonly Candidate[]>>
  conflicts: Readonly<Record<string, Conflict>>
}

/** What follows from an event, or why it cannot happen now. A refusal changes nothing. */
export function decideChangeRequest(
  state: ChangeRequestState,
  event: ChangeRequestEvent,
  context: ChangeContext,
): ChangeRequestOutcome {
  switch (event.type) {
    case 'hold_granted':
      return whenIn(state, ['submitted'], () =>
        openStep({ ...state, orderVersion: event.orderVersion }, 1, context),
      )
    case 'hold_refused':
      return whenIn(state, ['submitted'], () => end(state, 'stale', event))
    case 'decided':
      return decideOnStep(withPresentPeople(state, context), event, context)
    case 'reminder_due':
      return state.status === 'in_approval' && state.remindAtMs === event.remindAtMs
        ? accept(remindAgain(state), [{ kind: 'remind' }])
        : wrongState(state)
    case 'deadline_passed':
      // A timer of an earlier level, or one that has been heard before.
      return state.status === 'in_approval' && state.dueAtMs === event.dueAtMs
        ? escalate(state, context)
        : wrongState(state)
    case 'expired':
      return whenIn(state, ['submitted', 'in_approval'], () =>
        end(state, 'expired', { code: 'too-late', detail: 'nobody decided in time' }),
      )
    case 'withdrawn':
      return withdraw(state, event)
    case 'people_changed':
      return whenIn(state, ['in_approval'], () => accept(withPresentPeople(state, context)))
    case 'order_moved':
      return whenIn(state, ['in_approval'], () => accept({ ...state, orderMoved: true }))
    case 'order_looked_at':
      return whenIn(state, ['in_approval'], () =>
        event.problem
          ? end(state, 'stale', event.problem)
          : accept({ ...state, orderMoved: state.orderMoved && state.version !== event.atVersion }),
      )
    default:
      return applyProgress(state, event)
  }
}

type Progress = Extract<
  ChangeRequestEvent,
  {
    type:
      | 'erp_begun'
      | 'erp_told'
      | 'applied'
      | 'apply_refused'
      | 'undone'
      | 'undo_failed'
      | 'retried'
      | 'abandoned'
  }
>

/** Approved: the way through stock, ERP, money and order, and back where something refuses. */
function applyProgress(state: ChangeRequestState, event: Progress): ChangeRequestOutcome {
  switch (event.type) {
    case 'erp_begun':
      return whenIn(state, ['approved'], () => accept({ ...state, erp: 'begun' }))
    case 'erp_told':
      return whenIn(state, ['approved'], () => accept({ ...state, erp: 'told' }))
    case 'applied':
      return whenIn(state, ['approved', 'undoing'], () => applied(state, event.orderVersion))
    case 'apply_refused': {
      const { endsAs, code, detail } = event
      return whenIn(state, ['approved'], () =>
        move({ ...state, endsAs, reason: { code, detail } }, 'undoing'),
      )
    }
    case 'undone':
      return whenIn(state, ['undoing'], () => undone(state, event.isOvertaken))
    case 'undo_failed':
      return whenIn(state, ['undoing'], () =>
        accept({ ...state, needsAttention: true }, [{ kind: 'raise', workItem: 'change_undo_failed' }]),
      )
    case 'retried':
      if (state.status === 'undoing' && state.needsAttention)
        return accept({ ...state, needsAttention: false })
      return whenIn(state, ['apply_failed'], () =>
        move({ ...state, applyTries: state.applyTries + 1, needsAttention: false, reason: null }, 'approved'),
      )
    case 'abandoned':
      if (state.status === 'undoing' && state.needsAttention) {
        return accept({ ...state, endsAs: 'abandoned', needsAttention: false })
      }
      return whenIn(state, ['apply_failed'], () => move({ ...state, needsAttention: false }, 'abandoned'))
  }
}

/** A buyer's cancellation is made before the ERP is told: where that refuses, a person has to book it. */
function applied(state: ChangeRequestState, orderVersion: number): ChangeRequestOutcome {
  const made = { ...state, orderVersion }
  if (state.status !== 'undoing' || state.erp === 'told') return move({ ...made, reason: null }, 'applied')
  return move({ ...made, needsAttention: true }, 'applied', [
    { kind: 'raise', workItem: 'change_apply_failed' },
  ])
}

function undone(state: ChangeRequestState, isOvertaken: boolean): ChangeRequestOutcome {
  const next = { ...state, erp: 'untold' as const, needsAttention: false }
  const wanted = state.endsAs ?? 'apply_failed'
  const endsAs = wanted === 'apply_failed' && isOvertaken ? 'stale' : wanted
  if (endsAs !== 'apply_failed') return move(next, endsAs)
  return move({ ...next, needsAttention: true }, endsAs, [{ kind: 'raise', workItem: 'change_apply_failed' }])
}

function withdraw(
  state: ChangeRequestState,
  event: Extract<ChangeRequestEvent, { type: 'withdrawn' }>,
): ChangeRequestOutcome {
  if (event.account !== state.applicant) {
    return refuse('change-not-applicant', `only ${state.applicant}, who asked for it, takes it back`)
  }
  return whenIn(state, ['submitted', 'in_approval'], () =>
    end(state, 'withdrawn', { code: 'withdrawn', detail: event.note }),
  )
}
