import type { OrderEvent, OrderState } from './order.ts'
import { type Draft, raise } from './order-draft.ts'
import { isAnswered, isOver, keepForLater } from './order-early.ts'
import { hasEnded, isBeingChecked } from './order-status.ts'

/**
 * The rules about abnormal orders in an order's life: due → clear, or held until a person lets it go or an applied change
 * sets it right. While it is due or held, nothing goes to a warehouse (`mayPick`). What the rules say is asked of the
 * database, which keeps the first answer to each check for ever.
 */
export const FINDING_ACTIONS = ['note', 'hold', 'block'] as const
export type FindingAction = (typeof FINDING_ACTIONS)[number]

export const CHECK_OUTCOMES = ['clear', 'noted', 'held', 'blocked'] as const
export type CheckOutcome = (typeof CHECK_OUTCOMES)[number]

/** What has become of a check that was made, and of each of its findings. */
export const CHECK_STATES = ['passed', 'held', 'released', 'superseded', 'ended'] as const
export type CheckState = (typeof CHECK_STATES)[number]
export const FINDING_STATES = ['noted', 'held', 'released', 'superseded', 'ended'] as const
export type FindingState = (typeof FINDING_STATES)[number]

export type OrderCheck = {
  /** Counts the checks of the order: one when it is paid, one after each applied change. */
  number: number
  state: 'due' | 'clear' | 'held'
}

/** What the rules say. Codes, counts and names of rules only. */
export type OrderCheckAnswer = {
  outcome: CheckOutcome
  policyVersion: number
  findings: { rule: string; tag: string; action: FindingAction; because: string }[]
  /** Who is to look at it; null: nobody in particular. */
  handler: string | null
}

/** Begins the next check of an order that may be stopped; orders from before there were rules go on as they began. */
export function requireCheck({ state }: Draft): void {
  if (!state.placed.isChecked) return
  state.check = { number: (state.check?.number ?? 0) + 1, state: 'due' }
}

/** After an applied change: what was looked at has changed. Before the first check there is nothing to do again. */
export function requireCheckAgain(draft: Draft): void {
  if (draft.state.check && !hasEnded(draft.state.status)) requireCheck(draft)
}

/** The check that is to be made now, or null. */
export function dueCheck({ check, status }: Pick<OrderState, 'check' | 'status'>): number | null {
  return check?.state === 'due' && !hasEnded(status) ? check.number : null
}

export function orderChecked(draft: Draft, event: Extract<OrderEvent, { type: 'order_checked' }>): void {
  const { check, status } = draft.state
  const { outcome, policyVersion, findings } = event
  const isStopped = outcome === 'held' || outcome === 'blocked'
  // A change was applied meanwhile: what it made of the order is asked about anew.
  if (check?.number !== event.number) return
  // It ended while it was asked: nobody is to find the answer waiting.
  if (hasEnded(status) && isStopped) draft.writes.push({ kind: 'end_check', number: check.number })
  if (check.state !== 'due') return
  const rules = findings.map(({ rule, because }) => `${rule} (${because})`).join('; ')
  const newValue = [outcome, `policy ${policyVersion}`, ...(rules === '' ? [] : [rules])].join(', ')
  draft.note({ field: 'check', oldValue: null, newValue, subjectId: String(check.number) })
  if (isStopped) {
    check.state = 'held'
    return raiseHeld(draft, event)
  }
  check.state = 'clear'
  if (check.number > 1) closeItem(draft, { resolution: 'a change has set it right', by: 'system' })
}

function raiseHeld(draft: Draft, event: Extract<OrderEvent, { type: 'order_checked' }>): void {
  const { orderId } = draft.state.placed
  const stopping = event.findings.filter(({ action }) => action !== 'note')
  raise(
    draft,
    'abnormal_order',
    orderId,
    {
      checkNumber: event.number,
      outcome: event.outcome,
      policyVersion: event.policyVersion,
      tags: stopping.map(({ tag }) => tag).join('、'),
      rules: stopping.map(({ rule, because }) => `${rule}: ${because}`).join('; '),
    },
    event.handler,
  )
}

/** A person lets the order go on as it is. The database has decided that nobody was faster. */
export function checkReleased(draft: Draft, event: Extract<OrderEvent, { type: 'check_released' }>): void {
  const { check } = draft.state
  if (!isOver(draft.state) && !isAnswered(check, event.number)) return keepForLater(draft, event)
  if (check?.number !== event.number) return
  draft.note({ field: 'check', oldValue: 'held', newValue: 'released', subjectId: String(check.number) })
  if (check.state !== 'held') return
  check.state = 'clear'
  closeItem(draft, { resolution: 'released', by: event.operator })
}

/** The order has ended: nobody need look at it any more. */
export function endCheck(draft: Draft): void {
  const { state } = draft
  if (!state.check || !isBeingChecked(state) || !hasEnded(state.status)) return
  const { number } = state.check
  state.check = { ...state.check, state: 'clear' }
  draft.note({ field: 'check', newValue: `ended: the order is ${state.status}`, subjectId: String(number) })
  draft.writes.push({ kind: 'end_check', number })
  closeItem(draft, { resolution: `the order is ${state.status}`, by: 'system' })
}

function closeItem(draft: Draft, settled: { resolution: string; by: string }): void {
  const key = draft.state.placed.orderId
  draft.writes.push({ kind: 'resolve_work_item', workItemKind: 'abnormal_order', key, ...settled })
}
