import { agreementsNeeded } from './approval-route.ts'
import type {
  ChangeContext,
  ChangeRefusal,
  ChangeRequestOutcome,
  ChangeRequestState,
  CountedDecision,
  StepApprover,
} from './change-request.ts'
import { accept, end, refuse, wrongState } from './change-request-outcome.ts'
import { openStep, presentLevel } from './change-request-steps.ts'

/** Where a decision comes from. Of `temporal-cli` nobody knows who typed it. */
export const DECISION_WAYS = ['console', 'wecom', 'temporal-cli'] as const
export type DecisionWay = (typeof DECISION_WAYS)[number]

/** One person's decision, on what they saw. */
export type ChangeDecided = {
  type: 'decided'
  decision: 'approve' | 'reject'
  account: string
  requestVersion: number
  stepNumber: number
  orderVersion: number
  note: string
  via: DecisionWay
  /** Nobody vouches for who made it. */
  untrusted?: boolean
}

/** Judges one decision: who, on what, and in time. The first counts; who comes later is told who was first. */
export function decideOnStep(
  state: ChangeRequestState,
  event: ChangeDecided,
  context: ChangeContext,
): ChangeRequestOutcome {
  const refusal = outdated(state, event) ?? notTheirs(state, event, context)
  if (refusal) return refusal
  const slot = state.approvers.find((entry) => canFill(entry, event.account))
  if (!slot) return refuse('change-not-approver', `${event.account} is not asked in this step`)
  const agreed = counted(state, slot, event)
  if (event.decision === 'reject') {
    const detail = event.note === '' ? `rejected by ${event.account}` : event.note
    return end(agreed, 'rejected', { code: 'rejected', detail })
  }
  const approvals = agreed.approvers.filter((entry) => entry.state === 'approved').length
  const needed = agreementsNeeded(presentLevel(state)?.mode ?? 'all', agreed.approvers.length)
  return needed !== null && approvals >= needed
    ? openStep(agreed, state.stepNumber + 1, context)
    : accept(agreed)
}

/** What the person decided on is not what is to be decided now. */
function outdated(state: ChangeRequestState, event: ChangeDecided): ChangeRefusal | null {
  const { requestVersion, stepNumber, orderVersion } = event
  if (requestVersion !== state.requestVersion) {
    const detail = `version ${state.requestVersion} of the request is to be decided now, not ${requestVersion}`
    return refuse('change-version-changed', detail)
  }
  const earlier = state.decisions.findLast((entry) => entry.stepNumber === stepNumber)
  const isOver = state.status !== 'in_approval' || stepNumber < state.stepNumber
  if (isOver && earlier) {
    const verb = earlier.decision === 'approve' ? 'approved' : 'rejected'
    return refuse('change-already-decided', `${earlier.account} has ${verb} it already`, earlier)
  }
  if (state.status !== 'in_approval') return wrongState(state)
  if (stepNumber !== state.stepNumber) {
    return refuse(
      'change-version-changed',
      `step ${state.stepNumber} is to be decided now, not ${stepNumber}`,
    )
  }
  if (orderVersion !== state.orderVersion) {
    const detail = `the request is about version ${state.orderVersion} of the order, not ${orderVersion}`
    return refuse('change-order-changed', detail)
  }
  return null
}

/** Separation of duties, and nobody twice. */
function notTheirs(
  state: ChangeRequestState,
  { account, via, stepNumber, untrusted }: ChangeDecided,
  { conflicts }: ChangeContext,
): ChangeRefusal | null {
  if (untrusted) {
    return refuse('change-decision-untrusted', 'a name that somebody typed is no proof of who decided')
  }
  const conflict = conflicts[account]
  if (conflict === 'change-own-request') {
    return refuse(conflict, 'nobody decides on what they asked for')
  }
  if (conflict) return refuse(conflict, 'nobody decides on an order of their own')
  const mine = state.decisions.find(
    (entry) =>
      entry.account === account && entry.stepNumber === stepNumber && entry.levelNumber === state.levelNumber,
  )
  if (mine) return refuse('change-already-decided', 'this person has decided already', mine)
  // Several different people: nobody knows whether a typed name is another one.
  if (via === 'temporal-cli' && presentLevel(state)?.mode !== 'any') {
    return refuse('change-decision-untrusted', 'a step of several people needs decisions of proved identity')
  }
  return null
}

/** Their own place, or that of somebody who is away; who is back decides for themselves. */
function canFill({ principal, account, state }: StepApprover, decider: string): boolean {
  return state === 'open' && (account === decider || principal === decider)
}

function counted(state: ChangeRequestState, slot: StepApprover, event: ChangeDecided): ChangeRequestState {
  const { decision, account, via } = event
  const onBehalfOf = slot.principal === account ? null : slot.principal
  const { stepNumber, levelNumber } = state
  const entry: CountedDecision = { stepNumber, levelNumber, account, onBehalfOf, decision }
  const outcome = decision === 'approve' ? ('approved' as const) : ('rejected' as const)
  return {
    ...state,
    approvers: state.approvers.map((other) =>
      other === slot ? { ...slot, account, state: outcome } : other,
    ),
    decisions: [...state.decisions, entry],
    separated: state.separated && via !== 'temporal-cli',
  }
}
