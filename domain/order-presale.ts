import type { OrderEvent } from './order.ts'
import type { Draft } from './order-draft.ts'
import { openFulfilments } from './order-fulfilment.ts'
import { hasEnded } from './order-status.ts'
import { arrivedFor, duePresale, unopenedLines, waitsForPresale } from './presale.ts'

/** Presale goods came in: the order holds them as stock now. What that opens, `duePresale` says. */
export function presaleArrived(draft: Draft, event: Extract<OrderEvent, { type: 'presale_arrived' }>): void {
  draft.state.presaleArrivals.push(...event.units)
  const units = event.units.map(
    ({ skuId, warehouseId, quantity }) => `${skuId} ×${quantity} at ${warehouseId}`,
  )
  draft.note({ field: 'presale', oldValue: 'waiting', newValue: `arrived: ${units.join(', ')}` })
}

/** Presale goods will not come in: they are no longer owed, and their money goes back. */
export function presaleGivenUp(draft: Draft, event: Extract<OrderEvent, { type: 'presale_given_up' }>): void {
  const { state } = draft
  const isOwed = (holdId: string) => unopenedLines(state).some((line) => line.holdId === holdId)
  if (hasEnded(state.status)) return
  for (const units of event.units.filter(({ holdId }) => isOwed(holdId))) {
    const { lineNumber, skuId, quantity } = units
    state.presaleGivenUp.push(units)
    state.unfillable[lineNumber] = (state.unfillable[lineNumber] ?? 0) + quantity
    draft.note({ field: 'presale', oldValue: 'waiting', newValue: `given up: ${skuId} ×${quantity}` })
  }
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
