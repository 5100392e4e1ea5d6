import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import { defineSearchAttributeKey } from '@temporalio/common'
import type { Logger } from 'pino'
import type { Db } from '../store/database.ts'
import {
  markTransferCarried,
  openTransferIds,
  postponeTransfer,
  recallTransfer,
  type UntoldTransfer,
  untoldTransfers,
} from '../store/transfer-carrying.ts'
import { transferNewsSignal, transferWorkflowId } from '../workflows/messages.ts'

const TRANSFERS_A_ROUND = 50
const CALL_DEADLINE_MS = 10_000
const FIRST_RETRY_MS = 250
const LAST_RETRY_MS = 30_000
const FIRST_ID = '00000000-0000-0000-0000-000000000000'

const needsAttention = defineSearchAttributeKey('NeedsAttention', 'BOOL')
const warehouseKey = defineSearchAttributeKey('Warehouse', 'KEYWORD_LIST')

/**
 * Tells the workflows of transfers what their rows have decided, at least once, and starts those that do not run. The
 * row knows which version was told; what was acknowledged while Temporal was away is told when it is back.
 */
export class TransferCarrier {
  readonly #options: { db: Db; client: Client; taskQueue: string; logger: Logger }
  #afterId = FIRST_ID

  constructor(options: { db: Db; client: Client; taskQueue: string; logger: Logger }) {
    this.#options = options
  }

  /** One round. Returns how many transfers' news it has told; 0 means that nothing is due. */
  async runOnce(): Promise<number> {
    const { db, logger } = this.#options
    const untold = await untoldTransfers(db, TRANSFERS_A_ROUND)
    let told = 0
    for (const transfer of untold) {
      const { transferId, version } = transfer
      try {
        await this.#tell(transfer)
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        logger.warn({ transferId, reason }, 'a transfer could not be told, will retry')
        const delayMs = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(transfer.attempts, 10))
        await postponeTransfer(db, transferId, delayMs)
        continue
      }
      await markTransferCarried(db, transferId, version)
      told += 1
    }
    return told
  }

  /** A slice of the open transfers: one whose workflow is gone is told everything again, which starts it anew. */
  async checkWorkflows(): Promise<number> {
    const { db, logger } = this.#options
    const ids = await openTransferIds(db, this.#afterId, TRANSFERS_A_ROUND)
    this.#afterId = ids.length < TRANSFERS_A_ROUND ? FIRST_ID : (ids.at(-1) ?? FIRST_ID)
    let recalled = 0
    for (const transferId of ids) {
      if (await this.#isRunning(transferId)) continue
      if (!(await recallTransfer(db, transferId))) continue
      logger.warn({ transferId }, 'a transfer had no workflow and is started again')
      recalled += 1
    }
    return recalled
  }

  async #tell({
    transferId,
    version,
    closed,
    skuId,
    quantity,
    destinationId,
  }: UntoldTransfer): Promise<void> {
    const { client, taskQueue } = this.#options
    const workflowId = transferWorkflowId(transferId)
    await client.withDeadline(Date.now() + CALL_DEADLINE_MS, async () => {
      if (closed) {
        try {
          await client.workflow.getHandle(workflowId).signal(transferNewsSignal, { version })
        } catch (error) {
          // It ended by itself, or never began: there is nothing left for it to do.
          if (!(error instanceof WorkflowNotFoundError)) throw error
        }
        return
      }
      await client.workflow.signalWithStart('transfer', {
        taskQueue,
        workflowId,
        // The row says that the transfer is open: a run that has ended is a lost one.
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowIdConflictPolicy: 'USE_EXISTING',
        args: [{ transferId }],
        signal: transferNewsSignal,
        signalArgs: [{ version }],
        staticSummary: `transfer of ${quantity} × ${skuId} to ${destinationId}`,
        typedSearchAttributes: [
          { key: warehouseKey, value: [destinationId] },
          { key: needsAttention, value: false },
        ],
      })
    })
  }

  async #isRunning(transferId: string): Promise<boolean> {
    const { client } = this.#options
    try {
      const description = await client.withDeadline(Date.now() + CALL_DEADLINE_MS, () =>
        client.workflow.getHandle(transferWorkflowId(transferId)).describe(),
      )
      return description.status.name === 'RUNNING'
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false
      throw error
    }
  }
}
