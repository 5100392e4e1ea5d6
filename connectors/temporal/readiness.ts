import type { Client } from '@temporalio/client'

const DEADLINE_MS = 1_500
/** TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW */
const WORKFLOW_QUEUE = 1
/** A worker polls at least this often; one that was not seen for longer is gone. */
const SEEN_WITHIN_MS = 120_000

/** Whether Temporal answers and a worker of any version is polling for orders. Throws when it does not answer. */
export async function hasWorkers(client: Client, taskQueue: string): Promise<boolean> {
  const { pollers } = await client.withDeadline(Date.now() + DEADLINE_MS, () =>
    client.workflowService.describeTaskQueue({
      namespace: client.options.namespace,
      taskQueue: { name: taskQueue },
      taskQueueType: WORKFLOW_QUEUE,
    }),
  )
  return (pollers ?? []).some(
    (poller) => Date.now() - Number(poller.lastAccessTime?.seconds ?? 0) * 1_000 < SEEN_WITHIN_MS,
  )
}
