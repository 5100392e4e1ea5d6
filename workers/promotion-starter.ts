import type { Client } from '@temporalio/client'
import type { Db } from '../store/database.ts'
import { openPromotions } from '../store/promotions.ts'
import { promotionWorkflowId } from '../workflows/messages.ts'

const CALL_DEADLINE_MS = 10_000
/** How long a promotion that was seen with its workflow is left alone. */
const SEEN_FOR_MS = 30_000

/**
 * Sees to it that every open promotion has a running workflow: one that was just planned, and one whose workflow was
 * lost with Temporal's data or terminated. The row is what lasts; a promotion is never lost because Temporal was away.
 */
export class PromotionStarter {
  readonly #options: { db: Db; client: Client; taskQueue: string }
  readonly #seenMs = new Map<string, number>()

  constructor(options: { db: Db; client: Client; taskQueue: string }) {
    this.#options = options
  }

  /** Returns 0: the next look is after the loop's pause. */
  async runOnce(): Promise<number> {
    const open = await openPromotions(this.#options.db)
    for (const { promotionId, name } of open) {
      if (Date.now() - (this.#seenMs.get(promotionId) ?? 0) < SEEN_FOR_MS) continue
      await this.#ensureRunning(promotionId, name)
      this.#seenMs.set(promotionId, Date.now())
    }
    const ids = new Set(open.map((promotion) => promotion.promotionId))
    for (const id of this.#seenMs.keys()) if (!ids.has(id)) this.#seenMs.delete(id)
    return 0
  }

  async #ensureRunning(promotionId: string, name: string): Promise<void> {
    const { client, taskQueue } = this.#options
    await client.withDeadline(Date.now() + CALL_DEADLINE_MS, () =>
      client.workflow.start('promotion', {
        taskQueue,
        workflowId: promotionWorkflowId(promotionId),
        // The row says that the promotion is open: a run that has ended is a lost one. A running one is kept.
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowIdConflictPolicy: 'USE_EXISTING',
        args: [{ promotionId }],
        staticSummary: `promotion ${name}`,
      }),
    )
  }
}
