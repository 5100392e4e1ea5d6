import type { ChangeRequestState, CountedDecision } from './change-request.ts'

/** What a request's workflow knows of its row: where it stands, and what it waits for. */
export type ChangeProgress = Pick<
  ChangeRequestState,
  | 'changeNumber'
  | 'orderId'
  | 'requestVersion'
  | 'status'
  | 'version'
  | 'stepNumber'
  | 'dueAtMs'
  | 'remindAtMs'
  | 'expiresAtMs'
  | 'shipByMs'
  | 'orderMoved'
  | 'applyTries'
  | 'erp'
  | 'reason'
  | 'needsAttention'
> & {
  type: string
  /** The order may still be held for it. */
  holdsOrder: boolean
  /** User names of those who are asked now. */
  asked: string[]
  /** What those who are asked are called together. */
  tierTitle: string
  differenceCents: number
  /** Not there in what was read before the policy said it: `APPLY_WITHIN_SECONDS`. */
  applyWithinSeconds?: number
}

/** What came of a decision. A refusal is a value, and recorded. */
export type DecisionAnswer =
  | { accepted: true; status: ChangeRequestState['status'] }
  | { accepted: false; code: string; detail: string; decidedBy: CountedDecision | null }
