import type { Client } from '@temporalio/client'
import type { UpdateDefinition } from '@temporalio/common'
import type { CommandAnswer, InspectedLine } from '../../domain/order.ts'
import {
  cancelUpdate,
  decideReturnUpdate,
  inspectReturnUpdate,
  orderWorkflowId,
  receiveReturnUpdate,
  requestReturnUpdate,
} from '../../workflows/messages.ts'
import { type RowStanding, sendUpdate } from './send-update.ts'

type Command = { requestId: string; operator: string }

/**
 * Commands to an order whose caller waits for the answer. Each is an Update of the order's workflow, named by the
 * request id, so that a repeated request gets the first answer. A refusal is a value.
 *
 * @throws ProblemError `unavailable` when Temporal or a worker does not answer in time, `order-not-found`
 */
export type OrderCommands = {
  cancel: (
    orderId: string,
    command: Command & { reason: string; mayCancelPaid: boolean },
  ) => Promise<CommandAnswer>
  requestReturn: (
    orderId: string,
    command: Command & {
      returnId: string
      reason: string
      lines: { lineNumber: number; quantity: number }[]
    },
  ) => Promise<CommandAnswer>
  decideReturn: (
    orderId: string,
    command: Command & { returnId: string; decision: 'approve' | 'reject'; note: string },
  ) => Promise<CommandAnswer>
  receiveReturn: (orderId: string, command: Command & { returnId: string }) => Promise<CommandAnswer>
  inspectReturn: (
    orderId: string,
    command: Command & { returnId: string; lines: InspectedLine[] },
  ) => Promise<CommandAnswer>
}

/** Commands over a Temporal client. `standing` tells a workflow that has ended from one that has not begun. */
export function createOrderCommands(
  client: Client,
  standing: (orderId: string) => Promise<RowStanding>,
): OrderCommands {
  const send = <C extends Command>(
    update: UpdateDefinition<CommandAnswer, [C]>,
    orderId: string,
    command: C,
  ): Promise<CommandAnswer> =>
    sendUpdate(client, update, command, {
      what: 'order',
      workflowId: orderWorkflowId(orderId),
      standing: () => standing(orderId),
      unknown: 'order-not-found',
      closed: async () => ({
        accepted: false,
        code: 'order-already-closed',
        detail: 'the order is closed; nothing more can happen to it',
      }),
    })
  return {
    cancel: (orderId, command) => send(cancelUpdate, orderId, command),
    requestReturn: (orderId, command) => send(requestReturnUpdate, orderId, command),
    decideReturn: (orderId, command) => send(decideReturnUpdate, orderId, command),
    receiveReturn: (orderId, command) => send(receiveReturnUpdate, orderId, command),
    inspectReturn: (orderId, command) => send(inspectReturnUpdate, orderId, command),
  }
}
