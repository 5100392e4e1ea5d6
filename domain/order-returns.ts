import type {
  Fulfilment,
  InspectedLine,
  OrderEvent,
  OrderReturn,
  OrderState,
  Parcel,
  ReturnedStock,
} from './order.ts'
import { answer, type Draft } from './order-draft.ts'
import { courierReturnId, courierReturnOf, isCourierReturn } from './order-money.ts'

/**
 * Returns: requested → approved | rejected → received → inspected (restocked or written off) → settled, and then
 * the money follows from what was accepted. A parcel that the courier brings back enters as an approved return.
 */
export function requestReturn(draft: Draft, event: Extract<OrderEvent, { type: 'return_requested' }>): void {
  const { state } = draft
  if (state.returns.some((entry) => entry.returnId === event.returnId)) {
    return answer(draft, event.requestId, { accepted: true })
  }
  if (state.status !== 'delivered' && state.status !== 'returning') {
    const detail = `a return can be asked for after delivery and before the order completes; it is ${state.status}`
    return answer(draft, event.requestId, { accepted: false, code: 'return-not-allowed', detail })
  }
  for (const line of event.lines) {
    const open = returnableQuantity(state, line.lineNumber)
    if (line.quantity <= open) continue
    const detail = `line ${line.lineNumber}: ${line.quantity} asked for, ${open} delivered and not yet returned`
    return answer(draft, event.requestId, { accepted: false, code: 'return-quantity-too-large', detail })
  }
  const { returnId, reason, lines } = event
  save(draft, { returnId, state: 'requested', reason, lines, inspected: [], stock: [] }, null)
  answer(draft, event.requestId, { accepted: true })
}

export function decideReturn(draft: Draft, event: Extract<OrderEvent, { type: 'return_decided' }>): void {
  const entry = find(draft, event.requestId, event.returnId, 'requested')
  if (!entry) return
  save(draft, { ...entry, state: event.decision === 'approve' ? 'approved' : 'rejected' }, entry.state)
  answer(draft, event.requestId, { accepted: true })
}

export function receiveReturn(draft: Draft, event: Extract<OrderEvent, { type: 'return_received' }>): void {
  const entry = find(draft, event.requestId, event.returnId, 'approved')
  if (!entry) return
  save(draft, { ...entry, state: 'received' }, entry.state)
  answer(draft, event.requestId, { accepted: true })
}

export function inspectReturn(draft: Draft, event: Extract<OrderEvent, { type: 'return_inspected' }>): void {
  const entry = find(draft, event.requestId, event.returnId, 'received')
  if (!entry) return
  for (const line of event.lines) {
    const asked = entry.lines.find((known) => known.lineNumber === line.lineNumber)?.quantity ?? 0
    if (line.restocked + line.writtenOff <= asked) continue
    const detail = `line ${line.lineNumber}: ${line.restocked + line.writtenOff} inspected, ${asked} in the return`
    return answer(draft, event.requestId, { accepted: false, code: 'return-quantity-too-large', detail })
  }
  const stock = stockLines(draft.state, entry, event.lines)
  const placed = stock.reduce((sum, line) => sum + line.restocked + line.writtenOff, 0)
  const found = event.lines.reduce((sum, line) => sum + line.restocked + line.writtenOff, 0)
  if (placed < found) {
    const detail = `${found} units inspected, but only ${placed} of them had been sent and were not back yet`
    return answer(draft, event.requestId, { accepted: false, code: 'return-quantity-too-large', detail })
  }
  save(draft, { ...entry, state: 'settled', inspected: event.lines, stock }, entry.state)
  draft.writes.push({ kind: 'settle_return', returnId: entry.returnId, lines: stock })
  answer(draft, event.requestId, { accepted: true })
}

/** A parcel came back undelivered: its goods are on their way to the warehouse, nobody needs to ask. */
export function openCourierReturn(draft: Draft, parcel: Parcel): void {
  // Refused first, then brought back: one return.
  if (courierReturnOf(draft.state, parcel)) return
  const fulfilment = draft.state.fulfilments.find((entry) => entry.fulfilmentId === parcel.fulfilmentId)
  const lines = (fulfilment?.lines ?? []).map(({ lineNumber, quantity }) => ({ lineNumber, quantity }))
  save(
    draft,
    {
      returnId: courierReturnId(parcel),
      state: 'approved',
      reason: 'undelivered',
      lines,
      inspected: [],
      stock: [],
    },
    null,
  )
}

