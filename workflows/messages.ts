import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow'
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

/** The workflow id of a transfer. */
export function transferWorkflowId(transferId: string): string {
  return `transfer:${transferId}`
}
