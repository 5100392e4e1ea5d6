import type { Client } from '@temporalio/client'
import type { CloseCommand, PromotionAnswer } from '../../domain/promotion.ts'
import { closePromotionUpdate, promotionWorkflowId } from '../../workflows/messages.ts'
import { type RowStanding, sendUpdate } from './send-update.ts'

/**
 * Commands to a promotion whose caller waits for the answer, each an Update of its workflow.
 *
 * @throws ProblemError `unavailable` when Temporal or a worker does not answer in time, `not-found`
 */
export type PromotionCommands = {
  close: (promotionId: string, command: CloseCommand) => Promise<PromotionAnswer>
}

/**
 * Commands over a Temporal client.
 *
 * @param rows.standing tells a workflow that has ended from one that has not begun
 * @param rows.answerOf the answer of a promotion that is over: to a command that it has carried out, the one it gave
 */
export function createPromotionCommands(
  client: Client,
  rows: {
    standing: (promotionId: string) => Promise<RowStanding>
    answerOf: (command: CloseCommand & { promotionId: string }) => Promise<PromotionAnswer>
  },
): PromotionCommands {
  return {
    close: (promotionId, command) =>
      sendUpdate(client, closePromotionUpdate, command, {
        what: 'promotion',
        workflowId: promotionWorkflowId(promotionId),
        standing: () => rows.standing(promotionId),
        unknown: 'not-found',
        closed: () => rows.answerOf({ ...command, promotionId }),
      }),
  }
}
