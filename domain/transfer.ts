import type { TransferApprover } from './transfer-approval.ts'
import { TRANSFER_TRANSITIONS, type TransferStatus } from './transfer-state.ts'
import type { WorkItemDetail } from './work-item-facts.ts'

/** Units held at one source, and what became of them. `dispatched - received - lost - returned` are on their way. */
export type TransferLeg = {
  legNumber: number
  sourceId: string
  reserved: number
  dispatched: number
  received: number
  lost: number
  returned: number
}
/** Which source is to send how much; legs come of it when the units are held. */
export type PlannedLeg = { sourceId: string; quantity: number }

/**
 * A transfer of one SKU to one warehouse, from one source or two. What may happen to it and what follows for the stock
 * is decided here, purely; the store carries out the effects in the transaction that records the event.
 */
export type TransferState = {
  transferId: string
  skuId: string
  destinationId: string
  quantity: number
  status: TransferStatus
  /** Rises by one with each event. */
  version: number
  requestedBy: string
  proposalNumber: number
  maximumProposals: number
  /** Whoever decides on the present proposal has one of these roles. */
  approverRoles: TransferApprover[]
  plan: PlannedLeg[]
  legs: TransferLeg[]
  /** Cancelled after dispatch: nothing more leaves, and what is on its way may be received at its source. */
  calledBack: boolean
  deadlines: { decisionSeconds: number; dispatchSeconds: number; receiptSeconds: number }
  /** When the present status has lasted too long; null once that has been said, or where nothing is waited for. */
  dueAtMs: number | null
  needsAttention: boolean
}

/** The next proposal after a hold that failed. */
export type Reproposal = { plan: PlannedLeg[]; automatic: boolean; approverRoles: TransferApprover[] }

export type TransferEvent =
  | {
      type: 'decided'
      decision: 'approve' | 'reject'
      operator: string
      role: string
      /** The proposal that the person saw. */
      proposalNumber: number
      note: string
    }
  | { type: 'reserved' }
  | { type: 'hold_failed'; reproposal: Reproposal | null }
  | { type: 'dispatched'; legNumber: number; quantity: number }
  | { type: 'received'; legNumber: number; quantity: number; at: 'destination' | 'source' }
  | { type: 'lost'; legNumber: number; quantity: number; reason: string }
  | { type: 'cancelled'; reason: string }
  | { type: 'deadline_passed'; dueAtMs: number }

/** What an event does to stock and people, to be carried out together with recording it. */
export type TransferEffect =
  | { kind: 'release'; units: { warehouseId: string; quantity: number }[] }
  | { kind: 'take_out'; warehouseId: string; quantity: number }
  | { kind: 'take_in'; warehouseId: string; quantity: number }
  | { kind: 'write_off'; legNumber: number; quantity: number; reason: string }
  | {
      kind: 'raise'
      workItem: 'transfer_overdue' | 'transfer_sold_out' | 'transfer_loss'
      detail: WorkItemDetail
    }

export type TransferRefusal = {
  ok: false
  code:
    | 'transfer-wrong-state'
    | 'transfer-quantity-too-large'
    | 'transfer-leg-not-found'
    | 'transfer-proposal-changed'
    | 'transfer-own-request'
    | 'transfer-not-approver'
  detail: string
}
export type TransferDecision = { ok: true; state: TransferState; effects: TransferEffect[] } | TransferRefusal

/** A new transfer: approved at once if the policy says so, else waiting for a person. */
export function openTransfer(
  request: Pick<
    TransferState,
    'transferId' | 'skuId' | 'destinationId' | 'quantity' | 'requestedBy' | 'maximumProposals' | 'deadlines'
  > &
    Reproposal,
  nowMs: number,
): TransferState {
  const { automatic, ...rest } = request
  const state: TransferState = {
    ...rest,
    status: 'requested',
    version: 1,
    proposalNumber: 1,
    legs: [],
    calledBack: false,
    dueAtMs: null,
    needsAttention: false,
  }
  return automatic ? { ...state, status: 'approved' } : withDueTime(state, nowMs)
}

/** What follows from an event, or why it cannot happen now. A refusal changes nothing. */
export function decideTransfer(state: TransferState, event: TransferEvent, nowMs: number): TransferDecision {
  switch (event.type) {
    case 'decided':
      return decideApproval(state, event, nowMs)
    case 'reserved':
      return whenIn(state, ['approved'], () =>
        move({ ...state, legs: legsOf(state.plan) }, 'reserved', nowMs),
      )
    case 'hold_failed':
      return whenIn(state, ['approved'], () => replan(state, event.reproposal, nowMs))
    case 'dispatched':
      return dispatch(state, event, nowMs)
    case 'received':
      return receive(state, event, nowMs)
    case 'lost':
      return lose(state, event, nowMs)
    case 'cancelled':
      return cancel(state, nowMs)
    case 'deadline_passed':
      return passDeadline(state, event.dueAtMs, nowMs)
  }
}

