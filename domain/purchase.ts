import { PURCHASE_TRANSITIONS, type PurchaseStatus } from './purchase-state.ts'

/** Roles that a policy may name as deciding on purchases. */
export const PURCHASE_APPROVERS = ['regional_director', 'finance', 'ops', 'admin'] as const
export type PurchaseApprover = (typeof PURCHASE_APPROVERS)[number]

export type PurchaseApprovalRules = {
  /** Nobody has to decide on a list up to this amount; 0: on every list somebody does. */
  automaticMaxCents: number
  /** The first step whose limit the list keeps decides; null is no limit. */
  steps: readonly { maxCents: number | null; roles: readonly PurchaseApprover[] }[]
}

export type PurchaseLine = {
  lineNumber: number
  skuId: string
  units: number
  unitCostCents: number
  receivedUnits: number
}

/** Whether the ERP has heard of a list. `none`: it is not to be told, or not yet; `sending`: it may have heard. */
export const PURCHASE_ERP_STATES = ['none', 'due', 'sending', 'sent', 'refused'] as const
export type PurchaseErpState = (typeof PURCHASE_ERP_STATES)[number]

export type PurchaseState = {
  purchaseId: string
  status: PurchaseStatus
  version: number
  createdBy: string
  submittedBy: string | null
  approverRoles: readonly PurchaseApprover[]
  erp: PurchaseErpState
  lines: readonly PurchaseLine[]
}

export type PurchaseEvent =
  | { type: 'edited'; lines: readonly PurchaseLine[] }
  | { type: 'submitted'; by: string; approval: PurchaseApproval }
  | { type: 'approved' | 'sent_back'; by: string; role: string; note: string }
  | { type: 'received'; lines: readonly { lineNumber: number; units: number }[] }
  | { type: 'closed' | 'cancelled'; reason: string }
  /** Told again what it refused, once its books were mended. */
  | { type: 'erp_due' }

export type PurchaseRefusal = {
  ok: false
  code:
    | 'purchase-wrong-state'
    | 'purchase-own-request'
    | 'purchase-not-approver'
    | 'purchase-quantity-too-large'
    | 'purchase-line-not-found'
    | 'purchase-empty'
    | 'purchase-already-sent'
  detail: string
}
export type PurchaseDecision = { ok: true; state: PurchaseState } | PurchaseRefusal

export type PurchaseApproval = { automatic: true } | { automatic: false; roles: readonly PurchaseApprover[] }

/** Cents of all lines together. */
export function purchaseAmountCents(lines: readonly Pick<PurchaseLine, 'units' | 'unitCostCents'>[]): number {
  return lines.reduce((sum, { units, unitCostCents }) => sum + units * unitCostCents, 0)
}

/** Who decides on a list of this amount: the policy itself for small ones, else the first step whose limit it keeps. */
export function purchaseApprovalOf(amountCents: number, rules: PurchaseApprovalRules): PurchaseApproval {
  if (amountCents <= rules.automaticMaxCents) return { automatic: true }
  // The policy's schema has made sure that the last step decides on everything.
  const step =
    rules.steps.find(({ maxCents }) => maxCents === null || amountCents <= maxCents) ?? rules.steps.at(-1)
  return { automatic: false, roles: step?.roles ?? ['admin'] }
}

/** What follows from an event, or why nothing does. */
export function decidePurchase(state: PurchaseState, event: PurchaseEvent): PurchaseDecision {
  switch (event.type) {
    case 'edited':
      if (state.status !== 'draft') return wrongState(state, 'only a draft can be edited')
      return next(state, { lines: event.lines })
    case 'submitted':
      if (state.status !== 'draft') return wrongState(state, 'only a draft can be submitted')
      if (state.lines.length === 0) return refuse('purchase-empty', 'there is nothing on the list')
      if (event.approval.automatic) return approved(state, event.by)
      return moved(state, 'submitted', { submittedBy: event.by, approverRoles: event.approval.roles })
    case 'approved':
    case 'sent_back':
      return decided(state, event)
    case 'received':
      return received(state, event.lines)
    case 'closed':
      return moved(state, 'closed_short')
    case 'cancelled':
      // What the ERP has ordered is ordered: the rest of it can only be given up.
      if (state.erp === 'sent' || state.erp === 'sending')
        return refuse('purchase-already-sent', 'the ERP has ordered it, or may have; close it instead')
      return moved(state, 'cancelled', { erp: 'none' })
    case 'erp_due':
      if (state.erp !== 'refused') return wrongState(state, 'the ERP has not refused it')
      return next(state, { erp: 'due' })
  }
}

function decided(
  state: PurchaseState,
  event: Extract<PurchaseEvent, { type: 'approved' | 'sent_back' }>,
): PurchaseDecision {
  if (state.status !== 'submitted') return wrongState(state, 'nobody is asked about it')
  if (event.by === state.submittedBy || event.by === state.createdBy)
    return refuse('purchase-own-request', 'it is their own')
  if (!state.approverRoles.some((role) => role === event.role))
    return refuse('purchase-not-approver', `asked are: ${state.approverRoles.join(', ')}`)
  return event.type === 'approved'
    ? approved(state, state.submittedBy)
    : moved(state, 'draft', { submittedBy: null, approverRoles: [] })
}

function approved(state: PurchaseState, submittedBy: string | null): PurchaseDecision {
  return moved(state, 'approved', { submittedBy, approverRoles: [], erp: 'due' })
}

function received(
  state: PurchaseState,
  arrived: readonly { lineNumber: number; units: number }[],
): PurchaseDecision {
  if (state.status !== 'approved' && state.status !== 'partially_received')
    return wrongState(state, 'nothing is expected')
  for (const { lineNumber, units } of arrived) {
    const line = state.lines.find((known) => known.lineNumber === lineNumber)
    if (!line) return refuse('purchase-line-not-found', `there is no line ${lineNumber}`)
    const open = line.units - line.receivedUnits
    if (units > open)
      return refuse('purchase-quantity-too-large', `${open} units of line ${lineNumber} are expected`)
  }
  const lines = state.lines.map((line) => ({
    ...line,
    receivedUnits:
      line.receivedUnits + (arrived.find(({ lineNumber }) => lineNumber === line.lineNumber)?.units ?? 0),
  }))
  const isWhole = lines.every(({ units, receivedUnits }) => receivedUnits === units)
  return moved(state, isWhole ? 'received' : 'partially_received', { lines })
}

function moved(
  state: PurchaseState,
  to: PurchaseStatus,
  change: Partial<PurchaseState> = {},
): PurchaseDecision {
  if (!PURCHASE_TRANSITIONS[state.status].includes(to)) return wrongState(state, `it cannot become ${to}`)
  return next(state, { ...change, status: to })
}

function next(state: PurchaseState, change: Partial<PurchaseState>): PurchaseDecision {
  return { ok: true, state: { ...state, ...change, version: state.version + 1 } }
}

function wrongState(state: PurchaseState, detail: string): PurchaseRefusal {
  return refuse('purchase-wrong-state', `the list is ${state.status}: ${detail}`)
}

function refuse(code: PurchaseRefusal['code'], detail: string): PurchaseRefusal {
  return { ok: false, code, detail }
}
