import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import type { Logger } from 'pino'
import { orderPlacedBody } from '../contracts/facts.ts'
import type { Db } from '../store/database.ts'
import {
  findPresaleDrift,
  findQuotaDrift,
  findStockDrift,
  isUnchanged,
  type MessageMark,
  type OpenOrder,
  openOrder,
  openOrders,
  placedFacts,
  recordResumption,
  settledMessages,
  withoutOpenOrder,
} from '../store/reconcile.ts'
import { openItemKeys, openWorkItem, resolveOpenWorkItem } from '../store/work-items.ts'
import { orderWorkflowId, stateQuery } from '../workflows/messages.ts'
import { askRun, HEARD_WITHIN_MS } from './heard.ts'
import { startAttributes } from './order-relay.ts'

const ORDERS_A_ROUND = 100
const FIRST_ID = '00000000-0000-0000-0000-000000000000'
/** Visibility lags, and an order closes a moment before its workflow: only what stands for so long is compared. */
const SETTLED_AFTER_MS = 60_000
const CALL_DEADLINE_MS = 10_000
const MESSAGES_A_ROUND = 1_000

export type ReconcileOptions = { db: Db; client: Client; taskQueue: string; logger: Logger }

/**
 * Compares the database with Temporal, a slice a round: every open order must have a running workflow. One that has
 * none (Temporal's data was lost, its run was terminated or was an old copy) is started again from the snapshot of its
 * last commit and hears all its messages again; it ignores those that the snapshot has seen.
 */
export class Reconcile {
  readonly #options: ReconcileOptions
  #afterId = FIRST_ID
  #heardUntil: MessageMark | null = null

  constructor(options: ReconcileOptions) {
    this.#options = options
  }

