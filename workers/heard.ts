import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import type { QueryDefinition } from '@temporalio/common'
import proto from '@temporalio/proto'

/** What a run has not heard so long after Temporal took it never comes: docs/adr/0023. */
export const HEARD_WITHIN_MS = 5 * 60_000
const CALL_DEADLINE_MS = 10_000
/** How the SDK marks a history that its program could not have made. */
const UNREPLAYABLE_RULE = 'TMPRL1100'
const { WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR: OTHERWISE } =
  proto.temporal.api.enums.v1.WorkflowTaskFailedCause

/** `gone`: there is no such workflow. `unreplayable`: its history does not replay, so that it never goes on. */
export type RunAnswer<Answer> = { answer: Answer } | 'gone' | 'unreplayable'

/**
 * What a workflow's run says that it knows. It has heard everything that Temporal took before, unless it never will.
 *
 * @throws while nobody can say, as when no worker is there
 */
export async function askRun<Answer>(
  client: Client,
  workflowId: string,
  query: QueryDefinition<Answer>,
): Promise<RunAnswer<Answer>> {
  try {
    const answer = await client.withDeadline(Date.now() + CALL_DEADLINE_MS, () =>
      client.workflow.getHandle(workflowId).query(query),
    )
    return { answer }
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'gone'
    // Replayed to answer, or for a task that Temporal has recorded as failed and gives again and again.
    const isRefused = error instanceof Error && error.message.includes(UNREPLAYABLE_RULE)
    if (isRefused || (await cannotBeReplayed(client, workflowId))) return 'unreplayable'
    throw error
  }
}

async function cannotBeReplayed(client: Client, workflowId: string): Promise<boolean> {
  const { history } = await client.workflowService.getWorkflowExecutionHistoryReverse({
    namespace: client.options.namespace,
    execution: { workflowId },
    maximumPageSize: 1,
  })
  return history?.events?.[0]?.workflowTaskFailedEventAttributes?.cause === OTHERWISE
}
