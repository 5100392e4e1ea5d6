import {
  type Client,
  ServiceError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client'
import type { UpdateDefinition } from '@temporalio/common'
import { type ErrorCode, ProblemError } from '../../contracts/errors.ts'

/** An Update waits for a worker without limit; a caller does not. */
const ANSWER_DEADLINE_MS = 10_000
/** How long a command waits for the workflow of a row that was written a moment ago to be started. */
const START_WAIT_MS = 3_000
const START_POLL_MS = 100

/** What a command needs to know of the row behind a workflow that is not found. */
export type RowStanding = 'unknown' | 'open' | 'closed'

export type UpdateTarget<Answer> = {
  /** What it is called in a refusal: "order", "promotion". */
  what: string
  workflowId: string
  /** Tells a workflow that has ended from one that has not begun. */
  standing: () => Promise<RowStanding>
  /** The refusal for something that does not exist. */
  unknown: ErrorCode
  /** The answer of something whose workflow has ended. */
  closed: () => Promise<Answer>
}

/**
 * Sends an Update to a workflow and waits for its answer. It is named by the request id, so that a repeated request
 * gets the first answer. A refusal is a value.
 *
 * @throws ProblemError `unavailable` when Temporal or a worker does not answer in time, `unknown` of the target
 */
export async function sendUpdate<Answer, Command extends { requestId: string }>(
  client: Client,
  update: UpdateDefinition<Answer, [Command]>,
  command: Command,
  target: UpdateTarget<Answer>,
): Promise<Answer> {
  const giveUpAt = Date.now() + START_WAIT_MS
  for (;;) {
    try {
      return await client.withDeadline(Date.now() + ANSWER_DEADLINE_MS, () =>
        client.workflow
          .getHandle(target.workflowId)
          .executeUpdate(update, { args: [command], updateId: command.requestId }),
      )
    } catch (error) {
      const standing = await target.standing()
      throwUnlessEnded(error, standing, target)
      if (standing === 'closed') return await target.closed()
      if (Date.now() >= giveUpAt)
        throw new ProblemError('unavailable', `the ${target.what} is not ready for commands yet`)
      await new Promise((resolve) => setTimeout(resolve, START_POLL_MS))
    }
  }
}

/** Returns where the workflow is not there: it has ended, or is about to start and asking again helps. */
function throwUnlessEnded<Answer>(
  error: unknown,
  standing: RowStanding,
  { what, unknown }: UpdateTarget<Answer>,
): void {
  if (error instanceof WorkflowNotFoundError || error instanceof WorkflowUpdateFailedError) {
    if (standing === 'unknown') throw new ProblemError(unknown)
    return
  }
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || error instanceof ServiceError) {
    throw new ProblemError('unavailable', `the ${what} did not answer in time; its answer is kept, ask again`)
  }
  throw error
}
