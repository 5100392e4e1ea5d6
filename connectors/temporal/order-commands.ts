import {
  type Client,
  ServiceError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client'
import type { UpdateDefinition } from '@temporalio/common'
import { ProblemError } from '../../contracts/errors.ts'
import type { CommandAnswer, InspectedLine } from '../../domain/order.ts'
import {
  cancelUpdate,
  decideReturnUpdate,
  inspectReturnUpdate,
  orderWorkflowId,
  receiveReturnUpdate,
  requestReturnUpdate,
} from '../../workflows/messages.ts'

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

/** An Update waits for a worker without limit; a caller does not. */
const ANSWER_DEADLINE_MS = 10_000
/** How long a command waits for the relay to start the workflow of an order that was placed a moment ago. */
const START_WAIT_MS = 3_000
const START_POLL_MS = 100

/** What the commands need to know of an order's row when its workflow is not found. */
export type OrderStanding = 'unknown' | 'open' | 'closed'

/** Commands over a Temporal client. `standing` tells a workflow that has ended from one that has not begun. */
export function createOrderCommands(
  client: Client,
  standing: (orderId: string) => Promise<OrderStanding>,
): OrderCommands {
  const send = async <C extends Command>(
    update: UpdateDefinition<CommandAnswer, [C]>,
    orderId: string,
    command: C,
  ): Promise<CommandAnswer> => {
    const giveUpAt = Date.now() + START_WAIT_MS
    for (;;) {
      try {
        return await client.withDeadline(Date.now() + ANSWER_DEADLINE_MS, () =>
          client.workflow
            .getHandle(orderWorkflowId(orderId))
            .executeUpdate(update, { args: [command], updateId: command.requestId }),
        )
      } catch (error) {
        const answer = await explain(error, await standing(orderId))
        if (answer) return answer
        if (Date.now() >= giveUpAt)
          throw new ProblemError('unavailable', 'the order is not ready for commands yet')
        await new Promise((resolve) => setTimeout(resolve, START_POLL_MS))
      }
    }
  }
  return {
    cancel: (orderId, command) => send(cancelUpdate, orderId, command),
    requestReturn: (orderId, command) => send(requestReturnUpdate, orderId, command),
    decideReturn: (orderId, command) => send(decideReturnUpdate, orderId, command),
    receiveReturn: (orderId, command) => send(receiveReturnUpdate, orderId, command),
    inspectReturn: (orderId, command) => send(inspectReturnUpdate, orderId, command),
  }
}

/** An answer for the caller, or null when the workflow is about to start and asking again helps. */
async function explain(error: unknown, standing: OrderStanding): Promise<CommandAnswer | null> {
  if (error instanceof WorkflowNotFoundError || error instanceof WorkflowUpdateFailedError) {
    if (standing === 'unknown') throw new ProblemError('order-not-found')
    if (standing === 'open') return null
    return {
      accepted: false,
      code: 'order-already-closed',
      detail: 'the order is closed; nothing more can happen to it',
    }
  }
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || error instanceof ServiceError) {
    throw new ProblemError('unavailable', 'the order did not answer in time; its answer is kept, ask again')
  }
  throw error
}