  /** One slice. Returns how many orders were started again. */
  async runOnce(): Promise<number> {
    const orders = await openOrders(this.#options.db, this.#afterId, ORDERS_A_ROUND)
    this.#afterId = orders.length < ORDERS_A_ROUND ? FIRST_ID : (orders.at(-1)?.orderId ?? FIRST_ID)
    let resumed = 0
    for (const order of orders) {
      if (await this.#isRunning(order.orderId)) continue
      // It may have committed or closed since the slice was read: only a row that stands still has lost its workflow.
      if (!(await isUnchanged(this.#options.db, order))) continue
      await this.#resume(order)
      resumed += 1
    }
    return resumed
  }

  /**
   * Messages that Temporal took must have reached their orders. A worker that falls behind its own workflow tasks can be
   * given a task's next try while it still works at the last one, and then skips a signal that came between the two:
   * the history has it, the run does not know it, and cannot be replayed any more. Such an order is started again from
   * its last commit.
   *
   * @param settledForMs how long ago messages were delivered that are looked at, each once
   * @returns how many orders were started again
   */
  async checkMessages(settledForMs = HEARD_WITHIN_MS): Promise<number> {
    const { db } = this.#options
    const resumed = new Set<string>()
    for (const message of await settledMessages(db, this.#heardUntil, settledForMs, MESSAGES_A_ROUND)) {
      const orderId = message.unheardBy
      if (orderId && !resumed.has(orderId) && (await this.#hasMissed(orderId, Number(message.inboxId)))) {
        const order = await openOrder(db, orderId)
        if (order) await this.#resume(order, 'TERMINATE_EXISTING')
        resumed.add(orderId)
      }
      this.#heardUntil = message
    }
    return resumed.size
  }

  /**
   * Whether a run has missed a message. One that changed nothing is in no commit: only the run itself knows it.
   *
   * @throws while nobody can say, as when no worker is there
   */
  async #hasMissed(orderId: string, inboxId: number): Promise<boolean> {
    const run = await askRun(this.#options.client, orderWorkflowId(orderId), stateQuery)
    // Without a workflow it is started again as one that was lost.
    if (run === 'gone') return false
    return run === 'unreplayable' || !run.answer.seen.includes(inboxId)
  }

  /**
   * The reverse: a workflow that runs although its order has closed, or was never placed here, is raised. A worker that died or fell
   * behind between an order's last commit and its workflow's end leaves one; once it has ended, the item closes itself.
   */
  async checkWorkflows(): Promise<number> {
    const { client, db } = this.#options
    const before = new Date(Date.now() - SETTLED_AFTER_MS).toISOString()
    const query = `ExecutionStatus = 'Running' AND WorkflowType = 'order' AND StartTime < '${before}'`
    const orderIds: string[] = []
    for await (const { workflowId } of client.workflow.list({ query, pageSize: ORDERS_A_ROUND })) {
      orderIds.push(workflowId.slice(orderWorkflowId('').length))
      if (orderIds.length >= ORDERS_A_ROUND) break
    }
    const leftOver = await withoutOpenOrder(db, orderIds, SETTLED_AFTER_MS)
    for (const orderId of leftOver) {
      const detail = { workflowId: orderWorkflowId(orderId) }
      await openWorkItem(db, { kind: 'workflow_left_over', key: orderId, orderId: null, detail })
    }
    await this.#settleLeftOvers()
    return leftOver.length
  }

  async #settleLeftOvers(): Promise<void> {
    const { db } = this.#options
    for (const orderId of await openItemKeys(db, 'workflow_left_over', ORDERS_A_ROUND)) {
      if (await this.#isRunning(orderId)) continue
      await db
        .transaction()
        .execute((tx) => resolveOpenWorkItem(tx, 'workflow_left_over', orderId, 'the workflow has ended'))
    }
  }

  /** Raises every counter that differs from its holds: of stock levels, of promotions' quotas, and of presales. */
  async checkStock(): Promise<number> {
    const { db } = this.#options
    const drifts = [
      ...(await findStockDrift(db)).map((detail) => ({
        key: `${detail.skuId}/${detail.warehouseId}`,
        detail,
      })),
      ...(await findQuotaDrift(db)).map((detail) => ({ key: `${detail.quotaId}/${detail.skuId}`, detail })),
      ...(await findPresaleDrift(db)).map((detail) => ({ key: detail.presaleId, detail })),
    ]
    for (const drift of drifts) {
      await openWorkItem<typeof drift.detail>(db, { kind: 'stock_drift', orderId: null, ...drift })
    }
    return drifts.length
  }

  async #isRunning(orderId: string): Promise<boolean> {
    const { client } = this.#options
    try {
      const description = await client.withDeadline(Date.now() + CALL_DEADLINE_MS, () =>
        client.workflow.getHandle(orderWorkflowId(orderId)).describe(),
      )
      return description.status.name === 'RUNNING'
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false
      throw error
    }
  }

  async #resume(
    order: OpenOrder,
    workflowIdConflictPolicy: 'USE_EXISTING' | 'TERMINATE_EXISTING' = 'USE_EXISTING',
  ): Promise<void> {
    const { db, client, taskQueue, logger } = this.#options
    // An order that never committed begins from what it was placed with.
    const input = order.state
      ? { state: order.state }
      : { placed: orderPlacedBody.parse(await placedFacts(db, order.orderId)) }
    const placed = 'state' in input ? input.state.placed : input.placed
    await client.withDeadline(Date.now() + CALL_DEADLINE_MS, () =>
      client.workflow.start('order', {
        taskQueue,
        workflowId: orderWorkflowId(order.orderId),
        // The row says that the order is open: an ended run is a lost one.
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowIdConflictPolicy,
        args: [input],
        staticSummary: `${placed.channel} order, resumed at version ${order.version}`,
        typedSearchAttributes: startAttributes(placed),
      }),
    )
    await recordResumption(db, order.orderId, order.version)
    logger.warn({ orderId: order.orderId, version: order.version }, 'order resumed from its snapshot')
  }
}