type EventOf<Type extends TransferEvent['type']> = Extract<TransferEvent, { type: Type }>

function decideApproval(state: TransferState, event: EventOf<'decided'>, nowMs: number): TransferDecision {
  return whenIn(state, ['requested'], () => {
    const { operator, role, proposalNumber, decision } = event
    if (proposalNumber !== state.proposalNumber) {
      const detail = `proposal ${state.proposalNumber} is to be decided now, not ${proposalNumber}`
      return { ok: false, code: 'transfer-proposal-changed', detail }
    }
    if (operator === state.requestedBy) {
      return { ok: false, code: 'transfer-own-request', detail: 'nobody decides on what they asked for' }
    }
    if (!state.approverRoles.some((approver) => approver === role)) {
      const detail = `decided by ${state.approverRoles.join(' or ')}, not by ${role}`
      return { ok: false, code: 'transfer-not-approver', detail }
    }
    return move(state, decision === 'approve' ? 'approved' : 'rejected', nowMs)
  })
}

function replan(state: TransferState, reproposal: Reproposal | null, nowMs: number): TransferDecision {
  const { transferId, skuId, destinationId, quantity } = state
  const next = state.proposalNumber < state.maximumProposals ? reproposal : null
  const detail: WorkItemDetail = {
    transferId,
    skuId,
    warehouseId: destinationId,
    quantity,
    proposals: state.proposalNumber,
  }
  const told: TransferEffect = { kind: 'raise', workItem: 'transfer_sold_out', detail }
  if (!next) return move({ ...state, needsAttention: true }, 'unsourced', nowMs, [told])
  const { automatic, plan, approverRoles } = next
  const replanned = { ...state, plan, approverRoles, proposalNumber: state.proposalNumber + 1 }
  // Approved by the policy itself: nobody has to do anything, so nobody is told.
  if (automatic) return move(replanned, 'approved', nowMs)
  return move({ ...replanned, needsAttention: true }, 'requested', nowMs, [told])
}

function dispatch(state: TransferState, event: EventOf<'dispatched'>, nowMs: number): TransferDecision {
  return whenIn(state, ['reserved', 'dispatched', 'partially_received'], () =>
    withLeg(
      state,
      event,
      (leg) => leg.reserved - leg.dispatched,
      'held there',
      (leg) => {
        const legs = changed(state, { ...leg, dispatched: leg.dispatched + event.quantity })
        const { quantity } = event
        return settle({ ...state, legs }, nowMs, [{ kind: 'take_out', warehouseId: leg.sourceId, quantity }])
      },
    ),
  )
}

function receive(state: TransferState, event: EventOf<'received'>, nowMs: number): TransferDecision {
  const { quantity, at } = event
  // Goods that did arrive are taken in even if they were called back; at their source only if they were.
  const statuses: TransferStatus[] = at === 'source' ? ['returning'] : UNDER_WAY
  return whenIn(state, statuses, () =>
    withLeg(state, event, inTransit, 'on their way', (leg) => {
      const warehouseId = at === 'source' ? leg.sourceId : state.destinationId
      const next =
        at === 'source'
          ? { ...leg, returned: leg.returned + quantity }
          : { ...leg, received: leg.received + quantity }
      return settle({ ...state, legs: changed(state, next) }, nowMs, [
        { kind: 'take_in', warehouseId, quantity },
      ])
    }),
  )
}

function lose(state: TransferState, event: EventOf<'lost'>, nowMs: number): TransferDecision {
  return whenIn(state, UNDER_WAY, () =>
    withLeg(state, event, inTransit, 'on their way', (leg) => {
      const { legNumber, quantity, reason } = event
      const { transferId, skuId } = state
      const detail: WorkItemDetail = { transferId, skuId, warehouseId: leg.sourceId, quantity, reason }
      const legs = changed(state, { ...leg, lost: leg.lost + quantity })
      return settle({ ...state, legs, needsAttention: true }, nowMs, [
        { kind: 'write_off', legNumber, quantity, reason },
        { kind: 'raise', workItem: 'transfer_loss', detail },
      ])
    }),
  )
}

/** Before dispatch it ends at once; after dispatch nothing more leaves, and what is on its way turns back. */
function cancel(state: TransferState, nowMs: number): TransferDecision {
  return whenIn(state, ['requested', 'approved', 'reserved', 'dispatched', 'partially_received'], () => {
    if (state.legs.length === 0) return move(state, 'cancelled', nowMs)
    const units = state.legs.flatMap((leg) => {
      const quantity = leg.reserved - leg.dispatched
      return quantity > 0 ? [{ warehouseId: leg.sourceId, quantity }] : []
    })
    return settle({ ...state, calledBack: true }, nowMs, units.length > 0 ? [{ kind: 'release', units }] : [])
  })
}

