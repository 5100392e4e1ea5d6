import type {
  ChangeRefusal,
  ChangeRefusalCode,
  ChangeRequestEffect,
  ChangeRequestOutcome,
  ChangeRequestState,
  CountedDecision,
} from './change-request.ts'
import { CHANGE_REQUEST_TRANSITIONS, type ChangeRequestStatus } from './change-request-state.ts'

/** Ends it before anything was done to the order. */
export function end(
  state: ChangeRequestState,
  to: 'rejected' | 'withdrawn' | 'expired' | 'stale',
  { code, detail }: { code: string; detail: string },
): ChangeRequestOutcome {
  const closed = { ...state, dueAtMs: null, remindAtMs: null, orderMoved: false, needsAttention: false }
  return move({ ...closed, reason: { code, detail } }, to)
}

/** Brings it to another status, or the same. @throws Error for an illegal move, which is a bug */
export function move(
  state: ChangeRequestState,
  to: ChangeRequestStatus,
  effects: ChangeRequestEffect[] = [],
): ChangeRequestOutcome {
  if (to !== state.status && !CHANGE_REQUEST_TRANSITIONS[state.status].includes(to)) {
    throw new Error(`a change request that is ${state.status} cannot become ${to}`)
  }
  return accept({ ...state, status: to }, effects)
}

/** A change that is no move: the next version of the same status. */
export function accept(
  state: ChangeRequestState,
  effects: ChangeRequestEffect[] = [],
): Extract<ChangeRequestOutcome, { ok: true }> {
  return { ok: true, state: { ...state, version: state.version + 1 }, effects }
}

export function refuse(
  code: ChangeRefusalCode,
  detail: string,
  decidedBy: CountedDecision | null = null,
): ChangeRefusal {
  return { ok: false, code, detail, decidedBy }
}

export function whenIn(
  state: ChangeRequestState,
  statuses: readonly ChangeRequestStatus[],
  then: () => ChangeRequestOutcome,
): ChangeRequestOutcome {
  return statuses.includes(state.status) ? then() : wrongState(state)
}

export function wrongState(state: ChangeRequestState): ChangeRefusal {
  return refuse('change-wrong-state', `the request is ${state.status}`, state.decisions.at(-1) ?? null)
}

/** What stands in the way: the order as it is now, or something that can be mended and tried again. */
export function endOfRefused(code: string): 'stale' | 'apply_failed' {
  return MENDABLE.has(code) ? 'apply_failed' : 'stale'
}
const MENDABLE: ReadonlySet<string> = new Set([
  'not-enough-stock',
  'not-held',
  'not-prepared',
  'held-by-another-change',
  'erp-refused',
  'erp-unreachable',
  'order-unreachable',
])
