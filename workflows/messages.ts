import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow'
import type {
  Change,
  ChangeHoldAnswer,
  CommitChangeAnswer,
  PrepareChangeAnswer,
  ReleaseChangeAnswer,
} from '../domain/change.ts'
import type { DecisionAnswer } from '../domain/change-request-progress.ts'
import type { CommandAnswer, InspectedLine, OrderEvent, OrderState } from '../domain/order.ts'
import type { CloseCommand, PromotionAnswer } from '../domain/promotion.ts'

/**
 * What can be said to an order's workflow, and to a promotion's. Shared by the workflow, the API and the relay; imports types only, so
 * that neither side drags the other in.
 */

/** A fact as the relay hands it over: an event that came through the inbox and carries its row's id. */
export type OrderFact =
  | Extract<OrderEvent, { inboxId: number }>
  | (Extract<OrderEvent, { type: 'parcel_news' }> & { inboxId: number })

/** Facts of one order, in the order of their inbox rows. Repeating them is harmless. */
export const factsSignal = defineSignal<[OrderFact[]]>('facts')

type Command = { requestId: string; operator: string }
export const cancelUpdate = defineUpdate<
  CommandAnswer,
  [Command & { reason: string; mayCancelPaid: boolean }]
>('cancel')
export const requestReturnUpdate = defineUpdate<
  CommandAnswer,
  [Command & { returnId: string; reason: string; lines: { lineNumber: number; quantity: number }[] }]
>('requestReturn')
export const decideReturnUpdate = defineUpdate<
  CommandAnswer,
  [Command & { returnId: string; decision: 'approve' | 'reject'; note: string }]
>('decideReturn')
export const receiveReturnUpdate = defineUpdate<CommandAnswer, [Command & { returnId: string }]>(
  'receiveReturn',
)
export const inspectReturnUpdate = defineUpdate<
  CommandAnswer,
  [Command & { returnId: string; lines: InspectedLine[] }]
>('inspectReturn')

/**
 * How a decided change becomes the order's: four Updates, each safe to repeat, by its request id and by what it says.
 *
 *   acquireChangeHold → (approval) → prepareChange → (ERP) → commitChange
 *                                        └── at any time before: releaseChangeHold
 *
 * - `acquireChangeHold` pins the order for one change. The warehouse packs nothing meanwhile, unless it was faster:
 *   then the hold is refused. It is refused, too, where the change cannot be (the reasons of `previewChange`), another
 *   change holds the order, or `orderVersion` is not the order's: preview again, and ask again if the effect is the
 *   same. `until` is the moment at which the order ends the hold by itself and gives back what was prepared; asking
 *   again for the same change and request version extends it. A cancellation, and the end of an unpaid order's time,
 *   end it as well.
 * - `prepareChange` reserves the difference, and nothing else is different yet. `until` extends the hold, so that what
 *   follows has its own time. Refused where stock is missing; the hold stays, and asking again tries again.
 * - `commitChange` makes it so: lines, amount, contact, pick tasks, what is given back, the refund or the supplement
 *   that is due. It and the end of the hold exclude each other; who is first is written in the database. `not-held`
 *   means that the hold is over and nothing was done: undo what was told to others, or begin again.
 * - `releaseChangeHold` is the compensation of the first two: it gives back exactly what was prepared and lets the
 *   warehouse go on. With nothing to release it does nothing. If the change was committed meanwhile, it says so.
 */
type ChangeCommand = Command & { changeId: string }
export type AcquireChangeHold = ChangeCommand & {
  /** Of the request: a new submission after a rejection is a new version. */
  requestVersion: number
  /** The version of the order that the change was previewed on. */
  orderVersion: number
  change: Change
  /** RFC 3339. */
  until: string
}
export type PrepareChange = ChangeCommand & { until: string }
export type CommitChange = ChangeCommand & {
  /** The number that people say; the operation log names it. */
  changeNumber: string
  approvers: string[]
  /** What the amount due was approved to change by; where it would be another now, the change is refused. */
  differenceCents: number
}
export type ReleaseChangeHold = ChangeCommand
export const acquireChangeHoldUpdate = defineUpdate<ChangeHoldAnswer, [AcquireChangeHold]>(
  'acquireChangeHold',
)
export const prepareChangeUpdate = defineUpdate<PrepareChangeAnswer, [PrepareChange]>('prepareChange')
export const commitChangeUpdate = defineUpdate<CommitChangeAnswer, [CommitChange]>('commitChange')
export const releaseChangeHoldUpdate = defineUpdate<ReleaseChangeAnswer, [ReleaseChangeHold]>(
  'releaseChangeHold',
)

/** The whole state, for people who debug and for the comparison in workers/reconcile. */
export const stateQuery = defineQuery<OrderState>('state')

/** The workflow id of an order. One order, one id, for ever. */
export function orderWorkflowId(orderId: string): string {
  return `order:${orderId}`
}

/** Ends a promotion before its time, or cancels it. */
export const closePromotionUpdate = defineUpdate<PromotionAnswer, [CloseCommand]>('close')

/** The workflow id of a promotion. */
export function promotionWorkflowId(promotionId: string): string {
  return `promotion:${promotionId}`
}

/** Says that a transfer's row has reached a version; the workflow reads the row itself. Repeating it is harmless. */
export const transferNewsSignal = defineSignal<[{ version: number }]>('transferNews')

/**
 * Which version of its row the run of a transfer or a change request knows of: the newest that it has read or was told of, 0 before it
 * has read any. For the comparison in workers/row-carrier.
 */
export const knownVersionQuery = defineQuery<number>('knownVersion')

/** The workflow id of a transfer. */
export function transferWorkflowId(transferId: string): string {
  return `transfer:${transferId}`
}

/** Says that a change request's row has reached a version; the workflow reads the row itself. Repeating it is harmless. */
export const changeNewsSignal = defineSignal<[{ version: number }]>('changeNews')

/**
 * A decision on a change request. It names the row that the authenticated API or WeCom handler wrote, which is the proof
 * of who decided. One that only types a name is nobody's: it counts where the configuration trusts whoever reaches
 * Temporal, and is recorded as `temporal-cli`; it says which version and step it is about, so that a late one decides nothing else.
 */
export type DecisionMessage =
  | { decisionId: string }
  | {
      approver: string
      decision: 'approve' | 'reject'
      note?: string
      requestVersion: number
      stepNumber: number
      orderVersion?: number
    }
export const decisionSignal = defineSignal<[DecisionMessage]>('decision')
/** The same, for whoever wants the answer. */
export const decideUpdate = defineUpdate<DecisionAnswer, [DecisionMessage]>('decide')

/** The workflow id of a change request. */
export function changeWorkflowId(changeId: string): string {
  return `change:${changeId}`
}