/** A parcel that had been refused went another way after all: nothing of it will come in. */
export function withdrawCourierReturn(draft: Draft, parcel: Parcel): void {
  const entry = courierReturnOf(draft.state, parcel)
  if (entry?.state === 'approved') save(draft, { ...entry, state: 'rejected' }, entry.state)
}

/** Units of a line that the customer has and that no return, open or settled, has claimed. */
export function returnableQuantity(state: OrderState, lineNumber: number): number {
  const arrived = new Set(
    state.parcels.filter((parcel) => parcel.state === 'delivered').map((parcel) => parcel.fulfilmentId),
  )
  let quantity = 0
  for (const fulfilment of state.fulfilments) {
    if (!arrived.has(fulfilment.fulfilmentId)) continue
    for (const line of fulfilment.lines) if (line.lineNumber === lineNumber) quantity += line.quantity
  }
  for (const entry of state.returns) {
    if (entry.state === 'rejected' || isCourierReturn(state, entry)) continue
    for (const line of entry.lines) if (line.lineNumber === lineNumber) quantity -= claimed(entry, line)
  }
  return quantity
}

function claimed(entry: OrderReturn, line: { lineNumber: number; quantity: number }): number {
  if (entry.state !== 'settled') return line.quantity
  const inspected = entry.inspected.find((known) => known.lineNumber === line.lineNumber)
  return inspected ? inspected.restocked + inspected.writtenOff : 0
}

/**
 * Returned units go back to the warehouses that sent them, in the order of the fulfilments, and never more to one
 * warehouse than it sent and has not yet got back.
 */
function stockLines(state: OrderState, entry: OrderReturn, inspected: InspectedLine[]): ReturnedStock[] {
  const stock: ReturnedStock[] = []
  for (const line of inspected) {
    let { restocked, writtenOff } = line
    for (const fulfilment of state.fulfilments.filter((known) => mayComeBackThrough(state, entry, known))) {
      const sent = fulfilment.lines.find((known) => known.lineNumber === line.lineNumber)
      if (!sent) continue
      const open = sent.quantity - alreadyBack(state, fulfilment.fulfilmentId, line.lineNumber)
      const toShelf = Math.min(restocked, open)
      const toScrap = Math.min(writtenOff, open - toShelf)
      restocked -= toShelf
      writtenOff -= toScrap
      if (toShelf + toScrap === 0) continue
      const { fulfilmentId, warehouseId } = fulfilment
      stock.push({
        fulfilmentId,
        warehouseId,
        lineNumber: line.lineNumber,
        skuId: sent.skuId,
        restocked: toShelf,
        writtenOff: toScrap,
      })
    }
  }
  return stock
}

function alreadyBack(state: OrderState, fulfilmentId: string, lineNumber: number): number {
  return state.returns
    .flatMap((entry) => entry.stock)
    .filter((line) => line.fulfilmentId === fulfilmentId && line.lineNumber === lineNumber)
    .reduce((sum, line) => sum + line.restocked + line.writtenOff, 0)
}

/** An undelivered parcel's return belongs to its own fulfilment; a customer returns what was delivered. */
function mayComeBackThrough(state: OrderState, entry: OrderReturn, fulfilment: Fulfilment): boolean {
  const parcel = state.parcels.find((known) => known.fulfilmentId === fulfilment.fulfilmentId)
  if (!parcel) return false
  if (isCourierReturn(state, entry)) return entry.returnId === courierReturnId(parcel)
  return parcel.state === 'delivered'
}

function find(
  draft: Draft,
  requestId: string,
  returnId: string,
  expected: OrderReturn['state'],
): OrderReturn | null {
  const entry = draft.state.returns.find((known) => known.returnId === returnId)
  if (!entry) {
    const detail = `this order has no return ${returnId}`
    answer(draft, requestId, { accepted: false, code: 'return-not-found', detail })
    return null
  }
  if (entry.state !== expected) {
    const detail = `the return is ${entry.state}; this step needs it to be ${expected}`
    answer(draft, requestId, { accepted: false, code: 'return-wrong-state', detail })
    return null
  }
  return entry
}

function save(draft: Draft, entry: OrderReturn, oldState: string | null): void {
  draft.state.returns = [...draft.state.returns.filter((known) => known.returnId !== entry.returnId), entry]
  draft.writes.push({ kind: 'upsert_return', return: entry })
  draft.note({ field: 'return', oldValue: oldState, newValue: entry.state, subjectId: entry.returnId })
}
