import type { AllocationPlan, Demand } from './allocation.ts'
import type { Allocation, OrderState } from './order.ts'

/** Units of one line that a presale promises: they are no stock until they arrive. */
export type PresaleUnits = Demand & { presaleId: string; expectedOn: string }

/** Such a line of an order. Reserved a second time it gets another hold, so that an arrival says which one it serves. */
export type PresaleLine = PresaleUnits & { holdId: string }

/** Whether goods in stock wait for the presale goods of their order, or go ahead. */
export const MIXED_ORDERS = ['ship-together', 'split'] as const
export type MixedOrders = (typeof MIXED_ORDERS)[number]

export type OrderPresale = { mixedOrders: MixedOrders; lines: PresaleLine[] }

/** Units that came in for a line; from then on they are stock that the order holds. */
export type PresaleArrival = Allocation & { holdId: string }

/** Units of a line that will not come in. */
export type GivenUpUnits = Demand & { holdId: string }

export const PRESALE_STATES = ['open', 'arrived', 'closed'] as const
export type PresaleState = (typeof PRESALE_STATES)[number]
export const PRESALE_STATE_MEANING: Record<PresaleState, { en: string; zh: string }> = {
  open: { en: 'sells within its window while units are left', zh: '预售中' },
  arrived: { en: 'everything promised has come in', zh: '已全部到货' },
  closed: { en: 'sells no more; orders that wait are still served', zh: '已关闭，不再售卖' },
}

/** What the open presales of SKUs can still promise; falls as members of a group are granted. */
export type PresaleBook = ReadonlyMap<string, { presaleId: string; expectedOn: string; left: number }>

/**
 * Plans a demand from stock; lines that stock cannot serve are taken, whole, from their SKU's presale where it has
 * enough. Units taken are no longer left in the book.
 *
 * @param plan the plan from stock for some of the lines
 */
export function planWithPresale<Line extends Demand>(
  demand: readonly Line[],
  book: PresaleBook,
  plan: (lines: Line[]) => AllocationPlan,
): { plan: AllocationPlan; presale: PresaleUnits[] } {
  const taken = new Set<string>()
  for (;;) {
    const planned = plan(demand.filter((line) => !taken.has(line.skuId)))
    if (planned.ok) return { plan: planned, presale: takeUnits(demand, taken, book) }
    const more = planned.shortages.filter(({ skuId }) => !taken.has(skuId) && isEnough(demand, skuId, book))
    // All or nothing: one line that neither stock nor presale can serve refuses the order.
    if (more.length === 0 || more.length < planned.shortages.length) return { plan: planned, presale: [] }
    for (const { skuId } of more) taken.add(skuId)
  }
}

function isEnough(demand: readonly Demand[], skuId: string, book: PresaleBook): boolean {
  const units = demand.reduce((sum, line) => (line.skuId === skuId ? sum + line.quantity : sum), 0)
  return units <= (book.get(skuId)?.left ?? 0)
}

function takeUnits(demand: readonly Demand[], taken: ReadonlySet<string>, book: PresaleBook): PresaleUnits[] {
  return demand.flatMap(({ lineNumber, skuId, quantity }) => {
    const presale = taken.has(skuId) ? book.get(skuId) : undefined
    if (!presale) return []
    presale.left -= quantity
    const { presaleId, expectedOn } = presale
    return [{ lineNumber, skuId, quantity, presaleId, expectedOn }]
  })
}

/** Gives units to those who wait, in their order, until there are none; the last one may get a part. */
export function serveInOrder<Waiting extends { waiting: number }>(
  queue: readonly Waiting[],
  units: number,
): (Waiting & { units: number })[] {
  const served: (Waiting & { units: number })[] = []
  let left = units
  for (const entry of queue) {
    if (left <= 0) break
    const given = Math.min(left, entry.waiting)
    served.push({ ...entry, units: given })
    left -= given
  }
  return served
}

/** Goods in stock that wait for the rest of their order. */
export function waitsForPresale(state: OrderState): boolean {
  return state.placed.presale?.mixedOrders === 'ship-together'
}

/** Presale lines that still wait: in no fulfilment, and not given up. */
export function unopenedLines(state: OrderState): PresaleLine[] {
  const lines = state.placed.presale?.lines ?? []
  return lines.filter((line) => !state.presaleOpened.includes(line.lineNumber))
}

/** The units that came in for a line, place by place. */
export function arrivedFor(state: OrderState, line: PresaleLine): Allocation[] {
  const parts = new Map<string, Allocation>()
  for (const { holdId, warehouseId, quantity } of state.presaleArrivals) {
    if (holdId !== line.holdId) continue
    const { lineNumber, skuId } = line
    const part = parts.get(warehouseId)
    parts.set(warehouseId, { lineNumber, skuId, warehouseId, quantity: quantity + (part?.quantity ?? 0) })
  }
  return [...parts.values()].sort((a, b) => (a.warehouseId < b.warehouseId ? -1 : 1))
}

function isComplete(state: OrderState, line: PresaleLine): boolean {
  const givenUp = state.presaleGivenUp.filter(({ holdId }) => holdId === line.holdId)
  const settled = [...arrivedFor(state, line), ...givenUp].reduce((sum, part) => sum + part.quantity, 0)
  return settled >= line.quantity
}

/**
 * What of an order's presale may go to the warehouses now: each line that is complete, or the whole order if it ships
 * together and all of it is there. Lines go one by one, so that what follows is the same in whatever order arrivals
 * are heard of.
 */
export function duePresale(state: OrderState): { type: 'presale_due'; lineNumber: number | null }[] {
  const unopened = unopenedLines(state)
  const cancelling = state.cancellation?.state === 'waiting' || state.cancellation?.state === 'deciding'
  if (unopened.length === 0 || cancelling || !MAY_OPEN.has(state.status)) return []
  const complete = unopened.filter((line) => isComplete(state, line))
  if (!waitsForPresale(state)) {
    return complete.map(({ lineNumber }) => ({ type: 'presale_due', lineNumber }))
  }
  return complete.length === unopened.length ? [{ type: 'presale_due', lineNumber: null }] : []
}

const MAY_OPEN: ReadonlySet<string> = new Set([
  'paid',
  'partially_shipped',
  'shipped',
  'in_transit',
  'delivered',
  'returning',
])
