import type { StockDecision } from '../../../domain/stock-choices.ts'
import type { StockWaitBody } from '../api/types.ts'

/** What somebody has filled in about an order that waits for stock. */
export type StockWaitDraft = {
  decision: StockDecision | null
  warehouseIds: string[]
  /** As the browser's field has it: local, without a zone. */
  until: string
  reason: string
}

/** The decision as the API takes it; null while something that it needs is missing. */
export function stockWaitBody({
  decision,
  warehouseIds,
  until,
  reason,
}: StockWaitDraft): StockWaitBody | null {
  switch (decision) {
    case null:
      return null
    case 'serve-now':
      return { decision }
    case 'other-warehouse':
      return warehouseIds.length === 0 ? null : { decision, warehouseIds }
    case 'wait': {
      const at = new Date(until)
      return Number.isNaN(at.getTime()) ? null : { decision, until: at.toISOString() }
    }
    case 'transfer':
    case 'partial':
    case 'cancel':
      return reason.trim() === '' ? null : { decision, reason: reason.trim() }
  }
}
