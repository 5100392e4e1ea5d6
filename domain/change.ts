import type { Allocation, OrderLine } from './order.ts'

/**
 * A change of an order, as it is asked for and decided. The only way to change what an order sells, to whom it goes and
 * what it costs: see docs/order-life.md.
 */
export const CHANGE_TYPES = [
  'price',
  'address',
  'item',
  'quantity',
  'gift',
  'cancel',
  'refund',
  'reship',
] as const
export type ChangeType = (typeof CHANGE_TYPES)[number]

/**
 * What is to become of an order. Amounts are in cents and stand for what is wanted, never for a difference.
 *
 * - `address`: another contact, whose row has been written and sealed already; no personal data here.
 * - `item`: the lines as they are to be.
 * - `quantity`: 0 removes the line.
 * - `gift`: new lines that cost nothing.
 * - `refund`: money back for goods that stay sold. It names the payment (its serial number) that it comes from.
 * - `reship`: units that are sent once more for nothing, as new lines.
 */
export type Change =
  | { type: 'price'; lines: { lineNumber: number; unitPriceCents: number }[]; freightCents?: number }
  | { type: 'address'; contactId: string; divisionCode: string }
  | { type: 'item'; lines: OrderLine[] }
  | { type: 'quantity'; lines: { lineNumber: number; quantity: number }[] }
  | { type: 'gift'; lines: { skuId: string; quantity: number }[] }
  | { type: 'cancel' }
  | { type: 'refund'; paymentId: string; amountCents: number }
  | { type: 'reship'; lines: { lineNumber: number; quantity: number }[] }

/** Whether the warehouse stands still while an order is held for such a change: not where its goods have left. */
export function pausesPicking(type: ChangeType): boolean {
  return type !== 'refund' && type !== 'reship'
}

/** Bounds of what a change may make of an order; the same as at checkout. */
export const CHANGE_LIMITS = {
  orderLines: 200,
  lineQuantity: 100_000,
  unitPriceCents: 1_000_000_000,
  amountCents: 1_000_000_000_000,
} as const

/** Why a change cannot be. Each is a value: nothing has changed, and the detail says what stands in the way. */
export const CHANGE_REASONS = [
  // The change itself.
  'unknown-line',
  'line-named-twice',
  'quantity-out-of-range',
  'price-out-of-range',
  'amount-out-of-range',
  'too-many-lines',
  'nothing-changes',
  /** Every unit would go: that is a cancellation. */
  'nothing-left',
  /** Units of the line could not be supplied and were refunded; its quantity is settled. */
  'line-short',
  'payment-unknown',
  'refund-above-paid',
  // The order as it stands.
  'order-closed',
  /** Not in this status: shipped already, or not yet paid. */
  'wrong-status',
  /** Lines of a presale have not come in; what is sold beside them waits with them. */
  'presale-waiting',
  /** The customer owes money for an earlier change. */
  'supplement-due',
  /** The platform that sold the order keeps its money and its goods. */
  'platform-decides',
  'not-enough-stock',
  'unknown-contact',
  // The hold.
  /** The order has moved on since it was looked at: look again. */
  'order-changed',
  'held-by-another-change',
  /** The warehouse was faster. */
  'already-packed',
  'cancellation-in-progress',
  /** There is no hold of this change: never asked for, given up, or its time is over. */
  'not-held',
  'not-prepared',
] as const
export type ChangeReason = (typeof CHANGE_REASONS)[number]

export type ChangeProblem = {
  reason: ChangeReason
  detail: string
  /** Where the reason is `not-enough-stock`. */
  shortages?: { skuId: string; requested: number; available: number }[]
}

