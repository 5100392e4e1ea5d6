import { v7 as uuid } from 'uuid'
import type { StockWaitView } from '../contracts/channel-orders.ts'
import { ProblemError } from '../contracts/errors.ts'
import type { Db, Tx } from './database.ts'
import { currentPolicy } from './policy.ts'
import { type OrderAtRisk, ordersAtRisk } from './shortfalls.ts'
import { showStockWait } from './stock-situation.ts'
import { snapshotRules } from './wms-rules.ts'
import { approveJump, dismissJump } from './wms-snapshots.ts'
import type { WorkItemView } from './work-item-queries.ts'

type Decision = { operator: string; now: Date }

/**
 * Takes over what a work item asks about: the stock that a WMS claims.
 *
 * @throws ProblemError `not-decidable`
 */
export async function approveWorkItem(tx: Tx, item: WorkItemView, decision: Decision): Promise<void> {
  const { skuId, warehouseId } = levelOf(item)
  const { document } = await currentPolicy(tx, 'wms-mapping')
  const mapping = document.warehouses[warehouseId]
  if (!mapping) throw new ProblemError('not-decidable', `${warehouseId} has no mapping any more`)
  const atMs = decision.now.getTime()
  const answer = await approveJump(tx, {
    skuId,
    warehouseId,
    rules: snapshotRules(document, mapping, { newestMs: atMs, atMs }),
    operator: decision.operator,
    operationId: `wms-jump/${item.workItemId}/${uuid()}`,
  })
  if (answer === 'not-quarantined') throw new ProblemError('not-decidable')
}

/**
 * Keeps out what a work item asks about, for as long as the WMS says just that.
 *
 * @throws ProblemError `not-decidable`
 */
export async function dismissWorkItem(tx: Tx, item: WorkItemView, decision: Decision): Promise<void> {
  const answer = await dismissJump(tx, { ...levelOf(item), operator: decision.operator })
  if (answer === 'not-quarantined') throw new ProblemError('not-decidable')
}

/** The (sku, warehouse) that a jump or a shortfall is about. */
function levelOf(item: WorkItemView): { skuId: string; warehouseId: string } {
  if (item.kind !== 'wms_jump' || item.state !== 'open') throw new ProblemError('not-decidable')
  return { skuId: String(item.detail.skuId), warehouseId: String(item.detail.warehouseId) }
}

/** The orders that hold units of the level that a shortfall is about; none for any other kind. */
export async function ordersAtRiskOf(db: Db, item: WorkItemView): Promise<OrderAtRisk[]> {
  if (item.kind !== 'stock_shortfall') return []
  return ordersAtRisk(db, String(item.detail.skuId), String(item.detail.warehouseId))
}

/** What can be decided about the order that an item says waits for stock; null for any other kind, and once it waits no more. */
export async function stockWaitOf(db: Db, item: WorkItemView): Promise<StockWaitView | null> {
  if (item.kind !== 'awaiting_stock' || item.state !== 'open' || item.orderId === null) return null
  try {
    return await showStockWait(db, item.orderId)
  } catch (error) {
    if (error instanceof ProblemError && error.code === 'order-not-waiting') return null
    throw error
  }
}
