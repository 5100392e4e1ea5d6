import type { OrderEvent } from './order.ts'
import type { Draft } from './order-draft.ts'
import { openFulfilments } from './order-fulfilment.ts'
import { arrivedFor, duePresale, unopenedLines, waitsForPresale } from './presale.ts'

/** Presale goods came in: the order holds them as stock now. What that opens, `duePresale` says. */
export function presaleArrived(draft: Draft, event: Extract<OrderEvent, { type: 'presale_arrived' }>): void {
  draft.state.presaleArrivals.push(...event.units)
  const units = event.units.map(
    ({ skuId, warehouseId, quantity }) => `${skuId} ×${quantity} at ${warehouseId}`,
  )
  draft.note({ field: 'presale', oldValue: 'waiting', newValue: `arrived: ${units.join(', ')}` })
}

/** A presale line, or a whole order that ships together, has its goods: the warehouses begin. */
export function openPresale(draft: Draft, event: Extract<OrderEvent, { type: 'presale_due' }>): void {
  const { state } = draft
  const { lineNumber } = event
  if (!duePresale(state).some((due) => due.lineNumber === lineNumber)) return
  const lines = unopenedLines(state).filter((line) => lineNumber === null || line.lineNumber === lineNumber)
  const spot = waitsForPresale(state) ? state.placed.allocations : []
  state.presaleOpened.push(...lines.map((line) => line.lineNumber))
  const allocations = [...spot, ...lines.flatMap((line) => arrivedFor(state, line))]
  openFulfilments(draft, allocations, lineNumber === null ? '' : `P${lineNumber}`)
}
