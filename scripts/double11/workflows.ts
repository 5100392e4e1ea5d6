import { Connection } from '@temporalio/client'
import { orderWorkflowId } from '../../workflows/messages.ts'

/** What the orders' workflows still have to do, as Temporal knows it. */
export type OrderWorkflows = {
  /** Whether an order's workflow has worked off every message that it was given; of none is as good. */
  hasWorkedOff: (orderId: string) => Promise<boolean>
  close: () => Promise<void>
}

const NAMESPACE = 'default'

/** @param address of Temporal, `host:port` */
export async function connectOrderWorkflows(address: string): Promise<OrderWorkflows> {
  const connection = await Connection.connect({ address })
  return {
    hasWorkedOff: async (orderId) => {
      const { pendingWorkflowTask, workflowExecutionInfo } =
        await connection.workflowService.describeWorkflowExecution({
          namespace: NAMESPACE,
          execution: { workflowId: orderWorkflowId(orderId) },
        })
      return Boolean(workflowExecutionInfo) && !pendingWorkflowTask
    },
    close: () => connection.close(),
  }
}
