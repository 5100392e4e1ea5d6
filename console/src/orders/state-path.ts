import { isFinal, ORDER_TRANSITIONS, type OrderStatus } from '../../../domain/order-state.ts'

/** The way of an order with which nothing goes wrong. Each step of it is a legal move of the transition table, by a test. */
export const USUAL_WAY = [
  'reserved',
  'paid',
  'shipped',
  'in_transit',
  'delivered',
  'completed',
] as const satisfies OrderStatus[]

/** Where an order may have been before a status that lies beside the usual way. */
const BESIDE: Partial<Record<OrderStatus, (typeof USUAL_WAY)[number]>> = {
  awaiting_stock: 'reserved',
  partially_shipped: 'paid',
  returning: 'delivered',
}

export type PathStep = { status: OrderStatus; state: 'done' | 'current' | 'ahead' }

/**
 * Where an order has been, is, and would go if nothing went wrong.
 *
 * @param visited statuses in the order in which it had them, by its log; the last one is where it is
 */
export function pathOf(visited: readonly OrderStatus[]): PathStep[] {
  const current = visited.at(-1)
  if (current === undefined) return []
  const been = withoutRepetition(visited)
  return [
    ...been.slice(0, -1).map((status) => ({ status, state: 'done' as const })),
    { status: current, state: 'current' as const },
    ...aheadOf(current).map((status) => ({ status, state: 'ahead' as const })),
  ]
}

/** What may come next, by the table that the workflow itself obeys. */
export function nextOf(status: OrderStatus): readonly OrderStatus[] {
  return ORDER_TRANSITIONS[status]
}

function aheadOf(current: OrderStatus): readonly OrderStatus[] {
  if (isFinal(current)) return []
  const way: readonly OrderStatus[] = USUAL_WAY
  const at = way.indexOf(current)
  if (at !== -1) return way.slice(at + 1)
  const before = BESIDE[current]
  if (before === undefined) return []
  const rest = way.slice(way.indexOf(before) + 1)
  // From beside the way an order comes back to it where the table lets it.
  const back = rest.findIndex((status) => ORDER_TRANSITIONS[current].includes(status))
  return current === 'awaiting_stock' ? USUAL_WAY : back === -1 ? [] : rest.slice(back)
}

/** An order that went back and forth is shown where it was first, with the last status at the end. */
function withoutRepetition(visited: readonly OrderStatus[]): OrderStatus[] {
  const current = visited.at(-1)
  return [
    ...new Set(visited.filter((status) => status !== current)),
    ...(current === undefined ? [] : [current]),
  ]
}
