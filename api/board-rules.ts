import type { Db } from '../store/database.ts'
import type { Policies } from '../store/policy-cache.ts'
import type { BoardRules } from '../store/stock-board.ts'
import { freshnessStates } from '../store/wms-freshness.ts'

/** What the stock board goes by now: the thresholds in force, and how fresh each warehouse's own system was read. */
export async function boardRules({ db, policies }: { db: Db; policies: Policies }): Promise<BoardRules> {
  const { thresholds } = (await policies.current(db, 'safety-stock')).document
  const mapping = (await policies.current(db, 'wms-mapping')).document
  const intervals = Object.entries(mapping.warehouses)
    .filter(([, entry]) => entry.enabled)
    .map(([warehouseId, entry]) => [warehouseId, entry.intervalSeconds ?? mapping.intervalSeconds] as const)
  return { thresholds, freshness: await freshnessStates(db, new Map(intervals)) }
}