/** Everything that a change does to an order, before it is done. */
export type ChangeEffect = {
  type: ChangeType
  /** Lines that differ; `before` is null for a new line, and a line whose quantity is 0 afterwards is removed. */
  lines: { lineNumber: number; before: OrderLine | null; after: OrderLine }[]
  freightCents: { before: number; after: number }
  /** What the order costs. For a paid one that is what the merchant may keep: units short or sent back do not count. */
  amountCents: { before: number; after: number }
  /** After less before: negative is a reduction. */
  differenceCents: number
  /** What goes back, by the payment (serial number) that it comes from. */
  refunds: { paymentId: string; amountCents: number }[]
  /** What the customer then still has to pay: the whole of an unpaid order, a supplement of a paid one. */
  stillToPayCents: number
  /** Units by line and SKU that must be reserved (above 0), or are given back (below 0). */
  stock: { lineNumber: number; skuId: string; quantity: number }[]
  /** Whether the goods go to another contact. */
  contact: { contactId: string; divisionCode: string } | null
  /** Whether picking stands still while the order is held for it. */
  pausesPicking: boolean
}

/** A change that was made so: the order remembers each. */
export type AppliedChange = {
  changeId: string
  /** The number that people say: CR-20261122-0042. */
  changeNumber: string
  type: ChangeType
  /** Who approved it, by their names in the hub. */
  approvers: string[]
  amountBeforeCents: number
  amountAfterCents: number
  /** Money given back for goods that stay sold. */
  allowanceCents: number
}

/** A change that pins its order until it is made so, given up, or out of time. */
export type ChangeHold = {
  /** Counts the order's holds; the questions to the database are named by it. */
  number: number
  changeId: string
  requestVersion: number
  change: Change
  untilMs: number
  /**
   * The answers that are open: whether the warehouse was faster (`asking`), whether there is stock (`preparing`),
   * whether it was applied or ended (`settling`).
   */
  state: 'asking' | 'held' | 'preparing' | 'prepared' | 'settling'
  /** Whether the question has been put: one at a time about the same goods. */
  isAsked: boolean
  /** It is to end as soon as the open answer is there. */
  isEnding: boolean
  /** What is to be reserved, and what was. */
  wanted: { lineNumber: number; skuId: string; quantity: number }[]
  gained: GainedUnits[]
  /** How often stock was asked for. */
  tries: number
  /** How it is to be made so, once that was asked for. */
  terms: ChangeTerms | null
  /** Callers that wait for the open answer. */
  waiting: { requestId: string; wants: 'hold' | 'prepare' | 'commit' | 'release' }[]
}

/** Units that were reserved for a change. `drawnFrom`: the promotion's quota that they came from. */
export type GainedUnits = Allocation & { drawnFrom: string | null }

export type ChangeTerms = {
  changeNumber: string
  approvers: string[]
  operator: string
  requestId: string
  /** What the amount due was approved, and the ERP told, to change by, in cents. Not in terms of earlier builds. */
  differenceCents?: number
}

/** What a caller hears in the end: null, or why not. */
export type ChangeReply = { problem: ChangeProblem | null }

/** The answer to `acquireChangeHold`. */
export type ChangeHoldAnswer =
  | { granted: true; orderVersion: number }
  | ({ granted: false; orderVersion: number | null } & ChangeProblem)

/** The answer to `prepareChange`. `gained`: the units that were reserved, and where. */
export type PrepareChangeAnswer =
  | { prepared: true; orderVersion: number; gained: GainedUnits[] }
  | ({ prepared: false } & ChangeProblem)

/**
 * The answer to `commitChange`. `refunds` are on their way back; `supplementCents` is what the customer owes, and
 * until it is paid the warehouse packs nothing of the order.
 */
export type CommitChangeAnswer =
  | {
      applied: true
      orderVersion: number
      refunds: { refundId: string; paymentId: string; amountCents: number }[]
      supplementCents: number
    }
  | ({ applied: false } & ChangeProblem)

/** The answer to `releaseChangeHold`. `applied`: the change was made so before; it stays. */
export type ReleaseChangeAnswer = { released: true; applied: boolean }