function passDeadline(state: TransferState, dueAtMs: number, nowMs: number): TransferDecision {
  // A timer of an earlier status, or one that has been heard before.
  if (state.dueAtMs === null || state.dueAtMs !== dueAtMs) return wrongState(state)
  const { transferId, skuId, destinationId: warehouseId, quantity, status } = state
  const detail: WorkItemDetail = { transferId, skuId, warehouseId, quantity, status }
  const told: TransferEffect = { kind: 'raise', workItem: 'transfer_overdue', detail }
  if (status === 'requested') return move(state, 'cancelled', nowMs, [told])
  const next = { ...state, version: state.version + 1, dueAtMs: null, needsAttention: true }
  return { ok: true, state: next, effects: [told] }
}

/** Statuses in which units may be on their way. */
const UNDER_WAY: TransferStatus[] = ['dispatched', 'partially_received', 'returning']

/** Units of a leg that have left their source and have arrived nowhere. */
export function inTransit(leg: TransferLeg): number {
  return leg.dispatched - leg.received - leg.lost - leg.returned
}

/** Moves to the status that the legs' numbers say. */
function settle(state: TransferState, nowMs: number, effects: TransferEffect[]): TransferDecision {
  return move(state, statusByNumbers(state), nowMs, effects)
}

function statusByNumbers(state: TransferState): TransferStatus {
  const total = (part: (leg: TransferLeg) => number) => state.legs.reduce((sum, leg) => sum + part(leg), 0)
  const [received, lost] = [total((leg) => leg.received), total((leg) => leg.lost)]
  const waiting = state.calledBack ? 0 : total((leg) => leg.reserved - leg.dispatched)
  if (total(inTransit) + waiting > 0) {
    if (state.calledBack) return 'returning'
    if (received > 0) return 'partially_received'
    return total((leg) => leg.dispatched) > 0 ? 'dispatched' : 'reserved'
  }
  if (lost > 0) return 'closed_with_loss'
  if (received === state.quantity) return 'received'
  return received > 0 ? 'closed_short' : 'cancelled'
}

function move(
  state: TransferState,
  to: TransferStatus,
  nowMs: number,
  effects: TransferEffect[] = [],
): TransferDecision {
  if (to !== state.status && !TRANSFER_TRANSITIONS[state.status].includes(to)) {
    throw new Error(`a transfer that is ${state.status} cannot become ${to}`)
  }
  // Whoever waits for the next step waits anew.
  const attention = effects.some((effect) => effect.kind === 'raise') && state.needsAttention
  const next = { ...state, status: to, version: state.version + 1, needsAttention: attention }
  return { ok: true, state: withDueTime(next, nowMs), effects }
}

function withDueTime(state: TransferState, nowMs: number): TransferState {
  const seconds = secondsIn(state)
  return { ...state, dueAtMs: seconds === null ? null : nowMs + Math.round(seconds * 1000) }
}

function secondsIn({ status, deadlines }: TransferState): number | null {
  switch (status) {
    case 'requested':
      return deadlines.decisionSeconds
    case 'reserved':
      return deadlines.dispatchSeconds
    case 'dispatched':
    case 'partially_received':
    case 'returning':
      return deadlines.receiptSeconds
    default:
      return null
  }
}

function legsOf(plan: PlannedLeg[]): TransferLeg[] {
  return plan.map(({ sourceId, quantity }, index) => ({
    legNumber: index + 1,
    sourceId,
    reserved: quantity,
    dispatched: 0,
    received: 0,
    lost: 0,
    returned: 0,
  }))
}

function changed(state: TransferState, next: TransferLeg): TransferLeg[] {
  return state.legs.map((leg) => (leg.legNumber === next.legNumber ? next : leg))
}

function whenIn(
  state: TransferState,
  statuses: readonly TransferStatus[],
  then: () => TransferDecision,
): TransferDecision {
  return statuses.includes(state.status) ? then() : wrongState(state)
}

function wrongState(state: TransferState): TransferRefusal {
  return { ok: false, code: 'transfer-wrong-state', detail: `the transfer is ${state.status}` }
}

/** Goes on with the leg that an event names, if it has at least as many units as the event. */
function withLeg(
  state: TransferState,
  { legNumber, quantity }: { legNumber: number; quantity: number },
  unitsOf: (leg: TransferLeg) => number,
  where: string,
  then: (leg: TransferLeg) => TransferDecision,
): TransferDecision {
  const leg = state.legs.find((entry) => entry.legNumber === legNumber)
  if (!leg) return { ok: false, code: 'transfer-leg-not-found', detail: `there is no leg ${legNumber}` }
  const units = unitsOf(leg)
  if (quantity > units) {
    const detail = `${units} units of leg ${legNumber} are ${where}, not ${quantity}`
    return { ok: false, code: 'transfer-quantity-too-large', detail }
  }
  return then(leg)
}
